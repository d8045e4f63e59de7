"""The number line read again where a pen took its print from the readers.

The page as scanned still shows the print between the pen's strokes. Ink of colour is made white,
the rows of dark ink left of the date line are cut out, and the readers of strips read them again.
Where the pen is as black as the print, or the scan grey, they read the rows as they are: a line
alone is read better than within its page, and only "Số" and the notation are asked of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from classify._hand_places import print_rows, width_of
from classify._numbers import Number, parse_number, strip_lead
from classify.types import Strips
from imaging.types import Box, Pixels

_COLOUR = 34
"""Between the brightest and darkest channel from which ink is a pen's, 0 to 255."""
_DARK = 175
"""Grey values, paper made white, under which print lies."""
_MARGIN = 0.05
"""Share of the page's width left of which nothing is looked for: holes, shadows."""
_UP, _DOWN = 1.6, 2.6
"""How far over and under the date line the number may stand, in em of its print."""
_LOW, _HIGH, _HIGHEST = 0.45, 1.5, 2.2
"""Heights of a row of print in em, and of one together with a pen's strokes."""
_TALL = 48
"""Pixels of a strip that the readers like best."""
_AROUND = 12
"""Pixels of white around a strip."""
_MOST_ROWS = 3
_MOST_AS_THEY_ARE = 2
_NARROWEST = 0.96
"""Of its due width that a notation takes where the print is a little smaller than the date's."""
_FEW = 4.0
"""Width in em under which a row is no number line."""
_SMALLEST = 16
"""Pixels of an em under which nothing is read again."""
_LITTLE = 0.001
"""Share of the strip left of the date line that coloured ink covers where a pen wrote there."""
_MOST_MOVED = 0.8
"""Heights of the print that the end of a place is moved at most: further off is a digit's stem."""
_PEN = 0.01
"""Share of a place that coloured ink covers where it was filled by a coloured pen."""
_LEAD, _CAPITALS = 1.36, 0.67
"""Width of "Số:" and height of capitals in em of Times New Roman."""


@dataclass(frozen=True, slots=True)
class LostLine:
    """What a number line says once the pen is lifted, and where its digits stand."""

    readings: tuple[Number, ...]
    """By each reader that saw a number line there."""
    place: Box
    line: Box


def find_lost_line(picture: Pixels, year: Box, right: float, read: Strips) -> LostLine | None:
    """The number line left of a date line whose year is printed in `year`; None where none is.

    `picture` is (h, w, 3) uint8 of the upright page, `right` the column that the date line begins
    at. Asks the readers for at most five rows.
    """
    em = (year.x1 - year.x0) / 2
    x0, x1 = round(_MARGIN * picture.shape[1]), round(right) - 2
    y0 = max(0, round(year.y0 - _UP * em))
    part = picture[y0 : round(year.y1 + _DOWN * em), x0 : max(x0, x1)]
    if picture.ndim != 3 or em < _SMALLEST or part.shape[1] < 4 * em:
        return None
    grey = _without_pen(part)
    pen = (part.min(axis=2) < _DARK) & (grey >= _DARK)
    found = _lifted(grey, em, read) if pen.mean() >= _LITTLE else None
    found = found or _as_it_is(part.min(axis=2), year.y1 - y0, em, read)
    if found is None:
        return None
    return LostLine(found.readings, _moved(found.place, x0, y0), _moved(found.line, x0, y0))


def _lifted(grey: Pixels, em: float, read: Strips) -> LostLine | None:
    """The number line in a part of the page whose pen was lifted, in pixels of the part."""
    dark = grey < _DARK
    for row in list(_rows(dark, em, _HIGH))[:_MOST_ROWS]:
        readings = tuple(number for number, _ in _readings(grey, row, em, read))
        if readings:
            return LostLine(readings, _place(dark, row, em), row)
    return None


def _as_it_is(grey: Pixels, foot: int, em: float, read: Strips) -> LostLine | None:
    """The number line with the pen's strokes in it, in pixels of the part.

    `foot` is the baseline of the date line, beside which most number lines stand.
    """
    white = max(64.0, float(np.percentile(grey, 90)))
    flat = np.minimum(grey.astype(np.float32) * (255 / white), 255).astype(np.uint8)
    dark = flat < _DARK
    rows = [row for row in _rows(dark, em, _HIGHEST) if row.x1 - row.x0 >= _FEW * em]
    for row in sorted(rows, key=lambda row: abs(row.y1 - foot))[:_MOST_AS_THEY_ARE]:
        seen = _readings(flat, row, em, read)
        if seen:
            place = _before_notation(dark, row, em, [tail for _, tail in seen])
            return LostLine(tuple(number for number, _ in seen), place, row)
    return None


def clear_of_slash(picture: Pixels, place: Box) -> Box:
    """A place without the print that begins in it, where the pen is coloured and the print is not.

    Readers that take a slash for a digit, or a digit for a slash, put the end of a place wrong.
    """
    tall = place.y1 - place.y0
    part = picture[max(0, place.y0 - tall // 4) : place.y1, place.x0 : place.x1 + tall]
    if picture.ndim != 3 or tall < _SMALLEST / 2 or part.shape[1] < tall:
        return place
    print_only = _without_pen(part) < _DARK
    pen = (part.min(axis=2) < _DARK) & ~print_only
    if pen.mean() < _PEN:
        return place
    first = _first_tall(print_only, tall / _CAPITALS)
    found = place.x0 + first if first is not None else place.x1
    return place._replace(x1=found) if 0 < place.x1 - found < _MOST_MOVED * tall else place


def _moved(box: Box, x: int, y: int) -> Box:
    return Box(box.x0 + x, box.y0 + y, box.x1 + x, box.y1 + y)


def _without_pen(part: Pixels) -> Pixels:
    """Grey, the paper white, ink of colour and its soft rim lifted."""
    rgb = part.astype(np.float32)
    rgb = np.minimum(rgb * (255 / np.maximum(np.percentile(rgb, 90, axis=(0, 1)), 64)), 255)
    coloured = (rgb.max(axis=2) - rgb.min(axis=2) > _COLOUR).astype(np.uint8)
    coloured = cv2.dilate(coloured, np.ones((3, 3), np.uint8))
    grey = rgb.max(axis=2)
    grey[coloured > 0] = 255
    lifted: Pixels = grey.astype(np.uint8)
    return lifted


def _rows(dark: NDArray[np.bool_], em: float, highest: float) -> Iterator[Box]:
    """Rows of print of so many em at most, from above, as boxes around their ink."""
    filled = np.flatnonzero(np.diff(np.r_[0, (dark.sum(axis=1) > 0.15 * em).astype(np.int8), 0]))
    for top, bottom in zip(filled[::2], filled[1::2], strict=True):
        columns = np.flatnonzero(dark[top:bottom].any(axis=0))
        if _LOW * em <= bottom - top <= highest * em and len(columns):
            yield Box(int(columns[0]), int(top), int(columns[-1]) + 1, int(bottom))


def _readings(grey: Pixels, row: Box, em: float, read: Strips) -> list[tuple[Number, str]]:
    """The numbers that the readers see in a row, and what each has read behind the slash."""
    strip = grey[max(0, row.y0 - 3) : row.y1 + 3, row.x0 : row.x1]
    scale = _TALL / (1.1 * em)
    strip = np.asarray(cv2.resize(strip, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    strip = np.pad(strip, _AROUND, constant_values=255)
    height, width = strip.shape
    seen = read(strip, Box(_AROUND, _AROUND, width - _AROUND, height - _AROUND))
    texts = [text.replace("\N{FRACTION SLASH}", "/") for text in seen]
    found = [(parse_number(strip_lead(text) or ""), text.rpartition("/")[2]) for text in texts]
    return [
        (number, f"{number.year}/{tail}" if number.year else tail)
        for number, tail in found
        if number and number.notation
    ]


def _place(dark: NDArray[np.bool_], row: Box, em: float) -> Box:
    """Between "Số:" and the slash: the first tall piece of print, the pen's being lifted."""
    left = row.x0 + round(_LEAD * em)
    part = dark[row.y0 : row.y1, left : row.x1]
    first = _first_tall(part, em)
    right = left + first if first is not None else row.x1
    foot = row.y1
    return Box(left, foot - round(_CAPITALS * em), max(left + 3, right), foot)


def _before_notation(dark: NDArray[np.bool_], row: Box, em: float, tails: Sequence[str]) -> Box:
    """Between "Số:" and the slash, both reckoned by the widths of Times New Roman."""
    wide = sorted(width_of("/" + tail.strip()) for tail in tails)[(len(tails) - 1) // 2] * em
    left = row.x0 + round(_LEAD * em)
    right = max(left + 3, round(row.x1 - _NARROWEST * wide))
    behind = dark[row.y0 : row.y1, min(row.x1 - 1, right + round(width_of("/") * em)) : row.x1]
    inked = np.flatnonzero(behind.any(axis=1))
    box = Box(right, row.y0 + int(inked[0]), row.x1, row.y0 + int(inked[-1]) + 1)
    top, foot = print_rows(box, em, tails[0])
    return Box(left, top, right, foot)


def _first_tall(dark: NDArray[np.bool_], em: float) -> int | None:
    """Where the first piece as tall as a letter begins, a little into the picture."""
    part = np.ascontiguousarray(dark).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(part, connectivity=8)
    begins = [int(x) for x, _, _, h, _ in stats[1:] if h > 0.45 * em and x > 0.25 * em]
    return min(begins, default=None)
