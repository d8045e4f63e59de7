"""The one way to write: every writing transaction begins with `with writing():`.

SQLite lets one transaction write at a time (BEGIN IMMEDIATE). On PostgreSQL the same holds by one
advisory lock, taken before anything else and given back by the commit (ADR 0021). So what a verb
read stays true until it has written, and since whoever waits for a row while holding another is
inside, no two wait for each other. Bytes are put before: inside are records alone, milliseconds.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    close_old_connections,
    connection,
    transaction,
)

WRITERS_LOCK = 0x74_61_6E_67_74_68_75_77
"""The advisory lock of whoever writes: "tangthuw" in ASCII."""
_here = threading.local()


@contextmanager
def writing() -> Iterator[None]:
    """Write records: all of it or nothing, one writer after the other.

    Within another it is part of that one. Never wait for a store, a person or a service inside:
    everybody else who writes waits too, and the server ends a transaction that idles.
    """
    if getattr(_here, "is_writing", False):
        with transaction.atomic(savepoint=False):  # noqa: TID251  this is where it is made
            yield
        return
    with transaction.atomic():  # noqa: TID251  the same
        _take_turn()
        _here.is_writing = True
        try:
            yield
        finally:
            _here.is_writing = False


def _take_turn() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITERS_LOCK])


def drop_old_connection() -> None:
    """Let go of a connection that failed or is old, as Django does at each request.

    Within a transaction the caller's own is kept: Django would close it under them.
    """
    if not connection.in_atomic_block:
        close_old_connections()


_PASSING = ("08", "40", "53", "57P0", "55P03", "25P03")
"""PostgreSQL's classes of what is no fault of the question: lines, locks, resources, its stop."""
PATIENCE_SECONDS = 1.0


def is_passing(error: DatabaseError | InterfaceError) -> bool:
    """Whether the records were away, stopped, full or busy: the same may work in a while."""
    state = getattr(error.__cause__, "sqlstate", None)
    if state:
        return str(state).startswith(_PASSING)
    if connection.vendor == "sqlite":
        return "locked" in str(error)
    return isinstance(error, OperationalError | InterfaceError)


def wait_for_records() -> None:
    """Wait until the records answer, on a new connection."""
    while True:
        connection.close()
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except (DatabaseError, InterfaceError) as error:
            if not is_passing(error):
                raise
            time.sleep(PATIENCE_SECONDS)
        else:
            return
