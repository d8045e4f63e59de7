"""Checks of what was read: they warn a person, they never block.

Numbers by NĐ 30/2020, số định danh by NĐ 137/2015 (place, century and sex, year of birth), mã số
thuế by its check digit, dates in their order, names the same across a dossier's papers.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from classify._labels import is_personal_id, tax_check
from classify._text import squeeze

Values = Mapping[str, object]
"""Field name -> value; None where it was not read."""

_ID_DIGITS, _TAX_DIGITS = 12, 10
_FEMALE = "nữ"
_BORN = ("date_of_birth", "birth_date")
_IN_ORDER = (
    ("date_of_birth", "issued_on", "Ngày sinh sau ngày ban hành. Hãy xem lại hai ngày."),
    ("birth_date", "issued_on", "Ngày sinh sau ngày ban hành. Hãy xem lại hai ngày."),
    ("date_of_birth", "date_of_death", "Ngày sinh sau ngày chết. Hãy xem lại hai ngày."),
    ("birth_date", "date_of_death", "Ngày sinh sau ngày chết. Hãy xem lại hai ngày."),
    ("issued_on", "expires_on", "Hết giá trị trước ngày ban hành. Hãy xem lại hai ngày."),
    ("issued_on", "appointment_on", "Ngày hẹn trước ngày tiếp nhận. Hãy xem lại hai ngày."),
    ("issued_on", "due_on", "Ngày hẹn trước ngày tiếp nhận. Hãy xem lại hai ngày."),
)  # fmt: skip
"""The earlier field, the later one, what to say where they are not so."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that a person should look at."""

    code: str
    field: str
    """The field that it is about."""
    message: str
    """Vietnamese: what is odd, and what to do."""


@dataclass(frozen=True, slots=True)
class Named:
    """Whom one paper of a dossier is about."""

    paper: str
    """How a person calls the paper."""
    subject_id: str | None
    subject_name: str | None


def check_fields(
    values: Values, *, abbreviation: str = "", today: date | None = None
) -> list[Remark]:
    """What is odd within one paper; `abbreviation` is its kind's in a notation, or empty."""
    return [
        *_identity(values),
        *_days(values, today),
        *_letters(values, abbreviation),
    ]


def _text(values: Values, *names: str) -> str:
    return next((str(values[name]) for name in names if values.get(name)), "")


def _identity(values: Values) -> Iterator[Remark]:
    digits = re.sub(r"\D", "", _text(values, "subject_id"))
    if len(digits) == _ID_DIGITS:
        yield from _personal(digits, values)
    elif len(digits) == _TAX_DIGITS and tax_check(digits) is False:
        yield Remark(
            "tax_digit", "subject_id", "Số kiểm tra của mã số thuế không khớp. Hãy so với bản giấy."
        )


def _personal(digits: str, values: Values) -> Iterator[Remark]:
    if not is_personal_id(digits):
        yield Remark(
            "id_place", "subject_id",
            "Ba số đầu không phải mã tỉnh của số định danh. Hãy so với bản giấy.",
        )  # fmt: skip
    born = _day(_text(values, *_BORN))
    century, year = 19 + int(digits[3]) // 2, digits[4:6]
    if born and (born.year // 100, f"{born.year % 100:02d}") != (century, year):
        yield Remark(
            "id_birth", "subject_id", "Số định danh không khớp năm sinh. Hãy xem lại cả hai."
        )
    sex = _text(values, "sex", "gender").casefold()
    if sex and (int(digits[3]) % 2 == 1) != (sex == _FEMALE):
        yield Remark(
            "id_sex", "subject_id", "Số định danh không khớp giới tính. Hãy xem lại cả hai."
        )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _days(values: Values, today: date | None) -> Iterator[Remark]:
    for early, late, message in _IN_ORDER:
        first, second = _day(_text(values, early)), _day(_text(values, late))
        if first and second and first > second:
            yield Remark("dates_order", late, message)
    issued = _day(_text(values, "issued_on"))
    if issued and today and issued > today:
        yield Remark("date_future", "issued_on", "Ngày ban hành sau hôm nay. Hãy xem lại ngày.")


def _letters(values: Values, abbreviation: str) -> Iterator[Remark]:
    """The type before the dash against the kind's abbreviation: a công văn has none to compare."""
    head, dash, _ = _text(values, "notation").partition("-")
    if dash and abbreviation.isalpha() and squeeze(head) != squeeze(abbreviation):
        yield Remark(
            "letters_kind", "notation",
            f"Ký hiệu “{head}” không phải của loại giấy tờ này ({abbreviation}). "
            "Hãy xem lại số hoặc loại.",
        )  # fmt: skip


def check_names(papers: Sequence[Named]) -> list[Remark]:
    """What is odd across the papers of one dossier: a number under two names, a name under two."""
    names: dict[str, dict[str, str]] = defaultdict(dict)
    ids: dict[str, dict[str, str]] = defaultdict(dict)
    for paper in papers:
        if paper.subject_id and paper.subject_name:
            names[paper.subject_id].setdefault(_same(paper.subject_name), paper.subject_name)
            ids[_same(paper.subject_name)].setdefault(paper.subject_id, paper.subject_id)
    found = [
        Remark(
            "names_differ", "subject_name",
            f"Số {number} đứng với nhiều tên trong hồ sơ: {', '.join(shown.values())}. "
            "Hãy so các giấy với nhau.",
        )
        for number, shown in names.items()
        if len(shown) > 1
    ]  # fmt: skip
    found += [
        Remark(
            "ids_differ", "subject_id",
            "Một tên đứng với nhiều số định danh trong hồ sơ: "
            f"{', '.join(shown)}. Hãy so các giấy với nhau.",
        )
        for shown in ids.values()
        if len({len(number) for number in shown}) < len(shown)
    ]  # fmt: skip
    return found


def _same(name: str) -> str:
    """A name as it is compared: case and spaces do not matter, marks do."""
    return " ".join(name.casefold().split())
