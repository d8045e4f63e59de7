"""Receiving is a promise: a file's receipt is given only when its bytes are safe.

Hash while copying into `work/`, fsync, write the row, commit, re-read. The original is never
altered, and nothing here deletes a source.
"""

import logging
import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, cast

from archive.models import Account, Batch, Receipt
from archive.services.intake import (
    Intake,
    accept_file,
    close_receiving,
    open_batch,
    refuse_file,
)
from archive.stores import WorkStore
from imaging.errors import (
    Category,
    CodedError,
    EmptyFileError,
    TooLargeError,
    UnreadableFileError,
)
from ingest.errors import NothingToIngestError, PathMissingError, TooManyFilesError
from ingest.limits import MAX_FILE_BYTES, MAX_FILES

log = logging.getLogger(__name__)

READ_BYTES = 1 << 20


def receive_paths(
    paths: Sequence[Path],
    intake: Intake,
    account: Account,
    *,
    work: WorkStore,
    tick: Callable[[Receipt], None] = lambda _: None,
) -> Batch:
    """Receive files and folders as one batch; return it with every receipt given.

    A file that cannot be taken gets a receipt with a code and the batch goes on. Raises
    PathMissingError, NothingToIngestError, TooManyFilesError before anything is written, and
    errors of the machine (disk full) at once: what has a receipt by then is safe.
    """
    files = find_files(paths)
    batch = open_batch(intake, account)
    for name, path in files:
        tick(_receive_path(batch, name, path, work))
    close_receiving(batch)
    return batch


def receive_stream(
    batch: Batch, untrusted_name: str, stream: BinaryIO, *, work: WorkStore
) -> Receipt:
    """Receive one uploaded file into an open batch and give its receipt."""
    try:
        receipt = _keep(batch, untrusted_name, stream, work)
    except CodedError as error:
        receipt = _refused(batch, untrusted_name, error)
    return receipt


def find_files(paths: Sequence[Path]) -> list[tuple[str, Path]]:
    """List the files under the paths, each with the name for its receipt, in a stable order.

    Hidden files are left out; links are followed only where they were named themselves.
    """
    found: list[tuple[str, Path]] = []
    for path in paths:
        if not path.exists():
            raise PathMissingError(detail=str(path))
        found += _walk(path) if path.is_dir() else [(path.name, path)]
        if len(found) > MAX_FILES:
            raise TooManyFilesError(detail=str(len(found)))
    if not found:
        raise NothingToIngestError
    return _told_apart(found)


def _told_apart(found: list[tuple[str, Path]]) -> list[tuple[str, Path]]:
    """Give files of one name, from several folders, the whole path as their name.

    A batch has one receipt for a name and its bytes, and every file must have its own.
    """
    uses = Counter(name for name, _ in found)
    return [(name if uses[name] == 1 else str(path), path) for name, path in found]


def _walk(folder: Path) -> Iterator[tuple[str, Path]]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(root, name)
            if not name.startswith(".") and (path.is_symlink() or not path.is_dir()):
                yield str(path.relative_to(folder)), path


def _receive_path(batch: Batch, name: str, path: Path, work: WorkStore) -> Receipt:
    try:
        with _open_plain(path) as stream:
            return _keep(batch, name, stream, work)
    except OSError as error:
        return _refused(batch, name, UnreadableFileError(detail=repr(error)))
    except CodedError as error:
        return _refused(batch, name, error)


def _open_plain(path: Path) -> BinaryIO:
    """Open a regular file; a pipe or device would never end."""
    if path.is_symlink() and not path.exists():
        raise UnreadableFileError(detail="a link to nothing")
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    stream = os.fdopen(descriptor, "rb")
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        stream.close()
        raise UnreadableFileError(detail="not a regular file")
    return stream


def _keep(batch: Batch, untrusted_name: str, stream: BinaryIO, work: WorkStore) -> Receipt:
    with work.writing():
        stored = work.put(cast("BinaryIO", Bounded(stream, MAX_FILE_BYTES)))
        if stored.size == 0:
            raise EmptyFileError(detail=untrusted_name)
        receipt = accept_file(batch, _bounded_name(untrusted_name), stored.sha256, stored.size)
        _read_again(work, stored.sha256)
    return receipt


def _read_again(work: WorkStore, sha256: str) -> None:
    """Read what the disk holds now, before anyone may let the source go.

    Raises blob_missing, blob_damaged. Within the writer's lock: a duplicate's bytes are named by
    no row, and a sweep may take them as soon as it is left.
    """
    with work.open(sha256) as kept:
        while kept.read(READ_BYTES):
            pass


def _refused(batch: Batch, untrusted_name: str, error: CodedError) -> Receipt:
    if error.category != Category.BAD_INPUT:
        raise error
    log.warning("file refused", extra={"batch": batch.pk, "code": error.code})
    return refuse_file(batch, _bounded_name(untrusted_name), code=error.code, message=error.message)


def _bounded_name(untrusted_name: str) -> str:
    """Keep a name as given, made storable: undecodable bytes spelled out, its length bounded."""
    return untrusted_name.encode("utf-8", "backslashreplace").decode()[-1024:]


class Bounded:
    """A stream that refuses to give more than so many bytes."""

    def __init__(self, stream: BinaryIO, limit: int) -> None:
        self._stream = stream
        self._left = limit

    def read(self, size: int = -1) -> bytes:
        """Read on; raises TooLargeError past the limit."""
        data = self._stream.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise TooLargeError
        return data
