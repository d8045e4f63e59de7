"""What one page says about being the first of a document."""

import re
from dataclasses import dataclass

from classify._header import find_nation, read_head
from classify._layout import Layout, lay_out
from classify._outside import NAMES, copy_block, folder_paper, may_be_folder
from classify._text import capitals, fold, letters, likeness, starts_low
from classify._title import find_title
from classify._words import FIRST_PAGE_TITLES
from classify.types import PageView

_UPPER = 0.6
"""Share of a page from its top that says whether it is a first page."""
STARTS = 3.0
"""The score from which a page begins a document."""
_TABLE_WORDS = 900
_FEW_LINES = 8
"""A page of fewer lines in its upper part is looked at whole."""
_LOW = 0.2
"""So is one whose print begins further down than this share."""
_HEADING = 5
"""Letters in capitals one after the other that may be a heading."""
_TOP_ROWS = 0.25
"""Share of a page of running text that holds its number and first line."""
_BESIDE_TEXT = re.compile(
    r"phu luc|mau so|bieu so|bieu mau|phu bieu|\bmau\s+\S{1,8}$|kem theo|du thao|doc lap|muc luc|"
    r"\bv\s?/\s?v\b|^\W*so\s*[:.]|ho so so|\bngay\b.{1,12}\bthang\b.{1,9}\bnam\b.{0,6}$"
)
"""Folded words of headings that are not in capitals."""
_LONG_NAMES = tuple(fold(name) for name in NAMES if len(name) > 4)

_ANNEX = re.compile(
    r"^\W{0,3}(?:(?:phu luc|mau so|bieu so|bieu mau|phu bieu)\b|mau\s+\S{1,8}$|mau\s+\w{0,4}\d)"
)
_ATTACHED = re.compile(r"\b(?:ban hanh )?kem theo\b")
_DRAFT = re.compile(r"^\W*du thao\b")
_FOOT = re.compile(r"(?:trang|page)\s*(?:so)?\s*:?\s*(\d{1,4})(?:\s*/\s*\d{1,4})?")


@dataclass(frozen=True, slots=True)
class PageLook:
    """What one page says about being a first page."""

    score: float
    reasons: tuple[str, ...]
    page_number: int | None
    is_annex: bool
    is_draft: bool
    is_open_form: bool
    """Number and date left blank: nothing was ever issued under it."""
    title: str
    has_year_slot: bool
    has_nation: bool


def look_at(page: PageView) -> PageLook:
    """Score one page's upper part as a first page."""
    return _plain_look(page) if _is_plain(page) else _close_look(page)


def _close_look(page: PageView) -> PageLook:
    layout = lay_out(page, _UPPER)
    head = read_head(layout)
    title = find_title(layout, head)
    name = title.capitals[0].text if title.capitals else ""
    known = _is_known_title(" ".join(run.text for run in title.capitals[:2]) or name)
    known = known and not name.endswith(":")  # "QUYẾT ĐỊNH:" stands in the middle of a decision
    number = head.number.number if head.number else None
    parts: list[tuple[float, str]] = []
    if head.nation:
        parts.append((3.0, "có Quốc hiệu"))
    if head.motto:
        parts.append((1.5, "có Tiêu ngữ"))
    if head.number and layout.down(head.number.run) < 0.35:
        parts.append((2.0 if head.issuer else 1.0, "có dòng số, ký hiệu"))
    if head.date:
        parts.append((1.0, "có địa danh, ngày tháng"))
    if known:
        alone = _starts_page(layout, title.capitals[0].box.y0)
        parts.append((3.0 if alone else 1.5, f"có tên giấy tờ “{name}”"))
    elif _is_folder(page):
        parts.append((STARTS, "là bìa hoặc mục lục của hồ sơ"))
    if title.reference and head.number:
        parts.append((1.0, "có V/v"))
    page_number = printed_page_number(layout) or _numbered(page)
    if page_number is not None and page_number > 1:
        parts.append((-3.0, f"có số trang {page_number}"))
    if _runs_on(layout):
        parts.append((-2.5, "dòng đầu viết tiếp câu trước"))
    blank_form = bool(number and number.is_blank) and bool(
        head.date is None or head.date.dated.is_blank
    )
    return PageLook(
        score=sum(points for points, _ in parts),
        reasons=tuple(reason for points, reason in parts if points > 0),
        page_number=page_number,
        is_annex=_is_annex(layout) or (head.nation is None and copy_block(layout) is not None),
        is_draft=_is_draft(layout),
        is_open_form=blank_form and not page.marks,
        title=name,
        has_year_slot=bool(number and number.year and number.notation),
        has_nation=head.nation is not None,
    )


def _is_plain(page: PageView) -> bool:
    """Whether nothing of the upper part can be a heading, a title or an annex's: running text."""
    floor = _UPPER * max(page.text.height, 1)
    upper = [line for line in page.text.lines if line.box.y0 <= floor]
    if len(upper) < _FEW_LINES or upper[0].box.y0 > _LOW * page.text.height:
        return False
    for line in upper:
        run = 0
        for word in line.words:
            run = run + len(word.text) if word.text.isupper() else 0
            if run >= _HEADING:
                return False
    return not any(_BESIDE_TEXT.search(fold(line.text)) for line in upper)


def _plain_look(page: PageView) -> PageLook:
    """A page of running text: its number and its first line alone are asked."""
    layout = lay_out(page, _TOP_ROWS)
    number = printed_page_number(layout) or _numbered(page)
    score = -3.0 * (number is not None and number > 1) - 2.5 * _runs_on(layout)
    return PageLook(
        score, (), number, is_annex=False, is_draft=False, is_open_form=False, title="",
        has_year_slot=False, has_nation=False,
    )  # fmt: skip


def _is_folder(page: PageView) -> bool:
    """Whether it is the outside of a dossier's cover, or its table of contents."""
    if sum(len(line.words) for line in page.text.lines) > _TABLE_WORDS:
        return False
    if not may_be_folder(fold(" ".join(line.text for line in page.text.lines))):
        return False
    layout = lay_out(page)
    inside = any("chung tu ket thuc" in row.whole.folded for row in layout.rows)
    return not inside and folder_paper(layout) is not None


def _is_known_title(text: str) -> bool:
    folded = re.sub(r"[^\w ]", "", fold(text)).strip()
    if folded.startswith(_LONG_NAMES):
        return True
    return any(folded.startswith(title) for title in FIRST_PAGE_TITLES) or any(
        likeness(folded, title) for title in FIRST_PAGE_TITLES if len(title) > 5
    )


def _starts_page(layout: Layout, y: int) -> bool:
    """Whether a title stands near the top with hardly any text above it."""
    above = [row for row in layout.rows if row.box.y1 <= y and len(letters(row.whole.text)) > 12]
    low = sum(1 for row in above if capitals(row.whole.text) < 0.5)
    return y < 0.4 * layout.height and low <= 3


def printed_page_number(layout: Layout) -> int | None:
    """The page number in the top centre (NĐ 30/2020: not on page 1)."""
    for row in layout.rows[:3]:
        run = row.whole
        match = re.fullmatch(r"\W{0,2}(\d{1,4})\W{0,2}", run.text)
        if match and layout.down(row) < 0.09 and 0.35 < layout.across(run) < 0.7:
            return int(match[1])
    return None


def _numbered(page: PageView) -> int | None:
    """A page's own "Trang 1/3", in small print at its head or foot."""
    lines = page.text.lines
    for line in (*lines[:2], *lines[-3:]):
        match = _FOOT.fullmatch(fold(line.text).strip(" .-"))
        if match and not 0.12 < line.box.y0 / max(page.text.height, 1) < 0.88:
            return int(match[1])
    return None


def _runs_on(layout: Layout) -> bool:
    """Whether the page's first line of text begins in lower case at the left margin."""
    for row in layout.rows[:4]:
        text = row.whole.text
        if len(letters(text)) >= 12 and row.whole.confidence > 0.6:
            return starts_low(text) and find_nation(layout, 0.3) is None
    return False


def _top(layout: Layout, share: float) -> list[str]:
    rows = (row for row in layout.rows if layout.down(row) < share)
    return [run.folded for row in rows for run in row.runs]


def _is_annex(layout: Layout) -> bool:
    lines = _top(layout, 0.24)
    return any(_ANNEX.match(line) for line in lines) or any(
        _ATTACHED.search(line) and line.lstrip(" (").startswith(("kem theo", "ban hanh kem"))
        for line in lines
    )


def _is_draft(layout: Layout) -> bool:
    return any(_DRAFT.match(line) for line in _top(layout, 0.3))
