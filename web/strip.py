"""A received file as a strip: its pages in order, grouped by document, with the cuts between."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from archive.models import Account, CutPlan, Document, Page, Receipt
from archive.permissions import access_of, may_see
from archive.services.cuts import PageRange, cuts_seen, is_fixed, may_be_cut, may_cut
from archive.states import DocumentStatus, PageState, Protection
from web.access import may

BY_PERSON = "do người chia đặt"
FIXED = {
    DocumentStatus.ARCHIVED: "đã lưu kho, giữ nguyên trang",
    DocumentStatus.REFUSED: "đã từ chối, giữ nguyên trang",
}
CONFIRMED = "đã xác nhận, giữ nguyên trang"
NOTES = {PageState.BLANK: "trang trống", PageState.FAILED: "không đọc được"}
SHEET = "tờ phân tách"


class Sight(StrEnum):
    """How much of a page a strip shows."""

    SHOWN = "shown"
    """Its small picture."""
    FOLDED = "folded"
    """A neutral card; the picture is asked for page by page, and each look is recorded."""
    HIDDEN = "hidden"
    """A neutral card alone."""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the pages of a document."""

    document: Document
    is_open: bool
    """Whether the account may open it."""
    kind: str
    """What it is, as far as is known."""
    reason: str
    """Why it begins here."""
    confidence: int | None
    """Of the cut, per cent; None where the machine did not propose it."""
    fixed: str
    """Why its pages stay; empty where they may be moved."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of the strip."""

    page: Page
    sight: Sight
    kind: str
    """What it is part of, for the neutral card."""
    note: str
    """What is odd about the page itself."""
    head: Head | None
    """Where a document begins here as things stand."""
    is_cut: bool
    """Whether the box "a document begins here" is ticked."""
    is_out: bool
    """Whether the page is left out of every document."""
    is_border: bool
    """Whether the document must begin here: the cut cannot be moved."""
    is_fixed: bool
    """Whether the page is part of a document whose pages stay."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person ticked."""

    cuts: frozenset[int]
    """Pages that begin a document."""
    out: frozenset[int]
    """Pages that belong to no document."""

    def ranges(self, pages: int) -> list[PageRange]:
        """Return every document's pages; after a page left out a document begins by itself."""
        found: list[PageRange] = []
        before_is_in = False
        for number in range(1, pages + 1):
            is_in = number not in self.out
            if is_in and before_is_in and number not in self.cuts:
                found[-1] = PageRange(found[-1].first, number)
            elif is_in:
                found.append(PageRange(number, number))
            before_is_in = is_in
        return found


@dataclass(frozen=True, slots=True)
class Strip:
    """A file's pages and how they are cut."""

    receipt: Receipt
    leaves: tuple[Leaf, ...]
    documents: int
    out: int
    seen: str
    """Goes back with what the person wants."""
    may_change: bool
    why_not: str
    """Why nothing may be changed; empty where it may."""


def strip_of(receipt: Receipt, account: Account, choice: Choice | None = None) -> Strip:
    """Return a file's strip as an account may see it; `choice` is what could not be taken yet."""
    documents = list(
        Document.objects.filter(receipt=receipt)
        .order_by("first_page")
        .select_related("receipt__batch")
    )
    pages = list(Page.objects.filter(receipt=receipt))
    plan = CutPlan.objects.filter(receipt=receipt).first()
    why_not = _why_not(receipt, account)
    leaves = _leaves(pages, documents, plan.proposed if plan else {}, account, choice)
    return Strip(
        receipt=receipt,
        leaves=tuple(leaves),
        documents=len(documents),
        out=sum(leaf.is_out for leaf in leaves),
        seen=cuts_seen(documents),
        may_change=not why_not,
        why_not=why_not,
    )


def _why_not(receipt: Receipt, account: Account) -> str:
    if not may_cut(account, receipt.batch):
        return "Tài khoản này chỉ xem được cách chia. Người quét và người kiểm tra mới sửa được."
    if may_be_cut(receipt):
        return ""
    if receipt.is_born_digital:
        return "Tệp điện tử hoặc tệp có chữ ký số được giữ nguyên, không chia."
    if receipt.received_sealed:
        return "Tệp này đã lưu kho trọn vẹn nên không chia lại được."
    if receipt.page_count == 1:
        return "Tệp chỉ có một trang nên không có gì để chia."
    return "Máy chưa đọc xong tệp này. Hãy quay lại sau ít phút."


def _leaves(
    pages: Iterable[Page],
    documents: Iterable[Document],
    proposed: dict[str, Any],
    account: Account,
    choice: Choice | None,
) -> list[Leaf]:
    of_page = {n: d for d in documents for n in range(d.first_page, d.last_page + 1)}
    sheets = set(proposed.get("sheets", ()))
    leaves = []
    for page in pages:
        document = of_page.get(page.number)
        before = of_page.get(page.number - 1)
        begins = document is not None and document.first_page == page.number
        fixed = document is not None and is_fixed(document)
        after_fixed = before is not None and before != document and is_fixed(before)
        leaves.append(
            Leaf(
                page=page,
                sight=sight_of(page, document, account),
                kind=_kind(document),
                note=SHEET if page.number in sheets else NOTES.get(PageState(page.state), ""),
                head=_head(document, proposed, account) if document and begins else None,
                is_cut=_ticked(page.number, choice.cuts) if choice else begins,
                is_out=_ticked(page.number, choice.out) if choice else document is None,
                is_border=page.number == 1 or (fixed and begins) or after_fixed,
                is_fixed=fixed,
            )
        )
    return leaves


def _kind(document: Document | None) -> str:
    if document is None:
        return "không thuộc giấy tờ nào"
    is_unread = document.kind_code is None and document.status == DocumentStatus.PROCESSING
    return "máy đang đọc" if is_unread else document.kind_name


def _ticked(number: int, ticked: Collection[int]) -> bool:
    return number in ticked


def sight_of(page: Page, document: Document | None, account: Account) -> Sight:
    """Say how much of a page the account sees in a strip.

    No picture of an identity paper stands among small pictures (it is shown when asked for, page
    by page); a page of no document, or of one that nobody can name yet, may be such a paper.
    """
    if page.state == PageState.BLANK and not page.text_sha256:
        return Sight.HIDDEN
    if not may(account, "search_documents"):
        return Sight.HIDDEN
    if document is None:
        return Sight.FOLDED if access_of(account) is None else Sight.HIDDEN
    if document.protection == Protection.ORDINARY:
        return Sight.SHOWN
    return Sight.FOLDED if may_see(account, document) else Sight.HIDDEN


def _head(document: Document, proposed: dict[str, Any], account: Account) -> Head:
    cut = next(
        (c for c in proposed.get("cuts", ()) if c["first_page"] == document.first_page), None
    )
    return Head(
        document=document,
        is_open=may(account, "search_documents") and may_see(account, document),
        kind=_kind(document),
        reason=cut["reason"] if cut else (BY_PERSON if proposed else ""),
        confidence=round(100 * cut["confidence"]) if cut else None,
        fixed=_fixed(document),
    )


def _fixed(document: Document) -> str:
    if not is_fixed(document):
        return ""
    return FIXED.get(DocumentStatus(document.status), CONFIRMED)
