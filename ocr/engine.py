"""The seam to what recognises letters."""

from typing import Protocol

from ocr.types import CleanPage, Line


class Engine(Protocol):
    """Recognises the lines of a clean page.

    One engine may be used by several threads at a time. Raises errors of `ocr.errors` only.
    """

    name: str
    """Name, version and language, for the record: "tesseract 5.3.0 vie"."""

    def read(self, page: CleanPage) -> tuple[Line, ...]:
        """The lines in reading order; boxes in pixels of `page.grey`, clipped to it."""
