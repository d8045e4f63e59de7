"""Engines that crash like C code does: run by test_segfault.py.

`segfault.py drive FILE` receives a file, works on it and tells what became of it; `segfault.py
child MODE OWNER` is one of its workers. Where a broker is set `drive` only waits, and `segfault.py
work` is a worker of the cluster. CRASH_ENGINES names the engines that crash on every page.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

ENGINES = "CRASH_ENGINES"


def drive(file: str) -> None:
    """Receive and work, as the command line does; print runs, pages and documents."""
    from config.start import start

    options = start()
    from archive.ledger import open_runs
    from archive.models import Account, Document, Page, StageRun
    from archive.services.intake import Intake
    from ingest.receive import receive_paths
    from tests.faults.waiting import work_off
    from workers.house import current

    house = current()
    account = Account.objects.get(username=options.confirm_account)
    batch = receive_paths([Path(file)], Intake(name="lô"), account, work=house.work)
    told = {
        "fault": work_off(batch, size=1, command=(sys.executable, __file__, "child")),
        "open": open_runs(receipt__batch=batch).count(),
        "strikes": list(StageRun.objects.filter(strikes__gt=0).values_list("stage", "strikes")),
        "pages": list(Page.objects.values_list("number", "state", "error_code")),
        "documents": list(Document.objects.values_list("status", flat=True)),
    }
    sys.stdout.write(json.dumps(told))


def child(mode: str, owner: str) -> None:
    """Work with engines that crash where a whole page is read."""
    break_engines()
    import config.child

    sys.exit(config.child.main([mode, owner]))


def work() -> None:
    """The same for the cluster."""
    break_engines()
    from tests.faults.waiting import work_for_cluster

    work_for_cluster()


def break_engines() -> None:
    """Let them crash where a whole page is read."""
    from ocr import Segmentation
    from ocr.engines import InProcessTesseract, ProgramTesseract

    def breaking(lines: Any) -> Any:
        def crash(self: Any, *words: Any, segmentation: Segmentation, **more: Any) -> Any:
            if segmentation is Segmentation.PAGE:
                os.kill(os.getpid(), signal.SIGSEGV)
            return lines(self, *words, segmentation=segmentation, **more)

        return crash

    for engine in (InProcessTesseract, ProgramTesseract):
        if engine.how in os.environ[ENGINES]:
            engine.lines = breaking(engine.lines)  # type: ignore[method-assign]


if __name__ == "__main__":
    {"drive": drive, "child": child, "work": work}[sys.argv[1]](*sys.argv[2:])
