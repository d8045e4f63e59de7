"""What people stood for, and what was learnt from it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, When

from archive.models import Account, Document, Field
from archive.permissions import require
from archive.services.audit import record_event
from archive.states import DocumentStatus
from archive.tags import Tag
from archive.writing import writing

AT_ONCE = 50
"""Papers whose fields one question reads, so few that an index always serves it."""
JUDGED = 200
"""Papers confirmed last, and values corrected last, that quality is told of."""
MOST_LESSONS = 5_000
"""Documents that one lesson is drawn from, the newest first."""


@dataclass(frozen=True, slots=True)
class FieldWord:
    """A person's word on one field of one document."""

    value: Any
    looked_at: bool
    """Whether a person changed or accepted this very field; else the whole paper was confirmed."""
    handwritten: bool


def _confirmed(machine: str) -> Q:
    """A person confirmed the paper: not the machine's account in a batch with `--confirm`."""
    by_itself = Q(confirmed_by__username=machine, receipt__batch__confirm=True)
    return Q(confirmed_by__isnull=False) & ~by_itself


def judged_documents(machine: str) -> QuerySet[Document]:
    """Documents on whose fields a person said a word; refused papers count for nothing.

    A paper that a person confirmed, or of which a person changed or accepted a field.
    """
    touched = Field.objects.filter(corrected_by__isnull=False).values("document")
    return (
        Document.objects.filter(_confirmed(machine) | Q(pk__in=touched))
        .exclude(status=DocumentStatus.REFUSED)
        .annotate(is_confirmed=Case(When(_confirmed(machine), then=True), default=False))
        .prefetch_related("fields")
        .order_by("-created_at", "pk")[:MOST_LESSONS]
    )


def words_on(document: Document) -> Mapping[str, FieldWord]:
    """Field -> what a person said of it; of a document as `judged_documents` gives it.

    Where the whole paper was confirmed, what nobody touched was confirmed with it.
    """
    is_confirmed = bool(getattr(document, "is_confirmed", False))
    return {
        field.name: FieldWord(field.value, field.corrected_by_id is not None, field.handwritten)
        for field in document.fields.all()
        if field.corrected_by_id is not None or is_confirmed
    }


def labelled_documents(machine: str) -> QuerySet[Document]:
    """Documents whose kind a person stood for; `machine` names the account that is nobody's word.

    In a batch with `--confirm` that account confirms by itself; elsewhere it is the person at the
    machine. A kind that a person changed counts although nobody confirmed the paper yet; a refused
    paper counts for nothing.
    """
    corrected = Q(kind_confidence=1.0) & (
        Q(machine_kind_code__isnull=True) | ~Q(machine_kind_code=F("kind_code"))
    )
    return (
        Document.objects.filter(_confirmed(machine) | corrected, kind_code__isnull=False)
        .exclude(status=DocumentStatus.REFUSED)
        .order_by("-created_at", "pk")[:MOST_LESSONS]
    )


def field_corrections() -> Mapping[str, Mapping[str, int]]:
    """Field -> how many values people looked at, and how many they changed."""
    looked = (
        Field.objects.filter(corrected_by__isnull=False)
        .values("name")
        .annotate(
            looked_at=Count("pk"),
            kept=Count("pk", filter=Q(value=F("machine_value"))),
        )
        .order_by("name")
    )
    return {
        row["name"]: {"looked_at": row["looked_at"], "changed": row["looked_at"] - row["kept"]}
        for row in looked
    }


def record_field_learning(account: Account, *, version: str, detail: Mapping[str, Any]) -> None:
    """Note what was learnt about fields and what is used from now on. Raises NotAllowedError."""
    record_learning(account, version=f"fields-{version}", detail=detail)


@dataclass(frozen=True, slots=True)
class FieldQuality:
    """How well one field is read here, by what people said."""

    name: str
    looked_at: int
    """Values that a person changed or accepted one by one."""
    changed: int
    passed: int
    """Values on papers that a person confirmed which the machine had called sure."""
    passed_wrong: int
    """Of these, changed by a person all the same."""


def field_quality(machine: str) -> list[FieldQuality]:
    """Fields that people looked at or that passed on the newest papers, the most changed first.

    Papers read before the machine's own word was kept count only as looked at.
    """
    changed = Q(corrected_by__isnull=False) & (~Q(value=F("machine_value")) | _ONE_EMPTY)
    passed = Q(machine_sure=True, document__confirmed_by__isnull=False) & ~Q(
        document__confirmed_by__username=machine, document__receipt__batch__confirm=True
    )
    ids = sorted(_newest_judged())
    told: dict[str, Counter[str]] = {}
    for at in range(0, len(ids), AT_ONCE):
        rows = (
            Field.objects.filter(document__in=ids[at : at + AT_ONCE])
            .exclude(document__status=DocumentStatus.REFUSED)
            .values("name")
            .annotate(
                looked_at=Count("pk", filter=Q(corrected_by__isnull=False)),
                changed=Count("pk", filter=changed),
                passed=Count("pk", filter=passed),
                passed_wrong=Count("pk", filter=passed & changed),
            )
        )
        for row in rows:
            counts = {key: value for key, value in row.items() if isinstance(value, int)}
            told.setdefault(row["name"], Counter()).update(counts)
    found = [
        FieldQuality(name, row["looked_at"], row["changed"], row["passed"], row["passed_wrong"])
        for name, row in told.items()
        if row["looked_at"] or row["passed"]
    ]
    return sorted(found, key=lambda row: (-row.changed, row.name))


def _newest_judged() -> set[str]:
    """The papers that people confirmed or corrected last, whatever the size of the archive."""
    archived = Document.objects.filter(status=DocumentStatus.ARCHIVED, confirmed_at__isnull=False)
    waiting = Document.objects.filter(status=DocumentStatus.WAITING, confirmed_at__isnull=False)
    corrected = Field.objects.filter(corrected_at__isnull=False).order_by("-corrected_at")
    found = {
        pk
        for confirmed in (archived, waiting)
        for pk in confirmed.order_by("-confirmed_at").values_list("pk", flat=True)[:JUDGED]
    }
    return found | set(corrected.values_list("document", flat=True)[:JUDGED])


_ONE_EMPTY = Q(value__isnull=True, machine_value__isnull=False) | Q(
    value__isnull=False, machine_value__isnull=True
)
"""Nothing was read and a person typed something, or the other way round."""


def record_learning(account: Account, *, version: str, detail: Mapping[str, Any]) -> None:
    """Note that a model was trained and whether it is used from now on. Raises NotAllowedError."""
    require(account, "confirm_document")
    with writing():
        record_event(
            Tag.MODEL_LEARNED, actor=account.username, subject=f"model:{version}", detail=detail
        )


def record_return(account: Account, *, version: str) -> None:
    """Note that an earlier model is used again. Raises NotAllowedError."""
    require(account, "confirm_document")
    with writing():
        record_event(Tag.MODEL_RETURNED, actor=account.username, subject=f"model:{version}")
