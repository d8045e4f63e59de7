"""Reading by the Tesseract program."""

from ocr import limits
from ocr.engines.program import ProgramTesseract
from ocr.reader import PageReader


class TesseractEngine(PageReader):
    """Pages read by the program; see `best_engine` for what is faster."""

    def __init__(
        self, language: str = "vie", *, timeout_seconds: float = limits.OCR_TIMEOUT_SECONDS
    ) -> None:
        super().__init__(ProgramTesseract(language, timeout_seconds=timeout_seconds))
