"""Size and turning of pixels."""

from typing import Final

import cv2
import numpy as np

from imaging.types import Pixels

_TURNS: Final = {
    90: cv2.ROTATE_90_CLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_COUNTERCLOCKWISE,
}


def rotate_quarter(pixels: Pixels, degrees_clockwise: int) -> Pixels:
    """Turn a page by a multiple of 90 degrees clockwise, without loss.

    Raises ValueError for any other angle.
    """
    degrees = degrees_clockwise % 360
    if degrees == 0:
        return pixels
    if degrees not in _TURNS:
        raise ValueError(f"not a quarter turn: {degrees_clockwise}")
    return np.asarray(cv2.rotate(pixels, _TURNS[degrees]), dtype=np.uint8)


def resize(pixels: Pixels, *, width: int, height: int) -> Pixels:
    """The page at a given size: area mean when shrinking, cubic when growing."""
    if (width, height) == (pixels.shape[1], pixels.shape[0]):
        return pixels
    shrinks = width * height < pixels.shape[0] * pixels.shape[1]
    how = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=how), dtype=np.uint8)


def shrink_to(pixels: Pixels, longest_side: int) -> tuple[Pixels, float]:
    """The page with its longer side at most `longest_side`, and the factor (<= 1) applied."""
    height, width = pixels.shape[:2]
    factor = min(1.0, longest_side / max(height, width, 1))
    if factor == 1.0:
        return pixels, 1.0
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return resize(pixels, width=size[0], height=size[1]), factor
