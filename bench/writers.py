"""How fast the records take what the machine writes, and how writers get in each other's way.

    TANGTHU_DATABASE_URL=postgresql://... python bench/writers.py [--writers 8] [--files 240]
        [--order first|rows]

Each writer is a process that does every stage's writing through the real loop and ledger, and none
of its computing: what is left is the ceiling that the records set. `first`: the writers' lock
before anything else, as the product does; `rows`: rows in the order of the verbs, the audit's head
last, with what deadlocks tried again. One page a file, ten fields a document. Makes a database of
its own on the server and drops it. Prints one JSON document.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
URL = "TANGTHU_DATABASE_URL"
NAME = "bench_writers"
FIELDS = 10


def main() -> int:
    """Run the writers at once and tell."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--files", type=int, default=240)
    parser.add_argument("--order", choices=("first", "rows"), default="first")
    parser.add_argument("--child", type=int, default=-1, help=argparse.SUPPRESS)
    given = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    if given.child >= 0:
        return write(given.child, given.order)
    with tempfile.TemporaryDirectory(prefix="tangthu-bench-") as home:
        os.environ["TANGTHU_HOME"] = home
        if os.environ.get(URL):
            os.environ[URL] = database()
        print(json.dumps({"order": given.order, "writers": given.writers} | measure(given)))
    return 0


def database() -> str:
    """An empty one on the server."""
    import psycopg

    url = os.environ[URL]
    with psycopg.connect(url, autocommit=True) as db:
        db.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        db.execute(f"CREATE DATABASE {NAME} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C'"
                   " LC_CTYPE 'C.UTF-8'")  # fmt: skip
    return urlsplit(url)._replace(path=f"/{NAME}").geturl()


def measure(given: argparse.Namespace) -> dict[str, Any]:
    """Files are planned first; then every writer works until nothing is due."""
    receive(given.files)
    words = [sys.executable, __file__, "--order", given.order, "--child"]
    begun = time.monotonic()
    children = [
        subprocess.Popen([*words, str(number)], stdout=subprocess.PIPE)
        for number in range(given.writers)
    ]
    told = [json.loads(child.communicate()[0]) for child in children]
    seconds = max(one["end"] for one in told) - min(one["begin"] for one in told)
    runs = sum(one["runs"] for one in told)
    waits = sorted(wait for one in told for wait in one["milliseconds"])
    return {
        "files": given.files,
        "runs": runs,
        "seconds": round(seconds, 1),
        "with_start": round(time.monotonic() - begun, 1),
        "runs_a_second": round(runs / seconds),
        "deadlocks": sum(one["deadlocks"] for one in told),
        "p50_ms": waits[len(waits) // 2],
        "p99_ms": waits[len(waits) * 99 // 100],
        "problems": problems(),
    }


def receive(files: int) -> None:
    """Receipts of files that are in nobody's store."""
    from config.start import local_account, start

    options = start()
    from archive.services.intake import Intake, accept_file, open_batch

    batch = open_batch(Intake("bench"), local_account(options))
    for number in range(files):
        accept_file(batch, f"{number}.png", f"{number:064x}", 1)


def problems() -> list[str]:
    """What the chain's check says, and what is left undone."""
    from archive.ledger import open_runs
    from archive.models import Document
    from archive.verify import check_audit
    from workers.house import current

    found = [str(one.what) for one in check_audit(current().archive).problems]
    left = open_runs().count()
    found += [f"{left} runs left"] if left else []
    waiting = Document.objects.filter(status="waiting").count()
    return [*found, f"{waiting} documents wait"]


def write(number: int, order: str) -> int:
    """One writer's process."""
    from config.start import start

    start()
    from django.db import OperationalError

    from archive import ledger, writing
    from workers.house import current
    from workers.loop import Worker

    if order == "rows":
        writing._take_turn = lambda: None  # noqa: SLF001  the other order
    worker = Worker(current(), stages(), owner=f"w{number}")
    told: dict[str, Any] = {"runs": 0, "deadlocks": 0, "milliseconds": [], "begin": time.time()}
    while ledger.open_runs().exists():
        run = ledger.claim_run(f"w{number}")
        if run is None:
            continue
        since = time.monotonic()
        while True:
            try:
                worker._write(run, worker._compute(run))  # noqa: SLF001  without its strikes
                break
            except OperationalError:
                told["deadlocks"] += 1
        told["runs"] += 1
        told["milliseconds"].append(round(1000 * (time.monotonic() - since), 1))
    print(json.dumps(told | {"end": time.time()}))
    return 0


def stages() -> dict[str, Any]:
    """Every stage's writing with made-up results."""
    from archive.models import Document, Page, Receipt
    from archive.services import cuts, documents, pages
    from archive.services.documents import Cut
    from workers.outcome import Outcome

    measured = {"width": 2480, "height": 3508, "dpi": 300, "verdict": "pass", "problems": []}
    guess = {"kind_code": "VB02", "kind_name": "quyết định", "form": "quyết định",
             "kind_confidence": 0.9, "kind_reasons": []}  # fmt: skip
    rows = [
        {"name": f"f{at}", "value": "15/QĐ-UBND", "as_printed": "15/QĐ-UBND", "confidence": 0.9,
         "sure": True, "page": 1, "box": [1, 2, 3, 4]}
        for at in range(FIELDS)
    ]  # fmt: skip

    def of_page(do: Any) -> Any:
        def stage(run: Any, _: Any) -> Outcome:
            page = Page.objects.select_related("receipt").get(pk=run.subject_id)
            return Outcome(lambda _: do(page))

        return stage

    def of_receipt(do: Any) -> Any:
        def stage(run: Any, _: Any) -> Outcome:
            receipt = Receipt.objects.get(pk=run.subject_id)
            return Outcome(lambda _: do(receipt))

        return stage

    def of_document(do: Any) -> Any:
        def stage(run: Any, _: Any) -> Outcome:
            document = Document.objects.select_related("receipt__batch").get(pk=run.subject_id)
            return Outcome(lambda _: do(document))

        return stage

    sha = "a" * 64
    opened = pages.Opened("image/png", 1, is_signed=False)
    kind = {"protection": "ordinary", **guess}
    return {
        "open": of_receipt(lambda row: pages.record_opened(row, opened)),
        "gate": of_page(lambda page: pages.record_gate(page, measured, is_blank=False)),
        "clean": of_page(lambda page: pages.record_clean(page, sha, {})),
        "recognise": of_page(lambda page: pages.record_text(page, sha)),
        "separate": of_receipt(lambda row: cuts.propose_cuts(row, cuts.Proposal((Cut(1, 1),)))),
        "classify": of_document(lambda row: documents.record_kind(row, **kind)),
        "extract": of_document(lambda row: documents.record_fields(row, rows)),
        "index": of_document(lambda _: None),
        "render": of_document(lambda row: documents.record_pdf(row, sha)),
        "check": of_document(lambda row: documents.wait_for_person(row, [documents.CHECK_DUE])),
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
