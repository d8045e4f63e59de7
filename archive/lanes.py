"""Lanes: who waits for a run decides which workers take it, and before which others."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum


class Lane(StrEnum):
    """Runs of one urgency. In the order in which a worker that serves several prefers them."""

    COUNTER = "counter"
    """A person waits: they gave the paper on a page, or just asked for something there."""
    BATCH = "batch"
    """The command line and folders that are watched."""
    MAINTENANCE = "maintenance"
    """Upkeep of what is sealed, and the house's chores."""
    BACKFILE = "backfile"
    """Old papers: nobody waits for them."""


LANES = tuple(Lane)
_is_waited_for: ContextVar[bool] = ContextVar("is_waited_for", default=False)


@contextmanager
def someone_waits() -> Iterator[None]:
    """Within, what is planned goes to the counter's lane, whatever batch it belongs to."""
    token = _is_waited_for.set(True)
    try:
        yield
    finally:
        _is_waited_for.reset(token)


def is_waited_for() -> bool:
    """Whether somebody waits at a screen for what is planned now."""
    return _is_waited_for.get()
