"""Runs whose worker died: found, marked, given back; what kills its workers is given up."""

import logging

from archive import ledger
from archive.errors import LeaseLostError
from archive.models import StageRun
from archive.services.signing import OWNER_MARK
from workers.house import CRASHED
from workers.owners import died_alone, is_dead, machine
from workers.strikes import strike

log = logging.getLogger(__name__)

CRASHED_MESSAGE = "Máy dừng đột ngột khi xử lý trang này. Hãy kiểm tra trang và quét lại nếu cần."
MANY_LOSSES = 5
"""A run that was claimed so often may be what stops its machines."""


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
