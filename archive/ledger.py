"""The ledger: claim by conditional update with a lease, finish fenced on the attempt.

The ledger is the truth and a message only a doorbell: losing every message costs latency and
nothing else. Stages are plain strings here; what they do is the workers' business.
"""

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction

from archive.doorbell import ring_after_commit
from archive.errors import LeaseLostError
from archive.fairness import Line, lines_due, note_turn
from archive.lanes import LANES, Lane, is_waited_for
from archive.models import Receipt, StageRun
from archive.stages import ALONE, UPKEEP, Stage
from archive.states import RunState
from archive.writing import writing

LEASE = dt.timedelta(seconds=60)
HEARTBEAT_SECONDS = 10.0
MAX_STRIKES = 3
"""Failures by a stage's own fault, after which the run is dead."""
MAX_ATTEMPTS = 50
"""Claims in all: even a run that only ever sees its machine stop must end."""
WOKEN_AT_ONCE = 500
_UNFINISHED = (RunState.READY, RunState.WAITING)


@dataclass(frozen=True, slots=True)
class Plan:
    """A run that is due."""

    stage: str
    subject_type: str
    subject_id: str
    receipt_id: int
    inputs: tuple[str, ...] = ()
    """Hashes and options that the output depends on; part of the key."""
    version: str = "1"
    priority: int = 0
    lane: str = ""
    """Empty: maintenance for upkeep, the counter while somebody waits, else the batch's."""

    @property
    def key(self) -> str:
        """hash(stage, stage version, inputs): equal keys are the same work."""
        parts = json.dumps([self.stage, self.version, list(self.inputs)], ensure_ascii=False)
        return hashlib.sha256(parts.encode()).hexdigest()


def plan_runs(plans: Iterable[Plan]) -> None:
    """Write runs that are due, and ring for them; one that is there already is left as it is."""
    plans = list(plans)
    batches = {
        pk: (lane, unit)
        for pk, lane, unit in Receipt.objects.filter(
            pk__in={plan.receipt_id for plan in plans}
        ).values_list("pk", "batch__lane", "batch__unit")
    }
    runs = [_run_of(plan, *batches[plan.receipt_id]) for plan in plans]
    StageRun.objects.bulk_create(runs, ignore_conflicts=True)
    ring_after_commit(Counter(run.lane for run in runs))


def _run_of(plan: Plan, lane: str, unit: str) -> StageRun:
    if plan.stage in UPKEEP:
        lane = Lane.MAINTENANCE
    elif is_waited_for():
        lane = Lane.COUNTER
    return StageRun(
        stage=plan.stage,
        subject_type=plan.subject_type,
        subject_id=plan.subject_id,
        receipt_id=plan.receipt_id,
        key=plan.key,
        priority=plan.priority,
        lane=plan.lane or lane,
        unit=unit,
    )


def claim_run(
    owner: str, *, lanes: Sequence[Lane] = LANES, now: dt.datetime | None = None
) -> StageRun | None:
    """Take the run that is most due in the first of the lanes that has one, or None.

    In a lane units take turns; within a unit the latest stage goes first, then what came first.
    The attempt is counted here, before any work.
    """
    now = now or dt.datetime.now(dt.UTC)
    wake_due(now)
    lines = lines_due(lanes)
    for line in lines:
        run = _claim_in(line, owner, now)
        if run is not None:
            note_turn(line, lines, now)
            return run
    return None


def wake_due(now: dt.datetime | None = None) -> int:
    """Let what has rested long enough be claimed; return how many.

    Apart from the claim, which so never reads what still rests.
    """
    now = now or dt.datetime.now(dt.UTC)
    resting = StageRun.objects.filter(state=RunState.READY, not_before__lte=now)
    if not resting.exists():
        return 0
    with transaction.atomic():  # noqa: TID251  it waits for nobody
        # In whatever order others wake the same ones, none waits for another.
        ready = _skipping_locked(resting).values_list("pk", flat=True)[:WOKEN_AT_ONCE]
        return StageRun.objects.filter(pk__in=list(ready)).update(not_before=None)


def _claim_in(line: Line, owner: str, now: dt.datetime) -> StageRun | None:
    ready = StageRun.objects.filter(
        state=RunState.READY, not_before=None, lane=line.lane, unit=line.unit
    ).order_by("-priority", "id")
    held: list[int] = []
    # It waits for nobody and holds one row: no claim needs the writers' lock.
    with transaction.atomic():  # noqa: TID251
        while True:
            free = ready.exclude(stage__in=ALONE, receipt__in=held) if held else ready
            run = _skipping_locked(free).first()
            if run is None:
                return None
            if run.stage not in ALONE or _is_free(run):
                return _take(run, owner, now, states=(RunState.READY,))
            held.append(run.receipt_id)


def _take(
    run: StageRun, owner: str, now: dt.datetime, *, states: Collection[RunState]
) -> StageRun | None:
    """Take this run where nobody else did meanwhile, and count the attempt."""
    changes = {
        "state": RunState.RUNNING,
        "attempt": run.attempt + 1,
        "owner": owner,
        "lease_until": now + LEASE,
        "claimed_at": now,
        "not_before": None,
    }
    free = StageRun.objects.filter(pk=run.pk, state__in=states, attempt=run.attempt)
    if not free.update(**changes):
        return None
    for name, value in changes.items():
        setattr(run, name, value)
    return run


def _skipping_locked(runs: "models.QuerySet[StageRun]") -> "models.QuerySet[StageRun]":
    """Only runs that no other claim is looking at."""
    if connection.features.has_select_for_update_skip_locked:
        return runs.select_for_update(skip_locked=True, of=("self",))
    return runs


def _is_free(run: StageRun) -> bool:
    """Whether nobody else works alone on the run's file, asked while its row is locked.

    Where claims run side by side, two of one file may have been found due at once. A file that
    somebody has locked is not free: whoever waited here would do so while holding the run.
    """
    file = Receipt.objects.select_for_update(no_key=True, skip_locked=True)
    if not file.filter(pk=run.receipt_id).exists():
        return False
    others = StageRun.objects.filter(
        receipt=run.receipt_id, state=RunState.RUNNING, stage__in=ALONE
    )
    return not others.exists()


def extend_leases(owner: str, *, ceiling: dt.timedelta | None = None) -> None:
    """Heartbeat: whoever still works keeps what it holds, no run longer than the ceiling.

    What somebody writes at just now is left to the next beat: a heartbeat waits for nobody, who
    may wait for another of its rows.
    """
    now = dt.datetime.now(dt.UTC)
    held = StageRun.objects.filter(owner=owner, state=RunState.RUNNING)
    if ceiling is not None:
        held = held.filter(claimed_at__gt=now - ceiling + LEASE)
    with transaction.atomic():  # noqa: TID251  it does not queue behind the writers
        if connection.features.has_select_for_update_skip_locked:
            held = StageRun.objects.filter(pk__in=_skipping_locked(held).values("pk"))
        held.update(lease_until=now + LEASE)


def finish_run(run: StageRun, *, output: dict[str, Any] | None = None) -> None:
    """Close a run as done, in the transaction that holds its effects.

    Raises LeaseLostError (and so rolls the effects back) where another attempt holds it now.
    """
    _close(run, RunState.DONE, output=output or {})


def fail_run(run: StageRun, *, code: str, message: str) -> None:
    """Close a run as failed for good on its input; fenced like finish_run."""
    _close(run, RunState.FAILED, error_code=code, error_message=message[:500])


def strike_run(run: StageRun, *, code: str, message: str, wait_seconds: float) -> bool:
    """Count a failure that may pass; return whether the run is dead now."""
    dead = run.strikes + 1 >= MAX_STRIKES or run.attempt >= MAX_ATTEMPTS
    not_before = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=wait_seconds)
    _close(
        run,
        RunState.DEAD if dead else RunState.READY,
        strikes=run.strikes + 1,
        not_before=None if dead else not_before,
        error_code=code,
        error_message=message[:500],
    )
    return dead


def _close(run: StageRun, state: RunState, **changes: Any) -> None:
    closed = StageRun.objects.filter(pk=run.pk, state=RunState.RUNNING, attempt=run.attempt).update(
        state=state,
        owner="",
        lease_until=None,
        finished_at=None if state in _UNFINISHED else dt.datetime.now(dt.UTC),
        **changes,
    )
    if not closed:
        raise LeaseLostError(detail=f"run {run.pk} attempt {run.attempt}")
    if state == RunState.READY and not changes.get("not_before"):
        ring_after_commit({run.lane: 1})
    if run.stage in ALONE:
        _ring_for_brothers(run)


def _ring_for_brothers(run: StageRun) -> None:
    """Ring for the next that had to wait for this one: its own ring may have found it held up."""
    waiting = StageRun.objects.filter(
        receipt=run.receipt_id, state=RunState.READY, stage__in=ALONE
    ).exclude(pk=run.pk)
    lane = waiting.values_list("lane", flat=True).first()
    if lane:
        ring_after_commit({lane: 1})


def release_runs(owners: Collection[str] | None = None) -> int:
    """Give back what dead workers held, without a strike; None means all that is running."""
    held = StageRun.objects.filter(state=RunState.RUNNING)
    if owners is not None:
        held = held.filter(owner__in=owners)
    with writing():
        return held.update(state=RunState.READY, owner="", lease_until=None)


def lapsed_runs(now: dt.datetime | None = None) -> "models.QuerySet[StageRun]":
    """Runs whose worker gives no sign of life any more."""
    now = now or dt.datetime.now(dt.UTC)
    return StageRun.objects.filter(state=RunState.RUNNING, lease_until__lt=now)


def ready_runs() -> "models.QuerySet[StageRun]":
    """Runs that could be claimed now, the oldest first."""
    return StageRun.objects.filter(state=RunState.READY, not_before=None).order_by("pk")


def running_runs() -> "models.QuerySet[StageRun]":
    """Runs under way, whoever holds them."""
    return StageRun.objects.filter(state=RunState.RUNNING)


def mark_lost(run: StageRun, *, code: str, message: str) -> bool:
    """Give back a run whose worker died, without a strike; return whether it still was so."""
    lost = StageRun.objects.filter(
        pk=run.pk, state=RunState.RUNNING, attempt=run.attempt, lease_until=run.lease_until
    ).update(
        state=RunState.READY,
        owner="",
        lease_until=None,
        error_code=code,
        error_message=message[:500],
    )
    ring_after_commit({run.lane: lost})
    return bool(lost)


def count_due(lane: str, *, most: int) -> int:
    """How many runs of a lane could be claimed now; counted up to `most`."""
    due = StageRun.objects.filter(state=RunState.READY, not_before=None, lane=lane)
    return due[:most].count()


def supersede_runs(**of: Any) -> None:
    """Make every open run of a file or a document needless; one under way fails its fence."""
    states = (RunState.READY, RunState.RUNNING, RunState.WAITING)
    StageRun.objects.filter(state__in=states, **of).update(
        state=RunState.SUPERSEDED, finished_at=dt.datetime.now(dt.UTC)
    )


def open_runs(**of: Any) -> "models.QuerySet[StageRun]":
    """Runs that are not over, of a receipt, a batch (receipt__batch) or all."""
    return StageRun.objects.filter(state__in=(RunState.READY, RunState.RUNNING), **of)


def return_run(run: StageRun, *, code: str, message: str) -> None:
    """Give a run back without a strike: the machine's fault, which a person must mend.

    The attempt is not counted: a disk may stay full for a night. The fence holds all the same,
    for whoever gives back has let go of the number, and older ones are lower.
    """
    _close(
        run,
        RunState.READY,
        attempt=run.attempt - 1,
        error_code=code,
        error_message=message[:500],
    )


def rest_run(run: StageRun, *, code: str, message: str, wait_seconds: float) -> None:
    """Give a run back for a while without a strike: a service outside is away.

    Everything else goes on meanwhile, and the attempt is not counted: it may be away for days.
    """
    _close(
        run,
        RunState.READY,
        attempt=run.attempt - 1,
        not_before=dt.datetime.now(dt.UTC) + dt.timedelta(seconds=wait_seconds),
        error_code=code,
        error_message=message[:500],
    )


def park_run(run: StageRun, *, code: str, message: str) -> None:
    """Give a run back until a person opens the key; uncounted, as what rests is."""
    _close(
        run,
        RunState.WAITING,
        attempt=run.attempt - 1,
        error_code=code,
        error_message=message[:500],
    )


def parked_runs() -> "models.QuerySet[StageRun]":
    """Runs that wait for a person."""
    return StageRun.objects.filter(state=RunState.WAITING)


def unpark_runs() -> None:
    """Make what waited for a person due again: the keys need none any more."""
    with writing():
        parked_runs().update(state=RunState.READY)


def claim_this(run: StageRun, owner: str) -> StageRun | None:
    """Take this very run, resting or waiting for a person as it may be; None where it is taken."""
    open_to_all = (RunState.READY, RunState.WAITING)
    return _take(run, owner, dt.datetime.now(dt.UTC), states=open_to_all)


def resting_runs(**of: Any) -> "models.QuerySet[StageRun]":
    """Runs that were given back for a while, and whose time has not come."""
    now = dt.datetime.now(dt.UTC)
    ready = StageRun.objects.filter(state=RunState.READY, strikes=0, not_before__gt=now, **of)
    return ready.exclude(error_code="")


def due_runs(**of: Any) -> "models.QuerySet[StageRun]":
    """Open runs that do not rest."""
    return open_runs(**of).exclude(pk__in=resting_runs(**of).values("pk"))


def awaited_runs(**of: Any) -> "models.QuerySet[StageRun]":
    """Open runs that an end waits for: all but index entries that rest.

    While the index is away papers go their whole way; they are found later.
    """
    entries = resting_runs(stage=Stage.INDEX, **of)
    return open_runs(**of).exclude(pk__in=entries.values("pk"))


def wake_runs() -> None:
    """Let what rests be tried at once: whoever starts the machine may have mended the cause."""
    with writing():
        resting_runs().update(not_before=None)


def revive_runs(stage: str, subject_type: str, subject_id: str) -> None:
    """Make what was given up or became needless due again, because a person asks for it anew."""
    runs = StageRun.objects.filter(stage=stage, subject_type=subject_type, subject_id=subject_id)
    fresh = {"state": RunState.READY, "strikes": 0, "not_before": None, "finished_at": None}
    if is_waited_for():
        fresh["lane"] = Lane.COUNTER
        runs.filter(state=RunState.READY).update(lane=Lane.COUNTER)
    runs.filter(state__in=(RunState.FAILED, RunState.DEAD)).update(attempt=0, **fresh)
    runs.filter(state=RunState.WAITING).update(**fresh)
    # Its worker may still be at it: the attempt is its fence and goes on.
    runs.filter(state=RunState.SUPERSEDED).update(owner="", lease_until=None, **fresh)
    for lane in runs.filter(state=RunState.READY).values_list("lane", flat=True):
        ring_after_commit({lane: 1})


def rest_stage(stage: str, *, code: str, message: str, wait_seconds: float) -> None:
    """Let every due run of a stage rest: what it needs is away, and each try would cost a worker.

    The first one that is tried again finds out for all.
    """
    now = dt.datetime.now(dt.UTC)
    StageRun.objects.filter(
        models.Q(not_before=None) | models.Q(not_before__lte=now),
        stage=stage,
        state=RunState.READY,
        strikes=0,
    ).update(
        not_before=now + dt.timedelta(seconds=wait_seconds),
        error_code=code,
        error_message=message[:500],
    )


def repeat_runs(stage: str, subject_type: str, subject_ids: Collection[str]) -> int:
    """Make the newest run of a stage due again for some subjects, done or given up; how many.

    Only for stages whose output can be lost without loss, such as the index, and for as many
    subjects as stand in one question. Those that are due anyway are left as they are.
    """
    runs = StageRun.objects.filter(
        stage=stage, subject_type=subject_type, subject_id__in=subject_ids
    )
    newest = runs.values("subject_id").annotate(last=models.Max("pk")).values("last")
    over = StageRun.objects.filter(pk__in=list(newest.values_list("last", flat=True)))
    fresh = {"state": RunState.READY, "strikes": 0, "not_before": None, "finished_at": None}
    again = over.filter(state__in=(RunState.DONE, RunState.FAILED, RunState.DEAD))
    rings = Counter(again.values_list("lane", flat=True))
    over.filter(state__in=(RunState.FAILED, RunState.DEAD)).update(attempt=0, **fresh)
    over.filter(state=RunState.DONE).update(**fresh)
    ring_after_commit(rings)
    return rings.total()
