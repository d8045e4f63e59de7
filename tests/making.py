"""Records made by hand, for tests that need no reading: a batch, a file, a document, a seal."""

import datetime as dt
import hashlib
import itertools
from typing import Any

from archive.models import (
    Account,
    ArchivedBlob,
    Batch,
    Document,
    Page,
    Receipt,
    SealedFile,
)
from archive.services.subjects import subject_for
from archive.states import DocumentStatus, FileRole, PageState, Protection, ReceiptState
from workers.house import House

COUNT = itertools.count(1)
SUBJECT = "079204000001"
"""An invented person."""


def make_batch(account: Account, **changes: Any) -> Batch:
    """One open batch."""
    return Batch.objects.create(**{"name": "lô", "opened_by": account} | changes)


def make_receipt(batch: Batch, house: House, data: bytes | None = None, **changes: Any) -> Receipt:
    """One received file whose bytes lie in `work/`."""
    number = next(COUNT)
    stored = house.work.put(data if data is not None else b"file %d" % number)
    given = {"position": number, "untrusted_name": f"tệp {number}.pdf", "size": stored.size}
    return Receipt.objects.create(batch=batch, sha256=stored.sha256, **given | changes)


def make_page(receipt: Receipt, number: int = 1, **changes: Any) -> Page:
    """One page that was read and is good; it has no text of its own."""
    given = {"state": PageState.READ, "verdict": "pass", "width": 100, "height": 140, "dpi": 150}
    return Page.objects.create(receipt=receipt, number=number, **given | changes)


def make_document(receipt: Receipt, first_page: int = 1, **changes: Any) -> Document:
    """One document of one page, as yet in work."""
    given = {"id": f"D261121{next(COUNT):08}", "first_page": first_page, "last_page": first_page}
    return Document.objects.create(**{"receipt": receipt} | given | changes)


def make_sealed(
    account: Account, house: House, *, data: bytes = b"%PDF", **changes: Any
) -> Document:
    """One archived marital-status certificate of SUBJECT; its file lies in the archive."""
    now = dt.datetime.now(dt.UTC)
    receipt = make_receipt(make_batch(account), house, state=ReceiptState.DONE)
    given: dict[str, Any] = {
        "kind_code": "KQ-HN",
        "kind_name": "giấy xác nhận tình trạng hôn nhân",
        "status": DocumentStatus.ARCHIVED,
        "protection": Protection.ORDINARY,
        "subject": subject_for(SUBJECT),
        "issued_on": dt.date.today() - dt.timedelta(days=30),  # noqa: DTZ011  any recent day
        "confirmed_by": account,
        "confirmed_at": now,
        "signed_at": now,
        "sealed_at": now,
    }
    document = make_document(receipt, **given | changes)
    sha256 = hashlib.sha256(data).hexdigest()
    house.archive.put(sha256, data, retain_until=None)
    blob, _made = ArchivedBlob.objects.get_or_create(
        sha256=sha256,
        defaults={"size": len(data), "media_type": "application/pdf", "sealed_at": now},
    )
    SealedFile.objects.create(document=document, role=FileRole.DOCUMENT, blob=blob)
    return document
