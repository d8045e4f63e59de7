"""What a pen wrote, weighed with what is known: pure values, so that it can be weighed again.

Reading the ink is `_by_hand`'s; here its readings meet the context of the paper itself and what the
caller knows around it (`Around`): neighbours in the batch, tables of contents, registers, later
papers that cite it. No picture is opened, nothing is read again.
"""

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cache
from math import exp, log
from pathlib import Path
from typing import Any

from classify import _hand_named as by_name
from classify import _hand_order as by_order
from classify._hand_context import (
    Mixed,
    also_read,
    mix,
    not_after,
    not_before,
    written_rule,
)
from classify.policy import Promise
from classify.types import Alternative, Around, Fields, FieldValue, Hand, Mention, Neighbour, Slot
from imaging.types import Box

NUMBER, DATE = "number", "issued_on"
NAMES = (NUMBER, DATE)
"""Fields whose digits are read from a hand."""
_OTHERS = 3
"""Alternatives given beside the value."""
_FAINT = 0.01
"""A reading less likely is not offered."""
_LEAST = 0.1
"""The chance under which the best reading is offered as an alternative only, not as the value."""
_UNCHECKED = 0.8
"""The most that a value is trusted whose place or printed part is not certain: never sure."""
_MOST_DIGITS = 4
"""Of a number that may be sure: longer ones are rare, and strokes beside a place make them."""
_ALL_BUT_CERTAIN = 0.9
"""Chance of a reading of one field from which it is context for the other."""
_SEEN = 1e-3
"""Chance of a reading from which another naming of it is a rival."""
_DOUBTED = 0.7
"""How far a value is believed that was read in print and is not sure."""


def weigh_hands(fields: Fields, around: Around, promise: Promise) -> dict[str, FieldValue]:
    """Number and day that a pen wrote, weighed with everything known; other fields are left out.

    Sure where the calibrated chance keeps the promise, something else says the same of a number,
    and nothing contradicts it. `hand.alone` is set by what does not come from neighbours, so that
    papers never make each other sure in a circle.
    """
    alone = replace(around, orders=())
    found = {}
    for name in NAMES:
        field = fields[name]
        if field.hand is None:
            continue
        weighed = _weighed(name, field, fields, around, promise)
        by_itself = weighed if not around.orders else _weighed(name, field, fields, alone, promise)
        said = str(by_itself.value) if by_itself.sure else ""
        hand = weighed.hand or field.hand
        found[name] = replace(weighed, hand=replace(hand, alone=said))
    return found


def _weighed(
    name: str, field: FieldValue, fields: Fields, around: Around, promise: Promise
) -> FieldValue:
    whole = _number if name == NUMBER else _date
    return whole(field, _Paper(fields, around), promise)


@dataclass(frozen=True, slots=True)
class _Paper:
    """A paper's fields with what is around them."""

    fields: Fields
    around: Around

    @property
    def issuer(self) -> str:
        return str(self.fields["issuer"].value or "")

    @property
    def letters(self) -> str:
        return str(self.fields["notation"].value or "")

    def numbers(self) -> dict[str, float]:
        """Whole numbers that may stand here, before any context."""
        field = self.fields[NUMBER]
        if field.hand is None:
            return _as_read(field)
        shape = shape_of(field.hand, self.letters)
        return {_whole(shape, digits): chance for digits, chance in _readings(field.hand, NUMBER)}

    def days(self) -> dict[str, float]:
        """Days (ISO) that may stand here, before any context."""
        field = self.fields[DATE]
        return _as_read(field) if field.hand is None else _dates(field.hand)

    def known(self, name: str) -> str:
        """A field's value where it is all but certain without context; empty where it is not."""
        found = self.numbers() if name == NUMBER else self.days()
        value = max(found, key=lambda one: found[one], default="")
        return value if value and found[value] >= _ALL_BUT_CERTAIN else ""

    def mentions(self) -> dict[Mention, float]:
        """Namings that mean this paper."""
        if not self.around.mentions:
            return {}
        return by_name.weights(self.around.mentions, self.numbers(), self.days(), self.issuer)

    def register(self) -> Sequence[Sequence[Neighbour]]:
        """Per order, the neighbours from the same register with sure numbers."""
        hand = self.fields[NUMBER].hand
        shape = shape_of(hand, self.letters) if hand else str(self.fields[NUMBER].value or "")
        dated = self.fields[DATE].hand
        year = dated.shape if dated else str(self.fields[DATE].value or "")[:4]
        return [by_order.together(shape, year, self.issuer, order) for order in self.around.orders]

    def dated(self) -> Sequence[Sequence[Neighbour]]:
        """Per order, the neighbours from the same register with sure days."""
        return [[one for one in order if one.issued_on] for order in self.register()]


def _as_read(field: FieldValue) -> dict[str, float]:
    value = field.value
    return {str(value): 1.0 if field.sure else _DOUBTED} if value else {}


def shape_of(hand: Hand, letters: str) -> str:
    """A number's shape, with the notation as it has been mended since."""
    if hand.letters and letters and hand.shape.endswith(hand.letters):
        return f"{hand.shape[: -len(hand.letters)]}{letters}"
    return hand.shape


def register_of(number: str) -> str:
    """The register that a whole number or its shape comes from: its notation, folded; or empty."""
    series = by_order.series_of(number.replace("{}", "1", 1))
    return series.letters if series else ""


def _whole(shape: str, digits: str) -> str:
    return shape.replace("{}", digits, 1) if digits else ""


def _readings(hand: Hand, name: str) -> tuple[tuple[str, float], ...]:
    return next((slot.readings for slot in hand.slots if slot.name == name), ())


def _number(field: FieldValue, paper: _Paper, promise: Promise) -> FieldValue:
    hand = field.hand
    if hand is None:
        return field
    shape = shape_of(hand, paper.letters)

    def whole(digits: str) -> str:
        return _whole(shape, digits)

    mentions = paper.mentions()
    registers = paper.register()
    scan = _widest(registers, by_order.count_of)
    day = paper.known(DATE)
    by_day = next((b for r in registers if day and (b := by_order.register_counts(day, r))), None)
    factors = [
        written_rule(),
        *also_read(hand.printed),
        *by_name.listed({paper.number for paper in paper.around.contents}, whole, "số"),
        *by_name.named_numbers(mentions, whole),
        *([by_order.count_factor(scan)] if scan else []),
        *([by_order.register_factor(by_day, of_days=False)] if by_day else []),
    ]
    mixed = mix(dict(_readings(hand, NUMBER)), factors)
    best = mixed.best
    value = _field(NUMBER, field, _named(mixed, whole), hand)
    twice = (
        (bool(best) and best == hand.printed)
        or {by_name.plain(whole(best))} == _namers(paper, mentions)
        or by_order.holds_length(scan, best)
    )
    certain = hand.certain and 1 < len(best) <= _MOST_DIGITS and twice
    return _passed(NUMBER, value, mixed, promise, certain=certain)


def _namers(paper: _Paper, mentions: Mapping[Mention, float]) -> set[str]:
    """Numbers that may stand here and that a table of contents names, or a paper that gives the day
    of this one as well. Of two such neither is certain: they may be two papers of one day.
    """
    named = {one.number for one in paper.around.contents}
    named |= {one.number for one in mentions if one.issued_on}
    seen = {by_name.plain(number) for number, chance in paper.numbers().items() if chance > _SEEN}
    return seen & {by_name.plain(number) for number in named if number}


def _widest(registers: Sequence[Sequence[Neighbour]], key: Any) -> by_order.Bounds | None:
    """The bounds of the order that is seen best."""
    found = [bounds for order in registers if (bounds := by_order.bounds_of(order, key))]
    ends = [bounds for bounds in found if bounds.low or bounds.high]
    return max(ends, key=lambda bounds: bounds.chance, default=None)


def _date(field: FieldValue, paper: _Paper, promise: Promise) -> FieldValue:
    hand = field.hand
    if hand is None:
        return field
    today = paper.around.today.isoformat() if paper.around.today else ""
    scan = _widest(paper.dated(), by_order.day_of)
    number = by_order.series_of(paper.known(NUMBER))
    count = by_order.padded(str(number.count)) if number else ""
    registers = paper.register() if count else ()
    by_number = next((b for r in registers if (b := by_order.register_days(count, r))), None)
    factors = [
        *also_read(hand.printed),
        *not_before(hand.cites),
        *not_after(today),
        *by_name.listed({paper.issued_on for paper in paper.around.contents}, str, "ngày"),
        *by_name.named_days(paper.mentions()),
        *([by_order.day_factor(scan)] if scan else []),
        *([by_order.register_factor(by_number, of_days=True)] if by_number else []),
    ]
    mixed = mix(_dates(hand), factors)
    value = _field(DATE, field, mixed, hand)
    return _passed(DATE, value, mixed, promise, certain=hand.certain)


def _passed(
    name: str, value: FieldValue, mixed: Mixed, promise: Promise, *, certain: bool
) -> FieldValue:
    """A field that is sure where its chance keeps the promised error and nothing speaks against."""
    if not certain or mixed.against:
        value = replace(value, confidence=min(value.confidence, _UNCHECKED))
    sure = (
        value.value is not None
        and certain
        and not mixed.against
        and value.confidence >= _chances()[name]["sure"][promise]
    )
    return replace(value, sure=sure)


def _named(mixed: Mixed, whole: Any) -> Mixed:
    """Whole numbers in place of their digits."""
    values = tuple((whole(digits), chance) for digits, chance in mixed.values if digits)
    return replace(mixed, values=values)


def _field(name: str, field: FieldValue, mixed: Mixed, hand: Hand) -> FieldValue:
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
    evidence = (*mixed.against, *mixed.evidence)
    return replace(
        field,
        value=best.value if best else None,
        confidence=best.confidence if best else 0.0,
        sure=False,
        reason=" ".join((hand.told, *evidence, advice)),
        alternatives=others,
        evidence=None,
        hand=replace(hand, evidence=evidence),
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


def _dates(hand: Hand) -> dict[str, float]:
    day, month = (dict(_readings(hand, name)) for name in ("day", "month"))
    return dates_of(day, month, int(hand.shape))


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


def hand_to_json(hand: Hand) -> dict[str, Any]:
    """Plain values for the record."""
    return asdict(hand) | {
        "slots": [
            {"name": one.name, "box": list(one.box), "readings": [list(r) for r in one.readings]}
            for one in hand.slots
        ],
        "evidence": list(hand.evidence),
    }


def hand_from_json(row: Mapping[str, Any]) -> Hand:
    """What `hand_to_json` wrote."""
    slots = tuple(
        Slot(one["name"], Box(*one["box"]), tuple((text, p) for text, p in one["readings"]))
        for one in row["slots"]
    )
    known = {name: row[name] for name in ("shape", "letters", "printed", "cites", "told", "alone")}
    return Hand(slots=slots, certain=bool(row["certain"]), evidence=tuple(row["evidence"]), **known)
