"""The fields of a document: value, what was printed, where, how sure and why."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from classify import _echo, _people
from classify._bodies import compose
from classify._case import is_in_capitals, ordinary, own_wording
from classify._dates import spelled_date
from classify._fields import certainty, nothing, seen
from classify._header import find_date
from classify._layout import Layout, Run, join, lay_out
from classify._signer import Ending, find_ending
from classify._text import capitals, fold, likeness, sentence, squeeze
from classify.kinds import FirstPage, first_with_text, open_page
from classify.limits import MAX_LABEL_PAGES
from classify.policy import is_sure
from classify.types import Alternative, Fields, FieldValue, Kind, KindGuess, PageView, Reference
from ocr.types import MarkKind

COMMON = (
    "number", "notation", "issued_on", "issuer", "abstract", "signer_name", "signer_title",
    "recipients", "secrecy", "urgency", "has_seal", "has_signature", "subject_id", "subject_name",
    "expires_on",
)  # fmt: skip
"""The fields every document has as keys."""

_SECRECY = ("TUYỆT MẬT", "TỐI MẬT", "MẬT")
_URGENCY = ("HỎA TỐC", "THƯỢNG KHẨN", "KHẨN")
_REGISTER = re.compile(r"\bso\s*[:.]\s*(\d{1,5}\s*/\s*(?:19|20)\d\d)(?![\d/])")
_HOLE = 1.3
"""In letter heights: a gap within a centred row in which a word may have been lost."""
_SERIAL = re.compile(r"^\W{0,3}so\s*[:.]\s*([a-z0-9][a-z0-9.\-]{4,24})\W*$")


def extract(pages: Sequence[PageView], guess: KindGuess, reference: Reference) -> Fields:
    """All common fields and the kind's own, None where not read; any page is taken."""
    kind = next((kind for kind in reference.kinds if kind.code == guess.code), None)
    own = kind.own_fields if kind else ()
    view = first_with_text(pages)
    if view is None:
        reason = "Trang không có chữ đọc được."
        return {name: nothing(reason) for name in (*COMMON, *own)} | _marks(pages)
    first = open_page(view)
    heads = [lay_out(page) for page in pages if page.text.lines][:MAX_LABEL_PAGES]
    ending = find_ending(pages)
    fields = _of_head(first, kind, reference, pages) | _of_end(ending)
    fields |= _marks(pages) | _of_subject(heads, kind)
    if fields["issued_on"].page is None:
        fields["issued_on"] = _dated_elsewhere(heads, ending, kind, reference.today)
    if fields["notation"].value is None and fields["number"].value:
        fields["notation"] = _register_year(fields["number"])
    if kind and kind.code in _NUMBERED_BY_HOLDER and fields["number"].value is None:
        fields["number"] = fields["subject_id"]
    fields |= {name: _people.own_field(name, heads) for name in own if name not in fields}
    return {name: fields[name] for name in (*COMMON, *(n for n in own if n not in COMMON))}


def _of_head(
    first: FirstPage, kind: Kind | None, reference: Reference, pages: Sequence[PageView]
) -> dict[str, FieldValue]:
    return {
        "number": _number(first, kind),
        "notation": _notation(first, kind),
        "issued_on": _issued_on(first, reference.today),
        "issuer": _issuer(first, reference),
        "abstract": _abstract(first, kind, reference, pages),
        "secrecy": _stamp("secrecy", first.layout, _SECRECY),
        "urgency": _stamp("urgency", first.layout, _URGENCY),
    }


def _mended_notation(notation: str, kind: Kind | None) -> tuple[str, bool]:
    """The notation with its type as the title says: "ĐC-UBND" of a báo cáo is "BC-UBND"."""
    if kind is None or not kind.abbreviation or "(" in kind.abbreviation:
        return notation, False
    head, dash, tail = notation.partition("-")
    wanted = kind.abbreviation
    if not dash or kind.group[:1] not in "AC" or head == wanted:
        return notation, False
    near = len(head) == len(wanted) and sum(a != b for a, b in zip(head, wanted, strict=True)) == 1
    if squeeze(head) == squeeze(wanted) or near:
        return f"{wanted}-{tail}", True
    return notation, False


def _by_hand(first: FirstPage) -> bool:
    """Whether the digits of the number look written in: apart from the slash, or unreadable."""
    at = first.head.number
    if at is None or first.layout.born_digital:
        return False
    return at.digits_apart or at.number.digits is None


def _number(first: FirstPage, kind: Kind | None) -> FieldValue:
    at = first.head.number
    if at is None:
        return _register_number(first, kind)
    notation, mended = _mended_notation(at.number.notation, kind)
    number = at.number
    value = number.with_notation(notation)
    by_hand = _by_hand(first)
    if value is None:
        why = "Chữ số không đọc được, có thể viết tay."
        if number.is_blank:
            why = "Chữ số để trống hoặc viết tay không đọc được."
        return seen("number", None, at.run, why, handwritten=by_hand)
    reason = "Dòng “Số:” dưới tên cơ quan."
    if by_hand:
        reason += " Chữ số có thể viết tay, cần người xem."
    strength = 0.9 if mended else 1.0
    return seen("number", value, at.run, reason, strength=strength, handwritten=by_hand)


def _serial_number(first: FirstPage) -> FieldValue:
    """A certificate's number without a slash, under its title: "Số: 09280654337"."""
    for row in first.layout.rows:
        match = _SERIAL.match(row.whole.folded)
        run = row.whole.part(match.start(1), match.end(1)) if match else None
        if match and run and first.layout.down(row) < 0.45:
            value = row.whole.text[match.start(1) : match.end(1)].strip(" .,;:")
            return seen("number", value, run, "Dòng “Số:” dưới tên giấy.", strength=0.97)
    return nothing("Không thấy dòng “Số:”.")


def _register_number(first: FirstPage, kind: Kind | None) -> FieldValue:
    """A certificate's number in a register: "Số: 123/2024"."""
    for row in first.layout.rows:
        match = _REGISTER.search(row.whole.folded)
        run = row.whole.part(match.start(1), match.end(1)) if match else None
        if match and run and first.layout.down(row) < 0.6:
            value = re.sub(r"\s", "", match[1])
            return seen("number", value, run, "Số vào sổ của giấy.", strength=0.97)
    if kind and kind.group[:1] in "EFG":
        return _serial_number(first)
    return nothing("Không thấy dòng “Số:”.")


def _notation(first: FirstPage, kind: Kind | None) -> FieldValue:
    at = first.head.number
    if at is None or not at.number.notation:
        return nothing("Không thấy ký hiệu sau dấu gạch chéo.")
    value, mended = _mended_notation(at.number.notation, kind)
    place = at.run.text.find("/")
    run = at.run.part(place, len(at.run.text)) or at.run
    reason = "Phần sau dấu gạch chéo của số, ký hiệu."
    return seen("notation", value, run, reason, strength=0.95 if mended else 1.0)


def _register_year(number: FieldValue) -> FieldValue:
    """The year after a register number's slash."""
    year = re.search(r"/((?:19|20)\d\d)$", str(number.value))
    if not year:
        return nothing("Số của giấy này không có ký hiệu.")
    return replace(number, value=year[1], reason="Năm vào sổ, sau dấu gạch chéo.")


def _issued_on(first: FirstPage, today: date | None) -> FieldValue:
    at = first.head.date
    if at is None:
        return nothing("Không thấy dòng địa danh, ngày tháng năm.")
    by_hand = _by_hand(first)
    value = at.dated.value
    if value is None:
        why = "Ngày hoặc tháng không đọc được, có thể viết tay."
        if at.dated.is_blank:
            why = "Ngày, tháng để trống hoặc viết tay không đọc được."
        return seen("issued_on", None, at.run, why, handwritten=not first.layout.born_digital)
    if today and value > today:
        return seen(
            "issued_on", value.isoformat(), at.run, "Ngày sau hôm nay, cần người xem.",
            strength=0.3,
        )  # fmt: skip
    reason = "Dòng địa danh, ngày tháng năm."
    return seen("issued_on", value.isoformat(), at.run, reason, handwritten=by_hand)


def _issuer(first: FirstPage, reference: Reference) -> FieldValue:
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


def _dated_elsewhere(
    heads: Sequence[Layout], ending: Ending | None, kind: Kind | None, today: date | None
) -> FieldValue:
    """A date not in the head: passed by the Assembly, beside a label, above the signature."""
    if kind and kind.group[:1] == "C":
        last = [ending.layout] if ending else list(heads)
        run = _people.prose(last, _PASSED)
        return _checked_date(run, "Câu “thông qua ngày ...” cuối văn bản.", today)
    if kind and kind.group[:1] in "DEFG":
        rule = _CARD_ISSUED if kind.code in _CARDS else _ISSUED
        value = _people.labelled("issued_on", heads, rule)
        if value.value is not None:
            return value
    found = find_date(ending.layout, 1.0) if ending else None
    if found is None:
        return nothing("Không thấy dòng địa danh, ngày tháng năm.")
    return _checked_date(found.run, "Dòng địa danh, ngày tháng trên chữ ký.", today)


def _checked_date(run: Run | None, reason: str, today: date | None) -> FieldValue:
    dated = spelled_date(run.text) if run else None
    if run is None or dated is None:
        return nothing("Không thấy dòng địa danh, ngày tháng năm.")
    if dated.value is None:
        return seen("issued_on", None, run, "Ngày hoặc tháng không đọc được.", handwritten=True)
    if today and dated.value > today:
        reason += " Ngày sau hôm nay, cần người xem."
        return seen("issued_on", dated.value.isoformat(), run, reason, strength=0.3)
    return seen("issued_on", dated.value.isoformat(), run, reason, strength=0.98)


def _abstract_runs(first: FirstPage, kind: Kind | None) -> tuple[Run, ...]:
    title = first.title
    if kind and kind.group[:1] in "BDEFG" and not _tells_subject(title.follows):
        return (
            () if kind.abbreviation not in ("QĐ", "TB") else (*title.capitals[1:], *title.follows)
        )
    if title.reference and not title.follows and len(title.capitals) <= 1:
        return title.reference
    rows = title.capitals
    if not rows:
        return title.reference
    used = _title_rows_used(rows, kind)
    return (*rows[used:], *title.follows)


def _tells_subject(runs: Sequence[Run]) -> bool:
    """Whether the rows under a certificate's title are an abstract, not its first lines."""
    return bool(runs) and runs[0].folded.startswith(("ve viec", "v/v", "(v/v"))


def _title_rows_used(rows: Sequence[Run], kind: Kind | None) -> int:
    """How many rows in capitals are the name of the kind; what follows is abstract."""
    if kind is None:
        return 1
    if kind.group[:1] in "AC":
        return 1
    texts = [" ".join(run.text for run in rows[:count]) for count in range(1, len(rows) + 1)]
    phrases = [phrase for phrase in kind.titles if capitals(phrase) > 0.8]
    for count, text in enumerate(texts, 1):
        if any(likeness(text, phrase) or squeeze(phrase) in squeeze(text) for phrase in phrases):
            return count
    return 1


def _abstract(
    first: FirstPage, kind: Kind | None, reference: Reference, pages: Sequence[PageView]
) -> FieldValue:
    runs = _abstract_runs(first, kind)
    if not runs:
        return nothing("Không thấy trích yếu.")
    whole = join(runs)
    text = tidy_abstract(whole.text)
    read = text
    if not first.layout.born_digital:
        text = _echo.unslip(_echo.mend(text, _echo.count(_body(pages, whole))))
    other = (Alternative(read, certainty(whole, 0.5)),) if read != text else ()
    if is_in_capitals(text):
        body = "\n".join(page.text.text for page in pages[:MAX_LABEL_PAGES])
        text = ordinary(text, (*reference.provinces, *own_wording(text, body)))
    reason = "Dưới số, ký hiệu (V/v)." if runs[0] in first.title.reference else "Dưới tên loại."
    holed = any(run.widest_gap > _HOLE for run in runs)
    reason += " Có khoảng trống giữa dòng, có thể sót chữ." if holed else ""
    return seen("abstract", text, whole, reason, printed=whole.text, alternatives=other,
        strength=0.9 if holed else 1.0,
    )  # fmt: skip


def _body(pages: Sequence[PageView], title: Run) -> list[str]:
    """The lines of a document without its title's own."""
    return [
        line.text
        for page in pages[:MAX_LABEL_PAGES]
        for line in page.text.lines
        if page.number != title.page or line.box.y0 >= title.box.y1
    ]


def tidy_abstract(text: str) -> str:
    """One line, the opening words as they must have been printed, no stray marks at the ends."""
    clean = re.sub(r"\s+", " ", text.replace("Ð", "Đ")).strip(" .:;_*|'`~=—-")
    if fold(clean).startswith(("(v/v", "(ve viec")) and clean.endswith(")"):
        clean = clean[1:-1].strip()
    folded = fold(clean)
    if re.match(r"^v\s*/\s*(?:v\b|\s)", folded) or folded.startswith("vv "):
        rest = re.sub(r"^(?i:v\s*/?\s*v?\b)\s*[:.]?\s*", "", clean).lstrip("/ ")
        return f"V/v {rest}"
    match = re.match(r"^\W*(?:ve ?viec|va viec|ve vie[ck]|e viec)\b\s*[:.]?\s*", folded)
    if match or folded.startswith("veviec"):
        rest = clean[match.end() :] if match else clean[6:].strip()
        return f"Về việc {rest}"
    return sentence(clean)


def _stamp(name: str, layout: Layout, wordings: Sequence[str]) -> FieldValue:
    """A secrecy or urgency mark standing alone in the upper third."""
    for run in layout.runs:
        if layout.down(run) > 0.35:
            break
        text = run.text.strip(" .:;|_-[]()")
        if len(run.words) > 3 or capitals(text) < 0.9:
            continue
        for wording in wordings:
            if squeeze(text) == squeeze(wording) and (len(wording) > 4 or text == wording):
                return seen(name, wording, run, "Dấu chỉ mức độ ở phần đầu trang.")
    return nothing("Không thấy dấu chỉ mức độ.")


def _of_end(ending: Ending | None) -> dict[str, FieldValue]:
    if ending is None:
        missing = nothing("Không thấy khối chữ ký, nơi nhận.")
        return {"signer_name": missing, "signer_title": missing, "recipients": missing}
    return {
        "signer_name": _signer_name(ending),
        "signer_title": _signer_title(ending),
        "recipients": _recipients(ending),
    }


def _signer_name(ending: Ending) -> FieldValue:
    signature = ending.signature
    if signature is None:
        return nothing("Không thấy khối chữ ký.")
    if signature.name is None:
        if signature.title is None:
            return nothing("Không thấy khối chữ ký.")
        return seen("signer_name", None, signature.title, "Không đọc được tên dưới chức vụ ký.")
    strength = 0.8 if signature.name_mended else 1.0
    return seen(
        "signer_name", signature.name_text, signature.name,
        "Dòng cuối của khối chữ ký, bên phải cuối văn bản.", strength=strength,
    )  # fmt: skip


def _signer_title(ending: Ending) -> FieldValue:
    signature = ending.signature
    if signature is None or signature.title is None:
        return nothing("Không thấy chức vụ người ký.")
    strength = 0.85 if signature.title_mended else 1.0
    read = re.sub(r"\s+", " ", signature.title.text).strip()
    other = (Alternative(read, 0.3),) if signature.title_mended else ()
    return seen(
        "signer_title", signature.title_text, signature.title,
        "Các dòng chữ hoa trên chữ ký.", strength=strength, alternatives=other,
    )  # fmt: skip


def _recipients(ending: Ending) -> FieldValue:
    if not ending.recipients:
        return nothing("Không thấy “Nơi nhận”.")
    value = "; ".join(ending.places)
    return seen("recipients", value, join(ending.recipients), "Danh sách dưới “Nơi nhận”.")


def _marks(pages: Sequence[PageView]) -> dict[str, FieldValue]:
    return {
        "has_seal": _mark("has_seal", pages, MarkKind.SEAL, "con dấu"),
        "has_signature": _mark("has_signature", pages, MarkKind.SIGNATURE, "chữ ký"),
    }


def _mark(name: str, pages: Sequence[PageView], kind: MarkKind, what: str) -> FieldValue:
    found = [(mark, page.number) for page in pages for mark in page.marks if mark.kind == kind]
    if not found:
        return FieldValue(
            value=False, as_printed=None, confidence=0.5, sure=False, page=None, box=None,
            reason=f"Không thấy {what} trên các trang.",
        )  # fmt: skip
    mark, page = max(found, key=lambda pair: pair[0].confidence)
    return FieldValue(
        value=True, as_printed=None, confidence=mark.confidence,
        sure=is_sure(name, mark.confidence), page=page, box=mark.box,
        reason=f"Thấy {what} trên trang {page}.",
    )  # fmt: skip


_NUMBERED_BY_HOLDER = ("KQ-CC", "KQ-CMND", "KQ-DKDN", "KQ-HTX")
"""Kinds whose own number is their holder's: cards, business registrations."""


def _of_subject(heads: Sequence[Layout], kind: Kind | None) -> dict[str, FieldValue]:
    """An office's letter names others than its subject: it is asked only where the kind says so."""
    if kind and kind.group[:1] in "AC" and "subject_name" not in kind.own_fields:
        missing = nothing("Loại văn bản này không ghi chủ thể.")
        return {"subject_id": missing, "subject_name": missing, "expires_on": missing}
    return {
        "subject_id": _people.subject_id(heads),
        "subject_name": _people.subject_name(heads),
        "expires_on": _people.expires_on(heads),
    }
