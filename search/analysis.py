"""Vietnamese text as an index sees it: folded letter by letter, cut into words.

FTS5's `remove_diacritics` never folds đ and has no exact mode, and most analysers shatter
decomposed (NFD) letters. So the text is analysed here, once, and every backend is handed the same
exact and folded words. Folding preserves length: a place in the folded text is the same place in
the NFC text, which is what marks the found words.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

WORD = re.compile(r"[^\W_]+")
_CODE = re.compile(r"[^\W_]+(?:[./-][^\W_]+)+")
_LOOKALIKES = {
    **dict.fromkeys("đĐÐðƉɖ", "d"),  # eth and the African d pass for đ in scanned and pasted text
    **dict.fromkeys("‐‑‒–—−", "-"),
}
_BASE_EXACT = dict.fromkeys(map(ord, "ÐðƉɖ"), "đ")
_UNUSABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_SHORT_NUMBER_DIGITS = 3
"""05/QĐ and 5/QĐ are one number; an identifier's leading zeros are its own."""


class Token(NamedTuple):
    """One word: as written and folded, and its place in the NFC text."""

    exact: str
    folded: str
    start: int
    end: int


def _fold_character(character: str) -> str:
    if (lookalike := _LOOKALIKES.get(character)) is not None:
        return lookalike
    decomposed = unicodedata.normalize("NFD", character)
    base, marks = decomposed[0], decomposed[1:]
    letter = base if all(map(unicodedata.combining, marks)) else character
    lower = letter.lower()
    return lower if len(lower) == 1 else letter


def _tone_placements() -> dict[str, str]:
    """New placement to old, for the open syllables where the two schools differ: hoà -> hòa."""
    return {
        unicodedata.normalize("NFC", glide + vowel + tone): unicodedata.normalize(
            "NFC", glide + tone + vowel
        )
        for glide, vowel in ("oa", "oe", "uy")
        for tone in "\u0300\u0301\u0303\u0309\u0323"
    }


_FOLDED = np.array([ord(_fold_character(chr(point))) for point in range(0x2300)], dtype="<u4")
"""Latin, Vietnamese, Greek, Cyrillic and punctuation; rarer letters take the slow way."""
_OLD_PLACEMENT = _tone_placements()


def normalise(text: str) -> str:
    """NFC, without the control characters and half surrogates that no index can hold."""
    composed = unicodedata.normalize("NFC", text)
    return _UNUSABLE.sub(" ", composed)


def fold(text: str) -> str:
    """Lower case, base letters, đ as d, long dashes as hyphens: as long as `text`, place by place.

    Give it NFC (`normalise`): a loose combining mark stays where it is.
    """
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    if points.size and points.max() >= _FOLDED.size:
        return "".join(map(_fold_character, text))
    return str(_FOLDED[points].tobytes(), "utf-32-le")


def tokens(text: str) -> tuple[Token, ...]:
    """The words of `text` in order; `start` and `end` are places in `normalise(text)`.

    "15/QĐ-UBND" gives its parts; `codes` gives it whole.
    """
    return tuple(_cut(normalise(text), WORD))


def codes(text: str) -> tuple[Token, ...]:
    """Numbers of documents and procedures, whole: 15/QĐ-UBND, 123/2024, 1.001193."""
    return tuple(
        token
        for token in _cut(normalise(text), _CODE)
        if any(character.isdigit() for character in token.folded)
    )


def _cut(text: str, pattern: re.Pattern[str]) -> Iterator[Token]:
    folded = fold(text)
    lower = text.translate(_BASE_EXACT).lower()
    aligned = lower if len(lower) == len(folded) else folded
    for found in pattern.finditer(folded):
        start, end = found.span()
        yield Token(_placed(aligned[start:end]), _shortened(found[0]), start, end)


def _placed(word: str) -> str:
    """`word` with its tone mark where the old school puts it."""
    ending = _OLD_PLACEMENT.get(word[-2:])
    return word if ending is None else word[:-2] + ending


def _shortened(word: str) -> str:
    """A short number without its leading zeros; any other word as it is."""
    if word[0] != "0" or len(word) > _SHORT_NUMBER_DIGITS or not word.isdigit():
        return word
    return word.lstrip("0") or "0"
