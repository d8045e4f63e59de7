"""Seal and signature as fields: seen on the page's picture, with their boxes."""

from collections.abc import Callable, Sequence

from classify._fields import nothing
from classify._signed import Signed, find_pen, is_colourless, signing_place
from classify._signer import Ending
from classify._written import Sight
from classify.policy import is_sure
from classify.types import FieldValue, PageView
from ocr.types import MarkKind


def marks_of(
    pages: Sequence[PageView],
    ending: Ending | None = None,
    sight: Callable[[int], Sight] | None = None,
) -> dict[str, FieldValue]:
    """`has_seal` and `has_signature`; a page without colour leaves the seal unknown."""
    seal = _mark("has_seal", pages, MarkKind.SEAL, "con dấu")
    signature = _mark("has_signature", pages, MarkKind.SIGNATURE, "chữ ký")
    end = sight(ending.layout.number) if ending and sight else None
    picture = end.picture() if end else None
    if ending is None or picture is None or end is None:
        return {"has_seal": seal, "has_signature": signature}
    if not seal.value and is_colourless(picture):
        seal = nothing("Trang ký không có màu nên không phân biệt được con dấu. Hãy xem ảnh.")
    if not signature.value:
        signature = _pen(ending, end) or signature
    return {"has_seal": seal, "has_signature": signature}


def _pen(ending: Ending, end: Sight) -> FieldValue | None:
    picture, block = end.picture(), ending.signature
    place = signing_place(ending.layout, block, end.dpi) if block else None
    if picture is None or place is None:
        return None
    return _signed(find_pen(picture, place, ending.layout, end.dpi), ending.layout.number)


def _signed(pen: Signed, page: int) -> FieldValue:
    reason = f"Thấy nét bút trong khối chữ ký, trang {page}."
    if not pen.seen:
        reason = f"Không thấy nét bút trong khối chữ ký, trang {page}."
    return FieldValue(
        value=pen.seen, as_printed=None, confidence=pen.confidence,
        sure=is_sure("has_signature", pen.confidence), page=page, box=pen.box, reason=reason,
    )  # fmt: skip


def _mark(name: str, pages: Sequence[PageView], kind: MarkKind, what: str) -> FieldValue:
    found = [(mark, page.number) for page in pages for mark in page.marks if mark.kind == kind]
    if not found:
        return FieldValue(
            value=False, as_printed=None, confidence=0.5, sure=False, page=None, box=None,
            reason=f"Không thấy {what} trên các trang.",
        )  # fmt: skip
    mark, page = max(found, key=lambda pair: pair[0].confidence)
    return FieldValue(
        value=True, as_printed=None, confidence=mark.confidence,
        sure=is_sure(name, mark.confidence), page=page, box=mark.box,
        reason=f"Thấy {what} trên trang {page}.",
    )  # fmt: skip
