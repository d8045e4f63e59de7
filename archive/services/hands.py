"""Verbs of what a pen wrote: named by other papers, weighed again, kept to learn from, erased."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from archive.ledger import Plan, plan_runs
from archive.models import (
    Account,
    Document,
    Field,
    HandCrop,
    Mention,
    OpenHand,
    StageRun,
)
from archive.permissions import require
from archive.services.audit import record_event
from archive.stages import Stage, priority_of
from archive.states import DocumentStatus, Protection, RunState
from archive.tags import Tag
from archive.writing import writing

NAMES = ("number", "issued_on")
"""Fields whose digits are read from a hand."""
WINDOW = 12
"""Papers on each side that are asked for the order of a batch or dossier."""
MOST_MENTIONS = 200
"""Namings that one paper is weighed with."""
MOST_AT_ONCE = 50
"""Papers that one event has weighed again."""
MOST_WEIGHINGS = 12
"""Of one paper: whatever becomes known after these, a person decides."""
MOST_CROPS = 5_000
"""Crops kept; the oldest are erased."""
_STILL_OPEN = Q(
    document__status__in=(DocumentStatus.PROCESSING, DocumentStatus.WAITING),
    document__confirmed_at=None,
    document__signed_sha256="",
)


def record_mentions(document: Document, rows: Iterable[Mapping[str, Any]]) -> list[Mention]:
    """Write the papers that this one names, in place of those before; return what is new."""
    old = set(document.mentions.values_list("how", "number", "issued_on", "issuer"))
    made = [Mention(document=document, **row) for row in rows]
    if {(row.how, row.number, row.issued_on, row.issuer) for row in made} == old:
        return []
    document.mentions.all().delete()
    Mention.objects.bulk_create(made)
    return [row for row in made if (row.how, row.number, row.issued_on, row.issuer) not in old]


def mentions_of(document: Document, *, register: str, year: int) -> list[Mention]:
    """Return namings that may mean a paper of this register and year, by other papers."""
    if not register:
        return []
    rows = Mention.objects.filter(register=register).exclude(document=document)
    rows = rows.exclude(document__status=DocumentStatus.REFUSED)
    if year:
        whole = Q(issued_on__gte=dt.date(year, 1, 1), issued_on__lte=dt.date(year, 12, 31))
        rows = rows.filter(whole | Q(issued_on=None))
    return list(rows.select_related("document").order_by("-pk")[:MOST_MENTIONS])


def note_hand(document: Document, *, register: str, year: int, is_open: bool) -> None:
    """Write whether a paper waits with a number or day by hand, and of which register."""
    if is_open:
        OpenHand.objects.update_or_create(
            document=document, defaults={"register": register[:60], "year": year}
        )
    else:
        OpenHand.objects.filter(document=document).delete()


def close_hand(document: Document) -> None:
    """Forget that a paper waits with a hand: a person stood for it, or refused it."""
    OpenHand.objects.filter(document=document).delete()


@dataclass(frozen=True, slots=True)
class Near:
    """A paper scanned beside another, with its sure number and day."""

    place: int
    """How many papers before (below 0) or after it."""
    number: str
    issued_on: str
    issuer: str


def orders_around(document: Document) -> list[list[Near]]:
    """Return the papers before and after one, in its batch and in each of its dossiers."""
    orders = _orders(document)
    sure = _sure_values({one.pk for order in orders for _, one in order})
    return [
        [
            Near(place, sure.get((one.pk, "number"), ""), sure.get((one.pk, "issued_on"), ""),
                 one.issuer)
            for place, one in order
        ]
        for order in orders
    ]  # fmt: skip


def _orders(document: Document) -> list[list[tuple[int, Document]]]:
    dossiers = document.dossiers.values_list("pk", flat=True)[:2]
    scopes = [Q(receipt__batch=document.receipt.batch_id), *(Q(dossiers=one) for one in dossiers)]
    return [_beside(document, scope) for scope in scopes]


def _beside(document: Document, of: Q) -> list[tuple[int, Document]]:
    """Papers with how far they lie before or after one, at most `WINDOW` on each side."""
    rows = Document.objects.filter(of).exclude(status=DocumentStatus.REFUSED).only("pk", "issuer")
    at = (document.receipt.batch_id, document.receipt.position, document.first_page)
    batch, position, page = at
    same = Q(receipt__batch=batch, receipt__position=position)
    before = (
        Q(receipt__batch__lt=batch)
        | Q(receipt__batch=batch, receipt__position__lt=position)
        | same & Q(first_page__lt=page)
    )
    after = (
        Q(receipt__batch__gt=batch)
        | Q(receipt__batch=batch, receipt__position__gt=position)
        | same & Q(first_page__gt=page)
    )
    order = ("receipt__batch", "receipt__position", "first_page")
    ahead = rows.filter(before).order_by(*(f"-{name}" for name in order))[:WINDOW]
    behind = rows.filter(after).order_by(*order)[:WINDOW]
    return [(-1 - at, one) for at, one in enumerate(ahead)] + [
        (1 + at, one) for at, one in enumerate(behind)
    ]


def _sure_values(ids: Iterable[str]) -> dict[tuple[str, str], str]:
    """(Document, field) -> the value where it is sure by itself, or a person's.

    What a pen wrote counts only where it is sure without its neighbours (`alone`), so that papers
    never make each other sure in a circle.
    """
    found = {}
    rows = Field.objects.filter(document__in=list(ids), name__in=NAMES, value__isnull=False)
    for row in rows.values("document_id", "name", "value", "sure", "hand", "corrected_by_id"):
        alone = row["hand"] is None or row["hand"]["alone"] == row["value"]
        if row["corrected_by_id"] or (row["sure"] and alone):
            found[row["document_id"], row["name"]] = str(row["value"])
    return found


def sure_alone(document: Document) -> dict[str, str]:
    """Return a paper's own number and day as far as they are context for others."""
    return {name: value for (_, name), value in _sure_values([document.pk]).items()}


def plan_weighing(documents: Iterable[str]) -> None:
    """Plan to weigh again what a pen wrote on these papers, as far as they wait for it.

    A run that waits already will see what is known when it is claimed: no second one is planned.
    Runs come after everything that is being read, and end after `MOST_WEIGHINGS`.
    """
    rows = OpenHand.objects.filter(_STILL_OPEN, document__in=list(documents))
    found = list(rows.values_list("document_id", "document__receipt_id")[:MOST_AT_ONCE])
    if not found:
        return
    before = StageRun.objects.filter(
        stage=Stage.WEIGH, subject_type="document", subject_id__in=[one for one, _ in found]
    )
    waits = set(before.filter(state=RunState.READY).values_list("subject_id", flat=True))
    counts = dict(before.values_list("subject_id").annotate(Count("pk")).order_by())
    plan_runs(
        Plan(
            stage=Stage.WEIGH,
            subject_type="document",
            subject_id=document,
            receipt_id=receipt,
            inputs=(document, str(counts.get(document, 0))),
            priority=priority_of(Stage.SEPARATE),
        )
        for document, receipt in found
        if document not in waits and counts.get(document, 0) < MOST_WEIGHINGS
    )


def plan_weighing_beside(document: Document) -> None:
    """Plan it for a paper whose number or day changed, and for those scanned beside it."""
    if not OpenHand.objects.exists():
        return
    orders = _orders(document)
    plan_weighing({document.pk, *(one.pk for order in orders for _, one in order)})


def plan_weighing_of(mentions: Sequence[Mention]) -> None:
    """Plan it for papers that wait and that these namings may mean."""
    if not mentions:
        return
    registers = {row.register for row in mentions}
    years = {row.issued_on.year for row in mentions if row.issued_on}
    rows = OpenHand.objects.filter(_STILL_OPEN, register__in=registers)
    if all(row.issued_on for row in mentions):
        rows = rows.filter(year__in={*years, 0})
    plan_weighing(rows.values_list("document_id", flat=True)[:MOST_AT_ONCE])


def plan_weighing_in(documents: Iterable[Document]) -> None:
    """Plan it for papers over which a table of contents was read."""
    plan_weighing([one.pk for one in documents])


def record_weighed(document: Document, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Write what a weighing came to; return the names of fields that are different now.

    A value that a person gave stays, and nothing is written of a paper that a person stood for,
    refused, or that was signed. The machine's own word is kept anew beside it.
    """
    fresh = Document.objects.select_for_update().filter(pk=document.pk).first()
    if fresh is None or not is_open(fresh):
        close_hand(document)
        return []
    fields = {field.name: field for field in fresh.fields.filter(name__in=NAMES)}
    changed = []
    for row in rows:
        field = fields.get(row["name"])
        if field is None or field.corrected_by_id is not None or field.hand is None:
            continue
        if any(getattr(field, name) != row[name] for name in _WEIGHED):
            _take(field, row)
            changed.append(field.name)
    if changed:
        record_event(
            Tag.DOCUMENT_WEIGHED,
            actor="machine",
            subject=f"document:{fresh.pk}",
            detail={"fields": changed},
        )
    return changed


_WEIGHED = ("value", "confidence", "sure", "alternatives", "reason", "hand")


def _take(field: Field, row: Mapping[str, Any]) -> None:
    for name in _WEIGHED:
        setattr(field, name, row[name])
    for name in ("value", "confidence", "sure"):
        setattr(field, f"machine_{name}", row[name])
    field.save()


def is_open(document: Document) -> bool:
    """Whether the machine may still say something of a paper's fields."""
    return (
        document.status in (DocumentStatus.PROCESSING, DocumentStatus.WAITING)
        and document.confirmed_at is None
        and not document.signed_sha256
    )


def plan_lesson(document: Document) -> None:
    """Plan to keep what a person said of a pen's digits; before the seal takes the picture away."""
    said = document.fields.filter(name__in=NAMES, hand__isnull=False)
    if document.protection != Protection.ORDINARY or not said.exists():
        return
    plan_runs(
        [
            Plan(
                stage=Stage.LESSON,
                subject_type="document",
                subject_id=document.pk,
                receipt_id=document.receipt_id,
                inputs=(document.pk, str(document.version), str(document.confirmed_at)),
                priority=priority_of(Stage.RESEAL) + 2 * len(Stage),
            )
        ]
    )


def may_keep_crops(document: Document) -> bool:
    """Whether crops of a paper may be kept: of ordinary papers alone, none that bears a mark.

    Papers of other classes tell of persons; what people typed for them is learnt from nowhere.
    """
    marked = document.fields.filter(name="secrecy", value__isnull=False).exists()
    return (
        document.protection == Protection.ORDINARY
        and document.status != DocumentStatus.REFUSED
        and not document.is_born_digital
        and not marked
    )


def words_on_hands(document: Document, machine: str) -> dict[str, Field]:
    """Return the fields by hand that a person stood for: typed, accepted, or confirmed as sure.

    `machine` names the account that confirms by itself in a batch that says so.
    """
    by_itself = document.receipt.batch.confirm and (
        document.confirmed_by is None or document.confirmed_by.username == machine
    )
    confirmed = document.confirmed_at is not None and not by_itself
    fields = document.fields.filter(name__in=NAMES, hand__isnull=False, value__isnull=False)
    return {
        field.name: field
        for field in fields
        if field.corrected_by_id is not None or (confirmed and field.sure)
    }


def record_crops(document: Document, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write crops of a document in the place of those before; too many push out the oldest.

    Rows hold slot, label, readings, place, sha256. Bytes that no row names are swept.
    """
    HandCrop.objects.filter(document=document).delete()
    if not rows:
        return
    HandCrop.objects.bulk_create(HandCrop(document=document, **row) for row in rows)
    over = HandCrop.objects.order_by("-pk").values_list("pk", flat=True)[MOST_CROPS:]
    HandCrop.objects.filter(pk__in=list(over)).delete()
    record_event(
        Tag.CROPS_KEPT,
        actor="machine",
        subject=f"document:{document.pk}",
        detail={"slots": [row["slot"] for row in rows]},
    )


def crops() -> QuerySet[HandCrop]:
    """Return the crops that may be learnt from, oldest first: of papers that are still ordinary."""
    kept = HandCrop.objects.filter(document__protection=Protection.ORDINARY)
    return kept.exclude(document__status=DocumentStatus.REFUSED).order_by("pk")


def erase_crops(account: Account) -> int:
    """Erase every crop; return how many. The bytes go with the next sweep of `work/`.

    Raises NotAllowedError.
    """
    require(account, "confirm_document")
    with writing():
        count, _ = HandCrop.objects.all().delete()
        detail = {"crops": count}
        record_event(Tag.CROPS_ERASED, actor=account.username, subject="crops", detail=detail)
    return count


def forget_crops_of(document: Document) -> None:
    """Erase the crops of a paper that was refused, protected or shredded."""
    HandCrop.objects.filter(document=document).delete()


@dataclass(frozen=True, slots=True)
class CropTally:
    """What there is to learn a hand from."""

    crops: int
    documents: int
    misread: int
    """Where the machine's first reading was another."""
    most: int = MOST_CROPS


def crop_tally() -> CropTally:
    """Count the crops kept."""
    rows = crops()
    misread = sum(
        (readings[0][0] if readings else "") != label
        for label, readings in rows.values_list("label", "readings").iterator()
    )
    return CropTally(rows.count(), rows.values("document").distinct().count(), misread)
