"""Encrypted blobs: a stream of AES-256-GCM chunks that can be read from any place.

    header  b"TANGTHU" | version 1 (1 byte) | key id (16) | salt (32)            56 bytes
    chunk   AES-256-GCM(plain chunk of 1 MiB, the last one shorter) | tag (16)

The file's own key is HKDF-SHA256(data key, salt, info=b"tangthu stream v1"), so that counters may
be nonces: 11 bytes big endian | 1 on the last chunk, 0 before it. The header is the associated
data of every chunk. Chunks cannot be changed, swapped, dropped or cut off unseen (the STREAM
construction, as the `age` format has it). Only an empty file has an empty last chunk.
"""

import hashlib
import io
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from archive.stores.errors import BlobDamagedError, KeyMismatchError
from archive.stores.limits import CHUNK_BYTES

MAGIC = b"TANGTHU\x01"
KEY_BYTES = 32
KEY_ID_BYTES = 16
TAG_BYTES = 16
_SALT_BYTES = 32
HEADER_BYTES = len(MAGIC) + KEY_ID_BYTES + _SALT_BYTES
_SEALED_CHUNK = CHUNK_BYTES + TAG_BYTES


@dataclass(frozen=True, slots=True)
class DataKey:
    """A key that encrypts blobs. Its bytes never appear in a log or a repr."""

    key_id: bytes
    """16 bytes that name the key without giving it away."""
    secret: bytes = field(repr=False)
    """32 bytes."""

    @classmethod
    def make(cls) -> "DataKey":
        """A fresh random key."""
        return cls.of(secrets.token_bytes(KEY_BYTES))

    @classmethod
    def of(cls, secret: bytes) -> "DataKey":
        """The key with these 32 bytes; its id is derived from them."""
        if len(secret) != KEY_BYTES:
            raise ValueError("a data key has 32 bytes")
        return cls(_derive(secret, b"", b"tangthu key id", KEY_ID_BYTES), secret)


class KeyShelf(Protocol):
    """A key in versions: new files lie under the newest, old ones under theirs."""

    @property
    def current(self) -> DataKey:
        """The newest."""
        ...

    def find(self, key_id: bytes) -> DataKey | None:
        """The one with this id, or None."""
        ...


@dataclass(frozen=True, slots=True)
class OneKey:
    """A key that has one version only."""

    current: DataKey

    def find(self, key_id: bytes) -> DataKey | None:
        """That one."""
        return self.current if key_id == self.current.key_id else None


def key_id_in(file: BinaryIO) -> bytes:
    """The id of the key that a container lies under; the file is left at its start."""
    header = file.read(HEADER_BYTES)
    file.seek(0)
    return header[len(MAGIC) : len(MAGIC) + KEY_ID_BYTES]


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)


def _file_cipher(key: DataKey, header: bytes) -> AESGCM:
    salt = header[-_SALT_BYTES:]
    return AESGCM(_derive(key.secret, salt, b"tangthu stream v1", KEY_BYTES))


def _nonce(index: int, *, last: bool) -> bytes:
    return index.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def encrypt_chunks(chunks: Iterator[bytes], key: DataKey) -> Iterator[bytes]:
    """The container of a stream of plain bytes of any chunking, piece by piece."""
    header = MAGIC + key.key_id + secrets.token_bytes(_SALT_BYTES)
    cipher = _file_cipher(key, header)
    yield header
    index, held = 0, bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) > CHUNK_BYTES:
            yield cipher.encrypt(_nonce(index, last=False), bytes(held[:CHUNK_BYTES]), header)
            del held[:CHUNK_BYTES]
            index += 1
    yield cipher.encrypt(_nonce(index, last=True), bytes(held), header)


def plain_size(stored_size: int) -> int:
    """How many plain bytes a container of this size holds. Raises `blob_damaged`."""
    body = stored_size - HEADER_BYTES
    chunks = max(-(-body // _SEALED_CHUNK), 1)
    size = body - chunks * TAG_BYTES
    last = body - (chunks - 1) * _SEALED_CHUNK
    if last < TAG_BYTES or (chunks > 1 and last == TAG_BYTES):
        raise BlobDamagedError(detail="container cut off")
    return size


class PlainReader(io.RawIOBase):
    """The plain bytes of a container, seekable. Owns and closes `source`.

    Each chunk is authenticated before a byte of it is given out: reading raises `blob_damaged`
    where one is not sound, `key_mismatch` at once where the key is another. `stored_size` is the
    container's length, without which a cut at a chunk's border could not be told at the start.
    """

    def __init__(self, source: BinaryIO, key: DataKey, stored_size: int) -> None:
        self._source = source
        self._header = source.read(HEADER_BYTES)
        if len(self._header) < HEADER_BYTES or not self._header.startswith(MAGIC):
            raise BlobDamagedError(detail="no container header")
        if self._header[len(MAGIC) : len(MAGIC) + KEY_ID_BYTES] != key.key_id:
            raise KeyMismatchError
        self.size = plain_size(stored_size)
        self._cipher = _file_cipher(key, self._header)
        self._last = max(-(-self.size // CHUNK_BYTES), 1) - 1
        self._place = 0
        self._index, self._chunk = -1, b""
        self._load(self._last)

    def _load(self, index: int) -> None:
        if index == self._index:
            return
        self._source.seek(HEADER_BYTES + index * _SEALED_CHUNK)
        sealed = self._source.read(_SEALED_CHUNK)
        nonce = _nonce(index, last=index == self._last)
        try:
            self._chunk = self._cipher.decrypt(nonce, sealed, self._header)
        except (InvalidTag, ValueError) as error:
            raise BlobDamagedError(detail=f"chunk {index} does not authenticate") from error
        self._index = index

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """The place in the plain bytes."""
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place in the plain bytes."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self.size}[whence]
        self._place = max(start + offset, 0)
        return self._place

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]  # io's own stub says WriteableBuffer
        """Fill `buffer` from one chunk at most."""
        if self._place >= self.size:
            return 0
        index, offset = divmod(self._place, CHUNK_BYTES)
        self._load(index)
        part = self._chunk[offset : offset + len(buffer)]
        buffer[: len(part)] = part
        self._place += len(part)
        return len(part)

    def close(self) -> None:
        """Close the container too."""
        if not self.closed:
            self._source.close()
        super().close()


def sealed_bytes(plain: bytes, key: DataKey) -> bytes:
    """The container of a few bytes."""
    return b"".join(encrypt_chunks(iter([plain]), key))


def unsealed_bytes(container: bytes, keys: KeyShelf) -> bytes:
    """The bytes again. Raises `key_mismatch`, `blob_damaged`."""
    file = io.BytesIO(container)
    key = keys.find(key_id_in(file)) or keys.current
    with PlainReader(file, key, len(container)) as plain:
        return plain.readall() or b""


class HashedReader(io.RawIOBase):
    """Bytes that are hashed as they are read from the start to the end.

    Raises `blob_damaged` instead of giving out the last bytes when the hash is not `sha256`. A
    reader that skips is on its own: it gets what the layer below promises.
    """

    def __init__(self, source: BinaryIO, sha256: str, size: int) -> None:
        self._source = source
        self._size = size
        self._sha256 = sha256
        self._hash = hashlib.sha256()
        self._hashed = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """As the source."""
        return self._source.seekable()

    def tell(self) -> int:
        """The place in the source."""
        return self._source.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place."""
        return self._source.seek(offset, whence)

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]  # io's own stub says WriteableBuffer
        """Read on, hashing where nothing was skipped."""
        place = self._source.tell()
        data = self._source.read(len(buffer))
        if place <= self._hashed <= place + len(data):
            self._hash.update(data[self._hashed - place :])
            self._hashed = place + len(data)
            self._check_end(at_end=not data or self._hashed >= self._size)
        buffer[: len(data)] = data
        return len(data)

    def readall(self) -> bytes:
        """The rest, by large chunks: the standard one takes 8 KiB at a time."""
        parts = []
        while part := self.read(CHUNK_BYTES):
            parts.append(part)
        return b"".join(parts)

    def _check_end(self, *, at_end: bool) -> None:
        if at_end and self._hash.hexdigest() != self._sha256:
            raise BlobDamagedError(detail=f"{self._sha256} does not re-hash")

    def close(self) -> None:
        """Close the source too."""
        if not self.closed:
            self._source.close()
        super().close()


def hashed(source: BinaryIO, sha256: str, size: int) -> BinaryIO:
    """A buffered reader that checks the hash at the end; `size` in plain bytes."""
    return io.BufferedReader(HashedReader(source, sha256, size), CHUNK_BYTES)
