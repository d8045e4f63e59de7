"""Labelled fields: where a value begins and ends, ids, names, terms."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify import PageView
from classify import _labels as lab
from classify import _people as people
from classify._layout import lay_out

PageMaker = Callable[..., PageView]


def _layouts(page: PageMaker, *lines: tuple[str, float, float]) -> list:  # type: ignore[type-arg]
    return [lay_out(page(1, list(lines)))]


def test_value_ends_at_the_next_label(page: PageMaker):
    """Two labels on one line share it."""
    layouts = _layouts(page, ("Giới tính: Nữ Dân tộc: Kinh", 0.1, 0.2))
    assert people.own_field("sex", layouts).value == "Nữ"
    assert people.own_field("ethnicity", layouts).value == "Kinh"


def test_longer_label_is_another(page: PageMaker):
    """The name of a household's head is not the holder's."""
    layouts = _layouts(
        page, ("Họ và tên chủ hộ: Trần Văn Chủ", 0.1, 0.2), ("Họ và tên: Lê Thị Thử", 0.1, 0.3)
    )
    assert people.subject_name(layouts).value == "Lê Thị Thử"


def test_value_set_below_its_label(page: PageMaker):
    """A label that ends its line has its value on the next."""
    layouts = _layouts(page, ("Họ và tên / Full name:", 0.3, 0.2), ("LÊ THỊ THỬ", 0.3, 0.23))
    assert people.subject_name(layouts).value == "Lê Thị Thử"


def test_address_runs_on(page: PageMaker):
    """A full line goes on with the next, a new item does not."""
    street = (
        "Địa chỉ: số nhà 1234 đường Thử Nghiệm, tổ dân phố số bảy, phường Cầu Vồng, khu phố Thử"
    )
    layouts = _layouts(
        page, (street, 0.1, 0.2), ("thành phố Mẫu", 0.1, 0.215), ("5. Vốn", 0.1, 0.23)
    )
    value = people.own_field("address", layouts).value
    assert isinstance(value, str)
    assert value.endswith("khu phố Thử thành phố Mẫu")


def test_empty_label_gives_its_place(page: PageMaker):
    """A form not filled in: no value, but where it belongs."""
    field = people.subject_name(_layouts(page, ("Họ và tên: ...............", 0.1, 0.2)))
    assert field.value is None
    assert field.box is not None


def test_decision_names_whom_it_is_about(page: PageMaker):
    """In prose the person stands after "đối với bà", across the end of a line."""
    layouts = _layouts(
        page,
        ("Điều 1. Cho phép chuyển mục đích sử dụng đất đối với bà Hồ Thị", 0.1, 0.4),
        ("Thử, số định danh cá nhân: 068197000978.", 0.1, 0.42),
    )
    assert people.subject_name(layouts).value == "Hồ Thị Thử"
    assert people.subject_id(layouts).value == "068197000978"


def test_term_in_prose(page: PageMaker):
    """The date after "đến ngày" in a sentence about validity."""
    line = "Giấy phép có hiệu lực trong thời hạn 12 tháng, đến ngày 10/04/2027; quá hạn"
    assert people.expires_on(_layouts(page, (line, 0.1, 0.5))).value == "2027-04-10"


def test_impossible_place_code_is_doubted(page: PageMaker):
    """The number is given, a person is asked."""
    field = people.subject_id(_layouts(page, ("Số định danh cá nhân: 999197000978", 0.1, 0.2)))
    assert field.value == "999197000978"
    assert not field.sure


def test_wrong_check_digit_warns_and_never_blocks(page: PageMaker):
    """MST: FACTS g, warn the operator."""
    good = people.subject_id(_layouts(page, ("Mã số thuế: 0100109106", 0.1, 0.2)))
    bad = people.subject_id(_layouts(page, ("Mã số thuế: 0100109107", 0.1, 0.2)))
    assert good.value == "0100109106"
    assert bad.value == "0100109107"
    assert good.evidence is not None
    assert bad.evidence is not None
    assert bad.evidence.rule < 0.5 < good.evidence.rule


@given(st.text(alphabet="0123456789", min_size=9, max_size=9))
def test_one_digit_at_most_fits(stem: str):
    """The tenth digit is settled by the nine before it, or there is no verdict at all."""
    verdicts = [lab.tax_check(stem + str(last)) for last in range(10)]
    assert verdicts.count(True) <= 1 or set(verdicts) == {None}


@pytest.mark.parametrize(
    ("text", "name"),
    [("ÔNG LÊ VĂN THỬ", "Lê Văn Thử"), ("Bà Hồ Thị Mẫu, sinh năm 1980", "Hồ Thị Mẫu")],
)
def test_names_in_ordinary_case(text: str, name: str):
    """Without the form of address."""
    assert name == lab.as_name(text)
