"""One page: cleaned, recognised, its words put back where they stand on the page."""

import math
import time
from dataclasses import replace

from imaging.types import Box, Pixels
from ocr.clean import clean_page
from ocr.engine import Engine
from ocr.layout import union
from ocr.noise import noise_in
from ocr.second.review import Review
from ocr.types import Affine, CleanPage, Line, Mode, PageText, TextSource


def read_page(
    upright_pixels: Pixels,
    *,
    dpi: int,
    rotation: int,
    engine: Engine,
    review: Review | None = None,
    mode: Mode = Mode.CAREFUL,
) -> PageText:
    """The text of a page that was turned upright; boxes in pixels of `upright_pixels`.

    `rotation` is the clockwise quarter turn already applied, for the record. A page with nothing
    to read gives no lines. Raises what the engine raises (`ocr.errors`).
    """
    start = time.perf_counter()
    clean = clean_page(upright_pixels, dpi, mode=mode)
    seconds = time.perf_counter() - start
    height, width = upright_pixels.shape[:2]
    page = recognise_page(
        clean,
        width=width,
        height=height,
        dpi=dpi,
        rotation=rotation,
        engine=engine,
        review=review,
    )
    return replace(page, seconds={"clean": seconds, **page.seconds})


def recognise_page(
    clean: CleanPage,
    *,
    width: int,
    height: int,
    dpi: int,
    rotation: int,
    engine: Engine,
    review: Review | None = None,
) -> PageText:
    """The text of a page that was cleaned before; width, height and dpi are the upright page's.

    The second half of `read_page`, for callers that keep the cleaned page in between. Without a
    review the words are the engine's own, without noise; with one they are repaired and their
    confidences say how often such a word is right. Raises what engine and readers raise.
    """
    start = time.perf_counter()
    lines = engine.read(clean)
    seconds = {"recognise": time.perf_counter() - start}
    if review is None:
        lines = tuple(map(_without_noise, lines))
    else:
        lines = review.lines(clean.grey, lines)
        seconds["review"] = time.perf_counter() - start - seconds["recognise"]
    kept = tuple(_on_page(line, clean, width=width, height=height) for line in lines if line.words)
    return PageText(
        width=width,
        height=height,
        dpi=dpi,
        rotation=rotation,
        skew=clean.skew,
        lines=kept,
        source=TextSource.OCR if kept else TextSource.NONE,
        engine=engine.name if review is None else f"{engine.name} + {review.name}",
        seconds=seconds,
        to_page=clean.to_page,
    )


def map_box(matrix: Affine, box: Box, *, width: int, height: int) -> Box:
    """The box that holds a mapped box, clipped to a page and never empty."""
    corners = [(x, y) for x in (box.x0, box.x1) for y in (box.y0, box.y1)]
    xs = [matrix[0][0] * x + matrix[0][1] * y + matrix[0][2] for x, y in corners]
    ys = [matrix[1][0] * x + matrix[1][1] * y + matrix[1][2] for x, y in corners]
    x0 = min(max(0, math.floor(min(xs))), width - 1)
    y0 = min(max(0, math.floor(min(ys))), height - 1)
    x1 = max(min(width, math.ceil(max(xs))), x0 + 1)
    y1 = max(min(height, math.ceil(max(ys))), y0 + 1)
    return Box(x0, y0, x1, y1)


def _on_page(line: Line, clean: CleanPage, *, width: int, height: int) -> Line:
    """The line in page pixels."""
    words = tuple(
        replace(word, box=map_box(clean.to_page, word.box, width=width, height=height))
        for word in line.words
    )
    return replace(line, words=words, box=union(word.box for word in words))


def _without_noise(line: Line) -> Line:
    words = zip(line.words, noise_in(line), strict=True)
    return replace(line, words=tuple(word for word, is_noise in words if not is_noise))
