"""What every log line of one piece of work bears: ids, bound once where the work begins."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

_BOUND: ContextVar[dict[str, object] | None] = ContextVar("bound", default=None)


@contextmanager
def bound(**ids: object) -> Iterator[None]:
    """Within, log lines bear these ids too. Ids only: never a name, a number or what was typed."""
    token = _BOUND.set({**(_BOUND.get() or {}), **ids})
    try:
        yield
    finally:
        _BOUND.reset(token)


def bind(**ids: object) -> None:
    """Add what was found out on the way to the innermost `bound`; nothing outside of one."""
    found = _BOUND.get()
    if found is not None:
        found.update(ids)


def ids() -> Mapping[str, object]:
    """What is bound here."""
    return _BOUND.get() or {}
