"""One archive store made of several independent copies.

What is put goes to the first copy and from there, byte for byte, to the others. The first must take
it; another that is down or full misses it, says so, and catches up later: a house never stops for
its second copy. Reading falls back from copy to copy.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import BinaryIO, TypeVar

from archive.stores._forms import form_of
from archive.stores.cipher import DataKey
from archive.stores.errors import (
    BlobDamagedError,
    BlobMissingError,
    DiskFullError,
    KeyMismatchError,
    StoreUnavailableError,
)
from archive.stores.limits import COPY_PAUSE_SECONDS
from archive.stores.types import ArchiveStore, Form, Note, Source, Stored
from proof.types import Problem, What

log = logging.getLogger(__name__)

AWAY = (StoreUnavailableError, DiskFullError)
"""Faults of a place, not of a blob: what is due there waits."""
_UNSOUND = (BlobMissingError, BlobDamagedError, KeyMismatchError, StoreUnavailableError)
_T = TypeVar("_T")


def copies_of(store: ArchiveStore) -> tuple[ArchiveStore, ...]:
    """The places that a store is made of; a plain one is its own only copy."""
    return store.copies if isinstance(store, CopiedArchiveStore) else (store,)


def copy_blob(sha256: str, form: Form, *, source: ArchiveStore, target: ArchiveStore) -> Note:
    """Bring one form from one copy to another as it lies there; what the source noted of it.

    Raises `blob_mismatch` where the source's bytes are not what its note says.
    """
    note = source.noted(sha256, form=form)
    with source.open_stored(sha256, form=form) as file:
        target.adopt(sha256, file, form=form, note=note)
    return note


class CopiedArchiveStore:
    """See `ArchiveStore`."""

    def __init__(
        self,
        copies: Sequence[ArchiveStore],
        *,
        pause_seconds: float = COPY_PAUSE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """The first copy is the one that must take everything."""
        self.copies = tuple(copies)
        self._first = self.copies[0]
        self._pause_seconds = pause_seconds
        self._clock = clock
        self._away_until: dict[str, float] = {}

    @property
    def place(self) -> str:
        """Every place."""
        return " + ".join(copy.place for copy in self.copies)

    def faults(self) -> list[str]:
        """Of every copy."""
        return [fault for copy in self.copies for fault in copy.faults()]

    def _missed_by(self, action: Callable[[ArchiveStore], object]) -> tuple[str, ...]:
        """Do it in every copy but the first; the places that could not."""
        return tuple(copy.place for copy in self.copies[1:] if not self._tried(copy, action))

    def _tried(self, copy: ArchiveStore, action: Callable[[ArchiveStore], object]) -> bool:
        if self._clock() < self._away_until.get(copy.place, 0.0):
            return False
        try:
            action(copy)
        except AWAY as error:
            self._away_until[copy.place] = self._clock() + self._pause_seconds
            log.warning("copy away", extra={"place": copy.place, "code": error.code})
            return False
        except BlobDamagedError as error:
            log.warning("copy not taken", extra={"place": copy.place, "detail": error.detail})
            return False
        return True

    def _from_any(self, ask: Callable[[ArchiveStore], _T]) -> _T:
        """The first answer that a copy gives; where none can, the first copy's refusal."""
        refusal: Exception | None = None
        for copy in self.copies:
            try:
                return ask(copy)
            except _UNSOUND as error:
                refusal = refusal or error
        raise refusal or BlobMissingError

    def put(
        self,
        sha256: str,
        source: Source,
        *,
        retain_until: date | None,
        cipher: DataKey | None = None,
    ) -> Stored:
        """Into the first; from it into the others, which may miss it."""
        stored = self._first.put(sha256, source, retain_until=retain_until, cipher=cipher)
        form = form_of(cipher)
        missed = self._missed_by(
            lambda copy: copy_blob(sha256, form, source=self._first, target=copy)
        )
        return replace(stored, missing_in=missed)

    def open(self, sha256: str, *, cipher: DataKey | None = None) -> BinaryIO:
        """From the first copy that has it; damage shows while reading, as everywhere."""
        return self._from_any(lambda copy: copy.open(sha256, cipher=cipher))

    def open_stored(self, sha256: str, *, form: Form) -> BinaryIO:
        """From the first copy that has it."""
        return self._from_any(lambda copy: copy.open_stored(sha256, form=form))

    def read(self, sha256: str, *, cipher: DataKey | None = None) -> bytes:
        """From the first copy whose bytes are sound."""
        return self._from_any(lambda copy: copy.read(sha256, cipher=cipher))

    def _reached(self, ask: Callable[[ArchiveStore], _T]) -> list[_T]:
        """The answers of the copies that can be reached. Raises where none can."""
        found, refusal = [], None
        for copy in self.copies:
            try:
                found.append(ask(copy))
            except StoreUnavailableError as error:
                refusal = refusal or error
        if refusal and not found:
            raise refusal
        return found

    def forms(self, sha256: str) -> frozenset[Form]:
        """In which forms bytes lie in any copy."""
        return frozenset().union(*self._reached(lambda copy: copy.forms(sha256)))

    def exists(self, sha256: str) -> bool:
        """Whether bytes lie in any copy."""
        return bool(self.forms(sha256))

    def size(self, sha256: str) -> int:
        """Of the plain bytes."""
        return self._from_any(lambda copy: copy.size(sha256))

    def names(self) -> Iterator[str]:
        """Every name in any copy, once."""
        yield from sorted(set().union(*self._reached(lambda copy: set(copy.names()))))

    def retain_until(self, sha256: str, *, form: Form = Form.PLAIN) -> date | None:
        """As the first copy that has it says."""
        return self._from_any(lambda copy: copy.retain_until(sha256, form=form))

    def noted(self, sha256: str, *, form: Form) -> Note:
        """As the first copy that has it says."""
        return self._from_any(lambda copy: copy.noted(sha256, form=form))

    def delete(self, sha256: str, today: date, *, form: Form | None = None) -> None:
        """In every copy, the first one last: it is what the others are mended from."""
        for copy in reversed(self.copies):
            copy.delete(sha256, today, form=form)

    def set_hold(self, sha256: str, *, on: bool) -> tuple[str, ...]:
        """In every copy that can be reached and has it."""

        def lay(copy: ArchiveStore) -> None:
            if copy.exists(sha256):
                copy.set_hold(sha256, on=on)

        self._first.set_hold(sha256, on=on)
        return self._missed_by(lay)

    def adopt(self, sha256: str, source: Source, *, form: Form, note: Note) -> None:
        """Into the first; from it into the others."""
        self._first.adopt(sha256, source, form=form, note=note)
        self._missed_by(lambda copy: copy_blob(sha256, form, source=self._first, target=copy))

    def check(self, sha256: str, *, cipher: DataKey | None = None) -> Problem | None:
        """Damage in any copy is named, with its place; missing is what no copy has.

        What one copy alone misses may be due there: the table of copies knows, not the bytes.
        """
        found = self._reached(lambda copy: (copy, copy.check(sha256, cipher=cipher)))
        for copy, problem in found:
            if problem and problem.what is not What.BLOB_MISSING:
                return replace(problem, detail=f"{problem.detail} ({copy.place})")
        problems = [problem for _, problem in found]
        return None if None in problems else problems[0]

    def put_anchor(self, name: str, data: bytes) -> None:
        """In every copy; one that is away gets it later."""
        self._first.put_anchor(name, data)
        self._missed_by(lambda copy: copy.put_anchor(name, data))

    def anchors(self, after: str = "") -> Iterator[tuple[str, bytes]]:
        """Those of every copy by name; of two with one name the first copy's."""
        known: dict[str, bytes] = {}
        for anchors in reversed(self._reached(lambda copy: dict(copy.anchors(after)))):
            known |= anchors
        yield from sorted(known.items())

    def put_key(self, sha256: str, wrapped: bytes) -> tuple[str, ...]:
        """Beside the blob in every copy."""
        self._first.put_key(sha256, wrapped)
        return self._missed_by(lambda copy: copy.put_key(sha256, wrapped))

    def get_key(self, sha256: str) -> bytes | None:
        """From the first copy that has one."""
        return next((key for key in self._reached(lambda copy: copy.get_key(sha256)) if key), None)

    def drop_key(self, sha256: str) -> None:
        """In every copy; raises where one cannot be reached, after the others did it."""
        refusal: Exception | None = None
        for copy in self.copies:
            try:
                copy.drop_key(sha256)
            except StoreUnavailableError as error:
                refusal = error
        if refusal:
            raise refusal

    def sweep(self) -> int:
        """In every copy that can be reached."""
        return sum(self._reached(lambda copy: copy.sweep()))
