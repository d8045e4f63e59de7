"""`tangthu export --package folder`: archived documents as folders that check themselves."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from archive.errors import NotFoundError
from archive.models import AuditEvent, AuditHead, Document, SealedFile
from archive.sealed import cipher_of, read_sealed
from archive.services.audit import as_mapping, record_event
from archive.states import DocumentStatus, FileRole
from archive.stores import ArchiveStore
from archive.tags import Tag
from archive.vault import Vault
from proof.folder import FolderContent, FolderDocument, FolderFile, WrittenFolder, write_folder


def export_folder(
    document: Document,
    target: Path,
    *,
    archive: ArchiveStore,
    vault: Vault,
    trust_roots: Sequence[bytes],
    actor: str,
) -> WrittenFolder:
    """Write one archived document with the audit trail and its anchors; the export is recorded.

    Raises NotFoundError for one that is not archived, and what proof.folder raises.
    """
    if document.status != DocumentStatus.ARCHIVED:
        raise NotFoundError(f"{document.pk} chưa được lưu kho nên chưa xuất được.")
    record_event(Tag.DOCUMENT_EXPORTED, actor=actor, subject=f"document:{document.pk}")
    content = FolderContent(
        documents=[_document(document, archive, vault)],
        events=(as_mapping(event) for event in AuditEvent.objects.order_by("seq").iterator()),
        heads=audit_heads(),
        anchors=archive.anchors(),
        trust_roots=trust_roots,
        made_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        made_by=actor,
    )
    return write_folder(target, content)


def audit_heads() -> Iterator[Mapping[str, Any]]:
    """Say how far the audit chain came on each day, as proof.chain reads it."""
    for head in AuditHead.objects.order_by("day"):
        yield {
            "day": head.day.isoformat(),
            "first_seq": head.first_seq,
            "last_seq": head.last_seq,
            "hash": head.hash,
            "anchored_seq": head.anchored_seq,
            "stamped_seq": head.stamped_seq,
            "stamped_sha256": head.stamped_sha256,
        }


def _document(document: Document, archive: ArchiveStore, vault: Vault) -> FolderDocument:
    files = document.files.exclude(role=FileRole.METADATA).select_related("blob")
    if Document.objects.filter(receipt=document.receipt_id).count() > 1:
        # The file as received shows the pages of the other documents, which nobody asked for.
        files = files.exclude(role=FileRole.RECEIVED)
    return FolderDocument(
        id=document.pk,
        record=read_sealed(document, FileRole.METADATA, archive=archive, vault=vault),
        files=[_file(file, archive, vault) for file in files.order_by("role")],
    )


def _file(file: SealedFile, archive: ArchiveStore, vault: Vault) -> FolderFile:
    return FolderFile(
        role=file.role,
        sha256=file.blob_id,
        size=file.blob.size,
        media_type=file.blob.media_type,
        open=partial(archive.open, file.blob_id, cipher=cipher_of(file.blob, vault)),
    )
