"""What happened to a blob that is not as it was: flipped, cut, gone, swapped, rolled back."""

import hashlib
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archive.models import ArchivedBlob, BlobCopy, SealedFile
from archive.states import CopyState
from archive.stores import ArchiveStore, DataKey, Form
from archive.stores.errors import BlobMissingError, StoreUnavailableError
from archive.vault import Vault
from imaging.errors import CodedError
from proof.types import Problem, What

if TYPE_CHECKING:
    from django.db.models import QuerySet

CHUNK = 1024 * 1024


@dataclass(slots=True)
class Look:
    """One blob that is read, and what was seen."""

    archive: ArchiveStore
    vault: Vault
    blob: ArchivedBlob
    keep: bool = False
    """Whether the plain bytes are wanted."""
    data: bytes | None = None
    """The plain bytes, where they were wanted and are sound."""
    beside: list[Problem] = field(default_factory=list)
    """What is wrong beside the bytes: keys, sizes, another form."""


def look_at(look: Look, older: AbstractSet[str] = frozenset()) -> Problem | None:
    """Read a blob once to its end; None where its bytes are what its name says.

    `older` are hashes of earlier versions, which are told from strange bytes. Raises
    `store_unavailable`.
    """
    try:
        cipher = _cipher(look)
    except StoreUnavailableError:
        raise  # a place that is away says nothing of its bytes
    except CodedError as error:
        return Problem(look.blob.sha256, What.BLOB_DAMAGED, error.message)
    form = Form.PLAIN if cipher is None else Form.ENCRYPTED
    _note_other_form(look, form)
    try:
        size, data = _read(look, cipher)
    except BlobMissingError as error:
        if _copies(look, form).filter(state=CopyState.PLANNED).exists():
            return None
        return Problem(look.blob.sha256, What.BLOB_MISSING, error.message)
    except StoreUnavailableError:
        raise
    except CodedError as error:
        return _named(look, form, older, error)
    look.data = data
    if size != look.blob.size:
        look.beside.append(_problem(look, What.RECORD_ALTERED, "cỡ tệp trong hồ sơ đã bị sửa."))
    return None


def _read(look: Look, cipher: DataKey | None) -> tuple[int, bytes | None]:
    parts: list[bytes] = []
    size = 0
    with look.archive.open(look.blob.sha256, cipher=cipher) as file:
        while chunk := file.read(CHUNK):
            size += len(chunk)
            if look.keep:
                parts.append(chunk)
    return size, b"".join(parts) if look.keep else None


def _problem(look: Look, what: What, detail: str) -> Problem:
    return Problem(look.blob.sha256, what, detail)


def _cipher(look: Look) -> DataKey | None:
    """The blob's data key, from its row or, where that was altered, from the store's keyring.

    Raises what the vault raises where neither opens.
    """
    if not look.blob.wrapped_key:
        return None
    row = bytes(look.blob.wrapped_key)
    ring = look.archive.get_key(look.blob.sha256)
    if ring is None and _is_without_key(look):
        return look.vault.unwrap(row)
    if ring is None:
        detail = "mất khóa bọc của tệp trong kho (keyring); cơ sở dữ liệu còn giữ một bản."
        look.beside.append(_problem(look, What.BLOB_MISSING, detail))
        return look.vault.unwrap(row)
    if ring == row:
        return look.vault.unwrap(row)
    return _of_two(look, row, ring)


def _of_two(look: Look, row: bytes, ring: bytes) -> DataKey:
    """Which of two wrapped keys that differ is the blob's own."""
    mine, theirs = _unwrapped(look, row), _unwrapped(look, ring)
    if mine and theirs and mine.secret == theirs.secret:
        return mine  # wrapped anew in one place only: the same key
    if theirs and (mine is None or _opens(look, theirs)):
        detail = "khóa bọc của tệp trong cơ sở dữ liệu đã bị sửa."
        look.beside.append(_problem(look, What.RECORD_ALTERED, detail))
        return theirs
    detail = "khóa bọc của tệp trong kho (keyring) đã bị sửa."
    look.beside.append(_problem(look, What.BLOB_DAMAGED, detail))
    return look.vault.unwrap(row)


def _copies(look: Look, form: Form) -> "QuerySet[BlobCopy]":
    """What the records know of a form in this copy of the archive."""
    return BlobCopy.objects.filter(blob=look.blob, place=look.archive.place, form=form.value)


def _is_without_key(look: Look) -> bool:
    """Whether the wrapped key is still due in this copy."""
    return _copies(look, Form.ENCRYPTED).filter(key_id="").exists()


def _unwrapped(look: Look, wrapped: bytes) -> DataKey | None:
    try:
        return look.vault.unwrap(wrapped)
    except CodedError:
        return None


def _opens(look: Look, key: DataKey) -> bool:
    try:
        with look.archive.open(look.blob.sha256, cipher=key) as file:
            file.read(1)
    except CodedError:
        return False
    return True


def _note_other_form(look: Look, form: Form) -> None:
    for other in sorted(look.archive.forms(look.blob.sha256) - {form}):
        if _copies(look, other).exists():
            continue  # known: leaving, or sealed with another paper that asks for it
        lies = "không mã hóa" if other is Form.PLAIN else "mã hóa"
        detail = f"trong kho còn một bản {lies} mà hồ sơ không ghi."
        look.beside.append(_problem(look, What.BLOB_EXTRA, detail))


def _named(look: Look, form: Form, older: AbstractSet[str], error: CodedError) -> Problem:
    """Name bytes that are not what they should be: another's, an older version, or spoilt."""
    found = _stored_hash(look.archive, look.blob.sha256, form)
    whose = _whose(look, found, form)
    if whose:
        return _problem(look, What.BLOB_SWAPPED, f"bị thay bằng dữ liệu của {whose}.")
    if found in older:
        detail = "bị thay bằng một bản cũ của chính giấy tờ này."
        return _problem(look, What.BLOB_ROLLED_BACK, detail)
    return _problem(look, What.BLOB_DAMAGED, error.message)


def _stored_hash(archive: ArchiveStore, sha256: str, form: Form) -> str:
    """The hash of the bytes as they lie there; empty where they cannot be read."""
    digest = hashlib.sha256()
    try:
        with archive.open_stored(sha256, form=form) as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
    except CodedError:
        return ""
    return digest.hexdigest()


def _whose(look: Look, found: str, form: Form) -> str:
    """Another blob that has these stored bytes: its document's id, or its name."""
    if not found:
        return ""
    if form is Form.PLAIN:
        return _owner(found) if ArchivedBlob.objects.filter(pk=found).exists() else ""
    others = ArchivedBlob.objects.exclude(wrapped_key=None).exclude(pk=look.blob.sha256)
    for sha256 in others.values_list("pk", flat=True).iterator():
        try:
            note = look.archive.noted(sha256, form=form)
        except CodedError:
            continue
        if note.stored_sha256 == found:
            return _owner(sha256)
    return ""


def _owner(sha256: str) -> str:
    file = SealedFile.objects.filter(blob_id=sha256).first()
    return f"giấy tờ {file.document_id}" if file else f"khối {sha256}"
