"""Signing blocks of all sorts; every name here is invented."""

from collections.abc import Callable

import pytest

from classify import COMMON, Fields, PageView, Reference, classify, extract
from classify._layout import Run
from classify._offices import snap_title
from classify._persons import looks_like_name, name_text
from imaging.types import Box
from ocr.types import Word

PageMaker = Callable[..., PageView]
Place = tuple[str, float, float]

TEXT: list[Place] = [
    ("^ỦY BAN NHÂN DÂN", 0.28, 0.07),
    ("^CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 0.68, 0.07),
    ("^TỈNH QUẢNG NGÃI", 0.28, 0.09),
    ("^Độc lập - Tự do - Hạnh phúc", 0.68, 0.09),
    ("^Số: 84/BC-UBND", 0.28, 0.12),
    ("^Quảng Ngãi, ngày 04 tháng 02 năm 2025", 0.68, 0.12),
    ("^BÁO CÁO", 0.52, 0.18),
    ("^Kết quả công tác tháng 01 năm 2025", 0.52, 0.2),
    ("Thực hiện nhiệm vụ được giao, cơ quan báo cáo như sau.", 0.2, 0.3),
]


def _signed(page: PageMaker, reference: Reference, *places: Place) -> Fields:
    pages = [page(1, [*TEXT, *places], confidence=0.99)]
    fields = extract(pages, classify(pages, reference), reference)
    assert set(COMMON) <= set(fields)
    return fields


def _block(*rows: str, name: str) -> list[Place]:
    lines = [(f"^{row}", 0.72, 0.6 + 0.02 * at) for at, row in enumerate(rows)]
    return [("Nơi nhận:", 0.15, 0.6), ("- Như trên;", 0.15, 0.62), *lines, (f"^{name}", 0.72, 0.75)]


@pytest.mark.parametrize(
    ("rows", "printed", "name"),
    [
        (("TUQ. CHỦ TỊCH", "CHÁNH VĂN PHÒNG HĐND VÀ UBND"), "Trương Thị Thu Huyền",
         "Trương Thị Thu Huyền"),
        (("TM. BAN THƯỜNG VỤ", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"), "Bùi Quốc Tính", "Bùi Quốc Tính"),
        (("KT. BỘ TRƯỞNG, CHỦ NHIỆM", "PHÓ CHỦ NHIỆM"), "Lê Thanh Phong", "Lê Thanh Phong"),
        (("TL. GIÁM ĐỐC", "KT. TRƯỞNG PHÒNG CẤP PHÉP", "XÂY DỰNG", "PHÓ TRƯỞNG PHÒNG"),
         "PGS.TS. Vũ Trường Giang", "Vũ Trường Giang"),
        (("CHỈ HUY TRƯỞNG",), "Trung tá Ngô Văn Bé", "Ngô Văn Bé"),
        (("Q. CHỦ TỊCH",), "BSCKII. Đỗ Thị Thử", "Đỗ Thị Thử"),
        (("TRƯỞNG CÔNG AN XÃ",), "Thượng tá LÊ VĂN BẢY", "Lê Văn Bảy"),
        (("CHẤP HÀNH VIÊN",), "Y Thử Niê", "Y Thử Niê"),
    ],
)  # fmt: skip
def test_blocks_as_offices_print_them(
    page: PageMaker, reference: Reference, rows: tuple[str, ...], printed: str, name: str
):
    """Every line of the title, the name without degree or rank; no name is lost to an office's
    word that it shares ("Trương", "Phong", "Huyền", "Tính").
    """
    fields = _signed(page, reference, *_block(*rows, name=printed))
    assert (" ".join(rows), name) == (fields["signer_title"].value, fields["signer_name"].value)


def _beside(left: tuple[str, str], right: tuple[str, str]) -> list[Place]:
    return [
        (f"^{left[0]}", 0.3, 0.6), (f"^{right[0]}", 0.72, 0.6),
        (f"^{left[1]}", 0.3, 0.75), (f"^{right[1]}", 0.72, 0.75),
    ]  # fmt: skip


def test_two_bodies_sign_side_by_side(page: PageMaker, reference: Reference):
    """Both names and both titles, left to right, never sure."""
    places = _beside(("GIÁM ĐỐC", "Lê Văn Thử"), ("CHỦ TỊCH", "Trần Thị Mẫu"))
    fields = _signed(page, reference, *places, ("Nơi nhận:", 0.15, 0.8))
    assert fields["signer_name"].value == "Lê Văn Thử; Trần Thị Mẫu"
    assert fields["signer_title"].value == "GIÁM ĐỐC; CHỦ TỊCH"
    assert not fields["signer_name"].sure
    assert not fields["signer_title"].sure


@pytest.mark.parametrize(
    ("left", "right", "name", "title"),
    [
        (("ĐẠI DIỆN BÊN A", "Lê Văn Thử"), ("ĐẠI DIỆN BÊN B", "Trần Thị Mẫu"), "Lê Văn Thử",
         "ĐẠI DIỆN BÊN A"),
        (("THƯ KÝ", "Lê Văn Thử"), ("CHỦ TỌA", "Trần Thị Mẫu"), "Trần Thị Mẫu", "CHỦ TỌA"),
        (("NGƯỜI LẬP BIỂU", "Lê Văn Thử"), ("THỦ TRƯỞNG", "Trần Thị Mẫu"), "Trần Thị Mẫu",
         "THỦ TRƯỞNG"),
    ],
)  # fmt: skip
def test_who_only_helps_is_left_out(
    page: PageMaker,
    reference: Reference,
    left: tuple[str, str],
    right: tuple[str, str],
    name: str,
    title: str,
):
    """Of a contract the side that issues it, of minutes the chair; a person looks all the same."""
    fields = _signed(page, reference, *_beside(left, right))
    assert (name, title) == (fields["signer_name"].value, fields["signer_title"].value)
    assert not fields["signer_title"].sure


@pytest.mark.parametrize(
    ("printed", "right"),
    [
        ("CHỦ TỊCH UBND TINH", "CHỦ TỊCH UBND TỈNH"),
        ("CHỈ HUY TRƯỞNG", "CHỈ HUY TRƯỞNG"),
        ("CHI CỤC TRƯỜNG", "CHI CỤC TRƯỞNG"),
        ("HIỆU TRƯỞNG TRƯỜNG THPT", "HIỆU TRƯỞNG TRƯỜNG THPT"),
        ("TM. BAN THƯỜNG VỤ", "TM. BAN THƯỜNG VỤ"),
        ("PHÓ CHỦ TIỊC", "PHÓ CHỦ TỊCH"),
        ("K/T GIÁM ĐỐC", "KT. GIÁM ĐỐC"),
    ],
)
def test_a_title_s_line_is_mended_within_offices_alone(printed: str, right: str):
    """Lost marks and a letter or two come back; a word that is another stays as printed."""
    assert right == snap_title(printed)[0]


@pytest.mark.parametrize(
    "text", ["TRƯỞNG PHÒNG", "Nơi nhận", "CHỦ TỊCH", "ĐOÀN TNCS HỒ CHÍ MINH", "Hội đồng nhân dân"]
)
def test_offices_are_no_names(text: str):
    """Words of offices and bodies are not taken for a person."""
    assert not looks_like_name(text)


def test_a_name_keeps_what_the_reader_is_certain_of():
    """A syllable outside our list is no slip where the reader is certain."""
    words = tuple(Word(part, Box(0, 0, 9, 9), 0.98) for part in ("Vũ", "Đức", "Đem"))
    assert name_text(Run(words, 1))[0] == "Vũ Đức Đem"
