"""Numbers, days and months by hand: the reader of digits, mixed with what the paper knows.

Every piece of context is a factor with its evidence in words. Factors weigh readings against each
other; none puts in a value that the reader did not see.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from math import exp, log
from pathlib import Path
from typing import Any

from classify._cited import latest_cited
from classify._hand_places import DayAndMonth, day_and_month, number_place
from classify._header import DateAt, NumberAt
from classify._layout import union
from classify._written import Sight
from classify.kinds import FirstPage
from classify.types import Alternative, FieldValue, PageView
from imaging.types import Box
from ocr.digits import DigitReader

_OTHERS = 3
"""Alternatives given beside the value."""
_FAINT = 0.01
"""A reading less likely is not offered."""
_LEAST = 0.1
"""The chance under which the best reading is offered as an alternative only, not as the value."""
_WORTH_SAYING = 1.5
"""A factor that weighs the best two readings less apart is not told to the person."""
_LEFT_OPEN = 0.3
"""How much of what the readings leave open, or give to what cannot be, stays open: a place in a
date line holds a day or a month, whatever the reader makes of strokes beside it."""


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


def read_hands(
    fields: Mapping[str, FieldValue],
    first: FirstPage,
    sight: Sight,
    hand: DigitReader | None,
    pages: Sequence[PageView],
    today: date | None,
) -> dict[str, FieldValue]:
    """Number and date of a first page as the reader of digits has them, where they are by hand."""
    found: dict[str, FieldValue] = {}
    if hand is None or first.layout.born_digital:
        return found
    number, day = fields["number"], fields["issued_on"]
    if number.handwritten and first.head.number:
        notation = str(fields["notation"].value or "")
        read = _number(number, first.head.number, notation, sight, hand)
        found |= {"number": read} if read else {}
    if day.handwritten and first.head.date and day.page == first.layout.number:
        places = day_and_month(first.layout, first.head.date.run)
        cited = latest_cited(pages)
        read = _date(day, first.head.date, places, sight, hand, cited, today) if places else None
        found |= {"issued_on": read} if read else {}
    return found


def _number(
    field: FieldValue, at: NumberAt, notation: str, sight: Sight, hand: DigitReader
) -> FieldValue | None:
    place = number_place(at)
    seen = _strings(sight, hand, place)
    if place is None or not seen or not notation:
        return None
    mixed = mix(seen, [written_rule(), *_also_read(at.number.digits)])
    named = tuple(
        (replace(at.number, digits=digits).with_notation(notation) or "", chance)
        for digits, chance in mixed.values
        if digits
    )
    return _field(
        "number", field, replace(mixed, values=named), "Chữ số viết tay, máy đọc từ nét mực.", place
    )


def _date(
    field: FieldValue,
    at: DateAt,
    places: DayAndMonth,
    sight: Sight,
    hand: DigitReader,
    cited: date | None,
    today: date | None,
) -> FieldValue | None:
    day, month = (_strings(sight, hand, place) for place in (places.day, places.month))
    dates = dates_of(day, month, places.year)
    if not dates:
        return None
    read = at.dated.value
    mixed = mix(dates, [*_also_read(read.isoformat() if read else None), *_order(cited, today)])
    what = "Ngày hoặc tháng viết tay, máy đọc từ nét mực."
    return _field("issued_on", field, mixed, what, union((places.day, places.month)))


def _field(name: str, field: FieldValue, mixed: Mixed, what: str, place: Box) -> FieldValue:
    """The field with the best value, how sure, the next ones, and why."""
    offered = [
        Alternative(value, round(calibrated(name, chance), 3))
        for value, chance in mixed.values
        if chance >= _FAINT
    ]
    best = offered[0] if offered and offered[0].confidence >= _LEAST else None
    others = tuple(offered[1:] if best else offered)[:_OTHERS]
    advice = "Hãy so với ảnh." if best else "Máy không chắc, hãy nhập theo ảnh."
    return replace(
        field,
        box=union((field.box, place)) if field.box else place,
        value=best.value if best else None,
        confidence=best.confidence if best else 0.0,
        sure=False,
        reason=" ".join((what, *mixed.evidence, advice)),
        alternatives=others,
        evidence=None,
    )


@cache
def _chances() -> dict[str, Any]:
    """Field -> from the mixed chance to how often it is right, by `bench.calibrate_hand`."""
    path = Path(__file__).with_name("hand_chance.json")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["fields"]
    return found


def calibrated(name: str, chance: float) -> float:
    """How often a field's value mixed to this chance is right."""
    kept = min(0.9999, max(0.0001, chance))
    model = _chances()[name]
    score = float(model["shift"]) + float(model["scale"]) * log(kept / (1 - kept))
    return 1 / (1 + exp(-score))


def _strings(sight: Sight, hand: DigitReader, place: Box | None) -> dict[str, float]:
    picture = sight.picture() if place else None
    if picture is None or place is None:
        return {}
    return {reading.text: reading.chance for reading in hand.read(picture, place)}


def dates_of(day: Mapping[str, float], month: Mapping[str, float], year: int) -> dict[str, float]:
    """The dates that readings of a day and of a month make, ISO, and their chances."""
    dates: dict[str, float] = {}
    for one, day_chance in _numbers(day, 31).items():
        for other, month_chance in _numbers(month, 12).items():
            value = _made(year, other, one)
            if value:
                dates[value.isoformat()] = day_chance * month_chance
    return dates


def _numbers(strings: Mapping[str, float], most: int) -> dict[int, float]:
    """Days or months: "7" and "07" are one, what is none of them is left open."""
    found: dict[int, float] = defaultdict(float)
    for text, chance in strings.items():
        if re.fullmatch(r"\d{1,2}", text) and 1 <= int(text) <= most:
            found[int(text)] += chance
    return found


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def written_rule() -> Factor:
    """NĐ 30/2020 PL I: a number below 10 is written with 0 before it, others without."""

    def fits(digits: str) -> float:
        if not digits:
            return 1.0
        small = len(digits) == 2 and digits[0] == "0" and digits[1] != "0"
        odd = len(digits) == 1 or digits[0] == "0"
        return 1.0 if small or not odd else 0.2

    return Factor(fits, "Số dưới 10 được viết thêm số 0 ở trước, số lớn hơn thì không.")


def _also_read(read: str | None) -> list[Factor]:
    """The reader of print saw a value as well; it is blind to most hands, but seldom by chance."""
    if not read:
        return []
    return [
        Factor(
            lambda value: 6.0 if value == read else 1.0, f"Máy đọc chữ in cũng thấy {_shown(read)}."
        )
    ]


def _order(cited: date | None, today: date | None) -> list[Factor]:
    found = []
    if today:
        found.append(
            Factor(
                lambda value: 0.01 if value > today.isoformat() else 1.0,
                f"Không thể sau ngày {_shown(today.isoformat())}.",
            )
        )
    if cited:
        found.append(
            Factor(
                lambda value: 0.05 if value < cited.isoformat() else 1.0,
                f"Văn bản dẫn giấy tờ ngày {_shown(cited.isoformat())}.",
            )
        )
    return found


def _shown(value: str) -> str:
    match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", value)
    return f"{match[3]}/{match[2]}/{match[1]}" if match else f"“{value}”"
