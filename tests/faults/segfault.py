"""Engines that crash like C code does: run by test_segfault.py.

`segfault.py drive FILE` receives a file, works on it and tells what became of it; `segfault.py
child MODE OWNER` is one of its workers. CRASH_ENGINES names the engines that crash on every page.
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
    from config.pools import drain_here
    from ingest.receive import receive_paths
    from workers.house import current

    house = current()
    account = Account.objects.get(username=options.confirm_account)
    batch = receive_paths([Path(file)], Intake(name="lô"), account, work=house.work)
    outcome = drain_here(size=1, tick=lambda: None, command=(sys.executable, __file__, "child"))
    told = {
        "fault": outcome.fault and outcome.fault.code,
        "open": open_runs(receipt__batch=batch).count(),
        "strikes": list(StageRun.objects.filter(strikes__gt=0).values_list("stage", "strikes")),
        "pages": list(Page.objects.values_list("number", "state", "error_code")),
        "documents": list(Document.objects.values_list("status", flat=True)),
    }
    sys.stdout.write(json.dumps(told))


def child(mode: str, owner: str) -> None:
    """Work with engines that crash where a whole page is read."""
    import config.child
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
    sys.exit(config.child.main([mode, owner]))


if __name__ == "__main__":
    {"drive": drive, "child": child}[sys.argv[1]](*sys.argv[2:])
