"""Tesseract's larger model for the Vietnamese script, line by line and in process."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from imaging.types import Box, Pixels
from ocr.engine import Recogniser, Segmentation
from ocr.engines import InProcessTesseract
from ocr.errors import OcrEngineMissingError, OcrLanguageMissingError, ScriptReaderMissingError
from ocr.second.reader import LineReading

_MODELS: Final = ("script/Vietnamese", "Vietnamese")
"""What it is called: by Tesseract's own folders, and by Debian's."""
_DPI: Final = 200
_MARGIN: Final = 5
"""A fifth of a line's height around it is read with it; marks reach out of the box."""
_WHITE: Final = 12


class ScriptReader:
    """Reads lines by the script model. See `LineReader`."""

    def __init__(self, recogniser: Recogniser) -> None:
        """Take what recognises letters."""
        self._recogniser = recogniser
        self.name = recogniser.name

    def read_lines(self, grey: Pixels, boxes: Sequence[Box]) -> tuple[LineReading, ...]:
        """See `LineReader`."""
        return tuple(LineReading(self._text(_cut(grey, box))) for box in boxes)

    def _text(self, line: Pixels) -> str:
        lines = self._recogniser.lines(line, dpi=_DPI, segmentation=Segmentation.LINE)
        return " ".join(line.text for line in lines)


@cache
def script_reader(tessdata: Path | None = None) -> ScriptReader:
    """The reader, loaded once a process. Raises ScriptReaderMissingError, OcrFailedError."""
    for model in _MODELS:
        try:
            return ScriptReader(InProcessTesseract(model, tessdata=tessdata))
        except OcrLanguageMissingError:
            continue
        except OcrEngineMissingError as error:
            raise ScriptReaderMissingError(detail=error.detail) from error
    raise ScriptReaderMissingError(detail=" or ".join(_MODELS))


def _cut(grey: Pixels, box: Box) -> Pixels:
    margin = max(6, (box.y1 - box.y0) // _MARGIN)
    top, left = max(0, box.y0 - margin), max(0, box.x0 - margin)
    inside = grey[top : box.y1 + margin, left : box.x1 + margin]
    framed = cv2.copyMakeBorder(
        inside, _WHITE, _WHITE, _WHITE, _WHITE, cv2.BORDER_CONSTANT, value=255
    )
    return np.ascontiguousarray(framed, np.uint8)
