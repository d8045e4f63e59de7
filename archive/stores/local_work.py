"""The work store as a local folder: `work/ab/<sha256>`, encrypted, erasable."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO

from archive.stores._files import Guard, Scratch, chunks_of, make_folder, sync_folder
from archive.stores._forms import plain_reader, write_form
from archive.stores.cipher import DataKey, KeyShelf, OneKey, key_id_in
from archive.stores.errors import BlobDamagedError, BlobMissingError, coded
from archive.stores.types import Source, Stored, checked_sha256, is_sha256

log = logging.getLogger(__name__)


class LocalWorkStore:
    """See `WorkStore`. Call `sweep` once at start: it clears what a killed process left."""

    def __init__(self, root: Path, key: DataKey | KeyShelf) -> None:
        self._root = root
        self._keys: KeyShelf = OneKey(key) if isinstance(key, DataKey) else key
        self._scratch = Scratch(root / ".tmp", parent_mode=0o700)
        self._guard = Guard(root / ".lock", parent_mode=0o700)

    def _at(self, sha256: str) -> Path:
        return self._root / checked_sha256(sha256)[:2] / sha256

    def put(self, source: Source) -> Stored:
        """Take bytes in. An existing file is written anew: the same bytes, and a damage healed."""
        with self._scratch.file() as (temp, file), coded():
            stored = write_form(file, source, self._keys.current)
            final = self._at(stored.sha256)
            make_folder(final.parent, 0o700)
            temp.replace(final)
            sync_folder(final.parent)
        return stored

    def open(self, sha256: str) -> BinaryIO:
        """The plain bytes, seekable, authenticated chunk by chunk and re-hashed at the end."""
        with coded():
            try:
                file = self._at(sha256).open("rb")
            except FileNotFoundError as error:
                raise BlobMissingError(detail=sha256) from error
            # A file without a sound header is left to the reader, which tells what is wrong.
            key = self._keys.find(key_id_in(file)) or self._keys.current
            return plain_reader(file, sha256, key)

    def read(self, sha256: str) -> bytes:
        """All plain bytes, checked."""
        with self.open(sha256) as file, coded():
            return file.read()

    @contextmanager
    def path(self, sha256: str, *, suffix: str = "") -> Iterator[Path]:
        """A private plain copy under `work/.tmp`, on the same disk."""
        with self._scratch.file(suffix=suffix) as (path, copy):
            with coded(), self.open(sha256) as file:
                for chunk in chunks_of(file):
                    copy.write(chunk)
                copy.flush()
            yield path

    def exists(self, sha256: str) -> bool:
        """Whether bytes lie under the name."""
        return self._at(sha256).is_file()

    def delete(self, sha256: str) -> None:
        """Erase now; idempotent."""
        path = self._at(sha256)
        with coded():
            path.unlink(missing_ok=True)
            if path.parent.is_dir():
                sync_folder(path.parent)

    def names(self) -> Iterator[str]:
        """Every blob's name."""
        for folder in self._root.glob("[0-9a-f][0-9a-f]"):
            yield from (path.name for path in folder.iterdir() if is_sha256(path.name))

    def rekey(self) -> int:
        """Encrypt anew what lies under an older key; safe beside readers and writers."""
        newest = self._keys.current.key_id
        return sum(self._rekeyed(name, newest) for name in list(self.names()))

    def _rekeyed(self, sha256: str, newest: bytes) -> bool:
        with self._guard.shared():  # the sweep must not take what is put again
            try:
                with self._at(sha256).open("rb") as file:
                    if key_id_in(file) == newest:
                        return False
                with self.open(sha256) as plain:
                    self.put(plain)
            except (FileNotFoundError, BlobMissingError):
                return False  # erased meanwhile
            except BlobDamagedError:
                log.exception("not encrypted anew", extra={"blob": sha256})
                return False
        return True

    def writing(self) -> AbstractContextManager[None]:
        """A shared lock that the sweep respects, in every process."""
        return self._guard.shared()

    def sweep(self, named: Callable[[str], bool]) -> int | None:
        """Erase what `named` denies. The store is locked only while the few suspects are asked."""
        self._scratch.sweep()
        suspects = [name for name in self.names() if not named(name)]
        if not suspects:
            return 0
        with self._guard.alone() as alone:
            if not alone:
                return None
            orphans = [name for name in suspects if not named(name)]
            for name in orphans:
                self.delete(name)
        return len(orphans)
