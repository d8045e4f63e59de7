"""Whether two pictures show the same page."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging import limits
from imaging.colour import to_grey
from imaging.types import Pixels

_A4_LONG_INCHES = 11.69
_TILE = 100
"""Pixels of a tile's side: an inch at the resolution of comparison."""
_GRAIN_VARIANCE = 100.0
"""Grey levels squared that paper grain and recompression may differ by: without it two pictures of
one blank sheet would be compared by their noise alone."""
_TILE_VARIANCE = 400.0
"""The least variance against which a tile's difference is weighed."""

_SURELY_SAME = 0.995
_MAX_SHIFT = 2.0
"""Pixels (half a millimetre) by which one picture may lie beside the other."""


def correlation(a: Pixels, b: Pixels) -> float:
    """How alike two pictures of a page are: about 1 for the same page, under 0.99 for another.

    Both are reduced to 100 dpi of A4 in grey (to the smaller of the two where that is less) and
    correlated whole; the worst square inch counts as well, so that one blacked letter shows
    although it is a small part of the page. A displacement of up to half a millimetre, as between
    two renderers, is undone first. Defined for blank pages. Pages whose shapes differ by
    more than 3 % give 0.
    """
    if abs(a.shape[1] * b.shape[0] / (a.shape[0] * b.shape[1]) - 1) > 0.03:
        return 0.0
    longest = round(_A4_LONG_INCHES * limits.COMPARE_DPI)
    height, width = min(a.shape[:2], b.shape[:2], key=max)
    factor = min(1.0, longest / max(height, width))
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    reduced_a, reduced_b = _reduced(a, size), _reduced(b, size)
    alike = _likeness(reduced_a, reduced_b)
    return alike if alike > _SURELY_SAME else max(alike, _likeness(*_aligned(reduced_a, reduced_b)))


def _likeness(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    return min(_whole(a, b), _worst_tile(a, b))


def _aligned(
    a: NDArray[np.float64], b: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Undo a displacement of at most `_MAX_SHIFT`: renderers round edges differently."""
    window = cv2.createHanningWindow((a.shape[1], a.shape[0]), cv2.CV_64F)
    (across, down), _ = cv2.phaseCorrelate(a, b, window)
    if max(abs(across), abs(down)) > _MAX_SHIFT or min(a.shape) < _TILE:
        return a, b
    back = np.array([[1, 0, across], [0, 1, down]])
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(
        b, back, (b.shape[1], b.shape[0]), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    edge = 3
    return a[edge:-edge, edge:-edge], np.asarray(moved, dtype=np.float64)[edge:-edge, edge:-edge]


def _reduced(pixels: Pixels, size: tuple[int, int]) -> NDArray[np.float64]:
    small = cv2.resize(to_grey(pixels), size, interpolation=cv2.INTER_AREA)
    # Half a pixel of displacement between two renderers must not look like another page.
    return np.asarray(cv2.GaussianBlur(small.astype(np.float64), (0, 0), 0.8), dtype=np.float64)


def _whole(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    centred_a, centred_b = a - a.mean(), b - b.mean()
    shared = float((centred_a * centred_b).mean()) + _GRAIN_VARIANCE
    each = (float(a.var()) + _GRAIN_VARIANCE) * (float(b.var()) + _GRAIN_VARIANCE)
    return shared / math.sqrt(each)


def _worst_tile(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """1 less the greatest mean squared difference of a tile, in the variance of its ink.

    For two pictures that differ by noise alone this is their correlation.
    """
    ground = max(float(a.var()), float(b.var()), _TILE_VARIANCE)
    corners = ((y, x) for y in range(0, a.shape[0], _TILE) for x in range(0, a.shape[1], _TILE))
    return min(
        _tile_likeness(a[y : y + _TILE, x : x + _TILE], b[y : y + _TILE, x : x + _TILE], ground)
        for y, x in corners
    )


def _tile_likeness(a: NDArray[np.float64], b: NDArray[np.float64], ground: float) -> float:
    difference = max(0.0, float(np.square(a - b).mean()) - _GRAIN_VARIANCE / 4)
    return max(0.0, 1 - difference / (2 * max(ground, float(a.var()), float(b.var()))))
