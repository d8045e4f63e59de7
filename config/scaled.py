"""Workers and beat of the scaled side, on this machine."""

import shutil
import tempfile
import time
from collections.abc import Sequence
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import TYPE_CHECKING

from archive.lanes import LANES, Lane
from config.broker import need_broker, switchboard
from config.errors import UsageError
from config.home import PRIVATE_FOLDER, scratch_of
from config.options import Options

if TYPE_CHECKING:
    from workers.bell.hand import Hand
    from workers.loop import Observer

STALE_SECONDS = 2 * 24 * 3600.0
"""After so long nobody of another machine works in a scratch folder any more."""


def lanes_of(words: str | None) -> tuple[Lane, ...]:
    """Return the lanes named, the preferred first; all where none is. Raises UsageError."""
    if words is None:
        return LANES
    named = {word.strip() for word in words.split(",")}
    if not named <= set(LANES):
        raise UsageError(f"Làn phải là một trong: {', '.join(LANES)}. Hãy gõ lại lệnh.")
    return tuple(lane for lane in LANES if lane in named)


def work_here(options: Options, lanes: Sequence[Lane], *, observe: "Observer | None" = None) -> int:
    """Work for the cluster until told. Raises the broker's errors before anything is begun."""
    from workers.bell.broker import check_broker
    from workers.bell.worker import work

    board = switchboard(need_broker(options.broker))
    check_broker(board)
    with _scratch(options.home) as folder:
        return work(
            board,
            lanes,
            size=options.workers,
            furnish=lambda is_over: _furnish(options, lanes, folder, is_over, observe),
        )


def beat_here(options: Options) -> None:
    """Send the chores of the cluster until told."""
    from workers.bell.beat import beat
    from workers.bell.broker import check_broker

    board = switchboard(need_broker(options.broker))
    check_broker(board)
    beat(board)


def _furnish(
    options: Options,
    lanes: Sequence[Lane],
    folder: str,
    is_over: Event,
    observe: "Observer | None",
) -> "Hand":
    """Make a worker process's hand, after the fork."""
    from celery.exceptions import SoftTimeLimitExceeded

    from config.reading import give_back_pages, one_thread_each
    from workers.bell.hand import Hand
    from workers.house import current
    from workers.loop import Worker, watch_nothing
    from workers.owners import owner_name
    from workers.presence import keep_present
    from workers.stages import STAGES

    one_thread_each()
    give_back_pages()
    tempfile.tempdir = folder
    house, owner = current(), owner_name()
    keep_present(owner, lanes)
    return Hand(
        house,
        Worker(
            house,
            STAGES,
            owner=owner,
            observe=observe or watch_nothing,
            out_of_time=SoftTimeLimitExceeded,
        ),
        owner=owner,
        lanes=lanes,
        board=switchboard(need_broker(options.broker)),
        is_over=is_over,
    )


def _scratch(home: Path) -> "tempfile.TemporaryDirectory[str]":
    """A folder of this worker's own for the programs that it calls; what the dead left goes."""
    from workers.owners import is_dead, owner_name

    above = scratch_of(home)
    above.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    for left in above.iterdir():
        owner = left.name.partition("+")[0]
        if is_dead(owner) or time.time() - left.stat().st_mtime > STALE_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
    return tempfile.TemporaryDirectory(prefix=f"{owner_name()}+", dir=above)
