"""The date of issue as a field: in the head, beside a label, above the signature."""

import re
from collections.abc import Callable, Sequence
from datetime import date

from classify import _people
from classify._dates import any_date
from classify._fields import nothing, seen
from classify._header import DateAt, find_date
from classify._layout import Layout, Run
from classify._number_fields import with_hand
from classify._signer import Ending
from classify._written import Sight, Written, date_written
from classify.kinds import FirstPage
from classify.types import FieldValue, Kind

_MISSING = "Không thấy dòng địa danh, ngày tháng năm."
_ISSUED = _people.Rule(
    ("Ngày, tháng, năm đăng ký", "Ngày đăng ký", "Đăng ký lần đầu", "Thời gian nhận hồ sơ",
     "Ngày nhận hồ sơ"),
    _people.date_of,
)  # fmt: skip
_CARD_ISSUED = _people.Rule(
    ("Ngày, tháng, năm cấp", "Ngày cấp", "Cấp ngày", "Date of issue"), _people.date_of
)
_CARDS = ("KQ-CC", "KQ-CMND", "KQ-HC", "KQ-GPLX", "KQ-DKX", "KQ-BHYT")
"""Kinds on which "ngày cấp" is their own date, not that of a card they cite."""
_PASSED = re.compile(r"(?:thong qua|ban hanh)\s+(ngay\s+\S{1,2}\s+thang\s+\S{1,2}\s+nam\s+\d{4})")


def date_field(first: FirstPage, today: date | None, sight: Sight) -> FieldValue:
    """The date of the place-and-date line; without a value where day or month cannot be read."""
    at = first.head.date
    if at is None:
        return nothing(_MISSING)
    return _of_line(at, today, date_written(at, sight))


def _of_line(at: DateAt, today: date | None, written: Written) -> FieldValue:
    value = at.dated.value
    if written.by_hand:
        return with_hand(_date_by_hand(at.run, value, written), written)
    if value is None:
        why = "Ngày, tháng để trống." if written.blank else "Ngày hoặc tháng không đọc được."
        return seen(None, at.run, why)
    told = float(written.looked)
    return _dated(value, at.run, "Dòng địa danh, ngày tháng năm.", today, told=told)


def _date_by_hand(run: Run, value: date | None, written: Written) -> FieldValue:
    why = "Ngày hoặc tháng viết tay" if written.looked else "Ngày hoặc tháng có thể viết tay"
    if value is None:
        return seen(None, run, f"{why}, không đọc được. Hãy nhập theo ảnh.",
                    handwritten=True)  # fmt: skip
    return seen(value.isoformat(), run, f"{why}, cần người xem.", handwritten=True)  # fmt: skip


def _dated(
    value: date,
    run: Run,
    reason: str,
    today: date | None,
    *,
    strength: float = 1.0,
    told: float = 0.0,
) -> FieldValue:
    """A date that was read; one after today is doubted."""
    if today and value > today:
        reason, strength = "Ngày sau hôm nay, cần người xem.", 0.1
    return seen(value.isoformat(), run, reason, strength=strength, agreed=told)


def dated_elsewhere(
    heads: Callable[[], Sequence[Layout]],
    tails: Callable[[], Sequence[Layout]],
    ending: Ending | None,
    kind: Kind | None,
    today: date | None,
    sight: Callable[[int], Sight],
) -> FieldValue:
    """A date not in the head: passed by the Assembly, beside a label, above the signature."""
    if kind and kind.group[:1] == "C":
        run = _people.prose([*([ending.layout] if ending else ()), *tails()], _PASSED)
        return _checked(run, "Câu “thông qua ngày ...” cuối văn bản.", today)
    if kind and kind.group[:1] in "DEFG":
        rule = _CARD_ISSUED if kind.code in _CARDS else _ISSUED
        value = _people.labelled(heads(), rule)
        if value.value is not None:
            return value
    found = find_date(ending.layout, 1.0) if ending else None
    if ending is None or found is None:
        return nothing(_MISSING)
    written = date_written(found, sight(ending.layout.number))
    if written.by_hand or found.dated.value is None:
        return _of_line(found, today, written)
    return _checked(found.run, "Dòng địa danh, ngày tháng trên chữ ký.", today)


def _checked(run: Run | None, reason: str, today: date | None) -> FieldValue:
    dated = any_date(run.text) if run else None
    if run is None or dated is None:
        return nothing(_MISSING)
    if dated.value is None:
        return seen(None, run, "Ngày hoặc tháng không đọc được.", handwritten=True)
    return _dated(dated.value, run, reason, today, strength=0.98)
