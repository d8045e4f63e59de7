"""Anchors: the audit chain's head, written beside the archive where no row can change it.

Where a timestamp service is set the anchors get an authority's token, as files of their own:
a service that is down delays the token, never the anchor.
"""

import datetime as dt
import hashlib
import logging
from collections.abc import Callable

from archive.models import AuditEvent, AuditHead
from archive.services.audit import as_mapping, last_event
from archive.stores import ArchiveStore
from archive.stores.errors import BlobConflictError
from archive.writing import writing
from imaging.errors import CodedError
from proof.anchors import Anchor, anchor_bytes, anchor_name, parse_anchor, token_name
from proof.chain import event_hash
from proof.errors import BadAnchorError

log = logging.getLogger(__name__)

STAMP_EVERY = dt.timedelta(hours=1)
"""How often the day under way gets a token; a day that is over always gets one on its last."""

Stamp = Callable[[bytes], bytes]
"""Returns the RFC 3161 token, DER, over a SHA-256 digest; raises a CodedError."""


def anchor_audit(store: ArchiveStore, *, stamp: Stamp | None = None) -> bool:
    """Write the newest heads to the store, unless they are there; return whether one was written.

    A day that ended without an anchor gets its own first. Bytes first, row second: an anchor whose
    row was lost is simply written again, the same. With `stamp` the tokens that are due follow.
    """
    heads = list(AuditHead.objects.order_by("day"))
    due = [head for head in heads if head.anchored_seq < head.last_seq]
    if due and anchored_beyond(store):
        log.error("records_behind")
        return False  # an older dump's: an anchor of these would be for ever
    for head in due:
        _anchor(head, store)
    if stamp is not None:
        stamp_anchors(store, stamp)
    return bool(due)


def anchored_beyond(archive: ArchiveStore) -> int:
    """The last event that the archive's anchors know and the trail has not; 0 where there is none.

    An anchor is written after its event: asked for in this order, others may go on meanwhile.
    """
    newest = AuditHead.objects.order_by("-day").first()
    end = anchor_name(newest.day.isoformat(), newest.last_seq) if newest else ""
    furthest = max((_place(data) for _, data in archive.anchors(end)), default=0)
    return furthest if furthest > last_event() else 0


def _place(untrusted_data: bytes) -> int:
    """The event that an anchor stands on; 0 where it is none, which a check tells."""
    try:
        return parse_anchor(untrusted_data).seq
    except BadAnchorError:
        return 0


def _anchor(head: AuditHead, store: ArchiveStore) -> None:
    event = AuditEvent.objects.filter(seq=head.last_seq).first()
    if event is None or not _is_sound(head, event):
        log.error("audit_not_anchored", extra={"day": str(head.day), "seq": head.last_seq})
        return  # rows were touched: the check says so; an anchor would be for ever
    stamped = _newest_stamp()
    anchor = Anchor(
        seq=event.seq,
        hash=event.hash,
        at=event.at,
        day=head.day.isoformat(),
        events_of_day=event.seq - head.first_seq + 1,
        previous=_previous(head),
        stamped=_token_of(stamped) if stamped else "",
        stamped_sha256=stamped.stamped_sha256 if stamped else "",
    )
    try:
        store.put_anchor(anchor.name, anchor_bytes(anchor))
    except BlobConflictError:
        if not _says_the_same(store, anchor):
            raise
    _advance(head, "anchored_seq", event.seq)


def _is_sound(head: AuditHead, event: AuditEvent) -> bool:
    """Whether head and event agree, and the event is as its hash says."""
    said = as_mapping(event, with_hash=False)
    first = AuditEvent.objects.filter(day=head.day).order_by("seq").first()
    return (
        (event.day, event.hash) == (head.day, head.hash)
        and (first is not None and first.seq == head.first_seq)
        and event_hash(event.previous, said) == event.hash
    )


def _previous(head: AuditHead) -> str:
    """The name of the anchor before the one that this head is due."""
    if head.anchored_seq:
        return anchor_name(head.day.isoformat(), head.anchored_seq)
    before = AuditHead.objects.filter(day__lt=head.day, anchored_seq__gt=0).order_by("-day").first()
    return anchor_name(before.day.isoformat(), before.anchored_seq) if before else ""


def _newest_stamp() -> AuditHead | None:
    return AuditHead.objects.filter(stamped_seq__gt=0).order_by("-day").first()


def _token_of(head: AuditHead) -> str:
    return token_name(anchor_name(head.day.isoformat(), head.stamped_seq))


def _says_the_same(store: ArchiveStore, anchor: Anchor) -> bool:
    """Whether the anchor that is there already stands on the same event; its links may differ."""
    data = dict(store.anchors()).get(anchor.name, b"")
    try:
        there = parse_anchor(data)
    except BadAnchorError:
        return False
    return (there.seq, there.hash, there.day) == (anchor.seq, anchor.hash, anchor.day)


def _advance(head: AuditHead, column: str, seq: int, **more: str) -> None:
    with writing():
        rows = AuditHead.objects.filter(day=head.day, **{f"{column}__lt": seq})
        rows.update(**{column: seq}, **more)
    setattr(head, column, seq)


def stamp_anchors(store: ArchiveStore, stamp: Stamp) -> int:
    """Give tokens to the last anchors of days that are over, and to the newest one now and then.

    Returns how many were written. A service that fails is asked again at the next anchoring.
    """
    written = 0
    newest = AuditHead.objects.order_by("-day").first()
    for head in AuditHead.objects.filter(anchored_seq__gt=0).order_by("day"):
        is_over = newest is not None and head.day < newest.day
        if head.stamped_seq >= head.anchored_seq or not (is_over or _is_due(head)):
            continue
        try:
            _stamp(head, store, stamp)
        except CodedError as error:
            log.warning("anchor_not_stamped", extra={"code": error.code, "day": str(head.day)})
            break
        written += 1
    return written


def _is_due(head: AuditHead) -> bool:
    """Whether the day under way has gone long enough without a token."""
    if not head.stamped_seq:
        return True
    times = AuditEvent.objects.filter(seq__in=(head.stamped_seq, head.anchored_seq))
    first, last = (dt.datetime.fromisoformat(event.at) for event in times.order_by("seq"))
    return last - first >= STAMP_EVERY


def _stamp(head: AuditHead, store: ArchiveStore, stamp: Stamp) -> None:
    """Bytes first, row second: a token whose row was lost is found again."""
    name = anchor_name(head.day.isoformat(), head.anchored_seq)
    files = dict(store.anchors())
    token = files.get(token_name(name))
    if token is None:
        token = stamp(hashlib.sha256(files[name]).digest())
        store.put_anchor(token_name(name), token)
    sha256 = hashlib.sha256(token).hexdigest()
    _advance(head, "stamped_seq", head.anchored_seq, stamped_sha256=sha256)
