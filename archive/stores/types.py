"""The seams of the stores: what each side promises."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Protocol

from archive.stores.cipher import DataKey
from archive.stores.errors import BadNameError
from archive.stores.limits import NAME_CHARS
from proof.types import Problem

Source = BinaryIO | bytes
"""Bytes, or a binary file read from where it stands to its end."""

_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_ANCHOR = re.compile(rf"[0-9A-Za-z][0-9A-Za-z._-]{{0,{NAME_CHARS - 1}}}\Z")


def is_sha256(name: str) -> bool:
    """Whether a text is 64 lower hexadecimal digits."""
    return bool(_SHA256.match(name))


def checked_sha256(untrusted_name: str) -> str:
    """The name, when it is 64 lower hexadecimal digits. Raises `bad_blob_name`."""
    if not is_sha256(untrusted_name):
        raise BadNameError(detail="not a SHA-256")
    return untrusted_name


def checked_anchor_name(untrusted_name: str) -> str:
    """The name, when it is a plain file name. Raises `bad_blob_name`."""
    if not _ANCHOR.match(untrusted_name):
        raise BadNameError(detail="not an anchor's name")
    return untrusted_name


class Form(StrEnum):
    """How bytes lie in the archive."""

    PLAIN = "plain"
    """As they are: readable without us."""
    ENCRYPTED = "encrypted"
    """In a container under a data key of their own."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What a store took in."""

    sha256: str
    """Of the plain bytes, 64 lower hexadecimal digits: the blob's name."""
    size: int
    """Of the plain bytes."""
    missing_in: tuple[str, ...] = ()
    """Places of copies that could not take it now; they catch up later."""
    stored_sha256: str = ""
    """Of the bytes as they lie there, where a put has just written them."""


@dataclass(frozen=True, slots=True)
class Note:
    """What a store remembers of one form beside its bytes."""

    stored_sha256: str
    """Of the bytes as they lie there; empty where the note of a container was lost."""
    stored_size: int
    """Of the bytes as they lie there."""
    retain_until: date | None
    """The last day that the store refuses to delete; None: no end."""
    legal_hold: bool = False
    """Whether it refuses even after that day."""


class WorkStore(Protocol):
    """What is under way: content-addressed, encrypted under the node's key, erasable.

    Every method may raise `store_unavailable`, writing ones `disk_full`. Safe between processes.
    """

    def put(self, source: Source) -> Stored:
        """Take bytes in; idempotent. On return they survive a power cut.

        Call it inside `writing()` that also covers the commit of the row that names them.
        Raises `blob_too_large`. A failed put leaves nothing that a reader could see.
        """
        ...

    def open(self, sha256: str) -> BinaryIO:
        """The plain bytes, seekable. Raises `blob_missing`; reading raises `blob_damaged`."""
        ...

    def read(self, sha256: str) -> bytes:
        """All plain bytes, checked. Raises `blob_missing`, `blob_damaged`."""
        ...

    def path(self, sha256: str, *, suffix: str = "") -> AbstractContextManager[Path]:
        """A private plain copy for tools that need a path; gone on leaving the context."""
        ...

    def exists(self, sha256: str) -> bool:
        """Whether bytes lie under the name (not whether they are sound)."""
        ...

    def delete(self, sha256: str) -> None:
        """Erase now; idempotent.

        Where another row may name the bytes, drop the own row and leave the erasing to `sweep`.
        """
        ...

    def names(self) -> Iterator[str]:
        """Every blob's name, in no order."""
        ...

    def rekey(self) -> int:
        """Encrypt anew what lies under an older version of the key; how many. Resumable."""
        ...

    def writing(self) -> AbstractContextManager[None]:
        """Keeps the sweep away from a put until its row is committed. Shared, re-entrant."""
        ...

    def sweep(self, named: Callable[[str], bool]) -> int | None:
        """Erase what `named` denies, and what killed processes left; how many blobs went.

        `named` is asked twice, the second time while no writer is inside `writing()`. None: writers
        were busy, nothing was erased, try another time.
        """
        ...


class ArchiveStore(Protocol):
    """What is sealed: content-addressed, write-once, plain or (with a key) encrypted.

    The same bytes may lie here plain and encrypted; `cipher` says which is meant. Methods that
    take it raise `key_mismatch` where the bytes are encrypted under another key.
    """

    @property
    def place(self) -> str:
        """Where it lies, for records: "home", "folder:/mnt/b", "s3:host:port/bucket"."""
        ...

    def faults(self) -> list[str]:
        """What makes the place unfit, a Vietnamese sentence each. Never raises."""
        ...

    def put(
        self,
        sha256: str,
        source: Source,
        *,
        retain_until: date | None,
        cipher: DataKey | None = None,
    ) -> Stored:
        """Seal bytes under the hash of their plain form; idempotent, never overwrites.

        What was written is read back and hashed before the name appears. None: kept without end.
        A second put only ever lengthens the retention. Raises `blob_mismatch` where the source is
        not what `sha256` says, `blob_damaged` where other bytes already lie under the name.
        """
        ...

    def open(self, sha256: str, *, cipher: DataKey | None = None) -> BinaryIO:
        """The plain bytes, seekable. Raises `blob_missing`; reading raises `blob_damaged`."""
        ...

    def read(self, sha256: str, *, cipher: DataKey | None = None) -> bytes:
        """All plain bytes, checked. Raises `blob_missing`, `blob_damaged`."""
        ...

    def forms(self, sha256: str) -> frozenset[Form]:
        """In which forms bytes lie under the name; empty: none."""
        ...

    def exists(self, sha256: str) -> bool:
        """Whether bytes lie under the name in any form (not whether they are sound)."""
        ...

    def size(self, sha256: str) -> int:
        """Of the plain bytes. Raises `blob_missing`."""
        ...

    def names(self) -> Iterator[str]:
        """Every blob's name once, in no order.

        Strange files among the blobs are named too, by a path that is no SHA-256: extra bytes.
        """
        ...

    def retain_until(self, sha256: str, *, form: Form = Form.PLAIN) -> date | None:
        """The last day that the store refuses to delete; None: no end. Raises `blob_missing`."""
        ...

    def delete(self, sha256: str, today: date, *, form: Form | None = None) -> None:
        """Delete one form, or all, after the retention; idempotent.

        Raises `retention_not_over`, and `legal_hold` where a hold lies on any of them.
        """
        ...

    def set_hold(self, sha256: str, *, on: bool) -> tuple[str, ...]:
        """Lay a legal hold on every form that is there, or lift it; idempotent.

        Returns the places that could not do so now. Raises `blob_missing`.
        """
        ...

    def noted(self, sha256: str, *, form: Form) -> Note:
        """What is remembered of one form. Raises `blob_missing`."""
        ...

    def open_stored(self, sha256: str, *, form: Form) -> BinaryIO:
        """The bytes as they lie there, seekable and unchecked. Raises `blob_missing`."""
        ...

    def adopt(self, sha256: str, source: Source, *, form: Form, note: Note) -> None:
        """Take one form as another copy holds it, byte for byte; idempotent.

        For mending: other bytes under the name give way, and are kept aside where the store can.
        The longer retention stays, and a hold. Raises `blob_mismatch` where the source is not what
        the note, or the name of a plain form, says.
        """
        ...

    def check(self, sha256: str, *, cipher: DataKey | None = None) -> Problem | None:
        """Re-hash; never raises for a bad blob.

        Without `cipher` every form is checked, encrypted ones against the hash of their container
        noted at the seal: an archivist needs no keys to check the whole archive.
        """
        ...

    def put_anchor(self, name: str, data: bytes) -> None:
        """Keep an anchor, write-once; idempotent. Raises `blob_conflict` for other bytes."""
        ...

    def anchors(self, after: str = "") -> Iterator[tuple[str, bytes]]:
        """Every anchor as first written, in the order of names, which come after the given one."""
        ...

    def put_key(self, sha256: str, wrapped: bytes) -> tuple[str, ...]:
        """Keep a blob's wrapped key beside it; replaces (re-wrapping moves between classes).

        Returns the places that could not do so now.
        """
        ...

    def drop_key(self, sha256: str) -> None:
        """Destroy a blob's wrapped key, every version of it; idempotent."""
        ...

    def get_key(self, sha256: str) -> bytes | None:
        """The wrapped key last put, or None."""
        ...

    def sweep(self) -> int:
        """Clear what killed processes left half-written, at start; how many files went."""
        ...
