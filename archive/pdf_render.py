"""A PDF's page as a person sees it, the marks of its signatures included."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from archive.pdf_errors import SourceTooLargeError, SourceUnreadableError
from archive.pdf_limits import MAX_PAGE_PIXELS
from imaging import Pixels
from imaging._pdf import PDFIUM_LOCK

POINTS_PER_INCH = 72


@contextmanager
def open_pages(untrusted_pdf: Path | bytes) -> Iterator[Any]:
    """A pypdfium2 document with its form fields drawn, this thread alone in PDFium.

    Raises SourceUnreadableError, also for what goes wrong in PDFium inside the block.
    """
    import pypdfium2

    with PDFIUM_LOCK:
        try:
            with pypdfium2.PdfDocument(untrusted_pdf) as document:
                # before any page is loaded, else signature fields stay unseen
                document.init_forms()
                yield document
        except (pypdfium2.PdfiumError, OSError) as error:
            raise SourceUnreadableError(detail=str(error)) from error


def render(page: Any, dpi: float, *, turn: int = 0) -> Pixels:
    """(height, width, 3) RGB of a page of `open_pages`, turned clockwise by `turn` degrees.

    Raises SourceTooLargeError.
    """
    width, height = page.get_size()
    scale = dpi / POINTS_PER_INCH
    if not 0 < width * height * scale * scale <= MAX_PAGE_PIXELS:
        raise SourceTooLargeError(detail=f"page of {width} x {height} points")
    if turn % 360:
        # by the page's own entry (in memory): the same grid of pixels as without the turn
        page.set_rotation((page.get_rotation() + turn) % 360)
    pixels = page.render(scale=scale, may_draw_forms=True, rev_byteorder=True).to_numpy()
    if pixels.ndim == 2 or pixels.shape[2] == 1:
        pixels = np.repeat(pixels.reshape(*pixels.shape[:2], 1), 3, axis=2)
    return np.ascontiguousarray(pixels[:, :, :3], dtype=np.uint8)
