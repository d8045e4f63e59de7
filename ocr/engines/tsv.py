"""Tesseract's table of words (TSV) to lines. Both ways of calling it give the same table."""

import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple

from imaging.types import Box, Pixels
from ocr import limits
from ocr.layout import union
from ocr.types import Line, Word

_WORD_LEVEL: Final = "5"
_COLUMNS: Final = 12


def is_plain(grey: Pixels) -> bool:
    """Whether an image holds nothing at all: asked for one line of it, Tesseract invents a sign."""
    return int(grey.max()) - int(grey.min()) < limits.MIN_CONTRAST


class _Row(NamedTuple):
    """A word of the table and the numbers of its block, paragraph and line."""

    place: tuple[int, int, int]
    word: Word


def lines_of(tsv: str, grey: Pixels) -> list[Line]:
    """Words gathered by Tesseract's own lines, boxes clipped to the image that was read."""
    height, width = grey.shape
    gathered: dict[tuple[int, int, int], list[Word]] = {}
    for place, word in _words(tsv):
        x0, y0, x1, y1 = word.box
        box = Box(max(0, x0), max(0, y0), min(width, x1), min(height, y1))
        if box.x0 < box.x1 and box.y0 < box.y1:
            gathered.setdefault(place, []).append(Word(word.text, box, word.confidence))
    return [
        Line(tuple(words), union(word.box for word in words), block=place[0])
        for place, words in gathered.items()
    ]


def _words(tsv: str) -> Iterator[_Row]:
    for row in tsv.splitlines():
        cells = row.split("\t", _COLUMNS - 1)
        if len(cells) != _COLUMNS or cells[0] != _WORD_LEVEL:
            continue
        try:
            block, paragraph, line = (int(cell) for cell in cells[2:5])
            left, top, width, height = (int(cell) for cell in cells[6:10])
            confidence = float(cells[10]) / 100
        except ValueError:
            continue
        text = _spelt(cells[11])
        if text:
            box = Box(left, top, left + width, top + height)
            word = Word(text, box, min(1.0, max(0.0, confidence)))
            yield _Row((block, paragraph, line), word)


def _spelt(text: str) -> str:
    """NFC without white space; the Icelandic eth that the model writes for or after đ is undone."""
    text = unicodedata.normalize("NFC", "".join(text.split()))
    for pair in ("ĐÐ", "ÐĐ", "Ð"):
        text = text.replace(pair, "Đ")
    return text.replace("đð", "đ").replace("ð", "đ")
