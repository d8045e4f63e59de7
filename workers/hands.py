"""What a pen wrote, where records meet the library: what is known around it, weighed, kept."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import cv2
import numpy as np

from archive.models import Document, Field, HandCrop, Mention, StageRun
from archive.services.contents import plan_comparison_of
from archive.services.documents import (
    LOCAL_TIME,
    copy_columns,
    plan_check,
    plan_index,
)
from archive.services.hands import (
    NAMES,
    is_open,
    may_keep_crops,
    mentions_of,
    note_hand,
    orders_around,
    plan_weighing_beside,
    plan_weighing_of,
    record_crops,
    record_mentions,
    record_weighed,
    sure_alone,
    words_on_hands,
)
from archive.states import Protection
from archive.stores.errors import BlobMissingError
from classify import Around, Citation, Fields, FieldValue, PageView
from classify import Mention as Naming
from classify import Neighbour as Beside
from classify.hands import hand_from_json, register_of, shape_of, weigh_hands
from classify.types import Hand, Slot
from imaging.types import Box, Pixels
from workers.beside import namings
from workers.contents import listed_with
from workers.house import House
from workers.outcome import Outcome
from workers.views import document_pages, field_row, page_pictures

ROOM = 1.5
"""Room kept around a place in heights of its print: what the reader looks at, and some."""
_PNG = (int(cv2.IMWRITE_PNG_COMPRESSION), 9)
_DIGITS = re.compile(r"\s*(\d{1,6}[A-Za-zđĐ]?)(?=\s*[/-])")


def scanned_on(document: Document) -> dt.date:
    """The day on which a paper's file was received: nothing on it is younger."""
    return document.receipt.received_at.astimezone(LOCAL_TIME).date()


def around_of(document: Document, fields: Fields) -> Around:
    """What the records know of a paper outside its pages, by bounded queries."""
    register, year = place_in_register(fields)
    return Around(
        today=scanned_on(document),
        contents=tuple(listed_with(document)),
        mentions=tuple(_naming(row) for row in mentions_of(document, register=register, year=year)),
        orders=tuple(
            tuple(Beside(*(getattr(one, name) for name in Beside._fields)) for one in order)
            for order in orders_around(document)
        ),
    )


def _naming(row: Mention) -> Naming:
    """One naming; a paper that not everybody may see is called by its id."""
    document = row.document
    plain = document.protection == Protection.ORDINARY and document.number
    day = row.issued_on.isoformat() if row.issued_on else ""
    return Naming(row.number, day, row.issuer, row.how, document.number if plain else document.pk)


def place_in_register(fields: Mapping[str, FieldValue]) -> tuple[str, int]:
    """The register that a paper's number comes from, and the year on it; empty and 0 if unread."""
    number, day = fields["number"], fields["issued_on"]
    letters = str(fields["notation"].value or "")
    shape = shape_of(number.hand, letters) if number.hand else str(number.value or "")
    year = day.hand.shape if day.hand else str(day.value or "")[:4]
    return register_of(shape), int(year) if year.isdigit() else 0


def mention_rows(kind_name: str, pages: Sequence[PageView], until: dt.date) -> list[dict[str, Any]]:
    """What a paper names with certainty in its grounds or as a register, rows for its record."""
    return [
        _mention(how, one)
        for how, one in namings(kind_name, pages, until)
        if register_of(one.number)
    ]


def _mention(how: str, one: Citation) -> dict[str, Any]:
    return {
        "how": how,
        "number": one.number[:100],
        "register": register_of(one.number)[:60],
        "issued_on": dt.date.fromisoformat(one.issued_on) if one.issued_on else None,
        "issuer": one.issuer[:300],
    }


def record_hands(document: Document, fields: Fields, mentions: Iterable[Mapping[str, Any]]) -> None:
    """After a paper was read: what it names, whether it waits with a hand, whom it may help."""
    waits = any(fields[name].hand is not None for name in NAMES)
    register, year = place_in_register(fields)
    note_hand(document, register=register, year=year, is_open=waits)
    plan_weighing_of(record_mentions(document, mentions))
    if sure_alone(document):
        plan_weighing_beside(document)


def weigh(run: StageRun, house: House) -> Outcome:
    """Weigh again what a pen wrote on a paper that waits; what a person typed stays."""
    document = Document.objects.select_related("receipt__batch").filter(pk=run.subject_id).first()
    if document is None or not is_open(document):
        return Outcome(lambda _: None)
    fields = read_fields(document)
    weighed = weigh_hands(fields, around_of(document, fields), house.promise)
    rows = [field_row(name, value) for name, value in weighed.items()]
    before = sure_alone(document)

    def apply(_: tuple[str, ...]) -> None:
        changed = record_weighed(document, rows)
        if not changed:
            return
        copy_columns(document, {name: weighed[name].value for name in changed})
        plan_index(document, run.key)
        plan_comparison_of(document)
        plan_check(document, run.key)
        if sure_alone(document) != before:
            plan_weighing_beside(document)

    return Outcome(apply)


def read_fields(document: Document) -> dict[str, FieldValue]:
    """A record's fields as the library's values, those that weighing looks at."""
    rows = {row.name: row for row in document.fields.filter(name__in=(*NAMES, *_BESIDE))}
    return {name: _value(rows.get(name)) for name in (*NAMES, *_BESIDE)}


_BESIDE = ("notation", "issuer")


def _value(row: Field | None) -> FieldValue:
    if row is None:
        return FieldValue(None, None, 0.0, sure=False, page=None, box=None, reason="")
    typed = row.corrected_by_id is not None
    return FieldValue(
        row.value, row.as_printed, row.confidence, sure=row.sure, page=row.page,
        box=Box(*row.box) if row.box else None, reason=row.reason, handwritten=row.handwritten,
        hand=None if typed or row.hand is None else hand_from_json(row.hand),
    )  # fmt: skip


def lesson(run: StageRun, house: House) -> Outcome:
    """Cut out what a pen wrote where a person said what it is, and keep it to learn from."""
    document = (
        Document.objects.select_related("receipt__batch", "confirmed_by")
        .filter(pk=run.subject_id)
        .first()
    )
    if document is None:
        return Outcome(lambda _: None)
    if not may_keep_crops(document):
        return Outcome(lambda _: record_crops(document, []))
    words = words_on_hands(document, house.confirm_account)
    try:
        cuts = _cuts(document, words, house)
    except BlobMissingError:  # sealed and swept meanwhile: there is nothing to cut from
        return Outcome(lambda _: None)
    rows = [row for row, _ in cuts]
    return Outcome(
        lambda kept: record_crops(
            document,
            [row | {"sha256": sha256} for row, sha256 in zip(rows, kept, strict=True)],
        ),
        blobs=tuple(png for _, png in cuts),
    )


def _cuts(
    document: Document, words: Mapping[str, Field], house: House
) -> list[tuple[dict[str, Any], bytes]]:
    pages = {page.number: page for page in document_pages(document)}
    pictures = page_pictures(pages.values(), house)
    found = []
    for field in words.values():
        if field.page not in pages:
            continue
        hand = hand_from_json(field.hand or {})
        labels = labels_of(hand, str(field.value))
        picture = pictures(field.page) if labels else None
        for slot in hand.slots:
            if picture is not None and slot.name in labels:
                png, place = cut_around(picture, slot.box)
                found.append((_row(slot, labels[slot.name], place), png))
    return found


def _row(slot: Slot, label: str, place: Box) -> dict[str, Any]:
    readings = [[text, round(chance, 5)] for text, chance in slot.readings]
    return {"slot": slot.name, "label": label, "readings": readings, "place": list(place)}


def labels_of(hand: Hand, value: str) -> dict[str, str]:
    """Slot -> the digits that stand there by a person's word; empty where it cannot be told.

    A day is one word for two ways of writing: "7" or "07", whichever the machine saw likelier; by
    NĐ 30/2020 the 0 is written, before months 1 and 2 too.
    """
    if not hand.letters and not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return {}
    if hand.letters:
        match = _DIGITS.match(value)
        return {"number": match[1]} if match else {}
    year, month, day = value.split("-")
    if year != hand.shape:
        return {}
    return {
        slot.name: _written(slot, day if slot.name == "day" else month)
        for slot in hand.slots
        if slot.name in ("day", "month")
    }


def _written(slot: Slot, two: str) -> str:
    chances = dict(slot.readings)
    ways = {two, two.lstrip("0")}
    ruled = two if slot.name == "day" or two in ("01", "02") else two.lstrip("0")
    return max(sorted(ways), key=lambda way: (chances.get(way, 0.0), way == ruled))


def cut_around(picture: Pixels, place: Box) -> tuple[bytes, Box]:
    """A place with room around it as PNG, and where the place lies in it."""
    tall = place.y1 - place.y0
    room = round(ROOM * tall)
    x0, y0 = max(0, place.x0 - room), max(0, place.y0 - room)
    part = picture[y0 : place.y1 + room, x0 : place.x1 + room]
    shown = part[..., ::-1] if part.ndim == 3 else part
    _, png = cv2.imencode(".png", np.ascontiguousarray(shown), _PNG)
    within = Box(place.x0 - x0, place.y0 - y0, place.x1 - x0, place.y1 - y0)
    return png.tobytes(), within


def open_crop(crop: HandCrop, house: House) -> tuple[Pixels, Box]:
    """A kept crop's pixels and the place in it. Raises the work store's errors."""
    data = np.frombuffer(house.work.read(crop.sha256), np.uint8)
    picture = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    if picture is None:
        raise BlobMissingError(detail=crop.sha256)
    pixels = np.asarray(picture[..., ::-1] if picture.ndim == 3 else picture, dtype=np.uint8)
    return pixels, Box(*crop.place)
