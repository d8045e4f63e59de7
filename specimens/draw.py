"""Draws a page on an image."""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from specimens._ink import lay_ink
from specimens.errors import BadRequestError
from specimens.fonts import font, text_width
from specimens.limits import MAX_DPI, MIN_DPI
from specimens.page import (
    BLACK,
    Box,
    Ink,
    Modules,
    Page,
    Rule,
    Seal,
    Stamp,
    Text,
    Tint,
    Word,
)

Pixels = NDArray[np.uint8]
"""(height, width, 3) uint8 RGB."""


def render(page: Page, dpi: int = 300) -> Pixels:
    """Draw a page at `dpi`: an A4 page at 300 dpi is (3508, 2480, 3) uint8 RGB.

    Raises BadRequestError outside the limits and FontMissingError.
    """
    if not MIN_DPI <= dpi <= MAX_DPI:
        raise BadRequestError(detail=f"dpi {dpi}")
    scale = dpi / 72
    size = (round(page.width * scale), round(page.height * scale))
    image = Image.new("RGB", size, (255, 255, 255))
    painter = ImageDraw.Draw(image)
    for item in page.items:
        if isinstance(item, Text):
            _draw_text(painter, item, scale)
        elif isinstance(item, (Rule, Tint, Modules)):
            _draw_print(painter, item, scale)
    pixels: Pixels = np.array(image, dtype=np.uint8)
    for item in page.items:
        if isinstance(item, (Ink, Seal, Stamp)):
            lay_ink(pixels, item, scale)
    return pixels


def _draw_text(painter: ImageDraw.ImageDraw, line: Text, scale: float) -> None:
    for word in line.words:
        face = font(word.face, line.size * scale)
        painter.text(
            (_left_edge(word, line.size, scale), line.baseline * scale),
            word.text,
            font=face,
            fill=line.colour,
            anchor="ls",
        )


def _left_edge(word: Word, size: float, scale: float) -> float:
    """The hinted word is a little wider or narrower than laid out: share the difference."""
    drawn = font(word.face, size * scale).getlength(word.text)
    return word.x * scale + (text_width(word.text, word.face, size) * scale - drawn) / 2


def _draw_print(painter: ImageDraw.ImageDraw, item: Rule | Tint | Modules, scale: float) -> None:
    if isinstance(item, Modules):
        _draw_modules(painter, item, scale)
        return
    box = (
        item.start.x * scale,
        item.start.y * scale,
        item.end.x * scale,
        item.end.y * scale,
    )
    if isinstance(item, Tint):
        painter.rectangle(box, fill=item.colour)
    else:
        painter.line(box, fill=item.colour, width=max(1, round(item.width * scale)))


def _draw_modules(painter: ImageDraw.ImageDraw, code: Modules, scale: float) -> None:
    rows, columns = code.cells.shape
    picture = Image.fromarray(np.where(code.cells, 0, 255).astype(np.uint8))
    # A whole number of pixels a cell keeps narrow bars equal, as a printer's driver does.
    across = max(1, round(code.width * scale / columns)) * columns
    down = round(code.height * scale) if rows == 1 else across * rows // columns
    picture = picture.resize((across, down), Image.Resampling.NEAREST)
    mask = picture.point(lambda value: 255 - value)
    painter.bitmap((round(code.origin.x * scale), round(code.origin.y * scale)), mask, fill=BLACK)


def line_box(line: Text, dpi: int) -> Box:
    """Return where a line's ink lies on the page drawn at `dpi`, upright and not turned."""
    scale = dpi / 72
    boxes = []
    for word in line.words:
        left, top, right, bottom = font(word.face, line.size * scale).getbbox(
            word.text, anchor="ls"
        )
        x, y = _left_edge(word, line.size, scale), line.baseline * scale
        boxes.append((x + left, y + top, x + right, y + bottom))
    return Box(
        math.floor(min(box[0] for box in boxes)),
        math.floor(min(box[1] for box in boxes)),
        math.ceil(max(box[2] for box in boxes)),
        math.ceil(max(box[3] for box in boxes)),
    )
