"""What is personal on a screen: numbers that are masked in lists, papers that need a reason."""

import re

from archive.models import Document
from archive.models.paper import masked as mask_identifier
from archive.states import Protection

PERSONAL_FIELDS = frozenset(
    {
        "address",
        "date_of_birth",
        "date_of_death",
        "ethnicity",
        "father_name",
        "home_town",
        "husband_name",
        "marital_status",
        "mother_name",
        "personal_id",
        "place_of_birth",
        "sex",
        "subject_id",
        "wife_name",
    }
)
"""Fields that tell of a person (NĐ 356/2025: basic and sensitive personal data)."""
NUMBER_FIELDS = frozenset({"personal_id", "subject_id"})
"""Those that are masked until somebody says why they need them."""

__all__ = ["NUMBER_FIELDS", "PERSONAL_FIELDS", "is_personal", "mask_identifier", "mask_numbers"]

_MARK = "[\u0002\u0003]*"
_DIGITS = r"\d(?:{mark}\d){{{more}}}"
_NUMBER = re.compile(
    rf"(?<![\d/.,-])(?:{_DIGITS.format(mark=_MARK, more=11)}|{_DIGITS.format(mark=_MARK, more=8)})"
    r"(?![\d/])"
)


def mask_numbers(text: str) -> str:
    """Mask personal numbers (12 digits, old cards' 9) in running text, the marks of found words
    kept (U+0002, U+0003).
    """
    return _NUMBER.sub(_masked, text)


def _masked(found: re.Match[str]) -> str:
    masked = iter(mask_identifier(re.sub(_MARK, "", found[0])))
    return "".join(char if char in "\u0002\u0003" else next(masked) for char in found[0])


def is_personal(document: Document) -> bool:
    """Whether looking at a document needs a reason: a protected class, or fields of a person."""
    if document.protection != Protection.ORDINARY:
        return True
    told = document.fields.filter(name__in=PERSONAL_FIELDS)
    return any(field.value not in (None, "") for field in told)
