"""The archive store as a local folder with write-once discipline.

blobs/ab/<sha256>            as it is, mode 0444: `sha256sum` proves it
blobs/ab/<sha256>.enc        encrypted under a data key of its own
retention/ab/<name>.json     until when, whether held, and the hash of the stored form
damaged/ab/<name>            what lay there before a copy was mended
keyring/<sha256>.json        the wrapped data key
anchors/<name>               the audit trail's anchors
"""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import BinaryIO

from archive.stores import _files
from archive.stores._files import Guard, Scratch, write_whole
from archive.stores._forms import (
    SUFFIX,
    check_deletable,
    check_name,
    check_size,
    form_of,
    plain_reader,
    write_form,
    write_stored,
)
from archive.stores.cipher import DataKey, plain_size
from archive.stores.errors import (
    BlobConflictError,
    BlobDamagedError,
    BlobMissingError,
    KeyMismatchError,
    StoreError,
    StoreUnavailableError,
    coded,
)
from archive.stores.limits import ANCHOR_BYTES, KEY_BYTES
from archive.stores.types import (
    Form,
    Note,
    Source,
    Stored,
    checked_anchor_name,
    checked_sha256,
    is_sha256,
)
from proof.types import Problem, What

HERE = "tangthu-copy"
"""The empty file by which the operator says: this folder is the other disk, and it is mounted."""


def _name_at(path: Path, blobs: Path) -> str:
    """The blob's name where the file lies in its place, else the path; empty for a folder."""
    if path.is_dir():
        return ""
    name = path.name.removesuffix(SUFFIX[Form.ENCRYPTED])
    in_place = is_sha256(name) and path.parent == blobs / name[:2]
    return name if in_place else path.relative_to(blobs).as_posix()


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _later(first: date | None, second: date | None) -> date | None:
    """The longer retention; None is without end."""
    return max(first, second) if first and second else None


class LocalArchiveStore:
    """See `ArchiveStore`."""

    def __init__(self, root: Path, *, place: str = "home", is_marked: bool = False) -> None:
        """With `is_marked` only where the file HERE lies: an unmounted disk must not look empty."""
        self._root = root
        self._place = place
        self._is_marked = is_marked
        self._scratch = Scratch(root / "blobs" / ".tmp", parent_mode=0o755)
        self._guard = Guard(root / "blobs" / ".lock", parent_mode=0o755)

    @property
    def place(self) -> str:
        """Where it lies."""
        return self._place

    @property
    def root(self) -> Path:
        """Its folder."""
        return self._root

    def faults(self) -> list[str]:
        """Whether the folder is there and takes a file."""
        try:
            self._see_it_is_here()
            with self._scratch.file():
                pass
        except StoreError as error:
            return [f"{self._root}: {error.message}"]
        return []

    def _see_it_is_here(self) -> None:
        if self._is_marked and not (self._root / HERE).is_file():
            raise StoreUnavailableError(
                f"Không thấy tệp {HERE} trong {self._root}: ổ đĩa chưa gắn, hoặc chưa đánh dấu. "
                f"Hãy gắn ổ đĩa; nếu là thư mục mới thì chạy: touch {self._root / HERE}",
                detail=str(self._root),
            )

    def _at(self, sha256: str, form: Form) -> Path:
        return self._root / "blobs" / checked_sha256(sha256)[:2] / (sha256 + SUFFIX[form])

    def _note_at(self, sha256: str, form: Form) -> Path:
        name = f"{checked_sha256(sha256)}{SUFFIX[form]}.json"
        return self._root / "retention" / sha256[:2] / name

    def put(
        self,
        sha256: str,
        source: Source,
        *,
        retain_until: date | None,
        cipher: DataKey | None = None,
    ) -> Stored:
        """Seal bytes: write, read back, re-hash, and only then give the name."""
        form = form_of(cipher)
        if self._at(sha256, form).exists():
            return self._put_again(sha256, _files.hash_of(source), retain_until, cipher)
        self._see_it_is_here()
        with self._scratch.file() as (temp, file):
            with coded():
                temp.chmod(0o444)  # before the sync, so that it survives a power cut too
                stored = write_form(file, source, cipher)
                check_name(sha256, stored)
                container = _read_back(temp, stored, cipher)
            note = Note(container.sha256, container.size, retain_until)
            if self._publish(temp, sha256, form, note):
                return replace(stored, stored_sha256=container.sha256)
        return self._put_again(sha256, stored, retain_until, cipher)

    def _publish(self, temp: Path, sha256: str, form: Form, note: Note) -> bool:
        final = self._at(sha256, form)
        with self._guard.exclusive(), coded():
            if final.exists():
                return False
            self._write_note(sha256, form, note)
            _files.make_folder(final.parent, 0o755)
            if not _files.link_new(temp, final):
                return False
            _files.sync_folder(final.parent)
            return True

    def _put_again(
        self, sha256: str, given: Stored, retain_until: date | None, cipher: DataKey | None
    ) -> Stored:
        check_name(sha256, given)
        with self.open(sha256, cipher=cipher) as file:
            _files.hash_of(file)
        form = form_of(cipher)
        with self._guard.exclusive():
            self._lengthen(sha256, form, retain_until)
        return given

    def _lengthen(self, sha256: str, form: Form, retain_until: date | None) -> None:
        note = self._note(sha256, form)
        if note:
            longer = replace(note, retain_until=_later(note.retain_until, retain_until))
            if longer != note:
                self._write_note(sha256, form, longer)

    def _write_note(self, sha256: str, form: Form, note: Note) -> None:
        data = json.dumps(
            {
                "format": "tangthu-retention/1",
                "sha256": sha256,
                "stored_sha256": note.stored_sha256,
                "stored_size": note.stored_size,
                "retain_until": _iso(note.retain_until),
                "legal_hold": note.legal_hold,
            }
        )
        path = self._note_at(sha256, form)
        write_whole(self._scratch, path, data.encode() + b"\n", mode=0o644, replace=True)

    def _note(self, sha256: str, form: Form) -> Note | None:
        try:
            value = json.loads(self._note_at(sha256, form).read_bytes())
            until = value["retain_until"]
            return Note(
                value["stored_sha256"],
                value["stored_size"],
                date.fromisoformat(until) if until else None,
                bool(value.get("legal_hold", False)),
            )
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None  # unknown is kept without end

    def open(self, sha256: str, *, cipher: DataKey | None = None) -> BinaryIO:
        """The plain bytes, seekable, re-hashed at the end."""
        file = self.open_stored(sha256, form=form_of(cipher))
        with coded():
            return plain_reader(file, sha256, cipher)

    def open_stored(self, sha256: str, *, form: Form) -> BinaryIO:
        """The bytes as they lie there."""
        with coded():
            try:
                return self._at(sha256, form).open("rb")
            except FileNotFoundError as error:
                self._see_it_is_here()
                raise BlobMissingError(detail=sha256) from error

    def read(self, sha256: str, *, cipher: DataKey | None = None) -> bytes:
        """All plain bytes, checked."""
        with self.open(sha256, cipher=cipher) as file, coded():
            return file.read()

    def forms(self, sha256: str) -> frozenset[Form]:
        """In which forms bytes lie under the name."""
        found = frozenset(form for form in Form if self._at(sha256, form).is_file())
        if not found:
            self._see_it_is_here()
        return found

    def exists(self, sha256: str) -> bool:
        """Whether bytes lie under the name in any form."""
        return bool(self.forms(sha256))

    def size(self, sha256: str) -> int:
        """Of the plain bytes."""
        forms = self.forms(sha256)
        if not forms:
            raise BlobMissingError(detail=sha256)
        form = min(forms, key=list(Form).index)
        with coded():
            stored = self._at(sha256, form).stat().st_size
        return stored if form is Form.PLAIN else plain_size(stored)

    def names(self) -> Iterator[str]:
        """Every blob's name once; of strange files their path below `blobs/`."""
        self._see_it_is_here()
        blobs = self._root / "blobs"
        for folder in sorted(blobs.glob("[!.]*")):
            if folder.is_dir():
                yield from sorted({_name_at(path, blobs) for path in folder.rglob("*")} - {""})
            else:
                yield folder.name

    def retain_until(self, sha256: str, *, form: Form = Form.PLAIN) -> date | None:
        """The last day that the store refuses to delete."""
        if form not in self.forms(sha256):
            raise BlobMissingError(detail=sha256)
        note = self._note(sha256, form)
        return note.retain_until if note else None

    def noted(self, sha256: str, *, form: Form) -> Note:
        """What lies beside the bytes; of a plain form the hash is its name."""
        with self.open_stored(sha256, form=form) as file:
            size = os.fstat(file.fileno()).st_size
        note = self._note(sha256, form)
        if note is None:
            return Note(sha256 if form is Form.PLAIN else "", size, None)
        return replace(note, stored_sha256=sha256) if form is Form.PLAIN else note

    def set_hold(self, sha256: str, *, on: bool) -> tuple[str, ...]:
        """Write it into the notes."""
        self._see_it_is_here()
        forms = self.forms(sha256)
        if not forms:
            raise BlobMissingError(detail=sha256)
        with self._guard.exclusive():
            for form in forms:
                note = self.noted(sha256, form=form)
                if note.legal_hold != on:
                    self._write_note(sha256, form, replace(note, legal_hold=on))
        return ()

    def adopt(self, sha256: str, source: Source, *, form: Form, note: Note) -> None:
        """Write beside, read back, and only then take the place of what lay there."""
        self._see_it_is_here()
        final = self._at(sha256, form)
        with self._scratch.file() as (temp, file), coded():
            temp.chmod(0o444)
            write_stored(file, source, sha256, form, note)
            with temp.open("rb") as back:
                if _files.hash_of(back).sha256 != note.stored_sha256:
                    raise BlobDamagedError(detail=f"{sha256} was not written as given")
            with self._guard.exclusive():
                self._write_note(sha256, form, self._merged(sha256, form, note))
                _files.make_folder(final.parent, 0o755)
                if not _is_same(final, note):
                    self._set_aside(final)
                    temp.replace(final)
                    _files.sync_folder(final.parent)

    def _merged(self, sha256: str, form: Form, given: Note) -> Note:
        """The note of another copy, with the longer retention and either's hold."""
        own = self._note(sha256, form)
        if own is None:
            return given
        until = _later(own.retain_until, given.retain_until)
        return replace(given, retain_until=until, legal_hold=own.legal_hold or given.legal_hold)

    def _set_aside(self, path: Path) -> None:
        """Keep what is replaced: an inquiry may ask what had happened to it."""
        if not path.is_file():
            return
        aside = self._aside(path)
        _files.make_folder(aside.parent, 0o700)
        aside.unlink(missing_ok=True)
        aside.hardlink_to(path)

    def _aside(self, path: Path) -> Path:
        return self._root / "damaged" / path.parent.name / path.name

    def delete(self, sha256: str, today: date, *, form: Form | None = None) -> None:
        """Delete after the retention; the refusal of one form spares all."""
        self._see_it_is_here()
        forms = self.forms(sha256) & {form or Form.PLAIN, form or Form.ENCRYPTED}
        with self._guard.exclusive(), coded():
            for each in forms:
                check_deletable(sha256, self.noted(sha256, form=each), today)
            for each in forms:
                self._aside(self._at(sha256, each)).unlink(missing_ok=True)
                self._at(sha256, each).unlink(missing_ok=True)
                self._note_at(sha256, each).unlink(missing_ok=True)
                _files.sync_folder(self._at(sha256, each).parent)

    def check(self, sha256: str, *, cipher: DataKey | None = None) -> Problem | None:
        """Re-hash what lies there."""
        forms = self.forms(sha256) if cipher is None else {Form.ENCRYPTED}
        if not forms:
            return Problem(sha256, What.BLOB_MISSING, BlobMissingError.message)
        try:
            for form in forms:
                self._check_form(sha256, form, cipher)
        except (BlobDamagedError, BlobMissingError, KeyMismatchError) as error:
            missing = isinstance(error, BlobMissingError)
            what = What.BLOB_MISSING if missing else What.BLOB_DAMAGED
            return Problem(sha256, what, error.message)
        return None

    def _check_form(self, sha256: str, form: Form, cipher: DataKey | None) -> None:
        if form is Form.PLAIN or cipher is not None:
            with self.open(sha256, cipher=cipher) as file:
                _files.hash_of(file)
            return
        note = self._note(sha256, form)
        with coded(), self._at(sha256, form).open("rb") as file:
            found = _files.hash_of(file)
        if note is None or (found.sha256, found.size) != (note.stored_sha256, note.stored_size):
            raise BlobDamagedError(detail=f"the container of {sha256} does not re-hash")

    def put_anchor(self, name: str, data: bytes) -> None:
        """Keep an anchor, write-once."""
        self._see_it_is_here()
        path = self._root / "anchors" / checked_anchor_name(name)
        check_size(data, ANCHOR_BYTES)
        if write_whole(self._scratch, path, data, mode=0o444, replace=False):
            return
        with coded():
            if path.read_bytes() != data:
                raise BlobConflictError(detail=f"anchor {name}")

    def anchors(self, after: str = "") -> Iterator[tuple[str, bytes]]:
        """Every anchor after a name, in the order of names."""
        self._see_it_is_here()
        folder = self._root / "anchors"
        if folder.is_dir():
            for path in sorted(path for path in folder.iterdir() if path.name > after):
                with coded():
                    data = path.read_bytes()
                yield path.name, data

    def _key_at(self, sha256: str) -> Path:
        return self._root / "keyring" / f"{checked_sha256(sha256)}.json"

    def put_key(self, sha256: str, wrapped: bytes) -> tuple[str, ...]:
        """Keep a blob's wrapped key beside it."""
        self._see_it_is_here()
        check_size(wrapped, KEY_BYTES)
        write_whole(self._scratch, self._key_at(sha256), wrapped, mode=0o600, replace=True)
        return ()

    def get_key(self, sha256: str) -> bytes | None:
        """The wrapped key last put."""
        with coded():
            try:
                return self._key_at(sha256).read_bytes()
            except FileNotFoundError:
                self._see_it_is_here()
                return None

    def drop_key(self, sha256: str) -> None:
        """Overwrite, then remove: on a disk without copies of its own nothing stays."""
        self._see_it_is_here()
        path = self._key_at(sha256)
        with coded(), suppress(FileNotFoundError), path.open("r+b") as file:
            file.write(bytes(os.fstat(file.fileno()).st_size))
            _files.sync_file(file)
            path.unlink()
            _files.sync_folder(path.parent)

    def sweep(self) -> int:
        """Clear what killed processes left half-written; call once at start."""
        return self._scratch.sweep()


def _is_same(path: Path, note: Note) -> bool:
    """Whether the bytes of the note lie there already."""
    try:
        with path.open("rb") as file:
            return _files.hash_of(file).sha256 == note.stored_sha256
    except (FileNotFoundError, StoreError):
        return False  # what cannot be read gives way


def _read_back(temp: Path, stored: Stored, cipher: DataKey | None) -> Stored:
    """Hash what the disk now holds: the container's own hash, and the plain bytes through it."""
    with temp.open("rb") as file:
        container = _files.hash_of(file)
    if cipher is not None:
        with plain_reader(temp.open("rb"), stored.sha256, cipher) as plain:
            _files.hash_of(plain)
    elif container != stored:
        raise BlobDamagedError(detail=f"{stored.sha256} was not written as given")
    return container
