"""Verbs of failed sign-ins: counted in the records, so that every web process counts together."""

import datetime as dt
import hashlib
from collections.abc import Sequence

from django.db.models import F
from django.utils import timezone

from archive.models import TryCount
from archive.writing import writing


def failures_of(keys: Sequence[str]) -> list[int]:
    """How often each failed within its time, in one question."""
    names = [_name(key) for key in keys]
    rows = TryCount.objects.filter(name__in=names, ends_at__gt=timezone.now())
    counts = dict(rows.values_list("name", "count"))
    return [counts.get(name, 0) for name in names]


def note_failures(keys: Sequence[str], *, seconds: int) -> None:
    """Count one failure for each, from its first on for so long; what is over is swept."""
    now = timezone.now()
    with writing():
        TryCount.objects.filter(ends_at__lte=now).delete()
        for name in map(_name, keys):
            TryCount.objects.bulk_create(
                [TryCount(name=name, count=0, ends_at=now + dt.timedelta(seconds=seconds))],
                ignore_conflicts=True,
            )
            TryCount.objects.filter(name=name).update(count=F("count") + 1)


def forget_failures_of(key: str) -> None:
    """Start its count anew."""
    TryCount.objects.filter(name=_name(key)).delete()


def _name(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
