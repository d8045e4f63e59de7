"""`tangthu sign`: sign what waits for it, by one entry of the PIN."""

import getpass
import os
import time
from typing import Any

from config.cli import FAILED, Answer, Arguments, refusal
from config.commands.ingest import MachineFaultError
from config.errors import UsageError
from config.progress import Progress
from config.start import local_account, start

TERMINAL = "/dev/tty"
"""Where the PIN is typed: never an argument, which every process list shows."""


def run(arguments: Arguments) -> Answer:
    """Open the keys, sign, tell of each paper."""
    if bool(arguments.ids) == arguments.all:
        raise UsageError
    options = start()
    from workers.house import current
    from workers.signing import Signing, open_keys
    from workers.signing_desk import signing_lock

    house = current()
    account = local_account(options)
    with signing_lock(options.home / "run"), Progress("Ký", unit="giấy tờ") as progress:
        signers = house.signers()
        open_keys(signers, {lock.scope: _ask(lock.label) for lock in signers.locks})
        told = Signing(house, account).run(
            None if arguments.all else list(arguments.ids),
            lambda now: progress.show(len(now.signed), now.total),
        )
    if arguments.wait and told.signed:
        fault = _wait(told.signed, size=options.workers)
        if fault:
            return refusal(fault)
    return _report(told)


def _ask(label: str) -> str:
    """Ask at the terminal, unseen. Raises PinNeededError where there is none."""
    from archive.signing import PinNeededError

    if not os.access(TERMINAL, os.R_OK | os.W_OK):
        raise PinNeededError(NO_TERMINAL, detail="no terminal")
    try:
        with open(TERMINAL, "r+b", buffering=0):  # noqa: PTH123  a device
            pass
    except OSError as error:
        raise PinNeededError(NO_TERMINAL, detail="no terminal") from error
    return getpass.getpass(f"{label}: ")


NO_TERMINAL = (
    "Khóa ký cần mã PIN của người ký. Hãy chạy lệnh này trên màn hình dòng lệnh, hoặc mở trang"
    " Chờ ký."
)


def _wait(signed: list[str], *, size: int) -> MachineFaultError | None:
    """Let the machine seal what was signed, unless a pool does so already."""
    from archive.ledger import due_runs
    from config.pools import drain_here

    while due_runs(subject_type="document", subject_id__in=signed).exists():
        outcome = drain_here(size=size, tick=lambda: None)
        if outcome.fault:
            return MachineFaultError(outcome.fault.code, outcome.fault.message)
        if not outcome.worked:
            time.sleep(1.0)
    return None


def _report(told: Any) -> Answer:
    from archive.models import Document

    status = dict(Document.objects.filter(pk__in=told.signed).values_list("pk", "status"))
    data: dict[str, Any] = {
        "signed": [{"id": one, "status": status[one]} for one in told.signed],
        "failed": [{"id": one.id, "code": one.code, "message": one.message} for one in told.failed],
        "left": told.left,
    }
    lines = [f"Đã ký {len(told.signed)} trên {told.total} giấy tờ."]
    lines += [f"  Không ký được {one.id} ({one.code}): {one.message}" for one in told.failed]
    if told.stopped:
        data["error"] = {"code": told.stopped.code, "message": told.stopped.message}
        lines.append(f"Đã dừng ({told.stopped.code}): {told.stopped.message}")
    is_well = not told.failed and told.stopped is None and not told.left
    return Answer(data, "\n".join(lines), 0 if is_well else FAILED)
