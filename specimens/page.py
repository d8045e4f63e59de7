"""A page as a list of things drawn on it, in points from the top left: nothing here knows pixels.

The same page is drawn on an image (`draw`) and as a born-digital PDF (`_vector`), and the truth
about its lines is read from it, so that what is said of a page cannot differ from what is drawn.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from specimens.fonts import Face

MM = 72 / 25.4
"""Points in a millimetre."""
A4_WIDTH = 210 * MM
A4_HEIGHT = 297 * MM
LEFT = 30 * MM
RIGHT = A4_WIDTH - 18 * MM
TOP = 20 * MM
BOTTOM = A4_HEIGHT - 20 * MM
"""Margins by NĐ 30/2020 PL I: top and bottom 20-25 mm, left 30-35, right 15-20."""

Colour = tuple[int, int, int]
BLACK: Colour = (24, 24, 26)
"""Toner, not pure black."""
SEAL_RED: Colour = (206, 26, 44)
PEN_BLUE: Colour = (28, 52, 150)


class Point(NamedTuple):
    """A place on the page, points from the top left."""

    x: float
    y: float


class Box(NamedTuple):
    """A rectangle in pixels from the top left; x1 and y1 are exclusive."""

    x0: int
    y0: int
    x1: int
    y1: int


class Word(NamedTuple):
    """One word of a line: its left edge in points, its text, its face."""

    x: float
    text: str
    face: Face


@dataclass(frozen=True, slots=True)
class Text:
    """One printed line: words on a baseline."""

    words: tuple[Word, ...]
    baseline: float
    size: float
    """Points."""
    colour: Colour = BLACK

    @property
    def text(self) -> str:
        """The line as a person reads it."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight printed line."""

    start: Point
    end: Point
    width: float = 0.7
    colour: Colour = BLACK


@dataclass(frozen=True, slots=True)
class Ink:
    """Strokes of a pen: a signature, a number filled in by hand."""

    strokes: tuple[tuple[Point, ...], ...]
    width: float = 1.3
    colour: Colour = PEN_BLUE


@dataclass(frozen=True, slots=True)
class Seal:
    """A round seal: the body's name around a star, in red."""

    centre: Point
    upper: str
    lower: str
    radius: float = 18 * MM
    """36 mm across, as state seals are."""
    strength: float = 0.9
    """1 is fresh ink, 0.3 is nearly dry."""
    angle: float = 0.0
    """Degrees clockwise that the hand turned it."""


class StampKind(StrEnum):
    """What a rectangular rubber stamp says."""

    SECRET = "MẬT"  # noqa: S105  a stamp, not a password
    """State secrecy, third degree."""
    TOP_SECRET = "TỐI MẬT"  # noqa: S105  a stamp, not a password
    """State secrecy, second degree."""
    UTTER_SECRET = "TUYỆT MẬT"  # noqa: S105  a stamp, not a password
    """State secrecy, first degree."""
    FLASH = "HỎA TỐC"
    """Urgency: to be carried at once."""
    VERY_URGENT = "THƯỢNG KHẨN"
    """Urgency, second degree."""
    URGENT = "KHẨN"
    """Urgency, third degree."""
    ARRIVED = "ĐẾN"
    """The registry's stamp on incoming papers, with number and day by hand."""
    SPECIMEN = "MẪU"
    """Says that a paper is a specimen."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A framed rubber stamp."""

    kind: StampKind
    centre: Point
    size: float = 15.0
    """Type size in points."""
    angle: float = 0.0
    """Degrees clockwise."""
    strength: float = 0.9
    colour: Colour = SEAL_RED


@dataclass(frozen=True, slots=True, eq=False)
class Modules:
    """A bar or QR code: a grid of cells, True is black."""

    origin: Point
    width: float
    height: float
    cells: NDArray[np.bool_]
    text: str
    """What the code holds."""


@dataclass(frozen=True, slots=True)
class Tint:
    """A filled rectangle beneath the print: a table's head, a card."""

    start: Point
    end: Point
    colour: Colour


Item = Text | Rule | Ink | Seal | Stamp | Modules | Tint


@dataclass(frozen=True, slots=True)
class Page:
    """One A4 page: what is drawn on it, in order."""

    items: tuple[Item, ...]
    width: float = A4_WIDTH
    height: float = A4_HEIGHT

    @property
    def lines(self) -> tuple[Text, ...]:
        """The printed lines, in the order in which they were set."""
        return tuple(item for item in self.items if isinstance(item, Text))


BLANK = Page(())
"""A back side with nothing on it."""
