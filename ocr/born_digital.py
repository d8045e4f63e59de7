"""The text that a PDF carries itself, where it can be believed."""

import io
import re
import struct
import unicodedata
from pathlib import Path
from typing import Any, Final

import numpy as np
import pikepdf

from imaging import PageSheet, open_source
from imaging.types import Box
from ocr import limits
from ocr._vietnamese import is_syllable, is_vietnamese_letter
from ocr.layout import in_reading_order, rows_of, union
from ocr.types import Line, PageText, TextSource, Word

_PDF: Final = "application/pdf"
_GLYPH_NUMBER: Final = re.compile(r"\(cid:\d+\)")
_REPAIRS: Final = str.maketrans({"Ð": "Đ", "ð": "đ", "ƣ": "ư", "Ƣ": "Ư", "\xad": "-", "\xa0": " "})
"""Letters that font tables of old Word versions name wrongly: eth for đ, gha for ư."""
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


def read_text_layer(untrusted_path: Path, page_number: int) -> PageText | None:
    """The page's own text with boxes in pixels of its `PageImage`; None where it has none to trust.

    Not trusted: text laid invisibly over a scan (somebody else's OCR), text drawn over a picture
    that covers the page, broken character maps, legacy encodings (VNI, TCVN3), text with almost no
    Vietnamese. Raises what `imaging.open_source` raises.
    """
    with open_source(untrusted_path) as source:
        if source.media_type != _PDF:
            return None
        sheet = source.sheet(page_number)
    if sheet.is_scan or not sheet.shows_text:
        return None
    words = _words(untrusted_path, page_number, sheet)
    if not is_believable(" ".join(word.text for word in words)):
        return None
    return PageText(
        width=sheet.width,
        height=sheet.height,
        dpi=sheet.dpi,
        rotation=0,
        skew=0.0,
        lines=in_reading_order(_lines(words), width=sheet.width),
        source=TextSource.BORN_DIGITAL,
        engine="pdfplumber",
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


def _words(untrusted_path: Path, page_number: int, sheet: PageSheet) -> list[Word]:
    import pdfplumber
    from pdfminer.psexceptions import PSException

    try:
        with pdfplumber.open(_single_page(untrusted_path, page_number)) as document:
            page = document.pages[0]
            hidden = _covered_blanks(page.chars)
            printed = page.filter(lambda entry: id(entry) not in hidden)
            found = printed.extract_words(x_tolerance_ratio=0.25, use_text_flow=False)
            return [
                word for word in (_word(entry, page, sheet) for entry in found) if word is not None
            ]
    except (PSException, pikepdf.PdfError, *_PARSER_FAULTS):
        return []


def _single_page(untrusted_path: Path, page_number: int) -> io.BytesIO:
    """One page by itself, its annotations made part of it.

    The registry's software writes the number and the day of a document into annotations, over the
    blanks that the text leaves; pdfplumber reads no annotations.
    """
    buffer = io.BytesIO()
    with pikepdf.open(untrusted_path) as document, pikepdf.new() as single:
        single.pages.append(document.pages[page_number - 1])
        single.flatten_annotations("screen")
        single.save(buffer)
    return buffer


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
    left, top, right, bottom = page.cropbox
    across, down = sheet.width / (right - left), sheet.height / (bottom - top)
    x0 = max(0, int((entry["x0"] - left) * across))
    y0 = max(0, int((entry["top"] - top) * down))
    x1 = min(sheet.width, round((entry["x1"] - left) * across) + 1)
    y1 = min(sheet.height, round((entry["bottom"] - top) * down) + 1)
    if not text or x0 >= x1 or y0 >= y1:
        return None
    return Word(text, Box(x0, y0, x1, y1), 1.0)


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
