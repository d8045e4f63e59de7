"""The audit chain: each event hashed with the one before it, one locked head row a day."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from archive.models import AuditEvent, AuditHead
from archive.tags import Tag
from proof.chain import GENESIS, event_hash


def record_event(
    tag: Tag, *, actor: str, subject: str, detail: Mapping[str, Any] | None = None
) -> AuditEvent:
    """Add one event to the chain, in the caller's transaction.

    `actor` is an account's name or "machine"; `subject` names a record ("document:D261121...");
    `detail` holds ids, codes and counts, never personal data.
    """
    with transaction.atomic():
        now = dt.datetime.now(dt.UTC)
        head = _locked_head(now.date())
        event = AuditEvent(
            seq=head.last_seq + 1,
            day=head.day,
            at=now.isoformat(timespec="microseconds"),
            tag=tag.value,
            actor=actor,
            subject=subject,
            detail=dict(detail or {}),
            previous=head.hash,
        )
        event.hash = event_hash(event.previous, as_mapping(event, with_hash=False))
        event.save(force_insert=True)
        head.last_seq, head.hash = event.seq, event.hash
        head.save(update_fields=["last_seq", "hash"])
    return event


def as_mapping(event: AuditEvent, *, with_hash: bool = True) -> dict[str, Any]:
    """Return the event as proof.chain reads it."""
    fields = {
        "seq": event.seq,
        "day": event.day.isoformat(),
        "at": event.at,
        "tag": event.tag,
        "actor": event.actor,
        "subject": event.subject,
        "detail": event.detail,
        "previous": event.previous,
    }
    return fields | {"hash": event.hash} if with_hash else fields


def _locked_head(day: dt.date) -> AuditHead:
    """Return this day's head row, locked; a new day goes on from the last one's hash.

    Where the clock was put back the last day goes on: the chain's days never run backwards.
    """
    last = _last_head()
    if last and last.day >= day:
        return last
    seq = last.last_seq if last else 0
    return AuditHead.objects.create(
        day=day,
        first_seq=seq + 1,
        last_seq=seq,
        hash=last.hash if last else GENESIS,
    )


def _last_head() -> AuditHead | None:
    """Return the newest head row, locked; while one waited for the lock another may have come."""
    heads = AuditHead.objects.order_by("-day")
    while True:
        last = heads.select_for_update().first()
        newest = heads.values_list("pk", flat=True).first()
        if newest == (last and last.pk):
            return last
