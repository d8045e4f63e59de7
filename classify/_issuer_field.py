"""The issuing body as a field: box 2 of the head, on civil-status papers the body's own words."""

import re
from collections.abc import Sequence
from dataclasses import replace

from classify import _echo, _people
from classify._bodies import compose, is_known
from classify._case import own_wording
from classify._fields import nothing, seen
from classify._layout import Run, join
from classify._text import fold
from classify.kinds import FirstPage
from classify.limits import MAX_LABEL_PAGES
from classify.types import FieldValue, PageView, Reference

_SAID = 0.85
"""Strength of a body that only the text names: never sure."""
_FEW = 2
"""How often the text must write a word otherwise for the head's to be mended."""
_PLACELESS = frozenset(("uy ban nhan dan", "hoi dong nhan dan"))
"""Bodies that are one only together with their place."""
_OPEN = re.compile(r"\b(khu vuc|va|cac|co so|tinh|huyen|xa|phuong|thanh pho|so|cua)$")
_PLACE = re.compile(r"(tinh (?!uy|doan)|thanh pho|huyen (?!uy)|quan |thi xa|phuong|xa |dac khu)")
"""A name that ends in the middle, or that is a place's and no body's."""


def issuer_field(first: FirstPage, reference: Reference, pages: Sequence[PageView]) -> FieldValue:
    """The full name in ordinary case, as the catalogue writes it where it is known."""
    lines = first.head.issuer
    place = first.head.date.place if first.head.date else ""
    if not lines:
        return _registrar(first)
    text = _below(pages, first.layout.number, join(lines))
    wording = own_wording(" ".join(run.text for run in lines), "\n".join(text))
    body = compose([run.text for run in lines], place, reference, wording)
    if body is None:
        return _registrar(first)
    name = body.name if body.snapped else _echo.mend(body.name, _echo.count(text), few=_FEW)
    if not first.layout.born_digital:
        name = _echo.unslip(name)
    reason = "Tên cơ quan ở góc trên bên trái"
    reason += ", khớp danh mục cơ quan." if body.snapped else "."
    return seen(
        name,
        join(lines),
        reason,
        strength=_strength(name, snapped=body.snapped),
        known=float(body.snapped or is_known(name, reference)),
        agreed=_echoed(name, text),
    )


def _strength(name: str, *, snapped: bool) -> float:
    folded = fold(name)
    if folded in _PLACELESS or _OPEN.search(folded) or _PLACE.match(folded):
        return 0.6  # the line with its place, or with its sort, was lost
    return 1.0 if snapped else 0.93


def _below(pages: Sequence[PageView], first: int, head: Run) -> list[str]:
    """The lines of a document without the head's own."""
    return [
        line.text
        for page in pages[:MAX_LABEL_PAGES]
        for line in page.text.lines
        if page.number != first or line.box.y0 >= head.box.y1
    ]


def _echoed(name: str, lines: Sequence[str]) -> float:
    """Whether the end of a body's name, its place, stands in the text as well, marks and all."""
    end = " ".join(name.casefold().split()[-2:])
    return float(any(end in line.casefold() for line in lines))


_REGISTRAR = _people.Rule(
    ("Nơi đăng ký khai sinh", "Nơi đăng ký", "Cơ quan cấp", "Nơi cấp"), lambda text: text or None
)


def _registrar(first: FirstPage) -> FieldValue:
    """A civil-status paper names its issuer in the body: the body's name up to its place."""
    found = _people.labelled([first.layout], _REGISTRAR)
    if found.value is None:
        return _passed_by(first)
    name = re.sub(r"^UBND\b", "Ủy ban nhân dân", str(found.value).split(",", maxsplit=1)[0])
    return replace(found, value=name)


_PASSED = re.compile(
    r"\bduoc ((?:hoi dong|uy ban|bo|toa an)\b[^.;:]{4,70}?) (?:thong qua|ban hanh)\b"
)


def _passed_by(first: FirstPage) -> FieldValue:
    """A paper without letterhead may say in its first lines who passed it (án lệ)."""
    run = _people.prose([first.layout], _PASSED)
    if run is None:
        return nothing("Không thấy tên cơ quan ở góc trên bên trái.")
    reason = "Câu “được ... thông qua” ở đầu văn bản."
    return seen(run.text.strip(" ,."), run, reason, strength=_SAID)
