"""Two hundred pages one after the other take no more memory than twenty."""

import resource
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from imaging import Pixels
from imaging.types import Depth, PageImage
from ocr import best_engine, inspect_page, read_page
from specimens.fonts import Face, font

PAGES, WARM = 200, 20
MOST_GROWN_MB = 24


def _page(number: int) -> Pixels:
    """A small page whose size and words change, as those of a batch do."""
    image = Image.new("RGB", (620 + 10 * (number % 7), 420 + 10 * (number % 5)), "white")
    pen = ImageDraw.Draw(image)
    for row in range(3):
        text = f"Điều {number + row}. Cấp giấy phép số {row}/GP"
        pen.text((60, 60 + 70 * row), text, fill="black", font=font(Face.REGULAR, 34))
    return np.asarray(image)


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1024**2


@pytest.mark.slow
def test_memory_stays_flat_over_two_hundred_pages() -> None:
    """A worker reads for days: the gate, the clean-up and the engine let go of every page."""
    engine = best_engine()
    warm = 0.0
    for number in range(PAGES):
        pixels = _page(number)
        image = PageImage(number + 1, pixels, 150, Depth.COLOUR, is_single_image=True)
        inspect_page(image, recogniser=engine.recogniser)
        page = read_page(pixels, dpi=150, rotation=0, engine=engine)
        assert "Điều" in page.text
        if number == WARM:
            warm = _resident_mb()
    assert _resident_mb() - warm < MOST_GROWN_MB
