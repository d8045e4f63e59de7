"""Writes pages as a born-digital PDF: real text in embedded fonts, with ToUnicode."""

import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pikepdf
from fontTools import subset
from fontTools.ttLib import TTFont

from specimens._ink import ink_mask
from specimens.fonts import Face, font_path
from specimens.page import Colour, Ink, Item, Modules, Page, Rule, Seal, Stamp, Text, Tint

_INK_DPI = 150
"""Seals and stamps are pictures in a born-digital original; this is their resolution."""


class _Font:
    """One embedded face: a subset whose glyph numbers are the original's."""

    def __init__(self, face: Face, letters: str) -> None:
        self._letters = "".join(sorted(set(letters) | {" "}))
        options = subset.Options()
        options.retain_gids = True
        options.layout_features = []
        options.hinting = False
        options.drop_tables += ["FFTM"]
        options.recalc_timestamp = False
        file = TTFont(font_path(face), recalcTimestamp=False)
        self._map: dict[int, str] = file.getBestCmap()
        self._gids = {letter: file.getGlyphID(self._map[ord(letter)]) for letter in self._letters}
        self._widths = {
            letter: file["hmtx"][self._map[ord(letter)]][0] * 1000 // file["head"].unitsPerEm
            for letter in self._letters
        }
        self._box = [
            getattr(file["head"], name) * 1000 // file["head"].unitsPerEm
            for name in ("xMin", "yMin", "xMax", "yMax")
        ]
        self._name = f"/TTMAUU+{file['name'].getDebugName(6)}"
        subsetter = subset.Subsetter(options)
        subsetter.populate(text=self._letters)
        subsetter.subset(file)
        sink = io.BytesIO()
        file.save(sink)
        self._bytes = sink.getvalue()

    def hex(self, text: str) -> str:
        """Return the text as the glyph numbers of a show operator."""
        return "".join(f"{self._gids[letter]:04X}" for letter in text)

    def embed(self, pdf: pikepdf.Pdf) -> pikepdf.Object:
        """Put the font into the file (ISO 32000-1, 9.7: Type 0 with Identity-H)."""
        name = pikepdf.Name(self._name)
        descriptor = pikepdf.Dictionary(
            Type=pikepdf.Name.FontDescriptor,
            FontName=name,
            Flags=4,
            FontBBox=self._box,
            ItalicAngle=0,
            Ascent=891,
            Descent=-216,
            CapHeight=662,
            StemV=80,
            FontFile2=pdf.make_stream(self._bytes, Length1=len(self._bytes)),
        )
        widths: list[pikepdf.Object | int | list[int]] = []
        for letter in sorted(self._letters, key=self._gids.__getitem__):
            widths += [self._gids[letter], [self._widths[letter]]]
        descendant = pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.CIDFontType2,
            BaseFont=name,
            CIDSystemInfo=pikepdf.Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0),
            FontDescriptor=pdf.make_indirect(descriptor),
            CIDToGIDMap=pikepdf.Name.Identity,
            W=widths,
        )
        return pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Font,
                Subtype=pikepdf.Name.Type0,
                BaseFont=name,
                Encoding=pikepdf.Name("/Identity-H"),
                DescendantFonts=[pdf.make_indirect(descendant)],
                ToUnicode=pdf.make_stream(self._to_unicode()),
            )
        )

    def _to_unicode(self) -> bytes:
        pairs = [f"<{self._gids[c]:04X}> <{ord(c):04X}>" for c in self._letters]
        blocks = [
            f"{len(pairs[i : i + 100])} beginbfchar\n"
            + "\n".join(pairs[i : i + 100])
            + "\nendbfchar"
            for i in range(0, len(pairs), 100)
        ]
        return (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap "
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def "
            "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
            "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
            + "\n".join(blocks)
            + "\nendcmap CMapName currentdict /CMap defineresource pop end end"
        ).encode()


def write_digital_pdf(path: Path, pages: Sequence[Page], *, title: str) -> None:
    """Write pages as an office program does: vectors, text, fonts. The bytes are reproducible."""
    with pikepdf.new() as pdf:
        letters: dict[Face, str] = {}
        for page in pages:
            for line in page.lines:
                for word in line.words:
                    letters[word.face] = letters.get(word.face, "") + word.text
        fonts = {face: _Font(face, text) for face, text in sorted(letters.items())}
        embedded = pikepdf.Dictionary(
            {f"/{face.value}": font.embed(pdf) for face, font in fonts.items()}
        )
        for page in pages:
            _add_page(pdf, page, fonts, embedded)
        pdf.docinfo["/Title"] = title
        pdf.docinfo["/Producer"] = "Bộ tạo giấy tờ mẫu"
        pdf.save(path, deterministic_id=True)


def _add_page(
    pdf: pikepdf.Pdf, page: Page, fonts: dict[Face, _Font], embedded: pikepdf.Dictionary
) -> None:
    pictures = pikepdf.Dictionary()
    content = []
    for item in sorted(page.items, key=lambda it: isinstance(it, (Ink, Seal, Stamp))):
        if isinstance(item, (Seal, Stamp)):
            name = f"/Ink{len(pictures.keys())}"
            content.append(_picture(pdf, item, page, pictures, name))
        else:
            content.append("\n".join(_operators(item, page.height, fonts)))
    pdf.add_blank_page(page_size=(page.width, page.height))
    made = pdf.pages[-1]
    made.Resources = pikepdf.Dictionary(Font=embedded, XObject=pictures)
    made.Contents = pdf.make_stream("\n".join(content).encode())


def _operators(item: Item, height: float, fonts: dict[Face, _Font]) -> Iterable[str]:
    """Yield the drawing operators of one item; PDF counts from the bottom."""
    if isinstance(item, Text):
        yield from _text(item, height, fonts)
    elif isinstance(item, Rule):
        yield f"{_rgb(item.colour)} RG {item.width:.2f} w"
        yield f"{item.start.x:.2f} {height - item.start.y:.2f} m"
        yield f"{item.end.x:.2f} {height - item.end.y:.2f} l S"
    elif isinstance(item, Tint):
        across, down = item.end.x - item.start.x, item.end.y - item.start.y
        yield f"{_rgb(item.colour)} rg"
        yield f"{item.start.x:.2f} {height - item.end.y:.2f} {across:.2f} {down:.2f} re f"
    elif isinstance(item, Ink):
        yield f"{_rgb(item.colour)} RG {item.width:.2f} w 1 J 1 j"
        for stroke in item.strokes:
            path = [f"{p.x:.2f} {height - p.y:.2f} l" for p in stroke]
            yield " ".join([path[0][:-1] + "m", *path[1:], "S"])
    elif isinstance(item, Modules):
        yield from _modules(item, height)


def _text(line: Text, height: float, fonts: dict[Face, _Font]) -> Iterable[str]:
    yield f"BT {_rgb(line.colour)} rg"
    for index, word in enumerate(line.words):
        text = word.text if index == len(line.words) - 1 else f"{word.text} "
        yield f"/{word.face.value} {line.size:.2f} Tf"
        yield f"1 0 0 1 {word.x:.2f} {height - line.baseline:.2f} Tm"
        yield f"<{fonts[word.face].hex(text)}> Tj"
    yield "ET"


def _modules(code: Modules, height: float) -> Iterable[str]:
    rows, columns = code.cells.shape
    step_x, step_y = code.width / columns, code.height / rows
    yield "0 g"
    for row, column in np.argwhere(code.cells):
        x = code.origin.x + column * step_x
        y = height - code.origin.y - (row + 1) * step_y
        yield f"{x:.3f} {y:.3f} {step_x:.3f} {step_y:.3f} re"
    yield "f"


def _picture(
    pdf: pikepdf.Pdf, item: Seal | Stamp, page: Page, pictures: pikepdf.Dictionary, name: str
) -> str:
    """Embed a seal as a flat colour behind a soft mask, and return the operators that show it."""
    scale = _INK_DPI / 72
    mask, corner, colour = ink_mask(item, scale)
    height, width = mask.shape
    size = {"Width": width, "Height": height, "BitsPerComponent": 8}
    kind = {"Type": pikepdf.Name.XObject, "Subtype": pikepdf.Name.Image}
    grey = (np.clip(mask, 0, 1) * 255).astype(np.uint8).tobytes()
    soft = pdf.make_stream(grey, ColorSpace=pikepdf.Name.DeviceGray, **kind, **size)
    flat = np.full((height, width, 3), colour, np.uint8).tobytes()
    pictures[name] = pdf.make_stream(
        flat, ColorSpace=pikepdf.Name.DeviceRGB, SMask=soft, **kind, **size
    )
    x, y = corner[0] / scale, page.height - (corner[1] + height) / scale
    return f"q {width / scale:.2f} 0 0 {height / scale:.2f} {x:.2f} {y:.2f} cm {name} Do Q"


def _rgb(colour: Colour) -> str:
    return " ".join(f"{part / 255:.3f}" for part in colour)
