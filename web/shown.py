"""A document as its page shows it: pages with words and boxes, fields, history."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from archive.labels import LABELS, is_day, label_of
from archive.models import Account, ApiClient, AuditEvent, Document, Field, Page
from archive.privacy import NUMBER_FIELDS, mask_identifier
from archive.signing.testca import TEST_MARK
from search import matching
from web.words import EVENT
from workers.house import House
from workers.stages.documents import required_fields
from workers.views import document_pages, page_text

PAGES_SHOWN = 10
"""Pages with their words on one screen; a longer document is leafed through."""
MARGIN_SHARE = 250
"""A field's mark stands off its words by this part of the page's width."""
EVENTS_SHOWN = 200
ISO_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
YES, NO = "có", "không"
LONG_FIELDS = ("abstract", "recipients", "issuer", "address", "business_line", "purpose")


@dataclass(frozen=True, slots=True)
class WordShown:
    """One word and its place, "x0 y0 x1 y1" in pixels of the upright page."""

    text: str
    place: str


@dataclass(frozen=True, slots=True)
class MarkShown:
    """A rectangle over the page, in pixels of the upright page."""

    x: int
    y: int
    width: int
    height: int
    field: str = ""
    """The field that was read here; empty for a found word."""


@dataclass(frozen=True, slots=True)
class PageShown:
    """One page."""

    number: int
    """1-based place in the file."""
    place: int
    """1-based place in the document."""
    width: int
    height: int
    lines: tuple[tuple[WordShown, ...], ...]
    marks: tuple[MarkShown, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FieldShown:
    """One field beside the page."""

    name: str
    label: str
    text: str
    """The value as a person reads and types it."""
    confidence: int
    """Per cent."""
    sure: bool
    is_required: bool
    is_truth: bool
    """Whether it is yes or no."""
    is_long: bool
    is_date: bool
    reason: str
    alternatives: tuple[str, ...]
    machine_text: str
    """What the machine had read, where a person corrected it."""
    page: int | None
    """1-based place in the document."""
    is_by_hand: bool = False
    """Whether a pen wrote it: its place on the page is shown large beside it."""
    evidence: tuple[str, ...] = ()
    """What each piece of context says of a value by hand, a sentence each."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was read, asked for or offered: shown last, folded away."""
        return not (self.text or self.is_required or self.alternatives)

    @property
    def needs_look(self) -> bool:
        """Whether a person should look: not sure, and required, read at all or offered."""
        return not self.sure and not self.is_empty


@dataclass(frozen=True, slots=True)
class EventShown:
    """One event of a document's history."""

    at: dt.datetime
    what: str
    who: str


@dataclass(frozen=True, slots=True)
class Leaves:
    """Which pages of the document are on the screen."""

    shown: tuple[PageShown, ...]
    first: int
    last: int
    total: int

    @property
    def before(self) -> int | None:
        """First page of the leaf before this one."""
        return max(1, self.first - PAGES_SHOWN) if self.first > 1 else None

    @property
    def after(self) -> int | None:
        """First page of the leaf after this one."""
        return self.last + 1 if self.last < self.total else None


def leaves_of(document: Document, house: House, *, place: int, query: str) -> Leaves:
    """Return the pages around a place in the document, the question's words marked."""
    pages = document_pages(document)
    first = (min(max(place, 1), max(len(pages), 1)) - 1) // PAGES_SHOWN * PAGES_SHOWN
    chosen = pages[first : first + PAGES_SHOWN]
    fields = list(document.fields.exclude(box=None))
    shown = tuple(
        _page(page, page.number - document.first_page + 1, fields, query, house) for page in chosen
    )
    return Leaves(shown, first + 1, first + len(chosen), len(pages))


def _page(page: Page, place: int, fields: list[Field], query: str, house: House) -> PageShown:
    text = page_text(page, house)
    words = [word for line in text.lines for word in line.words]
    found = matching([word.text for word in words], query) if query else ()
    marks = [_mark(words[index].box) for index in found]
    marks += [
        _mark(field.box, field.name, margin=max(3, text.width // MARGIN_SHARE))
        for field in fields
        if field.page == page.number and field.box is not None
    ]
    return PageShown(
        number=page.number,
        place=place,
        width=max(1, text.width or page.width),
        height=max(1, text.height or page.height),
        lines=tuple(
            tuple(WordShown(word.text, " ".join(map(str, word.box))) for word in line.words)
            for line in text.lines
        ),
        marks=tuple(marks),
        problems=tuple(str(problem["message"]) for problem in page.problems),
    )


def _mark(box: Iterable[int], field: str = "", *, margin: int = 0) -> MarkShown:
    x0, y0, x1, y1 = box
    width, height = max(1, x1 - x0), max(1, y1 - y0)
    return MarkShown(x0 - margin, y0 - margin, width + 2 * margin, height + 2 * margin, field)


def fields_of(
    document: Document,
    house: House,
    *,
    typed: Mapping[str, str] | None = None,
    masked: bool = False,
) -> list[FieldShown]:
    """Return the fields read, those the kind requires and its own, in the order of the labels.

    `typed` are values that a person typed and that could not be taken yet. `masked`: personal
    numbers are not shown in full.
    """
    rows = {field.name: field for field in document.fields.all()}
    catalogue = house.catalogue()
    required = required_fields(document.kind_code, catalogue)
    kind = catalogue.kind(document.kind_code) if document.kind_code else None
    names = dict.fromkeys((*rows, *required, *(kind.own_fields if kind else ())))
    printed = {words.name: words.labels[0] for words in (kind.described if kind else ())}
    order = list(LABELS)
    ordered = sorted(names, key=lambda name: order.index(name) if name in order else len(order))
    shown = [
        _field(
            document,
            rows.get(name) or Field(document=document, name=name),
            is_required=name in required,
            typed=(typed or {}).get(name),
            printed=printed.get(name),
        )
        for name in ordered
    ]
    return [_masked(field) if masked else field for field in shown]


def _masked(field: FieldShown) -> FieldShown:
    if field.name not in NUMBER_FIELDS:
        return field
    machine = mask_identifier(field.machine_text)
    return replace(field, text=mask_identifier(field.text), machine_text=machine, alternatives=())


def _field(
    document: Document,
    field: Field,
    *,
    is_required: bool,
    typed: str | None,
    printed: str | None,
) -> FieldShown:
    """One field; `printed` is the label that the catalogue gives it, for those we have none for."""
    return FieldShown(
        name=field.name,
        label=LABELS.get(field.name) or printed or field.name,
        text=text_of(field.name, field.value) if typed is None else typed,
        confidence=round(field.confidence * 100),
        sure=field.sure,
        is_required=is_required,
        is_truth=field.name.startswith("has_"),
        is_long=field.name in LONG_FIELDS,
        is_date=is_day(field.name),
        reason=field.reason,
        alternatives=tuple(
            text_of(field.name, other["value"]) for other in field.alternatives if other["value"]
        ),
        machine_text=_machine_text(field),
        page=field.page - document.first_page + 1 if field.page and field.box else None,
        is_by_hand=field.handwritten,
        evidence=tuple(field.hand["evidence"]) if field.hand else (),
    )


def _machine_text(field: Field) -> str:
    if field.corrected_at is None or field.machine_value == field.value:
        return ""
    return text_of(field.name, field.machine_value) or "không đọc được"


def text_of(name: str, value: Any) -> str:
    """Return a value as a person reads and types it: dates as dd/mm/yyyy, truths as có/không."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    text = str(value)
    iso = ISO_DAY.fullmatch(text) if is_day(name) else None
    return f"{iso[3]}/{iso[2]}/{iso[1]}" if iso else text


def history_of(document: Document) -> list[EventShown]:
    """Return what happened to a document, in plain words, oldest first."""
    events = AuditEvent.objects.filter(subject=f"document:{document.pk}").order_by("-seq")
    chosen = list(events[:EVENTS_SHOWN])[::-1]
    names = names_of(event.actor for event in chosen)
    return [
        EventShown(
            at=dt.datetime.fromisoformat(event.at),
            what=_what(event),
            who=names.get(event.actor, event.actor),
        )
        for event in chosen
    ]


def _what(event: AuditEvent) -> str:
    what = EVENT.get(event.tag, event.tag)
    fields = event.detail.get("fields")
    purpose = event.detail.get("purpose")
    if purpose:
        dossier = event.detail.get("dossier")
        return f"{what}: {purpose}" + (f", hồ sơ {dossier}" if dossier else "")
    if isinstance(fields, list):
        return f"{what}: {', '.join(label_of(name) for name in fields)}"
    return what


def names_of(untold: Iterable[str]) -> dict[str, str]:
    """Return the names of accounts and API clients that the chain knows by code."""
    actors = set(untold)
    names = {account.username: str(account) for account in _accounts(actors)}
    for client in ApiClient.objects.filter(pk__in=_client_ids(actors)):
        names[f"client:{client.pk}"] = f"{client.name} (máy)"
    return names | {"machine": "Máy"}


def _accounts(actors: set[str]) -> Iterable[Account]:
    return Account.objects.filter(username__in=actors)


def _client_ids(actors: set[str]) -> list[int]:
    return [int(actor.partition(":")[2]) for actor in actors if actor.startswith("client:")]


def is_test_signed(document: Document) -> bool:
    """Whether a test key signed: such papers are worth nothing outside this machine."""
    return any(TEST_MARK in row.signer for row in document.signatures.all())
