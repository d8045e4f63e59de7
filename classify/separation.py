"""Where one document ends and the next begins, by sheets, blank pages and first-page layout."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from classify._first_look import STARTS, PageLook, look_at
from classify._sheets import carries_code, is_receipt, receipt_dossier, sheet_data
from classify._text import likeness
from classify.types import PageView, Separation, SheetData, Span

_SHEET_WORDS = 80
"""A page with a separator's code and more words than this is a paper of its own."""
_DRAFTED = ("nghị quyết", "quyết định", "nghị định", "thông tư", "quy chế", "quy định", "đề án",
            "kế hoạch", "chỉ thị", "luật")  # fmt: skip
"""What a tờ trình asks to be issued: its draft comes with it."""


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
    number: int | None = None
    """The page number last printed."""


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
    looks = [None if page.is_blank or not _words(page) else look_at(page) for page in pages]
    state = _State()
    for index, page in enumerate(pages):
        _take(state, page, looks[index], signed=_signed_later(pages, looks, index))
    _close(state)
    return Separation(tuple(state.spans), tuple(state.sheets), tuple(state.blanks))


def _signed_later(pages: Sequence[PageView], looks: Sequence[PageLook | None], index: int) -> bool:
    """Whether this page, or one behind it before the next heading, bears a seal or a signature."""
    for later in range(index, len(pages)):
        look = looks[later]
        if later > index and look and look.has_nation:
            return False
        if pages[later].marks:
            return True
    return False


def _take(state: _State, page: PageView, look: PageLook | None, *, signed: bool) -> None:
    data = sheet_data(page)
    if data and _words(page) <= _SHEET_WORDS and not is_receipt(page):
        _close(state)
        state.sheets.append(page.number)
        state.sheet, state.after_sheet = data, True
    elif page.is_blank:
        state.blanks.append(page.number)
        if state.open:
            state.open.last = page.number
    elif look is None and state.open:
        state.open.last = page.number
    else:
        _take_paper(state, page, look, signed=signed)


def _take_paper(state: _State, page: PageView, look: PageLook | None, *, signed: bool) -> None:
    receipt = receipt_dossier(page)
    if receipt:
        state.sheet = SheetData(receipt, None, None)
    starts, confidence, reason = _decide(state, look, signed=signed)
    if not starts and state.open:
        _goes_on(state.open, page, look)
        return
    own = state.sheet if receipt or not carries_code(page) else sheet_data(page) or state.sheet
    _close(state)
    number = look.page_number if look else None
    state.open = _Open(
        page.number, page.number, own, confidence, reason, look, number=number,
    )  # fmt: skip


def _goes_on(current: _Open, page: PageView, look: PageLook | None) -> None:
    current.last = page.number
    if look is None:
        return
    current.in_annex = current.in_annex or look.is_annex
    current.number = look.page_number or current.number


def _decide(state: _State, look: PageLook | None, *, signed: bool) -> tuple[bool, float, str]:
    """Whether a page begins a document, how sure, and why."""
    current = state.open
    if current is None:
        why = "Trang đầu sau tờ phân tách." if state.after_sheet else "Trang đầu của tệp."
        clear = state.after_sheet or look is None or look.score >= STARTS
        return True, 0.97 if clear else 0.7, why
    if look is None:
        return False, 0.6, "Trang không có chữ, giữ cùng văn bản trước."
    held = _held_back(current, look, signed=signed)
    if held:
        return False, 0.8, held
    score = look.score + _by_number(current, look)
    if score >= STARTS:
        return True, min(0.98, 0.6 + 0.06 * score), "; ".join(look.reasons)
    return False, 0.9, "Không có bố cục trang đầu."


def _by_number(current: _Open, look: PageLook) -> float:
    """What the printed page numbers say: the next one goes on, a 1 begins again."""
    if look.page_number is None:
        return 0.0
    before = current.number or (current.last - current.first + 1)
    if look.page_number > 1 and look.page_number == before + 1:
        return -2.0
    return 2.0 if look.page_number == 1 and before > 1 else 0.0


def _held_back(current: _Open, look: PageLook, *, signed: bool) -> str | None:
    """Why a page that looks like a first page still belongs to the document before."""
    before = current.look
    headed = look.title and look.has_nation
    if look.is_annex and (not headed or not before or before.has_year_slot or current.in_annex):
        return "Phụ lục, mẫu kèm theo văn bản trước."
    if look.is_draft:
        return "Dự thảo kèm theo văn bản trước."
    if signed or not look.is_open_form:
        return None
    if current.in_annex and before and before.has_year_slot:
        return "Biểu mẫu trong phụ lục của văn bản trước."
    return "Dự thảo kèm theo tờ trình trước." if _brings(current, look) else None


def _brings(current: _Open, look: PageLook) -> bool:
    """Whether this is what a tờ trình before asks to be issued."""
    before = current.look
    asks = before is not None and likeness(before.title, "tờ trình") > 0
    return asks and any(likeness(look.title, name) for name in _DRAFTED)


def _close(state: _State) -> None:
    if state.open:
        o = state.open
        state.spans.append(Span(o.first, o.last, o.sheet, round(o.confidence, 3), o.reason))
    state.open, state.after_sheet = None, False


def _words(page: PageView) -> int:
    return sum(len(line.words) for line in page.text.lines)
