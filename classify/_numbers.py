"""The grammar of số/ký hiệu (NĐ 30/2020 Phụ lục I and III), tolerant of what readers do to it.

    administrative  "Số:" digits "/" TYPE "-" BODY             123/QĐ-UBND
    công văn        "Số:" digits "/" BODY "-" UNIT             12/SNV-VP
    normative       "Số:" digits "/" year "/" TYPE "-" BODY    01/2023/TT-VPCP
    law             "Luật số:" digits "/" year "/QH" term      33/2024/QH15
    register        "Số:" digits "/" year                      123/2024
"""

import re
from dataclasses import dataclass

from classify._text import fold

_LOOKALIKE = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "|": "1", "]": "1"})
_DIGITS = re.compile(r"^\d{1,6}[A-Za-z]?$")
_YEAR = re.compile(r"^(19|20)\d\d$")
_LEAD = re.compile(r"^\W*(?:(?:luat|phap lenh|lenh)\s+)?[s5][o06][^\w/]*\s*[:;.,]*\s*", re.ASCII)
_BLANK = re.compile(r"^[\s._…\-–—]*$")


@dataclass(frozen=True, slots=True)
class Number:
    """A số/ký hiệu as understood. `digits` is None where they were blank or unreadable."""

    digits: str | None
    year: int | None
    notation: str
    """What stands after the slash, "QĐ-UBND"; with a year slot after the second slash."""
    seen: str
    """What stood where the digits belong, as read."""

    @property
    def value(self) -> str | None:
        """The whole number as the rule writes it, or None where the digits are missing."""
        if self.digits is None:
            return None
        parts = [self.digits, str(self.year) if self.year else "", self.notation]
        return "/".join(part for part in parts if part)

    @property
    def type_part(self) -> str:
        """The notation up to its first dash: the kind's abbreviation, or a công văn's body."""
        return self.notation.split("-", 1)[0]

    @property
    def is_blank(self) -> bool:
        """Whether nothing at all was written where the digits belong: a draft or a form."""
        return self.digits is None and bool(_BLANK.match(self.seen))


def strip_lead(text: str) -> str | None:
    """What follows "Số:" (or "Luật số:"), or None where the text does not begin so."""
    match = _LEAD.match(fold(text))
    if not match or not re.search(r"[:;.,]|\d|/", text[: match.end() + 3]):
        return None
    return text[match.end() :].strip()


def clean_notation(text: str) -> str:
    """A notation without the reader's stray spaces, wrong Đ (U+00D0) and closing stops."""
    joined = re.sub(r"\s*([-&,])\s*", r"\1", text.replace("Ð", "Đ").replace("–", "-").strip())
    joined = re.sub(r"\s+", "", joined.replace("—", "-"))
    joined = re.sub(r"ĐĐ(?=\W|$)", "Đ", joined)
    return joined.strip(".,;:_-/\"'`’‘“”|*~")


def _as_digits(text: str) -> str | None:
    plain = text.strip().strip(".:,;_-").translate(_LOOKALIKE).replace(" ", "")
    return plain if _DIGITS.match(plain) else None


def parse_number(text: str) -> Number | None:
    """Read what follows "Số:"; None where it has not the shape of a number.

    Digits that do not read as digits leave the number without a value but with its notation.
    """
    body = text.strip()
    if "/" not in body:
        return None
    head, _, tail = body.partition("/")
    first, slash, rest = tail.partition("/")
    year = first.strip().translate(_LOOKALIKE)
    if _YEAR.match(year) and (slash or not tail[len(first) :].strip()):
        notation = clean_notation(rest)
        return Number(_as_digits(head), int(year), notation, head.strip())
    glued = re.match(r"^((?:19|20)\d\d)\s*/?\s*([A-ZĐÐ].*)$", tail.strip())
    if glued:
        return Number(
            _as_digits(head), int(glued[1]), clean_notation(glued[2]), head.strip()
        )
    notation = clean_notation(tail)
    if not _looks_like_notation(notation):
        return None
    return Number(_as_digits(head), None, notation, head.strip())


def _looks_like_notation(notation: str) -> bool:
    """Letters, mostly capitals, at most 40 of them."""
    only = [letter for letter in notation if letter.isalpha()]
    if not 1 < len(notation) <= 40 or len(only) < 2:
        return False
    return sum(letter.isupper() for letter in only) / len(only) >= 0.5
