"""How a word of print becomes a token of the language model, and what letters it is made of."""

import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

TONES: Final = "\u0300\u0301\u0303\u0309\u0323"
_MARKS: Final = frozenset(TONES + "\u0302\u0306\u031b")
_VOWELS: Final = frozenset("aăâeêioôơuưy")
_CORE: Final = re.compile(r"^([^\w]*)(.*?)([^\w]*)$", re.DOTALL)

NUMBER, BREAK, OTHER = "#", "|", "~"
"""Tokens for anything with a digit, for a stop between phrases, for a word not in the model."""

_STOPS: Final = frozenset('.;:?!()[]"“”')


class Core(NamedTuple):
    """A word without the punctuation before and after it."""

    before: str
    text: str
    after: str


@lru_cache(maxsize=16_384)
def core_of(word: str) -> Core:
    """Part a word into punctuation, letters, punctuation; the middle may be empty."""
    found = _CORE.match(word.replace("_", "-"))
    assert found is not None
    before, text, after = found.groups()
    return Core(word[: len(before)], word[len(before) : len(before) + len(text)], after)


@lru_cache(maxsize=16_384)
def skeleton(word: str) -> str:
    """The letters without any mark, đ as d, lower case: "Đường" is "duong"."""
    bare = "".join(
        letter for letter in unicodedata.normalize("NFD", word.lower()) if letter not in _MARKS
    )
    return bare.replace("đ", "d")


@lru_cache(maxsize=512)
def marks_on(letter: str) -> int:
    """How many marks a letter bears: 0 for o and đ, 1 for ô and ó, 2 for ố."""
    return sum(part in _MARKS for part in unicodedata.normalize("NFD", letter))


@lru_cache(maxsize=16_384)
def token_of(word: str) -> str:
    """Lower case, the tone moved to one place: both "hoà" and "hòa" are "hòa"."""
    parted = unicodedata.normalize("NFD", word.lower())
    tones = [letter for letter in parted if letter in TONES]
    if len(tones) != 1:
        return unicodedata.normalize("NFC", parted)
    plain = [letter for letter in parted if letter not in TONES]
    bare = unicodedata.normalize("NFC", "".join(plain))
    place = _place_of_tone(bare)
    return unicodedata.normalize("NFC", bare[: place + 1] + tones[0] + bare[place + 1 :])


def tokens_of(text: str) -> list[str]:
    """The tokens of running text, phrases parted by `BREAK`; words not yet looked up."""
    tokens: list[str] = []
    for word in text.split():
        before, middle, after = core_of(word)
        if _STOPS.intersection(before) and tokens and tokens[-1] != BREAK:
            tokens.append(BREAK)
        if middle:
            tokens.append(NUMBER if any(map(str.isdigit, middle)) else token_of(middle))
        if _STOPS.intersection(after) and tokens and tokens[-1] != BREAK:
            tokens.append(BREAK)
    return tokens


def opens_phrase(word: str) -> bool:
    """Whether a stop stands before the letters of a word."""
    return bool(_STOPS.intersection(core_of(word).before))


def ends_phrase(word: str) -> bool:
    """Whether a stop stands after the letters of a word."""
    return bool(_STOPS.intersection(core_of(word).after))


def in_case_of(token: str, word: str) -> str:
    """A token written in the case of a word: all capitals, first capital or small."""
    letters = [letter for letter in word if letter.isalpha()]
    if len(letters) > 1 and all(map(str.isupper, letters)):
        return token.upper()
    if letters and letters[0].isupper():
        return token[:1].upper() + token[1:]
    return token


def _place_of_tone(bare: str) -> int:
    """The index of the vowel that bears the tone, in a way that depends on the letters alone."""
    places = [place for place, letter in enumerate(bare) if letter in _VOWELS]
    marked = [place for place in places if bare[place] in "ăâêôơư"]
    if marked:
        return marked[-1]
    # The u of qu and the i of gi belong to the consonant where another vowel follows.
    if len(places) > 1 and bare[: places[0] + 1] in {"qu", "gi"} and places[1] == places[0] + 1:
        places = places[1:]
    if not places:
        return len(bare) - 1
    ends_open = places[-1] == len(bare) - 1
    return places[-1] if len(places) == 2 and not ends_open else places[(len(places) - 1) // 2]
