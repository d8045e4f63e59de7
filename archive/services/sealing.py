"""Verbs of the end of the way: signed, sealed."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from archive.models import ArchivedBlob, Document, Page, SealedFile, Signature
from archive.services.audit import record_event
from archive.services.documents import plan_document, plan_index
from archive.stages import Stage
from archive.states import DocumentStatus, FileRole
from archive.tags import Tag


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


def record_signatures(
    document: Document, sha256: str, signatures: Sequence[SignatureFound], *, at: dt.datetime
) -> None:
    """Write where the signed file lies and who signed; the seal is due."""
    document.signed_sha256 = sha256
    document.signed_at = at
    document.save(update_fields=["signed_sha256", "signed_at"])
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
        )
        for found in signatures
    )
    record_event(
        Tag.DOCUMENT_SIGNED,
        actor="machine",
        subject=f"document:{document.pk}",
        detail={"sha256": sha256, "signatures": len(signatures)},
    )
    plan_document(Stage.SEAL, document)


def record_seal(document: Document, blobs: Sequence[SealedBlob], *, at: dt.datetime) -> None:
    """Write what was sealed; the document is archived and its index entry refreshed."""
    for blob in blobs:
        row, _made = ArchivedBlob.objects.get_or_create(
            sha256=blob.sha256,
            defaults={
                "size": blob.size,
                "media_type": blob.media_type,
                "protection": blob.protection,
                "wrapped_key": blob.wrapped_key,
                "retain_until": blob.retain_until,
                "sealed_at": at,
            },
        )
        SealedFile.objects.get_or_create(document=document, role=blob.role, defaults={"blob": row})
    document.status = DocumentStatus.ARCHIVED
    document.waiting = []
    document.sealed_at = at
    document.save(update_fields=["status", "waiting", "sealed_at"])
    record_event(
        Tag.DOCUMENT_SEALED,
        actor="machine",
        subject=f"document:{document.pk}",
        detail={blob.role.value: blob.sha256 for blob in blobs},
    )
    plan_index(document)


def is_last_of_file(document: Document) -> bool:
    """Whether every other document of the same file is sealed or refused."""
    others = Document.objects.filter(receipt=document.receipt_id).exclude(pk=document.pk)
    return not others.exclude(status__in=(DocumentStatus.ARCHIVED, DocumentStatus.REFUSED)).exists()


def work_names() -> set[str]:
    """Every hash in `work/` that a row names: what a sweep must leave.

    An original stays until its file is sealed as received, or for as long as it is held;
    texts, unsigned and signed PDFs stay until their document is sealed.
    """
    from archive.models import Receipt
    from archive.states import ReceiptState

    gone = (ReceiptState.DESTROYED, ReceiptState.HANDED_BACK, ReceiptState.DUPLICATE)
    names = set(
        Receipt.objects.exclude(state__in=gone)
        .filter(received_sealed=False)
        .values_list("sha256", flat=True)
    )
    names |= set(Page.objects.exclude(clean_sha256="").values_list("clean_sha256", flat=True))
    open_pages = Page.objects.exclude(text_sha256="").exclude(
        document__status=DocumentStatus.ARCHIVED
    )
    names |= set(open_pages.values_list("text_sha256", flat=True))
    open_documents = Document.objects.exclude(status=DocumentStatus.ARCHIVED)
    for column in ("pdf_sha256", "signed_sha256"):
        names |= set(open_documents.values_list(column, flat=True))
    names.discard("")
    return names
