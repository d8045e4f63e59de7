"""Verbs of sealed papers' protection: moved between classes, sealed anew, held, shredded."""

import datetime as dt
import logging
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone

from archive.errors import HoldOpenError, NotFoundError, WrongStateError
from archive.models import (
    Account,
    ArchivedBlob,
    BlobCopy,
    Document,
    LegalHold,
    SealedFile,
)
from archive.permissions import require
from archive.sealed import blobs_of
from archive.services.audit import record_event
from archive.services.custody import (
    Kept,
    Strongroom,
    note_copies,
)
from archive.services.documents import plan_index
from archive.services.hands import forget_crops_of
from archive.services.levelling import held_blobs, level_holds, level_keys, remove_leaving
from archive.services.rotation import rewrap_blob
from archive.states import CopyState, DocumentStatus, FileRole, Protection
from archive.stores import DataKey, Form
from archive.stores.errors import LegalHoldError, RetentionNotOverError
from archive.tags import Tag
from archive.vault import class_of, key_id_of
from archive.writing import writing

log = logging.getLogger(__name__)


def protect_document(
    document: Document, protection: Protection, account: Account, room: Strongroom
) -> None:
    """Change the class of a sealed document; its files follow, now or by the upkeep.

    Encrypted files are re-wrapped; plain ones that need it are sealed anew, and their plain form
    goes when its lock allows. What is encrypted is never laid open again. Raises NotAllowedError,
    WrongStateError.
    """
    require(account, "protect_document")
    with writing():
        row = Document.objects.select_for_update().get(pk=document.pk)
        if row.status != DocumentStatus.ARCHIVED:
            raise WrongStateError(detail=f"{row.pk} is {row.status}")
        if row.protection == protection:
            return
        before, row.protection = row.protection, protection.value
        row.version += 1
        row.save(update_fields=["protection", "version"])
        record_event(
            Tag.DOCUMENT_PROTECTED,
            actor=account.username,
            subject=f"document:{row.pk}",
            detail={"from": before, "to": protection.value},
        )
        if protection != Protection.ORDINARY:
            forget_crops_of(row)
        plan_index(row)
    blobs = ArchivedBlob.objects.filter(blobs_of([document.pk]))
    apply_protection(room, blobs=blobs)


def apply_protection(room: Strongroom, *, blobs: "QuerySet[ArchivedBlob] | None" = None) -> int:
    """Bring blobs under the class that their documents have now; how many changed. Resumable."""
    found = misplaced_blobs() if blobs is None else blobs
    return sum(_protected(blob, room) for blob in found.filter(shredded_at=None).distinct())


def misplaced_blobs() -> "QuerySet[ArchivedBlob]":
    """Blobs of identity papers that are not kept as such: a change that was cut short."""
    identity = Protection.IDENTITY.value
    of_identity = blobs_of(Document.objects.filter(protection=identity))
    is_kept = Q(protection=identity, wrapped_key__isnull=False)
    return ArchivedBlob.objects.filter(of_identity).exclude(is_kept)


def wanted_protection(blob: ArchivedBlob) -> Protection:
    """The strictest class among the documents that the bytes belong to.

    A whole file as received shows the pages of all its documents.
    """
    uses = SealedFile.objects.filter(blob=blob)
    documents = Q(files__blob=blob) | Q(renewals__old=blob) | Q(renewals__old_record=blob)
    receipts = uses.filter(role=FileRole.RECEIVED).values("document__receipt")
    documents |= Q(receipt__in=receipts)
    strict = Document.objects.filter(documents, protection=Protection.IDENTITY.value)
    return Protection.IDENTITY if strict.exists() else Protection.ORDINARY


def _protected(blob: ArchivedBlob, room: Strongroom) -> bool:
    wanted = wanted_protection(blob)
    if blob.wrapped_key:
        if class_of(bytes(blob.wrapped_key)) == wanted and blob.protection == wanted:
            return False
        rewrap_blob(blob, room, wanted.value)
    elif wanted != Protection.ORDINARY:
        seal_anew(blob, room, wanted.value)
    elif blob.protection == wanted:
        return False
    ArchivedBlob.objects.filter(pk=blob.pk).update(protection=wanted.value)
    return True


def own_key(
    sha256: str, class_name: str, room: Strongroom
) -> tuple[bytes, DataKey, tuple[str, ...]]:
    """A blob's wrapped key, the key, and the places that missed it; found again after a kill."""
    wrapped = room.archive.get_key(sha256)
    if wrapped is None:
        wrapped = room.vault.wrap(room.vault.new_data_key(), class_name)
    return wrapped, room.vault.unwrap(wrapped), room.archive.put_key(sha256, wrapped)


def seal_anew(blob: ArchivedBlob, room: Strongroom, class_name: str) -> None:
    """Seal a plain blob encrypted; its plain form is to leave every copy.

    Key, bytes, row: killed in between, the next call finds what is there and goes on.
    """
    wrapped, cipher, key_missed = own_key(blob.pk, class_name, room)
    with room.archive.open(blob.pk) as plain:
        stored = room.archive.put(blob.pk, plain, retain_until=blob.retain_until, cipher=cipher)
    kept = Kept(Form.ENCRYPTED, stored.stored_sha256, room.places, stored.missing_in, key_missed)
    with writing():
        row = ArchivedBlob.objects.select_for_update().get(pk=blob.pk)
        row.wrapped_key, row.class_key = wrapped, key_id_of(wrapped)
        row.save(update_fields=["wrapped_key", "class_key"])
        note_copies([(row, kept)], at=timezone.now())
        _let_go(row, Form.PLAIN, room)
        record_event(
            Tag.BLOB_RESEALED,
            actor="machine",
            subject=f"blob:{row.pk[:32]}",
            detail={"sha256": row.pk, "class": class_name},
        )


def _let_go(blob: ArchivedBlob, form: Form, room: Strongroom) -> None:
    """A form is to leave every place, the ones that never got it too: a late copy may bring it."""
    for place in room.places:
        BlobCopy.objects.update_or_create(
            blob=blob,
            place=place,
            form=form.value,
            defaults={"state": CopyState.LEAVING, "retry_at": None},
        )


def hold_document(document: Document, account: Account, room: Strongroom, *, reason: str) -> None:
    """Lay a legal hold on a sealed document: nothing of it is deleted, whatever its retention.

    Raises NotAllowedError, WrongStateError, HoldOpenError.
    """
    require(account, "hold_document")
    if document.status != DocumentStatus.ARCHIVED:
        raise WrongStateError(detail=f"{document.pk} is {document.status}")
    with writing():
        if LegalHold.objects.filter(document=document, lifted_at=None).exists():
            raise HoldOpenError(detail=document.pk)
        LegalHold.objects.create(document=document, reason=reason[:500], placed_by=account)
        record_event(
            Tag.HOLD_PLACED,
            actor=account.username,
            subject=f"document:{document.pk}",
            detail={"reason": reason[:500]},
        )
    level_holds(room)


def lift_hold(document: Document, account: Account, room: Strongroom, *, reason: str) -> None:
    """Lift it. Raises NotAllowedError, NotFoundError where none lies on the document."""
    require(account, "hold_document")
    with writing():
        hold = (
            LegalHold.objects.select_for_update().filter(document=document, lifted_at=None).first()
        )
        if hold is None:
            raise NotFoundError(detail=f"no hold on {document.pk}")
        hold.lifted_by, hold.lifted_at = account, timezone.now()
        hold.save(update_fields=["lifted_by", "lifted_at"])
        record_event(
            Tag.HOLD_LIFTED,
            actor=account.username,
            subject=f"document:{document.pk}",
            detail={"reason": reason[:500]},
        )
    level_holds(room)


def shred_document(
    document: Document, account: Account, room: Strongroom, *, decision: str, today: dt.date
) -> int:
    """Destroy the data keys of a document's own files, by decision after retention; how many.

    From then on no copy of them can be read, on whatever disk it turns up; their bytes go too, as
    each place lets them. Files that other documents share stay. Raises NotAllowedError,
    `retention_not_over`, `legal_hold`.
    """
    require(account, "shred_document")
    with writing():
        blobs = list(_own_blobs(document).select_for_update())
        _check_over(blobs, room, today)
        for blob in blobs:
            _forget_key(blob, room)
        forget_crops_of(document)
        record_event(
            Tag.DOCUMENT_SHREDDED,
            actor=account.username,
            subject=f"document:{document.pk}",
            detail={"decision": decision[:500], "blobs": [blob.pk for blob in blobs]},
        )
    level_keys(room)
    remove_leaving(room, now=timezone.now())
    return len(blobs)


def _own_blobs(document: Document) -> "QuerySet[ArchivedBlob]":
    shared = SealedFile.objects.exclude(document=document).values("blob")
    own = blobs_of([document.pk])
    return ArchivedBlob.objects.filter(own, shredded_at=None).exclude(pk__in=shared)


def _check_over(blobs: Iterable[ArchivedBlob], room: Strongroom, today: dt.date) -> None:
    """The rows' word and the stores': the longer one holds."""
    held = set(held_blobs().values_list("pk", flat=True))
    for blob in blobs:
        if blob.pk in held:
            raise LegalHoldError(detail=blob.pk)
        ends = [blob.retain_until]
        ends += [
            room.archive.retain_until(blob.pk, form=form) for form in room.archive.forms(blob.pk)
        ]
        if any(end is None or today <= end for end in ends):
            raise RetentionNotOverError(detail=blob.pk)


def _forget_key(blob: ArchivedBlob, room: Strongroom) -> None:
    blob.wrapped_key, blob.class_key, blob.shredded_at = None, "", timezone.now()
    blob.save(update_fields=["wrapped_key", "class_key", "shredded_at"])
    for form in Form:
        if BlobCopy.objects.filter(blob=blob, form=form.value).exists():
            _let_go(blob, form, room)
