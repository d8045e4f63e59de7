"""The letters after the slash, mended within closed lists."""

import pytest

from classify import Kind
from classify._notations import initials, mend_notation, spelled_by

DECISION = Kind("VB02", "Quyết định", "quyết định", "QĐ", "A", ("QUYẾT ĐỊNH",))
REPORT = Kind("VB14", "Báo cáo", "báo cáo", "BC", "A", ("BÁO CÁO",))
OFFICE = "CHI CỤC AN TOÀN VỆ SINH THỰC PHẨM"


@pytest.mark.parametrize(
    ("read", "kind", "right"),
    [
        ("Q8-UBND", DECISION, "QĐ-UBND"),
        ("QD-UBND", None, "QĐ-UBND"),
        ("ĐC-UBND", REPORT, "BC-UBND"),
        ("QĐ-cC", DECISION, "QĐ-CC"),
        ("BC-ATIP", REPORT, "BC-ATTP"),
        ("TTR-HDND", None, "TTr-HĐND"),
        ("SGDDT-CTrTT", None, "SGDĐT-CTrTT"),
        ("ND-CP", None, "NĐ-CP"),
        ("QH13", None, "QH13"),
        ("BCĐ138", None, "BCĐ138"),
    ],
)
def test_what_readers_do_is_undone(read: str, kind: Kind | None, right: str):
    """The bar of Đ, the case of letters of one shape, a letter that the issuer's name spells."""
    found = mend_notation(read, kind, OFFICE)
    assert (found.text, found.mended) == (right, read != right)


@pytest.mark.parametrize("read", ["XYZ-ABC", "TB-PQR", "KTN", "T.Tr-CC", "C07-P6"])
def test_what_is_unknown_is_left(read: str):
    """A body's own letters stand as read where nothing says better."""
    assert mend_notation(read, None, OFFICE).text == read


def test_confirmed_when_every_part_is_known():
    """By list, or by the initials of the name above the number."""
    assert mend_notation("QĐ-UBND", DECISION, "").confirmed
    assert mend_notation("QĐ-ATTP", DECISION, OFFICE).confirmed
    assert not mend_notation("QĐ-XYZ", DECISION, OFFICE).confirmed


def test_initials_spell_an_abbreviation_with_gaps():
    """Like "an toàn thực phẩm" within "an toàn vệ sinh thực phẩm"."""
    assert initials(OFFICE) == "CCATVSTP"
    assert spelled_by("ATTP", initials(OFFICE))
    assert not spelled_by("PTTA", initials(OFFICE))
