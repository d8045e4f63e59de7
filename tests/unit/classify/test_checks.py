"""Checks warn about what cannot be so; numbers and names are invented."""

from datetime import date

import pytest

from classify import Named, check_fields, check_names

TODAY = date(2026, 11, 1)


def _codes(**values: object) -> list[str]:
    return [remark.code for remark in check_fields(values, today=TODAY)]


def test_a_well_made_paper_has_no_remark():
    """Place, century, sex and year agree; dates run on; letters are the kind's."""
    values = {
        "subject_id": "051185000123", "date_of_birth": "1985-03-02", "sex": "Nữ",
        "issued_on": "2025-02-04", "expires_on": "2030-02-04", "notation": "QĐ-UBND",
    }  # fmt: skip
    assert check_fields(values, abbreviation="QĐ", today=TODAY) == []


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"subject_id": "099085000123"}, "id_place"),
        ({"subject_id": "051085000123", "date_of_birth": "1986-03-02"}, "id_birth"),
        ({"subject_id": "051285000123", "date_of_birth": "1985-03-02"}, "id_birth"),
        ({"subject_id": "051085000123", "sex": "Nữ"}, "id_sex"),
        ({"subject_id": "0100100009"}, "tax_digit"),
        ({"issued_on": "2025-02-04", "expires_on": "2024-02-04"}, "dates_order"),
        ({"issued_on": "2025-02-04", "date_of_birth": "2025-02-05"}, "dates_order"),
        ({"issued_on": "2026-11-02"}, "date_future"),
    ],
)
def test_what_cannot_be_is_said(values: dict[str, object], code: str):
    """Each oddity by its own code."""
    assert _codes(**values) == [code]


def test_the_tenth_digit_of_a_tax_number_is_checked():
    """Of the ten last digits at most one is right; where the rule is silent nothing is said."""
    told = [_codes(subject_id=f"010010000{last}") for last in range(10)]
    assert told.count([]) in (1, 10)


def test_letters_of_another_kind_are_odd():
    """A decision whose number says báo cáo; an official letter has no letters of its own."""
    values = {"notation": "BC-UBND"}
    assert [remark.code for remark in check_fields(values, abbreviation="QĐ")] == ["letters_kind"]
    assert check_fields({"notation": "UBND-KTTH"}) == []


@pytest.mark.parametrize("nonsense", ["", "không rõ", "ngày hai", 7, True, None])
def test_nonsense_says_nothing(nonsense: object):
    """Any value is taken."""
    assert _codes(subject_id=nonsense, issued_on=nonsense, notation=nonsense, sex=nonsense) == []


def test_names_across_a_dossier():
    """One number under two names, one name under two numbers; an old card beside a new is fine."""
    lan, misread = "Lê Thị Thử Lan", "Lê Thị Thử Lân"
    first = Named("giấy 1", "051185000123", lan)
    assert check_names([first, Named("giấy 2", "051185000123", "LÊ THỊ THỬ LAN")]) == []
    assert check_names([first, Named("giấy 2", "212345678", lan)]) == []
    assert check_names([first, Named("giấy 2", None, "Trần Văn Thử")]) == []
    other = check_names([first, Named("giấy 2", "051185000123", misread)])
    assert [remark.code for remark in other] == ["names_differ"]
    numbers = check_names([first, Named("giấy 2", "051185000124", lan)])
    assert [remark.code for remark in numbers] == ["ids_differ"]
