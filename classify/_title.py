"""Box 5 of the layout: the name of the kind in capitals and the abstract, or "V/v ..."."""

import re
from dataclasses import dataclass
from itertools import pairwise, takewhile
from statistics import median

from classify._header import Head
from classify._layout import Layout, Row, Run, join
from classify._text import capitals, letters, squeeze, starts_low
from classify._words import FIRST_PAGE_TITLES
from classify.limits import MAX_ABSTRACT_LINES, MAX_TITLE_LINES

_TITLE_ZONE = 0.62
"""Share of the page's height above which a title begins."""

_STAMPS = 0.36
"""Share of the page's width left of which stamps of incoming papers stand beside a title."""

_FULL = 0.8
"""Share of the page's width that a paragraph's first row reaches."""
_CLOSE = 2.4
"""In letter heights: between the rows of one paragraph."""

_STOPS = (
    "can cu", "kinh gui", "theo de nghi", "xet de nghi", "xet to trinh", "dieu 1",
    "chuong i", "phan thu", "quoc hoi ban hanh", "ho, chu dem", "ho va ten",
    "hom nay", "ten toi", "toi la", "trong thoi gian", "chung toi", "ma so",
    "so:", "i. ", "1. ", "thi hanh", "luat so", "(1)", "noi nhan",
)  # fmt: skip
_LATER_STOPS = ("thuc hien", "ngay ", "nham ", "de ", "xet ", "sau khi", "uy ban nhan dan")
"""Words that begin a body's first paragraph, and may begin an abstract too."""
_AUTHORITY = (
    "uy ban nhan dan", "chu tich", "hoi dong nhan dan", "giam doc", "bo truong", "truong",
    "thu tuong", "chinh phu", "cuc truong", "chi cuc truong", "quoc hoi", "hoi dong",
    "tong cuc truong", "tong giam doc", "tong thanh tra", "tong kiem toan", "chanh", "hieu truong",
    "ban thuong vu", "ban chi dao", "ban chap hanh", "ban quan ly", "ban bi thu", "vien truong",
    "uy ban bau cu", "uy ban thuong vu", "vien kiem sat", "toa an", "dang uy", "so y", "so xay",
)  # fmt: skip
"""Folded words that the line begins with of who decides: no part of an abstract in capitals."""
_NAMES = frozenset(squeeze(name) for name in FIRST_PAGE_TITLES)
_REFERENCE = re.compile(r"\W{0,3}(?:v\s*/\s*v\b|vv\b|v\s*/(?=\s))\s*[:.]?", re.IGNORECASE)


@dataclass(frozen=True)
class Title:
    """What stands under the head of a page."""

    capitals: tuple[Run, ...]
    """Centred rows in capitals, first the name of the kind."""
    follows: tuple[Run, ...]
    """Centred rows right below in ordinary case: the abstract."""
    reference: tuple[Run, ...]
    """The rows of "V/v ..." under the number: a công văn's abstract."""


def find_reference(layout: Layout, head: Head) -> tuple[Run, ...]:
    """The rows of "V/v ..." in the left column, as wide as the column."""
    for index, row in enumerate(layout.rows):
        if layout.down(row) > 0.45:
            break
        for run in row.runs:
            match = _REFERENCE.match(run.text)
            if match and layout.across(run) < 0.62 and row.box.y0 > head.bottom - 3 * run.height:
                return _column_down(layout, index, run, head)
    return ()


def _gutter(layout: Layout, index: int, head: Head) -> float | None:
    """Where something stands right of the left column, aligned over rows: notes, a stamp's text."""
    near = 0.1 * layout.width
    beside = takewhile(lambda row: not any(map(_stops, row.runs)), layout.rows[index : index + 9])
    starts = [
        run.box.x0 for row in beside for run in row.runs if abs(run.box.x0 - head.split) < near
    ]
    for start in starts:
        if sum(abs(other - start) < 0.012 * layout.width for other in starts) >= 2:
            return start - 0.012 * layout.width
    return None


def _in_column(run: Run, gutter: float | None) -> Run:
    """A row cut where the left column ends, should something stand right of it."""
    if gutter is None or run.box.x0 >= gutter or run.box.x1 <= gutter:
        return run
    return Run(tuple(word for word in run.words if word.box.x0 < gutter), run.page)


def _column_down(layout: Layout, index: int, run: Run, head: Head) -> tuple[Run, ...]:
    gutter = _gutter(layout, index, head)
    first = _in_column(run, gutter)
    found = [first]
    for row in layout.rows[index + 1 : index + MAX_ABSTRACT_LINES]:
        last = found[-1]
        if row.box.y0 - last.box.y0 > 2.6 * max(first.height, last.height):
            break
        if any(_stops(other) for other in row.runs):
            break
        cut = (_in_column(other, gutter) for other in row.runs)
        below = [
            other
            for other in cut
            if _under(other, first) and len(letters(other.text)) > 2 and other.confidence > 0.5
        ]
        if not below:
            continue
        line = join(below)
        if _centre(line) - _centre(last) > 0.5 * first.height:
            found.append(line)
        elif len(found) > 1 and len(letters(line.text)) > len(letters(last.text)):
            found[-1] = line  # specks made a row of their own just above it
    return tuple(found)


def _centre(run: Run) -> float:
    return (run.box.y0 + run.box.y1) / 2


def _under(run: Run, first: Run) -> bool:
    if run.box.x1 - run.box.x0 > 1.6 * (first.box.x1 - first.box.x0):
        return False
    overlap = min(run.box.x1, first.box.x1) - max(run.box.x0, first.box.x0)
    width = run.box.x1 - run.box.x0
    wide = first.box.x1 - first.box.x0
    return overlap > 0.5 * min(width, wide) and run.box.x1 < first.box.x1 + 0.25 * wide


def _stops(run: Run) -> bool:
    return run.folded.lstrip(" -–(\"'").startswith(_STOPS)


def _is_read(run: Run) -> bool:
    """Whether a run is print: read with some confidence, or a name that papers bear."""
    return run.confidence > 0.15 or squeeze(run.text) in _NAMES


def _is_title_row(layout: Layout, row: Row) -> Run | None:
    """The centred run in capitals of a row, specks beside it left out."""
    words = [run for run in row.runs if len(letters(run.text)) >= 3 and _is_read(run)]
    if len(words) > 1:
        words = [run for run in words if run.box.x1 > _STAMPS * layout.width]
        words = [run for run in words if capitals(run.text) >= 0.8 and len(letters(run.text)) >= 4]
    if not words:
        return None
    run = _core(join(words))
    if run is None or len(letters(run.text)) < 3 or capitals(run.text) < 0.78:
        return None
    centred = abs(layout.across(run) - 0.52) < 0.13
    return run if centred else None


def _core(run: Run) -> Run | None:
    """A run without specks at its ends."""
    words = list(run.words)
    while words and not letters(words[0].text) and not words[0].text[0].isdigit():
        words.pop(0)
    while words and not re.search(r"[^\W_]", words[-1].text):
        words.pop()
    return Run(tuple(words), run.page) if words else None


def find_title(layout: Layout, head: Head) -> Title:
    """The title block of a first page."""
    reference = find_reference(layout, head)
    start = _first_title(layout, head)
    if start is None:
        return Title((), (), reference)
    names = _names(layout, start)
    if reference and reference[0].box.y0 < names[0][1].box.y0:
        return Title((), (), reference)
    after = _abstract(layout, names[-1][0] + 1, names[0][1], names[-1][1])
    if len(names) > 1 and after and not after[0].folded.startswith(("ve ", "v/v", "(")):
        after = ()
    return Title(tuple(run for _, run in names), after, reference)


def _first_title(layout: Layout, head: Head) -> int | None:
    for index, row in enumerate(layout.rows):
        if layout.down(row) > _TITLE_ZONE:
            return None
        if (row.box.y0 + row.box.y1) / 2 <= head.bottom or _is_head_row(row, head):
            continue
        if any(run.folded.startswith(("kinh gui", "noi nhan", "dieu 1")) for run in row.runs):
            return None
        if _is_title_row(layout, row):
            return index
    return None


def _is_head_row(row: Row, head: Head) -> bool:
    """Whether a row is the number's or the date's."""
    middle = (row.box.y0 + row.box.y1) / 2
    parts = [part.run.box for part in (head.number, head.date) if part]
    return any(box.y0 < middle < box.y1 for box in parts)


def _names(layout: Layout, start: int) -> list[tuple[int, Run]]:
    """The title's row and the rows in capitals right below it."""
    found: list[tuple[int, Run]] = []
    for index in range(start, min(start + 2 * MAX_TITLE_LINES, len(layout.rows))):
        run = _is_title_row(layout, layout.rows[index])
        if run is None:
            if not any(len(letters(r.text)) > 3 for r in layout.rows[index].runs):
                continue
            break
        if found:
            gap = run.box.y0 - found[-1][1].box.y1
            if gap > 2.2 * found[-1][1].height or run.folded.startswith(_AUTHORITY):
                break
        found.append((index, run))
        if len(found) == MAX_TITLE_LINES:
            break
    return found


def _abstract(layout: Layout, start: int, title: Run, last: Run) -> tuple[Run, ...]:
    found: list[Run] = []
    after: Run | None = None
    for row in layout.rows[start : start + MAX_ABSTRACT_LINES + 4]:
        core = _abstract_row(row, title)
        if core is None:
            continue
        if not found and any(_stops(run) for run in row.runs):
            break
        if _ends(layout, core, found, title, last):
            after = row.whole
            break
        found.append(core)
        if len(found) == MAX_ABSTRACT_LINES:
            break
    return () if _is_paragraph(layout, found, after) else tuple(found)


def _is_paragraph(layout: Layout, found: list[Run], after: Run | None) -> bool:
    """Whether rows are a body's first lines: full to the right, the next one ragged at the left.

    An abstract is centred row by row; of a paragraph the first row is indented and the last ends
    anywhere.
    """
    if not found or after is None or found[0].box.x1 < _FULL * layout.width:
        return False
    first, last = found[0], found[-1]
    close = _centre(after) - _centre(last) < _CLOSE * last.height
    near = 0.02 * layout.width
    even = all(
        abs(run.box.x0 - after.box.x0) < near and run.box.x1 > _FULL * layout.width
        for run in found[1:]
    )
    return close and even and after.box.x0 < first.box.x0 - near and starts_low(after.text)


def _abstract_row(row: Row, title: Run) -> Run | None:
    """The part of a row that belongs to the middle column, None for specks."""
    near = [
        run
        for run in row.runs
        if run.box.x0 - 1 < title.middle_x < run.box.x1 + 1 or len(row.runs) == 1
    ]
    core = _core(join(near)) if near else None
    if core is None:
        return None
    return core if len(letters(core.text)) >= 3 or re.fullmatch(r"\d{4}", core.text) else None


def _ends(layout: Layout, row: Run, found: list[Run], title: Run, last: Run) -> bool:
    """Whether a row is no longer the abstract."""
    before = found[-1] if found else last
    pitch = _centre(row) - _centre(before)
    if _stops(row):
        return True
    usual = _usual_pitch(found, last) if found else 0.0
    begins = row.folded.startswith(_LATER_STOPS) and not starts_low(row.text)
    if found and begins and pitch > 1.2 * usual:
        return True
    if capitals(row.text) > 0.8 and row.folded.startswith(_AUTHORITY):
        return True
    if not found and pitch > 4.2 * last.height:
        return True
    if found and pitch > 1.45 * usual:
        return True
    off = abs(row.middle_x - title.middle_x) / layout.width
    return off > (0.1 if not found else 0.075)


def _usual_pitch(found: list[Run], last: Run) -> float:
    """Between the centres of the abstract's rows so far; of one row, of the title and it."""
    if len(found) == 1:
        return max(1.15 * found[0].height, min(_centre(found[0]) - _centre(last), 2 * last.height))
    pitch = median(_centre(b) - _centre(a) for a, b in pairwise(found))
    return max(pitch, 1.25 * found[-1].height)
