"""A register of papers (sổ đăng ký văn bản đi, đến; sổ công văn) read line by line.

NĐ 30/2020 Phụ lục IV: a register of papers sent has no number in order of its own, each line begins
with the paper's number; one of papers received has the number of receipt before it. Read are the
number, the day and the body that a line gives; what is not certain is left out by the caller.
"""

import re
from collections.abc import Iterator, Sequence

from classify._cited import Citation
from classify._layout import Layout, lay_out
from classify._outside import REGISTER, folder_paper
from classify._text import fold
from classify.contents import Column, cells_of, columns_of, day_of
from classify.limits import MAX_CONTENTS_ROWS
from classify.types import PageView
from ocr.types import Word

_NUMBER = re.compile(r"\d{1,6}[A-Za-z]?/[0-9A-Za-zĐđ][\wĐđ/&,.\-]{1,40}")
_YEAR = re.compile(r"\b(?:nam|tu ngay .{0,12})\s*:?\s*((?:19|20)\d\d)\b")


def read_register(pages: Sequence[PageView]) -> tuple[Citation, ...]:
    """Every line that gives a whole number, in order; empty for other pages. Raises nothing."""
    found: list[Citation] = []
    columns: tuple[Column, ...] = ()
    issuer = year = ""
    for page in pages:
        layout = lay_out(page)
        own = columns_of(layout)
        if own and folder_paper(layout) == REGISTER:
            columns = own[0]
            issuer, year = _owner(layout, own[1]) or issuer, _year(layout) or year
        elif not columns:
            continue
        found += _lines(layout, columns, own[1] if own else 0.0, (issuer, year))
    return tuple(found[:MAX_CONTENTS_ROWS])


def _lines(
    layout: Layout, columns: tuple[Column, ...], top: float, said: tuple[str, str]
) -> Iterator[Citation]:
    issuer, year = said
    for row in layout.rows:
        if row.box.y0 < top:
            continue
        cells = cells_of(row, columns)
        words = cells.get("number", [])
        number = re.sub(r"\s*([/-])\s*", r"\1", _text(words)).strip(" .,;|_")
        if not _NUMBER.fullmatch(number):
            continue
        days = cells.get("issued_on", [])
        yield Citation(
            number, _day(_text(days), year), _text(cells.get("issuer", [])) or issuer,
            min((word.confidence for word in (*words, *days)), default=0.0),
        )  # fmt: skip


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words).strip(" |_")


def _day(text: str, year: str) -> str:
    """A line's day, ISO; registers leave out the year, which stands on their cover or head."""
    found = day_of(text)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", found):
        return found
    short = re.fullmatch(r"\W*(\d{1,2})\s*[/.-]\s*(\d{1,2})\W*", text)
    if not short or not year:
        return ""
    made = day_of(f"{short[1]}/{short[2]}/{year}")
    return made if re.fullmatch(r"\d{4}-\d\d-\d\d", made) else ""


def _owner(layout: Layout, top: float) -> str:
    """The body whose register it is: capitals above the table, not its name."""
    for run in layout.runs:
        if run.box.y0 >= top:
            break
        text = fold(run.text)
        if re.match(r"(?:uy|uỷ) ban nhan dan\b|ubnd\b|so\s+(?!dang|cong)|phong\b|chi cuc\b", text):
            return run.text.strip(" .,;:")
    return ""


def _year(layout: Layout) -> str:
    text = " ".join(row.whole.folded for row in layout.rows if layout.down(row) < 0.3)
    match = _YEAR.search(text)
    return match[1] if match else ""
