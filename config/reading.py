"""What reads pages on this machine, chosen by the operator's options. Knows no records."""

import os

from config.options import Options
from ocr import Backend, Engine, Mode, best_engine


def one_thread_each() -> None:
    """Let every library work in the thread that calls it: the pages share the cores among them.

    Threads of their own get in each other's way and cost fourfold (docs/ocr.md). To be called
    before the first page.
    """
    import cv2

    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    cv2.setNumThreads(1)


def build_engine(options: Options) -> Engine:
    """Return what reads pages; its model is loaded once. Raises errors of `ocr.errors`."""
    return best_engine(backend=Backend(options.engine), tessdata=options.tessdata)


def mode_of(options: Options) -> Mode:
    """Return how much time each page is given."""
    return Mode(options.reading)
