"""Verbs of reuse: a paper is handed to a machine for a dossier, and a receipt says so."""

from django.utils import timezone

from archive.errors import NotFoundError
from archive.models import ApiClient, Document, ReuseRecord
from archive.sealed import sealed_file
from archive.services.audit import record_event
from archive.states import DocumentStatus, FileRole
from archive.tags import Tag
from archive.writing import writing


def grant_reuse(
    document: Document,
    client: ApiClient,
    *,
    dossier: str,
    procedure: str,
    purpose: str,
    address: str = "",
) -> ReuseRecord:
    """Write the receipt of one reuse, which a short-lived link is then made from.

    Raises NotFoundError for a paper that is not archived, or that its issuer took back.
    """
    today = timezone.localdate()
    revoked = document.revoked_on is not None and document.revoked_on <= today
    if document.status != DocumentStatus.ARCHIVED or revoked:
        raise NotFoundError(detail=f"{document.pk} is not to be reused")
    with writing():
        record = ReuseRecord.objects.create(
            document=document,
            client=client,
            dossier_code=dossier,
            procedure_code=procedure,
            purpose=purpose,
            sha256=sealed_file(document, FileRole.DOCUMENT).blob_id,
        )
        _event(Tag.REUSE_LINKED, record, address)
    return record


def note_fetch(record: ReuseRecord, *, address: str = "") -> None:
    """Write down that the file behind a link was fetched."""
    _event(Tag.REUSE_FETCHED, record, address)


def _event(tag: Tag, record: ReuseRecord, address: str) -> None:
    record_event(
        tag,
        actor=f"client:{record.client_id}",
        subject=f"document:{record.document_id}",
        detail={
            "receipt": record.pk,
            "dossier": record.dossier_code,
            "procedure": record.procedure_code,
            "purpose": record.purpose[:200],
            "address": address[:60],
        },
    )
