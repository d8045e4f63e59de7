"""How the crash suites work off a batch: by a pool in this process, or by workers elsewhere."""

import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workers.loop import Observer

LOOK_SECONDS = 0.3


def work_off(batch: Any, *, size: int, command: tuple[str, ...]) -> str | None:
    """Work until no run of the batch is open, or wait for it; the code of what stopped it."""
    from archive.ledger import open_runs
    from config.options import read_options

    if read_options().broker is None:
        from config.pools import drain_here

        fault = drain_here(size=size, tick=lambda: None, command=command).fault
        return fault.code if fault else None
    while open_runs(receipt__batch=batch).exists():
        time.sleep(LOOK_SECONDS)
    return None


def work_for_cluster(observe: "Observer | None" = None) -> None:
    """Be a worker of the scaled side, until told."""
    from config.scaled import lanes_of, work_here
    from config.start import start

    sys.exit(work_here(start(), lanes_of(None), observe=observe))
