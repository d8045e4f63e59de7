"""What a paper knows of its own number and day: factors that weigh readings, each with its words.

A factor weighs readings against each other; none puts in a value that the reader did not see.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from classify._text import fold

_WORTH_SAYING = 1.5
"""A factor that weighs the best two readings less apart is not told to the person."""
_LEFT_OPEN = 0.3
"""How much of what the readings leave open, or give to what cannot be, stays open: a place in a
date line holds a day or a month, whatever the reader makes of strokes beside it."""
_SEEN_TWICE = 6.0
"""How much likelier a reading is that the reader of print has as well."""
_BEFORE_CITED = 0.05
_TO_COME = 0.01
_NOT_BY_RULE = 0.2
_LISTED = 8.0
"""How much likelier a reading is that the dossier's table of contents names."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One piece of context: how well each value fits it, and how that is said."""

    fits: Callable[[str], float]
    """Value -> more than 0; 1 where the context says nothing of it."""
    evidence: str
    """Vietnamese, a whole sentence."""


@dataclass(frozen=True, slots=True)
class Mixed:
    """Values with their chances, best first, and the evidence that moved them."""

    values: tuple[tuple[str, float], ...]
    evidence: tuple[str, ...]


def mix(readings: Mapping[str, float], factors: Sequence[Factor]) -> Mixed:
    """Weigh readings by factors. What the readings leave open stays open, and is no value's."""
    weighed = {value: chance for value, chance in readings.items() if chance > 0}
    told = []
    for factor in factors:
        before = sorted(weighed, key=lambda value: weighed[value], reverse=True)[:2]
        fits = {value: factor.fits(value) for value in weighed}
        weighed = {value: chance * fits[value] for value, chance in weighed.items()}
        apart = [fits[value] for value in before] or [1.0]
        if len(before) > 1 and max(apart) > _WORTH_SAYING * min(apart):
            told.append(factor.evidence)
    left = _LEFT_OPEN * max(0.0, 1 - sum(readings.values()))
    total = sum(weighed.values()) + left
    best = sorted(weighed, key=lambda value: weighed[value], reverse=True)
    values = tuple((value, weighed[value] / total) for value in best if weighed[value] > 0)
    return Mixed(values if total > 0 else (), tuple(told))


def written_rule() -> Factor:
    """NĐ 30/2020 PL I: a number below 10 is written with 0 before it, others without."""

    def fits(digits: str) -> float:
        if not digits:
            return 1.0
        small = len(digits) == 2 and digits[0] == "0" and digits[1] != "0"
        odd = len(digits) == 1 or digits[0] == "0"
        return 1.0 if small or not odd else _NOT_BY_RULE

    return Factor(fits, "Số dưới 10 được viết thêm số 0 ở trước, số lớn hơn thì không.")


def also_read(read: str | None) -> list[Factor]:
    """The reader of print saw a value as well; it is blind to most hands, but seldom by chance."""
    if not read:
        return []
    told = f"Máy đọc chữ in cũng thấy {_shown(read)}."
    return [Factor(lambda value: _SEEN_TWICE if value == read else 1.0, told)]


def listed(named: Collection[str], whole: Callable[[str], str], what: str) -> list[Factor]:
    """What a table of contents names, called `what`; `whole` makes values of readings."""
    known = {fold(value).replace(" ", "") for value in named if value}
    if not known:
        return []

    def fits(value: str) -> float:
        return _LISTED if fold(whole(value)).replace(" ", "") in known else 1.0

    return [Factor(fits, f"Mục lục hồ sơ có ghi {what} này.")]


def in_order(cited: date | None, today: date | None) -> list[Factor]:
    """Not after today; not before the latest paper that this one cites."""
    found = []
    if today:
        found.append(
            Factor(
                lambda value: _TO_COME if value > today.isoformat() else 1.0,
                f"Không thể sau ngày {_shown(today.isoformat())}.",
            )
        )
    if cited:
        found.append(
            Factor(
                lambda value: _BEFORE_CITED if value < cited.isoformat() else 1.0,
                f"Văn bản dẫn giấy tờ ngày {_shown(cited.isoformat())}.",
            )
        )
    return found


def _shown(value: str) -> str:
    match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", value)
    return f"{match[3]}/{match[2]}/{match[1]}" if match else f"“{value}”"
