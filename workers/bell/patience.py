"""Waiting for workers elsewhere, and noticing that there are none."""

import datetime as dt
import time
from typing import TYPE_CHECKING

from archive import ledger
from workers.bell.errors import NobodyWorksError
from workers.house import CRASHED
from workers.pool import Fault

if TYPE_CHECKING:
    from archive.models import StageRun

PATIENCE_SECONDS = 60.0
"""So long the ledger may stand still before whoever waits is told."""


class Patience:
    """Looks at the ledger now and then; says when nobody works any more, and why."""

    def __init__(self, seconds: float = PATIENCE_SECONDS) -> None:
        self._seconds = seconds
        self._seen = -1
        self._since = time.monotonic()

    def fault(self) -> Fault | None:
        """Return what is wrong where nothing has moved for so long, else None."""
        left = ledger.open_runs().count()
        if left != self._seen or _someone_works():
            self._seen, self._since = left, time.monotonic()
        if time.monotonic() - self._since < self._seconds:
            return None
        return _given_back() or Fault(NobodyWorksError.code, NobodyWorksError.message)


def _someone_works() -> bool:
    now = dt.datetime.now(dt.UTC)
    alive: bool = ledger.running_runs().filter(lease_until__gt=now).exists()
    return alive


def _given_back() -> Fault | None:
    """The fault of their machine that workers gave a run back for, if that is why they rest."""
    ready: StageRun | None = (
        ledger.ready_runs().filter(strikes=0).exclude(error_code__in=("", CRASHED)).first()
    )
    return Fault(ready.error_code, ready.error_message) if ready else None
