"""Letters: folding away case and marks, likeness of two phrases, kinds of capitals."""

import unicodedata
from functools import lru_cache

_VIETNAMESE = (
    "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
    "ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴĐÐ"
)


_REMEMBERED = 4096
"""Texts whose letters are remembered: a page's rows are asked about again and again."""

UPPER = "A-Z" + "".join(letter for letter in _VIETNAMESE if letter.isupper())
LOWER = "a-z" + "".join(letter for letter in _VIETNAMESE if letter.islower())
"""Letters as a regular expression's class takes them: Unicode ranges mix the two cases."""


def _plain(letter: str) -> str:
    if letter in "đĐÐð":
        return "d"
    return unicodedata.normalize("NFD", letter)[0].lower()


_FOLD = {ord(letter): _plain(letter) for letter in _VIETNAMESE + "ðABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def fold(text: str) -> str:
    """Lower case without marks, one letter for one: indices of the result are those of `text`.

    Readers lose the small marks of capitals first ("CHÍ THỊ", "QUYÉT ĐỊNH"), so fixed wordings
    are compared folded.
    """
    return text.translate(_FOLD)


@lru_cache(maxsize=_REMEMBERED)
def squeeze(text: str) -> str:
    """Folded, letters and digits alone: for wordings in which a reader lost or made spaces."""
    return "".join(letter for letter in fold(text) if letter.isalnum())


def distance(one: str, other: str, limit: int) -> int:
    """Edits (insert, delete, change) between two strings; anything above `limit` is limit + 1."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


@lru_cache(maxsize=8192)
def likeness(one: str, other: str) -> float:
    """How alike two phrases are without case, marks and spaces: 1 is equal, 0 is unlike.

    Phrases that differ in more than a fifth of their letters are unlike: 0.
    """
    a, b = squeeze(one), squeeze(other)
    if a == b:
        return 1.0 if a else 0.0
    longest = max(len(a), len(b))
    limit = longest // 5
    edits = distance(a, b, limit) if limit else 1
    return 0.0 if edits > limit else 1 - edits / longest


@lru_cache(maxsize=_REMEMBERED)
def letters(text: str) -> str:
    """The letters of a text alone."""
    return "".join(letter for letter in text if letter.isalpha())


@lru_cache(maxsize=_REMEMBERED)
def capitals(text: str) -> float:
    """The share of capitals among the letters, 0 where there are none."""
    only = letters(text)
    return sum(letter.isupper() for letter in only) / len(only) if only else 0.0


def starts_low(text: str) -> bool:
    """Whether the first letter is in lower case: a sentence that runs on from before."""
    only = letters(text)
    return bool(only) and only[0].islower()


def sentence(text: str) -> str:
    """The first letter as a capital, the rest untouched."""
    for index, letter in enumerate(text):
        if letter.isalpha():
            return text[:index] + letter.upper() + text[index + 1 :]
    return text
