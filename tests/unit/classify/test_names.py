"""Marks of names put back; every name here is invented."""

import pytest

from classify._names import mend_syllable
from classify._offices import is_known_title
from classify._persons import is_known_name


@pytest.mark.parametrize(
    ("read", "confidence", "right"),
    [
        ("Tuần", 0.9, "Tuấn"),
        ("Tuần", 0.97, "Tuần"),
        ("Tuân", 0.97, "Tuân"),
        ("Tuân", 0.8, "Tuấn"),
        ("Hiên", 0.7, "Hiền"),
        ("HÙNG", 0.9, "Hùng"),
        ("Phước", 0.9, "Phước"),
        ("Phươc", 0.9, "Phước"),
        ("Xyz", 0.9, "Xyz"),
    ],
)
def test_a_lost_mark_is_put_back_where_one_name_is_left(read: str, confidence: float, right: str):
    """A rare name stands unless its word is doubtful, one unknown where the reader is certain."""
    assert mend_syllable(read, confidence).text == right


def test_known_names_and_titles():
    """A list speaks for what was read."""
    assert is_known_name("Trần Văn Thử")
    assert not is_known_name("Phòng Văn Thử")
    assert is_known_title("TM. ỦY BAN NHÂN DÂN KT. CHỦ TỊCH PHÓ CHỦ TỊCH")
    assert not is_known_title("CHỦ TỊCH XYZ")
