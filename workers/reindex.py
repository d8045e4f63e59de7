"""The index can always be built anew: what it lost is made due again, an older one is replaced.

All documents are walked through in slices; how far a walk came stands in the records, so that any
node goes on with it. Nothing here holds more than a slice in memory.
"""

import logging
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator

from django.utils import timezone

from archive.models import Document, IndexPass
from archive.services.indexing import (
    begin_pass,
    end_pass,
    gone,
    indexed_once,
    indexed_since,
    last_pass,
    make_due,
    move_pass,
    next_ids,
    open_pass,
    restart_pass,
)
from archive.states import PassKind
from archive.stores.errors import BlobDamagedError, BlobMissingError, KeyMissingError
from search import IndexDamagedError, IndexDocument, IndexRefusedError, IndexUnavailableError
from workers.house import House
from workers.stages.documents import index_document

log = logging.getLogger(__name__)

SLICE = 500
"""Documents compared at a time."""
FILL = 16
"""Documents whose texts are in memory at a time."""
SLICE_SECONDS = 3.0
"""How long one call of the chore may take."""
COMPARE_DAYS = 1.0
AFTER_REBUILD_MINUTES = 15.0
"""When a rebuilt index is compared, and the old one deleted: nobody reads it by then."""
UNREADABLE = (BlobMissingError, BlobDamagedError, KeyMissingError)


def reindex_lost(house: House) -> None:
    """See to the index as a pool begins.

    One that is damaged or too old to be read is begun anew; where one holds less than the records
    do, a comparison is begun. One that is away is left for later. Raises IndexNewerError.
    """
    try:
        replace_older(house)
        if house.index.count() < Document.objects.count():
            restart_pass(begin_pass(PassKind.COMPARE))
        keep_index(house)
    except IndexUnavailableError as error:
        log.warning("index away", extra={"detail": error.detail})


def replace_older(house: House) -> None:
    """The chore that finds an index of another version: one is rebuilt beside it, or begun anew."""
    try:
        if house.index.is_older():
            begin_pass(PassKind.REBUILD)
    except IndexDamagedError as error:
        log.warning("index begun anew", extra={"detail": error.detail})
        house.index.clear()
        restart_pass(begin_pass(PassKind.COMPARE))


def keep_index(house: House) -> None:
    """The chore: a slice of whatever walk is under way or due."""
    if walk := open_pass(PassKind.REBUILD):
        rebuild_some(house, walk, is_over=a_while())
    elif open_pass(PassKind.COMPARE) or _comparison_is_due():
        compare_some(house, begin_pass(PassKind.COMPARE), is_over=a_while())


def compare_some(house: House, walk: IndexPass, *, is_over: Callable[[], bool]) -> None:
    """Make due what the records hold and the index lacks; take out what only the index holds."""
    while walk.finished_at is None and not is_over():
        ids = next_ids(walk.cursor, SLICE)
        held = list(_held(house, walk.cursor, ids[-1] if ids else None))
        lost = sorted(set(ids) - set(held))
        found = make_due(lost) if lost else 0
        extra = gone([id_ for id_ in held if id_ not in set(ids)])
        if extra:
            house.index.remove(extra)
        if found or extra:
            log.warning("index mended", extra={"lost": found, "extra": len(extra)})
        if ids:
            move_pass(walk, ids[-1], seen=len(ids), found=found)
        else:
            end_pass(walk)
            house.index.tidy()


def rebuild_some(house: House, walk: IndexPass, *, is_over: Callable[[], bool]) -> None:
    """Fill the new index beside the one in use, and exchange them at the end."""
    if house.index.begin_rebuild() and walk.cursor:
        restart_pass(walk)
    while walk.finished_at is None and not is_over():
        ids = next_ids(walk.cursor, SLICE)
        if not ids:
            _exchange(house, walk)
            return
        due = _due_to_fill(house, walk.cursor, ids)
        filled, rest = due[:FILL], due[FILL:]
        _fill(house, filled)
        last = filled[-1] if rest else ids[-1]
        move_pass(walk, last, seen=bisect_right(ids, last), found=len(filled))


def _exchange(house: House, walk: IndexPass) -> None:
    """End a rebuild; what nodes of an older version wrote meanwhile is written once more."""
    was_older = house.index.is_older()
    house.index.finish_rebuild()
    after = ""
    while was_older and (ids := indexed_since(walk.started_at, after, SLICE)):
        make_due(ids)
        after = ids[-1]
    end_pass(walk)
    log.warning("index rebuilt", extra={"documents": walk.found})


def _due_to_fill(house: House, after: str, ids: list[str]) -> list[str]:
    """What the new index lacks of a slice and the one in use holds, or should hold."""
    lacking = house.index.lacking(ids)
    if not lacking:
        return []
    wanted = set(_held(house, after, ids[-1])) | indexed_once(sorted(lacking))
    return [id_ for id_ in ids if id_ in lacking and id_ in wanted]


def _fill(house: House, ids: list[str]) -> None:
    """Put documents into the new index; what was cut anew meanwhile is taken out again."""
    rows = Document.objects.select_related("receipt__batch", "subject").in_bulk(ids)
    given = [entry for row in rows.values() if (entry := _entry(row, house))]
    try:
        house.index.fill(given)
    except IndexRefusedError:
        for entry in given:
            _fill_one(house, entry)
    unfit = gone(ids)
    if unfit:
        house.index.remove(unfit)


def _fill_one(house: House, entry: IndexDocument) -> None:
    try:
        house.index.fill([entry])
    except IndexRefusedError as error:
        _leave_out(entry.id, error.code)


def _entry(document: Document, house: House) -> IndexDocument | None:
    try:
        return index_document(document, house)
    except UNREADABLE as error:
        _leave_out(document.pk, error.code)
        return None


def _leave_out(document_id: str, code: str) -> None:
    """One paper whose text cannot be had keeps no other out; its own run tells of it."""
    log.error("left out of the index", extra={"document": document_id, "code": code})
    make_due([document_id])


def _held(house: House, after: str, last: str | None) -> Iterator[str]:
    """The ids in the index in use after one, up to and with the last of a slice."""
    while found := house.index.ids_after(after, SLICE):
        for id_ in found:
            if last is not None and id_ > last:
                return
            yield id_
        after = found[-1]


def _comparison_is_due() -> bool:
    compared, rebuilt = last_pass(PassKind.COMPARE), last_pass(PassKind.REBUILD)
    if compared is None:
        return Document.objects.exists()
    if rebuilt and rebuilt.finished_at and rebuilt.finished_at > compared.started_at:
        return _minutes_since(rebuilt) > AFTER_REBUILD_MINUTES
    return _minutes_since(compared) > COMPARE_DAYS * 24 * 60


def _minutes_since(walk: IndexPass) -> float:
    assert walk.finished_at
    return (timezone.now() - walk.finished_at).total_seconds() / 60


def a_while() -> Callable[[], bool]:
    """Whether the time of one slice is over, from now on."""
    end = time.monotonic() + SLICE_SECONDS
    return lambda: time.monotonic() > end
