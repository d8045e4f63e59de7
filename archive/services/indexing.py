"""Verbs of the walks through all documents for the index: begun, moved on, ended."""

import datetime as dt

from django.utils import timezone

from archive import ledger
from archive.models import Document, IndexPass, StageRun
from archive.stages import Stage
from archive.states import PassKind, RunState
from archive.writing import writing


def open_pass(kind: PassKind) -> IndexPass | None:
    """The walk of a kind that is under way."""
    return IndexPass.objects.filter(kind=kind, finished_at=None).first()


def last_pass(kind: PassKind) -> IndexPass | None:
    """The walk of a kind that was ended last."""
    return IndexPass.objects.filter(kind=kind).exclude(finished_at=None).order_by("-pk").first()


def begin_pass(kind: PassKind) -> IndexPass:
    """Begin a walk, or go on with the one under way."""
    with writing():
        return open_pass(kind) or IndexPass.objects.create(kind=kind)


def restart_pass(walk: IndexPass) -> None:
    """Walk from the first document on again."""
    _change(walk, cursor="", seen=0, found=0)


def move_pass(walk: IndexPass, to: str, *, seen: int, found: int) -> None:
    """Note that the walk came as far as a document; of two at one slice, one counts."""
    moved = IndexPass.objects.filter(pk=walk.pk, cursor=walk.cursor, finished_at=None).update(
        cursor=to, seen=walk.seen + seen, found=walk.found + found
    )
    if not moved:
        walk.refresh_from_db()
        return
    walk.cursor, walk.seen, walk.found = to, walk.seen + seen, walk.found + found


def end_pass(walk: IndexPass) -> None:
    """The walk is over."""
    _change(walk, finished_at=timezone.now())


def next_ids(after: str, limit: int) -> list[str]:
    """The next documents after one, in order."""
    rows = Document.objects.filter(pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def gone(ids: list[str]) -> list[str]:
    """Those of the ids that no document bears any more."""
    held = set(Document.objects.filter(pk__in=ids).values_list("pk", flat=True))
    return [id_ for id_ in ids if id_ not in held]


def indexed_once(ids: list[str]) -> set[str]:
    """Those of the documents that were put into the index at some time."""
    runs = StageRun.objects.filter(
        stage=Stage.INDEX, subject_type="document", subject_id__in=ids, state=RunState.DONE
    )
    return set(runs.values_list("subject_id", flat=True))


def make_due(ids: list[str]) -> int:
    """Make the index entry of these documents due again; how many were not due anyway."""
    with writing():
        return ledger.repeat_runs(Stage.INDEX, "document", ids)


def indexed_since(since: dt.datetime, after: str, limit: int) -> list[str]:
    """Documents that were put into the index since, the next after one."""
    runs = StageRun.objects.filter(
        stage=Stage.INDEX,
        subject_type="document",
        subject_id__gt=after,
        state=RunState.DONE,
        finished_at__gte=since,
    )
    ids = runs.order_by("subject_id").values_list("subject_id", flat=True).distinct()
    return list(ids[:limit])


def _change(walk: IndexPass, **changes: object) -> None:
    for name, value in changes.items():
        setattr(walk, name, value)
    walk.save(update_fields=list(changes))
