"""The fonts that papers are set in: Liberation, which has the metrics of Times New Roman and Arial.

NĐ 30/2020 PL I asks for Times New Roman; that font may not be shipped, its metric twin may.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import ImageFont

from specimens.errors import FontMissingError

_FOLDERS = (
    Path("/usr/share/fonts/truetype/liberation2"),
    Path("/usr/share/fonts/truetype/liberation"),
    Path("/usr/share/fonts/liberation-serif"),
    Path("/usr/share/fonts/liberation-sans"),
)
_HARD_LETTERS = frozenset(map(ord, "ẤỀỚỮẶỹ"))
_MEASURE_SIZE = 200.0
"""Widths are measured at this size and scaled: one layout serves every resolution."""


class Face(StrEnum):
    """A typeface and its style."""

    REGULAR = "regular"
    """Upright Times metric: bodies."""
    BOLD = "bold"
    """Titles, the issuer, the signer's name."""
    ITALIC = "italic"
    """Place and date, grounds of a decision."""
    BOLD_ITALIC = "bold_italic"
    """The word Nơi nhận."""
    SANS = "sans"
    """Rubber stamps of the registry, machine-made receipts."""
    SANS_BOLD = "sans_bold"
    """Stamps and cards."""
    MONO = "mono"
    """Typewritten papers."""
    MONO_BOLD = "mono_bold"
    """Their headings, struck twice."""


_FILES: Mapping[Face, str] = {
    Face.REGULAR: "LiberationSerif-Regular.ttf",
    Face.BOLD: "LiberationSerif-Bold.ttf",
    Face.ITALIC: "LiberationSerif-Italic.ttf",
    Face.BOLD_ITALIC: "LiberationSerif-BoldItalic.ttf",
    Face.SANS: "LiberationSans-Regular.ttf",
    Face.SANS_BOLD: "LiberationSans-Bold.ttf",
    Face.MONO: "LiberationMono-Regular.ttf",
    Face.MONO_BOLD: "LiberationMono-Bold.ttf",
}


@cache
def font_path(face: Face) -> Path:
    """Return where the face's file lies. Raises FontMissingError.

    Debian 12's fonts-liberation (1.07) has no Vietnamese letters with two marks, its
    fonts-liberation2 has; Ubuntu 24.04 has them in fonts-liberation: so the file is asked.
    """
    for folder in _FOLDERS:
        path = folder / _FILES[face]
        if path.is_file() and _speaks_vietnamese(path):
            return path
    raise FontMissingError(detail=_FILES[face])


def _speaks_vietnamese(path: Path) -> bool:
    with TTFont(path, lazy=True) as file:
        return bool(file.getBestCmap().keys() >= _HARD_LETTERS)


@lru_cache(maxsize=256)
def font(face: Face, pixels: float) -> ImageFont.FreeTypeFont:
    """Return the face at a size in pixels. Raises FontMissingError."""
    return ImageFont.truetype(str(font_path(face)), pixels, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=20_000)
def _unit_width(text: str, face: Face) -> float:
    return font(face, _MEASURE_SIZE).getlength(text) / _MEASURE_SIZE


def text_width(text: str, face: Face, size: float) -> float:
    """Return the width of `text` in points at `size` points."""
    return _unit_width(text, face) * size
