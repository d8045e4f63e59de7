"""What a document is."""

from collections.abc import Callable

import pytest

from catalogue.reference import load_reference
from classify import PageView, Reference, classify
from workers.reference import reference_of

PageMaker = Callable[..., PageView]
Place = tuple[str, float, float]


def test_decision_by_title_and_notation(
    page: PageMaker, decision: list[Place], reference: Reference
):
    """Box 5a names the kind, the number's abbreviation confirms it."""
    guess = classify([page(1, decision)], reference)
    assert (guess.code, guess.form) == ("VB02", "quyết định")
    assert guess.confidence > 0.9
    assert any("84" not in reason and "QĐ" in reason for reason in guess.reasons)


def test_year_slot_makes_it_normative(page: PageMaker, decision: list[Place], reference: Reference):
    """NĐ 30/2020 and Luật BHVBQPPL: only normative acts have the year in their number."""
    lines = [(text.replace("84/QĐ", "15/2024/QĐ"), x, y) for text, x, y in decision]
    assert classify([page(1, lines)], reference).code == "QP05"


def test_land_decision_is_the_more_specific(
    page: PageMaker, decision: list[Place], reference: Reference
):
    """The most specific code wins: its abstract speaks of the land's purpose."""
    lines = [
        (text.replace("phê duyệt Kế hoạch ứng phó sự cố tràn dầu", "chuyển mục đích sử dụng đất"),
         x, y)
        for text, x, y in decision
    ]  # fmt: skip
    guess = classify([page(1, lines)], reference)
    assert (guess.code, guess.form) == ("KQ-QDGD", "quyết định")


def test_letter_has_no_title(page: PageMaker, reference: Reference):
    """A công văn is known by V/v under its number and Kính gửi."""
    from_head = [
        ("^UBND TỈNH ĐỒNG THÁP", 0.28, 0.07), ("^CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 0.68, 0.07),
        ("^SỞ TÀI CHÍNH", 0.28, 0.09), ("^Độc lập - Tự do - Hạnh phúc", 0.68, 0.09),
        ("^Số: 12/STC-VP", 0.28, 0.12), ("^V/v nộp báo cáo quý", 0.28, 0.14),
        ("^Kính gửi: Ủy ban nhân dân các xã", 0.5, 0.2),
    ]  # fmt: skip
    guess = classify([page(1, from_head)], reference)
    assert (guess.code, guess.form) == ("VB28", "công văn")


@pytest.mark.parametrize("title", ["CHÍ THỊ", "CHỈ THI", "CHI THỊ"])
def test_title_whose_marks_were_lost(
    page: PageMaker, decision: list[Place], reference: Reference, title: str
):
    """Readers lose marks on capitals first."""
    lines = [
        (text.replace("QUYẾT ĐỊNH", title).replace("QĐ", "CT"), x, y) for text, x, y in decision
    ]
    assert classify([page(1, lines)], reference).code == "VB03"


def test_kind_outside_the_catalogue(page: PageMaker, decision: list[Place], reference: Reference):
    """A printed name that the catalogue lacks is KHAC with that name, not the nearest kind."""
    lines = [
        (text.replace("QUYẾT ĐỊNH", "CHƯƠNG TRÌNH PHỐI HỢP").replace("84/QĐ", "84/CTPH"), x, y)
        for text, x, y in decision
    ]
    guess = classify([page(1, lines)], reference)
    assert (guess.code, guess.name, guess.form) == (
        "KHAC", "Chương trình phối hợp", "chương trình phối hợp",
    )  # fmt: skip


def test_certificate_by_rows_of_its_title(page: PageMaker, reference: Reference):
    """A title over two rows is read as one."""
    lines = [
        ("^CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 0.5, 0.05),
        ("^Độc lập - Tự do - Hạnh phúc", 0.5, 0.07),
        ("^GIẤY CHỨNG NHẬN", 0.5, 0.14),
        ("^ĐĂNG KÝ HỘ KINH DOANH", 0.5, 0.16),
        ("^Số: 51A8000123", 0.5, 0.18),
    ]
    assert classify([page(1, lines)], reference).code == "KQ-HKD"


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [("xk ## 7 ]] ,,", 0.3, 0.2)],
        [("This agreement is made between the parties", 0.2, 0.2), ("^TERMS", 0.5, 0.1)],
        [("một trang giữa của văn bản nào đó", 0.2, 0.1)],
    ],
)
def test_no_evidence_is_unknown(page: PageMaker, reference: Reference, lines: list[Place]):
    """Empty, noise, foreign text and loose pages: "không rõ" with a reason, no error."""
    guess = classify([page(1, lines)], reference)
    assert (guess.code, guess.name, guess.form) == (None, "không rõ", None)
    assert guess.reasons


def test_no_pages_at_all(reference: Reference):
    """An empty list is unknown."""
    assert classify([], reference).code is None


def test_cover_and_contents_of_a_dossier(page: PageMaker, reference: Reference):
    """The papers that hold a dossier together are told, and never for sure."""
    cover = [
        ("^HỒ SƠ", 0.5, 0.3), ("Tập lưu công văn đi năm 2010", 0.3, 0.4),
        ("Từ ngày 01/01/2010 đến ngày 31/12/2010", 0.3, 0.6), ("Phông số: 12", 0.15, 0.8),
        ("Thời hạn bảo quản: 20 năm", 0.5, 0.8),
    ]  # fmt: skip
    guess = classify([page(1, cover)], reference)
    assert (guess.code, guess.form) == ("KHAC", "bìa hồ sơ")
    contents = [
        ("^MỤC LỤC VĂN BẢN, TÀI LIỆU", 0.5, 0.08), ("Số TT", 0.06, 0.12),
        ("Số và ký hiệu", 0.14, 0.12), ("Ngày tháng", 0.3, 0.12), ("Trích yếu nội dung", 0.5, 0.12),
        ("Tờ số", 0.8, 0.12), ("1", 0.07, 0.15), ("12/QĐ-UBND", 0.14, 0.15),
    ]  # fmt: skip
    guess = classify([page(1, contents)], reference)
    assert (guess.code, guess.form) == ("KHAC", "mục lục văn bản")
    assert guess.confidence < 0.8


@pytest.mark.parametrize(
    ("printed", "form"), [("BÁNG ĐÈ NGHỊ", "bảng đề nghị"), ("BAN THANH LÝ HỢP ĐÔNG",
     "bản thanh lý hợp đồng"), ("THƠ MỜI", "thơ mời")],
)  # fmt: skip
def test_names_outside_the_catalogue_get_their_marks_back(
    page: PageMaker, decision: list[Place], reference: Reference, printed: str, form: str
):
    """Old offices' kinds: the name as usage writes it, for a person to confirm."""
    lines = [(t.replace("QUYẾT ĐỊNH", printed).replace("84/QĐ", "84/CC"), x, y)
             for t, x, y in decision]  # fmt: skip
    guess = classify([page(1, lines)], reference)
    assert (guess.code, guess.form) == ("KHAC", form)
    assert guess.confidence < 0.8


def test_copy_is_known_by_the_block_behind_the_original(page: PageMaker, decision: list[Place]):
    """NĐ 30/2020 Điều 25: SAO Y with a number of its own on the last page."""
    reference = reference_of(load_reference())
    block = [
        ("^2", 0.5, 0.03), ("thực hiện các nội dung trên trước ngày 30.", 0.15, 0.1),
        ("^UBND TỈNH QUẢNG NGÃI", 0.28, 0.6), ("^SAO Y", 0.68, 0.6),
        ("^VĂN PHÒNG", 0.28, 0.62), ("^Quảng Ngãi, ngày 05 tháng 02 năm 2025", 0.68, 0.62),
        ("^Số: 12/SY-VP", 0.28, 0.65), ("^CHÁNH VĂN PHÒNG", 0.7, 0.7),
    ]  # fmt: skip
    guess = classify([page(1, decision), page(2, block)], reference)
    assert (guess.code, guess.form) == ("BS01", "quyết định")
    assert classify([page(1, decision), page(2, block[:2])], reference).code == "VB02"
