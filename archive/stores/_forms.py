"""The two forms of a sealed blob, written and read: plain, or a container under a data key."""

import io
import os
from datetime import date
from typing import BinaryIO

from archive.stores._files import Meter, chunks_of, sync_file
from archive.stores.cipher import DataKey, PlainReader, encrypt_chunks, hashed
from archive.stores.errors import (
    BlobMismatchError,
    LegalHoldError,
    RetentionNotOverError,
    TooLargeError,
)
from archive.stores.limits import CHUNK_BYTES
from archive.stores.types import Form, Note, Source, Stored

SUFFIX = {Form.PLAIN: "", Form.ENCRYPTED: ".enc"}
"""What a form adds to a blob's name."""


def form_of(cipher: DataKey | None) -> Form:
    """The form that a key, or its absence, means."""
    return Form.PLAIN if cipher is None else Form.ENCRYPTED


def write_form(file: BinaryIO, source: Source, cipher: DataKey | None) -> Stored:
    """Write the source's form to a file, durably; the hash and size of the plain bytes."""
    meter = Meter()
    plain = meter.through(chunks_of(source))
    file.writelines(plain if cipher is None else encrypt_chunks(plain, cipher))
    sync_file(file)
    return meter.stored()


def write_stored(file: BinaryIO, source: Source, sha256: str, form: Form, note: Note) -> None:
    """Write a form as another copy holds it, durably. Raises `blob_mismatch`."""
    meter = Meter()
    file.writelines(meter.through(chunks_of(source)))
    sync_file(file)
    if (meter.sha256, meter.size) != (note.stored_sha256, note.stored_size):
        raise BlobMismatchError(detail=f"{sha256} ({form}) is not what its note says")
    if form is Form.PLAIN:
        check_name(sha256, meter.stored())


def plain_reader(file: BinaryIO, sha256: str, cipher: DataKey | None) -> BinaryIO:
    """The plain bytes of a stored file, re-hashed at the end. Owns the file."""
    stored_size = os.fstat(file.fileno()).st_size
    if cipher is None:
        return hashed(file, sha256, stored_size)
    try:
        plain = PlainReader(file, cipher, stored_size)
    except BaseException:
        file.close()
        raise
    return hashed(io.BufferedReader(plain, CHUNK_BYTES), sha256, plain.size)


def check_name(sha256: str, given: Stored) -> None:
    """Raises `blob_mismatch` where the bytes are not what their name says."""
    if given.sha256 != sha256:
        raise BlobMismatchError(detail=f"{sha256} came as {given.sha256}")


def check_size(data: bytes, limit: int) -> None:
    """Raises `blob_too_large`."""
    if len(data) > limit:
        raise TooLargeError(detail=f"{len(data)} bytes, at most {limit}")


def check_deletable(sha256: str, note: Note, today: date) -> None:
    """Raises `legal_hold`, `retention_not_over`; without a day there is no end."""
    if note.legal_hold:
        raise LegalHoldError(detail=sha256)
    if note.retain_until is None or today <= note.retain_until:
        raise RetentionNotOverError(detail=f"{sha256} until {note.retain_until or 'no end'}")
