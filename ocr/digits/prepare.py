"""What the network sees of a place: two planes of one size, however the page was scanned."""

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.types import Box, Pixels
from ocr.digits.limits import (
    ABOVE,
    BELOW,
    BESIDE,
    FEW_DARK,
    MAX_COLUMNS,
    MAX_PRINT,
    MIN_COLUMNS,
    MIN_PRINT,
    ROWS,
)

Planes = NDArray[np.uint8]
"""(2, ROWS, columns): how dark, 0 paper to 255; how blue, 128 grey, above it blue, below it red."""


def cut(picture: Pixels, place: Box) -> Pixels | None:
    """The part of a page around a place, (h, w, 3) uint8 RGB; None where it is no place of print.

    `place` spans the columns between the print on both sides and the rows of its capitals.
    """
    tall = place.y1 - place.y0
    if not MIN_PRINT <= tall <= MAX_PRINT or place.x1 <= place.x0:
        return None
    x0, x1 = place.x0 - round(BESIDE * tall), place.x1 + round(BESIDE * tall)
    y0, y1 = place.y0 - round(ABOVE * tall), place.y1 + round(BELOW * tall)
    height, width = picture.shape[:2]
    part = picture[max(0, y0) : min(height, y1), max(0, x0) : min(width, x1)]
    if part.shape[0] < 0.6 * (y1 - y0) or part.shape[1] < 0.6 * (x1 - x0):
        return None
    if part.ndim == 2:
        part = np.repeat(part[..., None], 3, axis=2)
    beyond = (max(0, -y0), max(0, y1 - height), max(0, -x0), max(0, x1 - width))
    if any(beyond):
        top, bottom, left, right = beyond
        part = np.pad(part, ((top, bottom), (left, right), (0, 0)), mode="edge")
    return part


def prepare(crop: Pixels) -> Planes | None:
    """The planes of what `cut` gave; None where nothing is written or it is too wide."""
    columns = round(crop.shape[1] * ROWS / crop.shape[0])
    if not MIN_COLUMNS <= columns <= MAX_COLUMNS:
        return None
    way = cv2.INTER_AREA if crop.shape[0] > ROWS else cv2.INTER_LINEAR
    rgb = cv2.resize(crop, (columns, ROWS), interpolation=way).astype(np.float32)
    paper = np.percentile(rgb, 90, axis=(0, 1))
    rgb = np.minimum(rgb * (255 / np.maximum(paper, 32)), 255)
    grey = rgb.min(axis=2)
    darkest = float(np.percentile(grey, 1))
    if 255 - darkest < FEW_DARK:
        return None
    dark = (255 - grey) * (255 / (255 - darkest))
    blue = 128 + (rgb[..., 2] - rgb[..., 0])
    planes: Planes = np.clip(np.stack([dark, blue]), 0, 255).astype(np.uint8)
    return planes
