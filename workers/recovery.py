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
_PROC = Path("/proc")


def machine() -> str:
    """What tells this machine's processes from others': its name and the space of its numbers."""
    try:
        space = (_PROC / "self" / "ns" / "pid").readlink().name.strip("pid:[]")
    except OSError:
        space = "-"
    return f"{os.uname().nodename[:50]}:{space}"


def owner_name() -> str:
    """A name for this process as an owner of runs: nobody had it before, and others can look
    whether it lives.
    """
    pid = os.getpid()
    return f"{machine()}:{pid}:{_began(pid)}:{secrets.token_hex(3)}"


def is_dead(owner: str) -> bool:
    """Whether an owner is a process of this machine that is no more; of others nothing is known."""
    name, _, rest = owner.rpartition(":")[0].rpartition(":")[0].rpartition(":")
    if name != machine() or not rest.isdecimal():
        return False
    return _began(int(rest)) != owner.split(":")[-2]


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
    """Mark a run at its first loss, so that it is read with care; strike it from the second on.

    A machine may stop for any reason; what takes its worker along again and again is the reason.
    """
    log.warning("worker lost", extra={"run": run.pk, "stage": run.stage, "owner": run.owner})
    if run.owner.endswith(OWNER_MARK):
        return ledger.mark_lost(run, code="", message="")
    if run.error_code != CRASHED:
        return ledger.mark_lost(run, code=CRASHED, message=CRASHED_MESSAGE)
    try:
        strike(run, code=CRASHED, message=CRASHED_MESSAGE)
    except LeaseLostError:
        return False
    return True
