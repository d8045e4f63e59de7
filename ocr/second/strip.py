"""One line cut from its page, read by every reader there is: lettering of a stamp, say."""

from functools import cache

import numpy as np

from imaging.types import Box, Pixels
from ocr.engine import Segmentation
from ocr.engines import usual_recogniser
from ocr.errors import OcrError
from ocr.second.review import Review, load_review

_DPI = 200
"""What a line's letters are taken to be scanned at: 48 pixels are 6 mm."""


def read_strip(grey: Pixels, box: Box) -> tuple[str, ...]:
    """What each reader of this machine reads in `box`; readers that fail or are missing are left
    out, and so is what they read as empty.

    `grey` is (h, w) uint8, dark on white, one line of about 48 pixels with a margin around it.
    """
    found = [_usual(grey)]
    review = _review()
    for reader in (review.small, review.script):
        if reader is not None:
            found += [reading.text for reading in reader.read_lines(grey, [box])]
    return tuple(text for text in found if text.strip())


@cache
def _review() -> Review:
    """The second readers, found once."""
    return load_review()


def _usual(grey: Pixels) -> str:
    recogniser = usual_recogniser()
    if recogniser is None:
        return ""
    line = np.ascontiguousarray(grey)
    try:
        lines = recogniser.lines(line, dpi=_DPI, segmentation=Segmentation.LINE)
    except OcrError:
        return ""
    return " ".join(line.text for line in lines)
