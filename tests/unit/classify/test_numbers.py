"""The grammar of số/ký hiệu."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify._numbers import parse_number, strip_lead


@pytest.mark.parametrize(
    ("printed", "value", "notation"),
    [
        ("575 /UBND-KTTH", "575/UBND-KTTH", "UBND-KTTH"),
        ("84/QÐ-UBND", "84/QĐ-UBND", "QĐ-UBND"),
        ("O1/CT-UBND", "01/CT-UBND", "CT-UBND"),
        ("l2/QĐ- CC", "12/QĐ-CC", "QĐ-CC"),
        ("15/2024/QĐ-UBND", "15/2024/QĐ-UBND", "QĐ-UBND"),
        ("40/2013/QH13", "40/2013/QH13", "QH13"),
        ("12/2025NQ-HĐND", "12/2025/NQ-HĐND", "NQ-HĐND"),
        ("154/CTPH-LĐLĐ-SVH,TT,DL", "154/CTPH-LĐLĐ-SVH,TT,DL", "CTPH-LĐLĐ-SVH,TT,DL"),
        ("15-KH/TU", "15-KH/TU", "KH/TU"),
        ("123/2024", "123/2024", ""),
        ("04+ /CT-UBND", None, "CT-UBND"),
        ("/TB-UBND", None, "TB-UBND"),
        ("15/2020/TT-BGDĐT ngày", "15/2020/TT-BGDĐT", "TT-BGDĐT"),
    ],
)
def test_number_as_printed(printed: str, value: str | None, notation: str):
    """Spaces, the wrong Đ, O for 0 and l for 1 are mended; unreadable digits leave the notation."""
    number = parse_number(printed)
    assert number is not None
    assert (value, notation) == (number.value, number.notation)


@pytest.mark.parametrize("text", ["", "không có số", "12", "a/b", "và/hoặc", "ngày 1/2"])
def test_what_is_no_number(text: str):
    """Prose with a slash is no number."""
    assert parse_number(text) is None


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Số: 84/QĐ-UBND", "84/QĐ-UBND"),
        ("Số:84/QĐ-UBND", "84/QĐ-UBND"),
        ("Luật số: 40/2013/QH13", "40/2013/QH13"),
        ("Sổ sách kế toán", None),
        ("Sở Tài chính", None),
    ],
)
def test_lead(text: str, rest: str | None):
    """A number line begins with "Số:" or "Luật số:"."""
    assert rest == strip_lead(text)


@given(
    st.integers(1, 99999),
    st.sampled_from(["QĐ", "CT", "TTr", "BC", "CTr"]),
    st.sampled_from(["UBND", "SGDĐT", "VPUBND-KSTTHC"]),
    st.sampled_from(["", " "]),
)
def test_every_number_of_the_grammar_is_read(digits: int, kind: str, body: str, space: str):
    """Written by the rule, with or without a space before the slash, it reads back as written."""
    padded = f"{digits:02d}"
    number = parse_number(f"{padded}{space}/{kind}-{body}")
    assert number is not None
    assert f"{padded}/{kind}-{body}" == number.value
    assert kind == number.type_part


@given(st.text(max_size=60))
def test_any_text_is_taken(text: str):
    """No text raises, and a value always has digits before its first slash or dash."""
    number = parse_number(text)
    assert number is None or number.value is None or number.value[0].isdigit()
