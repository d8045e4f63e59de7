"""Numbers, days and months by hand: what the reader of digits sees in their places.

What it sees is weighed in `hands`, which opens no picture; here the places are found, cleared and
read, and what the first pages themselves say of them is gathered.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from classify._cited import latest_cited
from classify._hand_places import DayAndMonth, day_and_month, leads, number_place
from classify._header import DateAt, NumberAt
from classify._layout import union
from classify._lost_line import LostLine, clear_of_slash, find_lost_line
from classify._notations import mend_notation
from classify._numbers import Number
from classify._written import Sight
from classify.hands import dates_of
from classify.kinds import FirstPage
from classify.types import Fields, FieldValue, Hand, Kind, PageView, Slot, Strips
from imaging.types import Box
from ocr.digits import DigitReader

_SURE_PRINT = 0.9
"""Confidence of the printed year, and of the notation, from which they are taken as certain."""
_READ_AGAIN = 0.6
"""Confidence of a notation read again under a pen."""
_KEPT_READINGS = 12
"""Strings kept of one place; what is less likely than the last of them was never right."""


@dataclass(frozen=True, slots=True)
class HandReading:
    """Who reads the hand, and what is known of the file."""

    reader: DigitReader
    sight: Sight
    pages: Sequence[PageView]
    today: date | None
    kind: Kind | None = None
    strips: Strips | None = None
    """Reads the number line again where a pen took it from the readers."""


def read_hands(
    fields: Fields, notation: float, first: FirstPage, hand: HandReading
) -> dict[str, FieldValue]:
    """Number and date of a first page with what the reader of digits sees, where they are by hand.

    `notation` is how sure the printed part of the number is, 0 to 1. Values are not weighed yet.
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


def _number(
    field: FieldValue, at: NumberAt, notation: tuple[str, float], hand: HandReading
) -> FieldValue | None:
    place, picture = number_place(at), hand.sight.picture()
    letters, printed = notation
    if place is None or picture is None or not letters:
        return None
    place = clear_of_slash(picture, place)
    slot = _slot("number", hand, place)
    if slot is None:
        return None
    seen = Hand(
        (slot,), _shape(at.number, letters), letters, at.number.digits or "", "",
        "Chữ số viết tay, máy đọc từ nét mực.",
        certain=leads(at) and printed >= _SURE_PRINT,
    )  # fmt: skip
    return _with(field, seen, place)


def _shape(number: Number, letters: str) -> str:
    """The whole number with "{}" for its digits."""
    return replace(number, digits="{}").with_notation(letters) or ""


def _with(field: FieldValue, hand: Hand, place: Box) -> FieldValue:
    box = union((field.box, place)) if field.box else place
    return replace(field, box=box, evidence=None, hand=hand)


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
    page = first.layout.number
    told = "Dòng số bị nét mực che, máy đọc lại từ ảnh."
    slot = _slot("number", hand, line.place) or Slot("number", line.place, ())
    shape = _shape(line.readings[0], letters)
    seen = Hand((slot,), shape, letters, "", "", told, certain=False)
    base = replace(fields["number"], page=page, box=line.line, as_printed=None)
    notation = FieldValue(
        letters, None, _READ_AGAIN, sure=False, page=page, box=line.line,
        reason=f"{told} Cần người xem.",
    )  # fmt: skip
    return {"number": _with(base, seen, line.place), "notation": notation}


def _letters(line: LostLine, first: FirstPage, kind: Kind | None, read: str) -> str:
    """The notation that most of the readers see, as mended; what was read before where none do."""
    issuer = " ".join(run.text for run in first.head.issuer)
    mended = [mend_notation(number.notation, kind, issuer).text for number in line.readings]
    best, votes = Counter(mended).most_common(1)[0]
    return best if votes > 1 or not read else read


def _date(
    field: FieldValue, at: DateAt, places: DayAndMonth, hand: HandReading
) -> FieldValue | None:
    day, month = _slot("day", hand, places.day), _slot("month", hand, places.month)
    if day is None or month is None:
        return None
    if not dates_of(dict(day.readings), dict(month.readings), places.year):
        return None
    until = min(hand.today or date.max, date(places.year, 12, 31))
    cites = latest_cited(hand.pages, until)
    seen = Hand(
        (day, month), str(places.year), "",
        at.dated.value.isoformat() if at.dated.value else "",
        cites.isoformat() if cites else "",
        "Ngày hoặc tháng viết tay, máy đọc từ nét mực.",
        certain=places.sure >= _SURE_PRINT,
    )  # fmt: skip
    return _with(field, seen, union((places.day, places.month)))


def _slot(name: str, hand: HandReading, place: Box | None) -> Slot | None:
    """A place with the strings that the reader sees in it; None where it sees none."""
    picture = hand.sight.picture() if place else None
    if picture is None or place is None:
        return None
    read = hand.reader.read(picture, place)[:_KEPT_READINGS]
    readings = tuple((reading.text, reading.chance) for reading in read)
    return Slot(name, place, readings) if readings else None
