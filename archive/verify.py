"""`tangthu verify`: blobs, records, signatures, and the audit chain against its anchors.

Everything is walked, nothing is listed: an archive of any size is checked in the same memory.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from archive.examine import JOINED, PREFETCH, Examiner
from archive.export import audit_heads
from archive.models import ArchivedBlob, AuditEvent, Document, Receipt
from archive.services.audit import all_events, clock_behind
from archive.states import DocumentStatus, ReceiptState
from archive.stores import ArchiveStore, WorkStore
from archive.tags import Tag
from archive.vault import Vault
from imaging.errors import CodedError
from proof.chain import Trail, TrailFound, check_growing
from proof.types import Problem, Promise, Report, What

if TYPE_CHECKING:
    from django.db.models import QuerySet

CHUNK = 1024 * 1024
MANY = 200
"""Rows that are read at a time."""
DOCUMENTS = 50
"""Documents that are read at a time with their rows: SQLite takes at most 1,000 names in one
question, and each document has half a dozen files.
"""


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a check looks into."""

    work: WorkStore
    archive: ArchiveStore
    vault: Vault
    trust_roots: Sequence[bytes]


@dataclass(slots=True)
class _Tally:
    """What was counted so far."""

    checked: int = 0
    ok: int = 0
    problems: list[Problem] = field(default_factory=list)
    away: set[str] = field(default_factory=set)
    """Places of copies that could not be looked into."""

    def add(self, found: Iterable[Problem]) -> None:
        """Count one unit."""
        before = len(self.problems)
        self.problems += found
        self.checked += 1
        self.ok += len(self.problems) == before

    def report(self, *, unchecked: Iterable[str] = (), promise: Promise | None = None) -> Report:
        """What is told in the end."""
        away = [f"Chưa vào được bản sao ở {place} nên chưa xem nó." for place in sorted(self.away)]
        notes = (*unchecked, *away)
        return Report(self.checked, self.ok, tuple(self.problems), notes, promise)


def verify_all(holdings: Holdings, *, tick: Callable[[str], None] = lambda _: None) -> Report:
    """Check every archived document, every original under way, every byte in the store, and the
    whole audit chain.
    """
    tally = _Tally()
    archived = Document.objects.filter(status=DocumentStatus.ARCHIVED).order_by("pk")
    _examine(_whole(archived).iterator(chunk_size=DOCUMENTS), holdings, tally, tick)
    tally.add(_check_originals(holdings.work))
    tally.add(_check_names(holdings.archive))
    trail = check_audit(holdings.archive, trust_roots=holdings.trust_roots)
    tally.add([*trail.problems, *_check_vanished()])
    return tally.report(unchecked=[*trail.notes, *_clock()], promise=trail.promise)


def _clock() -> Iterator[str]:
    behind = clock_behind()
    if behind:
        yield (
            f"Đồng hồ máy này chậm hơn nhật ký {int(behind.total_seconds())} giây. "
            "Hãy chỉnh lại giờ máy."
        )


def verify_documents(
    documents: Iterable[Document],
    holdings: Holdings,
    *,
    tick: Callable[[str], None] = lambda _: None,
) -> Report:
    """Check documents one by one; of one that is not sealed yet, its original."""
    tally = _Tally()
    _examine(documents, holdings, tally, tick)
    return tally.report()


def _whole(documents: "QuerySet[Document]") -> "QuerySet[Document]":
    """With the rows that an examination reads."""
    return documents.select_related(*JOINED).prefetch_related(*PREFETCH)


def _examine(
    documents: Iterable[Document],
    holdings: Holdings,
    tally: _Tally,
    tick: Callable[[str], None],
) -> None:
    examiner = Examiner(holdings.archive, holdings.vault, holdings.trust_roots)
    for document in documents:
        if document.status == DocumentStatus.ARCHIVED:
            tally.add(examiner.problems(document))
        else:
            tally.add(_check_original(document.pk, document.receipt.sha256, holdings.work))
        tick(document.pk)
    tally.away |= examiner.away


def _check_originals(work: WorkStore) -> Iterator[Problem]:
    """Whether the originals that are not sealed yet are all there and sound."""
    kept = (ReceiptState.RECEIVED, ReceiptState.DONE, ReceiptState.HELD)
    receipts = Receipt.objects.filter(state__in=kept, received_sealed=False)
    for sha256 in receipts.values_list("sha256", flat=True).distinct().iterator():
        yield from _check_original(sha256, sha256, work)


def _check_original(named: str, sha256: str, work: WorkStore) -> Iterator[Problem]:
    """Read an original to its end; the store tells what is not as it was."""
    try:
        with work.open(sha256) as original:
            while original.read(CHUNK):
                pass
    except CodedError as error:
        what = What.BLOB_DAMAGED if work.exists(sha256) else What.BLOB_MISSING
        yield Problem(named, what, f"Bản gốc {sha256}: {error.message}")


def _check_names(archive: ArchiveStore) -> Iterator[Problem]:
    """Bytes that no row names, and rows whose bytes are gone and that no document uses."""
    for some in _batches(archive.names()):
        named = set(ArchivedBlob.objects.filter(pk__in=some).values_list("pk", flat=True))
        for sha256 in some:
            if sha256 not in named:
                detail = "Trong kho có dữ liệu mà không hồ sơ nào ghi."
                yield Problem(sha256, What.BLOB_EXTRA, detail)
    unused = ArchivedBlob.objects.filter(uses=None, shredded_at=None).order_by("pk")
    for sha256 in unused.values_list("pk", flat=True).iterator():
        if not archive.exists(sha256):
            detail = "Mất dữ liệu trong kho. Hãy lấy lại từ bản sao."
            yield Problem(sha256, What.BLOB_MISSING, detail)


def _batches(names: Iterator[str]) -> Iterator[list[str]]:
    while some := list(islice(names, MANY)):
        yield some


def _check_vanished() -> Iterator[Problem]:
    """Documents that the audit chain saw sealed, and that no row calls archived any more."""
    events = AuditEvent.objects.filter(tag=Tag.DOCUMENT_SEALED).order_by("subject")
    subjects = events.values_list("subject", flat=True).distinct().iterator()
    for some in _batches(subjects):
        sealed = [subject.removeprefix("document:") for subject in some]
        archived = Document.objects.filter(status=DocumentStatus.ARCHIVED, pk__in=sealed)
        there = set(archived.values_list("pk", flat=True))
        for id_ in sealed:
            if id_ not in there:
                detail = "Nhật ký ghi đã lưu kho, nhưng bản ghi đã mất."
                yield Problem(id_, What.RECORD_ALTERED, detail)


def check_audit(archive: ArchiveStore, *, trust_roots: Sequence[bytes] = ()) -> TrailFound:
    """Walk the audit chain from its first event, against its heads and its anchors.

    Others may add events meanwhile; what each of several readings shows is wrong.
    """
    return check_growing(
        lambda: Trail(all_events(), audit_heads(), archive.anchors()), trust_roots=trust_roots
    )
