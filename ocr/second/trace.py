"""What a reader that works by connectionist temporal classification saw along a line.

Such a reader gives for each step along the line the chance of each letter and of no letter (blank,
column 0). From that a text is read off (`Trace.greedy`), and any other text can be asked how well
it fits a stretch of the line (`Trace.fit`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

_UNKNOWN: Final = -5.0
"""ln of the chance given to a letter that the reader cannot write."""
_NEVER: Final = -1e9


@dataclass(frozen=True, slots=True)
class Seen:
    """A word read off a trace, and the steps between the spaces around it."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Trace:
    """ln of the chance of each letter at each step; column 0 is blank."""

    chances: Floats
    """(steps, letters + 1)."""
    columns: Mapping[str, int]
    """Letter -> column."""

    def greedy(self) -> tuple[Seen, ...]:
        """The words of the likeliest letters."""
        letters = _letters(self.chances, {place: letter for letter, place in self.columns.items()})
        words: list[Seen] = []
        text, start = "", 0
        for letter, step in letters:
            if letter == " ":
                if text:
                    words.append(Seen(text, start, step))
                text, start = "", step + 1
            else:
                text += letter
        if text:
            words.append(Seen(text, start, len(self.chances)))
        return tuple(words)

    def fit(self, texts: Sequence[str], start: int, end: int) -> list[float]:
        """Ln of the chance that the steps from `start` to before `end` spell each text."""
        if not texts:
            return []
        steps = self.chances[max(0, start) : end]
        if not len(steps):
            return [_NEVER] * len(texts)
        width = 2 * max(map(len, texts)) + 1
        columns = np.zeros((len(texts), width), np.int64)
        unknown = self.chances.shape[1]
        for row, text in enumerate(texts):
            columns[row, 1 : 2 * len(text) : 2] = [
                self.columns.get(letter, unknown) for letter in text
            ]
        return _forward(steps, columns, [2 * len(text) for text in texts])


def _letters(chances: Floats, letters: Mapping[int, str]) -> list[tuple[str, int]]:
    """Letters of the best path with the steps at which they begin."""
    best = chances.argmax(axis=1)
    begins = np.flatnonzero((best != 0) & (best != np.concatenate(([0], best[:-1]))))
    return [(letters[int(best[step])], int(step)) for step in begins]


def _forward(steps: Floats, columns: npt.NDArray[np.int64], ends: Sequence[int]) -> list[float]:
    """The forward pass over blank-parted letters, all texts side by side."""
    padded = np.concatenate([steps, np.full((len(steps), 1), _UNKNOWN, np.float32)], axis=1)
    emitted = padded[:, columns]  # (steps, texts, states)
    may_skip = np.full(columns.shape, _NEVER, np.float32)
    skips = (columns[:, 2:] != 0) & (columns[:, 2:] != columns[:, :-2])
    may_skip[:, 2:][skips] = 0
    level = np.full(columns.shape, _NEVER, np.float32)
    level[:, :2] = emitted[0, :, :2]
    for row in emitted[1:]:
        moved = np.full_like(level, _NEVER)
        moved[:, 1:] = level[:, :-1]
        leapt = np.full_like(level, _NEVER)
        leapt[:, 2:] = level[:, :-2]
        level = np.logaddexp(np.logaddexp(level, moved), leapt + may_skip) + row
    rows = np.arange(len(ends))
    last = np.asarray(ends)
    before = level[rows, np.maximum(0, last - 1)]
    return [float(value) for value in np.logaddexp(level[rows, last], before)]
