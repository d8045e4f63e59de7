"""The lock between writers and the sweep of a work store that several nodes share.

It lies in the records: a writer holds it on the very connection whose commit names the bytes, so
it cannot be held by one that lost its records, and a killed process lets go of it at once.
PostgreSQL alone has such locks; where the records lie in SQLite there is one machine, and a file.
Between the node and PostgreSQL may stand no pooler that hands one session to several clients.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection

from archive.stores.limits import BUSY_SECONDS, BUSY_STEP_SECONDS

log = logging.getLogger(__name__)

WORK_LOCK = 0x74_74_5F_77_6F_72_6B
"""Of PostgreSQL's advisory locks: `tt_work` in ASCII."""


class RecordsTurnstile:
    """See `archive.stores.s3_work.Turnstile`."""

    def __init__(self) -> None:
        self._mine = threading.local()

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Hold it beside other writers; re-entrant."""
        _ask("SELECT pg_advisory_lock_shared(%s)")
        self._mine.depth = self._depth + 1
        try:
            yield
        finally:
            self._mine.depth -= 1
            _let_go("SELECT pg_advisory_unlock_shared(%s)")

    @property
    def _depth(self) -> int:
        depth: int = getattr(self._mine, "depth", 0)
        return depth

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Hold it alone; a session's own shared lock would not keep it out, so that is counted."""
        got = not self._depth and _try_alone(time.monotonic() + BUSY_SECONDS)
        try:
            yield got
        finally:
            if got:
                _let_go("SELECT pg_advisory_unlock(%s)")


def _ask(question: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(question, [WORK_LOCK])
        return bool(cursor.fetchone()[0])


def _try_alone(deadline: float) -> bool:
    """Ask again and again rather than queue: whoever queues holds up the writers behind it."""
    while not _ask("SELECT pg_try_advisory_lock(%s)"):
        if time.monotonic() >= deadline:
            return False
        time.sleep(BUSY_STEP_SECONDS)
    return True


def _let_go(question: str) -> None:
    """A session that broke has let go already; one that is in doubt is ended."""
    try:
        if not _ask(question):
            log.warning("the lock of the work store was lost with its session")
    except DatabaseError:
        log.warning("the lock of the work store goes with its session")
        if not connection.in_atomic_block:
            connection.close()
