"""The seams of reading: what reads a page, and what recognises the letters of one image."""

from enum import IntEnum
from typing import Protocol

from imaging.types import Pixels
from ocr.types import CleanPage, Line


class Segmentation(IntEnum):
    """What an image holds; the numbers are Tesseract's page segmentation modes."""

    PAGE = 3
    """A whole page of unknown layout."""
    COLUMN = 4
    """One column of text in various sizes."""
    BLOCK = 6
    """One block of even text."""
    LINE = 7
    """One line."""
    SPARSE = 11
    """As much text as can be found, in no order."""


class Recogniser(Protocol):
    """Recognises the letters of one image, as it is; knows nothing of tables or columns.

    One recogniser may be used by several threads at a time. Raises errors of `ocr.errors` only.
    """

    name: str
    """Name, version and language, for the record: "tesseract 5.5.4 vie"."""

    how: str
    """How it is called, for the operator: "tesserocr" or "pytesseract"."""

    def lines(self, grey: Pixels, *, dpi: int, segmentation: Segmentation) -> list[Line]:
        """The lines of (height, width) uint8, dark on light, grouped as the engine sees them.

        Boxes are pixels of `grey`, clipped to it; `block` is the engine's own number; words are
        NFC and never empty, confidences 0 to 1. An image without text gives no lines.
        """


class Engine(Protocol):
    """Reads a clean page: the lines of it in the order in which a person reads them.

    One engine may be used by several threads at a time. Raises errors of `ocr.errors` only.
    """

    name: str
    """Name, version and language, for the record: "tesseract 5.5.4 vie"."""

    how: str
    """How it is called, for the operator: "tesserocr" or "pytesseract"."""

    recogniser: Recogniser
    """What it reads with, for pieces of a page."""

    def read(self, page: CleanPage) -> tuple[Line, ...]:
        """The lines in reading order; boxes in pixels of `page.grey`, clipped to it."""
