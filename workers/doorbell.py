"""The embedded doorbell: a named pipe in the data folder."""

import contextlib
import os
import select
from pathlib import Path

from archive.doorbell import Rings

PIPE_BYTES = 1 << 16
"""What a pipe holds at most (pipe(7)): one read takes every ring."""


class PipeDoorbell:
    """A doorbell for the processes of one machine, on a named pipe.

    The pipe is opened for reading and writing, so no end ever waits for the other and none
    ends when a process dies. A ring wakes all who wait; the first to wake drains it.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.mkfifo(path, 0o600)
        self._pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)

    def ring(self, _rings: Rings) -> None:
        """Leave a byte, however many runs it is; a full pipe rings already."""
        with contextlib.suppress(BlockingIOError):
            os.write(self._pipe, b"!")

    def wait(self, seconds: float) -> bool:
        """Wait until there is a byte, then take all there are."""
        ready, _, _ = select.select([self._pipe], [], [], seconds)
        if ready:
            with contextlib.suppress(BlockingIOError):
                os.read(self._pipe, PIPE_BYTES)
        return bool(ready)

    def close(self) -> None:
        """Let the pipe go."""
        os.close(self._pipe)
