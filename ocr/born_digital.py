"""The text that a PDF carries itself, where it can be believed.

Letters of legacy fonts (TCVN3, VNI) are decoded; a picture beside the text is read as one.
"""

import io
import re
import struct
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pikepdf

from imaging import PageSheet, open_source
from imaging.types import Box
from ocr import limits
from ocr._vietnamese import is_syllable, is_vietnamese_letter
from ocr.engine import Engine
from ocr.layout import in_reading_order, rows_of, union
from ocr.legacy import Encoding, as_shown, decoded_letters, encoding_of, encoding_of_font
from ocr.pictures import read_pictures, regions_of_pictures
from ocr.types import Line, PageText, TextSource, Word

_PDF: Final = "application/pdf"
_GLYPH_NUMBER: Final = re.compile(r"\(cid:\d+\)")
_REPAIRS: Final = str.maketrans({"Ð": "Đ", "ð": "đ", "ƣ": "ư", "Ƣ": "Ư", "\xad": "-", "\xa0": " "})
"""Letters that font tables of old Word versions name wrongly: eth for đ, gha for ư."""
_LATIN_1: Final = (
    b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Latin1 def\n"
    b"/CMapType 2 def 1 begincodespacerange <00> <FF> endcodespacerange\n"
    b"1 beginbfrange <20> <FF> <0020> endbfrange\n"
    b"endcmap CMapName currentdict /CMap defineresource pop end end"
)
_PARSER_FAULTS: Final = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    RecursionError,
    OSError,
    struct.error,
)
"""What pdfminer raises on files that PDFium still shows: the picture is read instead."""


def read_text_layer(
    untrusted_path: Path, page_number: int, *, engine: Engine | None = None
) -> PageText | None:
    """The page's own text with boxes in pixels of its `PageImage`; None where it has none to trust.

    Not trusted: text laid invisibly over a scan (somebody else's OCR), text drawn over a picture
    that covers the page, broken character maps, text with almost no Vietnamese. With an `engine`,
    pictures that stand beside the text and hold print (a scanned paper set into a typed page) are
    read too; their words have the engine's confidence. Raises what `imaging.open_source` raises,
    and what the engine raises.
    """
    with open_source(untrusted_path) as source:
        if source.media_type != _PDF:
            return None
        sheet = source.sheet(page_number)
        if sheet.is_scan or not sheet.shows_text:
            return None
        words, pictures = _content(untrusted_path, page_number, sheet)
        if not is_believable(" ".join(word.text for word in words)):
            return None
        regions = regions_of_pictures(
            pictures, width=sheet.width, height=sheet.height, words=[word.box for word in words]
        )
        read: list[tuple[Line, ...]] = []
        if engine is not None and regions:
            pixels = source.page(page_number).pixels
            read = read_pictures(pixels, regions, dpi=sheet.dpi, engine=engine)
    return PageText(
        width=sheet.width,
        height=sheet.height,
        dpi=sheet.dpi,
        rotation=0,
        skew=0.0,
        lines=in_reading_order(_lines(words), width=sheet.width, tables=read),
        source=TextSource.BORN_DIGITAL,
        engine=f"pdfplumber, {engine.name}" if engine is not None and read else "pdfplumber",
    )


def is_believable(text: str) -> bool:
    """Whether a text layer reads as Vietnamese.

    In proper text a quarter of the letters carry a mark and nearly every word is a possible
    syllable; the thresholds leave room for tables, names and foreign words (docs/ocr.md).
    """
    text = _GLYPH_NUMBER.sub("\ufffd", text)
    letters = [letter for letter in text if letter.isalpha()]
    shown = [letter for letter in text if not letter.isspace()]
    if len(letters) < limits.MIN_LAYER_LETTERS:
        return False
    strange = sum(_is_strange(letter) for letter in shown) / len(shown)
    marked = sum(is_vietnamese_letter(letter) for letter in letters) / len(letters)
    words = [word for word in re.findall(r"[^\W\d_]+", text) if len(word) > 1]
    syllables = sum(is_syllable(word) for word in words) / max(1, len(words))
    return (
        strange <= limits.MAX_STRANGE_SHARE
        and marked >= limits.MIN_VIETNAMESE_SHARE
        and syllables >= limits.MIN_SYLLABLE_SHARE
    )


def _is_strange(letter: str) -> bool:
    """A sign that Vietnamese print does not use but broken or legacy encodings are full of."""
    if letter.isascii() or is_vietnamese_letter(letter):
        return False
    category = unicodedata.category(letter)
    if category in {"Co", "Cn", "Cc", "Cs", "Cf"} or letter == "\ufffd":
        return True
    # Western letters and marks between U+00A1 and U+024F: what VNI and TCVN3 look like.
    return "\xa1" <= letter <= "\u024f" and letter not in "§°±²³·«»×÷µ½¼¾–—"


def _content(
    untrusted_path: Path, page_number: int, sheet: PageSheet
) -> tuple[list[Word], list[Box]]:
    """The page's words and where its pictures lie, in pixels; nothing where no parser follows."""
    import pdfplumber
    from pdfminer.psexceptions import PSException

    try:
        with pdfplumber.open(_single_page(untrusted_path, page_number)) as document:
            page = document.pages[0]
            hidden = _decode_letters(page.chars) | _covered_blanks(page.chars)
            printed = page.filter(lambda entry: id(entry) not in hidden)
            found = printed.extract_words(x_tolerance_ratio=0.25, use_text_flow=False)
            words = [_word(entry, page, sheet) for entry in found]
            pictures = [_box(entry, page, sheet) for entry in page.images]
            return [word for word in words if word is not None], pictures
    except (PSException, pikepdf.PdfError, *_PARSER_FAULTS):
        return [], []


def _single_page(untrusted_path: Path, page_number: int) -> io.BytesIO:
    """One page by itself, its annotations made part of it.

    The registry's software writes the number and the day of a document into annotations, over the
    blanks that the text leaves; pdfplumber reads no annotations.
    """
    buffer = io.BytesIO()
    with pikepdf.open(untrusted_path) as document, pikepdf.new() as single:
        single.pages.append(document.pages[page_number - 1])
        single.flatten_annotations("screen")
        _name_codes(single)
        single.save(buffer)
    return buffer


def _name_codes(single: pikepdf.Pdf) -> None:
    """Say of legacy fonts without a character map that their codes are Latin-1.

    Else a parser names code 173 a hyphen or a space by its encoding, and it is the ư of TCVN3.
    """
    resources: Any = single.pages[0].get("/Resources", {})
    for entry in [*resources.get("/Font", {}).values(), *single.objects]:
        if not isinstance(entry, pikepdf.Dictionary) or entry.get("/Type") != pikepdf.Name.Font:
            continue
        simple = entry.get("/Subtype") in (pikepdf.Name.TrueType, pikepdf.Name.Type1)
        if (
            simple
            and "/ToUnicode" not in entry
            and encoding_of_font(str(entry.get("/BaseFont")).lstrip("/"))
        ):
            entry.ToUnicode = single.make_stream(_LATIN_1)


def _decode_letters(letters: list[dict[str, Any]]) -> set[int]:
    """Put right letters in the place of legacy and decomposed ones.

    Returns the ids of the marks that have joined the letter before them.
    """
    by_font: dict[str, list[str]] = {}
    for letter in letters:
        by_font.setdefault(letter["fontname"], []).append(letter["text"])
    encodings = _encodings({name: "".join(texts) for name, texts in by_font.items()})
    joined = set()
    for run in _runs(letters):
        name = run[0]["fontname"]
        encoding = encodings[name]
        texts = decoded_letters([letter["text"] for letter in run], encoding)
        bearer = run[0]
        for letter, text in zip(run, texts, strict=True):
            letter["text"] = as_shown(text, name, encoding)
            if text:
                bearer = letter
                continue
            joined.add(id(letter))
            bearer["x1"] = max(bearer["x1"], letter["x1"])
    return joined


def _encodings(texts: dict[str, str]) -> dict[str, Encoding]:
    """The encoding of each font's letters. Fonts of one system are judged together: a heading's
    few letters say little by themselves.
    """
    groups: dict[str, list[str]] = {}
    for name in texts:
        groups.setdefault(encoding_of_font(name) or name, []).append(name)
    found = {}
    for names in groups.values():
        encoding = encoding_of(" ".join(texts[name] for name in names), names[0])
        found.update(dict.fromkeys(names, encoding))
    return found


def _runs(letters: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Letters of one font that follow one another on a line."""
    run: list[dict[str, Any]] = []
    for letter in letters:
        if run and not _follows(run[-1], letter):
            yield run
            run = []
        run.append(letter)
    if run:
        yield run


def _follows(before: dict[str, Any], letter: dict[str, Any]) -> bool:
    size = float(letter["size"])
    return bool(
        before["fontname"] == letter["fontname"]
        and abs(before["top"] - letter["top"]) < size / 2
        and -2 * size < letter["x0"] - before["x1"] < size
    )


def _covered_blanks(letters: list[dict[str, Any]]) -> set[int]:
    """The ids of spaces under other letters: the blanks over which a number was written later.

    They would cut the number into its digits.
    """
    blanks = [letter for letter in letters if not letter["text"].strip()]
    printed = [letter for letter in letters if letter["text"].strip()]
    if not blanks or not printed:
        return set()
    sides = ("x0", "x1", "top", "bottom")
    x0, x1, top, bottom = np.array([[letter[side] for side in sides] for letter in printed]).T
    across = np.array([(blank["x0"] + blank["x1"]) / 2 for blank in blanks])[:, np.newaxis]
    down = np.array([(blank["top"] + blank["bottom"]) / 2 for blank in blanks])[:, np.newaxis]
    covered = ((x0 < across) & (across < x1) & (top < down) & (down < bottom)).any(axis=1)
    return {id(blank) for blank, is_covered in zip(blanks, covered, strict=True) if is_covered}


def _word(entry: dict[str, Any], page: Any, sheet: PageSheet) -> Word | None:
    """A word of pdfplumber in pixels, or None where it lies outside the visible page."""
    text = "".join(unicodedata.normalize("NFC", entry["text"].translate(_REPAIRS)).split())
    box = _box(entry, page, sheet)
    if not text or box.x0 >= box.x1 or box.y0 >= box.y1:
        return None
    return Word(text, box, 1.0)


def _box(entry: dict[str, Any], page: Any, sheet: PageSheet) -> Box:
    """Where something of pdfplumber's stands, in pixels of the visible page."""
    left, top, right, bottom = page.cropbox
    across, down = sheet.width / (right - left), sheet.height / (bottom - top)
    return Box(
        max(0, int((entry["x0"] - left) * across)),
        max(0, int((entry["top"] - top) * down)),
        min(sheet.width, round((entry["x1"] - left) * across) + 1),
        min(sheet.height, round((entry["bottom"] - top) * down) + 1),
    )


def _lines(words: list[Word]) -> list[Line]:
    """Words that stand beside one another, as blocks parted by wide leading."""
    single = [Line((word,), word.box) for word in words]
    lines: list[Line] = []
    block = 0
    for row in rows_of(single):
        members = tuple(line.words[0] for line in row)
        box = union(word.box for word in members)
        if lines and box.y0 - lines[-1].box.y1 > (box.y1 - box.y0):
            block += 1
        lines.append(Line(members, box, block=block))
    return lines
