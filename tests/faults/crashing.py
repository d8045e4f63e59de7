"""A machine that is killed at chosen moments: run by test_kill.py, in a process group of its own.

`crashing.py drive FOLDER PLAN` receives the folder and works like `tangthu ingest --wait
--confirm`; `crashing.py child MODE OWNER` is one of its workers. Where a broker is set `drive`
only waits, and `crashing.py work` is a worker of the cluster, in a group of its own. PLAN is a file
of lines "moment stage"; the process that comes upon one takes the line away and kills its group.
"""

import fcntl
import os
import signal
import sys
from pathlib import Path

PLAN_VARIABLE = "CRASH_PLAN"


def die_if_planned(moment: str, stage: str) -> None:
    """Kill the process group with -9 where the plan says so; each line works once."""
    plan = Path(os.environ[PLAN_VARIABLE])
    with plan.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        lines = file.read().splitlines()
        if f"{moment} {stage}" not in lines:
            return
        lines.remove(f"{moment} {stage}")
        file.seek(0)
        file.truncate()
        file.write("\n".join(lines))
        file.flush()
    os.killpg(0, signal.SIGKILL)


def drive(folder: str) -> None:
    """Receive and work, as the command line does."""
    from config.start import start

    options = start()
    import ingest.receive as receiving
    from archive.ledger import open_runs
    from archive.models import Account
    from archive.services.intake import Intake, finish_batch
    from tests.faults.waiting import work_off
    from workers.house import current

    keep = receiving.accept_file

    def accept_and_die(*words: object) -> object:
        die_if_planned("kept", "receive")
        receipt = keep(*words)  # type: ignore[arg-type]
        die_if_planned("committed", "receive")
        return receipt

    receiving.accept_file = accept_and_die  # type: ignore[assignment]
    house = current()
    batch = receiving.receive_paths(
        [Path(folder)],
        Intake(name="lô", confirm=True, sources=(folder,)),
        Account.objects.get(username=options.confirm_account),
        work=house.work,
    )
    command = (sys.executable, __file__, "child")
    while open_runs(receipt__batch=batch).exists():
        work_off(batch, size=2, command=command)
    finish_batch(batch)


def child(mode: str, owner: str) -> None:
    """Work, and die where planned."""
    confirm_all()
    import config.child

    sys.exit(config.child.main([mode, owner], observe=die_if_planned))


def work() -> None:
    """The same for the cluster."""
    confirm_all()
    from tests.faults.waiting import work_for_cluster

    work_for_cluster(die_if_planned)


def confirm_all() -> None:
    """What is doubtful is not this test's matter."""
    from config.start import start

    start()
    import workers.stages.documents as stages

    stages.doubts = lambda _document, _house: []


if __name__ == "__main__":
    {"drive": drive, "child": child, "work": work}[sys.argv[1]](*sys.argv[2:])
