"""Where digits are written by hand: places whose rows are those of the print beside them."""

import re
from collections.abc import Mapping
from statistics import median
from typing import NamedTuple

from classify._header import NumberAt
from classify._layout import Layout, Run
from classify._slots import number_slot, part_box, x_at
from imaging.types import Box

_WIDE: Mapping[str, float] = {
    **dict.fromkeys("ADGHKNOQUVXYĐ", 0.722), **dict.fromkeys("BCR", 0.667), "M": 0.889, "W": 0.944,
    **dict.fromkeys("ELTZ", 0.611), **dict.fromkeys("FPS", 0.556), **dict.fromkeys("IJ", 0.36),
    **dict.fromkeys("0123456789", 0.5), "-": 0.333, "/": 0.278, "r": 0.333,
    **dict.fromkeys("., ", 0.25),
}  # fmt: skip
"""Widths of Times New Roman in em, which NĐ 30/2020 asks for; other letters about 0.5."""
_CAPITALS = 0.67
"""Height of its capitals and digits in em."""
_LEAD = 1.36
"""Width of "Số:" in em."""
_LOW = frozenset("Q,;Jgpqy")
_MOST_OFF = 1.2
"""Em that the end of a place is moved at most."""
_DATE = re.compile(
    r"\b(?P<ngay>ngay|gay|nga[^i\W])(?P<day>.{0,14}?)(?P<thang>thang|hang|than)(?P<month>.{0,22}?)"
    r"(?P<nam>nam|nan|ham)\D{0,12}?(?P<year>(?:19|20)\d\d)"
)


class DayAndMonth(NamedTuple):
    """The places of a date line's day and month, and its printed year."""

    day: Box
    month: Box
    year: int
    printed_year: Box
    sure: float
    """Confidence of the least certain word that the year was read in."""


def number_place(at: NumberAt) -> Box | None:
    """The place of a number's digits: from the end of "Số:" to the slash.

    Readers stretch "Số:" over the pen beside it, so its end is reckoned from the size of the print.
    """
    slot = number_slot(at)
    if slot is None:
        return None
    text = at.run.text
    tail = text[text.rfind("/") + 1 :]
    beside = slot.print_beside[0]
    em = (beside.x1 - beside.x0) / max(0.1, width_of(tail))
    left = slot.box.x0
    if text[:1] in "Ss5" and at.run.box.x0 < left:
        left = min(left, round(at.run.box.x0 + _LEAD * em))
    rows = print_rows(beside, em, tail)
    return Box(left, rows[0], max(slot.box.x1, _slash(at, slot.box.x1)), rows[1])


def _slash(at: NumberAt, end: int) -> int:
    """Where the slash begins, reckoned from the end of the line; `end` where that is not told.

    A reader that takes the pen and the notation for one word ("“/CV" for "71/CV") only knows that
    the slash is somewhere in it; the words behind it say how wide the print is set. A place that
    holds the slash is read well, one that ends within the last digit is not.
    """
    words = at.run.words
    holds = max((place for place, word in enumerate(words) if "/" in word.text), default=-1)
    behind = [word for word in words[holds + 1 :] if sum(map(str.isupper, word.text)) > 1]
    if holds < 0 or at.number.year or words[holds].text.startswith("/") or not behind:
        return end
    em = median((word.box.x1 - word.box.x0) / width_of(word.text) for word in behind)
    begins = round(at.run.box.x1 - width_of(at.run.text[at.run.text.rfind("/") :]) * em)
    return begins if 0 < begins - end < _MOST_OFF * em else end


def width_of(text: str) -> float:
    """How wide a text is in em of Times New Roman."""
    return sum(_WIDE.get(letter, 0.5) for letter in text)


def leads(at: NumberAt) -> bool:
    """Whether "Số" was read before the place: without it nobody knows where the digits begin."""
    return at.run.text[:1] in "Ss"


def print_rows(box: Box, em: float, text: str) -> tuple[int, int]:
    """From the top of a text's capitals to its baseline, where its box reaches further."""
    low = any(letter in _LOW for letter in text)
    tall = box.y1 - box.y0
    due = _CAPITALS * em
    if not due * 0.6 < tall < due * 2.5:
        return box.y0, box.y1
    if tall > 1.12 * due:
        return (box.y0, box.y0 + round(due)) if low else (box.y1 - round(due), box.y1)
    return box.y0, box.y1


def day_and_month(layout: Layout, part: Run) -> DayAndMonth | None:
    """The places of day and month in "ngày ... tháng ... năm 2025".

    A pen parts the line for the reader, so the whole row around the part that was read is taken.
    """
    rows_of = (row.whole for row in layout.rows if set(part.words) <= set(row.whole.words))
    run = next(rows_of, part)
    match = _DATE.search(run.folded)
    year = part_box(run, match.start("year"), match.end("year")) if match else None
    if match is None or year is None:
        return None
    rows = print_rows(year, (year.x1 - year.x0) / 2, "")
    day = _between(run, match.end("ngay"), match.start("thang"), rows)
    month = _between(run, match.end("thang"), match.start("nam"), rows)
    words = run.part(match.start("year"), match.end("year"))
    if words is None or day is None or month is None:
        return None
    return DayAndMonth(day, month, int(match["year"]), year, words.weakest)


def _between(run: Run, start: int, end: int, rows: tuple[int, int]) -> Box | None:
    """The columns between what ends at one character and what begins at another."""
    left = round(x_at(run, len(run.text[:start].rstrip())))
    while end < len(run.text) and run.text[end] == " ":
        end += 1
    place = 0
    right = x_at(run, end)
    for word in run.words:
        if end == place:
            right = word.box.x0
        place += len(word.text) + 1
    return Box(left, rows[0], round(right), rows[1]) if right - left > 2 else None
