"""How likely each way to read a piece is: one small model for the choice and for its confidence.

A piece reads in one of some ways, or in none of them. Each way is described by numbers (`NAMES`):
what the first reader was sure of, which readers agree, how well the small network's trace fits, how
the language likes it among its neighbours, how far it is from the first reading. Their weighted sum
through a softmax is its chance: the likeliest is what the page reads, its chance is the
confidence. The weights are learnt from transcribed pages by `python -m bench.train_confidence`, one
set for each choice of readers, for what a missing reader would have said shifts all others.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from ocr.second.align import distance
from ocr.second.language import Language
from ocr.second.lattice import Piece, Reading
from ocr.second.syllables import (
    BREAK,
    NUMBER,
    core_of,
    ends_phrase,
    marks_on,
    opens_phrase,
    skeleton,
    token_of,
)

NAMES: Final = (
    "first", "first x sure", "small", "script", "all agree", "fit", "language", "language kept",
    "unknown", "letters", "marks gained", "marks lost", "marks changed", "joined", "parted",
    "none", "none x sure", "none x fit", "none x length", "none x short", "none x number",
    "none x surprise", "none x run on",
)  # fmt: skip
"""What describes a way; the last eight describe that it is none of them."""

_NONE: Final = NAMES.index("none")
_RUN_ON: Final = re.compile(r"[^\W\d_][,;:)&][^\W\d_]|[^\W\d_]{3}\d")
"""Signs that a space was lost: "VH,TT", "ngày05"."""
_FIT_FLOOR: Final = 15.0
_LANGUAGE_LIMIT: Final = 15.0

Rows = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Context:
    """The tokens before and after a piece, at least as many as are asked about (two)."""

    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A piece, the ways in which it could read, and how the small reader's trace fits each."""

    piece: Piece
    ways: tuple[Reading, ...]
    fits: tuple[float, ...]
    sure: float
    """The first reader's confidence in the piece."""
    kept: bool
    """Whether it is a name, a number or a sign (`lattice.is_kept`)."""
    allowed: tuple[bool, ...]
    """For each way whether the piece may change to it (`lattice.may_become`)."""


def tokens_of_words(words: Sequence[str]) -> tuple[str, ...]:
    """The tokens of words of a line, phrases parted."""
    tokens: list[str] = []
    for word in words:
        if opens_phrase(word):
            tokens.append(BREAK)
        text = core_of(word).text
        if text:
            tokens.append(NUMBER if any(map(str.isdigit, text)) else token_of(text))
        if ends_phrase(word):
            tokens.append(BREAK)
    return tuple(tokens)


def chances(choice: Choice, context: Context, language: Language, weights: Rows) -> Rows:
    """The chance of each way, and last that it is none of them."""
    scores = rows_of(choice, context, language) @ weights
    powers = np.exp(scores - scores.max())
    return np.asarray(powers / powers.sum(), np.float64)


def rows_of(choice: Choice, context: Context | None, language: Language) -> Rows:
    """The numbers of `NAMES` for each way and for none of them: (ways + 1, names).

    Without a context the language has no say.
    """
    piece = choice.piece
    odds = _odds(choice.sure)
    best = max(choice.fits)
    surprises = [_surprise(way, context, language) if context else 0.0 for way in choice.ways]
    rows = np.zeros((len(choice.ways) + 1, len(NAMES)))
    for row, way, fit, surprise in zip(rows, choice.ways, choice.fits, surprises, strict=False):
        is_first = way == piece.first
        gain = max(-_LANGUAGE_LIMIT, min(_LANGUAGE_LIMIT, surprises[0] - surprise))
        row[:8] = (
            is_first,
            odds * is_first,
            way == piece.small,
            way == piece.script,
            is_first and way == piece.small and way == piece.script,
            max(-_FIT_FLOOR, fit - best),
            0.0 if choice.kept else gain,
            gain if choice.kept else 0.0,
        )
        row[8] = sum(_is_unknown(word, language) for word in way)
        row[9:_NONE] = _change(piece.first, way)
    length = sum(map(len, piece.first))
    likely = surprises[int(np.argmax(choice.fits))] / max(1, len(piece.first))
    rows[-1, _NONE:] = (
        1.0,
        odds,
        max(-8.0, best / max(1, length)),
        math.log(max(1, length)),
        length < 2,
        any(letter.isdigit() for word in piece.first for letter in word),
        min(30.0, likely) / 10,
        any(map(_runs_on, piece.first)),
    )
    return rows


def _runs_on(word: str) -> bool:
    """Whether a space seems to be lost in a word: "VH,TT", "ngày05", "SởVH"."""
    return _RUN_ON.search(word) is not None or any(
        letter.islower() and after.isupper() for letter, after in pairwise(word)
    )


def _odds(sure: float) -> float:
    sure = min(0.985, max(0.02, sure))
    return math.log(sure / (1 - sure))


def _surprise(way: Reading, context: Context, language: Language) -> float:
    """-ln of the chance of the tokens of a way and of two after it."""
    return language.run(context.before, (*tokens_of_words(way), *context.after[:2]))


def _is_unknown(word: str, language: Language) -> bool:
    text = core_of(word).text
    return text.isalpha() and token_of(text) not in language


def _change(first: Reading, way: Reading) -> tuple[float, ...]:
    """Letters changed; marks gained, lost and changed where no letter is; words joined, parted."""
    joined, parted = max(0, len(first) - len(way)), max(0, len(way) - len(first))
    one, other = "".join(first), "".join(way)
    bare, other_bare = skeleton(one), skeleton(other)
    if bare != other_bare:
        return min(5.0, distance(bare, other_bare)), 0, 0, 0, joined, parted
    more = [
        marks_on(b) - marks_on(a)
        for a, b in zip(one.lower(), other.lower(), strict=False)
        if a != b
    ]
    gained, lost = sum(m for m in more if m > 0), -sum(m for m in more if m < 0)
    return 0.0, gained, lost, more.count(0), joined, parted


@cache
def load_weights() -> Mapping[str, Rows]:
    """The learnt weights by the readers that were asked: "", "small", "script", "small script"."""
    stored = json.loads(Path(__file__).with_name("weights.json").read_text(encoding="utf-8"))
    if tuple(stored["names"]) != NAMES:
        raise ValueError("weights.json describes ways by other numbers than this version")
    return {readers: np.array(row) for readers, row in stored["weights"].items()}
