"""Which words of a first reading are no print; asked of the first reader's own confidence."""

import re
from statistics import median
from typing import Final

from ocr import limits
from ocr.types import Line, Word

_NOTATION: Final = re.compile(r"/[A-ZĐ][A-ZĐa-z]+-[A-ZĐ]{2,}")
"""As in "Số: 11 /CT-UBND": beside a number by hand the engine doubts what it reads rightly."""


def noise_in(line: Line) -> tuple[bool, ...]:
    """For each word whether it is noise. In a line that is sure a word is print, however unsure."""
    if not line.words:
        return ()
    in_print = median(word.confidence for word in line.words) >= limits.SURE_LINE
    return tuple(
        _is_doubted(word) and not (in_print and _may_be_print(word, first=number == 0))
        for number, word in enumerate(line.words)
    )


def _is_doubted(word: Word) -> bool:
    if _NOTATION.search(word.text):
        return False
    if any(letter.isalnum() for letter in word.text):
        return word.confidence < limits.MIN_WORD_CONFIDENCE
    return word.confidence < limits.MIN_MARK_CONFIDENCE


def _may_be_print(word: Word, *, first: bool) -> bool:
    return any(map(str.isalnum, word.text)) or (first and word.text in limits.BULLETS)
