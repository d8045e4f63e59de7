"""What a town's records, stores and index hold of the files that were fed: run by chaos.py.

python -m bench.town_look FED    FED: a JSON list of {"name", "sha256", "pages", "words"}
"""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from config.start import start

start()

from archive.models import Batch, Document, Page, Receipt, StageRun  # noqa: E402  after start()
from archive.services.sealing import is_named_in_work  # noqa: E402
from archive.states import PageState, ReceiptState, RunState  # noqa: E402
from search import Query  # noqa: E402
from tests.faults.sweeping import swept_names  # noqa: E402
from workers.house import current  # noqa: E402

MOST_HITS = 200
OPEN = (RunState.READY, RunState.RUNNING)


def main() -> None:
    """Print one JSON document."""
    fed = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    house = current()
    held = set(house.index.ids())
    known = set(Document.objects.values_list("pk", flat=True))
    states = Counter(StageRun.objects.values_list("state", flat=True))
    found = {
        "files": len(fed),
        "pages": sum(one["pages"] for one in fed),
        "wrong": [fault for one in fed for fault in faults_of(one)],
        "strangers": Receipt.objects.exclude(sha256__in=[one["sha256"] for one in fed]).count(),
        "documents": dict(Counter(Document.objects.values_list("status", flat=True))),
        "duplicates": Receipt.objects.filter(state=ReceiptState.DUPLICATE).count(),
        "batches": dict(Counter(Batch.objects.values_list("state", flat=True))),
        "runs": dict(states),
        "open_runs": list(StageRun.objects.filter(state__in=OPEN).values_list("stage", "state")),
        "dead_runs": list(
            StageRun.objects.filter(state__in=(RunState.DEAD, RunState.FAILED)).values(
                "stage", "state", "error_code", "error_message", "strikes", "attempt"
            )
        ),
        "most_attempts": max(StageRun.objects.values_list("attempt", flat=True), default=0),
        "struck": StageRun.objects.filter(strikes__gt=0).count(),
        "not_in_index": sorted(known - held),
        "only_in_index": sorted(held - known),
        "not_found": [one["name"] for one in fed if not is_found(one, house)],
        "orphans_swept": sum(not is_named_in_work(name) for name in house.work.names()),
        "unnamed_in_work": swept_names(house),
    }
    json.dump(found, sys.stdout, ensure_ascii=False)


def faults_of(one: dict[str, Any]) -> list[str]:
    """What is not as it should be with one file: filed once, each page in one document."""
    receipts = Receipt.objects.filter(sha256=one["sha256"])
    filed = list(receipts.filter(state=ReceiptState.DONE))
    if len(filed) != 1:
        states = ", ".join(receipts.values_list("state", flat=True))
        return [f"{one['name']}: filed {len(filed)} times ({states})"]
    pages = list(Page.objects.filter(receipt=filed[0]).order_by("number"))
    wrong = []
    if [page.number for page in pages] != list(range(1, one["pages"] + 1)):
        wrong.append(f"{one['name']}: pages {[page.number for page in pages]}")
    wrong += [
        f"{one['name']} page {page.number}: {page.state} {page.error_code} {page.document_id}"
        for page in pages
        if page.state not in (PageState.READ, PageState.BLANK) or not page.document_id
    ]
    documents = Document.objects.filter(receipt=filed[0]).order_by("first_page")
    covered = [
        number for each in documents for number in range(each.first_page, each.last_page + 1)
    ]
    if covered != list(range(1, one["pages"] + 1)):
        wrong.append(f"{one['name']}: documents hold pages {covered}")
    wrong += [
        f"{one['name']}: document {each.pk} is {each.status}"
        for each in documents
        if each.status not in ("waiting", "archived")
    ]
    return wrong


def is_found(one: dict[str, Any], house: Any) -> bool:
    """Whether a search for the paper's own words gives one of its documents."""
    own = set(Document.objects.filter(receipt__sha256=one["sha256"]).values_list("pk", flat=True))
    hits = house.index.search(Query(one["words"], limit=MOST_HITS)).hits
    return bool(own & {hit.id for hit in hits})


main()
