"""What waits for whom: the lists of the first page, and how far a batch has come."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Func, OuterRef, Q, QuerySet, Subquery

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
    """Count what is done in each, by one question for all.

    A batch with nothing left to do is closed here.
    """
    asked = Batch.objects.filter(pk__in=[batch.pk for batch in batches])
    rows: Iterable[Any] = asked.values("pk", **_COUNTS)
    counts = {row["pk"]: row for row in rows}
    return [_progress(batch, counts[batch.pk]) for batch in batches]


def _progress(batch: Batch, count: Mapping[str, int]) -> Progress:
    if batch.state == BatchState.PROCESSING and not count["open_steps"]:
        finish_batch(batch)
        batch.refresh_from_db()
    return Progress(
        batch=batch,
        files=count["files"],
        pages_read=count["pages"] - count["unread"],
        pages=count["pages"],
        documents=count["documents"],
        steps_done=count["steps"] - count["open_steps"],
        steps=count["steps"],
        is_over=batch.state == BatchState.FINISHED,
    )


def _number_of(rows: "QuerySet[Any]") -> Subquery:
    """Their number for one batch at a time, by its index: grouped, a planner reads every batch."""
    return Subquery(rows.order_by().annotate(n=Func("pk", function="COUNT")).values("n"))


_OF = {"receipt__batch": OuterRef("pk")}
_COUNTS = {
    "files": _number_of(Receipt.objects.filter(batch=OuterRef("pk"))),
    "pages": _number_of(Page.objects.filter(**_OF)),
    "unread": _number_of(Page.objects.filter(**_OF, state=PageState.PENDING)),
    "documents": _number_of(Document.objects.filter(**_OF)),
    "steps": _number_of(StageRun.objects.filter(**_OF)),
    "open_steps": _number_of(open_runs(**_OF)),
}


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
