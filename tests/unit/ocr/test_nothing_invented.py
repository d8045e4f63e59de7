"""What holds no Vietnamese print gives no text, or none that is passed as sure."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from imaging import Pixels, rotate_quarter
from imaging.types import Depth, PageImage
from ocr import PageText, best_engine, inspect_page, read_page

SIZE = (1170, 827)
SURE = 0.95
MOST_SURE = 5
"""Characters passed as sure on such a page."""


def _three(grey: np.ndarray) -> Pixels:
    return np.dstack([np.clip(grey, 0, 255).astype(np.uint8)] * 3)


def _blank(rng: np.random.Generator) -> Pixels:
    return _three(rng.normal(243, 3, SIZE))


def _grain(rng: np.random.Generator) -> Pixels:
    return _three(rng.normal(128, 60, SIZE))


def _shade(rng: np.random.Generator) -> Pixels:
    across = np.linspace(20, 250, SIZE[1])[None, :]
    return _three(across + rng.normal(0, 3, SIZE))


def _waves(rng: np.random.Generator) -> Pixels:
    y, x = np.mgrid[0 : SIZE[0], 0 : SIZE[1]]
    return _three(128 + 100 * np.sin(x / 23) * np.cos(y / 31) + rng.normal(0, 4, SIZE))


def _scene(rng: np.random.Generator) -> Pixels:
    """A landscape of soft coloured discs."""
    page = np.zeros((*SIZE, 3), np.uint8)
    page[: SIZE[0] // 2], page[SIZE[0] // 2 :] = (150, 190, 230), (70, 120, 60)
    for _ in range(40):
        centre = (int(rng.integers(SIZE[1])), int(rng.integers(SIZE[0])))
        colour = tuple(int(level) for level in rng.integers(0, 255, 3))
        cv2.circle(page, centre, int(rng.integers(15, 120)), colour, -1)
    return np.asarray(cv2.GaussianBlur(page, (0, 0), 3), np.uint8)


def _strange_script(rng: np.random.Generator) -> Pixels:
    """Rows of square signs of many strokes, as of another script."""
    page = np.full(SIZE, 255, np.uint8)
    for top in range(90, 1060, 44):
        for left in range(90, 730, 36):
            for _ in range(int(rng.integers(4, 9))):
                x, y = (int(at) for at in rng.integers(0, 18, 2))
                level = rng.random() < 0.5
                end = (left + x + 12, top + y) if level else (left + x, top + y + 12)
                cv2.line(page, (left + x, top + y), end, (0,), 2)
    return _three(page)


def _read(pixels: Pixels) -> PageText | None:
    report = inspect_page(PageImage(1, pixels, 100, Depth.COLOUR, is_single_image=True))
    if report.is_blank:
        return None
    upright = rotate_quarter(pixels, report.rotation)
    return read_page(upright, dpi=100, rotation=report.rotation, engine=best_engine())


@pytest.mark.parametrize("draw", [_blank, _grain, _shade, _waves, _scene, _strange_script])
def test_a_page_without_print_has_no_sure_text(
    draw: Callable[[np.random.Generator], Pixels],
) -> None:
    """Fewer than five characters are passed as sure, whatever the picture."""
    page = _read(draw(np.random.default_rng(7)))
    words = [word for line in page.lines for word in line.words] if page else []
    assert sum(len(word.text) for word in words if word.confidence >= SURE) < MOST_SURE
