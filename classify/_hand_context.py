"""What a paper knows of its own number and day: factors that weigh readings, each with its words.

A factor weighs readings against each other; none puts in a value that the reader did not see.
Where what is left as the best contradicts one, the person is told so, and it is never sure.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ocr.digits.limits import LETTERS

_WORTH_SAYING = 1.5
"""A factor that weighs the best two readings less apart, and speaks less for the best one, is not
told to the person."""
_LEFT_OPEN = 0.3
"""How much of what the readings leave open, or give to what cannot be, stays open: a place in a
date line holds a day or a month, whatever the reader makes of strokes beside it."""
_SEEN_TWICE = 6.0
"""How much likelier a reading is that the reader of print has as well."""
_BEFORE_CITED = 0.05
_TO_COME = 0.01
_NOT_BY_RULE = 0.2
_AGAINST = 0.4
"""A factor under which the best value fits worse contradicts it."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One piece of context: how well each value fits it, and how that is said."""

    fits: Callable[[str], float]
    """Value -> more than 0; 1 where the context says nothing of it."""
    evidence: str
    """Vietnamese, a whole sentence."""
    against: str = ""
    """The sentence where the best value contradicts it; empty where that is no reason to doubt."""


@dataclass(frozen=True, slots=True)
class Mixed:
    """Values with their chances, best first, and the evidence that moved them."""

    values: tuple[tuple[str, float], ...]
    evidence: tuple[str, ...]
    against: tuple[str, ...] = ()
    """What contradicts the best value."""

    @property
    def best(self) -> str:
        """The likeliest value, empty where there is none."""
        return self.values[0][0] if self.values else ""


def mix(readings: Mapping[str, float], factors: Sequence[Factor]) -> Mixed:
    """Weigh readings by factors. What the readings leave open stays open, and is no value's."""
    weighed = {value: chance for value, chance in readings.items() if chance > 0}
    told = []
    for factor in factors:
        before = sorted(weighed, key=lambda value: weighed[value], reverse=True)[:2]
        fits = {value: factor.fits(value) for value in weighed}
        weighed = {value: chance * fits[value] for value, chance in weighed.items()}
        apart = [fits[value] for value in before] or [1.0]
        told.append(len(before) > 1 and max(apart) > _WORTH_SAYING * min(apart))
    left = _LEFT_OPEN * max(0.0, 1 - sum(readings.values()))
    total = sum(weighed.values()) + left
    if total <= 0:
        return Mixed((), ())
    best = sorted(weighed, key=lambda value: weighed[value], reverse=True)
    values = tuple((value, weighed[value] / total) for value in best if weighed[value] > 0)
    return Mixed(values, *_said(values[0][0] if values else "", factors, told))


def _said(
    best: str, factors: Sequence[Factor], told: Sequence[bool]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What speaks for the best value or told the first two apart, and what contradicts it."""
    fits = [factor.fits(best) for factor in factors]
    against = tuple(
        factor.against
        for factor, fit in zip(factors, fits, strict=True)
        if factor.against and fit < _AGAINST
    )
    evidence = tuple(
        factor.evidence
        for factor, fit, apart in zip(factors, fits, told, strict=True)
        if (apart or fit > _WORTH_SAYING) and not (factor.against and fit < _AGAINST)
    )
    return evidence, against


def written_rule() -> Factor:
    """NĐ 30/2020 PL I: a number below 10 is written with 0 before it, others without.

    A letter behind the digits ("05a") changes nothing.
    """

    def fits(number: str) -> float:
        digits = number.rstrip(LETTERS)
        if not digits:
            return 1.0
        small = len(digits) == 2 and digits[0] == "0" and digits[1] != "0"
        odd = len(digits) == 1 or digits[0] == "0"
        return 1.0 if small or not odd else _NOT_BY_RULE

    return Factor(fits, "Số dưới 10 được viết thêm số 0 ở trước, số lớn hơn thì không.")


def also_read(read: str) -> list[Factor]:
    """The reader of print saw a value as well; it is blind to most hands, but seldom by chance."""
    if not read:
        return []
    told = f"Máy đọc chữ in cũng thấy {shown(read)}."
    return [Factor(lambda value: _SEEN_TWICE if value == read else 1.0, told)]


def not_after(today: str) -> list[Factor]:
    """No paper is issued after the day on which it was scanned (ISO; empty where not known)."""
    if not today:
        return []
    return [
        Factor(
            lambda value: _TO_COME if value > today else 1.0,
            f"Không thể sau ngày {shown(today)}.",
            f"Ngày đọc được sau ngày quét {shown(today)}.",
        )
    ]


def not_before(cited: str) -> list[Factor]:
    """A paper is not older than the latest paper that it cites (ISO; empty where it cites none)."""
    if not cited:
        return []
    return [
        Factor(
            lambda value: _BEFORE_CITED if value < cited else 1.0,
            f"Văn bản dẫn giấy tờ ngày {shown(cited)}.",
            f"Ngày đọc được trước ngày {shown(cited)} của giấy tờ mà văn bản này dẫn.",
        )
    ]


def shown(value: str) -> str:
    """A value as a person reads it: an ISO day as dd/mm/yyyy, other values between quotes."""
    match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", value)
    return f"{match[3]}/{match[2]}/{match[1]}" if match else f"“{value}”"
