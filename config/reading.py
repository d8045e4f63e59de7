"""What reads pages on this machine, chosen by the operator's options. Knows no records."""

import contextlib
import ctypes
from pathlib import Path

from config.options import Options
from ocr import Backend, Engine, Mode, Review, best_engine, load_review
from ocr.errors import OcrError

_MMAP_THRESHOLD = -3
"""M_MMAP_THRESHOLD of malloc.h."""
_PAGE_BYTES = 16 << 20
"""Smaller blocks stay: to fetch them anew costs a quarter of a page's time."""


def one_thread_each() -> None:
    """Let OpenCV, which reads no environment, work in the thread that calls it; see threads.py."""
    import cv2

    cv2.setNumThreads(1)


def give_back_pages() -> None:
    """Let freed page images go back to the system at once: they come in all sizes, and a heap of
    them grows by a tenth in a process that reads with two threads (docs/ocr.md).
    """
    with contextlib.suppress(AttributeError, OSError):  # no GNU C library
        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, _PAGE_BYTES)


def build_engine(options: Options) -> Engine:
    """Return what reads pages; its model is loaded once. Raises errors of `ocr.errors`."""
    return best_engine(backend=Backend(options.engine), tessdata=options.tessdata)


def build_spare_engine(options: Options) -> Engine:
    """Return what reads in a process of its own; where there is none, what reads anyway."""
    try:
        return best_engine(backend=Backend.PYTESSERACT, tessdata=options.tessdata)
    except OcrError:
        return build_engine(options)


def build_review(mode: Mode, tessdata: Path | None = None) -> Review:
    """Return the second readers that are there and the model of syllables, loaded once."""
    return load_review(fast=mode is Mode.FAST, tessdata=tessdata)


def mode_of(options: Options) -> Mode:
    """Return how much time each page is given."""
    return Mode(options.reading)
