"""Scores a reading against ground truth the way docs/quality.md says.

Each printed line of the ground truth, longest first, is aligned into what is left of the reading
(edit distance with free ends) and blanked out there, so the order of blocks does not matter. Text
is NFC, typographic quotes and dashes are folded, white space is collapsed; tone marks count.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from operator import add
from typing import Self

import numpy as np

_FOLD = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "−": "-"})
_BARRED = str.maketrans({"đ": "d", "Đ": "D"})
_BLANK = "\x00"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of how many were wrong."""

    wrong: int = 0
    of: int = 0

    def __add__(self, other: Self) -> Self:
        """Both together."""
        return type(self)(self.wrong + other.wrong, self.of + other.of)

    @property
    def percent(self) -> float:
        """Wrong ones in a hundred; not a number where there were none at all."""
        return 100 * self.wrong / self.of if self.of else float("nan")


@dataclass(frozen=True, slots=True)
class Score:
    """What a reading got wrong on one or more pages."""

    characters: Tally = Tally()
    """Edits, of the characters of the truth."""
    words: Tally = Tally()
    """Words of the truth that the reading does not have, as a bag."""
    toneless: Tally = Tally()
    """Edits with all marks taken off both sides."""
    numbers: Tally = Tally()
    """Words with a digit in them that the reading does not have."""

    def __add__(self, other: "Score") -> "Score":
        """Both together."""
        pairs = zip(self._tallies(), other._tallies(), strict=True)
        return Score(*(add(mine, theirs) for mine, theirs in pairs))

    def _tallies(self) -> tuple[Tally, ...]:
        return (self.characters, self.words, self.toneless, self.numbers)

    @property
    def cer(self) -> float:
        """Character errors, per cent of the ground truth."""
        return self.characters.percent

    @property
    def wer(self) -> float:
        """Words of the ground truth not found (as a bag), per cent."""
        return self.words.percent


def fold(text: str) -> str:
    """NFC, plain quotes and dashes, single spaces."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text).translate(_FOLD)).strip()


def toneless(text: str) -> str:
    """Without tones and marks: "Đường" is "Duong"."""
    parted = unicodedata.normalize("NFD", text.translate(_BARRED))
    return "".join(letter for letter in parted if not unicodedata.combining(letter))


def score(truth: str, reading: str) -> Score:
    """Compare a transcription, a printed line a line, with a reading in any order."""
    lines = truth.splitlines()
    bare = line_edits([toneless(fold(line)) for line in lines], toneless(fold(reading)))
    wanted, found = Counter(fold(truth).split()), Counter(fold(reading).split())
    missed = wanted - found
    return Score(
        characters=sum(line_edits(lines, reading), Tally()),
        words=Tally(missed.total(), wanted.total()),
        toneless=sum(bare, Tally()),
        numbers=Tally(_with_digits(missed), _with_digits(wanted)),
    )


def line_edits(lines: Sequence[str], reading: str) -> list[Tally]:
    """The edits that each printed line needs, in the order given."""
    folded = [fold(line) for line in lines]
    rest = fold(reading)
    edits = [Tally()] * len(folded)
    for index in sorted(range(len(folded)), key=lambda index: -len(folded[index])):
        line = folded[index]
        if not line:
            continue
        distance, start, end = best_place(line, rest)
        edits[index] = Tally(min(distance, len(line)), len(line))
        if distance < len(line):
            rest = rest[:start] + _BLANK * (end - start) + rest[end:]
    return edits


def _with_digits(words: Counter[str]) -> int:
    return sum(count for word, count in words.items() if any(map(str.isdigit, word)))


def best_place(line: str, text: str) -> tuple[int, int, int]:
    """The edits of the best alignment of a line anywhere in a text, and the stretch it takes."""
    pattern = np.frombuffer(line.encode("utf-32-le"), np.uint32)
    letters = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    count = len(letters)
    costs = np.zeros(count + 1, np.int32)
    starts = np.arange(count + 1, dtype=np.int32)
    places = np.arange(count + 1, dtype=np.int32)
    for row, letter in enumerate(pattern, start=1):
        diagonal = np.empty(count + 1, np.int32)
        diagonal[0] = row
        diagonal[1:] = costs[:-1] + (letters != letter)
        from_diagonal = np.empty(count + 1, np.int32)
        from_diagonal[0] = 0
        from_diagonal[1:] = starts[:-1]
        down = costs + 1
        best = np.minimum(diagonal, down)
        start = np.where(diagonal <= down, from_diagonal, starts)
        # Insertions run along the row: the cheapest earlier place plus the distance to it.
        level = best - places
        running = np.minimum.accumulate(level)
        origin = np.maximum.accumulate(np.where(level == running, places, 0))
        costs, starts = running + places, start[origin]
    end = int(np.argmin(costs))
    return int(costs[end]), int(starts[end]), end
