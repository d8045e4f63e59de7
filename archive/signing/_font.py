"""The font of the visible marks: Times-like with Vietnamese, cut to the letters used."""

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from archive.signing.errors import FontMissingError

_PLACES = (
    "/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf",
    "/usr/share/fonts/liberation-serif/LiberationSerif-Regular.ttf",
    "/usr/share/fonts/liberation/LiberationSerif-Regular.ttf",
)
"""Debian, Ubuntu, Fedora, Arch. Metric-compatible with Times New Roman, whose licence does not
allow a server to carry it."""
_PROOF_LETTER = ord("ử")
"""Debian 12's fonts-liberation is 1.07, which has no Vietnamese; fonts-liberation2 has."""
_RANGES = ((0x20, 0x7E), (0xA0, 0x1B0), (0x300, 0x323), (0x1EA0, 0x1EF9), (0x2010, 0x2026))
"""Latin with the Vietnamese letters, and dashes."""
_FALLBACK = "?"


@dataclass(frozen=True, slots=True)
class CutFont:
    """A font cut to some letters, ready to be embedded."""

    program: bytes
    """The TrueType file."""
    glyphs: dict[str, int]
    """Letter to glyph number."""
    widths: dict[int, int]
    """Glyph number to advance in thousandths of the size."""
    ascent: int
    descent: int
    box: tuple[int, int, int, int]


def width(text: str, size: float) -> float:
    """Points that `text` takes. Raises FontMissingError."""
    advances = _advances()
    return sum(advances.get(letter, advances[_FALLBACK]) for letter in text) * size / 1000


def shown(text: str) -> str:
    """The text with what the font cannot show replaced by "?"."""
    advances = _advances()
    return "".join(letter if letter in advances else _FALLBACK for letter in text)


@lru_cache(maxsize=64)
def cut(letters: frozenset[str]) -> CutFont:
    """The font with just these letters. Raises FontMissingError."""
    font = _subset(_latin(), {ord(letter) for letter in letters})
    scale = 1000 / font["head"].unitsPerEm
    target = BytesIO()
    font.save(target)
    order, metrics = font.getReverseGlyphMap(), font["hmtx"]
    head = font["head"]
    return CutFont(
        program=target.getvalue(),
        glyphs={chr(code): order[name] for code, name in font.getBestCmap().items()},
        widths={order[name]: round(metrics[name][0] * scale) for name in order},
        ascent=round(font["hhea"].ascent * scale),
        descent=round(font["hhea"].descent * scale),
        box=(
            round(head.xMin * scale),
            round(head.yMin * scale),
            round(head.xMax * scale),
            round(head.yMax * scale),
        ),
    )


@lru_cache(maxsize=1)
def _advances() -> dict[str, int]:
    font = _open(_latin())
    scale = 1000 / font["head"].unitsPerEm
    metrics = font["hmtx"]
    return {chr(code): round(metrics[name][0] * scale) for code, name in font.getBestCmap().items()}


def font_path() -> Path:
    """The font file that the marks are written with. Raises FontMissingError."""
    for place in _PLACES:
        path = Path(place)
        if path.is_file() and _PROOF_LETTER in _open(path.read_bytes()).getBestCmap():
            return path
    raise FontMissingError(detail="LiberationSerif-Regular.ttf 2.x")


@lru_cache(maxsize=1)
def _latin() -> bytes:
    """The installed font cut to the Latin letters: a tenth of the file, so that cuts are quick."""
    letters = {code for low, up in _RANGES for code in range(low, up + 1)}
    font = _subset(font_path().read_bytes(), letters)
    target = BytesIO()
    font.save(target)
    return target.getvalue()


def _open(data: bytes) -> Any:
    from fontTools.ttLib import TTFont

    return TTFont(BytesIO(data), recalcTimestamp=False)


def _subset(data: bytes, codes: set[int]) -> Any:
    from fontTools.subset import Options, Subsetter

    options = Options(
        layout_features=[],
        hinting=False,
        notdef_outline=True,
        name_IDs=[1, 2, 6],
        glyph_names=False,
        drop_tables=[*Options().drop_tables, "FFTM", "GSUB", "GPOS", "GDEF", "kern", "gasp"],
    )
    font = _open(data)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    return font
