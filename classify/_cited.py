"""Dates of the papers that a paper cites: it cannot be older than they are."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from classify._text import fold
from classify.types import PageView

_CITED = re.compile(
    r"\bso\s*:?\s*[\w./&,\- ]{0,40}/[\w./&,\- ]{0,40}?\bngay\s+(\d{1,2})"
    r"(?:\s+thang\s+(\d{1,2})\s+nam\s+|\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*)((?:19|20)\d\d)"
)
"""A paper by its number and day: "Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020"."""
_MOST_PAGES = 4


def latest_cited(pages: Sequence[PageView], until: date) -> date | None:
    """The latest day, up to `until`, of a paper cited by number on the first pages, if any is.

    Later days are the reader's slips: nothing is cited before it is there.
    """
    return max((day for day in _cited(pages[:_MOST_PAGES]) if day <= until), default=None)


def _cited(pages: Sequence[PageView]) -> Iterator[date]:
    for page in pages:
        lines = [line for line in page.text.lines if line.words]
        text = fold(" ".join(line.text for line in lines))
        for match in _CITED.finditer(text):
            try:
                yield date(int(match[4]), int(match[2] or match[3]), int(match[1]))
            except ValueError:
                continue
