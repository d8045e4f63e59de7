"""Whom a paper is about, and its own fields: subject, validity, civil status, land."""

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from classify import _labels as lab
from classify._fields import doubted, nothing, seen
from classify._layout import Layout, Run
from classify._text import LOWER, UPPER
from classify._words import EXPIRY_LABELS, ID_LABELS, NAME_LABELS, WEAK_ID_LABELS, WEAK_NAME_LABELS
from classify.types import FieldValue

_Reader = Callable[[str], str | None]

_TITLED = rf"[{UPPER}][{LOWER}]+(?:\s+[{UPPER}][{LOWER}]*(?![{UPPER}])){{1,4}}"
_CAPITALS = rf"[{UPPER}]+(?:\s+[{UPPER}]+(?![{LOWER}])){{1,4}}"
_IN_PROSE = re.compile(
    r"(?:[Đđ]ối với|[Cc]ho|[Cc]ủa|[Gg]iao)\s+(?:hộ\s+)?(?:gia đình\s+)?"
    r"(?:ông|bà)(?:\s*/\s*bà)?:?\s+"
    rf"({_TITLED}|{_CAPITALS})"
)
_EXPIRY_IN_PROSE = re.compile(
    r"(?:thoi han|gia tri|hieu luc)[^.;]{0,90}?den\s+(?:het\s+)?"
    r"(ngay\s+\d{1,2}\s*/\s*\d{1,2}\s*/\s*\d{4}|ngay\s+\d{1,2}\s+thang\s+\d{1,2}\s+nam\s+\d{4}"
    r"|\d{1,2}/\d{1,2}/\d{4})"
)
_ID_IN_PROSE = re.compile(
    r"(?:so dinh danh(?: ca nhan)?|can cuoc(?: cong dan)?(?: so)?|cccd(?: so)?|cmnd(?: so)?)"
    r"\W{0,4}(\d{12}|\d{9})(?!\d)"
)
_PURPOSE = re.compile(r"giay nay duoc (?:cap|su dung) ((?:de|cho) [^.;]{3,120})")


date_of = lab.as_date
prose = lab.search_prose


def _person(text: str) -> str | None:
    name = lab.as_name(text)
    return name if lab.looks_like_person(name) else None


def _id(text: str) -> str | None:
    digits = lab.digits_of(text)
    return digits if len(digits) == 12 else None


def _first_number(text: str) -> str | None:
    match = re.search(r"\d[\d.,]*\d|\d", text)
    return match[0] if match else None


def _code(text: str) -> str | None:
    match = re.match(r"[A-Z0-9][\w.\-/]{3,}", text)
    return match[0] if match else None


class Rule(NamedTuple):
    """How an own field is read."""

    labels: tuple[str, ...]
    reader: _Reader
    runs_on: bool = False
    """Whether its value may take more than one printed line."""


OWN: Mapping[str, Rule] = MappingProxyType(
    {
        "date_of_birth": Rule(
            ("Ngày, tháng, năm sinh", "Ngày tháng năm sinh", "Ngày sinh", "Sinh ngày",
             "Date of birth"),
            lab.as_date,
        ),
        "date_of_death": Rule(
            ("Đã chết vào lúc", "Ngày, tháng, năm chết", "Ngày chết", "Chết ngày"), lab.as_date
        ),
        "sex": Rule(("Giới tính",), lab.sex_of),
        "ethnicity": Rule(("Dân tộc",), lab.plain_text),
        "nationality": Rule(("Quốc tịch",), lab.plain_text),
        "place_of_birth": Rule(("Nơi sinh",), lab.plain_text, runs_on=True),
        "home_town": Rule(("Quê quán",), lab.plain_text, runs_on=True),
        "personal_id": Rule(("Số định danh cá nhân", "Số định danh"), _id),
        "mother_name": Rule(
            ("Họ, chữ đệm, tên người mẹ", "Họ, chữ đệm, tên mẹ", "Họ và tên mẹ", "Họ tên mẹ",
             "Họ và tên người mẹ"),
            _person,
        ),
        "father_name": Rule(
            ("Họ, chữ đệm, tên người cha", "Họ, chữ đệm, tên cha", "Họ và tên cha", "Họ tên cha",
             "Họ và tên người cha"),
            _person,
        ),
        "husband_name": Rule(("Họ, chữ đệm, tên chồng", "Họ và tên chồng"), _person),
        "wife_name": Rule(("Họ, chữ đệm, tên vợ", "Họ và tên vợ"), _person),
        "owner_name": Rule(
            ("Chủ hộ kinh doanh", "Họ và tên chủ hộ kinh doanh", "Thông tin về chủ sở hữu",
             "Chủ sở hữu", "Người đại diện theo pháp luật", "Đại diện hộ kinh doanh",
             "Họ và tên"),
            _person,
        ),
        "marital_status": Rule(("Tình trạng hôn nhân",), lab.plain_text),
        "registrar": Rule(("Nơi đăng ký khai sinh", "Nơi đăng ký"), lab.plain_text, runs_on=True),
        "registered_on": Rule(("Ngày, tháng, năm đăng ký", "Ngày đăng ký"), lab.as_date),
        "address": Rule(
            ("Địa chỉ trụ sở chính", "Địa điểm kinh doanh", "Địa chỉ trụ sở hộ kinh doanh",
             "Trụ sở hộ kinh doanh", "Địa chỉ thường trú", "Nơi thường trú", "Nơi cư trú",
             "Nơi đăng ký thường trú", "Địa chỉ"),
            lab.plain_text,
            runs_on=True,
        ),
        "dossier_code": Rule(("Mã hồ sơ", "Số hồ sơ"), _code),
        "procedure_name": Rule(
            ("Tên thủ tục hành chính", "Nội dung yêu cầu giải quyết"), lab.plain_text, runs_on=True
        ),
        "appointment_on": Rule(
            ("Thời gian trả kết quả", "Thời gian trả kết quả giải quyết hồ sơ", "Ngày hẹn trả",
             "Ngày trả kết quả"),
            lab.as_date,
        ),
        "business_line": Rule(
            ("Ngành, nghề kinh doanh", "Ngành nghề kinh doanh"), lab.plain_text, runs_on=True
        ),
        "capital": Rule(("Vốn kinh doanh", "Vốn điều lệ"), lab.plain_text),
        "parcel": Rule(("Thửa đất số", "Số thửa"), _first_number),
        "map_sheet": Rule(("Tờ bản đồ số", "Số tờ bản đồ"), _first_number),
        "area": Rule(("Diện tích", "Diện tích đất"), _first_number),
        "amount": Rule(("Số tiền phải nộp", "Tổng số tiền", "Tổng cộng", "Số tiền"), _first_number),
        "serial": Rule(("Số phát hành", "Số seri", "Seri"), _code),
        "register_number": Rule(("Số vào sổ cấp GCN", "Số vào sổ cấp giấy chứng nhận",
                                 "Số vào sổ"), _code),
        "plate": Rule(("Biển số đăng ký", "Biển số xe", "Biển số"), lab.plain_text),
    }
)  # fmt: skip
"""Own field -> its labels and what makes a value of the text beside them."""

ALIASES = MappingProxyType(
    {
        "birth_date": "date_of_birth", "gender": "sex", "birth_place": "place_of_birth",
        "hometown": "home_town", "place_of_origin": "home_town", "residence": "address",
    }
)  # fmt: skip
"""Other names a catalogue may use for the same own fields."""


def own_field(name: str, layouts: Sequence[Layout]) -> FieldValue:
    """One field of a kind's own, by its labels."""
    if name == "purpose":
        return _purpose(layouts)
    if name in ("husband_id", "wife_id"):
        return nothing("Giấy ghi hai số định danh cạnh nhau. Hãy nhập theo bản giấy.")
    rule = OWN.get(ALIASES.get(name, name))
    if rule is None:
        return nothing("Chưa có quy tắc đọc trường này. Hãy nhập theo bản giấy.")
    return labelled(layouts, rule)


def labelled(layouts: Sequence[Layout], rule: Rule) -> FieldValue:
    """A field beside one of its labels, made into a value by the rule's reader."""
    found = lab.find_label(layouts, rule.labels)
    if found is None:
        return nothing("Không thấy nhãn của trường này trên giấy.")
    label = found.label.text.strip(" :.-")
    if found.value is None:
        return seen(None, found.label, f"Có nhãn “{label}” nhưng không đọc được phần ghi.")
    run = lab.run_on(layouts, found.value) if rule.runs_on else found.value
    value = rule.reader(lab.clean_value(run))
    if value is None:
        return seen(None, run, f"Chữ cạnh nhãn “{label}” không đúng dạng.")
    return seen(value, run, f"Ghi cạnh nhãn “{label}”.", strength=0.99)


def _first_read(layouts: Sequence[Layout], *rules: Rule) -> FieldValue:
    """The first rule that yields a value; else what the first one saw."""
    results = []
    for rule in rules:
        result = labelled(layouts, rule)
        if result.value is not None:
            return result
        results.append(result)
    return next((result for result in results if result.box), results[0])


def _subject_id(text: str) -> str | None:
    """Twelve digits of a person, ten or 10-3 of a business, nine of an old card."""
    match = re.match(r"[^\dOolI|]{0,6}([\dOolI|][\dOolI|.\s\-]{7,17})", text)
    digits = lab.digits_of(match[1]) if match else ""
    if match and len(digits) == 13 and "-" in match[1]:
        return f"{digits[:10]}-{digits[10:]}"
    if len(digits) in (9, 10, 12):
        return digits
    spaced = re.match(r"[^\d]{0,6}(\d{12}|\d{10}|\d{9})(?!\d)", text)
    return spaced[1] if spaced else None


def subject_id(layouts: Sequence[Layout]) -> FieldValue:
    """Số định danh, CMND or MST by their labels; a doubtful check digit lowers it, never blocks."""
    value = _first_read(layouts, Rule(ID_LABELS, _subject_id), Rule(WEAK_ID_LABELS, _subject_id))
    if value.value is None:
        value = _id_in_prose(layouts) or value
    digits = str(value.value or "")
    if len(digits) == 12 and not lab.is_personal_id(digits):
        return doubted(value, "Ba số đầu không phải mã tỉnh của số định danh, hãy xem lại.")
    if len(digits) == 10 and lab.tax_check(digits) is False:
        return doubted(value, "Số kiểm tra của mã số thuế không khớp, hãy xem lại.")
    return value


def _id_in_prose(layouts: Sequence[Layout]) -> FieldValue | None:
    """A number whose label the end of a line cuts in two."""
    run = lab.search_prose(layouts, _ID_IN_PROSE)
    if run is None:
        return None
    digits = lab.digits_of(run.text)
    return seen(digits, run, "Số được nêu trong nội dung.", strength=0.98)


def _holder(text: str) -> str | None:
    """A person in ordinary case, an organisation as printed."""
    name = lab.as_name(text)
    if lab.looks_like_person(name) and not text.upper().startswith(("CÔNG TY", "HỘ ", "HỢP TÁC")):
        return name
    return text.strip() if sum(letter.isalpha() for letter in text) >= 3 else None


def subject_name(layouts: Sequence[Layout]) -> FieldValue:
    """The holder beside a label; in a decision's prose, whom it is "đối với bà ..."."""
    value = labelled(layouts, Rule(NAME_LABELS, _holder, runs_on=True))
    if value.value is not None:
        return value
    run = lab.search_prose(layouts, _IN_PROSE, marks=True)
    if run:
        name = lab.as_name(lab.clean_value(run))
        return seen(name, run, "Người được nêu trong nội dung.", strength=0.97)
    weak = labelled(layouts, Rule(WEAK_NAME_LABELS, _holder, runs_on=True))
    return weak if weak.value is not None else value


def expires_on(layouts: Sequence[Layout]) -> FieldValue:
    """The last day of validity, where one is printed as a date."""
    value = labelled(layouts, Rule(EXPIRY_LABELS, lab.as_date))
    if value.value is not None:
        return value
    run = lab.search_prose(layouts, _EXPIRY_IN_PROSE)
    day = lab.as_date(run.text) if run else None
    if run and day:
        return seen(day, run, "Ghi trong nội dung, sau “đến ngày”.", strength=0.98)
    return value if value.box else nothing("Không thấy thời hạn ghi bằng ngày.")


def _purpose(layouts: Sequence[Layout]) -> FieldValue:
    run: Run | None = lab.search_prose(layouts, _PURPOSE)
    if run is None:
        return nothing("Không thấy mục đích sử dụng giấy.")
    return seen(lab.clean_value(run), run, "Câu “Giấy này được cấp để ...”.")
