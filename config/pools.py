"""Starting the embedded pool on this data folder."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from config.home import clear_scratch
from config.options import read_options
from imaging.errors import Category, CodedError

if TYPE_CHECKING:
    from workers.bell.patience import Patience
    from workers.pool import Fault

CHILD = (sys.executable, "-m", "config.child")


class BusyError(CodedError):
    """Another pool works on this data folder."""

    code = "pool_busy"
    category = Category.ENVIRONMENT
    message = "Đã có tiến trình xử lý trên thư mục dữ liệu này. Hãy dừng nó trước, rồi chạy lại."


@dataclass(frozen=True, slots=True)
class Drained:
    """Whether this process did the work, and what stopped it."""

    worked: bool
    fault: "Fault | None" = None


def drain_here(*, size: int, tick: Callable[[], None], command: tuple[str, ...] = CHILD) -> Drained:
    """Work until no run is open, unless others do: another pool on this data folder, or the
    workers of the scaled side, none of which this process is.
    """
    if read_options().broker:
        tick()
        return Drained(worked=False, fault=_patience().fault())
    from workers.house import current
    from workers.pool import Pool

    with _owned() as is_ours:
        if not is_ours:
            return Drained(worked=False)
        pool = Pool(current(), size=size, command=command)
        return Drained(worked=True, fault=pool.drain(tick))


def serve_here(*, size: int, is_over: Callable[[], bool]) -> None:
    """Work until told; raises BusyError where another pool works on this data folder."""
    from workers.house import current
    from workers.pool import Pool

    with _owned() as is_ours:
        if not is_ours:
            raise BusyError
        Pool(current(), size=size, command=CHILD).serve(is_over)


@cache
def _patience() -> "Patience":
    """One for as long as this command waits."""
    from workers.bell.patience import Patience

    return Patience()


@contextmanager
def _owned() -> Iterator[bool]:
    """Hold the data folder's pool lock; what dead workers left for other programs is cleared."""
    from workers.pool import pool_lock

    home = read_options().home
    with pool_lock(home / "run" / "pool.lock") as is_ours:
        if is_ours:
            clear_scratch(home)
        yield is_ours
