"""The head of a first page: boxes 1 to 5 of NĐ 30/2020 Phụ lục I, found by place and wording."""

import re
from dataclasses import dataclass
from itertools import takewhile

from classify._body_lines import is_syllable
from classify._dates import Dated, spelled_date
from classify._layout import Layout, Row, Run, join, trimmed
from classify._numbers import Number, parse_number, parse_torn, strip_lead
from classify._outside import COPY_TYPES, is_copy_name
from classify._text import capitals, fold, letters, likeness, squeeze
from classify._words import BODY_PHRASES

_NATION = "conghoaxahoichunghiavietnam"
_PARTY = "dangcongsanvietnam"
_MOTTO = "doclaptudohanhphuc"
_BODY_WORDS = ("can cu", "theo", "quyet dinh", "nghi", "luat", "thong tu", "sinh", "cap")
"""What stands before a date in a sentence, and is no place."""
_UNREAD = 0.35
"""Confidence under which a line is a body's name only where it is one that we know."""
_BELIEVED = 0.8
"""Confidence from which a short word alone is a name's last."""
_BODIES = frozenset(squeeze(phrase) for phrase in BODY_PHRASES)
_FEW_WORDS = 3
"""Words of what is left of a number."""
_SCRAWL = 0.45
"""Confidence under which words are a pen's rather than print."""
_HEAD = 0.42
"""Share of the page's height within which the head's parts stand."""
_HEAD_LANDSCAPE = 0.55


@dataclass(frozen=True)
class NumberAt:
    """The number line: what it says and where."""

    number: Number
    run: Run
    digits_apart: bool
    """Whether a gap parts the digits from the slash: they were written in by hand."""


@dataclass(frozen=True)
class DateAt:
    """The place-and-date line."""

    dated: Dated
    place: str
    run: Run
    left: float
    """Pixels: where the line begins, its place included."""


@dataclass(frozen=True)
class Head:
    """What the head of a page holds; parts not found are None or empty."""

    nation: Run | None
    motto: Run | None
    issuer: tuple[Run, ...]
    number: NumberAt | None
    date: DateAt | None
    bottom: float
    """Pixels: below it the title begins."""
    split: float
    """Pixels: where the right column of the head begins."""


def _similar(run: Run, wanted: str) -> bool:
    squeezed = squeeze(run.text)
    if wanted in squeezed:
        return len(squeezed) <= len(wanted) + 8
    return abs(len(squeezed) - len(wanted)) <= 4 and likeness(squeezed, wanted) >= 0.8


def find_nation(layout: Layout, limit: float = _HEAD) -> Run | None:
    """Quốc hiệu (or the Party's heading) within the upper part of a page."""
    for run in layout.runs:
        if layout.down(run) > limit:
            return None
        if len(run.words) < 3 or capitals(run.text) < 0.6:
            continue
        if _similar(run, _NATION) or _similar(run, _PARTY):
            return run
    return None


def find_motto(layout: Layout, limit: float = _HEAD) -> Run | None:
    """Tiêu ngữ within the upper part of a page."""
    for run in layout.runs:
        if layout.down(run) > limit:
            return None
        if len(run.words) >= 4 and _similar(run, _MOTTO):
            return run
    return None


def _cut_at_date(run: Run) -> Run | None:
    """A row's words before its place and date, where both stand in it."""
    match = re.search(r"\bngay\b|\bngay", run.folded)
    if not match or match.start() < 6:
        return run
    return run.part(0, match.start())


def _left_of(row: Row, split: float) -> Run | None:
    words = tuple(word for word in row.whole.words if word.box.x0 < split - 2)
    return Run(words, row.whole.page) if words else None


def _with_gap(run: Run) -> bool:
    """Whether the word before the slash stands apart from it by more than half a letter."""
    for before, after in zip(run.words, run.words[1:], strict=False):
        if after.text.startswith("/"):
            return after.box.x0 - before.box.x1 > 0.25 * run.height
    return False


def find_number(layout: Layout, split: float, limit: float = _HEAD) -> NumberAt | None:
    """The line that begins with "Số:" in the left of the head, else anywhere in it.

    Where the reader lost "Số:" under handwriting, "/CT-UBND" in the left column is enough. A
    copy's number ("14/SY-UBND", put over the head) counts only where there is no other.
    """
    rows = [row for row in layout.rows if layout.down(row) <= limit]
    heads = takewhile(lambda row: not _holds_title(layout, row), rows)
    lefts = [left for left in (_left_of(row, split) for row in heads) if left]
    copied: NumberAt | None = None
    for left in lefts:
        found = _number_in(left)
        if found and found.number.type_part not in COPY_TYPES:
            return found
        copied = copied or found
    bare = next((found for found in map(_bare_notation, lefts) if found), None)
    if bare:
        return bare
    torn = next((found for found in map(_torn_number, lefts) if found), None)
    if torn:
        return torn
    for row in rows:
        for run in (_cut_at_date(row.whole), *row.runs):
            found = _number_in(run) if run else None
            if run and found and run.text[:1].isupper() and len(run.words) <= 6:
                if found.number.type_part not in COPY_TYPES:
                    return found
                copied = copied or found
    return copied


def _number_in(run: Run) -> NumberAt | None:
    start = _lead_at(run)
    if start is None:
        return None
    part = run.part(start, len(run.text))
    after = strip_lead(run.text[start:])
    if part is None or after is None:
        return None
    number = parse_number(after) if after else Number(None, None, "", "")
    return NumberAt(number, part, _with_gap(part)) if number else None


def _torn_number(run: Run) -> NumberAt | None:
    """A line that begins with "Số" whose slash a pen took."""
    start = _lead_at(run)
    part = run.part(start, len(run.text)) if start is not None else None
    number = parse_torn(strip_lead(part.text) or "") if part else None
    return NumberAt(number, part, digits_apart=True) if part and number else None


def _left_over(layout: Layout, date: DateAt | None, split: float) -> NumberAt | None:
    """Capitals of no Vietnamese word left of the date line: all that a pen left of the number."""
    if date is None:
        return None
    for run in layout.runs:
        level = abs((run.box.y0 + run.box.y1) - (date.run.box.y0 + date.run.box.y1))
        words = run.text.split()
        if run.box.x1 > split or level > 2 * date.run.height or len(words) > _FEW_WORDS:
            continue
        number = parse_torn(run.text)
        if number and not any(map(is_syllable, re.findall(r"\w+", number.notation))):
            return NumberAt(number, run, digits_apart=True)
    return None


def _bare_notation(run: Run) -> NumberAt | None:
    if not re.match(r"^\S{0,8}\s*/\s?[A-ZĐÐ][\w.,&]*\s?-", run.text) or len(run.words) > 4:
        return None
    number = parse_number(run.text)
    return NumberAt(number, run, digits_apart=True) if number else None


def _lead_at(run: Run) -> int | None:
    match = re.search(r"(?:^|\s)((?:luat |phap lenh |lenh )?so\s*[:;.,]?)", run.folded)
    if not match or len(letters(run.text[: match.start(1)])) > 2:
        return None
    return match.start(1)


def find_date(layout: Layout, limit: float = _HEAD) -> DateAt | None:
    """The place-and-date line: "Quảng Ngãi, ngày 04 tháng 02 năm 2025"."""
    for index, row in enumerate(layout.rows):
        if layout.down(row) > limit:
            return None
        whole = _with_year_below(row.whole, layout, index)
        dated = spelled_date(whole.text)
        if dated is None or whole.box.x1 < 0.5 * layout.width:
            continue
        found = _date_at(whole, dated)
        if found and found.run.box.x0 > 0.42 * layout.width:
            return found
    return None


def _with_year_below(whole: Run, layout: Layout, index: int) -> Run:
    """A line that ends with "năm", with the year that stands alone below it."""
    if not whole.folded.rstrip(" .,").endswith("nam") or index + 1 >= len(layout.rows):
        return whole
    for run in layout.rows[index + 1].runs:
        right = run.box.x0 > 0.45 * layout.width
        if right and re.fullmatch(r"(?:19|20)\d\d\W?", run.text):
            return join([whole, run])
    return whole


_REMNANT = re.compile(
    r"^[A-ZĐÀ-Ỹ][^\W\d]+(?: [A-ZĐÀ-Ỹ][^\W\d]+){0,3} ?,.{0,60}?(?:nam\s*)?((?:19|20)\d\d)\W*$",
    re.IGNORECASE,
)


def _find_remnant(layout: Layout, limit: float, bottom: float, split: float) -> DateAt | None:
    """What a pen left of a date line: "Vị Thanh, ... 2010", day and month not read at all."""
    for row in layout.rows:
        if layout.down(row) > limit:
            return None
        words = tuple(word for word in row.whole.words if word.box.x0 > split - 0.1 * layout.width)
        if row.box.y0 <= bottom or not words:
            continue
        run = Run(words, layout.number)
        if run.text[0].isupper() and _REMNANT.match(run.folded):
            place = run.text.split(",", maxsplit=1)[0].strip()
            return DateAt(Dated(None, 0, len(run.text), run.text), place, run, run.box.x0)
    return None


def _date_at(whole: Run, dated: Dated) -> DateAt | None:
    before = whole.text[: dated.start].rstrip(" ,.;")
    rest = whole.text[dated.end :].strip(" .,;:_-\"'`")
    place, left = _place_before(whole, dated.start)
    if len(letters(rest)) > 3 or (before and not place and not _is_scrawl(whole, dated.start)):
        return None
    run = whole.part(dated.start, dated.end)
    return DateAt(dated, place, run, min(left, run.box.x0)) if run else None


def _is_scrawl(whole: Run, end: int) -> bool:
    """Whether the reader itself hardly believes what stands before a date: a place by hand."""
    part = whole.part(0, end)
    return part is not None and part.confidence < _SCRAWL


def _place_before(whole: Run, end: int) -> tuple[str, float]:
    """The capitalised words right before "ngày", and where they begin; not the left column's."""
    nowhere = ("", float("inf"))
    part = whole.part(0, end - 1) if end > 1 else None
    if part is None:
        return nowhere
    words = list(part.words)
    tall = part.height
    start = len(words) - 1
    while start > 0 and words[start].box.x0 - words[start - 1].box.x1 < 1.7 * tall:
        start -= 1
    place = " ".join(word.text for word in words[start:]).strip(" ,.;:_-")
    if not place or not place[0].isupper() or capitals(place) >= 0.75 or len(place) > 32:
        return nowhere
    return nowhere if fold(place).startswith(_BODY_WORDS) else (place, words[start].box.x0)


def find_issuer(
    layout: Layout, split: float, bottom: float, nation: Run | None = None
) -> tuple[Run, ...]:
    """The lines in the upper left, in capitals, above the number: parent first, issuer last."""
    lines: list[Run] = []
    for row in layout.rows:
        if (row.box.y0 + row.box.y1) / 2 >= bottom or layout.down(row) > 0.3:
            break
        if nation and row.box.y1 < nation.box.y0 and ":" in row.whole.text:
            continue  # what software put above the head: "Cơ quan: VĂN PHÒNG ..."
        if _holds_title(layout, row):
            break
        left = _left_of(row, split)
        if left and "/" in left.text and (_lead_at(left) is not None or _bare_notation(left)):
            break
        if left and (_is_issuer_line(left, layout) or (lines and _is_last_word(left, lines[-1]))):
            lines.append(trimmed(left))
    return tuple(lines)


def _holds_title(layout: Layout, row: Row) -> bool:
    """Whether a row is a centred line of capitals that is no heading of the state."""
    if len(row.runs) > 1:
        return False
    run = row.runs[0]
    if _similar(run, _NATION) or capitals(run.text) < 0.8 or len(letters(run.text)) < 5:
        return False
    if is_copy_name(run.text):
        return False  # laid over the head by software
    return abs(layout.across(run) - 0.52) < 0.12


def _is_last_word(run: Run, above: Run) -> bool:
    """Whether a short word alone goes on with the line above: "XÃ BÌNH" / "SƠN"."""
    word = trimmed(run).text
    close = run.box.y0 - above.box.y1 < 1.5 * above.height
    return close and word.isupper() and is_syllable(word) and run.confidence > _BELIEVED


def _is_issuer_line(run: Run, layout: Layout) -> bool:
    text = run.text
    if len(letters(text)) < 4 or capitals(text) < 0.7:
        return False
    if run.confidence < _UNREAD and squeeze(text) not in _BODIES:
        return False
    if _similar(run, _NATION) or _similar(run, _MOTTO):
        return False
    return run.box.x0 < 0.45 * layout.width and not fold(text).startswith(("mau ", "phu luc"))


def read_head(layout: Layout) -> Head:
    """Everything the head of a page holds."""
    limit = _HEAD_LANDSCAPE if layout.width > layout.height else _HEAD
    nation, motto = find_nation(layout, limit), find_motto(layout, limit)
    anchors = [run for run in (nation, motto) if run]
    date = find_date(layout, limit)
    split = min([run.box.x0 for run in anchors], default=0.5 * layout.width)
    if split < 0.3 * layout.width:
        split = 0.5 * layout.width
    if date is None and motto:
        date = _find_remnant(layout, limit, motto.box.y1, split)
    number = find_number(layout, _number_split(split, date), limit) or _left_over(
        layout, date, _number_split(split, date)
    )
    parts = [run for run in (*anchors, number and number.run, date and date.run) if run]
    top = number.run.box.y0 if number else 0.3 * layout.height
    centred = nation is not None and nation.box.x0 < 0.4 * layout.width
    issuer = () if centred else find_issuer(layout, split - 2, top, nation)
    early = [run.box.y1 for run in parts if layout.down(run) < 0.2]
    bottom = max([run.box.y1 for run in anchors] or early, default=0)
    return Head(nation, motto, issuer, number, date, bottom, split)


def _number_split(split: float, date: DateAt | None) -> float:
    """The left column ends where the date line begins, under a narrow heading sooner."""
    return min(split, date.left) if date else split


def joined(rows: list[Row]) -> Run | None:
    """Rows as one run, or None without any."""
    runs = [run for row in rows for run in row.runs]
    return join(runs) if runs else None
