"""Bar and QR codes on a page, through zxing-cpp."""

import unicodedata
from typing import Any

import zxingcpp

from imaging import limits
from imaging.colour import to_grey
from imaging.scale import shrink_to
from imaging.types import Box, Code, Pixels


def read_codes(pixels: Pixels) -> tuple[Code, ...]:
    """The codes on a page, top to bottom; boxes in its pixels, text NFC.

    They are sought in a picture reduced to about 170 dpi, at which the bars of a separator sheet,
    a receipt or an identity card are still several pixels wide.
    """
    grey = to_grey(pixels)
    small, factor = shrink_to(grey, limits.CODES_MAX_SIDE)
    found = zxingcpp.read_barcodes(small)
    codes = [_code(result, factor) for result in found if result.valid and result.text]
    return tuple(sorted(codes, key=lambda code: (code.box.y0, code.box.x0)))


def _code(result: Any, factor: float) -> Code:
    corners = result.position
    points = (corners.top_left, corners.top_right, corners.bottom_left, corners.bottom_right)
    xs = [point.x / factor for point in points]
    ys = [point.y / factor for point in points]
    box = Box(round(min(xs)), round(min(ys)), round(max(xs)) + 1, round(max(ys)) + 1)
    text = unicodedata.normalize("NFC", result.text)
    return Code(text, result.format.name, box)
