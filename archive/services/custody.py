"""Verbs of the copies: where each blob lies, whether it is sound there, mending what is not."""

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet

from archive.fixity import Expected, Finding, examine
from archive.models import ArchivedBlob, AuditEvent, BlobCopy
from archive.sealed import cipher_of
from archive.services.audit import record_event
from archive.states import CopyState
from archive.stores import ArchiveStore, DataKey, Form, Note, copies_of
from archive.stores.errors import (
    KeyDamagedError,
    KeyMismatchError,
    KeyMissingError,
    StoreError,
)
from archive.tags import Tag
from archive.vault import Vault
from archive.writing import writing
from proof.types import What

log = logging.getLogger(__name__)

RETRY = dt.timedelta(hours=6)
"""After which a problem that could not be mended, and a refused deletion, is looked at again."""
SUBJECT_CHARS = 32
"""Of a blob's name in the audit's subject; the whole stands in the detail."""
_UNMENDED = (CopyState.MISSING, CopyState.DAMAGED)


@dataclass(frozen=True, slots=True)
class Strongroom:
    """What custody works on."""

    archive: ArchiveStore
    vault: Vault

    @property
    def copies(self) -> tuple[ArchiveStore, ...]:
        """The places, the first one first."""
        return copies_of(self.archive)

    @property
    def places(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(copy.place for copy in self.copies)

    def copy(self, place: str) -> ArchiveStore:
        """The copy at a place."""
        return next(copy for copy in self.copies if copy.place == place)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the copies took of one form when it was sealed."""

    form: Form
    stored_sha256: str
    """Empty where the form was there already."""
    places: tuple[str, ...]
    missing_in: tuple[str, ...] = ()
    key_missing_in: tuple[str, ...] = ()


def note_copies(found: Sequence[tuple[ArchivedBlob, Kept]], *, at: dt.datetime) -> None:
    """Write down where forms now lie, and where they are due; in the caller's transaction."""
    blobs = {blob.pk for blob, _ in found}
    there = {
        (row.blob_id, row.place, row.form): row for row in BlobCopy.objects.filter(blob__in=blobs)
    }
    new: dict[tuple[str, str, str], BlobCopy] = {}
    for blob, kept in found:
        for place in kept.places:
            name = (blob.pk, place, kept.form.value)
            row = there.get(name)
            if row is None:
                new[name] = _copy_of(blob, kept, place, at)
            elif row.state == CopyState.LEAVING:
                mark(row, state=CopyState.PLANNED, retry_at=None)
    BlobCopy.objects.bulk_create(new.values())


def _copy_of(blob: ArchivedBlob, kept: Kept, place: str, at: dt.datetime) -> BlobCopy:
    is_here = place not in kept.missing_in
    has_key = kept.form is Form.ENCRYPTED and place not in kept.key_missing_in
    return BlobCopy(
        blob=blob,
        place=place,
        form=kept.form.value,
        state=CopyState.PRESENT if is_here else CopyState.PLANNED,
        stored_sha256=kept.stored_sha256,
        key_id=blob.class_key if has_key else "",
        checked_at=at if is_here else None,
    )


def take_up(room: Strongroom, *, limit: int = 1_000) -> int:
    """Make the rows of blobs that were sealed before a place was named; how many."""
    made = 0
    for place in room.places:
        for form in Form:
            there = BlobCopy.objects.filter(blob=OuterRef("pk"), place=place, form=form.value)
            blobs = ArchivedBlob.objects.filter(
                ~Exists(there), shredded_at=None, wrapped_key__isnull=form is Form.PLAIN
            )
            rows = [
                BlobCopy(blob_id=pk, place=place, form=form.value)
                for pk in blobs.values_list("pk", flat=True)[:limit]
            ]
            with writing():
                made += len(BlobCopy.objects.bulk_create(rows, ignore_conflicts=True))
    return made


def rows_of(room: Strongroom) -> "QuerySet[BlobCopy]":
    """The rows of the places that are configured now."""
    return BlobCopy.objects.filter(place__in=room.places).select_related("blob")


def due_to_copy(room: Strongroom, now: dt.datetime) -> "QuerySet[BlobCopy]":
    """What is due in a place, and what was found wrong there and may be tried again."""
    waits = Q(retry_at=None) | Q(retry_at__lte=now)
    states = (CopyState.PLANNED, *_UNMENDED)
    return rows_of(room).filter(waits, state__in=states).order_by("pk")


class Outcome(StrEnum):
    """What became of one look at one form in one place."""

    SOUND = "sound"
    """It is there and as it was sealed."""
    BROUGHT = "brought"
    """It was due there and now is."""
    DUE = "due"
    """It is due there still: no other copy could give it."""
    MENDED = "mended"
    """It was faulty and was mended from a sound copy."""
    FAULTY = "faulty"
    """It is faulty still."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look."""

    outcome: Outcome
    what: What | None
    """What was found before mending; None: sound."""
    size: int
    """Bytes read."""


def look_at(row: BlobCopy, room: Strongroom, *, now: dt.datetime) -> Look:
    """Read one form in its place, write down what was found, and mend it where a copy is sound.

    Raises `store_unavailable`, `disk_full` of that place.
    """
    finding = _examined(row, room)
    if finding.what is None:
        _record_sound(row, finding, now)
        return Look(Outcome.SOUND, None, finding.size)
    is_due = row.state == CopyState.PLANNED and finding.what is What.BLOB_MISSING
    if not is_due:
        _record_fault(row, finding.what)
    if _mend(row, room, now):
        outcome = Outcome.BROUGHT if is_due else Outcome.MENDED
        return Look(outcome, finding.what, finding.size + row.blob.size)
    if is_due and len(room.copies) > 1 and _is_known_elsewhere(row):
        mark(row, retry_at=now + RETRY)
        return Look(Outcome.DUE, finding.what, finding.size)
    if is_due:
        _record_fault(row, finding.what)
    _record_lost(row, room, now)
    return Look(Outcome.FAULTY, finding.what, finding.size)


def _is_known_elsewhere(row: BlobCopy) -> bool:
    """Whether another place is believed to have it: the fault, if it is one, shows there."""
    others = BlobCopy.objects.filter(blob=row.blob_id, form=row.form).exclude(pk=row.pk)
    return others.exclude(state=CopyState.LEAVING).exists()


def _examined(row: BlobCopy, room: Strongroom) -> Finding:
    copy = room.copy(row.place)
    finding = examine(copy, _expected(row, room.vault), is_known=_is_known)
    if finding.what is None and row.form == Form.ENCRYPTED and _key_is_older(row, copy, room):
        return Finding(What.BLOB_ROLLED_BACK, finding.note)
    return finding


def _key_is_older(row: BlobCopy, copy: ArchiveStore, room: Strongroom) -> bool:
    """Whether the wrapped key there is gone, another blob's, or older than the records'.

    A newer one is a rotation that was cut short, or is under way.
    """
    if not row.key_id or not row.blob.wrapped_key:
        return False  # it is due there anyway
    there, ours = copy.get_key(row.blob_id), bytes(row.blob.wrapped_key)
    if there is None:
        return True
    if there == ours:
        return False
    try:
        is_same = room.vault.unwrap(there) == room.vault.unwrap(ours)
        return not is_same or not room.vault.is_newest(there)
    except StoreError:
        return True


def _expected(row: BlobCopy, vault: Vault) -> Expected:
    form = Form(row.form)
    return Expected(
        sha256=row.blob_id,
        form=form,
        cipher=_cipher(row.blob, vault) if form is Form.ENCRYPTED else None,
        stored_sha256=row.stored_sha256 or _stored_elsewhere(row),
        retain_until=row.blob.retain_until,
    )


def _cipher(blob: ArchivedBlob, vault: Vault) -> DataKey | None:
    """The blob's key, or None where it cannot be had: the container is hashed all the same."""
    try:
        return cipher_of(blob, vault)
    except (KeyMissingError, KeyDamagedError, KeyMismatchError):
        return None


def _stored_elsewhere(row: BlobCopy) -> str:
    """Copies hold the same bytes: what one was given is what all have."""
    others = BlobCopy.objects.filter(blob=row.blob_id, form=row.form).exclude(stored_sha256="")
    return others.values_list("stored_sha256", flat=True).first() or ""


def _is_known(sha256: str) -> bool:
    """Whether these bytes are another blob's."""
    return (
        ArchivedBlob.objects.filter(pk=sha256).exists()
        or BlobCopy.objects.filter(stored_sha256=sha256).exists()
    )


def mark(row: BlobCopy, **changes: object) -> None:
    """Write some columns of one row."""
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))


def _record_sound(row: BlobCopy, finding: Finding, now: dt.datetime) -> None:
    recovered = bool(row.problem)
    stored = finding.note.stored_sha256 if finding.note else ""
    with writing():
        if row.state == CopyState.LEAVING:
            mark(row, checked_at=now, problem="")
        else:
            mark(
                row,
                state=CopyState.PRESENT,
                stored_sha256=stored,
                problem="",
                checked_at=now,
                retry_at=None,
            )
        if recovered:
            record_copy(Tag.COPY_MENDED, row, {"from": "restored by hand"})


def _record_fault(row: BlobCopy, what: What) -> None:
    """One event a problem, not one a look. Unread until it is mended, or cannot be: see kills."""
    is_new = row.problem != what.value
    state = CopyState.MISSING if what is What.BLOB_MISSING else CopyState.DAMAGED
    with writing():
        mark(row, state=state, problem=what.value, retry_at=None)
        if is_new:
            record_copy(Tag.COPY_FAULTY, row, {"what": what.value})
    log.error("copy faulty", extra={"place": row.place, "blob": row.blob_id, "what": what.value})


def _record_lost(row: BlobCopy, room: Strongroom, now: dt.datetime) -> None:
    """The alarm, once: no copy that can be reached is sound."""
    mark(row, checked_at=now, retry_at=now + RETRY)
    subject = blob_subject(row.blob_id)
    last = (
        AuditEvent.objects.filter(subject=subject, tag__in=(Tag.COPY_LOST, Tag.COPY_MENDED))
        .order_by("-seq")
        .first()
    )
    if last is None or last.tag != Tag.COPY_LOST:
        with writing():
            record_copy(Tag.COPY_LOST, row, {"places": list(room.places)})
    log.critical("no sound copy", extra={"blob": row.blob_id})


def _mend(row: BlobCopy, room: Strongroom, now: dt.datetime) -> bool:
    """Bring the form from another copy, once that one's hash is verified."""
    target = room.copy(row.place)
    for source in room.copies:
        if source.place == row.place:
            continue
        note = _sound_note(row, source, room)
        if note is None:
            continue
        with source.open_stored(row.blob_id, form=Form(row.form)) as file:
            target.adopt(row.blob_id, file, form=Form(row.form), note=note)
        key_id = bring_key(row, target)
        was_faulty = bool(row.problem)
        with writing():
            mark(
                row,
                state=CopyState.PRESENT,
                stored_sha256=note.stored_sha256,
                key_id=key_id,
                is_held=note.legal_hold,
                problem="",
                checked_at=now,
                retry_at=None,
            )
            if was_faulty:
                record_copy(Tag.COPY_MENDED, row, {"from": source.place})
        return True
    return False


def _sound_note(row: BlobCopy, source: ArchiveStore, room: Strongroom) -> Note | None:
    """What another copy holds, if it is sound; with the retention that the records know."""
    other = BlobCopy.objects.filter(blob=row.blob_id, place=source.place, form=row.form).first()
    if other is None or other.state == CopyState.LEAVING:
        return None
    try:
        finding = examine(source, _expected(row, room.vault))
    except StoreError as error:
        log.warning("copy away", extra={"place": source.place, "code": error.code})
        return None
    return finding.note if finding.what is None else None


def bring_key(row: BlobCopy, target: ArchiveStore) -> str:
    """Lay the wrapped key beside the blob; the id of the class key that wraps it."""
    if row.form != Form.ENCRYPTED or not row.blob.wrapped_key:
        return ""
    target.put_key(row.blob_id, bytes(row.blob.wrapped_key))
    return row.blob.class_key


def blob_subject(sha256: str) -> str:
    """A blob in the audit."""
    return f"blob:{sha256[:SUBJECT_CHARS]}"


def record_copy(tag: Tag, row: BlobCopy, detail: dict[str, object]) -> None:
    """One event of one form in one place."""
    record_event(
        tag,
        actor="machine",
        subject=blob_subject(row.blob_id),
        detail={"sha256": row.blob_id, "place": row.place, "form": row.form} | detail,
    )
