"""Numbers, days and months by hand: the reader of digits, mixed with what the paper knows."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from math import exp, log
from pathlib import Path
from typing import Any

from classify._cited import latest_cited
from classify._hand_context import Factor, Mixed, also_read, in_order, listed, mix, written_rule
from classify._hand_places import DayAndMonth, day_and_month, leads, number_place
from classify._header import DateAt, NumberAt
from classify._layout import union
from classify._lost_line import LostLine, clear_of_slash, find_lost_line
from classify._notations import mend_notation
from classify._numbers import Number
from classify._written import Sight
from classify.kinds import FirstPage
from classify.policy import Promise
from classify.types import Alternative, Fields, FieldValue, Kind, Listed, PageView, Strips
from imaging.types import Box
from ocr.digits import DigitReader

_OTHERS = 3
"""Alternatives given beside the value."""
_FAINT = 0.01
"""A reading less likely is not offered."""
_LEAST = 0.1
"""The chance under which the best reading is offered as an alternative only, not as the value."""
_UNCHECKED = 0.8
"""The most that a value is trusted whose place or printed part is not certain: never sure."""
_SURE_PRINT = 0.9
"""Confidence of the printed year, and of the notation, from which they are taken as certain."""
_READ_AGAIN = 0.6
"""Confidence of a notation read again under a pen."""
_MOST_DIGITS = 4
"""Of a number that may be sure: longer ones are rare, and strokes beside a place make them."""


@dataclass(frozen=True, slots=True)
class HandReading:
    """Who reads the hand, and what is known outside the first page."""

    reader: DigitReader
    sight: Sight
    pages: Sequence[PageView]
    today: date | None
    kind: Kind | None = None
    strips: Strips | None = None
    """Reads the number line again where a pen took it from the readers."""
    named: Sequence[Listed] = ()
    """Papers that the dossier's table of contents names."""


def read_hands(
    fields: Fields, notation: float, first: FirstPage, hand: HandReading
) -> dict[str, FieldValue]:
    """Number and date of a first page as the reader of digits has them, where they are by hand.

    `notation` is how sure the printed part of the number is, 0 to 1. Nothing is sure yet.
    """
    found: dict[str, FieldValue] = {}
    if first.layout.born_digital:
        return found
    number, day = fields["number"], fields["issued_on"]
    date_at = first.head.date
    places = day_and_month(first.layout, date_at.run) if date_at else None
    if number.handwritten and first.head.number and number_place(first.head.number):
        letters = str(fields["notation"].value or "")
        read = _number(number, first.head.number, (letters, notation), hand)
        found |= {"number": read} if read else {}
    elif number.handwritten and number.value is None and date_at and places:
        found |= _lost(fields, first, date_at, places, hand)
    if day.handwritten and date_at and day.page == first.layout.number:
        read = _date(day, date_at, places, hand) if places else None
        found |= {"issued_on": read} if read else {}
    return found


def pass_hands(fields: Fields, promise: Promise) -> dict[str, FieldValue]:
    """Fields read from a hand, sure where their chance keeps the promised error."""
    return {
        name: replace(value, sure=value.confidence >= _chances()[name]["sure"][promise])
        if name in _chances() and value.handwritten and value.value and value.evidence is None
        else value
        for name, value in fields.items()
    }


def _number(
    field: FieldValue, at: NumberAt, notation: tuple[str, float], hand: HandReading
) -> FieldValue | None:
    place, picture = number_place(at), hand.sight.picture()
    letters, printed = notation
    if place is None or picture is None or not letters:
        return None
    place = clear_of_slash(picture, place)
    seen = _strings(hand, place)
    if not seen:
        return None
    factors = [written_rule(), *also_read(at.number.digits), *_listed(at.number, letters, hand)]
    mixed = mix(seen, factors)
    best = mixed.values[0][0] if mixed.values else ""
    named = _named(mixed, at.number, letters)
    twice = best == at.number.digits or any(
        named.values[0][0] == paper.number for paper in hand.named if named.values
    )
    certain = leads(at) and printed >= _SURE_PRINT and 1 < len(best) <= _MOST_DIGITS and twice
    what = "Chữ số viết tay, máy đọc từ nét mực."
    read = _field("number", field, named, what, place)
    return read if certain else _capped(read)


def _named(mixed: Mixed, number: Number, letters: str) -> Mixed:
    """Whole numbers in place of their digits."""
    values = tuple(
        (replace(number, digits=digits).with_notation(letters) or "", chance)
        for digits, chance in mixed.values
        if digits
    )
    return replace(mixed, values=values)


def _listed(number: Number, letters: str, hand: HandReading) -> list[Factor]:
    def whole(digits: str) -> str:
        return replace(number, digits=digits).with_notation(letters) or ""

    return listed({paper.number for paper in hand.named}, whole, "số")


def _lost(
    fields: Fields, first: FirstPage, date_at: DateAt, places: DayAndMonth, hand: HandReading
) -> dict[str, FieldValue]:
    """Number and notation of a line that a pen took from the readers; neither is ever sure."""
    picture = hand.sight.picture()
    if picture is None or hand.strips is None:
        return {}
    right = min(first.head.split, date_at.run.box.x0)
    line = find_lost_line(picture, places.printed_year, right, hand.strips)
    if line is None:
        return {}
    letters = _letters(line, first, hand.kind, str(fields["notation"].value or ""))
    factors = [written_rule(), *_listed(line.readings[0], letters, hand)]
    named = _named(mix(_strings(hand, line.place), factors), line.readings[0], letters)
    page = first.layout.number
    what = "Dòng số bị nét mực che, máy đọc lại từ ảnh."
    base = replace(fields["number"], page=page, box=line.line, as_printed=None)
    number = _capped(_field("number", base, named, what, line.place))
    notation = FieldValue(
        letters, None, _READ_AGAIN, sure=False, page=page, box=line.line,
        reason=f"{what} Cần người xem.",
    )  # fmt: skip
    return {"number": number, "notation": notation}


def _letters(line: LostLine, first: FirstPage, kind: Kind | None, read: str) -> str:
    """The notation that most of the readers see, as mended; what was read before where none do."""
    issuer = " ".join(run.text for run in first.head.issuer)
    mended = [mend_notation(number.notation, kind, issuer).text for number in line.readings]
    best, votes = Counter(mended).most_common(1)[0]
    return best if votes > 1 or not read else read


def _date(
    field: FieldValue, at: DateAt, places: DayAndMonth, hand: HandReading
) -> FieldValue | None:
    day, month = (_strings(hand, place) for place in (places.day, places.month))
    dates = dates_of(day, month, places.year)
    if not dates:
        return None
    read = at.dated.value.isoformat() if at.dated.value else None
    until = min(hand.today or date.max, date(places.year, 12, 31))
    order = in_order(latest_cited(hand.pages, until), hand.today)
    days = listed({paper.issued_on for paper in hand.named}, str, "ngày")
    mixed = mix(dates, [*also_read(read), *order, *days])
    what = "Ngày hoặc tháng viết tay, máy đọc từ nét mực."
    value = _field("issued_on", field, mixed, what, union((places.day, places.month)))
    return value if places.sure >= _SURE_PRINT else _capped(value)


def _capped(value: FieldValue) -> FieldValue:
    return replace(value, confidence=min(value.confidence, _UNCHECKED))


def _field(name: str, field: FieldValue, mixed: Mixed, what: str, place: Box) -> FieldValue:
    """The field with the best value, how sure, the next ones, and why."""
    offered = [
        Alternative(value, round(calibrated(name, chance), 3))
        for value, chance in mixed.values
        if chance >= _FAINT
    ]
    best = offered[0] if offered and offered[0].confidence >= _LEAST else None
    room = 1 - best.confidence if best else 1.0
    others = tuple(
        replace(other, confidence=round(min(other.confidence, room), 3))
        for other in (offered[1:] if best else offered)[:_OTHERS]
    )
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


def _strings(hand: HandReading, place: Box | None) -> dict[str, float]:
    picture = hand.sight.picture() if place else None
    if picture is None or place is None:
        return {}
    return {reading.text: reading.chance for reading in hand.reader.read(picture, place)}


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
