"""One worker process of the embedded pool: `python -m config.child --drain|--serve OWNER`."""

import os
import sys
import tempfile
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import config.threads  # noqa: F401  before what it holds back
from config.home import scratch_of
from config.logs import tell_of_ends
from config.reading import give_back_pages, one_thread_each
from config.start import start

if TYPE_CHECKING:
    from workers.loop import Observer

ORPHANED = 4
"""Exit status of a worker whose pool is gone."""


def main(argv: Sequence[str], observe: "Observer | None" = None) -> int:
    """Work for the pool that started this process, and no longer than it lives."""
    threading.Thread(target=_die_with_parent, daemon=True).start()
    tell_of_ends()
    one_thread_each()
    give_back_pages()
    tempfile.tempdir = str(scratch_of(start(is_current=False).home))
    from workers.house import current
    from workers.loop import EnvironmentFault, Worker, watch_nothing
    from workers.pool import ENVIRONMENT_EXIT
    from workers.presence import keep_present
    from workers.stages import STAGES

    mode, owner = argv
    keep_present(owner)
    worker = Worker(current(), STAGES, owner=owner, observe=observe or watch_nothing)
    try:
        worker.drain() if mode == "--drain" else worker.serve()
    except EnvironmentFault:
        return ENVIRONMENT_EXIT
    return 0


def _die_with_parent() -> None:
    """Standard input ends when the pool does, even by kill -9; then nobody waits for this work."""
    sys.stdin.buffer.read()
    os._exit(ORPHANED)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
