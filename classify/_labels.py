"""Labelled fields of certificates, forms and cards: "Họ và tên: ...", "Giới tính: ..."."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from classify._dates import any_date
from classify._layout import Layout, Row, Run, join
from classify._text import UPPER, capitals, fold, squeeze
from classify._words import STOP_LABELS

_LOOKALIKE = str.maketrans("OolI|", "00111")
_NEW_ITEM = re.compile(r"^\W{0,3}(?:\d{1,2}|[a-zđ]|[ivx]{1,4})[.)]\s|^\W{0,3}[-–+*•]\s")
_AFTER_LABEL = re.compile(rf"\s*(?:$|[:;(/.…_\d]|[{UPPER}“\"]|[,:]\s*ngày)")
_MARGIN = 0.78
"""Share of the page's width beyond which a printed line is full and its value may run on."""


@dataclass(frozen=True)
class Labelled:
    """A value found beside or under its label."""

    value: Run | None
    """None where the label stands with nothing beside it."""
    label: Run


@lru_cache(maxsize=512)
def _pattern(label: str) -> re.Pattern[str]:
    """A label as printed, its commas and slashes optional, not part of a longer word."""
    body = r"\W{0,3}\s*".join(re.escape(word) for word in re.findall(r"[^\W_]+", fold(label)))
    return re.compile(rf"(?:^|[\s(.\-*/]){body}(?=\W|$)")


def find_label(layouts: Sequence[Layout], labels: Sequence[str]) -> Labelled | None:
    """The topmost of the labels on any page, with what stands to its right or below."""
    empty: Labelled | None = None
    for layout in layouts:
        for index, row in enumerate(layout.rows):
            found = _in_row(layout, index, row, labels)
            if found and found.value:
                return found
            empty = empty or found
    return empty


def _in_row(layout: Layout, index: int, row: Row, labels: Sequence[str]) -> Labelled | None:
    """The longest of the labels in one row that is not the head of a longer label."""
    whole = row.whole
    empty: Labelled | None = None
    if ":" not in whole.text and capitals(whole.text) > 0.85:
        return None
    for label in sorted(labels, key=len, reverse=True):
        for match in _pattern(label).finditer(whole.folded):
            head = whole.part(match.start() + (match.start() != 0), match.end())
            if head is None or not _ends_label(whole.text[match.end() :]):
                continue
            value = _value(whole, match.end()) or _next_row(layout, index, whole, match.end())
            if value:
                return Labelled(value, head)
            empty = empty or Labelled(None, head)
    return empty


def _ends_label(rest: str) -> bool:
    """Whether a label is over: not "... của chủ hộ:", which is another label."""
    return bool(_AFTER_LABEL.match(rest))


def _next_row(layout: Layout, index: int, whole: Run, end: int) -> Run | None:
    """The next row, where a label ends its line and the value is set below it."""
    if len(whole.text) - end > 2 or index + 1 >= len(layout.rows):
        return None
    below = layout.rows[index + 1].whole
    if _NEW_ITEM.match(below.folded) or ":" in below.text:
        return None
    return _until_label(below, 0)


def _value(whole: Run, start: int) -> Run | None:
    """What follows a label up to the next label, without colons, dots and brackets' hints."""
    hint = re.match(r"\s*\([^)]*\)?", whole.text[start:])
    begin = start + (hint.end() if hint else 0)
    return _until_label(whole, begin)


def _until_label(whole: Run, begin: int) -> Run | None:
    text, folded = whole.text, whole.folded
    colon = re.match(r"[^\w]*(?:\(\d+\))?[^\w(“\"+]*", text[begin:])
    begin += colon.end() if colon else 0
    end = len(text)
    for label in STOP_LABELS:
        place = folded.find(" " + label, begin)
        if begin < place < end:
            end = place
    while end > begin and not text[end - 1].isalnum() and text[end - 1] not in ')"”²':
        end -= 1
    if not re.search(r"\w", text[begin:end]):
        return None
    return whole.part(begin, end)


def run_on(layouts: Sequence[Layout], value: Run) -> Run:
    """A value that fills its line, with the rows that it runs on to."""
    layout = next((one for one in layouts if one.number == value.page), None)
    if layout is None or value.box.x1 < _MARGIN * layout.width:
        return value
    parts = [value]
    below = [row for row in layout.rows if row.box.y0 > value.box.y0 + 0.5 * value.height]
    for row in below[:3]:
        whole = row.whole
        near = row.box.y0 - parts[-1].box.y1 < 1.5 * value.height
        if not near or ":" in whole.text or _NEW_ITEM.match(whole.folded):
            break
        parts.append(whole)
        if whole.box.x1 < _MARGIN * layout.width:
            break
    return join(parts)


def page_run(layout: Layout) -> Run | None:
    """A whole page as one run, for wordings that cross the ends of lines."""
    return join(layout.runs) if layout.runs else None


def search_prose(
    layouts: Iterable[Layout], pattern: re.Pattern[str], group: int = 1, *, marks: bool = False
) -> Run | None:
    """The words of a pattern's group; the pattern is of folded text, or of the text as printed."""
    for layout in layouts:
        whole = page_run(layout)
        match = pattern.search(whole.text if marks else whole.folded) if whole else None
        if whole and match:
            return whole.part(match.start(group), match.end(group))
    return None


def clean_value(run: Run) -> str:
    """The value's text without dotted lines and stray punctuation at its ends."""
    text = re.sub(r"[._…]{3,}", " ", run.text)
    text = re.sub(r"\s+", " ", text)
    return re.sub(r"^[^\w\"“(+]+|[^\w\"”)²]+$", "", text).strip()


def as_name(text: str) -> str:
    """A person's name in ordinary case."""
    plain = re.sub(r"^(?:(?i:ông|bà|anh|chị)\s*(?:/\s*bà)?\s*[:.]?\s+)+", "", text)
    plain = re.sub(r"[^\w\s'\-]", "", plain.split(",", maxsplit=1)[0]).strip()
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


def plain_text(text: str) -> str | None:
    """Free text as printed: a place, a nationality."""
    return text or None
