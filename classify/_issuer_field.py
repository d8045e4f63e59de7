"""The issuing body as a field: box 2 of the head, on civil-status papers the body's own words."""

import re
from dataclasses import replace

from classify import _people
from classify._bodies import compose
from classify._fields import nothing, seen
from classify._layout import join
from classify._notations import initials, spelled_by
from classify.kinds import FirstPage
from classify.types import FieldValue, Reference


def issuer_field(first: FirstPage, reference: Reference) -> FieldValue:
    """The full name in ordinary case, as the catalogue writes it where it is known."""
    lines = first.head.issuer
    place = first.head.date.place if first.head.date else ""
    body = compose([run.text for run in lines], place, reference)
    if body is None:
        return _registrar(first)
    strength = 1.0 if body.snapped else 0.93
    reason = "Tên cơ quan ở góc trên bên trái"
    reason += ", khớp danh mục cơ quan." if body.snapped else "."
    known = float(body.snapped)
    return seen(
        body.name, join(lines), reason, strength=strength, known=known, agreed=_named(first)
    )


def _named(first: FirstPage) -> float:
    """Whether the notation's letters are spelled by the issuer's words."""
    number = first.head.number
    parts = re.split(r"[-/,.&]", number.number.notation) if number else []
    letters = initials(" ".join(run.text for run in first.head.issuer))
    return float(any(spelled_by(part, letters) for part in parts))


_REGISTRAR = _people.Rule(
    ("Nơi đăng ký khai sinh", "Nơi đăng ký", "Cơ quan cấp", "Nơi cấp"), lambda text: text or None
)


def _registrar(first: FirstPage) -> FieldValue:
    """A civil-status paper names its issuer in the body: the body's name up to its place."""
    found = _people.labelled([first.layout], _REGISTRAR)
    if found.value is None:
        return nothing("Không thấy tên cơ quan ở góc trên bên trái.")
    name = re.sub(r"^UBND\b", "Ủy ban nhân dân", str(found.value).split(",", maxsplit=1)[0])
    return replace(found, value=name)
