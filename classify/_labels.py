"""Labelled fields of certificates, forms and cards: "Họ và tên: ...", "Giới tính: ..."."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from classify._dates import any_date
from classify._layout import Layout, Run
from classify._text import fold, sentence, squeeze

_STOP_LABELS = (
    "gioi tinh", "dan toc", "quoc tich", "ngay, thang", "ngay thang", "sinh ngay", "nam sinh",
    "noi sinh", "que quan", "so dinh danh", "so cccd", "so cmnd", "cccd", "cmnd", "noi cu tru",
    "noi thuong tru", "dia chi", "dien thoai", "email", "ghi bang chu", "cap ngay", "ngay cap",
    "noi cap", "chuc vu", "chuc danh", "giay to", "so giay", "ma so", "fax", "website", "sinh nam",
    "ho khau", "thuong tru", "tam tru", "so dien thoai", "ho, chu dem", "ngay sinh", "von",
    "dan toc:", "(ghi", "nghe nghiep", "ma so thue",
)  # fmt: skip
"""Labels that may follow on the same printed line and end the value before them."""

_LOOKALIKE = str.maketrans("OolI|", "00111")


@dataclass(frozen=True)
class Labelled:
    """A value found beside or under its label."""

    value: Run | None
    """None where the label stands with nothing beside it."""
    label: Run


def _pattern(label: str) -> re.Pattern[str]:
    body = r"\W{0,3}\s*".join(re.escape(word) for word in fold(label).split())
    return re.compile(rf"(?:^|[\s(\d.\-*]){body}(?=\W|$)")


_COMPILED: dict[str, re.Pattern[str]] = {}


def find_label(layouts: Sequence[Layout], labels: Sequence[str]) -> Labelled | None:
    """The first of the labels (in their order) on any page, with what stands to its right."""
    for label in labels:
        pattern = _COMPILED.setdefault(label, _pattern(label))
        for layout in layouts:
            found = _on_page(layout, pattern)
            if found:
                return found
    return None


def _on_page(layout: Layout, pattern: re.Pattern[str]) -> Labelled | None:
    empty: Labelled | None = None
    for index, row in enumerate(layout.rows):
        whole = row.whole
        match = pattern.search(whole.folded)
        if not match:
            continue
        head = whole.part(match.start(), match.end())
        rest = whole.part(match.end(), len(whole.text)) if match.end() < len(whole.text) else None
        if head is None:
            continue
        value = _value(whole, match.end())
        if value:
            return Labelled(value, head)
        if rest is None and index + 1 < len(layout.rows) and ":" in whole.text[-2:]:
            below = layout.rows[index + 1].whole
            return Labelled(below, head)
        empty = empty or Labelled(None, head)
    return empty


def _value(whole: Run, start: int) -> Run | None:
    """What follows a label up to the next label, without colons, dots and brackets' hints."""
    text, folded = whole.text, whole.folded
    hint = re.match(r"\s*\([^)]*\)?", text[start:])
    begin = start + (hint.end() if hint else 0)
    colon = re.match(r"[^\w]*(?:\(\d+\))?[^\w(]*", text[begin:])
    begin += colon.end() if colon else 0
    end = len(text)
    for label in _STOP_LABELS:
        place = folded.find(" " + label, begin)
        if 0 <= place < end and place > begin:
            end = place
    while end > begin and not text[end - 1].isalnum() and text[end - 1] not in ')"”':
        end -= 1
    if not re.search(r"\w", text[begin:end]):
        return None
    return whole.part(begin, end)


def clean_value(run: Run) -> str:
    """The value's text without dotted lines and stray punctuation at its ends."""
    text = re.sub(r"[._…]{3,}", " ", run.text)
    text = re.sub(r"\s+", " ", text)
    return re.sub(r"^[^\w\"“(]+|[^\w\"”).]+$", "", text).strip(" .")


def as_name(text: str) -> str:
    """A person's name in ordinary case."""
    plain = re.sub(r"^(?:(?i:ông|bà|anh|chị)\s*(?:/\s*bà)?\s*[:.]?\s+)", "", text)
    plain = re.sub(r"[^\w\s'\-]", "", plain).strip()
    return " ".join(word[:1].upper() + word[1:].lower() for word in plain.split())


def looks_like_person(text: str) -> bool:
    """Two to six words of letters, each beginning with a capital."""
    words = text.split()
    return 2 <= len(words) <= 6 and all(w.isalpha() and w[0].isupper() for w in words)


def as_date(text: str) -> str | None:
    """The first date of a value, ISO."""
    dated = any_date(text)
    return dated.value.isoformat() if dated and dated.value else None


def digits_of(text: str) -> str:
    """The digits of a value, the reader's usual slips mended."""
    return re.sub(r"\D", "", text.translate(_LOOKALIKE))


def is_personal_id(digits: str) -> bool:
    """Twelve digits as số định danh: a place code 001-096 and a century-sex digit."""
    return len(digits) == 12 and 1 <= int(digits[:3]) <= 96


def tax_check(digits: str) -> bool | None:
    """Whether the tenth digit of an MST fits; None where the rule has no verdict (sum mod 11 = 0).

    Weights 31, 29, 23, 19, 17, 13, 7, 5, 3; the digit is 10 - (sum mod 11).
    """
    weights = (31, 29, 23, 19, 17, 13, 7, 5, 3)
    rest = sum(int(d) * w for d, w in zip(digits, weights, strict=False)) % 11
    return None if rest == 0 else int(digits[9]) == 10 - rest


def sex_of(text: str) -> str | None:
    """A sex as papers write it: Nam or Nữ."""
    squeezed = squeeze(text)
    if squeezed.startswith("nam"):
        return "Nam"
    return "Nữ" if squeezed.startswith("nu") else None


def plain_text(text: str) -> str:
    """Free text: a place, a nationality."""
    return sentence(text)
