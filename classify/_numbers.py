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
_LEAD = re.compile(r"^\W*(?:(?:luat|phap lenh|lenh)\s+)?[s5][o06]\s*[:;.,]*\s*", re.ASCII)
_LONGEST = 40
"""Characters of a number line."""
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
    joint: str = "/"
    """Between digits and notation: "/", in the Party's papers "-"."""
    torn: bool = False
    """Whether a pen's strokes took the slash: the notation is what was left of it."""

    @property
    def value(self) -> str | None:
        """The whole number as the rule writes it, or None where the digits are missing."""
        if self.digits is None:
            return None
        return self.with_notation(self.notation)

    def with_notation(self, notation: str) -> str | None:
        """The whole number with another notation in place of its own."""
        if self.digits is None:
            return None
        if self.joint != "/":
            return f"{self.digits}{self.joint}{notation}"
        parts = [self.digits, str(self.year) if self.year else "", notation]
        return "/".join(part for part in parts if part)

    @property
    def type_part(self) -> str:
        """The notation up to its first dash: the kind's abbreviation, or a công văn's body."""
        return re.split(r"[-/]", self.notation, maxsplit=1)[0]

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
    joined = re.sub(r"[\s_]+", "", joined.replace("—", "-"))
    joined = re.sub(r"-{2,}", "-", joined)
    joined = re.sub(r"^([QHNTC])ĐĐ(?=\W|$)", r"\1Đ", joined)  # the bar of Đ read twice
    return joined.strip(".,;:_-/\"'`’‘“”|*~")


def _until_prose(text: str) -> str:
    """A notation's text up to the first word that cannot belong to it ("TT-BGDĐT ngày ...")."""
    kept: list[str] = []
    for token in text.split():
        loose = kept and kept[-1][-1] not in "-–—,&_" and token[0] not in "-–—,&_"
        if loose and (not token.isupper() or len(kept) > 3):
            break
        kept.append(token)
    return " ".join(kept)


def _as_digits(text: str) -> str | None:
    plain = text.strip().strip(".:,;_-").translate(_LOOKALIKE).replace(" ", "")
    return plain if _DIGITS.match(plain) else None


def parse_number(text: str) -> Number | None:
    """Read what follows "Số:"; None where it has not the shape of a number.

    Digits that do not read as digits leave the number without a value but with its notation.
    """
    head, slash, tail = text.strip().partition("/")
    if not slash or len(head) > 24:
        return None
    return _with_year(head, tail) or _of_party(head, tail) or _plain(head, tail)


_TORN = re.compile(
    r"(?:^|[^A-ZĐ])([A-ZĐ]{1,10}(?:[-–.&,][A-ZĐ0-9][A-ZĐ0-9a-z.&,]{0,13})+)[^A-ZĐ0-9]*$"
)
_LONE = re.compile(r"(?:^|[^A-ZĐ])([A-ZĐ]{3,10})[^A-ZĐ0-9]*$")


def parse_torn(text: str) -> Number | None:
    """What a pen left of a number that has lost its slash: "22jÍÈAT-PV01" holds "AT-PV01"."""
    found = _TORN.search(text.replace("Ð", "Đ")) or _LONE.search(text.replace("Ð", "Đ"))
    if not found or len(text) > _LONGEST:
        return None
    return Number(None, None, clean_notation(found[1]), text[: found.start(1)], torn=True)


def _with_year(head: str, tail: str) -> Number | None:
    """A year slot: "15/2024/QĐ-UBND", "123/2024", and with the second slash lost."""
    first, slash, rest = tail.partition("/")
    year = first.strip().translate(_LOOKALIKE)
    if _YEAR.match(year):
        notation = clean_notation(_until_prose(rest)) if slash else ""
        return Number(_as_digits(head), int(year), notation, head.strip())
    glued = re.match(r"^((?:19|20)\d\d)\s*([A-ZĐÐ].*)$", tail.strip())
    if not glued:
        return None
    notation = clean_notation(_until_prose(glued[2]))
    return Number(_as_digits(head), int(glued[1]), notation, head.strip())


def _of_party(head: str, tail: str) -> Number | None:
    """The Party's order: "15-KH/TU"."""
    match = re.match(r"^(\S+?)\s*[-–]\s*([A-ZĐÐ][\wĐÐ]{0,5})\s*$", head.strip())
    if not match or not tail.strip().isupper():
        return None
    notation = f"{clean_notation(match[2])}/{clean_notation(tail)}"
    return Number(_as_digits(match[1]), None, notation, match[1], joint="-")


def _plain(head: str, tail: str) -> Number | None:
    """Digits, slash, notation; of several slashes (a hand's strokes) the last one counts."""
    before, slash, after = tail.rpartition("/")
    digits = f"{head}/{before}" if slash else head
    notation = clean_notation(_until_prose(after))
    if not _looks_like_notation(notation):
        return None
    return Number(_as_digits(digits), None, notation, digits.strip())


def _looks_like_notation(notation: str) -> bool:
    """Letters, mostly capitals, at most 40 of them."""
    only = [letter for letter in notation if letter.isalpha()]
    if not 1 < len(notation) <= 40 or len(only) < 2:
        return False
    return sum(letter.isupper() for letter in only) / len(only) >= 0.5
