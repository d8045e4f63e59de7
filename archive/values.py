"""Values as a person types them and as they are kept."""

import datetime as dt
import re

from archive.errors import FieldDateError, FieldTooLongError
from archive.labels import LOOSE_DAYS, label_of

MAX_CHARS = {"number": 100, "issuer": 300, "subject_id": 20, "subject_name": 200}
"""Longest value of the fields that have a column; `MAX_FIELD_CHARS` of every other."""
MAX_FIELD_CHARS = 5_000
LOCAL_DATE = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})")
Value = str | bool | None


def normal_value(name: str, value: Value) -> Value:
    """Return a value as it is kept: trimmed, empty as None, a date as ISO.

    Raises FieldDateError, FieldTooLongError; the sentence names the field.
    """
    if not isinstance(value, str):
        return value
    value = value.strip()
    if len(value) > MAX_CHARS.get(name, MAX_FIELD_CHARS):
        raise FieldTooLongError(f"{label_of(name)}: {FieldTooLongError.message}", detail=name)
    if not value:
        return None
    if name.endswith("_on") or (name in LOOSE_DAYS and LOCAL_DATE.fullmatch(value)):
        return _date_of(name, value).isoformat()
    return value


def _date_of(name: str, text: str) -> dt.date:
    local = LOCAL_DATE.fullmatch(text)
    try:
        if local:
            day, month, year = (int(part) for part in local.groups())
            return dt.date(year, month, day)
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise FieldDateError(f"{label_of(name)}: {FieldDateError.message}", detail=name) from error
