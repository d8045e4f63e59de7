"""Where one document ends and the next begins, by sheets, blank pages and first-page layout."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from classify._header import find_nation, read_head
from classify._layout import Layout, lay_out
from classify._text import capitals, fold, letters, likeness, starts_low
from classify._title import find_title
from classify._words import FIRST_PAGE_TITLES
from classify.types import PageView, Separation, SheetData, Span

_SHEET_WORDS = 80
"""A page with a separator's code and more words than this is a paper of its own."""
_UPPER = 0.6
"""Share of a page from its top that says whether it is a first page."""
_STARTS = 3.0
"""The score from which a page begins a document."""

_ANNEX = re.compile(
    r"^\W{0,3}(?:(?:phu luc|mau so|bieu so|bieu mau|phu bieu)\b|mau\s+\S{1,8}$|mau\s+\w{0,4}\d)"
)
_ATTACHED = re.compile(r"\b(?:ban hanh )?kem theo\b")
_DRAFT = re.compile(r"^\W*du thao\b")
_RECEIPT = re.compile(r"giay tiep nhan ho so")
_DOSSIER = re.compile(
    r"[A-Z]\d{2}(?:\.\d{2,3})*-\d{6}-\d{4,}|\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}-\d{6}-\d{4,}"
)
_CODE = re.compile(r"^[A-Z0-9][A-Z0-9.\-/]{5,40}$")


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


@dataclass
class _Open:
    """The document being gathered."""

    first: int
    last: int
    sheet: SheetData | None
    confidence: float
    reason: str
    look: PageLook | None
    in_annex: bool = False


@dataclass
class _State:
    spans: list[Span] = field(default_factory=list)
    sheets: list[int] = field(default_factory=list)
    blanks: list[int] = field(default_factory=list)
    sheet: SheetData | None = None
    open: _Open | None = None
    after_sheet: bool = False


def separate(pages: Sequence[PageView]) -> Separation:
    """Cut a file into documents; every page but sheets and leading blanks is in one."""
    state = _State()
    for page in pages:
        _take(state, page)
    _close(state)
    return Separation(tuple(state.spans), tuple(state.sheets), tuple(state.blanks))


def _take(state: _State, page: PageView) -> None:
    data = sheet_data(page)
    if data and _words(page) <= _SHEET_WORDS and not _is_receipt(page):
        _close(state)
        state.sheets.append(page.number)
        state.sheet, state.after_sheet = data, True
    elif page.is_blank:
        state.blanks.append(page.number)
        if state.open:
            state.open.last = page.number
    else:
        _take_paper(state, page)


def _take_paper(state: _State, page: PageView) -> None:
    words = _words(page)
    if words == 0 and state.open:
        state.open.last = page.number
        return
    receipt = receipt_dossier(page)
    if receipt:
        state.sheet = SheetData(receipt, None, None)
    look = look_at(page) if words else None
    starts, confidence, reason = _decide(state, look)
    if not starts and state.open:
        state.open.last = page.number
        state.open.in_annex = state.open.in_annex or bool(look and look.is_annex)
        return
    own = state.sheet if receipt or not _carries_code(page) else sheet_data(page) or state.sheet
    _close(state)
    state.open = _Open(page.number, page.number, own, confidence, reason, look)


def _decide(state: _State, look: PageLook | None) -> tuple[bool, float, str]:
    """Whether a page begins a document, how sure, and why."""
    current = state.open
    if current is None:
        why = "Trang đầu sau tờ phân tách." if state.after_sheet else "Trang đầu của tệp."
        return (
            True,
            0.97 if state.after_sheet or look is None or look.score >= _STARTS else 0.7,
            why,
        )
    if look is None:
        return False, 0.6, "Trang không có chữ, giữ cùng văn bản trước."
    held = _held_back(current, look)
    if held:
        return False, 0.8, held
    if look.score >= _STARTS:
        return True, min(0.98, 0.6 + 0.06 * look.score), "; ".join(look.reasons)
    return False, 0.9, "Không có bố cục trang đầu."


def _held_back(current: _Open, look: PageLook) -> str | None:
    """Why a page that looks like a first page still belongs to the document before."""
    before = current.look
    if look.is_annex and not (look.title and look.has_nation):
        return "Phụ lục của văn bản trước."
    if look.is_annex and (before is None or before.has_year_slot or current.in_annex):
        return "Phụ lục, mẫu kèm theo văn bản trước."
    if current.in_annex and before and before.has_year_slot and look.is_open_form:
        return "Biểu mẫu trong phụ lục của văn bản trước."
    proposal = before is not None and likeness(before.title, "tờ trình") > 0
    if look.is_draft or (proposal and look.is_open_form):
        return "Dự thảo kèm theo văn bản trước."
    return None


def _close(state: _State) -> None:
    if state.open:
        o = state.open
        state.spans.append(Span(o.first, o.last, o.sheet, round(o.confidence, 3), o.reason))
    state.open, state.after_sheet = None, False


def _words(page: PageView) -> int:
    return sum(len(line.words) for line in page.text.lines)


def sheet_data(page: PageView) -> SheetData | None:
    """What a JSON code on the page says, where it has a separator's keys."""
    for code in page.codes:
        data = _parsed(code.text)
        if data:
            return data
    return None


def _parsed(text: str) -> SheetData | None:
    if not text.lstrip().startswith("{") or len(text) > 4096:
        return None
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict):
        return None
    dossier, procedure, subject = (
        _string(content.get(k)) for k in ("dossier", "procedure", "subject")
    )
    if dossier is None and procedure is None and subject is None:
        return None
    return SheetData(dossier, procedure, subject)


def _string(value: object) -> str | None:
    text = str(value).strip() if isinstance(value, str | int) else ""
    return text[:200] or None


def _carries_code(page: PageView) -> bool:
    return sheet_data(page) is not None


def _is_receipt(page: PageView) -> bool:
    lines = page.text.lines[:25]
    return any(_RECEIPT.search(fold(line.text)) for line in lines)


def receipt_dossier(page: PageView) -> str | None:
    """The dossier code in a receipt's bar code (or its QR), None on any other page."""
    if not page.codes or not _is_receipt(page):
        return None
    for code in page.codes:
        data = _parsed(code.text)
        if data and data.dossier:
            return data.dossier
        text = code.text.strip()
        if _DOSSIER.search(text):
            match = _DOSSIER.search(text)
            return match[0] if match else None
        if _CODE.match(text) and any(letter.isdigit() for letter in text):
            return text
    return None


def look_at(page: PageView) -> PageLook:
    """Score one page's upper part as a first page."""
    layout = lay_out(page, _UPPER)
    head = read_head(layout)
    title = find_title(layout, head)
    name = title.capitals[0].text if title.capitals else ""
    known = _is_known_title(" ".join(run.text for run in title.capitals[:2]) or name)
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
    if title.reference and head.number:
        parts.append((1.0, "có V/v"))
    page_number = printed_page_number(layout)
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
        is_annex=_is_annex(layout),
        is_draft=_is_draft(layout),
        is_open_form=blank_form and not page.marks,
        title=name,
        has_year_slot=bool(number and number.year and number.notation),
        has_nation=head.nation is not None,
    )


def _is_known_title(text: str) -> bool:
    folded = re.sub(r"[^\w ]", "", fold(text)).strip()
    return any(folded.startswith(title) for title in FIRST_PAGE_TITLES) or any(
        likeness(folded, title) for title in FIRST_PAGE_TITLES if len(title) > 5
    )


def _starts_page(layout: Layout, y: int) -> bool:
    """Whether a title stands near the top with hardly any text above it."""
    above = [row for row in layout.rows if row.box.y1 <= y and len(letters(row.whole.text)) > 12]
    low = sum(1 for row in above if capitals(row.whole.text) < 0.5)
    return y < 0.4 * layout.height and low <= 3


def printed_page_number(layout: Layout) -> int | None:
    """The page number in the top centre (NĐ 30/2020: not on page 1), or alone at the foot."""
    for row in layout.rows[:3]:
        run = row.whole
        match = re.fullmatch(r"\W{0,2}(\d{1,4})\W{0,2}", run.text)
        if match and layout.down(row) < 0.09 and 0.35 < layout.across(run) < 0.7:
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
