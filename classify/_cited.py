"""Papers that a paper cites by number and day: it cannot be older than they are."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from classify._text import fold
from classify.types import PageView
from ocr.types import Line, Word

_CITED = re.compile(
    r"\bso\s*:?\s*(?P<number>[\w./&,\- ]{0,40}/[\w./&,\- ]{0,40}?)\s*,?\s*\bngay\s+(?P<day>\d{1,2})"
    r"(?:\s+thang\s+(?P<month>\d{1,2})\s+nam\s+|\s*[/.\-]\s*(?P<short>\d{1,2})\s*[/.\-]\s*)"
    r"(?P<year>(?:19|20)\d\d)(?:\s+cua\s+(?P<issuer>[^,;.:()]{4,80}))?"
)
"""A paper by its number and day: "Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020"."""
_NUMBER = re.compile(r"\d{1,6}[a-z]?/[a-z0-9/&,.\-]{2,40}")
_PROSE = re.compile(r"\s+(?:ve|quy dinh|ban hanh|huong dan|phe duyet|sua doi|va|tai|de)(?:\s|$)")
"""Where a body's name ends and the sentence goes on."""
_MOST_PAGES = 4
_MOST = 40
"""Papers kept that one paper cites."""


@dataclass(frozen=True, slots=True)
class Citation:
    """One paper that another cites by number and day."""

    number: str
    """As printed, without spaces: 15/QĐ-UBND."""
    issued_on: str
    """ISO 8601."""
    issuer: str
    """Empty where it is not said."""
    confidence: float
    """Of the least certain word of number and day, 0 to 1."""


def citations(pages: Sequence[PageView], until: date) -> tuple[Citation, ...]:
    """Papers cited by number and day, up to `until`, on the first pages, each once."""
    found: dict[tuple[str, str], Citation] = {}
    for one in _citations(pages[:_MOST_PAGES]):
        if one.issued_on <= until.isoformat():
            found.setdefault((fold(one.number), one.issued_on), one)
    return tuple(found.values())[:_MOST]


def latest_cited(pages: Sequence[PageView], until: date) -> date | None:
    """The latest day, up to `until`, of a paper cited by number on the first pages, if any is.

    Later days are the reader's slips: nothing is cited before it is there.
    """
    days = (date.fromisoformat(one.issued_on) for one in _all(pages[:_MOST_PAGES]))
    return max((day for day in days if day <= until), default=None)


def _all(pages: Sequence[PageView]) -> Iterator[Citation]:
    for page in pages:
        yield from _on(page)


def _citations(pages: Sequence[PageView]) -> Iterator[Citation]:
    return (one for one in _all(pages) if _NUMBER.fullmatch(fold(one.number)))


def _on(page: PageView) -> Iterator[Citation]:
    words = _words(page.text.lines)
    text = " ".join(word.text for word in words)
    for match in _CITED.finditer(fold(text)):
        day = _day(match)
        if day is None:
            continue
        yield Citation(
            re.sub(r"\s+", "", text[match.start("number") : match.end("number")]).strip(".,"),
            day.isoformat(),
            _body(text, match),
            _weakest(words, match.start("number"), match.end("year")),
        )


def _words(lines: Sequence[Line]) -> list[Word]:
    return [word for line in lines for word in line.words]


def _day(match: re.Match[str]) -> date | None:
    try:
        return date(int(match["year"]), int(match["month"] or match["short"]), int(match["day"]))
    except ValueError:
        return None


def _body(text: str, match: re.Match[str]) -> str:
    if match["issuer"] is None:
        return ""
    name = text[match.start("issuer") : match.end("issuer")]
    prose = _PROSE.search(fold(name))
    return name[: prose.start()].strip() if prose else name.strip()


def _weakest(words: Sequence[Word], start: int, end: int) -> float:
    """Confidence of the least certain word between two characters of the joined text."""
    place, least = 0, 1.0
    for word in words:
        if place < end and place + len(word.text) > start:
            least = min(least, word.confidence)
        place += len(word.text) + 1
    return least
