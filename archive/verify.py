"""`tangthu verify`: blobs, records, signatures, and the audit chain against its anchors."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from archive.export import audit_heads
from archive.models import ArchivedBlob, AuditEvent, Document, Receipt, SealedFile
from archive.record import facts_of
from archive.sealed import cipher_of
from archive.services.audit import as_mapping
from archive.states import DocumentStatus, FileRole, ReceiptState
from archive.stores import ArchiveStore, WorkStore
from archive.tags import Tag
from archive.vault import Vault
from imaging.errors import CodedError
from proof.chain import Trail, check_growing
from proof.sentences import SENTENCES
from proof.signatures import Verdict, check_pdf
from proof.types import Problem, Report, What

CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a check looks into."""

    work: WorkStore
    archive: ArchiveStore
    vault: Vault
    trust_roots: Sequence[bytes]


def verify_all(holdings: Holdings, *, tick: Callable[[str], None] = lambda _: None) -> Report:
    """Check every archived document, every original under way, every byte in the store, and the
    whole audit chain.
    """
    documents = Document.objects.filter(status=DocumentStatus.ARCHIVED).order_by("pk")
    report = verify_documents(documents, holdings, tick=tick)
    others = [
        list(_check_originals(holdings.work)),
        list(_check_names(holdings.archive)),
        [*check_audit(holdings.archive), *_check_vanished()],
    ]
    return Report(
        checked=report.checked + len(others),
        ok=report.ok + sum(not found for found in others),
        problems=(*report.problems, *chain.from_iterable(others)),
    )


def verify_documents(
    documents: Iterable[Document],
    holdings: Holdings,
    *,
    tick: Callable[[str], None] = lambda _: None,
) -> Report:
    """Check documents one by one; of one that is not sealed yet, its original."""
    problems: list[Problem] = []
    checked = ok = 0
    for document in documents:
        if document.status == DocumentStatus.ARCHIVED:
            found = list(_check_document(document, holdings))
        else:
            found = list(_check_original(document.pk, document.receipt.sha256, holdings.work))
        problems += found
        checked += 1
        ok += not found
        tick(document.pk)
    return Report(checked=checked, ok=ok, problems=tuple(problems))


def _check_originals(work: WorkStore) -> Iterator[Problem]:
    """Whether the originals that are not sealed yet are all there and sound."""
    kept = (ReceiptState.RECEIVED, ReceiptState.DONE, ReceiptState.HELD)
    receipts = Receipt.objects.filter(state__in=kept, received_sealed=False)
    for sha256 in receipts.values_list("sha256", flat=True).distinct():
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


def _check_document(document: Document, holdings: Holdings) -> Iterator[Problem]:
    archive, vault = holdings.archive, holdings.vault
    files = {file.role: file for file in document.files.select_related("blob")}
    sound: dict[str, bytes] = {}
    for role, file in files.items():
        problem = _check_blob(document, file, archive, vault)
        if problem:
            yield problem
        else:
            sound[role] = archive.read(file.blob_id, cipher=cipher_of(file.blob, vault))
    yield from _check_record(document, files, sound)
    if FileRole.DOCUMENT in sound:
        yield from _check_signatures(document, sound[FileRole.DOCUMENT], holdings.trust_roots)


def _check_blob(
    document: Document, file: SealedFile, archive: ArchiveStore, vault: Vault
) -> Problem | None:
    try:
        found = archive.check(file.blob_id, cipher=cipher_of(file.blob, vault))
    except CodedError as error:
        return Problem(document.pk, What.BLOB_DAMAGED, f"{file.role}: {error.message}")
    if found is None:
        return None
    return Problem(document.pk, found.what, f"{file.role} {file.blob_id}: {found.detail}")


def _check_record(
    document: Document, files: dict[str, SealedFile], sound: dict[str, bytes]
) -> Iterator[Problem]:
    """The sealed record is the one that the audit chain names, and the rows still agree with it."""
    sealed = _seal_event(document)
    metadata = files.get(FileRole.METADATA)
    if sealed is None or metadata is None or sealed.detail.get("record") != metadata.blob_id:
        yield Problem(
            document.pk, What.RECORD_ALTERED, "Bản ghi không phải bản mà nhật ký đã ghi khi lưu."
        )
    if FileRole.METADATA not in sound:
        return
    record = json.loads(sound[FileRole.METADATA])
    for role, named in record["files"].items():
        if role not in files:
            yield Problem(document.pk, What.BLOB_MISSING, f"Mất dòng của tệp {role}.")
        elif files[role].blob_id != named["sha256"]:
            yield Problem(
                document.pk, What.BLOB_SWAPPED, f"Tệp {role} không phải tệp đã lưu lúc đầu."
            )
    changed = sorted(name for name, told in facts_of(document).items() if told != record.get(name))
    if changed:
        yield Problem(
            document.pk,
            What.RECORD_ALTERED,
            f"Cơ sở dữ liệu khác bản ghi đã lưu ở: {', '.join(changed)}.",
        )


def _seal_event(document: Document) -> AuditEvent | None:
    return AuditEvent.objects.filter(
        subject=f"document:{document.pk}", tag=Tag.DOCUMENT_SEALED
    ).first()


def _check_signatures(
    document: Document, pdf: bytes, trust_roots: Sequence[bytes]
) -> Iterator[Problem]:
    found = check_pdf(pdf, trust_roots)
    for verdict in found:
        if verdict.verdict is Verdict.INVALID:
            yield Problem(
                document.pk, What.SIGNATURE_INVALID, f"{verdict.field}: {SENTENCES[verdict.reason]}"
            )
    named = set(document.signatures.values_list("field_name", flat=True))
    for name in sorted(named - {verdict.field for verdict in found}):
        yield Problem(document.pk, What.SIGNATURE_INVALID, f"{name}: chữ ký đã mất.")


def _check_names(archive: ArchiveStore) -> Iterator[Problem]:
    """Bytes that no row names, and rows whose bytes are gone and that no document uses."""
    named = set(ArchivedBlob.objects.values_list("pk", flat=True))
    there = set(archive.names())
    for sha256 in sorted(there - named):
        yield Problem(sha256, What.BLOB_EXTRA, "Trong kho có dữ liệu mà không hồ sơ nào ghi.")
    used = set(SealedFile.objects.values_list("blob_id", flat=True))
    for sha256 in sorted(named - there - used):
        yield Problem(sha256, What.BLOB_MISSING, "Mất dữ liệu trong kho. Hãy lấy lại từ bản sao.")


def _check_vanished() -> Iterator[Problem]:
    """Documents that the audit chain saw sealed, and that no row calls archived any more."""
    events = AuditEvent.objects.filter(tag=Tag.DOCUMENT_SEALED).order_by("subject")
    sealed = [
        subject.removeprefix("document:") for subject in events.values_list("subject", flat=True)
    ]
    archived = Document.objects.filter(status=DocumentStatus.ARCHIVED)
    there = set(archived.values_list("pk", flat=True))
    for id_ in dict.fromkeys(sealed):
        if id_ not in there:
            yield Problem(id_, What.RECORD_ALTERED, "Nhật ký ghi đã lưu kho, nhưng bản ghi đã mất.")


def check_audit(archive: ArchiveStore) -> list[Problem]:
    """Walk the audit chain from its first event, against its heads and its anchors.

    Others may add events meanwhile; what each of several readings shows is wrong.
    """
    return check_growing(
        lambda: Trail(
            (as_mapping(event) for event in AuditEvent.objects.order_by("seq").iterator()),
            audit_heads(),
            archive.anchors(),
        )
    )
