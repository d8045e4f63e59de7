"""A signing that is killed at chosen moments: run by test_signing_kill.py in a home of its own.

`signing.py prepare COUNT` makes so many confirmed papers of one blank page; `signing.py sign`
signs like the web page's child, its order on standard input, and dies where CRASH_AT says
("MOMENT NUMBER": the so-manieth time that the moment comes); `signing.py look` tells what is there.
"""

import datetime as dt
import json
import os
import signal
import sys
from collections import Counter

from config.start import start

SEEN: Counter[str] = Counter()


def die_if_planned(moment: str, _stage: str) -> None:
    """Kill this process with -9."""
    SEEN[moment] += 1
    if os.environ.get("CRASH_AT") == f"{moment} {SEEN[moment]}":
        os.kill(os.getpid(), signal.SIGKILL)


def prepare(count: str) -> None:
    """Papers as they stand when a checker has passed them."""
    from archive.models import Account, Batch, Document, Page, Receipt
    from archive.services.documents import new_document_id
    from archive.states import DocumentStatus, PageState, Protection, ReceiptState
    from tests.pki import blank_pdf
    from workers.house import current

    house = current()
    account = Account.objects.get(username="tai-may")
    batch = Batch.objects.create(name="lô", opened_by=account)
    pdf = house.work.put(blank_pdf()).sha256
    size = int(count)
    receipt = Receipt.objects.create(
        batch=batch, sha256=pdf, position=1, untrusted_name="tệp.pdf", size=1,
        media_type="application/pdf", page_count=size, state=ReceiptState.DONE,
    )  # fmt: skip
    now = dt.datetime.now(dt.UTC)
    papers = [
        Document(
            id=new_document_id(), receipt=receipt, first_page=number, last_page=number,
            status=DocumentStatus.WAITING, protection=Protection.ORDINARY, pdf_sha256=pdf,
            confirmed_by=account, confirmed_at=now,
        )
        for number in range(1, size + 1)
    ]  # fmt: skip
    Document.objects.bulk_create(papers)
    Page.objects.bulk_create(
        Page(receipt=receipt, number=one.first_page, document=one, state=PageState.READ)
        for one in papers
    )


def sign() -> None:
    """Sign everything that waits."""
    from archive.models import Account
    from config.options import read_options
    from workers.house import current
    from workers.signing import Signing, open_keys
    from workers.signing_desk import signing_lock

    order = json.loads(sys.stdin.buffer.read())
    house = current()
    with signing_lock(read_options().home / "run"):
        open_keys(house.signers(), order)
        account = Account.objects.get(username="tai-may")
        told = Signing(house, account, observe=die_if_planned).run()
    assert told.stopped is None, told.stopped
    assert told.failed == [], told.failed


def look() -> None:
    """Tell of every paper how often it was signed, by whom, and what its file bears."""
    from archive.models import AuditEvent, Document, StageRun
    from archive.signing import signatures_in
    from archive.tags import Tag
    from workers.house import current

    house = current()
    events = AuditEvent.objects.filter(tag=Tag.DOCUMENT_SIGNED)
    documents = list(Document.objects.order_by("first_page"))
    files = [one.signed_sha256 for one in documents if one.signed_sha256]
    fields = {
        " ".join(found.field for found in signatures_in(house.work.read(name)))
        for name in files[:: max(1, len(files) // 20)]
    }
    json.dump(
        {
            "papers": len(documents),
            "signed": len(files),
            "files": len(set(files)),
            "events": events.count(),
            "papers_in_events": events.values("subject").distinct().count(),
            "actors": sorted(set(events.values_list("actor", flat=True))),
            "fields": sorted(fields),
            "seals_due": StageRun.objects.filter(stage="seal").count(),
            "damaged": sum(house.work.read(name)[:4] != b"%PDF" for name in set(files)),
            "held": StageRun.objects.filter(state="running").count(),
        },
        sys.stdout,
    )


if __name__ == "__main__":
    start()
    {"prepare": prepare, "sign": sign, "look": look}[sys.argv[1]](*sys.argv[2:])
