"""Drawn lines on which an office's learning may lose nothing: made by `bench.learn_hand --guard`.

They are kept as pictures, so that they serve whatever network is shipped.
"""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from imaging.types import Box
from ocr.digits.reader import HandDigits
from ocr.digits.tune import Taught


def guard(reader: HandDigits) -> Iterator[Taught]:
    """The lines as a network sees them, with what stands in them."""
    path = Path(__file__).with_name("guard.npz")
    with np.load(path, allow_pickle=False) as data:
        ends, jpegs = data["ends"], data["jpegs"]
        places, labels = data["places"], data["labels"]
    begin = 0
    for end, place, label in zip(ends, places, labels, strict=True):
        picture = cv2.imdecode(jpegs[begin:end], cv2.IMREAD_COLOR_RGB)
        begin = int(end)
        seen = reader.look(np.asarray(picture, np.uint8), Box(*map(int, place)))
        if seen is not None:
            yield Taught(seen, str(label))
