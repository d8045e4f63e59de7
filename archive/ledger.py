"""The ledger: claim by conditional update with a lease, finish fenced on the attempt.

The ledger is the truth and a message only a doorbell: losing every message costs latency and
nothing else. Stages are plain strings here; what they do is the workers' business.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction

from archive.errors import LeaseLostError
from archive.models import Receipt, StageRun
from archive.stages import ALONE
from archive.states import RunState

LEASE = dt.timedelta(seconds=60)
HEARTBEAT_SECONDS = 10.0
BACKFILE_LATER = 1_000
"""More than any two stages differ by."""
MAX_STRIKES = 3
"""Failures by a stage's own fault, after which the run is dead."""
MAX_ATTEMPTS = 50
"""Claims in all: even a run that only ever sees its machine stop must end."""
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

    @property
    def key(self) -> str:
        """hash(stage, stage version, inputs): equal keys are the same work."""
        parts = json.dumps([self.stage, self.version, list(self.inputs)], ensure_ascii=False)
        return hashlib.sha256(parts.encode()).hexdigest()


def plan_runs(plans: Iterable[Plan]) -> None:
    """Write runs that are due; one that is there already is left as it is.

    What belongs to the back-file comes after everything that somebody at the counter waits for,
    whatever the stage.
    """
    plans = list(plans)
    backfile = set(
        Receipt.objects.filter(
            pk__in={plan.receipt_id for plan in plans}, batch__is_backfile=True
        ).values_list("pk", flat=True)
    )
    StageRun.objects.bulk_create(
        [
            StageRun(
                stage=plan.stage,
                subject_type=plan.subject_type,
                subject_id=plan.subject_id,
                receipt_id=plan.receipt_id,
                key=plan.key,
                priority=plan.priority - BACKFILE_LATER * (plan.receipt_id in backfile),
            )
            for plan in plans
        ],
        ignore_conflicts=True,
    )


def claim_run(owner: str, *, now: dt.datetime | None = None) -> StageRun | None:
    """Take the run that is most due, or None. The attempt is counted here, before any work."""
    now = now or dt.datetime.now(dt.UTC)
    with transaction.atomic():
        run = _next_ready(now)
        if run is None or not _is_free(run):
            return None
        taken = StageRun.objects.filter(pk=run.pk, state=run.state, attempt=run.attempt).update(
            state=RunState.RUNNING,
            attempt=run.attempt + 1,
            owner=owner,
            lease_until=now + LEASE,
        )
    if not taken:
        return None
    run.refresh_from_db()
    return run


def _next_ready(now: dt.datetime) -> StageRun | None:
    ready = StageRun.objects.filter(state=RunState.READY).filter(
        models.Q(not_before=None) | models.Q(not_before__lte=now)
    )
    busy = StageRun.objects.filter(state=RunState.RUNNING, stage__in=ALONE).values("receipt")
    ready = ready.exclude(stage__in=ALONE, receipt__in=busy)
    run = _first_unlocked(ready)
    if run:
        return run
    return _first_unlocked(StageRun.objects.filter(state=RunState.RUNNING, lease_until__lt=now))


def _first_unlocked(runs: "models.QuerySet[StageRun]") -> StageRun | None:
    """Return the most due run that no other claim is looking at."""
    runs = runs.order_by("-priority", "id")
    if connection.features.has_select_for_update_skip_locked:
        runs = runs.select_for_update(skip_locked=True, of=("self",))
    return runs.first()


def _is_free(run: StageRun) -> bool:
    """Whether nobody else works alone on the run's file, asked while its row is locked.

    Where claims run side by side, two of one file may have been found due at once.
    """
    if run.stage not in ALONE or not connection.features.has_select_for_update:
        return True
    Receipt.objects.select_for_update().get(pk=run.receipt_id)
    held = StageRun.objects.filter(
        state=RunState.RUNNING, stage__in=ALONE, receipt=run.receipt_id
    ).exclude(pk=run.pk)
    return not held.exists()


def extend_leases(owner: str) -> None:
    """Heartbeat: whoever still works keeps what it holds."""
    until = dt.datetime.now(dt.UTC) + LEASE
    StageRun.objects.filter(owner=owner, state=RunState.RUNNING).update(lease_until=until)


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


def release_runs(owners: Collection[str] | None = None) -> int:
    """Give back what dead workers held, without a strike; None means all that is running."""
    held = StageRun.objects.filter(state=RunState.RUNNING)
    if owners is not None:
        held = held.filter(owner__in=owners)
    return held.update(state=RunState.READY, owner="", lease_until=None)


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
    parked_runs().update(state=RunState.READY)


def claim_this(run: StageRun, owner: str) -> StageRun | None:
    """Take this very run, resting or waiting for a person as it may be; None where it is taken."""
    open_to_all = (RunState.READY, RunState.WAITING)
    now = dt.datetime.now(dt.UTC)
    taken = StageRun.objects.filter(pk=run.pk, state__in=open_to_all, attempt=run.attempt).update(
        state=RunState.RUNNING,
        attempt=run.attempt + 1,
        owner=owner,
        lease_until=now + LEASE,
        not_before=None,
    )
    if not taken:
        return None
    run.refresh_from_db()
    return run


def resting_runs(**of: Any) -> "models.QuerySet[StageRun]":
    """Runs that were given back for a while, and whose time has not come."""
    now = dt.datetime.now(dt.UTC)
    ready = StageRun.objects.filter(state=RunState.READY, strikes=0, not_before__gt=now, **of)
    return ready.exclude(error_code="")


def due_runs(**of: Any) -> "models.QuerySet[StageRun]":
    """Open runs that do not rest."""
    return open_runs(**of).exclude(pk__in=resting_runs(**of).values("pk"))


def wake_runs() -> None:
    """Let what rests be tried at once: whoever starts the machine may have mended the cause."""
    resting_runs().update(not_before=None)


def revive_runs(stage: str, subject_type: str, subject_id: str) -> None:
    """Make what was given up or became needless due again, because a person asks for it anew."""
    runs = StageRun.objects.filter(stage=stage, subject_type=subject_type, subject_id=subject_id)
    fresh = {"state": RunState.READY, "strikes": 0, "not_before": None, "finished_at": None}
    runs.filter(state__in=(RunState.FAILED, RunState.DEAD)).update(attempt=0, **fresh)
    runs.filter(state=RunState.WAITING).update(**fresh)
    # Its worker may still be at it: the attempt is its fence and goes on.
    runs.filter(state=RunState.SUPERSEDED).update(owner="", lease_until=None, **fresh)


def repeat_stage(stage: str) -> int:
    """Make the newest finished run of a stage due again for every subject; return how many.

    Only for stages whose output can be lost without loss, such as the index.
    """
    newest = (
        StageRun.objects.filter(stage=stage)
        .values("subject_type", "subject_id")
        .annotate(last=models.Max("pk"))
    )
    return StageRun.objects.filter(
        pk__in=[row["last"] for row in newest], state=RunState.DONE
    ).update(state=RunState.READY, finished_at=None)
