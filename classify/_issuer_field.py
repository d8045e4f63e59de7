"""The issuing body as a field: box 2 of the head, on civil-status papers the body's own words."""

import re
from dataclasses import replace

from classify import _people
from classify._bodies import compose
from classify._fields import nothing, seen
from classify._layout import join
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
    return seen("issuer", body.name, join(lines), reason, strength=strength)


_REGISTRAR = _people.Rule(
    ("Nơi đăng ký khai sinh", "Nơi đăng ký", "Cơ quan cấp", "Nơi cấp"), lambda text: text or None
)


def _registrar(first: FirstPage) -> FieldValue:
    """A civil-status paper names its issuer in the body: the body's name up to its place."""
    found = _people.labelled("issuer", [first.layout], _REGISTRAR)
    if found.value is None:
        return nothing("Không thấy tên cơ quan ở góc trên bên trái.")
    name = re.sub(r"^UBND\b", "Ủy ban nhân dân", str(found.value).split(",", maxsplit=1)[0])
    return replace(found, value=name)
