"""Remembers which kept PIN was refused, so that no process spends another of the token's tries."""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.signing.errors import KeyUnreadableError, PinLockedError, PinWrongError


class PinGuard:
    """Notes in a folder of the data folder; one process tries a token's kept PIN at a time.

    The notes hold nothing of the PIN: they name the file by its times and size.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def trying(self, scope: str, pin_file: Path) -> Iterator[None]:
        """Try the PIN in the block. Raises PinWrongError at once where it was refused before."""
        name = hashlib.sha256(scope.encode()).hexdigest()[:16]
        note = self._folder / f"{name}.refused"
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self._folder / f"{name}.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            kept = _state_of(pin_file)
            if note.is_file() and note.read_text(encoding="ascii") == kept:
                raise PinWrongError(REFUSED_BEFORE, detail=pin_file.name)
            try:
                yield
            except (PinWrongError, PinLockedError):
                note.write_text(kept, encoding="ascii")
                raise
            note.unlink(missing_ok=True)
        finally:
            os.close(lock)


REFUSED_BEFORE = (
    "Mã PIN trong tệp đã bị thiết bị từ chối, máy không thử lại."
    " Hãy ghi mã PIN đúng vào tệp rồi ký lại."
)


def _state_of(path: Path) -> str:
    try:
        found = path.stat()
    except OSError as error:
        raise KeyUnreadableError(detail=f"{path.name}: {error.strerror}") from error
    return json.dumps([str(path), found.st_ino, found.st_mtime_ns, found.st_size])
