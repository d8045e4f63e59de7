"""Which words of one reading of a line stand for which of another."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple


class Match(NamedTuple):
    """Words [a0, a1) of the first reading beside words [b0, b1) of the other; one may be none."""

    a0: int
    a1: int
    b0: int
    b1: int


@dataclass(frozen=True, slots=True)
class _Step:
    cost: float
    match: Match
    before: "_Step | None"


_GAP = 0.75
"""Cost of a letter without counterpart, against 1 for one letter for another."""
_JOINED = 0.6
"""Cost of a space lost or invented."""


def align(first: Sequence[str], other: Sequence[str]) -> list[Match]:
    """The matches in order; words that are equal are matched first, then what lies between."""
    matches: list[Match] = []
    matcher = SequenceMatcher(None, list(first), list(other), autojunk=False)
    for kind, a0, a1, b0, b1 in matcher.get_opcodes():
        if kind == "equal":
            matches += [Match(a0 + i, a0 + i + 1, b0 + i, b0 + i + 1) for i in range(a1 - a0)]
        else:
            matches += [
                Match(a0 + m.a0, a0 + m.a1, b0 + m.b0, b0 + m.b1)
                for m in _between(first[a0:a1], other[b0:b1])
            ]
    return matches


def _between(first: Sequence[str], other: Sequence[str]) -> list[Match]:
    """One word to one, two to one, one to two or one to none: the cheapest such chain."""
    best: dict[tuple[int, int], _Step] = {(0, 0): _Step(0.0, Match(0, 0, 0, 0), None)}
    for a in range(len(first) + 1):
        for b in range(len(other) + 1):
            step = best.get((a, b))
            if step is None:
                continue
            for da, db in ((1, 1), (2, 1), (1, 2), (3, 1), (1, 3), (1, 0), (0, 1)):
                if a + da > len(first) or b + db > len(other):
                    continue
                match = Match(a, a + da, b, b + db)
                cost = step.cost + _cost(tuple(first[a : a + da]), tuple(other[b : b + db]))
                known = best.get((a + da, b + db))
                if known is None or cost < known.cost:
                    best[a + da, b + db] = _Step(cost, match, step)
    chain: list[Match] = []
    at: _Step | None = best[len(first), len(other)]
    while at is not None and at.before is not None:
        chain.append(at.match)
        at = at.before
    return chain[::-1]


def _cost(first: tuple[str, ...], other: tuple[str, ...]) -> float:
    spaces = _JOINED * (max(len(first), len(other)) - 1) if first and other else 0.0
    return spaces + distance("".join(first), "".join(other))


@lru_cache(maxsize=65_536)
def distance(one: str, other: str) -> float:
    """Edits between two words; a letter without counterpart costs a little less than a change."""
    if one == other:
        return 0.0
    row = [_GAP * place for place in range(len(other) + 1)]
    for place, letter in enumerate(one, start=1):
        last, row[0] = row[0], _GAP * place
        for column, beside in enumerate(other, start=1):
            last, row[column] = (
                row[column],
                min(last + (letter != beside), row[column] + _GAP, row[column - 1] + _GAP),
            )
    return row[-1]
