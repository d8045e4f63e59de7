"""The audit chain: each event hashed with the one before it, one locked head row a day."""

import datetime as dt
import logging
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import OuterRef, QuerySet, Subquery

from archive.models import AuditEvent, AuditHead
from archive.tags import Tag
from archive.writing import writing
from proof.chain import GENESIS, event_hash

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

log = logging.getLogger(__name__)

CLOCK_SLACK = dt.timedelta(seconds=2)
"""How far a clock may step back (it is set a little every now and then) without a word."""
CLOCK_KEY = "clock"
"""In an event's detail where the clock stood behind the event before: what the clock said."""


def clock() -> dt.datetime:
    """Return what this machine's clock says."""
    return dt.datetime.now(dt.UTC)


def record_event(
    tag: Tag, *, actor: str, subject: str, detail: Mapping[str, Any] | None = None, lost: int = 0
) -> AuditEvent:
    """Add one event to the chain, in the caller's transaction.

    `actor` is an account's name or "machine"; `subject` names a record ("document:D261121...");
    `detail` holds ids, codes and counts, never personal data. Times never go back: where the clock
    was put back the event bears the time of the one before it, and says what the clock said.
    `lost` is for RECORDS_RESTORED alone: how many numbers before its own it leaves out.
    """
    with writing():
        now = clock()
        head, last_at = _locked_head(now.date())
        at = _not_before(last_at, now)
        event = AuditEvent(
            seq=head.last_seq + 1 + lost,
            day=head.day,
            at=at.isoformat(timespec="microseconds"),
            tag=tag.value,
            actor=actor,
            subject=subject,
            detail=dict(detail or {}) | _note(now, at),
            previous=head.hash,
        )
        event.hash = event_hash(event.previous, as_mapping(event, with_hash=False))
        event.save(force_insert=True)
        if head.last_seq < head.first_seq:
            head.first_seq = event.seq
        head.last_seq, head.hash = event.seq, event.hash
        head.save(update_fields=["first_seq", "last_seq", "hash"])
    return event


def record_once(tag: Tag, subject: str, detail: Mapping[str, Any]) -> bool:
    """Add the machine's event, unless the subject has one of this tag; return whether it had none.

    Several nodes may find the same at once.
    """
    with writing():
        is_new = not AuditEvent.objects.filter(subject=subject, tag=tag).exists()
        if is_new:
            record_event(tag, actor="machine", subject=subject, detail=detail)
    return is_new


def _note(now: dt.datetime, at: dt.datetime) -> dict[str, str]:
    if at - now <= CLOCK_SLACK:
        return {}
    log.warning("clock_behind", extra={"clock": now.isoformat(), "last": at.isoformat()})
    return {CLOCK_KEY: now.isoformat(timespec="seconds")}


def _not_before(last: str | None, now: dt.datetime) -> dt.datetime:
    return max(now, dt.datetime.fromisoformat(last)) if last else now


def last_event() -> int:
    """The number of the last event; 0 where there is none."""
    newest = AuditHead.objects.order_by("-day").first()
    return newest.last_seq if newest else 0


def archive_now() -> dt.datetime:
    """Return the time for what is signed or kept: the clock's, but never before the last event's.

    A clock put back would else shorten retentions and let signatures run backwards.
    """
    head = _heads().first()
    return _not_before(head.last_at if head else None, clock())


def clock_behind() -> dt.timedelta:
    """Return by how much the clock stands behind the last event; nothing within the slack."""
    behind = archive_now() - clock()
    return behind if behind > CLOCK_SLACK else dt.timedelta()


def all_events() -> Iterator[dict[str, Any]]:
    """Return the chain from its first event, streamed."""
    for event in AuditEvent.objects.order_by("seq").iterator():
        yield as_mapping(event)


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


class _LastAt(TypedDict):
    last_at: str | None


def _heads() -> "QuerySet[WithAnnotations[AuditHead, _LastAt]]":
    """The heads, the newest first, each with the time of its last event."""
    last = AuditEvent.objects.filter(seq=OuterRef("last_seq")).values("at")
    return AuditHead.objects.order_by("-day").annotate(last_at=Subquery(last[:1]))


def _locked_head(day: dt.date) -> tuple[AuditHead, str | None]:
    """Return this day's head row, locked, and the time of the last event.

    A new day goes on from the last one's hash. Where the clock was put back the last day goes on:
    the chain's days never run backwards. No newer row comes while one waits here: whoever writes
    one holds the writers' lock as we do.
    """
    last = _heads().select_for_update(of=("self",)).first()
    if last and last.day >= day:
        return last, last.last_at
    seq = last.last_seq if last else 0
    head = AuditHead.objects.create(
        day=day,
        first_seq=seq + 1,
        last_seq=seq,
        hash=last.hash if last else GENESIS,
    )
    return head, last.last_at if last else None
