"""How likely a syllable is after the two before it: counts of legal texts, smoothed.

`language.npz` is made by `python -m bench.train_language`, which names its sources. Counts stand in
it as 16 x log2 in a byte; keys are sorted and stored as differences.
"""

import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from ocr._vietnamese import is_syllable
from ocr.second.syllables import BREAK, NUMBER, OTHER, skeleton

BITS: Final = 13
"""Of a token's number in a key; the vocabulary holds at most 8,192 tokens."""
STEPS: Final = 16
"""Steps of a stored count in a doubling."""
_PAIR_WEIGHT: Final = 30.0
_TRIPLE_WEIGHT: Final = 10.0
"""How many counts the shorter context is worth; least perplexity on texts not counted."""
_UNSEEN: Final = 0.3
"""Count of a token of the word list that the texts do not hold."""

Keys = npt.NDArray[np.int64]


class Tables(NamedTuple):
    """The counts; `pairs` are first << 13 | second, `triples` place of the pair << 13 | third."""

    tokens: list[str]
    singles: npt.NDArray[np.float64]
    pairs: Keys
    pair_counts: npt.NDArray[np.float64]
    triples: Keys
    triple_counts: npt.NDArray[np.float64]


class Language:
    """A model of syllables. Immutable but for its memory of what was asked; safe in threads."""

    def __init__(self, tables: Tables) -> None:
        """Take the counts."""
        self._tables = tables
        self._number = {token: place for place, token in enumerate(tables.tokens)}
        self._other = self._number[OTHER]
        self._total = float(tables.singles.sum())
        self._by_letters = _by_letters(tables.tokens)
        self._memory: dict[tuple[int, int, int], float] = {}

    def __contains__(self, token: str) -> bool:
        """Whether the model knows a token."""
        return token in self._number

    def same_letters(self, token: str) -> tuple[str, ...]:
        """Syllables of the same letters under other marks, the token itself among them if known."""
        return self._by_letters.get(skeleton(token), ())

    def count(self, token: str) -> float:
        """About how often the texts hold a token; 0 where they never do."""
        place = self._number.get(token)
        return 0.0 if place is None else float(self._tables.singles[place])

    def surprise(self, token: str, before: str = BREAK, before_that: str = BREAK) -> float:
        """-ln of the chance of a token after two others; tokens not known count as `OTHER`."""
        number = self._number.get
        key = (
            number(before_that, self._other),
            number(before, self._other),
            number(token, self._other),
        )
        found = self._memory.get(key)
        if found is None:
            found = -math.log(self._chance(*key))
            if len(self._memory) > 200_000:
                self._memory.clear()
            self._memory[key] = found
        return found

    def run(self, before: Sequence[str], tokens: Sequence[str]) -> float:
        """-ln of the chance of tokens one after the other, after at least some before them."""
        known = [*[BREAK, BREAK, *before[-2:]][-2:], *tokens]
        return sum(
            self.surprise(token, last, last_but_one)
            for last_but_one, last, token in zip(known, known[1:], known[2:], strict=False)
        )

    def _chance(self, first: int, second: int, third: int) -> float:
        tables = self._tables
        single = max(float(tables.singles[third]), _UNSEEN) / self._total
        pair_seen = _count(tables.pairs, tables.pair_counts, second << BITS | third)
        context = max(float(tables.singles[second]), _UNSEEN)
        pair = (pair_seen + _PAIR_WEIGHT * single) / (context + _PAIR_WEIGHT)
        place = _place(tables.pairs, first << BITS | second)
        if place is None:
            return pair
        triple_seen = _count(tables.triples, tables.triple_counts, place << BITS | third)
        return (triple_seen + _TRIPLE_WEIGHT * pair) / (
            float(tables.pair_counts[place]) + _TRIPLE_WEIGHT
        )


@cache
def load_language(path: Path | None = None) -> Language:
    """The model that ships with the library, loaded once a process."""
    with np.load(path or Path(__file__).with_name("language.npz"), allow_pickle=False) as stored:
        return Language(
            Tables(
                tokens=bytes(stored["tokens"]).decode("utf-8").split("\n"),
                singles=_counts(stored["singles"]),
                pairs=np.cumsum(stored["pairs"], dtype=np.int64),
                pair_counts=_counts(stored["pair_counts"]),
                triples=np.cumsum(stored["triples"], dtype=np.int64),
                triple_counts=_counts(stored["triple_counts"]),
            )
        )


def stored_tables(tables: Tables) -> dict[str, npt.NDArray[np.generic]]:
    """The arrays of the file: what `load_language` reads."""
    return {
        "tokens": np.frombuffer("\n".join(tables.tokens).encode(), np.uint8),
        "singles": _bytes(tables.singles),
        "pairs": np.diff(tables.pairs, prepend=0).astype(np.uint32),
        "pair_counts": _bytes(tables.pair_counts),
        "triples": np.diff(tables.triples, prepend=0).astype(np.uint32),
        "triple_counts": _bytes(tables.triple_counts),
    }


def _counts(stored: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """0 stands for none, n for 2 ** ((n - 1) / 16)."""
    table = np.concatenate([[0.0], np.exp2(np.arange(255) / STEPS)])
    return np.asarray(table[stored], np.float64)


def _bytes(counts: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    logs = 1 + np.round(STEPS * np.log2(np.maximum(counts, 1)))
    return np.where(counts > 0, np.minimum(255, logs), 0).astype(np.uint8)


def _place(keys: Keys, key: int) -> int | None:
    place = int(np.searchsorted(keys, key))
    return place if place < len(keys) and keys[place] == key else None


def _count(keys: Keys, counts: npt.NDArray[np.float64], key: int) -> float:
    place = _place(keys, key)
    return 0.0 if place is None else float(counts[place])


def _by_letters(tokens: list[str]) -> Mapping[str, tuple[str, ...]]:
    gathered: dict[str, list[str]] = {}
    for token in tokens:
        if token not in {NUMBER, BREAK, OTHER} and is_syllable(token):
            gathered.setdefault(skeleton(token), []).append(token)
    return {letters: tuple(found) for letters, found in gathered.items()}
