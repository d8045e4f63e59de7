"""Verbs of the end of the way: signed, sealed."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from archive.models import ArchivedBlob, Document, HandCrop, Page, Receipt, SealedFile, Signature
from archive.services.audit import record_event
from archive.services.custody import Kept, note_copies
from archive.services.documents import plan_document, plan_index
from archive.services.received import plan_keeping
from archive.stages import Stage
from archive.states import DocumentStatus, FileRole, ReceiptState
from archive.tags import Tag
from archive.vault import key_id_of
from proof.record import RECORD_KEY

RETAIN_KEY = "retain_until"
"""In a seal's event: the last day of keeping, null for ever."""


@dataclass(frozen=True, slots=True)
class SignatureFound:
    """One signature as checked."""

    field_name: str
    role: str
    """digitiser, agency or received."""
    signer: str
    serial: str
    claimed_at: dt.datetime | None
    verdict: str
    reason: str
    issuer: str = ""
    timestamped_at: dt.datetime | None = None
    trust_store: str = ""
    holder: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check of a file's signatures found."""

    signatures: Sequence[SignatureFound]
    at: dt.datetime
    proven_until: dt.datetime | None = None
    """When its newest archive timestamp weakens; None where it has none."""


@dataclass(frozen=True, slots=True)
class SealedBlob:
    """One file that now lies in the archive store."""

    role: FileRole
    sha256: str
    size: int
    media_type: str
    protection: str
    wrapped_key: bytes | None
    retain_until: dt.date | None
    kept: Kept | None = None
    """What the copies took of it."""


def record_signatures(
    document: Document,
    sha256: str,
    evidence_sha256: str,
    checked: Checked,
    *,
    actor: str = "machine",
) -> None:
    """Write where the signed file and the evidence lie and who signed; the seal is due.

    `actor` is the person who opened the keys, where one had to.
    """
    document.signed_sha256 = sha256
    document.evidence_sha256 = evidence_sha256
    document.signed_at = checked.at
    document.proven_until = checked.proven_until
    document.save(update_fields=["signed_sha256", "evidence_sha256", "signed_at", "proven_until"])
    Signature.objects.filter(document=document).delete()
    Signature.objects.bulk_create(
        Signature(
            document=document,
            field_name=found.field_name,
            role=found.role,
            signer=found.signer[:300],
            serial=found.serial[:80],
            claimed_at=found.claimed_at,
            verdict=found.verdict,
            reason=found.reason[:500],
            issuer=found.issuer[:300],
            timestamped_at=found.timestamped_at,
            trust_store=found.trust_store,
            holder=found.holder,
        )
        for found in checked.signatures
    )
    record_event(
        Tag.DOCUMENT_SIGNED,
        actor=actor,
        subject=f"document:{document.pk}",
        detail={"sha256": sha256, "signatures": len(checked.signatures)},
    )
    plan_document(Stage.SEAL, document)


def record_seal(document: Document, blobs: Sequence[SealedBlob], *, at: dt.datetime) -> None:
    """Write what was sealed; the document is archived and its index entry refreshed."""
    roles = {blob.role: blob.sha256 for blob in blobs}
    record = roles[FileRole.METADATA]
    add_files(document, blobs, at)
    if FileRole.RECEIVED in roles:
        Receipt.objects.filter(pk=document.receipt_id).update(received_sealed=True)
    document.status = DocumentStatus.ARCHIVED
    document.waiting = []
    document.sealed_at = at
    document.save(update_fields=["status", "waiting", "sealed_at"])
    record_event(
        Tag.DOCUMENT_SEALED,
        actor="machine",
        subject=f"document:{document.pk}",
        detail={
            RECORD_KEY: record,
            "files": {role.value: sha256 for role, sha256 in roles.items()},
            RETAIN_KEY: _iso(blobs[0].retain_until),
        },
    )
    plan_index(document)
    plan_keeping(document.receipt_id)


def record_kept(document: Document, blob: SealedBlob, *, at: dt.datetime) -> None:
    """Write that the file as received lies in the archive, beside one of its sealed documents."""
    add_files(document, [blob], at)
    Receipt.objects.filter(pk=document.receipt_id).update(received_sealed=True)
    record_event(
        Tag.FILE_SEALED,
        actor="machine",
        subject=f"receipt:{document.receipt_id}",
        detail={
            "sha256": blob.sha256,
            "document": document.pk,
            RETAIN_KEY: _iso(blob.retain_until),
        },
    )


def add_files(document: Document, blobs: Sequence[SealedBlob], at: dt.datetime) -> None:
    """Write that blobs are these files of the document from now on, in the caller's transaction."""
    there = ArchivedBlob.objects.in_bulk([blob.sha256 for blob in blobs])
    for blob in blobs:
        if blob.sha256 in there:
            _keep_longer(there[blob.sha256], blob.retain_until)
    new = {blob.sha256: _row_of(blob, at) for blob in blobs if blob.sha256 not in there}
    ArchivedBlob.objects.bulk_create(new.values())
    SealedFile.objects.bulk_create(
        [SealedFile(document=document, role=blob.role, blob_id=blob.sha256) for blob in blobs],
        update_conflicts=True,
        unique_fields=("document", "role"),
        update_fields=("blob",),
    )
    rows = there | new
    note_copies([(rows[blob.sha256], blob.kept) for blob in blobs if blob.kept], at=at)


def _row_of(blob: SealedBlob, at: dt.datetime) -> ArchivedBlob:
    return ArchivedBlob(
        sha256=blob.sha256,
        size=blob.size,
        media_type=blob.media_type,
        protection=blob.protection,
        wrapped_key=blob.wrapped_key,
        class_key=key_id_of(blob.wrapped_key) if blob.wrapped_key else "",
        retain_until=blob.retain_until,
        sealed_at=at,
    )


def _keep_longer(row: ArchivedBlob, until: dt.date | None) -> None:
    """The same bytes in another paper: the store keeps them for the longer of the two."""
    if row.retain_until and row.retain_until != until:
        longer = max(row.retain_until, until) if until else None
        ArchivedBlob.objects.filter(pk=row.pk).update(retain_until=longer)


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def is_last_of_file(document: Document) -> bool:
    """Whether every other document of the same file is sealed or refused."""
    others = Document.objects.filter(receipt=document.receipt_id).exclude(pk=document.pk)
    return not others.exclude(status__in=(DocumentStatus.ARCHIVED, DocumentStatus.REFUSED)).exists()


def is_named_in_work(sha256: str) -> bool:
    """Whether a row names these bytes in `work/`: a sweep leaves them.

    An original stays until its file is sealed as received, or for as long as it is held;
    texts, unsigned and signed PDFs stay until their document is sealed; crops of hands for good.
    """
    gone = (ReceiptState.DESTROYED, ReceiptState.HANDED_BACK, ReceiptState.DUPLICATE)
    sealed = DocumentStatus.ARCHIVED
    return (
        Receipt.objects.filter(sha256=sha256, received_sealed=False)
        .exclude(state__in=gone)
        .exists()
        or Page.objects.filter(clean_sha256=sha256).exists()
        or Page.objects.filter(text_sha256=sha256).exclude(document__status=sealed).exists()
        or Document.objects.filter(
            Q(pdf_sha256=sha256) | Q(signed_sha256=sha256) | Q(evidence_sha256=sha256)
        )
        .exclude(status=sealed)
        .exists()
        or Document.objects.filter(renewed_sha256=sha256).exists()
        or HandCrop.objects.filter(sha256=sha256).exists()
    )
