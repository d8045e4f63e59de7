"""The number line read again where a pen took its print from the readers: coloured ink lifted.

The page as scanned still shows the print between the pen's strokes. Ink of colour is made white,
the rows of dark ink left of the date line are cut out, and the readers of strips read them again.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

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
_LOW, _HIGH = 0.45, 1.5
"""Heights of a row of print in em."""
_TALL = 48
"""Pixels of a strip that the readers like best."""
_AROUND = 12
"""Pixels of white around a strip."""
_MOST_ROWS = 3
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
    at. Asks the readers for at most three rows.
    """
    em = (year.x1 - year.x0) / 2
    x0, x1 = round(_MARGIN * picture.shape[1]), round(right) - 2
    y0 = max(0, round(year.y0 - _UP * em))
    part = picture[y0 : round(year.y1 + _DOWN * em), x0 : max(x0, x1)]
    if picture.ndim != 3 or em < _SMALLEST or part.shape[1] < 4 * em:
        return None
    grey = _without_pen(part)
    pen = (part.min(axis=2) < _DARK) & (grey >= _DARK)
    if pen.mean() < _LITTLE:
        return None
    for row in list(_rows(grey < _DARK, em))[:_MOST_ROWS]:
        readings = _readings(grey, row, em, read)
        if readings:
            place = _moved(_place(grey < _DARK, row, em), x0, y0)
            return LostLine(readings, place, _moved(row, x0, y0))
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


def _rows(dark: NDArray[np.bool_], em: float) -> Iterator[Box]:
    """Rows of print, from above, as boxes around their ink."""
    filled = np.flatnonzero(np.diff(np.r_[0, (dark.sum(axis=1) > 0.15 * em).astype(np.int8), 0]))
    for top, bottom in zip(filled[::2], filled[1::2], strict=True):
        columns = np.flatnonzero(dark[top:bottom].any(axis=0))
        if _LOW * em <= bottom - top <= _HIGH * em and len(columns):
            yield Box(int(columns[0]), int(top), int(columns[-1]) + 1, int(bottom))


def _readings(grey: Pixels, row: Box, em: float, read: Strips) -> tuple[Number, ...]:
    """The numbers without digits that the readers see in a row."""
    strip = grey[max(0, row.y0 - 3) : row.y1 + 3, row.x0 : row.x1]
    scale = _TALL / (1.1 * em)
    strip = np.asarray(cv2.resize(strip, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    strip = np.pad(strip, _AROUND, constant_values=255)
    height, width = strip.shape
    texts = read(strip, Box(_AROUND, _AROUND, width - _AROUND, height - _AROUND))
    numbers = (parse_number(after) for text in texts if (after := strip_lead(text)))
    return tuple(number for number in numbers if number and number.notation)


def _place(dark: NDArray[np.bool_], row: Box, em: float) -> Box:
    """Between "Số:" and the slash: the first tall piece of print, the pen's being lifted."""
    left = row.x0 + round(_LEAD * em)
    part = dark[row.y0 : row.y1, left : row.x1]
    first = _first_tall(part, em)
    right = left + first if first is not None else row.x1
    foot = row.y1
    return Box(left, foot - round(_CAPITALS * em), max(left + 3, right), foot)


def _first_tall(dark: NDArray[np.bool_], em: float) -> int | None:
    """Where the first piece as tall as a letter begins, a little into the picture."""
    part = np.ascontiguousarray(dark).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(part, connectivity=8)
    begins = [int(x) for x, _, _, h, _ in stats[1:] if h > 0.45 * em and x > 0.25 * em]
    return min(begins, default=None)
