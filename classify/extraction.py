"""The fields of a document: value, what was printed, where, how sure and why."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache

from classify import _people
from classify._abstract import abstract_field
from classify._by_hand import HandReading, read_hands
from classify._fields import Found, nothing, seen, settle, weigh
from classify._issue_date import date_field, dated_elsewhere
from classify._issuer_field import issuer_field
from classify._layout import Layout, join, lay_out
from classify._marks import marks_of
from classify._number_fields import (
    notation_field,
    number_field,
    register_year,
    unread_number,
)
from classify._offices import is_known_title
from classify._own import own_field
from classify._persons import is_known_name
from classify._signer import Ending, find_ending
from classify._stamped import stamped_name
from classify._text import capitals, squeeze
from classify._written import Sight, missing_number, number_written
from classify.hands import weigh_hands
from classify.kinds import FirstPage, first_with_text, open_page
from classify.learnt import FieldModel, shipped_field_model
from classify.limits import MAX_LABEL_PAGES, MAX_TAIL_PAGES
from classify.policy import DEFAULT, Promise
from classify.types import (
    Alternative,
    Around,
    Fields,
    FieldValue,
    Kind,
    KindGuess,
    Listed,
    OwnField,
    PageView,
    Pictures,
    Reference,
    Strips,
)
from ocr.digits import DigitReader

COMMON = (
    "number", "notation", "issued_on", "issuer", "abstract", "signer_name", "signer_title",
    "recipients", "secrecy", "urgency", "has_seal", "has_signature", "subject_id", "subject_name",
    "expires_on",
)  # fmt: skip
"""The fields every document has as keys."""

_SECRECY = ("TUYỆT MẬT", "TỐI MẬT", "MẬT")
_ON_NO_PAPER = 0.5
"""The most that a seal or a signature is believed where the kind is unknown."""
_URGENCY = ("HỎA TỐC", "THƯỢNG KHẨN", "KHẨN")


def extract(  # noqa: PLR0913  what reads beside the pages, by keyword
    pages: Sequence[PageView],
    guess: KindGuess,
    reference: Reference,
    pictures: Pictures | None = None,
    *,
    promise: Promise = DEFAULT,
    hand: DigitReader | None = None,
    learnt: FieldModel | None = None,
    strips: Strips | None = None,
    named: Sequence[Listed] = (),
    around: Callable[[Fields], Around] | None = None,
) -> Fields:
    """All common fields and the kind's own, None where not read; any page is taken.

    `pictures` lets it tell a pen from print; without them the reading alone speaks for a hand.
    `promise` is the share of fields passed as sure that may be wrong. `hand` reads numbers, days
    and months written by hand; without it they stay to a person. `learnt` is what people's
    corrections taught, None is nothing. `strips` reads again from the picture a signer's name that
    is a stamp in red ink, and a number line that a pen took from the readers. `named` are
    the papers that the dossier's table of contents names. `around` is asked once, with the fields
    as read, where a pen wrote number or day: what is known of the paper outside its pages.
    """
    learnt = learnt or shipped_field_model()
    labels = learnt.of_kind(guess.code)
    found = find_fields(
        pages, guess, reference, pictures, hand=hand, labels=labels, strips=strips, named=named
    )  # fmt: skip
    settled = settle(found, learnt, promise)
    if all(settled[name].hand is None for name in ("number", "issued_on")):
        return settled
    known = around(settled) if around else Around()
    outside = replace(
        known, today=known.today or reference.today, contents=(*named, *known.contents)
    )
    return settled | weigh_hands(settled, outside, promise)


def find_fields(  # noqa: PLR0913  what reads beside the pages, by keyword
    pages: Sequence[PageView],
    guess: KindGuess,
    reference: Reference,
    pictures: Pictures | None = None,
    *,
    hand: DigitReader | None = None,
    labels: Mapping[str, OwnField] | None = None,
    strips: Strips | None = None,
    named: Sequence[Listed] = (),
) -> Found:
    """The fields before they are weighed; `labels` are learnt ones of the kind's own fields."""
    kind = next((kind for kind in reference.kinds if kind.code == guess.code), None)
    own = kind.own_fields if kind else ()
    view = first_with_text(pages)
    if view is None:
        reason = "Trang không có chữ đọc được."
        none = {name: nothing(reason) for name in (*COMMON, *own)}
        none |= {name: _not_sure(field) for name, field in marks_of(pages).items()}
        return Found(none, 0.0, guess.form)
    sights = cache(lambda number: Sight(_page(pages, number), pictures))
    read = [page for page in pages if page.text.lines]
    heads = cache(lambda: [lay_out(page) for page in read[:MAX_LABEL_PAGES]])
    tails = cache(lambda: [lay_out(page) for page in read[-MAX_TAIL_PAGES:]])
    ending = find_ending(pages)
    first = open_page(view)
    fields = _of_head(first, kind, reference, pages, sights(view.number))
    fields |= _of_end(ending) | marks_of(pages, ending, sights) | _of_subject(heads, kind)
    if fields["issued_on"].page is None:
        today = reference.today
        fields["issued_on"] = dated_elsewhere(heads, tails, ending, kind, today, sights)
    if hand:
        reading = HandReading(hand, sights(view.number), pages, reference.today, kind, strips)
        printed = weigh("notation", fields["notation"], _regular(first)).confidence
        fields |= read_hands(fields, printed, first, reading)
        known = Around(reference.today, contents=tuple(named))
        fields |= weigh_hands(fields, known, DEFAULT)
    fields |= _numbered_otherwise(fields, kind)
    described = {one.name: one for one in kind.described} if kind else {}
    fields |= {
        name: own_field(name, heads(), described, labels or {})
        for name in own
        if name not in fields
    }
    fields |= _stamped(fields, ending, pages, sights, strips)
    if guess.code is None:
        fields |= {name: _not_sure(fields[name]) for name in ("has_seal", "has_signature")}
    ordered = (*COMMON, *(name for name in own if name not in COMMON))
    return Found({name: fields[name] for name in ordered}, _regular(first), guess.form)


def _not_sure(mark: FieldValue) -> FieldValue:
    """A mark on a page that is no paper we know: a photograph has red rounds as well."""
    return replace(mark, sure=False, confidence=min(mark.confidence, _ON_NO_PAPER))


def _stamped(
    fields: Fields,
    ending: Ending | None,
    pages: Sequence[PageView],
    sights: Callable[[int], Sight],
    strips: Strips | None,
) -> dict[str, FieldValue]:
    """The signer's name from a stamp in red, where none is printed."""
    block = ending.signature if ending else None
    if ending is None or block is None or fields["signer_name"].value is not None:
        return {}
    number = ending.layout.number
    sight = sights(number)
    picture = sight.picture()
    if picture is None:
        return {}
    marks = _page(pages, number).marks
    found = stamped_name(picture, block, marks, number, sight.dpi, strips)
    return {"signer_name": found} if found else {}


def _regular(first: FirstPage) -> float:
    """How much of a head stands in its place, 0 to 1."""
    head = first.head
    parts = (head.nation, head.motto, head.issuer, head.number, head.date)
    return sum(bool(part) for part in parts) / len(parts)


def _page(pages: Sequence[PageView], number: int) -> PageView:
    return next(page for page in pages if page.number == number)


def _numbered_otherwise(fields: Fields, kind: Kind | None) -> dict[str, FieldValue]:
    """A register's number has its year for notation; a card's own number is its holder's."""
    found = {}
    if fields["notation"].value is None and fields["number"].value:
        found["notation"] = register_year(fields["number"])
    if kind and kind.code in _NUMBERED_BY_HOLDER and fields["number"].value is None:
        found["number"] = fields["subject_id"]
    return found


def _of_head(
    first: FirstPage,
    kind: Kind | None,
    reference: Reference,
    pages: Sequence[PageView],
    sight: Sight,
) -> dict[str, FieldValue]:
    number = number_field(first, kind, number_written(first, sight))
    unread = missing_number(first, sight) if number.page is None else None
    return {
        "number": unread_number(unread, first.layout.number) if unread else number,
        "notation": notation_field(first, kind),
        "issued_on": date_field(first, reference.today, sight),
        "issuer": issuer_field(first, reference, pages),
        "abstract": abstract_field(first, kind, reference, pages),
        "secrecy": _stamp(first.layout, _SECRECY),
        "urgency": _stamp(first.layout, _URGENCY),
    }


def _stamp(layout: Layout, wordings: Sequence[str]) -> FieldValue:
    """A secrecy or urgency mark standing alone in the upper third."""
    for run in layout.runs:
        if layout.down(run) > 0.35:
            break
        text = run.text.strip(" .:;|_-[]()")
        if len(run.words) > 3 or capitals(text) < 0.9:
            continue
        for wording in wordings:
            if squeeze(text) == squeeze(wording) and (len(wording) > 4 or text == wording):
                return seen(wording, run, "Dấu chỉ mức độ ở phần đầu trang.")
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
        return seen(None, signature.title, "Không đọc được tên dưới chức vụ ký.")
    strength = 0.8 if signature.name_mended or signature.several else 1.0
    return seen(
        signature.name_text, signature.name,
        "Dòng cuối của khối chữ ký, bên phải cuối văn bản.", strength=strength,
        known=float(is_known_name(signature.name_text or "")),
        agreed=float(signature.title is not None),
    )  # fmt: skip


def _signer_title(ending: Ending) -> FieldValue:
    signature = ending.signature
    if signature is None or signature.title is None:
        return nothing("Không thấy chức vụ người ký.")
    added = len((signature.title_text or "").split()) > len(signature.title.text.split())
    lone_deputy = (signature.title_text or "").startswith(("PHÓ ", "THỨ TRƯỞNG"))
    doubtful = added or signature.guessed or signature.several or lone_deputy  # "KT." may be lost
    strength = 0.8 if doubtful else 0.92 if signature.title_mended else 1.0
    read = re.sub(r"\s+", " ", signature.title.text).strip()
    other = (Alternative(read, 0.3),) if signature.title_mended else ()
    return seen(
        signature.title_text, signature.title,
        "Các dòng chữ hoa trên chữ ký.", strength=strength, alternatives=other,
        known=float(is_known_title(signature.title_text or "")),
        agreed=float(signature.name is not None),
    )  # fmt: skip


def _recipients(ending: Ending) -> FieldValue:
    if not ending.recipients:
        return nothing("Không thấy “Nơi nhận”.")
    value = "; ".join(ending.places)
    return seen(value, join(ending.recipients), "Danh sách dưới “Nơi nhận”.")


_NUMBERED_BY_HOLDER = ("KQ-CC", "KQ-CMND", "KQ-DKDN", "KQ-HTX")
"""Kinds whose own number is their holder's: cards, business registrations."""


def _of_subject(
    layouts: Callable[[], Sequence[Layout]], kind: Kind | None
) -> dict[str, FieldValue]:
    """An office's letter names others than its subject: it is asked only where the kind says so."""
    if kind and kind.group[:1] in "AC" and "subject_name" not in kind.own_fields:
        missing = nothing("Loại văn bản này không ghi chủ thể.")
        return {"subject_id": missing, "subject_name": missing, "expires_on": missing}
    heads = layouts()
    return {
        "subject_id": _people.subject_id(heads),
        "subject_name": _people.subject_name(heads),
        "expires_on": _people.expires_on(heads),
    }
