"""Folding, likeness, ordinary case, marks mended from the body."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify import Reference
from classify._bodies import compose, group_lines
from classify._case import ordinary, own_wording
from classify._echo import count, mend, unslip
from classify._text import distance, fold, likeness


@given(st.text(alphabet="aàảãáạăâđĐêôơưỲABCxyz 12./-", max_size=60))
def test_fold_keeps_every_index(text: str):
    """One letter for one, so a place found in the folded text is a place in the text."""
    assert len(fold(text)) == len(text)


@given(st.text(max_size=30), st.text(max_size=30))
def test_distance_is_a_distance(one: str, other: str):
    """Symmetric, zero for equals, never above the longer text."""
    limit = max(len(one), len(other))
    assert distance(one, other, limit) == distance(other, one, limit)
    assert distance(one, one, 0) == 0
    assert distance(one, other, limit) <= limit


def test_likeness_forgives_marks_and_little_else():
    """Marks and spaces cost nothing, a fifth of the letters is unlike."""
    assert likeness("QUYÉT ĐỊNH", "Quyết định") == 1.0
    assert 0.8 < likeness("DHÓ CHỦ TỊCH", "PHÓ CHỦ TỊCH") < 1.0
    assert likeness("BÁO CÁO", "TỜ TRÌNH") == 0.0


@pytest.mark.parametrize(
    ("printed", "ordinary_case"),
    [
        ("ỦY BAN NHÂN DÂN TỈNH QUẢNG NGÃI", "Ủy ban nhân dân tỉnh Quảng Ngãi"),
        ("SỞ VĂN HÓA, THỂ THAO VÀ DU LỊCH", "Sở Văn hóa, Thể thao và Du lịch"),
        ("BAN CHÍ ĐẠO 138", "Ban Chỉ đạo 138"),
        ("CÔNG AN PHƯỜNG SAO MAI", "Công an phường Sao Mai"),
        ("VĂN PHÒNG HĐND&UBND", "Văn phòng HĐND&UBND"),
        ("QUY ĐỊNH MỨC THU, CHẾ ĐỘ THU", "Quy định mức thu, chế độ thu"),
    ],
)
def test_ordinary_case(printed: str, ordinary_case: str):
    """Names of bodies and places keep their capitals, lost marks come back, the rest is lower."""
    assert ordinary_case == ordinary(printed, ("Quảng Ngãi",))


def test_own_wording_is_the_paper_s():
    """A name in the body's running text gives its case to the title."""
    body = "Căn cứ Luật Giao dịch điện tử ngày 22 tháng 6 năm 2023;"
    assert own_wording("QUY ĐỊNH LUẬT GIAO DỊCH ĐIỆN TỬ", body) == ("Luật Giao dịch điện tử",)


def test_lines_group_to_bodies():
    """A line that begins no body goes on with the one above; a lone stray word is dropped."""
    lines = ["SỞ Y TẾ HẬU GIANG", "CHI CỤC AN TOÀN", "VỆ SINH THỰC PHẨM", "ATTP"]
    assert group_lines(lines) == ["SỞ Y TẾ HẬU GIANG", "CHI CỤC AN TOÀN VỆ SINH THỰC PHẨM"]


def test_body_mends_the_title():
    """Marks change where the body is of one mind, letters and numbers never."""
    votes = count(["ứng phó sự cố tràn dầu"] * 4)
    assert mend("Kế hoạch ứng phó sự có tràn dâu 2025", votes) == (
        "Kế hoạch ứng phó sự cố tràn dầu 2025"
    )


def test_body_that_hesitates_mends_nothing():
    """Too few voices, another place of the same mark, Roman numbers: left as read."""
    assert mend("sự có tràn dầu", count(["sự cố tràn dầu"])) == "sự có tràn dầu"
    assert mend("Văn hóa cơ sở", count(["văn hoá cơ sở"] * 5)) == "Văn hóa cơ sở"
    assert mend("quý III năm", count(["quý iíi năm"] * 5)) == "quý III năm"


@pytest.mark.parametrize(
    ("read", "right"),
    [
        ("Quy -định chỉ tiết một số điều", "Quy định chi tiết một số điều"),
        ("các biện pháp Ì bảo đảm", "các biện pháp bảo đảm"),
        ("chỉ đạo giai đoạn 2026 - 2030", "chỉ đạo giai đoạn 2026 - 2030"),
    ],
)
def test_known_slips(read: str, right: str):
    """Wordings that are none in Vietnamese are put right, others stay."""
    assert right == unslip(read)


_ISSUERS = (
    "Bộ Văn hóa, Thể thao và Du lịch",
    "Chi cục An toàn vệ sinh thực phẩm tỉnh An Giang",
    "Ủy ban nhân dân tỉnh Quảng Ngãi",
    "Chi cục Bảo vệ môi trường tỉnh Đồng Tháp",
)


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["SỞ Y TẾ HẬU GIANG", "CHI CỤC AN TOÀN VỆ SINH THỰC PHẨM"],
         "Chi cục An toàn vệ sinh thực phẩm tỉnh Hậu Giang"),
        (["SỞ VĂN HÓA, THỂ THAO VÀ DU LỊCH"], "Sở Văn hóa, Thể thao và Du lịch"),
        (["ỦY BAN NHÂN DÂN", "TĨNH QUẢNG NGAI"], "Ủy ban nhân dân tỉnh Quảng Ngãi"),
        (["UBND TỈNH ĐỒNG THÁP", "CHI CỤC BẢO VỆ MÔI TRUỒNG"],
         "Chi cục Bảo vệ môi trường tỉnh Đồng Tháp"),
    ],
)  # fmt: skip
def test_a_name_is_never_snapped_to_another_body(lines: list[str], name: str):
    """Marks come back from the reference, another sort of body or another place never."""
    body = compose(lines, "", Reference((), _ISSUERS, ("Quảng Ngãi", "An Giang", "Đồng Tháp")))
    assert body is not None
    assert body.name == name
