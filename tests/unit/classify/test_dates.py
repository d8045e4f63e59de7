"""Dates as papers print them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify._dates import any_date, spelled_date, worded_date


@given(day=st.dates(date(1900, 1, 1), date(2099, 12, 31)), padded=st.booleans())
def test_every_spelled_date_is_read(day: date, *, padded: bool):
    """With or without leading zeros."""
    shown = f"{day.day:02d} tháng {day.month:02d}" if padded else f"{day.day} tháng {day.month}"
    dated = spelled_date(f"Quảng Ngãi, ngày {shown} năm {day.year}")
    assert dated is not None
    assert day == dated.value


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_every_date_in_figures_is_read(day: date):
    """Day, month, year with slashes."""
    dated = any_date(f"Sinh ngày: {day.day:02d}/{day.month:02d}/{day.year}.")
    assert dated is not None
    assert day == dated.value


@pytest.mark.parametrize(
    ("text", "blank"),
    [
        ("Hà Nội, ngày tháng năm 2026", True),
        ("Quảng Ngãi, ngày ... tháng 02 năm 2025", True),
        ("Quảng Ngãi, ngày {5 tháng 3 năm 2024", False),
        ("Quảng Ngãi, ngày 31 tháng 02 năm 2024", False),
        ("Quảng Ngãi, ngàyÈ tháng 02 năm 2025", False),
        ("Quảng Ngãi, tháng 5 năm 2021", False),
    ],
)
def test_date_without_a_readable_day(text: str, *, blank: bool):
    """A blank, handwritten or impossible day gives a place without a value."""
    dated = spelled_date(text)
    assert dated is not None
    assert dated.value is None
    assert blank == dated.is_blank


def test_letters_for_digits():
    """L for 1 and O for 0, as readers give them."""
    dated = spelled_date("ngày l6 tháng O4 năm 2021")
    assert dated is not None
    assert date(2021, 4, 16) == dated.value


@given(st.text(max_size=80))
def test_any_text_is_taken(text: str):
    """No text raises."""
    spelled_date(text)
    any_date(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("ngày hai mươi lăm tháng năm năm hai nghìn không trăm hai mươi lăm", date(2025, 5, 25)),
        ("Ngày mười tháng mười hai năm hai ngàn không trăm linh chín", date(2009, 12, 10)),
        ("ngày mùng ba tháng giêng năm hai nghìn lẻ tám", date(2008, 1, 3)),
        ("ngày ba mươi mốt tháng tư năm hai nghìn không trăm hai mươi", None),
        ("ngày một tháng một năm một nghìn chín trăm tám mươi lăm", date(1985, 1, 1)),
    ],
)
def test_dates_in_words(text: str, day: date | None):
    """As notaries and registers write them out; a day that does not exist is none."""
    found = worded_date(text)
    assert found is not None
    assert found.value == day
