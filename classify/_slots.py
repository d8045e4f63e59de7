"""Where in a printed line a pen or print fills something in: geometry of number and date lines."""

import re
from collections.abc import Mapping
from statistics import median

from classify._header import NumberAt
from classify._layout import Run, union
from classify.handwriting import Slot
from imaging.types import Box

_NARROW = frozenset("iltfrjI1.,:;/|'!-()[] ")
_LEAD = re.compile(r"^\W{0,3}(?:luat |phap lenh |lenh )?so\s*[:;.,]*")
_DATE = re.compile(
    r"\b(?P<ngay>ngay|gay|nga[^i\W])(?P<day>.{0,12}?)(?P<thang>thang|hang|than)(?P<month>.{0,10}?)"
    r"(?P<nam>nam|nan|ham)\s*(?P<year>\d{4})?"
)
_STRETCHED = 1.4
"""Times its due width beyond which a word's box holds something else as well."""
_FEW_WORDS = 3
"""Words that a line must have for their widths to say how wide another one is due."""
_OPEN = 4.5
"""Heights of the print that a slot reaches left of the slash where "Số:" was not read."""


def _weight(letter: str) -> float:
    if letter in _NARROW:
        return 0.55
    return 1.35 if letter.isupper() else 1.0


def _weigh(text: str) -> float:
    return sum(_weight(letter) for letter in text)


def _right_edge(run: Run, index: int) -> float:
    """Where a word ends, its own letters alone: readers stretch a word over the pen beside it."""
    word = run.words[index]
    units = [(w.box.x1 - w.box.x0) / _weigh(w.text) for w in run.words if w.text.isalnum()]
    wanted = _weigh(word.text) * median(units) if len(units) >= _FEW_WORDS else 0.0
    wide = float(word.box.x1 - word.box.x0)
    return word.box.x0 + (wanted if wanted and wide > _STRETCHED * wanted else wide)


def x_at(run: Run, index: int) -> float:
    """Where the character of a run's text begins across the page; its end for the text's length."""
    place = 0
    for number, word in enumerate(run.words):
        if index <= place + len(word.text):
            share = _weigh(word.text[: max(0, index - place)]) / _weigh(word.text)
            return word.box.x0 + share * (_right_edge(run, number) - word.box.x0)
        place += len(word.text) + 1
    return float(run.words[-1].box.x1)


def _end_x(run: Run, index: int) -> float:
    """Where what stands before the character ends: a word's own edge where one ends there."""
    return x_at(run, len(run.text[:index].rstrip()))


def _start_x(run: Run, index: int) -> float:
    """Where what stands from the character on begins: a word's own edge where one begins there."""
    while index < len(run.text) and run.text[index] == " ":
        index += 1
    place = 0
    for word in run.words:
        if index == place:
            return float(word.box.x0)
        place += len(word.text) + 1
    return x_at(run, index)


def part_box(run: Run, start: int, end: int) -> Box | None:
    """The box of some characters of a run, cut out of their words."""
    part = run.part(start, end)
    if part is None:
        return None
    rows = union(word.box for word in part.words)
    x0, x1 = round(_start_x(run, start)), round(_end_x(run, end))
    return Box(x0, rows.y0, x1, rows.y1) if x1 > x0 else None


def number_slot(at: NumberAt) -> Slot | None:
    """Between "Số:" and the slash; the notation is the print beside it."""
    run, text = at.run, at.run.text
    joint = at.number.joint
    slash = text.find(joint) if at.number.year or joint != "/" else text.rfind("/")
    if slash < 0:
        return None
    beside = part_box(run, slash + 1, len(text))
    if beside is None:
        return None
    lead = _LEAD.match(run.folded)
    right = _start_x(run, slash)
    left = _end_x(run, lead.end()) if lead else right - _OPEN * (beside.y1 - beside.y0)
    box = Box(max(0, round(left)), beside.y0, round(right), beside.y1)
    return Slot(box, (beside,)) if box.x1 - box.x0 > 2 else None


def open_slot(run: Run, right: float) -> Box:
    """From the end of a line of which nothing more was read to the end of its column."""
    box = run.box
    return Box(box.x1, box.y0, max(box.x1 + 2, round(right)), box.y1)


def date_slots(run: Run) -> Mapping[str, Slot]:
    """The slots "day" and "month" of "ngày ... tháng ... năm 2025", as far as they can be placed.

    The digits of the year are the print beside them; without them nothing can be compared.
    """
    match = _DATE.search(run.folded)
    if not match or match["year"] is None:
        return {}
    year = part_box(run, match.start("year"), match.end("year"))
    if year is None:
        return {}
    found = {}
    for name, before, after in (("day", "ngay", "thang"), ("month", "thang", "nam")):
        left, right = _end_x(run, match.end(before)), _start_x(run, match.start(after))
        if right - left > 2:
            box = Box(round(left), year.y0, round(right), year.y1)
            found[name] = Slot(box, (year,))
    return found
