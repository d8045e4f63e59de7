"""Where one document ends and the next begins."""

import json
from collections.abc import Callable

from classify import PageView, Separation, SheetData, separate
from imaging.types import Box, Code
from ocr.types import Mark, MarkKind

PageMaker = Callable[..., PageView]
Place = tuple[str, float, float]

SHEET = {"dossier": "H48.12-250204-0001", "procedure": "1.001193", "subject": "048190001234"}


def _spans(separation: Separation) -> list[tuple[int, int]]:
    return [(span.first_page, span.last_page) for span in separation.spans]


def _qr(text: str) -> tuple[Code, ...]:
    return (Code(text, "QRCode", Box(100, 100, 400, 400)),)


TEXT = [
    ("tiếp tục triển khai các nhiệm vụ được giao trong năm và", 0.15, 0.1),
    ("báo cáo kết quả theo quy định hiện hành.", 0.15, 0.13),
]


def test_layout_begins_a_document(page: PageMaker, decision: list[Place]):
    """A head with Quốc hiệu, number and title begins one; a running page goes on."""
    pages = [page(1, decision), page(2, TEXT), page(3, decision), page(4, TEXT)]
    assert _spans(separate(pages)) == [(1, 2), (3, 4)]


def test_blank_backs_belong_to_the_document_before(page: PageMaker, decision: list[Place]):
    """A blank page never begins a document, at the start of a file it belongs to none."""
    pages = [page(1, blank=True), page(2, decision), page(3, blank=True), page(4, decision)]
    separation = separate(pages)
    assert _spans(separation) == [(2, 3), (4, 4)]
    assert separation.blanks == (1, 3)


def test_separator_sheet(page: PageMaker, decision: list[Place]):
    """A sheet belongs to no document, and its data hold for all that follow it."""
    sheet = page(1, [("^TỜ PHÂN TÁCH HỒ SƠ", 0.5, 0.3)], codes=_qr(json.dumps(SHEET)))
    separation = separate([sheet, page(2, TEXT), page(3, decision)])
    assert separation.sheets == (1,)
    assert _spans(separation) == [(2, 2), (3, 3)]
    assert {SheetData(**SHEET)} == {span.sheet for span in separation.spans}


def test_second_sheet_takes_over(page: PageMaker, decision: list[Place]):
    """Each sheet is in force up to the next."""
    other = SHEET | {"dossier": "H48.12-250204-0002"}
    pages = [
        page(1, codes=_qr(json.dumps(SHEET))), page(2, decision),
        page(3, codes=_qr(json.dumps(other))), page(4, decision),
    ]  # fmt: skip
    separation = separate(pages)
    codes = [span.sheet.dossier for span in separation.spans]
    assert [SHEET["dossier"], other["dossier"]] == codes


def test_json_on_a_full_paper_is_no_sheet(page: PageMaker, decision: list[Place]):
    """Published papers carry such a QR too; a page full of words stays a document."""
    full = [*decision, *[("nội dung của văn bản này gồm nhiều chữ", 0.15, 0.4 + i / 50)
                         for i in range(9)]]  # fmt: skip
    separation = separate([page(1, full, codes=_qr(json.dumps(SHEET)))])
    assert separation.sheets == ()
    assert _spans(separation) == [(1, 1)]


def test_strange_codes_are_no_sheet(page: PageMaker, decision: list[Place]):
    """A web address, broken JSON, a list, deep nesting: not ours."""
    for text in ("https://example.org", '{"dossier":', "[1, 2]", '{"a": 1}', "[" * 3000):
        assert separate([page(1, decision, codes=_qr(text))]).sheets == ()


def test_receipt_is_a_document_and_sets_the_dossier(page: PageMaker, decision: list[Place]):
    """The bar code of a giấy tiếp nhận holds the dossier of what follows it."""
    receipt = [
        ("^CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 0.68, 0.05),
        ("^GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ", 0.5, 0.15),
        ("Mã hồ sơ: H48.12-250204-0007", 0.15, 0.2),
    ]
    code = (Code("H48.12-250204-0007", "Code128", Box(100, 100, 500, 200)),)
    separation = separate([page(1, receipt, codes=code), page(2, decision)])
    assert separation.sheets == ()
    assert [span.sheet.dossier for span in separation.spans] == ["H48.12-250204-0007"] * 2


def test_annex_stays_with_its_document(page: PageMaker, decision: list[Place]):
    """An annex and what follows it belong to the decision before, whatever heads they bear."""
    annex = [("^PHỤ LỤC I", 0.5, 0.06), ("^DANH SÁCH", 0.5, 0.1), *TEXT]
    assert _spans(separate([page(1, decision), page(2, annex), page(3, TEXT)])) == [(1, 3)]


def test_draft_attached_to_a_proposal(page: PageMaker, decision: list[Place]):
    """A resolution without digits and date behind a tờ trình is its draft."""
    proposal = [(t.replace("QUYẾT ĐỊNH", "TỜ TRÌNH").replace("QĐ", "TTr"), x, y)
                for t, x, y in decision]  # fmt: skip
    draft = [
        (t.replace("84/QĐ", "  /NQ").replace("QUYẾT ĐỊNH", "NGHỊ QUYẾT")
         .replace("ngày 04 tháng 02 năm 2025", "ngày tháng năm 2025"), x, y)
        for t, x, y in decision
    ]  # fmt: skip
    assert _spans(separate([page(1, proposal), page(2, draft)])) == [(1, 2)]
    assert _spans(separate([page(1, proposal), page(2, decision)])) == [(1, 1), (2, 2)]


def test_page_number_on_top_means_continuation(page: PageMaker):
    """NĐ 30/2020: pages after the first bear their number in the top centre."""
    title_only = [("^BÁO CÁO", 0.5, 0.15), *TEXT]
    first = page(1, title_only)
    assert _spans(separate([first, page(2, [("^2", 0.5, 0.03), *title_only])])) == [(1, 2)]


def test_unread_page_goes_on(page: PageMaker, decision: list[Place]):
    """A page without text that is not blank (a failed reading) stays with the document before."""
    assert _spans(separate([page(1, decision), page(2)])) == [(1, 2)]
    assert _spans(separate([page(1)])) == [(1, 1)]


def test_nothing_but_blanks():
    """No pages, no spans."""
    assert separate([]).spans == ()


COVER = [
    ("^MỤC LỤC SỐ: 03", 0.3, 0.1), ("^HỒ SƠ", 0.5, 0.3),
    ("Tập lưu công văn đi năm 2010", 0.3, 0.4), ("Gồm: 120 tờ", 0.3, 0.65),
    ("Từ ngày 01/01/2010 đến ngày 31/12/2010", 0.3, 0.6), ("Phông số: 12", 0.15, 0.8),
    ("Thời hạn bảo quản: 20 năm", 0.5, 0.8),
]  # fmt: skip


def test_cover_begins_a_document_of_its_own(page: PageMaker, decision: list[Place]):
    """A dossier's cover between two papers belongs to neither; what follows it begins anew."""
    pages = [page(1, decision), page(2, COVER), page(3, decision)]
    assert _spans(separate(pages)) == [(1, 1), (2, 2), (3, 3)]


def test_signed_paper_behind_a_proposal_is_no_draft(page: PageMaker, decision: list[Place]):
    """Number and day by hand are read as blank; its seal says that it was issued."""
    proposal = [(t.replace("QUYẾT ĐỊNH", "TỜ TRÌNH").replace("QĐ", "TTr"), x, y)
                for t, x, y in decision]  # fmt: skip
    by_hand = [
        (t.replace("84/QĐ", "  /QĐ").replace("ngày 04 tháng 02 năm 2025", "ngày tháng năm 2025"),
         x, y)
        for t, x, y in decision
    ]  # fmt: skip
    seal = (Mark(MarkKind.SEAL, Box(900, 1400, 1200, 1700), 0.9),)
    pages = [page(1, proposal), page(2, by_hand), page(3, TEXT, marks=seal)]
    assert _spans(separate(pages)) == [(1, 1), (2, 3)]
    assert _spans(separate([page(1, proposal), page(2, by_hand), page(3, TEXT)])) == [(1, 3)]


def test_page_numbers_beginning_again(page: PageMaker):
    """A "Trang 1/2" behind "Trang 2/2" begins a paper even where its head says little."""

    def form(number: int, text: str, foot: str) -> PageView:
        name = ("^PHIẾU XIN Ý KIẾN", 0.5, 0.06)
        return page(number, [name, (text, 0.15, 0.2), (foot, 0.8, 0.95)])

    pages = [
        form(1, "Nội dung xin ý kiến về dự thảo", "Trang 1/2"),
        page(2, [*TEXT, ("Trang 2/2", 0.8, 0.95)]),
        form(3, "Nội dung xin ý kiến khác", "Trang 1/1"),
    ]
    assert _spans(separate(pages)) == [(1, 2), (3, 3)]
