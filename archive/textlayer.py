"""An invisible text layer: each recognised word where it stands on the page image.

A scan in the archive is a picture with the text behind it (TT 05/2025 Art. 8: PDF/A, two layers).
The text is written in render mode 3 with a font that has no outlines, each word stretched to its
box, a space stretched over the gap to the next word, so that what a reader selects, searches or
copies is the line as it was read: NFC, single spaces.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from statistics import median
from typing import NamedTuple

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from archive.pdf_errors import SourceTooLargeError
from archive.pdf_limits import MAX_TEXT_CHARS_PER_PAGE

FONT_RESOURCE = "/TangThuText"
"""The name under which a page's resources hold the font."""

_EM = 1000
_ADVANCE = 500
"""Width of every glyph in thousandths of the font size."""
_ASCENT = 800
_DESCENT = -200
_FIRST_ASTRAL_CID = 0xD800
"""Letters beyond the BMP take codes from the surrogates' range, which no letter uses."""
_LAST_ASTRAL_CID = 0xDFFF
_EPOCH_1904 = 3_786_825_600
"""1 January 2024 in TrueType's seconds: the font is the same bytes on every run."""
_SWAY = 0.2
"""How far a word may stand off its line's middle, in font sizes: where a crooked page would carry
its ends farther, poppler takes them for lines of their own."""
_MIN_STRETCH = 0.1
"""Per cent; a stretch of zero is an error in some readers."""


class PixelBox(NamedTuple):
    """A rectangle in pixels from the top left of the upright page; x1 and y1 are exclusive."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class TextWord:
    """One word as it was read and where it stands."""

    text: str
    box: PixelBox


@dataclass(frozen=True, slots=True)
class TextLine:
    """The words of one line, left to right."""

    words: tuple[TextWord, ...]


@dataclass(frozen=True, slots=True)
class TextPage:
    """The text of one page; lines in reading order."""

    width: int
    """Pixels of the page turned upright."""
    height: int
    rotation: int
    """Clockwise quarter turn that makes the page, as a viewer shows it, upright: 0 to 270."""
    lines: tuple[TextLine, ...]


class Rect(NamedTuple):
    """A rectangle in PDF points, origin at the bottom left."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """Points across."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Points up."""
        return self.y1 - self.y0


class Matrix(NamedTuple):
    """A PDF transformation: x' = a x + c y + e, y' = b x + d y + f."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float


def upright_matrix(box: Rect, rotation: int) -> Matrix:
    """From the page as shown (origin bottom left, points) to the page's own coordinates.

    `rotation` is the page's /Rotate: the clockwise quarter turn a viewer applies (ISO 32000-1,
    table 30).
    """
    return {
        0: Matrix(1, 0, 0, 1, box.x0, box.y0),
        90: Matrix(0, 1, -1, 0, box.x1, box.y0),
        180: Matrix(-1, 0, 0, -1, box.x1, box.y1),
        270: Matrix(0, -1, 1, 0, box.x0, box.y1),
    }[rotation % 360]


def clean_word(text: str) -> str:
    """The word as the layer holds it: NFC, without spaces and control characters."""
    kept = (
        letter
        for letter in unicodedata.normalize("NFC", text)
        if not letter.isspace() and unicodedata.category(letter) not in {"Cc", "Cs", "Cn"}
    )
    return "".join(kept)


class TextLayer:
    """Writes the text of the pages of one PDF with one shared font.

    Add the pages, then call `finish` once: the font learns its letters as they are used.
    """

    def __init__(self, pdf: Pdf) -> None:
        self._pdf = pdf
        self._codes: dict[str, int] = {" ": 0x20}
        self._next_astral = _FIRST_ASTRAL_CID
        self._font = pdf.make_indirect(Dictionary(Type=Name.Font))

    def content(self, page: TextPage, box: Rect, rotate: int) -> bytes:
        """The drawing instructions for one page.

        `box` is the page's visible box in its own coordinates, `rotate` its final /Rotate.
        Raises SourceTooLargeError where a page holds more letters than any paper could.
        """
        letters = sum(len(word.text) for line in page.lines for word in line.words)
        if letters > MAX_TEXT_CHARS_PER_PAGE:
            raise SourceTooLargeError(detail=f"{letters} characters on a page")
        turned = rotate % 180 == 90
        shown_width = box.height if turned else box.width
        shown_height = box.width if turned else box.height
        scale_x, scale_y = shown_width / page.width, shown_height / page.height
        lines = [
            self._line(line, scale_x, scale_y, shown_height)
            for line in page.lines
            if any(clean_word(word.text) for word in line.words)
        ]
        if not lines:
            return b""
        matrix = " ".join(_number(value) for value in upright_matrix(box, rotate))
        body = "\n".join(lines)
        return f"q {matrix} cm\nBT\n3 Tr\n{body}\nET Q\n".encode("ascii")

    def add_to(self, page: pikepdf.Object) -> None:
        """Make the font known to a page."""
        if Name.Resources not in page:
            page[Name.Resources] = Dictionary()
        resources = page[Name.Resources]
        fonts = resources.get(Name.Font)
        # a copy: the source's pages may share one dictionary
        fonts = Dictionary(dict(fonts.items())) if isinstance(fonts, Dictionary) else Dictionary()
        fonts[FONT_RESOURCE] = self._font
        resources[Name.Font] = fonts

    def finish(self) -> None:
        """Write the font with the letters that were used."""
        _write_font(self._pdf, self._font, self._codes)

    def _line(self, line: TextLine, scale_x: float, scale_y: float, height: float) -> str:
        words = [word for word in line.words if clean_word(word.text)]
        size = _font_size(words) * scale_y
        slope, offset = _baseline(words)
        rows = [f"{FONT_RESOURCE} {_number(size)} Tf"]
        middle = slope * (words[0].box.x0 + words[-1].box.x1) / 2 + offset
        sway = _SWAY * size / scale_y
        for word in words:
            x0, x1 = word.box.x0 * scale_x, word.box.x1 * scale_x
            lowered = slope * (word.box.x0 + word.box.x1) / 2 + offset - middle
            base = height - (middle + min(max(lowered, -sway), sway)) * scale_y
            shown = self._show(clean_word(word.text), x1 - x0, size, last=word is words[-1])
            rows.append(f"1 0 0 1 {_number(x0)} {_number(base)} Tm {shown}")
        return "\n".join(rows)

    def _show(self, text: str, width: float, size: float, *, last: bool) -> str:
        """The word stretched to its width, and the space that ends it in the same string: readers
        that guess at gaps find one space, those that do not find it too.
        """
        natural = len(text) * size * _ADVANCE / _EM
        stretch = max(100 * width / natural, _MIN_STRETCH)
        codes = "".join(f"{self._code(letter):04X}" for letter in (text if last else text + " "))
        return f"{_number(stretch)} Tz <{codes}> Tj"

    def _code(self, letter: str) -> int:
        code = self._codes.get(letter)
        if code is None:
            code = ord(letter)
            if code > 0xFFFF:
                code = min(self._next_astral, _LAST_ASTRAL_CID)
                self._next_astral += 1
            self._codes[letter] = code
        return code


def _font_size(words: Sequence[TextWord]) -> float:
    """Pixels: one size for a line, so that readers take it as one line."""
    return max(float(median(word.box.y1 - word.box.y0 for word in words)), 1.0)


def _baseline(words: Sequence[TextWord]) -> tuple[float, float]:
    """Slope and offset (pixels, y down) of the line the words stand on.

    Fitted through the middles, which descenders and tone marks disturb less than the bottoms do,
    and lowered so that the font's own ascent and descent cover the median box.
    """
    middles_x = [(word.box.x0 + word.box.x1) / 2 for word in words]
    middles_y = [(word.box.y0 + word.box.y1) / 2 for word in words]
    mean_x, mean_y = sum(middles_x) / len(words), sum(middles_y) / len(words)
    spread = sum((x - mean_x) ** 2 for x in middles_x)
    size = _font_size(words)
    slope = 0.0
    if middles_x[-1] - middles_x[0] > 4 * size and spread > 0:
        along = zip(middles_x, middles_y, strict=True)
        slope = sum((x - mean_x) * (y - mean_y) for x, y in along) / spread
    drop = size * (0.5 + _DESCENT / _EM)
    return slope, mean_y - slope * mean_x + drop


def _number(value: float) -> str:
    """A PDF number: at most four decimals, never an exponent, never "-0"."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _write_font(pdf: Pdf, font: pikepdf.Object, codes: dict[str, int]) -> None:
    name = Name("/TNGTHU+TangThuKhongNet")
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=name,
        Flags=4,
        FontBBox=Array([0, _DESCENT, _ADVANCE, _ASCENT]),
        ItalicAngle=0,
        Ascent=_ASCENT,
        Descent=_DESCENT,
        CapHeight=_ASCENT,
        StemV=80,
        FontFile2=_stream(pdf, glyphless_font(), Length1=len(glyphless_font())),
    )
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=name,
        CIDSystemInfo=Dictionary(
            Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0
        ),
        FontDescriptor=pdf.make_indirect(descriptor),
        DW=_ADVANCE,
        CIDToGIDMap=_stream(pdf, b"\x00\x01" * 0x10000),
    )
    font[Name.Subtype] = Name.Type0
    font[Name.BaseFont] = name
    font[Name.Encoding] = Name("/Identity-H")
    font[Name.DescendantFonts] = Array([pdf.make_indirect(descendant)])
    font[Name.ToUnicode] = _stream(pdf, to_unicode_cmap(codes))


def _stream(pdf: Pdf, data: bytes, **entries: int) -> Stream:
    return pdf.make_stream(data, **entries)


def to_unicode_cmap(codes: dict[str, int]) -> bytes:
    """The ToUnicode CMap of a font whose `codes` map a text to its two-byte code."""
    pairs = sorted((code, text) for text, code in codes.items())
    blocks = []
    for start in range(0, len(pairs), 100):
        block = pairs[start : start + 100]
        rows = "\n".join(
            f"<{code:04X}> <{text.encode('utf-16-be').hex().upper()}>" for code, text in block
        )
        blocks.append(f"{len(block)} beginbfchar\n{rows}\nendbfchar")
    body = "\n".join(blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode("ascii")


@lru_cache(maxsize=1)
def glyphless_font() -> bytes:
    """A TrueType font of two glyphs: .notdef and the one every code shows.

    PDF/A wants each font embedded and its widths true, seen or not (ISO 19005-2, 6.2.11.4.1). The
    glyph is a line without breadth: it paints nothing, but has a height, without which PDFium
    loses the words of a page that lies on its side.
    """
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    builder = FontBuilder(_EM, isTTF=True)
    builder.setupGlyphOrder([".notdef", "blank"])
    builder.setupCharacterMap({0x20: "blank"})
    pen = TTGlyphPen(None)
    pen.moveTo((0, _DESCENT))
    pen.lineTo((_ADVANCE, _ASCENT))
    pen.closePath()
    line = pen.glyph()
    builder.setupGlyf({".notdef": line, "blank": line})
    builder.setupHorizontalMetrics({".notdef": (_ADVANCE, 0), "blank": (_ADVANCE, 0)})
    builder.setupHorizontalHeader(ascent=_ASCENT, descent=_DESCENT)
    builder.setupNameTable({"familyName": "TangThuKhongNet", "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=_ASCENT, sTypoDescender=_DESCENT, usWinAscent=_ASCENT)
    builder.setupPost()
    builder.font["head"].created = builder.font["head"].modified = _EPOCH_1904
    builder.font.recalcTimestamp = False
    target = BytesIO()
    builder.save(target)
    return target.getvalue()
