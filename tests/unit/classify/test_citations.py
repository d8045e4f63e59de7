"""Papers that another names with number, day and body: in its grounds, or in a register."""

from collections.abc import Callable
from datetime import date

import pytest

from classify import REGISTER, PageView, citations, read_register
from classify._layout import lay_out
from classify._outside import CONTENTS, folder_paper

PageMaker = Callable[..., PageView]
Place = tuple[str, float, float]
UNTIL = date(2025, 12, 31)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "Công văn số 15/QĐ-UBND ngày 14 tháng 5 năm 2025 của Ủy ban nhân dân tỉnh Huế về",
            ("15/QĐ-UBND", "2025-05-14", "Ủy ban nhân dân tỉnh Huế"),
        ),
        ("Tờ trình số 71 /TTr-SYT ngày 5/8/2025;", ("71/TTr-SYT", "2025-08-05", "")),
        (
            "Nghị định số 30/2020/NĐ-CP, ngày 05 tháng 3 năm 2020 của Chính phủ về công tác",
            ("30/2020/NĐ-CP", "2020-03-05", "Chính phủ"),
        ),
    ],
)
def test_number_day_and_body(page: PageMaker, text: str, wanted: tuple[str, str, str]) -> None:
    (one,) = citations([page(1, [(text, 0.1, 0.3)])], UNTIL)
    assert (one.number, one.issued_on, one.issuer) == wanted
    assert one.confidence > 0.5


@pytest.mark.parametrize(
    "text",
    [
        "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015;",
        "Quyết định số /QĐ-UBND ngày 14 tháng 5 năm 2025",
        "Quyết định số 15/QĐ-UBND ngày 14 tháng 5 năm 2035",
        "Quyết định số 15/QĐ-UBND ngày 31 tháng 4 năm 2025",
    ],
)
def test_what_names_no_paper(page: PageMaker, text: str) -> None:
    """No number, no day that can be, or one to come."""
    assert citations([page(1, [(text, 0.1, 0.3)])], UNTIL) == ()


SENT: list[Place] = [
    ("^ỦY BAN NHÂN DÂN TỈNH HUẾ", 0.1, 0.03),
    ("^SỔ ĐĂNG KÝ VĂN BẢN ĐI", 0.5, 0.06),
    ("Năm: 2025", 0.45, 0.08),
    ("Số, ký hiệu", 0.05, 0.13), ("Ngày tháng", 0.22, 0.13), ("Trích yếu nội dung", 0.38, 0.13),
    ("Người ký", 0.62, 0.13), ("Nơi nhận", 0.75, 0.13), ("Ghi chú", 0.88, 0.13),
]  # fmt: skip


def _row(y: float, *cells: str) -> list[Place]:
    places = (0.05, 0.22, 0.38, 0.62, 0.75)
    return [(text, x, y) for text, x in zip(cells, places, strict=False) if text]


def test_a_register_of_papers_sent(page: PageMaker) -> None:
    """Whose it is and which year stand above; days are often written without it."""
    first = page(1, [
        *SENT,
        *_row(0.2, "71/QĐ-UBND", "08/3", "Phê duyệt kế hoạch", "Trần A", "Sở Y tế"),
        *_row(0.24, "72/QĐ-UBND", "10/03/2025", "Phân công", "Trần A", "Các sở"),
        *_row(0.28, "", "", "nhiệm vụ năm", "", ""),
    ])  # fmt: skip
    assert folder_paper(lay_out(first)) == REGISTER
    one, two = read_register([first])
    assert (one.number, one.issued_on) == ("71/QĐ-UBND", "2025-03-08")
    assert (two.number, two.issued_on) == ("72/QĐ-UBND", "2025-03-10")
    assert "nhan dan tinh hue" in one.issuer.lower() or "TỈNH HUẾ" in one.issuer.upper()


def test_a_table_of_contents_is_no_register(page: PageMaker) -> None:
    heads = [("^MỤC LỤC VĂN BẢN, TÀI LIỆU", 0.5, 0.06), *SENT[3:]]
    contents = page(1, [*heads, *_row(0.2, "71/QĐ-UBND", "08/3/2025", "Phê duyệt", "", "")])
    assert folder_paper(lay_out(contents)) == CONTENTS
    assert read_register([contents]) == ()


def test_a_paper_is_no_register(page: PageMaker) -> None:
    """One that speaks about registers."""
    text = "Căn cứ sổ đăng ký văn bản đi năm 2025 của cơ quan"
    assert read_register([page(1, [("^QUYẾT ĐỊNH", 0.5, 0.1), (text, 0.1, 0.3)])]) == ()
