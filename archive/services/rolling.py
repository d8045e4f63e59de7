"""The rolling check: every form in every place is read within the period set, a slice at a time."""

import datetime as dt
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from django.db.models import Count, Min, Q, QuerySet, Sum

from archive.fixity import MEGABYTE, SENTENCES, FixityPlan, Pace
from archive.models import AuditEvent, BlobCopy, FixityRound
from archive.services.audit import record_event, record_once
from archive.services.custody import (
    RETRY,
    Look,
    Outcome,
    Strongroom,
    due_to_copy,
    look_at,
    mark,
    rows_of,
)
from archive.states import CopyState
from archive.stores.errors import DiskFullError, StoreError, StoreUnavailableError
from archive.tags import Tag
from archive.writing import writing
from proof.types import Problem, What

log = logging.getLogger(__name__)

EARLY = 0.9
"""The share of the period after which a blob is due again: what is left makes up for stops."""
MOST_TOLD = 1_000
"""What a first page counts of troubles; the daily event counts them all."""
STEP = 200
"""Rows taken up at once."""
FAULTS = (CopyState.MISSING, CopyState.DAMAGED)


@dataclass(slots=True)
class Tally:
    """What a run of looks found."""

    checked: int = 0
    read: int = 0
    """Bytes."""
    brought: int = 0
    problems: list[Problem] = field(default_factory=list)
    mended: list[Problem] = field(default_factory=list)
    """Problems found and mended; not among `problems`."""
    away: set[str] = field(default_factory=set)
    """Places that could not be used."""

    def add(self, row: BlobCopy, look: Look) -> None:
        """Count one look."""
        self.checked += 1
        self.read += look.size
        self.brought += look.outcome is Outcome.BROUGHT
        if look.what is None or look.outcome in (Outcome.BROUGHT, Outcome.DUE):
            return
        detail = f"{SENTENCES[look.what]} ({row.place}, {row.form})"
        if look.outcome is Outcome.MENDED:
            self.mended.append(Problem(row.blob_id, look.what, f"{detail} Đã sửa từ bản sao."))
        else:
            self.problems.append(Problem(row.blob_id, look.what, f"{detail} Chưa sửa được."))

    def add_extra(self, found: Iterable[tuple[str, str]]) -> None:
        """Bytes that no row names, with their places."""
        what = What.BLOB_EXTRA
        self.problems += [
            Problem(name, what, f"{SENTENCES[what]} ({place})") for name, place in found
        ]

    def with_(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(
            self.checked + other.checked,
            self.read + other.read,
            self.brought + other.brought,
            self.problems + other.problems,
            self.mended + other.mended,
            self.away | other.away,
        )


def due_to_check(room: Strongroom, plan: FixityPlan, now: dt.datetime) -> "QuerySet[BlobCopy]":
    """What has not been read for most of the period, the longest unread first."""
    before = now - dt.timedelta(days=plan.days * EARLY)
    never_or_long_ago = Q(checked_at=None) | Q(checked_at__lte=before)
    present = rows_of(room).filter(never_or_long_ago, state=CopyState.PRESENT)
    return present.order_by("checked_at", "pk")


def check_slice(
    room: Strongroom,
    plan: FixityPlan,
    pace: Pace,
    *,
    seconds: float,
    now: dt.datetime,
    away: Iterable[str] = (),
) -> Tally:
    """Read what is due, first what some place still misses, for so many seconds at most.

    Places that are known to be away are not tried.
    """
    tally, over = Tally(away=set(away)), time.monotonic() + seconds
    for rows in (due_to_copy(room, now), due_to_check(room, plan, now)):
        for row in rows.exclude(place__in=tally.away)[:STEP]:
            if time.monotonic() > over or pace.wait() > 0:
                return tally
            _look(row, room, tally, now)
            pace.took(row.blob.size)
    return tally


def check_rows(
    rows: "QuerySet[BlobCopy]",
    room: Strongroom,
    *,
    tick: Callable[[], None] = lambda: None,
    now: dt.datetime | None = None,
) -> Tally:
    """Read every one of these rows, once."""
    tally, last = Tally(), 0
    while step := list(rows.filter(pk__gt=last).order_by("pk")[:STEP]):
        for row in step:
            _look(row, room, tally, now or _now())
            tick()
        last = step[-1].pk
    return tally


def _look(row: BlobCopy, room: Strongroom, tally: Tally, now: dt.datetime) -> None:
    if row.place in tally.away:
        return
    try:
        tally.add(row, look_at(row, room, now=now))
    except (StoreUnavailableError, DiskFullError) as error:
        tally.away.add(row.place)
        log.warning("copy away", extra={"place": row.place, "code": error.code})
    except StoreError as error:
        # What was written did not come back, or changed on the way: others must not wait for it.
        mark(row, retry_at=now + RETRY)
        tally.checked += 1
        what = What(row.problem) if row.problem else What.BLOB_MISSING
        tally.problems.append(Problem(row.blob_id, what, f"{error.message} ({row.place})"))
        log.exception("copy not taken", extra={"place": row.place, "code": error.code})


def open_round() -> FixityRound:
    """The round that was not finished, or a new one."""
    with writing():
        found = FixityRound.objects.filter(finished_at=None).order_by("-pk").first()
        return found or FixityRound.objects.create(started_at=_now())


def rows_of_round(room: Strongroom, round_: FixityRound) -> "QuerySet[BlobCopy]":
    """What the round has not read yet."""
    unread = Q(checked_at=None) | Q(checked_at__lt=round_.started_at)
    rows = rows_of(room).exclude(state=CopyState.LEAVING)
    return rows.filter(unread).order_by("pk")


def close_round(round_: FixityRound, tally: Tally, *, actor: str) -> None:
    """Say that everything was read, and what was found by this last run."""
    with writing():
        round_.finished_at = _now()
        round_.save(update_fields=["finished_at"])
        record_event(
            Tag.FIXITY_ROUND,
            actor=actor,
            subject=f"fixity:round-{round_.pk}",
            detail={
                "started_at": round_.started_at.isoformat(),
                "checked": tally.checked,
                "problems": len(tally.problems),
                "mended": len(tally.mended),
            },
        )


def close_day(room: Strongroom, plan: FixityPlan, now: dt.datetime) -> bool:
    """One event for the last day before today on which something was read; whether one was due."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    last = rows_of(room).filter(checked_at__lt=midnight).order_by("-checked_at").first()
    if last is None or last.checked_at is None:
        return False
    begin = last.checked_at.replace(hour=0, minute=0, second=0, microsecond=0)
    subject = f"fixity:{begin.date().isoformat()}"
    if AuditEvent.objects.filter(subject=subject, tag=Tag.FIXITY_DAY).exists():
        return False
    that_day = rows_of(room).filter(checked_at__gte=begin, checked_at__lt=midnight)
    told = that_day.aggregate(checked=Count("pk"), bytes=Sum("blob__size"))
    detail = {
        "checked": told["checked"],
        "bytes": told["bytes"] or 0,
        "faulty": rows_of(room).filter(state__in=FAULTS).count(),
        "overdue": sum(state.overdue for state in custody_state(room, plan, now)),
    }
    return record_once(Tag.FIXITY_DAY, subject, detail)


@dataclass(frozen=True, slots=True)
class PlaceState:
    """How one copy stands."""

    place: str
    forms: int
    """Forms of blobs that are to be there."""
    bytes: int
    planned: int
    """Due to be brought there."""
    faulty: int
    """Missing or damaged, and not mended."""
    overdue: int
    """Not read within the period."""
    leaving: int
    """To be deleted when the lock allows."""
    oldest: dt.datetime | None
    """When the longest unread was read."""


def custody_state(room: Strongroom, plan: FixityPlan, now: dt.datetime) -> tuple[PlaceState, ...]:
    """How every copy stands, the first one first."""
    return tuple(_place_state(place, plan, now) for place in room.places)


def _place_state(place: str, plan: FixityPlan, now: dt.datetime) -> PlaceState:
    late = Q(checked_at__lt=now - dt.timedelta(days=plan.days))
    present = Q(state=CopyState.PRESENT)
    told = BlobCopy.objects.filter(place=place).aggregate(
        forms=Count("pk", filter=~Q(state=CopyState.LEAVING)),
        bytes=Sum("blob__size", filter=~Q(state=CopyState.LEAVING)),
        planned=Count("pk", filter=Q(state=CopyState.PLANNED)),
        faulty=Count("pk", filter=Q(state__in=FAULTS)),
        overdue=Count("pk", filter=present & late),
        leaving=Count("pk", filter=Q(state=CopyState.LEAVING)),
        oldest=Min("checked_at", filter=present),
    )
    return PlaceState(place=place, **told | {"bytes": told["bytes"] or 0})


@dataclass(frozen=True, slots=True)
class Trouble:
    """What one place lacks: three counts that an index gives, none higher than MOST_TOLD."""

    place: str
    planned: int
    faulty: int
    overdue: int


def troubles(room: Strongroom, plan: FixityPlan, now: dt.datetime) -> Iterator[Trouble]:
    """Of every copy, the first one first."""
    before = now - dt.timedelta(days=plan.days)
    for place in room.places:
        rows = BlobCopy.objects.filter(place=place)
        yield Trouble(
            place=place,
            planned=rows.filter(state=CopyState.PLANNED)[:MOST_TOLD].count(),
            faulty=rows.filter(state__in=FAULTS)[:MOST_TOLD].count(),
            overdue=rows.filter(state=CopyState.PRESENT, checked_at__lt=before)[:MOST_TOLD].count(),
        )


def is_too_slow(states: Iterable[PlaceState], plan: FixityPlan) -> bool:
    """Whether the rate cannot read everything within the period."""
    per_period = plan.megabytes_per_second * MEGABYTE * plan.days * 86_400
    return sum(state.bytes for state in states) > per_period


def faulty_rows(room: Strongroom) -> Iterator[Problem]:
    """What is known to be wrong and is not mended."""
    for row in rows_of(room).filter(state__in=FAULTS).order_by("blob_id", "place"):
        what = next((one for one in SENTENCES if one == row.problem), None)
        if what is not None:
            yield Problem(row.blob_id, what, f"{SENTENCES[what]} ({row.place}, {row.form})")


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
