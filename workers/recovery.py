"""Runs whose worker died: found, marked, given back; what kills its workers is given up."""

import logging
import os
import secrets
from pathlib import Path

from archive import ledger
from archive.errors import LeaseLostError
from archive.models import StageRun
from archive.services.signing import OWNER_MARK
from workers.house import CRASHED
from workers.strikes import strike

log = logging.getLogger(__name__)

CRASHED_MESSAGE = "Máy dừng đột ngột khi xử lý trang này. Hãy kiểm tra trang và quét lại nếu cần."
MANY_LOSSES = 5
"""A run that was claimed so often may be what stops its machines."""
_PROC = Path("/proc")


def machine() -> str:
    """What tells this machine's processes from others': its name and the space of its numbers."""
    try:
        space = (_PROC / "self" / "ns" / "pid").readlink().name.strip("pid:[]")
    except OSError:
        space = "-"
    return f"{os.uname().nodename[:40]}:{space}"


def owner_name() -> str:
    """A name for this process as an owner of runs: nobody had it before, and others can look
    whether it lives, and whether the worker does that started it.
    """
    pid, above = os.getpid(), os.getppid()
    unique = f"{above}.{_began(above)}.{secrets.token_hex(3)}"
    return f"{machine()}:{pid}:{_began(pid)}:{unique}"


def is_dead(owner: str) -> bool:
    """Whether an owner is a process of this machine that is no more; of others nothing is known."""
    name, _, rest = owner.rpartition(":")[0].rpartition(":")[0].rpartition(":")
    if name != machine() or not rest.isdecimal():
        return False
    return _began(int(rest)) != owner.split(":")[-2]


def died_alone(owner: str) -> bool:
    """Whether an owner is gone while the worker that started it lives on this machine."""
    above, _, rest = owner.rpartition(":")[2].partition(".")
    began = rest.partition(".")[0]
    return is_dead(owner) and above.isdecimal() and bool(began) and _began(int(above)) == began


def _began(pid: int) -> str:
    """When a process began, in ticks since the machine's start; empty where it is no more."""
    try:
        # Its second word is the program's name and may hold anything.
        words = (_PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if words[0] == "Z" else words[19]


def take_back() -> int:
    """Give back what dead workers hold: here at once, elsewhere when the lease lapses."""
    lost = list(ledger.lapsed_runs())
    known = {run.pk for run in lost}
    ours = ledger.running_runs().filter(owner__startswith=f"{machine()}:")
    lost += [run for run in ours if run.pk not in known and is_dead(run.owner)]
    return sum(_give_back(run) for run in lost)


def _give_back(run: StageRun) -> bool:
    """Mark a run that took its process along, so that it is read with care; then strike it.

    A machine may stop for any reason, and a page is not read worse for it. What a process alone
    died of is likely the reason, and so is what many workers were lost with.
    """
    log.warning("worker lost", extra={"run": run.pk, "stage": run.stage, "owner": run.owner})
    if run.owner.endswith(OWNER_MARK):
        return ledger.mark_lost(run, code="", message="")
    if run.attempt < MANY_LOSSES and not died_alone(run.owner):
        return ledger.mark_lost(run, code=run.error_code, message=run.error_message)
    if run.error_code != CRASHED:
        return ledger.mark_lost(run, code=CRASHED, message=CRASHED_MESSAGE)
    try:
        strike(run, code=CRASHED, message=CRASHED_MESSAGE)
    except LeaseLostError:
        return False
    return True
