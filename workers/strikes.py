"""Counting a fault against a run."""

from archive import ledger
from archive.models import StageRun
from archive.writing import writing
from workers.giving_up import give_up

RETRY_SECONDS = 2.0


def strike(run: StageRun, *, code: str, message: str) -> None:
    """Count a fault against a run; when it is dead, let its subject go on without it."""
    with writing():
        dead = ledger.strike_run(
            run, code=code, message=message, wait_seconds=RETRY_SECONDS * 4**run.strikes
        )
        if dead:
            give_up(run, code=code, message=message)
