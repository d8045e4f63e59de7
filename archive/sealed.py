"""Reading what was sealed: a document's files by role, decrypted where their class asks."""

from typing import TYPE_CHECKING

from django.db.models import Q

from archive.errors import NotFoundError
from archive.models import ArchivedBlob, Document, Renewal, SealedFile
from archive.states import FileRole
from archive.stores import ArchiveStore, DataKey
from archive.stores.errors import ShreddedError
from archive.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet


def sealed_file(document: Document, role: FileRole) -> SealedFile:
    """Return which blob is this file of the document; raises NotFoundError."""
    file = SealedFile.objects.filter(document=document, role=role).select_related("blob").first()
    if file is None:
        raise NotFoundError(detail=f"{document.pk} has no {role}")
    return file


def read_sealed(
    document: Document, role: FileRole, *, archive: ArchiveStore, vault: Vault
) -> bytes:
    """Return the plain bytes of one file; raises NotFoundError, blob_missing, blob_damaged."""
    blob = sealed_file(document, role).blob
    return archive.read(blob.sha256, cipher=cipher_of(blob, vault))


def read_version(document: Document, sha256: str, *, archive: ArchiveStore, vault: Vault) -> bytes:
    """Return a file of the document by its hash, be it the newest or one that was renewed since.

    Raises NotFoundError, blob_missing, blob_damaged.
    """
    blob = ArchivedBlob.objects.filter(blobs_of([document.pk]), pk=sha256).first()
    if blob is None:
        raise NotFoundError(detail=f"{document.pk} has no {sha256}")
    return archive.read(blob.sha256, cipher=cipher_of(blob, vault))


def blobs_of(documents: "QuerySet[Document] | Sequence[str]") -> Q:
    """Match the archived blobs of documents, what renewals replaced among them."""
    renewals = Renewal.objects.filter(document__in=documents)
    return (
        Q(pk__in=SealedFile.objects.filter(document__in=documents).values("blob"))
        | Q(pk__in=renewals.exclude(old=None).values("old"))
        | Q(pk__in=renewals.exclude(old_record=None).values("old_record"))
    )


def cipher_of(blob: ArchivedBlob, vault: Vault) -> DataKey | None:
    """Return the key that the blob lies under, or None for plain bytes; raises blob_shredded."""
    if blob.shredded_at:
        raise ShreddedError(detail=blob.sha256)
    return vault.unwrap(bytes(blob.wrapped_key)) if blob.wrapped_key else None
