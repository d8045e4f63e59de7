"""The scaled side with cheap stages, for tests that break its broker: run by test_broker_*.py.

`bell.py work [LANES]` and `bell.py beat` are `tangthu work` and `tangthu beat` with a stage table
of one stage, which writes a row of `effects` in the transaction that closes its run, and a line of
the file BELL_STARTS before it. BELL_SECONDS: how long a run takes. BELL_POISON: the receipts at
which the process dies. `bell.py plan COUNT [LANE] [UNIT]` receives so many files. `bell.py sweep`
sweeps once. `bell.py rings SECONDS` rings once and tells how long it took.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any


def options() -> Any:
    """Start as every command does."""
    from config.start import start

    return start()


def step(run: Any, _house: Any) -> Any:
    """The one stage."""
    from django.db import connection

    from workers.outcome import Outcome

    with Path(os.environ["BELL_STARTS"]).open("a", encoding="ascii") as told:
        told.write(f"{run.receipt_id} {os.getpid()} {run.lane} {run.unit or '-'}\n")
    if str(run.receipt_id) in os.environ.get("BELL_POISON", "").split(","):
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(float(os.environ.get("BELL_SECONDS", "0")))

    def apply(_: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO effects (run) VALUES (%s)", [run.pk])

    return Outcome(apply)


def work(lanes: str | None = None) -> None:
    """Work with the one stage; no chore of the house finds anything here."""
    made = options()
    from config.scaled import lanes_of, work_here
    from workers import stages

    stages.STAGES.clear()
    stages.STAGES["open"] = step
    work_here(made, lanes_of(lanes))


def beat() -> None:
    """The real one."""
    from config.scaled import beat_here

    beat_here(options())


def plan(count: str, lane: str = "batch", unit: str = "") -> None:
    """Receive files that nobody reads; the ledger rings for each."""
    options()
    from archive.lanes import Lane
    from archive.models import Account
    from archive.services.intake import Intake, accept_file, open_batch

    account = Account.objects.get(username="tai-may")
    account.unit = unit
    batch = open_batch(Intake(name="lô", lane=Lane(lane)), account)
    for number in range(int(count)):
        accept_file(batch, f"{number}.pdf", f"{batch.pk:032}{number:032}", 10)


def sweep() -> None:
    """What the beat asks for every ten seconds."""
    made = options()
    from config.broker import need_broker, switchboard
    from workers.bell.hand import ring_again
    from workers.house import current

    told = ring_again(current(), switchboard(need_broker(made.broker)))
    sys.stdout.write(json.dumps(told))


def rings(times: str) -> None:
    """Ring so often, one after the other; tell the seconds of the longest and of all."""
    options()
    from workers.house import current

    bell, longest, began = current().doorbell, 0.0, time.monotonic()
    for _ in range(int(times)):
        before = time.monotonic()
        bell.ring({"counter": 1})
        longest = max(longest, time.monotonic() - before)
    sys.stdout.write(json.dumps({"longest": longest, "all": time.monotonic() - began}))


if __name__ == "__main__":
    verbs: dict[str, Any] = {
        "work": work, "beat": beat, "plan": plan, "sweep": sweep, "rings": rings,
    }  # fmt: skip
    verbs[sys.argv[1]](*sys.argv[2:])
