"""The recognisers: Tesseract in process or by its program, and the choice between them."""

from ocr.engines.choice import Backend, best_engine, best_recogniser, usual_recogniser
from ocr.engines.in_process import InProcessTesseract, tesserocr_version
from ocr.engines.program import ProgramTesseract
from ocr.engines.tessdata import find_tessdata

__all__ = [
    "Backend",
    "InProcessTesseract",
    "ProgramTesseract",
    "best_engine",
    "best_recogniser",
    "find_tessdata",
    "tesserocr_version",
    "usual_recogniser",
]
