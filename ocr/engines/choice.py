"""Which way Tesseract is called on this machine."""

import logging
from enum import StrEnum
from functools import cache
from pathlib import Path

from ocr import limits
from ocr.engine import Engine, Recogniser
from ocr.engines.in_process import InProcessTesseract
from ocr.engines.program import ProgramTesseract
from ocr.errors import OcrEngineMissingError, OcrError, OcrFailedError, OcrLanguageMissingError
from ocr.reader import PageReader

log = logging.getLogger(__name__)


class Backend(StrEnum):
    """How Tesseract is called."""

    AUTO = "auto"
    """In process where that can be, else by its program."""
    TESSEROCR = "tesserocr"
    """In process: faster, brings its own Tesseract, needs only the trained data."""
    PYTESSERACT = "pytesseract"
    """By its program: a process an image, whose crash harms nothing else."""


def best_recogniser(
    language: str = "vie",
    *,
    backend: Backend = Backend.AUTO,
    tessdata: Path | None = None,
    timeout_seconds: float = limits.OCR_TIMEOUT_SECONDS,
) -> Recogniser:
    """What recognises letters on this machine.

    Raises what the backend raises; for AUTO what the program's raises, which is there where
    anything is.
    """
    if backend is not Backend.PYTESSERACT:
        try:
            return InProcessTesseract(language, tessdata=tessdata, timeout_seconds=timeout_seconds)
        except (OcrEngineMissingError, OcrLanguageMissingError, OcrFailedError) as error:
            if backend is Backend.TESSEROCR:
                raise
            log.info("in-process engine not used", extra={"detail": error.detail})
    return ProgramTesseract(language, tessdata=tessdata, timeout_seconds=timeout_seconds)


@cache
def usual_recogniser() -> Recogniser | None:
    """The best of this machine without any choice made, loaded once; None where none is there."""
    try:
        return best_recogniser()
    except OcrError as error:
        log.warning("nothing reads here", extra={"code": error.code, "detail": error.detail})
        return None


def best_engine(
    language: str = "vie", *, backend: Backend = Backend.AUTO, tessdata: Path | None = None
) -> Engine:
    """What reads pages on this machine: `best_recogniser` under the strategy of `PageReader`."""
    return PageReader(best_recogniser(language, backend=backend, tessdata=tessdata))
