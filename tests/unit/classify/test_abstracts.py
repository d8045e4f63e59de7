"""Abstracts: none at all, laws' names, titles in capitals."""

from collections.abc import Callable

import pytest

from catalogue.reference import load_reference
from classify import PageView, classify, extract
from classify._abstract import tidy_abstract
from classify._case import ordinary, own_wording
from classify._echo import unslip
from workers.reference import reference_of

PageMaker = Callable[..., PageView]
Place = tuple[str, float, float]
REFERENCE = reference_of(load_reference())
HEAD: list[Place] = [
    ("^ỦY BAN NHÂN DÂN", 0.28, 0.07), ("^CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 0.68, 0.07),
    ("^TỈNH QUẢNG NGÃI", 0.28, 0.09), ("^Độc lập - Tự do - Hạnh phúc", 0.68, 0.09),
    ("^Số: 84/TB-UBND", 0.28, 0.12), ("^Quảng Ngãi, ngày 04 tháng 02 năm 2025", 0.68, 0.12),
]  # fmt: skip


def _abstract(page: PageMaker, places: list[Place]) -> object:
    pages = [page(1, places)]
    return extract(pages, classify(pages, REFERENCE), REFERENCE)["abstract"].value


def test_a_first_paragraph_is_no_abstract(page: PageMaker):
    """Indented, full to the right, the next row flush at the left: the body has begun."""
    body = [
        ("Thực hiện nhiệm vụ được giao, cơ quan đã chủ trì, phối hợp với các đơn vị và", 0.18, 0.2),
        (
            "địa phương tổ chức kiểm tra, rà soát toàn bộ hồ sơ, thủ tục có liên quan và kết quả",
            0.12,
            0.225,
        ),
        ("như sau.", 0.12, 0.25),
    ]
    assert _abstract(page, [*HEAD, ("^THÔNG BÁO", 0.52, 0.17), *body]) is None


def test_a_law_is_named_with_its_form(page: PageMaker):
    """LUẬT / ĐẤT ĐAI is Luật Đất đai; what a law does to others is no name."""
    head: list[Place] = [
        ("^QUỐC HỘI", 0.28, 0.07), ("^CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 0.68, 0.07),
        ("^Luật số: 31/2024/QH15", 0.28, 0.1), ("^Độc lập - Tự do - Hạnh phúc", 0.68, 0.09),
        ("^LUẬT", 0.52, 0.17),
    ]  # fmt: skip
    body = [("Căn cứ Hiến pháp nước Cộng hòa xã hội chủ nghĩa Việt Nam;", 0.15, 0.26)]
    assert _abstract(page, [*head, ("^ĐẤT ĐAI", 0.52, 0.2), *body]) == "Luật Đất đai"
    changed = [("^SỬA ĐỔI, BỔ SUNG MỘT SỐ ĐIỀU", 0.52, 0.2), ("^CỦA LUẬT GIÁ", 0.52, 0.22)]
    body += [("Quốc hội ban hành Luật sửa đổi, bổ sung một số điều của Luật Giá.", 0.15, 0.29)]
    right = "Sửa đổi, bổ sung một số điều của Luật Giá"
    assert right == _abstract(page, [*head, *changed, *body])


def test_a_title_in_capitals_that_says_what_was_summed_up(page: PageMaker):
    """TỔNG KẾT is no office that decides."""
    head = [(text.replace("TB", "BC"), x, y) for text, x, y in HEAD]
    places = [*head, ("^BÁO CÁO", 0.52, 0.17), ("^TỔNG KẾT CÔNG TÁC NĂM 2024", 0.52, 0.195)]
    assert _abstract(page, places) == "Tổng kết công tác năm 2024"


def test_places_end_where_their_name_ends():
    """Communes are known by name; a year or a term behind one is none of it."""
    said = ordinary("TRÊN ĐỊA BÀN XÃ BÌNH SƠN NĂM 2025", communes=("Bình Sơn",), bodies=False)
    assert said == "Trên địa bàn xã Bình Sơn năm 2025"
    assert ordinary("PHÁT TRIỂN KINH TẾ - XÃ HỘI", bodies=False) == "Phát triển kinh tế - xã hội"


def test_parts_of_laws_take_a_capital_with_their_number_alone():
    """The body's "một số Điều" is "một số điều" in the title."""
    body = "ban hành Nghị định quy định chi tiết một số Điều của Luật Đường sắt"
    wording = own_wording("MỘT SỐ ĐIỀU CỦA LUẬT ĐƯỜNG SẮT", body)
    assert wording == ("một số điều của Luật Đường sắt",)


@pytest.mark.parametrize(
    ("read", "right"),
    [
        ("Tố chức lễ giao, nhận quân", "Tổ chức lễ giao, nhận quân"),
        ("Ban Chỉ đạo chuyển đối số", "Ban Chỉ đạo chuyển đổi số"),
        ("sửa đối, bố sung một số điểu của Luật Giá", "sửa đổi, bổ sung một số điều của Luật Giá"),
        ("Hội đồng thi tuyến công chức", "Hội đồng thi tuyển công chức"),
        ("nâng cấp tuyến đường, bố trí vốn", "nâng cấp tuyến đường, bố trí vốn"),
        ("đối với người có công", "đối với người có công"),
    ],
)
def test_slips_that_are_no_words(read: str, right: str):
    """Only where the other spelling is no Vietnamese wording."""
    assert unslip(read) == right


@pytest.mark.parametrize(
    ("read", "right"),
    [
        ("việc cho thuê đất", "Về việc cho thuê đất"),
        ("Việc quản lý, sử dụng ngân sách", "Việc quản lý, sử dụng ngân sách"),
    ],
)
def test_a_lost_first_word_comes_back(read: str, right: str):
    """What begins in lower case has lost a word before it; "Về" alone stands before "việc"."""
    assert tidy_abstract(read) == right
