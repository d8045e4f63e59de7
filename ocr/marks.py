"""Seals and signatures by hand: where they stand on the page, told by colour and shape."""

import cv2
import numpy as np

from imaging.types import Box, Pixels
from ocr import colour, ink
from ocr import gate_limits as limits
from ocr.types import Mark, MarkKind


def _box(piece: tuple[int, int, int, int], scale: float) -> Box:
    """x, y, width, height of the reduced view as a box of the page."""
    x, y, width, height = piece
    return Box(
        round(x * scale), round(y * scale), round((x + width) * scale), round((y + height) * scale)
    )


def _closed(mask: Pixels, reach: float) -> Pixels:
    size = max(3, round(reach)) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    return np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, kernel), dtype=np.uint8)


def ring_share(mask: Pixels) -> float:
    """How much of the circle that the mask's box would hold, 0 to 1, has ink on its rim."""
    y, x = np.nonzero(mask)
    height, width = mask.shape
    across, down = (x - (width - 1) / 2) / (width / 2), (y - (height - 1) / 2) / (height / 2)
    rim = np.abs(np.hypot(across, down) - limits.SEAL_RIM) < limits.SEAL_RIM_WIDTH
    sectors = ((np.arctan2(down[rim], across[rim]) + np.pi) / (2 * np.pi) * 36).astype(int) % 36
    return len(np.unique(sectors)) / 36


def frame_share(mask: Pixels) -> float:
    """How much of the box's own outline, 0 to 1, has ink near it: high for a square seal."""
    depth_x, depth_y = max(1, mask.shape[1] // 10), max(1, mask.shape[0] // 10)
    sides = (
        mask[:depth_y].any(axis=0),
        mask[-depth_y:].any(axis=0),
        mask[:, :depth_x].any(axis=1),
        mask[:, -depth_x:].any(axis=1),
    )
    return float(np.mean([side.mean() for side in sides]))


def _seals(pixels: Pixels, dpi: float, scale: float) -> list[Mark]:
    red = colour.mask(colour.red_depth(pixels), limits.RED_LEAST)
    if not red.any():
        return []
    mm = dpi / 25.4
    pieces = ink.blobs(_closed(red, limits.SEAL_GAP_MM * mm))
    low, high = limits.SEAL_LEAST_MM * mm, limits.SEAL_MOST_MM * mm
    ratio = pieces.width / np.maximum(pieces.height, 1)
    squarish = (ratio > limits.SEAL_NARROWEST) & (ratio < 1 / limits.SEAL_NARROWEST)
    pieces = pieces.where(squarish & (pieces.size >= low) & (pieces.size <= high))
    found = []
    for x, y, width, height in zip(pieces.x, pieces.y, pieces.width, pieces.height, strict=True):
        part = red[y : y + height, x : x + width]
        sure = max(ring_share(part), frame_share(part) - limits.SEAL_FRAME_DOUBT)
        if sure >= limits.SEAL_SURE and part.mean() / 255 >= limits.SEAL_INK:
            found.append(Mark(MarkKind.SEAL, _box((x, y, width, height), scale), round(sure, 3)))
    return [mark for mark in found if not any(_holds(other, mark) for other in found)]


def _holds(outer: Mark, inner: Mark) -> bool:
    """Whether one box lies within another: a seal's inner ring is no second seal."""
    a, b = outer.box, inner.box
    return a != b and a.x0 <= b.x0 and a.y0 <= b.y0 and a.x1 >= b.x1 and a.y1 >= b.y1


def _strokes(mask: Pixels, mm: float) -> list[tuple[int, int, int, int]]:
    """Boxes of free strokes in a mask: wide, tall, thin, and not a ruled line."""
    pieces = ink.blobs(_closed(mask, limits.PEN_GAP_MM * mm))
    wide = (pieces.width >= limits.PEN_WIDE_MM * mm) & (pieces.width <= limits.PEN_WIDEST_MM * mm)
    tall = (pieces.height >= limits.PEN_TALL_MM * mm) & (
        pieces.height <= limits.PEN_TALLEST_MM * mm
    )
    fill = pieces.area / np.maximum(pieces.width * pieces.height, 1)
    pieces = pieces.where(wide & tall & (fill < limits.PEN_FILL))
    rows = zip(pieces.x, pieces.y, pieces.width, pieces.height, strict=True)
    return [(int(x), int(y), int(width), int(height)) for x, y, width, height in rows]


def _signatures(pixels: Pixels, dpi: float, scale: float) -> list[Mark]:
    blue = colour.mask(colour.blue_depth(pixels), limits.BLUE_LEAST)
    share = float(blue.mean()) / 255
    if share == 0 or share > limits.BLUE_MOST:
        return []
    half = pixels.shape[0] * limits.PEN_FROM
    return [
        Mark(MarkKind.SIGNATURE, _box(piece, scale), limits.PEN_SURE)
        for piece in _strokes(blue, dpi / 25.4)
        if piece[1] + piece[3] > half
    ]


def find_marks(upright_pixels: Pixels, dpi: float) -> tuple[Mark, ...]:
    """Red seals and signatures in coloured ink on an upright RGB page.

    Boxes are pixels of `upright_pixels`. On a page without colour nothing can be told and nothing
    is: black seals and black signatures are left to the eye of the person who checks.
    """
    if upright_pixels.ndim == 2:
        return ()
    small = ink.reduced(upright_pixels, dpi, limits.MARK_DPI)
    scale = upright_pixels.shape[1] / small.shape[1]
    found = _seals(small, dpi / scale, scale) + _signatures(small, dpi / scale, scale)
    return tuple(sorted(found, key=lambda mark: (mark.box.y0, mark.box.x0)))
