"""What the reader of digits by hand says."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from imaging.types import Box, Pixels


@dataclass(frozen=True, slots=True)
class DigitReading:
    """One string that may stand in a place."""

    text: str
    """Digits, at most one letter behind them; empty where nothing is written."""
    chance: float
    """0 to 1, of the whole string; the chances of all strings of a place make at most 1."""
    digits: tuple[float, ...]
    """0 to 1 for each digit of `text`: how much of all readings has it there."""


class Seen(NamedTuple):
    """What the network says of one look at a place, step by step from left to right."""

    chances: NDArray[np.float32]
    """(steps, classes): logarithms of the chances of nothing and of `limits.SYMBOLS`."""
    features: NDArray[np.float32]
    """(steps, features): what its last layer weighs, 0 and more."""


@dataclass(frozen=True, slots=True)
class Head:
    """What is added to the network's log chances before they are made to add up to 1 again."""

    weights: NDArray[np.float32]
    """(features, classes)."""
    bias: NDArray[np.float32]
    """(classes,)."""


class DigitReader(Protocol):
    """Reads numbers written into a printed line. Any thread; the same answer every time."""

    def read(self, picture: Pixels, place: Box) -> tuple[DigitReading, ...]:
        """The likeliest strings, best first; none where the place cannot be looked at.

        `picture` is an upright page, (h, w) or (h, w, 3) uint8 RGB, as scanned; `place` the columns
        between the print on both sides and the rows of that print's capitals, page pixels.
        """
        ...
