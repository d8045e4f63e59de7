"""Where the visible marks of the signatures go, and what they say.

The digitiser's stands top left of page 1 (TT 01/2023/TT-VPCP Art. 8), the agency's top right, text
only, Times 10 black (NĐ 30/2020 annex I part II; TT 05/2025 Art. 8). QR codes claim the top left
too, and no mark may cover content: so a mark takes the free place nearest to its corner, smaller
letters if need be.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from archive.pdf_errors import PdfArchiveError
from archive.pdf_render import POINTS_PER_INCH, open_pages, render
from archive.signing import _font
from archive.signing.errors import PdfUnsignableError
from archive.signing.limits import MAX_NAME_CHARS
from archive.textlayer import Rect, upright_matrix

VIETNAM = timezone(timedelta(hours=7))
TEST_LINE = "THỬ NGHIỆM"

_SIZES = (10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0)
"""Points; the rule's size first, then as small as still reads on paper."""
_LEADING = 1.2
_EDGE = 12
"""Points from the paper's edge that printers leave white."""
_CLEAR = 3
"""Points kept free around a mark."""
_RENDER_PIXELS = 1_700
"""The longest side of the page as looked at: A4 at 144 dpi."""
_INK_CONTRAST = 32
"""Grey levels darker than the paper; a hairline of 1/300 inch gives about 60 at 72 dpi."""

_SPECK_PIXELS = 2
"""Dark pixels in a square of three that are still dust: a third of a millimetre."""

Ink = NDArray[np.bool_]


class Corner(StrEnum):
    """Which upper corner of page 1 a mark belongs to."""

    LEFT = "left"
    """The digitiser's."""
    RIGHT = "right"
    """The agency's."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark laid out at one size."""

    lines: tuple[str, ...]
    size: float
    """Points."""
    corner: Corner

    @property
    def width(self) -> float:
        """Points."""
        return max(_font.width(line, self.size) for line in self.lines)

    @property
    def height(self) -> float:
        """Points."""
        return len(self.lines) * self.size * _LEADING


class Spot(NamedTuple):
    """Where a mark goes: points of the page as shown, from its top left."""

    mark: Mark
    x: float
    y: float
    covered: float
    """Share of the mark's place that bears ink; 0 where it is free."""


@dataclass(frozen=True, slots=True)
class PageLook:
    """Page 1 as a viewer shows it. One look serves the marks of both corners."""

    ink: Ink
    """(height, width), true where something is printed."""
    scale: float
    """Pixels of `ink` a point."""
    box: Rect
    """The visible box in the page's own coordinates, points."""
    rotation: int
    summed: NDArray[np.int32]
    """Dark pixels above and left of each place: one row and column more than `ink`."""


def iso_time(at: datetime) -> str:
    """ISO 8601 to the second in Vietnam's zone, as the rule wants it."""
    return at.astimezone(VIETNAM).isoformat(timespec="seconds")


def digitiser_lines(name: str, at: datetime, *, is_test: bool) -> tuple[str, ...]:
    """What the digitiser's mark says: who copied, when."""
    lines = (f"Người số hóa: {_checked(name)}", iso_time(at))
    return (TEST_LINE, *lines) if is_test else lines


def agency_lines(agency: str, copy_form: str, at: datetime, *, is_test: bool) -> tuple[str, ...]:
    """What the agency's mark says: form of copy, agency, time."""
    lines = (_checked(copy_form), _checked(agency), iso_time(at))
    return (TEST_LINE, *lines) if is_test else lines


def look_at(untrusted_pdf: bytes) -> PageLook:
    """Page 1 rendered, with the places of its annotations taken as printed.

    Raises PdfUnsignableError.
    """
    try:
        with open_pages(untrusted_pdf) as document:
            if len(document) == 0:
                raise PdfUnsignableError(detail="no page")
            page = document[0]
            scale = min(2.0, _RENDER_PIXELS / max(*page.get_size(), 1))
            pixels = render(page, POINTS_PER_INCH * scale)
            ink, box = _ink(pixels), Rect(*page.get_bbox())
            return PageLook(ink, scale, box, page.get_rotation(), _summed(ink))
    except PdfArchiveError as error:
        raise PdfUnsignableError(detail=error.detail) from error


def find_spot(look: PageLook, lines: Sequence[str], corner: Corner) -> Spot:
    """The free place nearest to the corner; the least inked one where nothing is free."""
    height, width = (side / look.scale for side in look.ink.shape)
    top, third = height * 0.14, height / 3
    for area in ((_EDGE, top), (_EDGE, third), (height * 0.9, height - _EDGE)):
        for mark in _marks(lines, corner, width / 2 - _EDGE - _CLEAR):
            spot = _best(look, mark, area)
            if spot is not None and spot.covered == 0:
                return spot
    *_, smallest = _marks(lines, corner, width / 2 - _EDGE - _CLEAR)
    area = (min(_EDGE, height / 4), max(top, smallest.height + 2 * _EDGE))
    least = _best(look, smallest, area)
    return least or Spot(smallest, _EDGE, _EDGE, 1.0)


def user_rect(look: PageLook, spot: Spot) -> Rect:
    """The spot in the page's own coordinates."""
    turned = look.rotation % 180 == 90
    shown_height = look.box.width if turned else look.box.height
    matrix = upright_matrix(look.box, look.rotation)
    corners = [
        (x, shown_height - y)
        for x in (spot.x, spot.x + spot.mark.width)
        for y in (spot.y, spot.y + spot.mark.height)
    ]
    xs = [matrix.a * x + matrix.c * y + matrix.e for x, y in corners]
    ys = [matrix.b * x + matrix.d * y + matrix.f for x, y in corners]
    return Rect(min(xs), min(ys), max(xs), max(ys))


def drawing(mark: Mark, font: _font.CutFont, font_name: str) -> bytes:
    """The mark's drawing instructions in a box from (0, 0) to its width and height."""
    step = mark.size * _LEADING
    rows = []
    for index, line in enumerate(mark.lines):
        indent = 0.0 if mark.corner is Corner.LEFT else mark.width - _font.width(line, mark.size)
        base = mark.height - index * step - mark.size * 0.9
        codes = "".join(f"{font.glyphs[letter]:04X}" for letter in line)
        rows.append(f"1 0 0 1 {indent:.3f} {base:.3f} Tm <{codes}> Tj")
    body = "\n".join(rows)
    return f"q 0 g BT\n{font_name} {mark.size:g} Tf\n{body}\nET Q\n".encode("ascii")


def _checked(text: str) -> str:
    return _font.shown(" ".join(text.split())[:MAX_NAME_CHARS])


def _marks(lines: Sequence[str], corner: Corner, room: float) -> Iterator[Mark]:
    """Larger letters before smaller ones; of one size a line each, then two lines, then one."""
    room = max(room, 40.0)
    whole = (tuple(lines), ("; ".join(lines[:-1]), lines[-1]), ("; ".join(lines),))
    for size in _SIZES:
        for rows in dict.fromkeys(tuple(_wrapped(layout, size, room)) for layout in whole):
            yield Mark(rows, size, corner)


def _wrapped(lines: Sequence[str], size: float, room: float) -> Iterator[str]:
    for line in lines:
        row = ""
        for word in line.split():
            longer = f"{row} {word}".strip()
            if row and _font.width(longer, size) > room:
                yield row
                row = word
            else:
                row = longer
        yield row


def _ink(pixels: NDArray[np.uint8]) -> Ink:
    """Where something darker than the paper stands in any colour (a red seal is dark in blue)."""
    red, green, blue = (pixels[:, :, channel] for channel in range(3))
    darkest = np.minimum(np.minimum(red, green), blue)
    threshold = _upper_quartile(darkest) - _INK_CONTRAST
    dark = np.pad(darkest < max(threshold, 0), 1).view(np.uint8)
    rows = dark[:-2] + dark[1:-1] + dark[2:]
    around = rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]
    return np.asarray(dark[1:-1, 1:-1].view(np.bool_) & (around > _SPECK_PIXELS), dtype=np.bool_)


def _upper_quartile(grey: NDArray[np.uint8]) -> int:
    """Grey level that three quarters of the pixels do not pass; counted, not sorted."""
    counted = np.bincount(grey.reshape(-1), minlength=256).cumsum()
    place = 0.75 * (grey.size - 1)
    low, high = (
        int(np.searchsorted(counted, at, side="right")) for at in (int(place), int(place) + 1)
    )
    return int(low + (min(high, 255) - low) * (place - int(place)))


def _summed(ink: Ink) -> NDArray[np.int32]:
    total = np.zeros((ink.shape[0] + 1, ink.shape[1] + 1), dtype=np.int32)
    total[1:, 1:] = ink.cumsum(axis=0, dtype=np.int32).cumsum(axis=1)
    return total


def _best(look: PageLook, mark: Mark, area: tuple[float, float]) -> Spot | None:
    """The least inked place for the mark in the corner's half between two heights (points)."""
    to_pixels = _rounder(look.scale)
    tall, wide = to_pixels(mark.height + 2 * _CLEAR), to_pixels(mark.width + 2 * _CLEAR)
    rows, columns = look.ink.shape
    edge = to_pixels(_EDGE - _CLEAR)
    left = edge if mark.corner is Corner.LEFT else columns // 2
    right = columns // 2 if mark.corner is Corner.LEFT else columns - edge
    first, last = to_pixels(area[0] - _CLEAR), min(to_pixels(area[1] + _CLEAR), rows) - tall
    if last < first or right - left < wide:
        return None
    view = look.summed[first : last + tall + 1, left : right + 1]
    inked = view[tall:, wide:] - view[:-tall, wide:] - view[tall:, :-wide] + view[:-tall, :-wide]
    down, across = np.indices(inked.shape)
    aside = across if mark.corner is Corner.LEFT else inked.shape[1] - 1 - across
    # ink first; then nearness, where going down leaves the corner sooner than going aside
    cost = inked.astype(np.int64) * (4 * inked.size) + 2 * down + aside
    y, x = np.unravel_index(int(cost.argmin()), cost.shape)
    covered = float(inked[y, x]) / (tall * wide)
    return Spot(
        mark, (left + int(x)) / look.scale + _CLEAR, (first + int(y)) / look.scale + _CLEAR, covered
    )


def _rounder(scale: float) -> Callable[[float], int]:
    return lambda points: max(round(points * scale), 0)
