"""What the reader of digits by hand says."""

from dataclasses import dataclass
from typing import Protocol

from imaging.types import Box, Pixels


@dataclass(frozen=True, slots=True)
class DigitReading:
    """One string that may stand in a place."""

    text: str
    """Digits alone; empty where nothing is written."""
    chance: float
    """0 to 1, of the whole string; the chances of all strings of a place make at most 1."""
    digits: tuple[float, ...]
    """0 to 1 for each digit of `text`: how much of all readings has it there."""


class DigitReader(Protocol):
    """Reads digits written into a printed line. Any thread; the same answer every time."""

    def read(self, picture: Pixels, place: Box) -> tuple[DigitReading, ...]:
        """The likeliest strings, best first; none where the place cannot be looked at.

        `picture` is an upright page, (h, w) or (h, w, 3) uint8 RGB, as scanned; `place` the columns
        between the print on both sides and the rows of that print's capitals, page pixels.
        """
        ...
