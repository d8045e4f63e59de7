"""The values of the reading library. Boxes are pixels of the page turned upright, not deskewed."""

from dataclasses import dataclass, field
from enum import StrEnum

from imaging.types import Box, Code, Pixels


class Verdict(StrEnum):
    """What the gate says of a page. It warns and never refuses."""

    PASS = "pass"  # noqa: S105  a verdict, not a password
    """Good enough to read and keep."""
    WARN = "warn"
    """Readable, with something a person should know."""
    RESCAN = "rescan"
    """Should be scanned again while the paper is at hand."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a page image."""

    code: str
    message: str
    """A Vietnamese sentence that says what to do."""
    measured: float | None = None
    """The value that was over or under the threshold, in the unit its code implies."""


@dataclass(frozen=True, slots=True)
class SecretMark:
    """A secrecy stamp (MẬT, TỐI MẬT, TUYỆT MẬT) seen on a page."""

    level: str
    """As printed: "MẬT", "TỐI MẬT" or "TUYỆT MẬT"."""
    box: Box
    confidence: float


class MarkKind(StrEnum):
    """What a mark laid over the print is."""

    SEAL = "seal"
    """A round or square seal in red."""
    SIGNATURE = "signature"
    """A signature by hand in ink."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A seal or a signature by hand found on a page."""

    kind: MarkKind
    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class GateReport:
    """What the gate measured on one page, before anything is read."""

    verdict: Verdict
    problems: tuple[Problem, ...]
    rotation: int
    """Clockwise quarter turn that makes the page upright: 0, 90, 180 or 270 degrees."""
    width: int
    """Of the page turned upright."""
    height: int
    dpi: int
    is_blank: bool
    secret: SecretMark | None
    codes: tuple[Code, ...] = ()
    marks: tuple[Mark, ...] = ()


class Mode(StrEnum):
    """How much time a page is given."""

    CAREFUL = "careful"
    """Letters at the size that reads best; what is doubtful is read again."""
    FAST = "fast"
    """Smaller letters, one reading."""


Affine = tuple[tuple[float, float, float], tuple[float, float, float]]
"""A 2 x 3 map: x' = m[0] . (x, y, 1), y' = m[1] . (x, y, 1)."""


@dataclass(frozen=True, slots=True)
class CleanPage:
    """A page made ready for the reader; never archived."""

    grey: Pixels
    """(height, width) uint8: ink dark on white, upright, deskewed, scaled for the reader."""
    to_page: Affine
    """The affine map, 2 x 3, from pixels of `grey` to pixels of the upright page."""
    skew: float
    """Degrees left in the upright page, counter-clockwise positive; what `grey` was turned by."""
    dpi: int
    """Of `grey`."""
    seals: tuple[Box, ...] = ()
    """Where seals stand, in pixels of `grey`; their ink is gone from it where it was coloured."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word as read."""

    text: str
    """NFC, never empty, no white space."""
    box: Box
    confidence: float
    """0 to 1."""
    repaired: bool = False
    """Whether a second reading or the language model changed it."""
    raw: str | None = None
    """What the first reading gave, where `repaired`; else None."""


class LineRole(StrEnum):
    """What a line is on its page."""

    TEXT = "text"
    """Print of the document itself."""
    PAGE_NUMBER = "page_number"
    """The number of the page, alone at its head or foot."""
    FOOTER = "footer"
    """Small print that stands at the foot of every page: a form's code, a file's name."""
    STAMP = "stamp"
    """Lettering of a seal or a rubber stamp."""
    OVERLAY = "overlay"
    """Put over the page by software: the description of an electronic signature."""


OUTSIDE_TEXT = frozenset({LineRole.STAMP, LineRole.OVERLAY})
"""Roles of lines laid over the document: found and kept, but no part of its sentences."""


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line of one block or column."""

    words: tuple[Word, ...]
    box: Box
    block: int = 0
    """Lines of one block belong together; blocks come in reading order."""
    role: LineRole = LineRole.TEXT

    @property
    def text(self) -> str:
        """The words with single spaces between."""
        return " ".join(word.text for word in self.words)

    @property
    def confidence(self) -> float:
        """The mean of the words' confidences, weighed by their length."""
        letters = sum(len(word.text) for word in self.words)
        if not letters:
            return 0.0
        return sum(word.confidence * len(word.text) for word in self.words) / letters


class TextSource(StrEnum):
    """Where a page's text came from."""

    OCR = "ocr"
    """Read from the picture."""
    BORN_DIGITAL = "born_digital"
    """The file's own text layer, judged right."""
    NONE = "none"
    """Nothing to read: a blank page."""


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of one page, in reading order."""

    width: int
    """Of the upright page, in pixels."""
    height: int
    dpi: int
    rotation: int
    """Clockwise quarter turn applied to the stored page, degrees."""
    skew: float
    """Degrees left in the upright page."""
    lines: tuple[Line, ...]
    source: TextSource
    engine: str = ""
    """Name and version of what read it, for the record."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Wall time by step; not part of the page's identity."""
    to_page: Affine | None = None
    """The map from the cleaned page that was read to this one; None where nothing was cleaned."""

    @property
    def text(self) -> str:
        """The whole page, a line a line."""
        return "\n".join(line.text for line in self.lines)
