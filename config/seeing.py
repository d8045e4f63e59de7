"""Where figures are kept and served, and what is told of this process's work."""

import os
import re
import shutil
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from config.broker import switchboard
from config.errors import PortUnusableError

if TYPE_CHECKING:
    from archive.models import StageRun
    from config.options import Options
    from workers.bell.broker import Broker

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
LEAST_FREE_BYTES = 64 * 1024**2
PROBE_THREADS = 2


def figures_folder(home: Path) -> Path:
    """Where the processes of this machine keep their figures; numbers of others mean others."""
    from workers.owners import machine

    return home / "run" / "metrics" / re.sub(r"[^\w.-]", "_", machine())


def keep_figures(home: Path) -> None:
    """Say where figures are kept; where there is no room for them each process has its own.

    Before anything loads prometheus-client, which looks there once. Where there is no data folder
    yet nobody works here, and nothing is written.
    """
    os.environ.pop(FOLDER, None)
    if not home.is_dir():
        return
    folder = figures_folder(home)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        has_room = shutil.disk_usage(folder).free > LEAST_FREE_BYTES
    except OSError:
        has_room = False
    if not has_room:
        return
    os.environ[FOLDER] = str(folder)
    from workers.metric_files import prepare

    prepare(folder)


def watch_runs(run: "StageRun", seconds: float, code: str) -> None:
    """The house's watch; it is loaded with the first run, not by every command."""
    from workers.metrics import note_run

    note_run(run, seconds, code)


def way_to_broker(broker: "Broker | None") -> Callable[[], None] | None:
    """Return what looks whether the broker is there; None where none is set."""
    if broker is None:
        return None
    from workers.bell.broker import check_broker

    return partial(check_broker, switchboard(broker))


def serve_figures(options: "Options") -> None:
    """Serve /metrics, /healthz and /readyz of this machine's workers, where a port is set.

    Raises PortUnusableError.
    """
    if options.seeing.port is None:
        return
    from waitress import create_server

    from web.probes import small_application

    try:
        server = create_server(
            small_application,
            host=options.host,
            port=options.seeing.port,
            threads=PROBE_THREADS,
            ident=None,
        )
    except OSError as error:
        raise PortUnusableError(detail=str(error)) from error
    threading.Thread(target=server.run, daemon=True).start()
