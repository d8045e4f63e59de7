"""An invisible text layer: each recognised word where it stands on the page image.

A scan in the archive is a picture with the text behind it (TT 05/2025 Art. 8: PDF/A, two layers).
The text is written in render mode 3 with a font that has no outlines, each word stretched to its
box, a gap kept before the next that every reader takes for a space, so that what one selects,
searches or copies is the line as it was read: NFC, single spaces.
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
"""How far a word may stand off its line, in font sizes: where one bends farther, poppler takes its
ends for lines of their own."""
_LONG_LINE, _SHORT_LINE = 15, 4
"""Font sizes: longer lines tell how the page lies, shorter ones not even how they themselves do."""
_GAP = 0.2
"""The least gap between two words, in font sizes: poppler sees a space from 0.15 on, pdf.js from
0.1, whatever is written between them; recognised boxes often touch."""
_LEAST_WIDTH = 0.4
"""What a word keeps of its width at least, where its neighbour's box lies over it."""
_AFTER_HYPHEN = "\u00a0"
"""Ends a line that ends in a hyphen: PDFium takes the hyphen for one of hyphenation otherwise,
drops it and joins the lines, so that "131/CĐ-" before "TTg" would lose its sign."""
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
        runs = [
            run
            for line in page.lines
            for run in _runs([word for word in line.words if clean_word(word.text)])
        ]
        if not runs:
            return b""
        frame = _Frame(
            shown_width / page.width,
            shown_height / page.height,
            shown_height,
            page.width / 2,
            _slope_of(runs),
        )
        matrix = " ".join(_number(value) for value in upright_matrix(box, rotate))
        body = "\n".join(self._run(run, frame) for run in runs)
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

    def _run(self, words: Sequence[TextWord], frame: "_Frame") -> str:
        pixels = _font_size(words)
        size = pixels * frame.scale_y
        rows = [f"{FONT_RESOURCE} {_number(size)} Tf"]
        edges = _parted(words, _GAP * size / frame.scale_x)
        for word, (x0, x1), base in zip(words, edges, _bases(words, frame), strict=True):
            left = _number(x0 * frame.scale_x)
            up = _number(frame.height - base * frame.scale_y)
            width = (x1 - x0) * frame.scale_x
            shown = self._show(clean_word(word.text), width, size, last=word is words[-1])
            rows.append(f"1 0 0 1 {left} {up} Tm {shown}")
        return "\n".join(rows)

    def _show(self, text: str, width: float, size: float, *, last: bool) -> str:
        """The word stretched to its width, and the space that ends it in the same string: readers
        that guess at gaps find one space, those that do not find it too.
        """
        natural = len(text) * size * _ADVANCE / _EM
        stretch = max(100 * width / natural, _MIN_STRETCH)
        hyphenated = text.endswith("-") and text[-2:-1].isalpha()
        end = " " if not last else _AFTER_HYPHEN if hyphenated else ""
        codes = "".join(f"{self._code(letter):04X}" for letter in text + end)
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


def _runs(words: Sequence[TextWord]) -> list[list[TextWord]]:
    """The line cut where it goes back to the left: print that was read as one line but is more."""
    runs: list[list[TextWord]] = []
    for word in words:
        if runs and word.box.x0 > runs[-1][-1].box.x0:
            runs[-1].append(word)
        else:
            runs.append([word])
    return runs


def _parted(words: Sequence[TextWord], gap: float) -> list[tuple[float, float]]:
    """Left and right edges (pixels) of the words, drawn in where two are less than `gap` apart."""
    edges = [(word.box.x0, word.box.x1) for word in words]
    for index in range(len(edges) - 1):
        (x0, x1), (next_x0, next_x1) = edges[index], edges[index + 1]
        lacking = gap - (next_x0 - x1)
        if lacking <= 0:
            continue
        given = min(lacking, (1 - _LEAST_WIDTH) * (x1 - x0))
        moved = min(lacking - given, (1 - _LEAST_WIDTH) * (next_x1 - next_x0))
        edges[index] = (x0, x1 - given)
        edges[index + 1] = (next_x0 + moved, next_x1)
    return edges


def _font_size(words: Sequence[TextWord]) -> float:
    """Pixels: one size for a line, so that readers take it as one line."""
    return max(float(median(word.box.y1 - word.box.y0 for word in words)), 1.0)


class _Frame(NamedTuple):
    """How pixels of the upright page become points of the page as shown."""

    scale_x: float
    scale_y: float
    height: float
    """Points up the page as shown."""
    middle: float
    """Pixels across to the middle of the page."""
    slope: float
    """Of the page's lines, in pixels, y down."""


def _slope_of(runs: Sequence[Sequence[TextWord]]) -> float:
    """The median slope of the page's long lines, weighed by their length."""
    long = [run for run in runs if _reach(run) > _LONG_LINE * _font_size(run)]
    slopes = sorted((_fit(run)[0], _reach(run)) for run in long)
    half, passed = sum(reach for _, reach in slopes) / 2, 0.0
    for slope, reach in slopes:
        passed += reach
        if passed >= half:
            return slope
    return 0.0


def _reach(words: Sequence[TextWord]) -> float:
    return words[-1].box.x1 - words[0].box.x0


def _bases(words: Sequence[TextWord], frame: _Frame) -> list[float]:
    """Where the base line (pixels, y down) passes under the middle of each word.

    So low that the font's own ascent and descent cover the median box. Lines are level on a crooked
    page, at the heights they have in its middle, but for a sway.
    """
    size = _font_size(words)
    middles = [(word.box.x0 + word.box.x1) / 2 for word in words]
    own, mean_y = _fit(words)
    if _reach(words) <= _SHORT_LINE * size:
        own = frame.slope
    mean_x = sum(middles) / len(words)
    level = mean_y + frame.slope * (frame.middle - mean_x) + size * (0.5 + _DESCENT / _EM)
    sway = _SWAY * size
    climbs = [own * (middle - mean_x) + frame.slope * (mean_x - frame.middle) for middle in middles]
    return [level + min(max(climb, -sway), sway) for climb in climbs]


def _fit(words: Sequence[TextWord]) -> tuple[float, float]:
    """Slope, and height at the mean of the words, of the line through their middles.

    Descenders and tone marks disturb the middles less than the bottoms.
    """
    across = [(word.box.x0 + word.box.x1) / 2 for word in words]
    down = [(word.box.y0 + word.box.y1) / 2 for word in words]
    mean_x, mean_y = sum(across) / len(words), sum(down) / len(words)
    spread = sum((x - mean_x) ** 2 for x in across)
    if not spread:
        return 0.0, mean_y
    along = zip(across, down, strict=True)
    return sum((x - mean_x) * (y - mean_y) for x, y in along) / spread, mean_y


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
