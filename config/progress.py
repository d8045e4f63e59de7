"""A line of progress on stderr: a moving one on a terminal, nothing elsewhere."""

import sys
import time
from types import TracebackType
from typing import Self

EVERY_SECONDS = 0.2


class Progress:
    """Counts steps of one piece of work."""

    def __init__(self, title: str, *, unit: str, total: int | None = None) -> None:
        self._title = title
        self._unit = unit
        self._total = total
        self._done = 0
        self._shown_at = 0.0
        self._is_terminal = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._is_terminal:
            sys.stderr.write("\r\x1b[K")

    def step(self) -> None:
        """One more is done."""
        self.show(self._done + 1, self._total)

    def show(self, done: int, total: int | None) -> None:
        """So many are done, of so many."""
        self._done, self._total = done, total
        now = time.monotonic()
        if not self._is_terminal or now - self._shown_at < EVERY_SECONDS:
            return
        self._shown_at = now
        of = f"/{total}" if total else ""
        sys.stderr.write(f"\r\x1b[K{self._title}: {done}{of} {self._unit}")
        sys.stderr.flush()
