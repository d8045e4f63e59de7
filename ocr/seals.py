"""Seals and signatures in coloured ink: where they are, and the print below without them.

The brightest channel alone (ocr/clean.py) fades red well, for red is as bright as paper there; blue
and violet stay grey and cross the letters. Black print under any of them is dark in all channels.
"""

from collections.abc import Iterable
from typing import Final

import cv2
import numpy as np

from imaging.types import Box, Pixels
from ocr.marks import find_marks
from ocr.types import MarkKind

_GROWN: Final = 0.12
"""Of a mark's longer side: what of its ink lies outside its box."""
_LIFT: Final = 1.0
"""How much of a pixel's colour is added to its brightness: a pen's blue becomes white, print that
it crosses stays dark."""


def marked_boxes(upright_pixels: Pixels, dpi: int) -> tuple[tuple[Box, ...], tuple[Box, ...]]:
    """Boxes of the seals and boxes of the signatures of an upright RGB page; none on grey ones."""
    found = find_marks(upright_pixels, dpi)
    seals = tuple(mark.box for mark in found if mark.kind is MarkKind.SEAL)
    return seals, tuple(mark.box for mark in found if mark.kind is MarkKind.SIGNATURE)


def without_ink(grey: Pixels, balanced: Pixels, boxes: Iterable[Box]) -> Pixels:
    """`grey` with what is coloured in the boxes lifted towards white.

    `balanced` is the (height, width, 3) picture with its paper made neutral, `grey` its brightest
    channel. Returns a copy; outside the boxes nothing changes.
    """
    lifted = grey.copy()
    for box in boxes:
        part = _around(box, grey.shape)
        piece = balanced[part]
        # JPEG halves the resolution of colour: a letter's own pixels borrow their neighbours'.
        spread = cv2.subtract(piece.max(axis=2), piece.min(axis=2))
        raised = cv2.addWeighted(grey[part], 1.0, spread, _LIFT, 0.0)
        lifted[part] = np.maximum(lifted[part], np.asarray(raised, np.uint8))
    return lifted


def _around(box: Box, shape: tuple[int, ...]) -> tuple[slice, slice]:
    pad = round(_GROWN * max(box.x1 - box.x0, box.y1 - box.y0))
    return (
        slice(max(0, box.y0 - pad), min(shape[0], box.y1 + pad)),
        slice(max(0, box.x0 - pad), min(shape[1], box.x1 + pad)),
    )
