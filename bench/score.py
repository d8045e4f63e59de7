"""Scores a reading against ground truth the way docs/ocr.md says.

Each printed line of the ground truth, longest first, is aligned into what is left of the reading
(edit distance with free ends) and blanked out there, so the order of blocks does not matter. Text
is NFC, typographic quotes and dashes are folded, white space is collapsed; tone marks count.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

import numpy as np

_FOLD = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "−": "-"})
_BLANK = "\x00"


@dataclass(frozen=True, slots=True)
class Score:
    """Edits against one or more pages."""

    edits: int
    characters: int
    missed_words: int
    words: int

    def __add__(self, other: "Score") -> "Score":
        """Both together."""
        return Score(
            self.edits + other.edits,
            self.characters + other.characters,
            self.missed_words + other.missed_words,
            self.words + other.words,
        )

    @property
    def cer(self) -> float:
        """Character errors, per cent of the ground truth."""
        return 100 * self.edits / max(1, self.characters)

    @property
    def wer(self) -> float:
        """Words of the ground truth not found (as a bag), per cent."""
        return 100 * self.missed_words / max(1, self.words)


def fold(text: str) -> str:
    """NFC, plain quotes and dashes, single spaces."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text).translate(_FOLD)).strip()


def score(truth: str, reading: str) -> Score:
    """Compare a transcription, a printed line a line, with a reading in any order."""
    lines = sorted(filter(None, map(fold, truth.splitlines())), key=len, reverse=True)
    rest = fold(reading)
    edits = 0
    for line in lines:
        distance, start, end = _best_place(line, rest)
        edits += min(distance, len(line))
        if distance < len(line):
            rest = rest[:start] + _BLANK * (end - start) + rest[end:]
    wanted, found = Counter(" ".join(lines).split()), Counter(fold(reading).split())
    return Score(edits, sum(map(len, lines)), (wanted - found).total(), wanted.total())


def _best_place(line: str, text: str) -> tuple[int, int, int]:
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
