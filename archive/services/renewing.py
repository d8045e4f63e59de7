"""Verbs of renewal: proof of sealed documents made anew before it weakens."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet

from archive.ledger import Plan, plan_runs
from archive.models import ArchivedBlob, Document, Renewal, SealedFile
from archive.services.audit import record_event
from archive.services.documents import plan_document
from archive.services.sealing import RETAIN_KEY, SealedBlob, add_files
from archive.stages import Stage, priority_of
from archive.states import DocumentStatus, FileRole
from archive.tags import Tag
from archive.writing import writing
from proof.record import RECORD_KEY


def renewed_role(document: Document) -> FileRole:
    """Which file takes the new proof: a file that came signed stays byte for byte."""
    came_signed = document.is_born_digital and document.receipt.is_signed
    return FileRole.PROOF if came_signed else FileRole.DOCUMENT


def due_for_renewal(now: dt.datetime, *, days: int, archives: bool) -> QuerySet[Document]:
    """Sealed documents whose proof weakens within `days`, the most urgent first.

    `archives`: whether those without any archive timestamp are due as well.
    """
    soon = Q(proven_until__lte=now + dt.timedelta(days=days))
    due = soon | Q(proven_until=None) if archives else soon
    found = Document.objects.filter(due, status=DocumentStatus.ARCHIVED, renewed_sha256="")
    return found.order_by("proven_until", "pk")


def plan_renewals(documents: Iterable[Document], *, asked_at: str = "") -> int:
    """Plan the renewal of documents; return how many.

    A document is planned once for each end of its proof, so that a service whose own certificate
    ends soon is not asked again and again; `asked_at` plans it anew for whoever asks by name.
    """
    plans = [
        Plan(
            stage=Stage.RENEW,
            subject_type="document",
            subject_id=document.pk,
            receipt_id=document.receipt_id,
            inputs=(document.pk, str(document.proven_until), asked_at),
            priority=priority_of(Stage.RENEW),
        )
        for document in documents
    ]
    with writing():
        plan_runs(plans)
    return len(plans)


def record_renewed(document: Document, sha256: str, proven_until: dt.datetime) -> None:
    """Write where the new proof lies; its way into the archive is due."""
    document.renewed_sha256 = sha256
    document.renewed_until = proven_until
    document.save(update_fields=["renewed_sha256", "renewed_until"])
    plan_document(Stage.RESEAL, document, sha256)


def record_resealed(document: Document, blobs: Sequence[SealedBlob], *, at: dt.datetime) -> None:
    """Write the new proof and the new record in place of the old, which stay in the archive."""
    roles = {blob.role: blob.sha256 for blob in blobs}
    (role,) = (one for one in roles if one != FileRole.METADATA)
    proven_until = document.renewed_until
    if proven_until is None:
        raise ValueError("nothing was renewed")
    before = {file.role: file.blob_id for file in SealedFile.objects.filter(document=document)}
    add_files(document, blobs, at)
    Renewal.objects.create(
        document=document,
        role=role,
        number=document.renewals.count() + 1,
        old_id=before.get(role),
        old_record_id=before.get(FileRole.METADATA),
        new=ArchivedBlob.objects.get(pk=roles[role]),
        proven_until=proven_until,
        at=at,
    )
    document.proven_until, document.renewed_until = proven_until, None
    document.renewed_sha256 = ""
    document.save(update_fields=["proven_until", "renewed_until", "renewed_sha256"])
    _tell(document, roles[FileRole.METADATA], role, blobs[0].retain_until)


def _tell(document: Document, record: str, role: FileRole, retain: dt.date | None) -> None:
    assert document.proven_until is not None
    files = dict(SealedFile.objects.filter(document=document).values_list("role", "blob_id"))
    record_event(
        Tag.DOCUMENT_RENEWED,
        actor="machine",
        subject=f"document:{document.pk}",
        detail={
            RECORD_KEY: record,
            "files": files,
            "role": role.value,
            "proven_until": document.proven_until.isoformat(),
            RETAIN_KEY: retain.isoformat() if retain else None,
        },
    )
