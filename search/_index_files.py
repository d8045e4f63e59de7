"""Which file is the index in use, and which one is being filled beside it.

Two small files name them. The name of the new one is moved over the name of the old one in one
step; the old file itself stays for a while, for searches that opened it. A database that others
have open is never renamed: its write-ahead log goes by its name.
"""

import fcntl
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from search.errors import IndexUnavailableError
from search.limits import OLD_SECONDS

SUFFIXES = ("", "-wal", "-shm")


class IndexFiles:
    """The files of an index whose first one is `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._numbered = re.compile(rf"{re.escape(path.stem)}-(\d{{1,9}}){re.escape(path.suffix)}")

    @property
    def current(self) -> Path:
        """The one in use."""
        return self._named("current") or self._path

    @property
    def beside(self) -> Path | None:
        """The one that is being filled; None where none is."""
        return self._named("next")

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Let no other process change which file is which. Raises IndexUnavailableError."""
        try:
            with self._pointer("lock").open("w") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise IndexUnavailableError(detail=str(error)) from error

    def name_for_next(self) -> Path:
        """The file for a new index, made free of what an unfinished one left there."""
        found = self._numbered.fullmatch(self.current.name)
        number = int(found[1]) + 1 if found else 1
        path = self._path.with_name(f"{self._path.stem}-{number}{self._path.suffix}")
        remove(path)
        return path

    def set_beside(self, path: Path) -> None:
        """Name the new one, once it is ready to be written."""
        draft = self._pointer("draft")
        draft.write_text(path.name, encoding="utf-8")
        _sync(draft)
        draft.replace(self._pointer("next"))
        _sync(self._path.parent)

    def drop_beside(self) -> None:
        """Give up the new one."""
        beside = self.beside
        self._pointer("next").unlink(missing_ok=True)
        if beside:
            remove(beside)

    def exchange(self) -> None:
        """Let the new one be the one in use."""
        old = self.current
        if old.exists():
            os.utime(old)
        self._pointer("next").replace(self._pointer("current"))
        _sync(self._path.parent)

    def tidy(self) -> None:
        """Remove what is neither, once nobody can be reading it."""
        kept = {self.current, self.beside}
        for path in (self._path, *self._path.parent.glob(f"{self._path.stem}-*")):
            is_ours = path == self._path or self._numbered.fullmatch(path.name)
            if is_ours and path not in kept and _age(path) > OLD_SECONDS:
                remove(path)

    def _named(self, which: str) -> Path | None:
        try:
            name = self._pointer(which).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        return self._path.with_name(name) if self._numbered.fullmatch(name) else None

    def _pointer(self, which: str) -> Path:
        return self._path.with_name(f"{self._path.name}.{which}")


def remove(path: Path) -> None:
    """Remove a database with its logs."""
    for suffix in SUFFIXES:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _age(path: Path) -> float:
    """Seconds since it was last in use; none where it is not there."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
