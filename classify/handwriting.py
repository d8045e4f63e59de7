"""Printed, written by hand or left open: told from the picture of a slot in a printed line.

A registry prints "Số:    /QĐ-UBND" and "ngày    tháng 02 năm 2025" and fills the slots by pen.
Print stands on one baseline, at one height, in strokes of one width and one colour with the print
beside it; a hand keeps to none of these. So each slot is compared with the print of its own line,
which makes the look independent of font, size, resolution and toner.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from classify import _hand_model as model
from imaging.types import Box, Pixels

_TALL = 0.45
"""Of the print's height: lower pieces are dots, commas, dashes and dust."""
_FEW_DARK = 40
"""Grey values between ink and paper under which a crop holds nothing."""
_PIXEL = 0.8
"""Pixels that an edge of print may be off by the raster alone."""
_MOST = 0.12
"""Heights of the print beyond which a piece is simply far off."""
_VIVID = 60.0
"""Distance from grey at which ink is plainly coloured, 0 to 255."""
_SLIVER = 0.35
"""Of the line's height: narrower pieces that run out of the slot are the ends of letters."""
_CRACK = 0.12
"""Of a piece's height: the white between two parts of one broken digit."""
_FEW_PIXELS = 6
"""Pieces smaller than this are dust."""
_FULL = 0.08
"""Share of dark pixels from which a place is not open, whatever stands there."""
_INSIDE = 0.5
"""Share of a piece that must lie in the slot for the piece to count."""


FEATURES = ("level_off", "level_spread", "stroke_off", "colour", "left_open", "right_open")
"""What `measure` says of a slot that holds something, in this order."""


class Writing(StrEnum):
    """What stands in a slot."""

    PRINTED = "printed"
    """Set with the rest of the line."""
    HAND = "hand"
    """By pen, by a numbering stamp, or struck over: not the line's own print."""
    BLANK = "blank"
    """Nothing, or leader dots alone."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen in a slot."""

    writing: Writing
    confidence: float
    """0 to 1, of `writing`."""
    box: Box
    """Around what is written, page pixels; of the slot itself where it is blank."""


class Slot(NamedTuple):
    """A place in a printed line that print or a pen fills."""

    box: Box
    """Page pixels: the columns between the print on both sides, the rows of the line."""
    print_beside: tuple[Box, ...]
    """Boxes of printed words or parts of words of the same line, all capitals or all digits."""


class Piece(NamedTuple):
    """A connected piece of ink in pixels of the crop."""

    x0: int
    y0: int
    x1: int
    y1: int
    area: int
    stroke: float
    """Usual width of its strokes, pixels."""
    colour: float
    """How far from grey its ink is, 0 to 255."""


@dataclass(frozen=True, slots=True)
class _Crop:
    rgb: Pixels
    ink: NDArray[np.bool_]
    x: int
    y: int
    slope: float


def look(picture: Pixels, slot: Slot, *, skew: float = 0.0) -> Look | None:
    """Say what a slot of an upright page's picture holds; None where nothing can be told.

    `picture` is (h, w) or (h, w, 3) uint8; `skew` the degrees left in it, counter-clockwise
    positive.
    """
    measured = measure(picture, slot, skew=skew)
    if measured is None:
        return None
    pieces, features = measured
    if not pieces:
        return Look(Writing.BLANK, 0.9, slot.box)
    hand = model.probability(features)
    writing = Writing.HAND if hand >= model.THRESHOLD else Writing.PRINTED
    return Look(writing, round(max(hand, 1 - hand), 3), _around(pieces))


def ink_box(picture: Pixels, box: Box, height: float) -> Box | None:
    """Around the pieces of ink within a box that are as tall as letters of `height` pixels."""
    crop = _crop(picture, Slot(box, ()), 0.0)
    tall = [p for p in _pieces(crop, box) if p.y1 - p.y0 >= _TALL * height] if crop else []
    return _around(tall) if tall else None


def _around(pieces: list[Piece]) -> Box:
    return Box(
        min(piece.x0 for piece in pieces),
        min(piece.y0 for piece in pieces),
        max(piece.x1 for piece in pieces),
        max(piece.y1 for piece in pieces),
    )


def measure(
    picture: Pixels, slot: Slot, *, skew: float = 0.0
) -> tuple[list[Piece], tuple[float, ...]] | None:
    """The pieces of ink in a slot, page pixels, and how they differ from the print beside them."""
    crop = _crop(picture, slot, skew)
    if crop is None:
        return None
    beside = [piece for box in slot.print_beside for piece in _mended(_pieces(crop, box))]
    tallest = max((piece.y1 - piece.y0 for piece in beside), default=0)
    beside = [piece for piece in beside if piece.y1 - piece.y0 > 0.6 * tallest]
    if not beside or tallest < 6:
        return None
    inside = _pieces(crop, slot.box)
    height = float(np.median([piece.y1 - piece.y0 for piece in beside]))
    tall = [piece for piece in _mended(inside) if piece.y1 - piece.y0 >= _TALL * height]
    if not tall and _full(crop, slot.box, height):
        return None
    features = _features(tall, beside, height, crop.slope, slot) if tall else ()
    return tall, features


def _crop(picture: Pixels, slot: Slot, skew: float) -> _Crop | None:
    boxes = (slot.box, *slot.print_beside)
    x0, y0 = min(box.x0 for box in boxes), min(box.y0 for box in boxes)
    x1, y1 = max(box.x1 for box in boxes), max(box.y1 for box in boxes)
    room = (y1 - y0) // 2
    x0, y0 = max(0, x0 - 2), max(0, y0 - room)
    x1, y1 = min(picture.shape[1], x1 + 2), min(picture.shape[0], y1 + room)
    if x1 - x0 < 4 or y1 - y0 < 4:
        return None
    rgb = picture[y0:y1, x0:x1]
    grey = rgb.min(axis=2) if rgb.ndim == 3 else rgb
    grey = np.ascontiguousarray(grey)
    if int(np.percentile(grey, 95)) - int(grey.min()) < _FEW_DARK:
        return None
    threshold, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    slope = float(np.tan(np.radians(skew))) if abs(skew) < 15 else 0.0
    return _Crop(rgb, grey <= threshold, x0, y0, slope)


def _pieces(crop: _Crop, box: Box) -> list[Piece]:
    """Pieces of ink that lie for the most part in the columns of a box and touch its rows."""
    height, width = crop.ink.shape
    left, right = max(0, box.x0 - crop.x), min(width, box.x1 - crop.x)
    room = (box.y1 - box.y0) // 3
    top, bottom = max(0, box.y0 - crop.y - room), min(height, box.y1 - crop.y + room)
    if right - left < 2 or bottom - top < 2:
        return []
    mask = np.ascontiguousarray(crop.ink[top:bottom, left:right]).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    whole = _reach(crop, top, bottom)
    far = cv2.distanceTransform(np.pad(mask, 1), cv2.DIST_L2, 3)[1:-1, 1:-1]
    found = []
    for label in range(1, count):
        x, y, w, h, area = (int(value) for value in stats[label])
        part = labels[y : y + h, x : x + w] == label
        share = _share_inside(whole, part, (left + x, y), area)
        sliver = share < 1 and w < _SLIVER * (box.y1 - box.y0)
        middle = top + y + h / 2 + crop.y
        off_line = not box.y0 - room / 2 < middle < box.y1 + room / 2
        if area < _FEW_PIXELS or share < _INSIDE or sliver or off_line:
            continue
        stroke = float(np.percentile(far[y : y + h, x : x + w][part], 85)) * 2
        colour = _chroma(crop.rgb[top + y : top + y + h, left + x : left + x + w], part)
        x0, y0 = crop.x + left + x, crop.y + top + y
        found.append(Piece(x0, y0, x0 + w, y0 + h, area, stroke, colour))
    return found


def _full(crop: _Crop, box: Box, height: float) -> bool:
    """Whether ink that belongs to no piece of its own fills a box: a pen run into the print."""
    inset = round(0.25 * height)
    left, right = box.x0 - crop.x + inset, box.x1 - crop.x - inset
    top, bottom = max(0, box.y0 - crop.y), box.y1 - crop.y
    part = crop.ink[top:bottom, max(0, left) : max(0, right)]
    return part.size > 0 and float(part.mean()) > _FULL


def _mended(pieces: list[Piece]) -> list[Piece]:
    """Pieces that stand over each other as one: faint print breaks a digit in two."""
    whole: list[Piece] = []
    for piece in sorted(pieces):
        last = whole[-1] if whole else None
        shared = min(last.x1, piece.x1) - piece.x0 if last else 0
        if (
            last is None
            or shared < 0.5 * min(last.x1 - last.x0, piece.x1 - piece.x0)
            or not _close(last, piece)
        ):
            whole.append(piece)
            continue
        main = max(last, piece, key=lambda one: one.area)
        whole[-1] = main._replace(
            x0=last.x0, y0=min(last.y0, piece.y0), x1=max(last.x1, piece.x1),
            y1=max(last.y1, piece.y1), area=last.area + piece.area,
        )  # fmt: skip
    return whole


def _close(one: Piece, other: Piece) -> bool:
    """Whether little white lies between one piece and another under or over it."""
    gap = max(one.y0, other.y0) - min(one.y1, other.y1)
    return gap <= 1 + _CRACK * max(one.y1 - one.y0, other.y1 - other.y0)


def _reach(crop: _Crop, top: int, bottom: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Labels of the pieces across the whole crop, and the area of each."""
    mask = crop.ink[top:bottom].astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return labels.astype(np.int32), stats[:, cv2.CC_STAT_AREA].astype(np.int32)


def _share_inside(
    whole: tuple[NDArray[np.int32], NDArray[np.int32]],
    part: NDArray[np.bool_],
    at: tuple[int, int],
    area: int,
) -> float:
    """How much of a piece lies in the box, 0 to 1: a letter that only reaches in has little."""
    labels, areas = whole
    x, y = at
    label = labels[y : y + part.shape[0], x : x + part.shape[1]][part][0]
    return area / int(areas[label])


def _chroma(rgb: Pixels, part: NDArray[np.bool_]) -> float:
    if rgb.ndim != 3:
        return 0.0
    ink = rgb[part].astype(np.int16)
    return float((ink.max(axis=1) - ink.min(axis=1)).mean())


def _features(
    pieces: list[Piece], beside: list[Piece], height: float, slope: float, slot: Slot
) -> tuple[float, ...]:
    """How a slot's pieces differ from the print beside it; lengths in heights of the print."""

    def top(piece: Piece) -> float:
        return piece.y0 + (piece.x0 + piece.x1) / 2 * slope

    def bottom(piece: Piece) -> float:
        return piece.y1 + (piece.x0 + piece.x1) / 2 * slope

    ceiling = float(np.median([top(piece) for piece in beside]))
    baseline = float(np.median([bottom(piece) for piece in beside]))
    tops = [top(piece) - ceiling for piece in pieces]
    bottoms = [bottom(piece) - baseline for piece in pieces]

    def off(pixels: float) -> float:
        return min(max(0.0, abs(pixels) - _PIXEL) / height, _MOST)

    stroke = float(np.median([piece.stroke for piece in beside]))
    strokes = [abs(np.log(max(piece.stroke, 0.5) / max(stroke, 0.5))) for piece in pieces]
    colour = float(np.median([piece.colour for piece in beside]))
    left = (min(piece.x0 for piece in pieces) - slot.box.x0) / height
    right = (slot.box.x1 - max(piece.x1 for piece in pieces)) / height
    return (
        off(max((*tops, *bottoms), key=abs)),
        off(max(max(tops) - min(tops), max(bottoms) - min(bottoms))),
        float(min(max(strokes), 1.0)),
        min(max(0.0, max(piece.colour for piece in pieces) - colour), _VIVID) / _VIVID,
        min(max(left, 0.0), 2.0),
        min(max(right, 0.0), 2.0),
    )
