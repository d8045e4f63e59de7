"""Verbs that level the copies: keys, holds and anchors that one missed, forms that are to go."""

import datetime as dt
import logging
from collections.abc import Iterator
from itertools import islice

from django.db.models import F, Q, QuerySet

from archive.models import ArchivedBlob, BlobCopy, Document, LegalHold
from archive.sealed import blobs_of
from archive.services.audit import record_once
from archive.services.custody import (
    RETRY,
    Strongroom,
    blob_subject,
    bring_key,
    mark,
    record_copy,
    rows_of,
)
from archive.states import CopyState
from archive.stores import ArchiveStore, Form
from archive.stores.errors import LegalHoldError, RetentionNotOverError, StoreError
from archive.tags import Tag
from archive.writing import writing
from proof.types import What

log = logging.getLogger(__name__)

NAMES = 200
"""Names that are looked up at once."""


def level_keys(room: Strongroom, *, limit: int = 500) -> int:
    """Bring wrapped keys to the places that missed them, drop those of shredded blobs; how many."""
    due = rows_of(room).filter(form=Form.ENCRYPTED.value, state=CopyState.PRESENT)
    late = due.filter(blob__shredded_at=None).exclude(key_id=F("blob__class_key"))
    gone = rows_of(room).filter(blob__shredded_at__isnull=False).exclude(key_id="")
    done = 0
    for row in [*late[:limit], *gone[:limit]]:
        done += _level_key(row, room.copy(row.place))
    return done


def _level_key(row: BlobCopy, copy: ArchiveStore) -> bool:
    try:
        if row.blob.shredded_at:
            copy.drop_key(row.blob_id)
            mark(row, key_id="")
        else:
            mark(row, key_id=bring_key(row, copy))
    except StoreError as error:
        log.warning("key not levelled", extra={"place": row.place, "code": error.code})
        return False
    return True


def held_blobs() -> "QuerySet[ArchivedBlob]":
    """The files of documents under a legal hold, older versions of them too."""
    held = LegalHold.objects.filter(lifted_at=None).values("document")
    return ArchivedBlob.objects.filter(blobs_of(Document.objects.filter(pk__in=held)))


def level_holds(room: Strongroom, *, limit: int = 500) -> int:
    """Bring holds to the places that do not know of them, and lift those that are over."""
    wanted = held_blobs().values("pk")
    here = rows_of(room).filter(state__in=(CopyState.PRESENT, CopyState.LEAVING))
    late = [*here.filter(blob__in=wanted, is_held=False)[:limit]]
    over = [*here.filter(is_held=True).exclude(blob__in=wanted)[:limit]]
    done = 0
    for row, on in [*((row, True) for row in late), *((row, False) for row in over)]:
        try:
            room.copy(row.place).set_hold(row.blob_id, on=on)
        except StoreError as error:
            log.warning("hold not levelled", extra={"place": row.place, "code": error.code})
            continue
        mark(row, is_held=on)
        done += 1
    return done


def remove_leaving(room: Strongroom, *, now: dt.datetime) -> int:
    """Delete what is no longer to be kept, where the lock allows; how many forms went."""
    waits = Q(retry_at=None) | Q(retry_at__lte=now)
    rows = rows_of(room).filter(waits, state=CopyState.LEAVING)
    return sum(_removed(row, room, now) for row in rows)


def _removed(row: BlobCopy, room: Strongroom, now: dt.datetime) -> bool:
    copy, form = room.copy(row.place), Form(row.form)
    try:
        if row.blob.shredded_at:
            copy.drop_key(row.blob_id)  # the row is the last to remember that it must go
        copy.delete(row.blob_id, now.date(), form=form)
    except (RetentionNotOverError, LegalHoldError):
        mark(row, retry_at=now + dt.timedelta(days=1))
        return False
    except StoreError as error:
        log.warning("not removed", extra={"place": row.place, "code": error.code})
        mark(row, retry_at=now + RETRY)
        return False
    with writing():
        record_copy(Tag.COPY_REMOVED, row, {})
        row.delete()
    return True


def level_anchors(room: Strongroom) -> int:
    """Bring anchors that one copy lacks from another; how many. Two of one name are an alarm."""
    found = dict(_anchors(room))
    done = 0
    for name in sorted(set().union(*found.values())):
        versions = {anchors[name] for anchors in found.values() if name in anchors}
        if len(versions) > 1:
            _record_anchor_conflict(name)
            continue
        for place in (place for place, anchors in found.items() if name not in anchors):
            room.copy(place).put_anchor(name, next(iter(versions)))
            done += 1
    return done


def _anchors(room: Strongroom) -> Iterator[tuple[str, dict[str, bytes]]]:
    for copy in room.copies:
        try:
            yield copy.place, dict(copy.anchors())
        except StoreError as error:
            log.warning("copy away", extra={"place": copy.place, "code": error.code})


def _record_anchor_conflict(name: str) -> None:
    subject = f"anchor:{name}"[:60]
    record_once(Tag.COPY_FAULTY, subject, {"what": What.AUDIT_BROKEN.value})


def find_extra(room: Strongroom) -> list[tuple[str, str]]:
    """Names that a copy holds and no row knows, with their places; each is an event once."""
    found = []
    for copy in room.copies:
        try:
            found += [(name, copy.place) for name in _unknown(copy.names())]
        except StoreError as error:
            log.warning("copy away", extra={"place": copy.place, "code": error.code})
    for name, place in found:
        _record_extra(name, place)
    return found


def _unknown(names: Iterator[str]) -> Iterator[str]:
    """Those that no row has; what was sealed while they were listed has one by now."""
    while some := list(islice(names, NAMES)):
        known = set(ArchivedBlob.objects.filter(pk__in=some).values_list("pk", flat=True))
        yield from (name for name in some if name not in known)


def _record_extra(name: str, place: str) -> None:
    record_once(Tag.COPY_EXTRA, blob_subject(name), {"name": name[:200], "place": place})
