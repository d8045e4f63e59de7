"""The archive store as a local folder with write-once discipline.

blobs/ab/<sha256>            as it is, mode 0444: `sha256sum` proves it
blobs/ab/<sha256>.enc        encrypted under a data key of its own
retention/ab/<name>.json     until when, and the hash of the stored form
keyring/<sha256>.json        the wrapped data key
anchors/<name>               the audit trail's anchors
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from archive.stores import _files
from archive.stores._files import Guard, Scratch, write_whole
from archive.stores._forms import SUFFIX, check_name, check_size, form_of, plain_reader, write_form
from archive.stores.cipher import DataKey, plain_size
from archive.stores.errors import (
    BlobConflictError,
    BlobDamagedError,
    BlobMissingError,
    KeyMismatchError,
    RetentionNotOverError,
    coded,
)
from archive.stores.limits import ANCHOR_BYTES, KEY_BYTES
from archive.stores.types import (
    Form,
    Source,
    Stored,
    checked_anchor_name,
    checked_sha256,
    is_sha256,
)
from proof.types import Problem, What


@dataclass(frozen=True, slots=True)
class _Note:
    """What is remembered of a stored file beside it."""

    stored_sha256: str
    stored_size: int
    retain_until: str | None

    def until(self) -> date | None:
        return date.fromisoformat(self.retain_until) if self.retain_until else None


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

    def __init__(self, root: Path) -> None:
        self._root = root
        self._scratch = Scratch(root / "blobs" / ".tmp", parent_mode=0o755)
        self._guard = Guard(root / "blobs" / ".lock", parent_mode=0o755)

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
        with self._scratch.file() as (temp, file):
            with coded():
                stored = write_form(file, source, cipher)
                check_name(sha256, stored)
                container = _read_back(temp, stored, cipher)
            note = _Note(container.sha256, container.size, _iso(retain_until))
            if self._publish(temp, sha256, form, note):
                return stored
        return self._put_again(sha256, stored, retain_until, cipher)

    def _publish(self, temp: Path, sha256: str, form: Form, note: _Note) -> bool:
        final = self._at(sha256, form)
        with self._guard.exclusive(), coded():
            if final.exists():
                return False
            self._write_note(sha256, form, note)
            _files.make_folder(final.parent, 0o755)
            temp.chmod(0o444)
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
            note = self._note(sha256, form)
            if note:
                until = _iso(_later(note.until(), retain_until))
                if until != note.retain_until:
                    longer = _Note(note.stored_sha256, note.stored_size, until)
                    self._write_note(sha256, form, longer)
        return given

    def _write_note(self, sha256: str, form: Form, note: _Note) -> None:
        data = json.dumps({"format": "tangthu-retention/1", "sha256": sha256, **asdict(note)})
        path = self._note_at(sha256, form)
        write_whole(self._scratch, path, data.encode() + b"\n", mode=0o644, replace=True)

    def _note(self, sha256: str, form: Form) -> _Note | None:
        try:
            value = json.loads(self._note_at(sha256, form).read_bytes())
            note = _Note(value["stored_sha256"], value["stored_size"], value["retain_until"])
            note.until()
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None  # unknown is kept without end
        return note

    def open(self, sha256: str, *, cipher: DataKey | None = None) -> BinaryIO:
        """The plain bytes, seekable, re-hashed at the end."""
        with coded():
            try:
                file = self._at(sha256, form_of(cipher)).open("rb")
            except FileNotFoundError as error:
                raise BlobMissingError(detail=sha256) from error
            return plain_reader(file, sha256, cipher)

    def read(self, sha256: str, *, cipher: DataKey | None = None) -> bytes:
        """All plain bytes, checked."""
        with self.open(sha256, cipher=cipher) as file, coded():
            return file.read()

    def forms(self, sha256: str) -> frozenset[Form]:
        """In which forms bytes lie under the name."""
        return frozenset(form for form in Form if self._at(sha256, form).is_file())

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
        return note.until() if note else None

    def delete(self, sha256: str, today: date, *, form: Form | None = None) -> None:
        """Delete after the retention; the refusal of one form spares all."""
        forms = self.forms(sha256) & {form or Form.PLAIN, form or Form.ENCRYPTED}
        with self._guard.exclusive(), coded():
            for each in forms:
                until = self.retain_until(sha256, form=each)
                if until is None or today <= until:
                    raise RetentionNotOverError(detail=f"{sha256} until {until or 'no end'}")
            for each in forms:
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
        path = self._root / "anchors" / checked_anchor_name(name)
        check_size(data, ANCHOR_BYTES)
        if write_whole(self._scratch, path, data, mode=0o444, replace=False):
            return
        with coded():
            if path.read_bytes() != data:
                raise BlobConflictError(detail=f"anchor {name}")

    def anchors(self) -> Iterator[tuple[str, bytes]]:
        """Every anchor, in the order of names."""
        folder = self._root / "anchors"
        if folder.is_dir():
            for path in sorted(folder.iterdir()):
                with coded():
                    data = path.read_bytes()
                yield path.name, data

    def put_key(self, sha256: str, wrapped: bytes) -> None:
        """Keep a blob's wrapped key beside it."""
        check_size(wrapped, KEY_BYTES)
        path = self._root / "keyring" / f"{checked_sha256(sha256)}.json"
        write_whole(self._scratch, path, wrapped, mode=0o600, replace=True)

    def get_key(self, sha256: str) -> bytes | None:
        """The wrapped key last put."""
        path = self._root / "keyring" / f"{checked_sha256(sha256)}.json"
        with coded():
            try:
                return path.read_bytes()
            except FileNotFoundError:
                return None

    def sweep(self) -> int:
        """Clear what killed processes left half-written; call once at start."""
        return self._scratch.sweep()


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
