"""Dates as papers print them: "ngày 04 tháng 02 năm 2025", "04/02/2025", in words."""

import re
from dataclasses import dataclass
from datetime import date

from classify._number_words import number_of
from classify._text import fold

_SPELLED = re.compile(
    r"\b(ngay|gay|nga[^i\W])\W?\s*(.{0,9}?)\s*(thang|hang|than)\s*(.{0,8}?)\s*(nam|nan|ham)\s*(.{0,6})"
)
_TORN = re.compile(r"(\bngay\b|\bthang\b)\W?\s*(.{0,24}?)\s*(nam)\s*(.{0,6})")
_NUMERIC = re.compile(r"(?<![\d/])(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*((?:19|20)\d\d)(?!\d)")
_LOOKALIKE = str.maketrans(
    {"o": "0", "O": "0", "l": "1", "I": "1", "|": "1", "]": "1", "T": "1", "í": "1", "Ì": "1"}
)
_BLANK = re.compile(r"^[\s._…\-]*$")


@dataclass(frozen=True, slots=True)
class Dated:
    """A date found in a text, from character `start` to `end`."""

    value: date | None
    """None where a day or month was blank, by hand or not possible."""
    start: int
    end: int
    printed: str
    is_blank: bool = False
    """Whether the day or month was left open: a draft or a form."""


def _small(text: str) -> int | None:
    plain = text.strip(" .,:;_-").translate(_LOOKALIKE)
    return int(plain) if re.fullmatch(r"\d{1,2}", plain) else None


def _year(text: str) -> tuple[int | None, int]:
    match = re.match(r"\s*((?:1[89]|2[01])\d\d)", text.translate(_LOOKALIKE))
    return (int(match[1]), match.end()) if match else (None, 0)


def _made(year: int | None, month: int | None, day: int | None) -> date | None:
    if year is None or month is None or day is None:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def spelled_date(text: str) -> Dated | None:
    """The first "ngày ... tháng ... năm ..." of a text, with whatever of it could be read."""
    match = _SPELLED.search(fold(text))
    if not match:
        return _torn_date(text)
    day = text[match.start(2) : match.end(2)]
    month = text[match.start(4) : match.end(4)]
    year, used = _year(text[match.start(6) : match.end(6)])
    end = match.start(6) + used if used else match.end(5)
    return Dated(
        value=_made(year, _small(month), _small(day)),
        start=match.start(),
        end=end,
        printed=text[match.start() : end],
        is_blank=bool(_BLANK.match(day) or _BLANK.match(month)),
    )


def _torn_date(text: str) -> Dated | None:
    """A spelled date of which the day or the month was lost whole: its place, without a value."""
    match = _TORN.search(fold(text))
    if not match or _year(text[match.start(4) :])[0] is None:
        return None
    end = match.start(4) + _year(text[match.start(4) :])[1]
    return Dated(None, match.start(), end, text[match.start() : end])


_UNIT = r"(?:khong|mot|hai|ba|bon|tu|nam|lam|sau|bay|tam|chin)"
_WORDED = re.compile(
    rf"\bngay\s+(?P<day>(?:mung |mong )?(?:{_UNIT} )?(?:muoi ?)?{_UNIT}?),?\s+"
    rf"thang\s+(?P<month>gieng|chap|muoi(?: mot| hai)?|{_UNIT})"
    r"(?:\s*\([^)]{0,12}\))?,?\s+nam\s+"
    rf"(?P<year>(?:mot|hai) (?:nghin|ngan)(?: (?:{_UNIT}|tram|muoi|linh|le)){{1,5}})"
)


def worded_date(text: str) -> Dated | None:
    """The first date written out: "ngày hai mươi tháng năm năm hai nghìn không trăm linh chín"."""
    match = _WORDED.search(fold(text))
    if not match:
        return None
    day, month, year = (number_of(match[name]) for name in ("day", "month", "year"))
    return Dated(_made(year, month, day), match.start(), match.end(), match[0])


def any_date(text: str) -> Dated | None:
    """The first date of a text, spelled out or in figures (day/month/year)."""
    spelled = spelled_date(text)
    match = _NUMERIC.search(text)
    if match and (spelled is None or spelled.value is None or match.start() < spelled.start):
        value = _made(int(match[3]), int(match[2]), int(match[1]))
        return Dated(value, match.start(), match.end(), match[0])
    if spelled is None or spelled.value is None:
        return worded_date(text) or spelled
    return spelled
