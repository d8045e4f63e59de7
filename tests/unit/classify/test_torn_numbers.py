"""Numbers of which a pen's strokes took the slash."""

import pytest

from classify import Kind
from classify._notations import restore
from classify._numbers import parse_torn

NOTICE = Kind("VB07", "Thông báo", "thông báo", "TB", "A", ("THÔNG BÁO",))
LETTER = Kind("VB28", "Công văn", "công văn", "", "A", ("V/v",))


@pytest.mark.parametrize(
    ("read", "kind", "issuer", "notation"),
    [
        ("$ ! 2#'B-CCTKV.XII", NOTICE, "CHI CỤC THUẾ KHU VỰC XII", "TB-CCTKV.XII"),
        ("22jÍÈAT-PV01", LETTER, "BỘ CÔNG AN CÔNG AN TỈNH QUẢNG NGÃI", "CAT-PV01"),
        ("445 ÍMPCP-KSTT", LETTER, "VĂN PHÒNG CHÍNH PHỦ", "VPCP-KSTT"),
        ("ATTP", NOTICE, "SỞ Y TẾ CHI CỤC AN TOÀN VỆ SINH THỰC PHẨM", "TB-ATTP"),
        ("5 ƒ 2TB-CHK", NOTICE, "CỤC HÀNG KHÔNG VIỆT NAM", "TB-CHK"),
    ],
)
def test_the_head_comes_back_from_kind_or_body(read: str, kind: Kind, issuer: str, notation: str):
    """What is left of the notation is completed by the grammar, and marked as guessed."""
    number = parse_torn(read)
    assert number is not None
    assert number.value is None
    restored = restore(number.notation, kind, issuer)
    assert restored is not None
    assert (notation, True, False) == (restored.text, restored.completed, restored.confirmed)


@pytest.mark.parametrize("read", ["", "....", "23 tháng 5", "x" * 60 + "-AB"])
def test_what_holds_no_notation_is_none(read: str):
    """A blank or a sentence gives nothing."""
    assert parse_torn(read) is None


def test_a_head_that_fits_nothing_is_not_completed():
    """Letters of another body stay unknown."""
    assert restore("XQZ-KT", LETTER, "SỞ TƯ PHÁP") is None
