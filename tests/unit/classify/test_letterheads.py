"""Issuers in full from letterheads of all sorts; every place and body is public, no paper is."""

import pytest

from classify import Reference
from classify._bodies import compose
from classify._body_lines import group_lines

REFERENCE = Reference(
    (), ("Văn phòng Ủy ban nhân dân tỉnh Quảng Ngãi",),
    ("Quảng Ngãi", "Đà Nẵng", "Hồ Chí Minh", "Hà Tĩnh", "Đồng Tháp"),
    communes=("Bình Sơn", "Cẩm Thành", "Lý Sơn", "Sơn Tịnh", "Tịnh Khê", "Trà Bồng"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "place", "name"),
    [
        (("UBND XÃ TRÀ BỒNG",), "", "Ủy ban nhân dân xã Trà Bồng"),
        (("ỦY BAN NHÂN DÂN", "XÃ TỊNH KHÊ"), "", "Ủy ban nhân dân xã Tịnh Khê"),
        (("TỈNH QUẢNG NGÃI", "ỦY BAN NHÂN DÂN", "ĐẶC KHU LÝ SƠN"), "",
         "Ủy ban nhân dân đặc khu Lý Sơn"),
        (("ĐẢNG BỘ TỈNH QUẢNG NGÃI", "ĐẢNG ỦY XÃ SƠN TỊNH"), "", "Đảng ủy xã Sơn Tịnh"),
        (("TỈNH ỦY QUẢNG NGÃI",), "Quảng Ngãi", "Tỉnh ủy Quảng Ngãi"),
        (("UBND PHƯỜNG CẨM THÀNH", "PHÒNG KINH TẾ, HẠ TẦNG", "VÀ ĐÔ THỊ"), "",
         "Phòng Kinh tế, Hạ tầng và Đô thị phường Cẩm Thành"),
        (("UBND TỈNH QUẢNG NGÃI", "SỞ NÔNG NGHIỆP VÀ MÔI", "TRƯỜNG"), "Quảng Ngãi",
         "Sở Nông nghiệp và Môi trường tỉnh Quảng Ngãi"),
        (("SỞ Y TẾ HÀ TĨNH",), "Hà Tĩnh", "Sở Y tế tỉnh Hà Tĩnh"),
        (("CỤC THUẾ", "CHI CỤC", "THUẾ KHU VỰC XII"), "Đà Nẵng", "Chi cục Thuế khu vực XII"),
        (("KHO BẠC NHÀ NƯỚC", "KHO BẠC NHÀ NƯỚC", "KHU VỰC XIII"), "Quảng Ngãi",
         "Kho bạc Nhà nước khu vực XIII"),
        (("TÒA ÁN NHÂN DÂN", "KHU VỰC 2 - QUẢNG NGÃI"), "Quảng Ngãi",
         "Tòa án nhân dân khu vực 2 - Quảng Ngãi"),
        (("SỞ GIÁO DỤC VÀ ĐÀO TẠO QUẢNG NGÃI", "TRƯỜNG THPT TRẦN QUỐC TUẤN"), "Quảng Ngãi",
         "Trường THPT Trần Quốc Tuấn tỉnh Quảng Ngãi"),
        (("ĐẠI HỌC ĐÀ NẴNG", "TRƯỜNG ĐẠI HỌC SƯ PHẠM"), "Đà Nẵng",
         "Trường Đại học Sư phạm - Đại học Đà Nẵng"),
        (("UBND TỈNH QUẢNG NGÃI", "VĂN PHÒNG"), "Quảng Ngãi",
         "Văn phòng Ủy ban nhân dân tỉnh Quảng Ngãi"),
        (("UBND XÃ BÌNH SƠN", "BAN CHỈ HUY QUÂN SỰ"), "Bình Sơn",
         "Ban Chỉ huy Quân sự xã Bình Sơn"),
        (("UBND TỈNH QUẢNG NGÃI", "BAN QUẢN LÝ KHU KINH TẾ", "DUNG QUẤT"), "Quảng Ngãi",
         "Ban Quản lý Khu kinh tế Dung Quất tỉnh Quảng Ngãi"),
        (("CÔNG TY CỔ PHẦN", "ĐƯỜNG QUẢNG NGÃI"), "", "Công ty Cổ phần Đường Quảng Ngãi"),
        (("VIỆN KIỂM SÁT NHÂN DÂN TỐI CAO", "VIỆN KIỂM SÁT NHÂN DÂN", "TỈNH QUẢNG NGÃI"), "",
         "Viện kiểm sát nhân dân tỉnh Quảng Ngãi"),
        (("BỘ XÂY DỰNG", "CỤC HÀNG KHÔNG VIỆT NAM"), "Hà Nội",
         "Cục Hàng không Việt Nam - Bộ Xây dựng"),
    ],
)  # fmt: skip
def test_a_letterhead_s_body_in_full(lines: tuple[str, ...], place: str, name: str):
    """Parent and place join it, in the case of running text, as a clerk enters it."""
    body = compose(list(lines), place, REFERENCE)
    assert body is not None
    assert name == body.name


@pytest.mark.parametrize(
    ("lines", "bodies"),
    [
        (["SỞ TÀI NGUYÊN VÀ MÔI", "TRƯỜNG"], 1),
        (["BAN CHỈ ĐẠO", "PHÒNG CHỐNG THIÊN TAI"], 1),
        (["TRUNG TÂM BẢO TRỢ XÃ", "HỘI TỔNG HỢP"], 1),
        (["CHI NHÁNH", "VĂN PHÒNG ĐĂNG KÝ ĐẤT ĐAI"], 1),
        (["HUYỆN ỦY MỘ ĐỨC", "BAN TỔ CHỨC"], 2),
        (["BỘ TÀI CHÍNH", "TỔNG CỤC THUẾ"], 2),
        (["SỞ Y TẾ", "TRUNG TÂM Y TẾ", "THỊ XÃ ĐỨC PHỔ"], 2),
    ],
)
def test_a_name_s_words_are_not_parted(lines: list[str], bodies: int):
    """A line may begin with a word that bodies begin with and still go on with the one above."""
    assert bodies == len(group_lines(lines))


def test_names_are_as_the_text_writes_them():
    """A name in capitals that we do not know has the case that the paper's own text gives it."""
    body = compose(["CÂU LẠC BỘ SÔNG TRÀ"], "", REFERENCE, ("Câu lạc bộ Sông Trà",))
    assert body is not None
    assert body.name == "Câu lạc bộ Sông Trà"
