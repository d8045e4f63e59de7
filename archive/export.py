"""`tangthu export --package folder`: archived documents as folders that check themselves."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from archive.errors import NotFoundError
from archive.models import AuditHead, Document, SealedFile
from archive.sealed import cipher_of, read_sealed
from archive.services.anchoring import anchor_audit
from archive.services.audit import all_events
from archive.services.looking import Reader, note_export
from archive.states import DocumentStatus, FileRole
from archive.stores import ArchiveStore
from archive.vault import Vault
from archive.writing import writing
from proof.folder import FolderContent, FolderDocument, FolderFile, WrittenFolder, write_folder

MANY = 50
"""Documents that are read at a time: SQLite takes at most 1,000 names in a question."""


@dataclass(frozen=True, slots=True)
class Exporter:
    """What an export reads, and for whom."""

    archive: ArchiveStore
    vault: Vault
    trust_roots: Sequence[bytes]
    reader: Reader

    def one(self, document: Document, target: Path) -> WrittenFolder:
        """Write one archived document with the audit trail and its anchors.

        Raises NotFoundError for one that is not archived, and what proof.folder raises.
        """
        return self.many([document.pk], target)

    def many(self, ids: Sequence[str], target: Path) -> WrittenFolder:
        """Write archived documents into one folder with one trail. Raises as `one` does."""
        found = dict(Document.objects.filter(pk__in=ids).values_list("pk", "status"))
        for id_ in ids:
            if found.get(id_) != DocumentStatus.ARCHIVED:
                raise NotFoundError(f"{id_} chưa được lưu kho nên chưa xuất được.")
        return self._write(iter(ids), target, is_whole=False)

    def whole(self, target: Path) -> tuple[WrittenFolder, int]:
        """Write the whole archive into one folder; how many documents it holds."""
        archived = Document.objects.filter(status=DocumentStatus.ARCHIVED).order_by("pk")
        ids = archived.values_list("pk", flat=True)
        return self._write(ids.iterator(), target, is_whole=True), archived.count()

    def _write(self, ids: Iterator[str], target: Path, *, is_whole: bool) -> WrittenFolder:
        """Record the export, anchor the trail with it, and write: the export itself is held too."""
        wanted = list(ids)
        with writing():
            for id_ in wanted:
                note_export(id_, self.reader)
        anchor_audit(self.archive)
        content = FolderContent(
            documents=self._documents(iter(wanted), is_whole=is_whole),
            events=all_events(),
            heads=audit_heads(),
            anchors=self.archive.anchors(),
            trust_roots=self.trust_roots,
            made_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            made_by=self.reader.actor,
        )
        return write_folder(target, content)

    def _documents(self, ids: Iterator[str], *, is_whole: bool) -> Iterator[FolderDocument]:
        while some := list(islice(ids, MANY)):
            rows = Document.objects.filter(pk__in=some).order_by("pk")
            for document in rows.prefetch_related("files__blob"):
                yield self._document(document, is_whole=is_whole)

    def _document(self, document: Document, *, is_whole: bool) -> FolderDocument:
        files = [file for file in document.files.all() if file.role != FileRole.METADATA]
        if not is_whole and Document.objects.filter(receipt=document.receipt_id).count() > 1:
            # The file as received shows pages of the other documents, which nobody asked for.
            files = [file for file in files if file.role != FileRole.RECEIVED]
        return FolderDocument(
            id=document.pk,
            record=read_sealed(document, FileRole.METADATA, archive=self.archive, vault=self.vault),
            files=[self._file(file) for file in sorted(files, key=lambda file: file.role)],
        )

    def _file(self, file: SealedFile) -> FolderFile:
        cipher = cipher_of(file.blob, self.vault)
        return FolderFile(
            role=file.role,
            sha256=file.blob_id,
            size=file.blob.size,
            media_type=file.blob.media_type,
            open=partial(self.archive.open, file.blob_id, cipher=cipher),
        )


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
