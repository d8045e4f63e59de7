"""A signature in ink of any colour: strokes between the signer's title and the name."""

from dataclasses import dataclass

import cv2
import numpy as np

from classify._layout import Layout, Run
from classify._signer import Signature
from imaging.types import Box, Pixels

_UNNAMED_MM = 45.0
"""Under the title, where no name was read: as far down as a signature reaches."""
_WIDE_MM = 9.0
"""A signature's strokes together are at least so wide."""
_TALL_MM = 4.0
"""And at least so tall: lower than that are dots, rules and print."""
_INK_MM2 = 4.0
"""Ink that a signature holds at least, square millimetres."""
_WORK_DPI = 100
_SMALLEST = 16
"""Pixels each way under which a place holds no signature."""
_RED = 38
"""Red over green and blue from which ink is a seal's, not a pen's."""
_COLOUR = 24
"""Distance from grey from which a pixel is coloured, 0 to 255."""
_COLOURED = 0.0005
"""Share of such pixels under which a page has no colour."""
_SURE_WORD = 0.8
"""Confidence from which a word inside the place is print, and no stroke of the pen."""
_CERTAINTY = 0.8


@dataclass(frozen=True, slots=True)
class Signed:
    """Whether a pen was seen, around what, how surely."""

    seen: bool
    box: Box | None
    confidence: float


def signing_place(layout: Layout, signature: Signature, dpi: int) -> Box | None:
    """Between the title's last row and the name, as wide as the block and a little more."""
    title, name = signature.title, signature.name
    if title is None and name is None:
        return None
    mm = dpi / 25.4
    runs = [run for run in (title, name) if run]
    room = 12 * mm
    left = min(run.box.x0 for run in runs) - room
    right = max(run.box.x1 for run in runs) + room
    top, bottom = _widest_gap(runs)
    if title is None:
        top = bottom - _UNNAMED_MM * mm
    if name is None:
        top, bottom = runs[-1].box.y1, runs[-1].box.y1 + _UNNAMED_MM * mm
    if bottom - top < max(run.height for run in runs):
        return None
    return Box(
        max(0, round(left)), max(0, round(top)),
        min(layout.width, round(right)), min(layout.height, round(bottom)),
    )  # fmt: skip


def _widest_gap(runs: list[Run]) -> tuple[float, float]:
    """The tallest white between two rows of the block, or its upper edge where it is one row."""
    words = sorted((word.box for run in runs for word in run.words), key=lambda box: box.y0)
    found, low = (float(words[0].y0), float(words[0].y0)), words[0].y1
    for box in words[1:]:
        if box.y0 - low > found[1] - found[0]:
            found = (float(low), float(box.y0))
        low = max(low, box.y1)
    return found


def is_colourless(picture: Pixels) -> bool:
    """Whether a page was scanned without colour, so that no seal can be told from print."""
    if picture.ndim != 3:
        return True
    small = picture[::4, ::4].astype(np.int16)
    coloured = small.max(axis=2) - small.min(axis=2) > _COLOUR
    return float(coloured.mean()) < _COLOURED


def find_pen(picture: Pixels, place: Box, layout: Layout, dpi: int) -> Signed:
    """Look for strokes of a pen in the place; what is red is the seal's and does not count."""
    part = picture[place.y0 : place.y1, place.x0 : place.x1]
    if min(part.shape[:2]) < _SMALLEST:
        return Signed(seen=False, box=None, confidence=0.5)
    scale = max(1.0, dpi / _WORK_DPI)
    ink = _ink(part)
    _rub_out(ink, place, layout)
    small = cv2.resize(ink, None, fx=1 / scale, fy=1 / scale, interpolation=cv2.INTER_AREA) > 80
    mm = dpi / scale / 25.4
    box = _strokes(small.astype(np.uint8), mm)
    if box is None:
        return Signed(seen=False, box=None, confidence=_CERTAINTY)
    x0, y0, x1, y1 = (round(value * scale) for value in box)
    around = Box(place.x0 + x0, place.y0 + y0, place.x0 + x1, place.y0 + y1)
    return Signed(seen=True, box=around, confidence=_CERTAINTY)


def _ink(part: Pixels) -> Pixels:
    """(h, w) uint8, 255 where dark or coloured ink that is not red stands."""
    if part.ndim != 3:
        grey, red = part, np.zeros(part.shape, bool)
    else:
        grey = part.min(axis=2)
        others = np.maximum(part[..., 1], part[..., 2]).astype(np.int16)
        red = part[..., 0].astype(np.int16) - others > _RED
    threshold, _ = cv2.threshold(
        np.ascontiguousarray(grey), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU
    )
    dark = (grey <= min(threshold, 200)) & ~red
    return np.asarray(dark * 255, dtype=np.uint8)


def _rub_out(ink: Pixels, place: Box, layout: Layout) -> None:
    """White where print was read for sure."""
    for run in layout.runs:
        for word in run.words:
            box = word.box
            if word.confidence >= _SURE_WORD and box.y1 > place.y0 and box.y0 < place.y1:
                ink[
                    max(0, box.y0 - place.y0) : max(0, box.y1 - place.y0),
                    max(0, box.x0 - place.x0) : max(0, box.x1 - place.x0),
                ] = 0


def _strokes(ink: Pixels, mm: float) -> tuple[int, int, int, int] | None:
    """Around the largest cluster of strokes, where it is large enough for a signature."""
    reach = max(3, round(2.5 * mm)) | 1
    joined = cv2.dilate(ink, np.ones((reach, reach), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    areas = np.bincount(labels[ink > 0], minlength=len(stats)) if ink.any() else np.zeros(1)
    areas[0] = 0
    best = int(areas.argmax())
    x, y, width, height, _ = (int(value) for value in stats[best])
    large = width - reach >= _WIDE_MM * mm and height - reach >= _TALL_MM * mm
    if not large or areas[best] < _INK_MM2 * mm * mm:
        return None
    return x, y, x + width, y + height
