"""Whom a paper is about, and its own fields: subject, validity, civil status."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from classify import _labels as lab
from classify._fields import nothing, seen
from classify._layout import Layout
from classify._words import EXPIRY_LABELS, ID_LABELS, NAME_LABELS
from classify.types import FieldValue

_Reader = Callable[[str], str | None]


def _text(text: str) -> str | None:
    return lab.plain_text(text) or None


def _person(text: str) -> str | None:
    name = lab.as_name(text)
    return name if lab.looks_like_person(name) else None


def _id(text: str) -> str | None:
    digits = lab.digits_of(text)
    return digits if len(digits) == 12 else None


OWN: Mapping[str, tuple[tuple[str, ...], _Reader]] = MappingProxyType(
    {
        "birth_date": (
            ("Ngày, tháng, năm sinh", "Ngày tháng năm sinh", "Ngày sinh", "Sinh ngày"),
            lab.as_date,
        ),
        "sex": (("Giới tính",), lab.sex_of),
        "ethnicity": (("Dân tộc",), _text),
        "nationality": (("Quốc tịch",), _text),
        "birth_place": (("Nơi sinh",), _text),
        "home_town": (("Quê quán",), _text),
        "personal_id": (("Số định danh cá nhân", "Số định danh"), _id),
        "mother_name": (
            ("Họ, chữ đệm, tên người mẹ", "Họ, chữ đệm, tên mẹ", "Họ và tên mẹ", "Họ tên mẹ"),
            _person,
        ),
        "father_name": (
            ("Họ, chữ đệm, tên người cha", "Họ, chữ đệm, tên cha", "Họ và tên cha", "Họ tên cha"),
            _person,
        ),
        "registrar": (("Nơi đăng ký khai sinh", "Nơi đăng ký"), _text),
        "registered_on": (("Ngày, tháng, năm đăng ký", "Ngày đăng ký"), lab.as_date),
        "address": (
            ("Địa chỉ trụ sở chính", "Địa điểm kinh doanh", "Địa chỉ thường trú", "Nơi thường trú",
             "Nơi cư trú", "Địa chỉ"),
            _text,
        ),
        "dossier_code": (("Mã hồ sơ",), _text),
        "procedure_name": (("Tên thủ tục", "Thủ tục", "Nội dung yêu cầu giải quyết"), _text),
        "due_on": (("Thời gian trả kết quả", "Ngày hẹn trả", "Trả kết quả"), lab.as_date),
        "business_line": (("Ngành, nghề kinh doanh", "Ngành nghề kinh doanh"), _text),
        "capital": (("Vốn kinh doanh", "Vốn điều lệ"), _text),
    }
)  # fmt: skip
"""Own field -> its labels and what makes a value of the text beside them."""

ALIASES = MappingProxyType(
    {
        "date_of_birth": "birth_date", "gender": "sex", "place_of_birth": "birth_place",
        "hometown": "home_town", "origin": "home_town", "place_of_origin": "home_town",
        "birth_registered_at": "registrar", "residence": "address",
    }
)  # fmt: skip
"""Other names a catalogue may use for the same own fields."""


def own_field(name: str, layouts: Sequence[Layout]) -> FieldValue:
    """One field of a kind's own, by its labels."""
    rule = OWN.get(ALIASES.get(name, name))
    if rule is None:
        return nothing("Chưa có quy tắc đọc trường này. Hãy nhập theo bản giấy.")
    labels, reader = rule
    return labelled(name, layouts, labels, reader)


def labelled(
    name: str, layouts: Sequence[Layout], labels: Sequence[str], reader: _Reader
) -> FieldValue:
    """A field beside one of its labels, made into a value by `reader`."""
    found = lab.find_label(layouts, labels)
    if found is None:
        return nothing("Không thấy nhãn của trường này trên giấy.")
    label = found.label.text.strip(" :.-")
    if found.value is None:
        return seen(name, None, found.label, f"Có nhãn “{label}” nhưng không đọc được phần ghi.")
    value = reader(lab.clean_value(found.value))
    if value is None:
        return seen(name, None, found.value, f"Chữ cạnh nhãn “{label}” không đúng dạng.")
    return seen(name, value, found.value, f"Ghi cạnh nhãn “{label}”.", strength=0.99)


def _subject_id(text: str) -> str | None:
    digits = lab.digits_of(text)
    if len(digits) == 13 and "-" in text:
        return f"{digits[:10]}-{digits[10:]}"
    return digits if len(digits) in (9, 10, 12) else None


def subject_id(layouts: Sequence[Layout]) -> FieldValue:
    """Số định danh, CMND or MST by their labels; a doubtful check digit lowers it, never blocks."""
    value = labelled("subject_id", layouts, ID_LABELS, _subject_id)
    digits = str(value.value or "")
    if len(digits) == 12 and not lab.is_personal_id(digits):
        return _doubted(value, "Ba số đầu không phải mã tỉnh của số định danh, hãy xem lại.")
    if len(digits) == 10 and lab.tax_check(digits) is False:
        return _doubted(value, "Số kiểm tra của mã số thuế không khớp, hãy xem lại.")
    return value


def _doubted(value: FieldValue, why: str) -> FieldValue:
    return FieldValue(
        value.value, value.as_printed, round(value.confidence * 0.7, 3), sure=False,
        page=value.page, box=value.box, reason=f"{value.reason} {why}",
    )  # fmt: skip


def _subject_name(text: str) -> str | None:
    name = lab.as_name(text)
    if lab.looks_like_person(name):
        return name
    return text.strip() or None if sum(letter.isalpha() for letter in text) >= 3 else None


def subject_name(layouts: Sequence[Layout]) -> FieldValue:
    """The holder: a person in ordinary case, an organisation as printed."""
    return labelled("subject_name", layouts, NAME_LABELS, _subject_name)


def expires_on(layouts: Sequence[Layout]) -> FieldValue:
    """The last day of validity, where one is printed as a date."""
    return labelled("expires_on", layouts, EXPIRY_LABELS, lab.as_date)
