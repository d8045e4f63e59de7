"""Files that are whole or not there: scratch files, durable renames, locks between processes."""

import fcntl
import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from archive.stores.errors import SourceUnreadableError, TooLargeError, coded
from archive.stores.limits import BLOB_BYTES, BUSY_SECONDS, BUSY_STEP_SECONDS, CHUNK_BYTES
from archive.stores.types import Source, Stored


class Meter:
    """Counts and hashes what flows through it."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.size = 0

    def through(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """The same chunks. Raises `blob_too_large`."""
        for chunk in chunks:
            self.size += len(chunk)
            if self.size > BLOB_BYTES:
                raise TooLargeError(detail=f"more than {BLOB_BYTES} bytes")
            self._hash.update(chunk)
            yield chunk

    @property
    def sha256(self) -> str:
        """The hash so far."""
        return self._hash.hexdigest()

    def stored(self) -> Stored:
        """What flowed."""
        return Stored(self.sha256, self.size)


def chunks_of(source: Source) -> Iterator[bytes]:
    """The bytes, a chunk at a time. Raises `source_unreadable`."""
    if isinstance(source, bytes):
        for start in range(0, len(source), CHUNK_BYTES):
            yield source[start : start + CHUNK_BYTES]
        return
    while True:
        try:
            chunk = source.read(CHUNK_BYTES)
        except OSError as error:
            raise SourceUnreadableError(detail=str(error)) from error
        if not chunk:
            return
        yield chunk


def hash_of(source: Source) -> Stored:
    """Hash and size of what is left in a source."""
    meter = Meter()
    for _ in meter.through(chunks_of(source)):
        pass
    return meter.stored()


def make_folder(folder: Path, mode: int) -> None:
    """Make a folder and its parents, all of this mode, so that their names survive a power cut."""
    if not folder.is_dir():
        make_folder(folder.parent, mode)
        folder.mkdir(mode=mode, exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(file: BinaryIO) -> None:
    """Make a file's bytes survive a power cut, and let the next read come from the disk."""
    file.flush()
    os.fsync(file.fileno())
    with suppress(OSError):
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


class Scratch:
    """A folder of files under way. Each is locked by its maker, so that a sweep knows the dead."""

    def __init__(self, folder: Path, *, parent_mode: int) -> None:
        self.folder = folder
        self._parent_mode = parent_mode

    @contextmanager
    def file(self, *, suffix: str = "") -> Iterator[tuple[Path, BinaryIO]]:
        """A new file, private to this user, gone on leaving unless renamed away."""
        with coded():
            path, file = self._make(suffix)
        try:
            yield path, file
        finally:
            with suppress(OSError):  # a full disk must not hide the first error
                file.close()
            path.unlink(missing_ok=True)

    def _make(self, suffix: str) -> tuple[Path, BinaryIO]:
        make_folder(self.folder.parent, self._parent_mode)
        make_folder(self.folder, 0o700)
        while True:
            path = self.folder / (secrets.token_hex(16) + suffix)
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            fcntl.flock(handle, fcntl.LOCK_SH)
            if os.fstat(handle).st_nlink:  # a sweep may have come between the two calls
                return path, os.fdopen(handle, "w+b")
            os.close(handle)

    def sweep(self) -> int:
        """Remove what killed processes left; how many files went."""
        if not self.folder.is_dir():
            return 0
        with coded():
            return sum(_remove_if_dead(path) for path in list(self.folder.iterdir()))


def _remove_if_dead(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return False  # gone already
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink(missing_ok=True)
    except OSError:
        return False  # its maker lives
    else:
        return True
    finally:
        os.close(handle)


class Guard:
    """A lock file between processes: many writers, or one that wants to be alone."""

    def __init__(self, path: Path, *, parent_mode: int) -> None:
        self._path = path
        self._parent_mode = parent_mode

    @contextmanager
    def _opened(self) -> Iterator[int]:
        with coded():
            make_folder(self._path.parent, self._parent_mode)
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            yield handle
        finally:
            # Unlocked by name: a child forked meanwhile holds a copy of the handle.
            fcntl.flock(handle, fcntl.LOCK_UN)
            os.close(handle)

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Beside other writers; waits while one is alone."""
        with self._opened() as handle:
            fcntl.flock(handle, fcntl.LOCK_SH)
            yield

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Alone; waits."""
        with self._opened() as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    @contextmanager
    def alone(self, patience_seconds: float = BUSY_SECONDS) -> Iterator[bool]:
        """Alone, or False where writers stayed busy for that long."""
        with self._opened() as handle:
            yield _try_alone(handle, time.monotonic() + patience_seconds)


def _try_alone(handle: int, deadline: float) -> bool:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(BUSY_STEP_SECONDS)
        else:
            return True


def write_whole(scratch: Scratch, path: Path, data: bytes, *, mode: int, replace: bool) -> bool:
    """Write a small file whole or not at all; False where it was there and `replace` is not set."""
    with coded(), scratch.file() as (temp, file):
        file.write(data)
        sync_file(file)
        temp.chmod(mode)
        make_folder(path.parent, 0o755)
        if replace:
            temp.replace(path)
        elif not link_new(temp, path):
            return False
        sync_folder(path.parent)
        return True


def link_new(temp: Path, path: Path) -> bool:
    """Give a file its name without overwriting; False where the name is taken."""
    try:
        path.hardlink_to(temp)
    except FileExistsError:
        return False
    return True
