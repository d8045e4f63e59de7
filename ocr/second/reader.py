"""The seam to a second reader: a line of the page to text, with what it saw where it can say so."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from imaging.types import Box, Pixels
from ocr.second.trace import Trace


@dataclass(frozen=True, slots=True)
class LineReading:
    """One line as another reader reads it."""

    text: str
    """NFC, single spaces; empty where it saw nothing."""
    trace: Trace | None = None
    """The chances of every letter along the line, from readers that give them."""


class LineReader(Protocol):
    """Reads lines whose place is known. Safe in threads; no network.

    Raises errors of `ocr.errors` only.
    """

    name: str
    """Name and version, for the record."""

    def read_lines(self, grey: Pixels, boxes: Sequence[Box]) -> tuple[LineReading, ...]:
        """One reading for each box of a clean page."""
