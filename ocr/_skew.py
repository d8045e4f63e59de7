"""How far the lines of a page lean."""

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.types import Pixels
from ocr import limits

_LONGEST_SIDE = 1_200
_MAX_POINTS = 60_000
_MIN_POINTS = 400
_MIN_GAIN = 2.0
"""How much sharper the best angle must be than the middling one: noise has no rows (1.3), text
has 11 times and more."""
_MAX_INK = 0.4
"""The share of ink above which a page is a picture."""


def skew_of(ink: Pixels) -> float | None:
    """Degrees by which the lines rise to the right (counter-clockwise positive), None where
    there are no rows.

    The sharpness of the row profile is sought in steps of 0.5, 0.1 and 0.03 degrees within
    `limits.MAX_SKEW_DEGREES`.
    """
    points = _points(ink)
    if len(points) < _MIN_POINTS or float(ink.mean()) > _MAX_INK:
        return None
    wide = np.arange(-limits.MAX_SKEW_DEGREES, limits.MAX_SKEW_DEGREES + 0.25, 0.5)
    scores = [_sharpness(points, angle) for angle in wide]
    best = float(wide[int(np.argmax(scores))])
    if max(scores) < _MIN_GAIN * float(np.median(scores)):
        return None
    for reach, step in ((0.5, 0.1), (0.09, 0.03)):
        near = np.arange(best - reach, best + reach + step / 2, step)
        best = float(near[int(np.argmax([_sharpness(points, angle) for angle in near]))])
    return round(best, 2) + 0.0  # no negative zero


def _points(ink: Pixels) -> NDArray[np.float32]:
    """(x, y) of ink in a reduced picture."""
    factor = min(1.0, _LONGEST_SIDE / max(ink.shape))
    size = (max(1, round(ink.shape[1] * factor)), max(1, round(ink.shape[0] * factor)))
    small = cv2.resize(ink * np.uint8(255), size, interpolation=cv2.INTER_AREA)
    ys, xs = np.nonzero(small > 80)
    if not len(xs):
        return np.empty((0, 2), np.float32)
    step = -(-len(xs) // _MAX_POINTS)
    return np.stack((xs[::step], ys[::step]), axis=1).astype(np.float32)


def _sharpness(points: NDArray[np.float32], degrees: float) -> float:
    """How strongly the rows alternate when the page is turned back by an angle."""
    angle = np.deg2rad(degrees)
    rows = points[:, 1] * np.cos(angle) + points[:, 0] * np.sin(angle)
    rows = (rows - rows.min()).astype(np.int32)
    profile = np.bincount(rows).astype(np.float64)
    return float(np.square(np.diff(profile)).sum())
