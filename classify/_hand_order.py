"""Order as context: papers of one register lie in a batch or dossier as their numbers go.

Whether numbers and days rise or fall there is learnt from the papers that are sure; a paper between
two sure ones stands between them. And in one register the later day has the higher number, however
the papers lie (NĐ 30/2020 Điều 15: numbers are given in order of time).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from classify._hand_context import Factor, shown
from classify._names_alike import same_body
from classify._text import fold
from classify.types import Neighbour

_LEAST_OUT = 0.08
"""How much a value out of order is held against it at most: papers do get mixed up."""
_REGISTER = 0.15
"""The same for a number that does not go with its day: numbers are kept back now and then."""
_LEARNT = 0.75
"""How likely order must hold for a value out of it to be contradicted: from two steps on."""
_NUMBER = re.compile(r"(\d{1,6})[a-z]?[/-](.+)$")
_YEAR = re.compile(r"^(?:19|20)\d\d$")


@dataclass(frozen=True, slots=True)
class Series:
    """A number taken apart: place in its register, and which register."""

    count: int
    letters: str
    """Folded notation."""
    year: str
    """Empty where the number does not say it."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between what a value must lie, and how sure that order is."""

    low: str
    high: str
    """Empty where open."""
    chance: float
    """That order holds here, 0 to 1."""

    @property
    def learnt(self) -> bool:
        """Whether what contradicts it is to be doubted."""
        return self.chance >= _LEARNT


def series_of(number: str) -> Series | None:
    """Take "14/2025/QĐ-UBND" apart; None where it has not the shape."""
    match = _NUMBER.match(fold(number).replace(" ", ""))
    if not match:
        return None
    year, slash, letters = match[2].partition("/")
    if _YEAR.match(year):
        return Series(int(match[1]), letters if slash else "", year)
    return Series(int(match[1]), match[2], "")


def together(shape: str, year: str, issuer: str, order: Sequence[Neighbour]) -> list[Neighbour]:
    """The neighbours whose sure numbers come from the register of a number of this shape.

    `shape` has "{}" for its digits; `year` is the paper's own, empty where it is not known.
    """
    own = series_of(shape.replace("{}", "1", 1))
    if own is None:
        return []
    found = []
    for one in order:
        other = series_of(one.number) if one.number else None
        if other is None or other.letters != own.letters or same_body(one.issuer, issuer) is False:
            continue
        years = {own.year or year, other.year or one.issued_on[:4]} - {""}
        if len(years) < 2:
            found.append(one)
    return found


def count_of(neighbour: Neighbour) -> str:
    """A sure number's place in its register, so that texts compare as numbers do."""
    series = series_of(neighbour.number)
    return f"{series.count:07d}" if series else ""


def day_of(neighbour: Neighbour) -> str:
    """A sure day, ISO."""
    return neighbour.issued_on


def bounds_of(order: Sequence[Neighbour], key: Callable[[Neighbour], str]) -> Bounds | None:
    """Between which values the paper at place 0 lies; None where no order is to be seen.

    The chance is that of a next step going the same way after those seen (rule of succession).
    """
    line = sorted((one.place, key(one)) for one in order if key(one) and one.place)
    rises = sum(one < other for (_, one), (_, other) in pairwise(line))
    falls = sum(one > other for (_, one), (_, other) in pairwise(line))
    if rises == falls:
        return None
    chance = (max(rises, falls) + 1) / (rises + falls + 2)
    before = next((value for place, value in reversed(line) if place < 0), "")
    after = next((value for place, value in line if place > 0), "")
    low, high = (before, after) if rises > falls else (after, before)
    if low and high and low > high:
        return None
    return Bounds(low, high, chance)


def count_factor(bounds: Bounds) -> Factor:
    """How well the digits of a number go with the order of the scan."""

    def fits(digits: str) -> float:
        count = padded(digits)
        below = bool(bounds.low) and count <= bounds.low
        above = bool(bounds.high) and count >= bounds.high
        return _out(bounds) if count and (below or above) else 1.0

    where = _between(*(value.lstrip("0") for value in (bounds.low, bounds.high)))
    return Factor(
        fits, f"Theo thứ tự quét, số này {where}.",
        f"Trái thứ tự quét: theo các giấy bên cạnh thì số này {where}." if bounds.learnt else "",
    )  # fmt: skip


def day_factor(bounds: Bounds) -> Factor:
    """How well a day goes with the order of the scan; papers of one day may stand together."""

    def fits(day: str) -> float:
        below = bool(bounds.low) and day < bounds.low
        above = bool(bounds.high) and day > bounds.high
        return _out(bounds) if below or above else 1.0

    where = _between(*(shown(value) if value else "" for value in (bounds.low, bounds.high)))
    return Factor(
        fits, f"Theo thứ tự quét, ngày này {where}.",
        f"Trái thứ tự quét: theo các giấy bên cạnh thì ngày này {where}." if bounds.learnt else "",
    )  # fmt: skip


def register_counts(day: str, register: Sequence[Neighbour]) -> Bounds | None:
    """Between which numbers the paper of a day stands in its register."""
    dated = [one for one in register if one.issued_on]
    low = max((count_of(one) for one in dated if one.issued_on < day), default="")
    high = min((count_of(one) for one in dated if one.issued_on > day), default="")
    return _held(low, high)


def register_days(count: str, register: Sequence[Neighbour]) -> Bounds | None:
    """Between which days the paper of a number (`padded`) was issued."""
    dated = [one for one in register if one.issued_on]
    low = max((one.issued_on for one in dated if count_of(one) < count), default="")
    high = min((one.issued_on for one in dated if count_of(one) > count), default="")
    return _held(low, high)


def _held(low: str, high: str) -> Bounds | None:
    """Nothing where the sure ones contradict each other."""
    if not (low or high) or (low and high and low > high):
        return None
    return Bounds(low, high, 1 - _REGISTER)


def register_factor(bounds: Bounds, *, of_days: bool) -> Factor:
    """How well a number goes with its day in the register, or a day with its number."""
    made = day_factor(bounds) if of_days else count_factor(bounds)
    ends = (bounds.low, bounds.high)
    if of_days:
        where = _between(*(shown(value) if value else "" for value in ends))
        told = f"Theo số của các giấy cùng sổ, ngày này {where}"
    else:
        where = _between(*(value.lstrip("0") for value in ends))
        told = f"Theo ngày của các giấy cùng sổ, số này {where}"
    return Factor(made.fits, f"{told}.", f"{told}, khác với số đã đọc." if not of_days
                  else f"{told}, khác với ngày đã đọc.")  # fmt: skip


def padded(digits: str) -> str:
    """Digits so that they compare as numbers do; a letter after them ("12a") is left out."""
    match = re.match(r"\d{1,6}", digits)
    return f"{int(match[0]):07d}" if match else ""


def holds_length(bounds: Bounds | None, digits: str) -> bool:
    """Whether order lets a number have no digit less or more at its end than was read.

    A stroke beside the place may be taken for a digit, or a digit for one: sure neighbours tell.
    """
    if bounds is None or not (bounds.low and bounds.high and bounds.learnt) or not digits.isdigit():
        return False
    shorter, longer = padded(digits[:-1] or "0"), padded(f"{digits}0")
    return (
        bounds.low < padded(digits) < bounds.high and shorter <= bounds.low < bounds.high <= longer
    )


def _out(bounds: Bounds) -> float:
    return max(_LEAST_OUT, (1 - bounds.chance) / bounds.chance)


def _between(low: str, high: str) -> str:
    if low and high:
        return f"nằm giữa {low} và {high}"
    return f"từ {low} trở đi" if low else f"không quá {high}"
