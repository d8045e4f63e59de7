"""What waits for whom: the lists of the first page, and how far a batch has come."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count as Number
from django.db.models import Q, QuerySet

from archive.ledger import open_runs
from archive.models import Account, Batch, Document, Page, Receipt, StageRun
from archive.permissions import BATCH_RIGHTS, access_of, may_see
from archive.services.intake import finish_batch
from archive.states import BatchState, DocumentStatus, PageState, ReceiptState
from web.access import may
from workers.custody import worries
from workers.house import current

SHOWN = 50
"""Rows of one list; the count beside it tells of the rest."""
MOST_COUNTED = 1_000
"""Beyond this a list says "more than"."""
BATCHES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are, counted no further than a person cares to know."""

    number: int

    @classmethod
    def of(cls, rows: "QuerySet[Any]") -> "Count":
        """Count rows in their order, so by its index, up to one more than are told."""
        return cls(rows[: MOST_COUNTED + 1].count())

    def __str__(self) -> str:
        """As a page says it."""
        most = f"{MOST_COUNTED:,}".replace(",", ".")
        return f"hơn {most}" if self.number > MOST_COUNTED else str(self.number)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One list of documents that wait."""

    total: "Count"
    documents: tuple[Document, ...]


def waiting_for_check(account: Account) -> Waiting | None:
    """Documents that this account may check; None where it checks none."""
    if not may(account, "confirm_document"):
        return None
    return _waiting(account, Q(confirmed_at=None), "created_at")


def waiting_for_signature(account: Account) -> Waiting | None:
    """Checked documents that this account may sign; None where it signs none."""
    if not may(account, "sign_document"):
        return None
    return _waiting(account, Q(confirmed_at__isnull=False), "confirmed_at")


def _waiting(account: Account, of: Q, since: str) -> Waiting:
    found = _seen_by(account).filter(of, status=DocumentStatus.WAITING).order_by(since, "pk")
    return Waiting(Count.of(found), tuple(found.select_related("receipt__batch")[:SHOWN]))


def _seen_by(account: Account) -> "QuerySet[Document]":
    allowed = access_of(account)
    documents = Document.objects.all()
    return documents if allowed is None else documents.filter(protection__in=allowed)


def next_waiting(account: Account, document: Document) -> Document | None:
    """Return the next document that waits for this account's check."""
    if not may(account, "confirm_document"):
        return None
    waiting = _seen_by(account).filter(status=DocumentStatus.WAITING, confirmed_at=None)
    return waiting.exclude(pk=document.pk).order_by("created_at", "pk").first()


def held_files(account: Account) -> list[Receipt]:
    """Files with a secrecy mark that this account must decide about."""
    if not may(account, "decide_held"):
        return []
    held = Receipt.objects.filter(state=ReceiptState.HELD)
    return list(held.select_related("batch").order_by("decide_by"))


def archive_worries(account: Account) -> list[str]:
    """What is wrong with the copies of the archive, for those who keep it."""
    if not may(account, "hold_document"):
        return []
    return list(worries(current()))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the machine has come with a batch."""

    batch: Batch
    files: int
    pages_read: int
    pages: int
    documents: int
    steps_done: int
    steps: int
    is_over: bool
    """Whether no more will change without a person."""


def progress_of(batches: Sequence[Batch]) -> list[Progress]:
    """Count what is done in each, with as many questions for twenty as for one.

    A batch with nothing left to do is closed here.
    """
    of = {"receipt__batch__in": batches}
    open_steps = _by_batch(open_runs(**of))
    for batch in batches:
        if batch.state == BatchState.PROCESSING and not open_steps[batch.pk]:
            finish_batch(batch)
            batch.refresh_from_db()
    files = _by_batch(Receipt.objects.filter(batch__in=batches), "batch")
    pages = Page.objects.filter(**of)
    counted, unread = _by_batch(pages), _by_batch(pages.filter(state=PageState.PENDING))
    documents = _by_batch(Document.objects.filter(**of))
    steps = _by_batch(StageRun.objects.filter(**of))
    return [
        Progress(
            batch=batch,
            files=files[batch.pk],
            pages_read=counted[batch.pk] - unread[batch.pk],
            pages=counted[batch.pk],
            documents=documents[batch.pk],
            steps_done=steps[batch.pk] - open_steps[batch.pk],
            steps=steps[batch.pk],
            is_over=batch.state == BatchState.FINISHED,
        )
        for batch in batches
    ]


def _by_batch(rows: "QuerySet[Any]", path: str = "receipt__batch") -> Counter[int]:
    """Batch -> how many of the rows are its own."""
    return Counter(dict(rows.order_by().values_list(path).annotate(Number("pk"))))


def batches_under_way(account: Account) -> list[Progress]:
    """Batches that are not finished, newest first, as far as the account may see them."""
    under_way = batches_of(account).exclude(state=BatchState.FINISHED)
    counted = progress_of(list(under_way[:BATCHES_SHOWN]))
    return [progress for progress in counted if not progress.is_over]


def batches_of(account: Account) -> "QuerySet[Batch]":
    """Every batch that the account may see, newest first."""
    batches = Batch.objects.select_related("opened_by").order_by("-pk")
    if not any(may(account, right) for right in BATCH_RIGHTS):
        return batches.filter(opened_by=account)
    if account.unit:
        return batches.filter(Q(unit=account.unit) | Q(opened_by=account))
    return batches


@dataclass(frozen=True, slots=True)
class Row:
    """A document in a list: one that the account may not open shows no more than its state."""

    document: Document
    is_open: bool


def documents_of(batch: Batch, account: Account) -> list[Row]:
    """The documents of a batch in the order of its files and pages."""
    found = Document.objects.filter(receipt__batch=batch).select_related("receipt")
    opens = may(account, "search_documents")
    return [
        Row(document, opens and may_see(account, document))
        for document in found.order_by("receipt__position", "first_page")
    ]
