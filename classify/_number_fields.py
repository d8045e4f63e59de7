"""Number and notation as fields: what was read, and what a pen wrote."""

import re
from dataclasses import replace

from classify._fields import nothing, seen
from classify._header import NumberAt
from classify._layout import union
from classify._notations import Notation, mend_notation, restore
from classify._written import Written
from classify.kinds import FirstPage
from classify.types import FieldValue, Kind
from imaging.types import Box

_REGISTER = re.compile(r"\bso\s*[:.]\s*(\d{1,5}\s*/\s*(?:19|20)\d\d)(?![\d/])")
_SERIAL = re.compile(r"^\W{0,3}so\s*[:.]\s*([a-z0-9][a-z0-9.\-]{4,24})\W*$")
_CERTAIN = 0.95
"""Confidence of a notation's weakest word from which its letters stay as read."""
_TOP = 0.45
"""Share of a certificate's height above which its own number stands."""


def _notation(first: FirstPage, at: NumberAt, kind: Kind | None) -> Notation:
    issuer = " ".join(run.text for run in first.head.issuer)
    if at.number.torn:
        restored = restore(at.number.notation, kind, issuer)
        plain = Notation(at.number.notation, mended=True, confirmed=False, completed=True)
        return restored or plain
    part = at.run.part(at.run.text.rfind("/"), len(at.run.text)) or at.run
    return mend_notation(at.number.notation, kind, issuer, certain=part.weakest >= _CERTAIN)


def _agrees(notation: Notation, at: NumberAt, kind: Kind | None) -> float:
    """Whether the letters say the kind that the title says."""
    wanted = kind.abbreviation if kind else ""
    head = re.split(r"[-/]", notation.text, maxsplit=1)[0]
    if wanted:
        return float(head == wanted)
    return float(at.number.year is not None or bool(kind and kind.form == "công văn"))


def _strength(notation: Notation) -> float:
    if notation.completed:
        return 0.6
    return 0.93 if notation.mended else 1.0


def with_hand(field: FieldValue, written: Written) -> FieldValue:
    """The field's box drawn around the handwriting too, so that the crop shows it whole."""
    if not written.box or not field.box:
        return field
    return replace(field, box=union((field.box, written.box)))


def number_field(first: FirstPage, kind: Kind | None, written: Written) -> FieldValue:
    """The whole số/ký hiệu; without a value where its digits cannot be read."""
    at = first.head.number
    if at is None:
        return _register_number(first, kind)
    notation = _notation(first, at, kind)
    value = at.number.with_notation(notation.text)
    if written.by_hand:
        return with_hand(_number_by_hand(at, value, written), written)
    if value is None:
        why = "Chữ số để trống." if written.blank else "Chữ số không đọc được."
        return seen(None, at.run, why)
    return seen(
        value,
        at.run,
        "Dòng “Số:” dưới tên cơ quan.",
        strength=_strength(notation),
        known=float(notation.confirmed),
        agreed=_agrees(notation, at, kind),
    )


def _number_by_hand(at: NumberAt, value: str | None, written: Written) -> FieldValue:
    why = "Chữ số viết tay" if written.looked else "Chữ số có thể viết tay"
    if value is None:
        why = f"{why}, không đọc được. Hãy nhập theo ảnh."
        return seen(None, at.run, why, handwritten=True)
    why = f"{why}, cần người xem."
    return seen(value, at.run, why, handwritten=True)


def unread_number(box: Box, page: int) -> FieldValue:
    """A place where a number belongs that holds ink of which nothing was read."""
    reason = "Thấy chữ viết ở chỗ ghi số nhưng không đọc được. Hãy nhập theo ảnh."
    return FieldValue(None, None, 0.0, sure=False, page=page, box=box, reason=reason,
                      handwritten=True)  # fmt: skip


def _register_number(first: FirstPage, kind: Kind | None) -> FieldValue:
    """A certificate's number in a register: "Số: 123/2024"."""
    for row in first.layout.rows:
        match = _REGISTER.search(row.whole.folded)
        run = row.whole.part(match.start(1), match.end(1)) if match else None
        if match and run and first.layout.down(row) < 0.6:
            value = re.sub(r"\s", "", match[1])
            return seen(value, run, "Số vào sổ của giấy.", strength=0.97)
    if kind and kind.group[:1] in "EFG":
        return _serial_number(first)
    return nothing("Không thấy dòng “Số:”.")


def _serial_number(first: FirstPage) -> FieldValue:
    """A certificate's number without a slash, under its title: "Số: 09280654337"."""
    for row in first.layout.rows:
        match = _SERIAL.match(row.whole.folded)
        run = row.whole.part(match.start(1), match.end(1)) if match else None
        if match and run and first.layout.down(row) < _TOP:
            value = row.whole.text[match.start(1) : match.end(1)].strip(" .,;:")
            return seen(value, run, "Dòng “Số:” dưới tên giấy.", strength=0.97)
    return nothing("Không thấy dòng “Số:”.")


def notation_field(first: FirstPage, kind: Kind | None) -> FieldValue:
    """What stands after the slash: printed even where the digits are by hand."""
    at = first.head.number
    if at is None or not at.number.notation:
        return nothing("Không thấy ký hiệu sau dấu gạch chéo.")
    notation = _notation(first, at, kind)
    place = at.run.text.find("/") if at.number.year else at.run.text.rfind("/")
    run = at.run.part(place, len(at.run.text)) or at.run
    reason = "Phần sau dấu gạch chéo của số, ký hiệu."
    return seen(
        notation.text,
        run,
        reason,
        strength=_strength(notation),
        known=float(notation.confirmed),
        agreed=_agrees(notation, at, kind),
    )


def register_year(number: FieldValue) -> FieldValue:
    """The year after a register number's slash."""
    year = re.search(r"/((?:19|20)\d\d)$", str(number.value))
    if not year:
        return nothing("Số của giấy này không có ký hiệu.")
    return replace(number, value=year[1], reason="Năm vào sổ, sau dấu gạch chéo.")
