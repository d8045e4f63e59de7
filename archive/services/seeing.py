"""What the records say of the work itself, each by an index and counted no further than is told."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Max
from django.utils import timezone

from archive.lanes import Lane
from archive.ledger import count_due, parked_runs, resting_runs
from archive.models import BlobCopy, Document, Receipt, StageRun, WorkerSeen
from archive.stages import Stage
from archive.states import CopyState, DocumentStatus, ReceiptState, RunState
from archive.writing import writing

MOST = 100_000
"""As far as anything is counted; more is said to be so many."""
OPEN_ENTRIES = 10_000
FAILURES_SHOWN = 50
GONE_AFTER = dt.timedelta(days=7)
"""When a worker that was not seen is forgotten."""


@dataclass(frozen=True, slots=True)
class Queue:
    """What is due in one lane."""

    lane: Lane
    runs: int
    """At most `MOST`."""
    oldest_seconds: float
    """Since the oldest of them was planned; 0 where nothing is due."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Runs that were given up for one reason."""

    code: str
    message: str
    stages: tuple[str, ...]
    runs: int
    last_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a person or for a service outside."""

    for_person: int
    for_key: int
    resting: int
    given_up: int
    """Runs that are dead or failed for good, whenever that was."""
    held_overdue: int


def queues(now: dt.datetime) -> list[Queue]:
    """Every lane, in the order in which workers prefer them."""
    return [Queue(lane, count_due(lane, most=MOST), _oldest(lane, now)) for lane in Lane]


def _oldest(lane: Lane, now: dt.datetime) -> float:
    due = StageRun.objects.filter(state=RunState.READY, not_before=None, lane=lane)
    return _age(due.order_by("id").values_list("created_at", flat=True).first(), now)


def failures_since(since: dt.datetime) -> list[Failure]:
    """Runs that were given up since, by code, the most frequent first."""
    given_up = StageRun.objects.filter(
        state__in=(RunState.FAILED, RunState.DEAD), finished_at__gte=since
    )
    rows = given_up.values("error_code").annotate(
        runs=Count("pk"), last_at=Max("finished_at"), message=Max("error_message")
    )
    found = list(rows.order_by("-runs", "error_code")[:FAILURES_SHOWN])
    stages = set(given_up.values_list("error_code", "stage").distinct())
    return [
        Failure(
            row["error_code"],
            row["message"],
            tuple(sorted(stage for code, stage in stages if code == row["error_code"])),
            row["runs"],
            row["last_at"],
        )
        for row in found
    ]


def waiting(now: dt.datetime) -> Waiting:
    """What waits."""
    held = Receipt.objects.filter(state=ReceiptState.HELD, decide_by__lt=now)
    given_up = StageRun.objects.filter(
        state__in=(RunState.FAILED, RunState.DEAD), finished_at__isnull=False
    )
    return Waiting(
        for_person=Document.objects.filter(status=DocumentStatus.WAITING)[:MOST].count(),
        for_key=parked_runs()[:MOST].count(),
        resting=resting_runs()[:MOST].count(),
        given_up=given_up[:MOST].count(),
        held_overdue=held[:MOST].count(),
    )


def index_lag_seconds(now: dt.datetime) -> float:
    """Since when the oldest change waits to be found; 0 where none does."""
    entries = StageRun.objects.filter(
        stage=Stage.INDEX, state__in=(RunState.READY, RunState.RUNNING)
    )
    oldest = entries.order_by("id")[:OPEN_ENTRIES].values_list("created_at", flat=True)
    return _age(min(oldest, default=None), now)


def fixity_lag_seconds(places: Sequence[str], now: dt.datetime) -> dict[str, float]:
    """For each copy of the archive, how long the longest unread form in it was not read."""
    present = BlobCopy.objects.filter(state=CopyState.PRESENT, checked_at__isnull=False)
    return {
        place: _age(
            present.filter(place=place)
            .order_by("checked_at")
            .values_list("checked_at", flat=True)
            .first(),
            now,
        )
        for place in places
    }


def note_seen(owner: str, *, node: str, lanes: Sequence[str], version: str) -> None:
    """A worker says that it lives; those that were not seen for long are forgotten."""
    now = timezone.now()
    with writing():
        WorkerSeen.objects.update_or_create(
            owner=owner,
            defaults={"node": node, "lanes": ",".join(lanes), "version": version, "seen_at": now},
        )
        WorkerSeen.objects.filter(seen_at__lt=now - GONE_AFTER).delete()


def seen_since(since: dt.datetime) -> list[WorkerSeen]:
    """The workers that said so since, by node."""
    return list(WorkerSeen.objects.filter(seen_at__gte=since).order_by("node", "owner"))


def _age(since: dt.datetime | None, now: dt.datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
