"""Looking at one form of a blob in one copy: its bytes as stored and as decrypted."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from archive.stores import ArchiveStore, DataKey, Form, Note, Stored
from archive.stores._files import hash_of
from archive.stores._forms import plain_reader
from archive.stores.errors import BlobDamagedError, BlobMissingError, KeyMismatchError
from proof.types import What

MEGABYTE = 1_000_000
MOST_SAVED = 60.0
"""Seconds of reading that an idle check may save up."""

SENTENCES = {
    What.BLOB_MISSING: "Mất dữ liệu trong kho.",
    What.BLOB_DAMAGED: "Dữ liệu trong kho đã hỏng hoặc bị sửa.",
    What.BLOB_SWAPPED: "Dữ liệu trong kho là của một tệp khác.",
    What.BLOB_ROLLED_BACK: "Kho giữ một bản cũ, không phải bản đã ghi sau cùng.",
    What.BLOB_EXTRA: "Trong kho có dữ liệu mà không hồ sơ nào ghi.",
}


@dataclass(frozen=True, slots=True)
class FixityPlan:
    """How often and how fast the rolling check reads; TT 05/2025 asks for once in three years."""

    days: int = 365
    megabytes_per_second: float = 5.0


@dataclass(frozen=True, slots=True)
class Expected:
    """What the records say of one form of a blob."""

    sha256: str
    form: Form
    cipher: DataKey | None
    """None for plain bytes, and where the key cannot be had: then the container alone is hashed."""
    stored_sha256: str
    """Of the container last written; empty where nobody noted it."""
    retain_until: date | None


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found in one copy."""

    what: What | None
    """None: sound."""
    note: Note | None
    """Of the bytes that lie there, hashed now; None where there are none."""

    @property
    def size(self) -> int:
        """How many bytes were read."""
        return self.note.stored_size if self.note else 0


def examine(
    copy: ArchiveStore, expected: Expected, *, is_known: Callable[[str], bool] = lambda _: False
) -> Finding:
    """Read one form in one copy to its end.

    `is_known` says whether bytes of this hash belong to another blob. Raises `store_unavailable`.
    """
    try:
        file = copy.open_stored(expected.sha256, form=expected.form)
    except BlobMissingError:
        return Finding(What.BLOB_MISSING, None)
    with file:
        found = hash_of(file)
        is_sound = _is_sound(expected, found)
        if expected.cipher is not None:
            file.seek(0)
            is_sound = _opens(file, expected)
    noted = copy.noted(expected.sha256, form=expected.form)
    note = Note(found.sha256, found.size, noted.retain_until, noted.legal_hold)
    if not is_sound:
        swapped = found.sha256 != expected.sha256 and is_known(found.sha256)
        return Finding(What.BLOB_SWAPPED if swapped else What.BLOB_DAMAGED, note)
    if _is_older(expected, note):
        return Finding(What.BLOB_ROLLED_BACK, note)
    return Finding(None, note)


def _is_sound(expected: Expected, found: Stored) -> bool:
    """By the hash of the bytes as they lie there."""
    if expected.form is Form.PLAIN:
        return found.sha256 == expected.sha256
    return expected.stored_sha256 in ("", found.sha256)


def _opens(file: object, expected: Expected) -> bool:
    """Whether the container authenticates and its plain bytes have the hash of the name."""
    try:
        with plain_reader(file, expected.sha256, expected.cipher) as plain:  # type: ignore[arg-type]  # a binary file
            hash_of(plain)
    except (BlobDamagedError, KeyMismatchError):
        return False
    return True


def _is_older(expected: Expected, note: Note) -> bool:
    """Whether the container is not the last one, or the retention noted is shorter than ours."""
    if expected.form is Form.ENCRYPTED and expected.stored_sha256 not in ("", note.stored_sha256):
        return True
    if note.retain_until is None:
        return False
    return expected.retain_until is None or note.retain_until < expected.retain_until


class Pace:
    """An allowance of bytes that grows with time, up to what a minute gives.

    A blob larger than what is left is read all the same, and the next ones wait for it.
    """

    def __init__(
        self, megabytes_per_second: float, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate = megabytes_per_second * MEGABYTE
        self._clock = clock
        self._seen = clock()
        self._left = 0.0

    def wait(self) -> float:
        """Seconds until reading may go on; 0: now."""
        now = self._clock()
        self._left = min(self._left + (now - self._seen) * self._rate, self._rate * MOST_SAVED)
        self._seen = now
        return max(0.0, -self._left / self._rate)

    def took(self, size: int) -> None:
        """So many bytes were read."""
        self._left -= size
