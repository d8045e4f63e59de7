"""Verbs of receiving: batches, receipts, and files that cannot or may not go on."""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from archive.errors import WorkLostError, WrongStateError
from archive.lanes import Lane
from archive.ledger import Plan, awaited_runs, plan_runs, supersede_runs
from archive.models import Account, Batch, Document, Dossier, Page, Receipt, Subject
from archive.permissions import require
from archive.services.audit import record_event
from archive.services.contents import plan_comparison
from archive.services.subjects import dossier_for, subject_for
from archive.stages import Stage, priority_of
from archive.states import BatchState, ReceiptState
from archive.tags import Tag
from archive.writing import writing

HELD_DAYS = 5
"""How long a paper with a secrecy mark may wait, encrypted, for a decision."""
FORGOTTEN = dt.timedelta(days=1)
"""How long an open batch waits for its next file."""
SECRET_CODE = "secret_mark"  # noqa: S105  a code of the gate
SECRET_MESSAGE = (
    "Giấy tờ có dấu chỉ độ mật nên không được số hóa. Hãy báo người có trách nhiệm "  # noqa: S105
    "để quyết định trả lại hoặc hủy tệp này."
)


@dataclass(frozen=True, slots=True)
class Intake:
    """What an operator says of a batch."""

    name: str
    dossier_code: str = ""
    procedure_code: str = ""
    subject_identifier: str = ""
    confirm: bool = False
    lane: Lane = Lane.BATCH
    """Who waits for these papers."""
    expected: int | None = None
    sources: tuple[str, ...] = ()
    """Where the files come from; only hashed, to find an unfinished batch again."""

    @property
    def key(self) -> str:
        """Equal keys are the same command given again."""
        parts = [self.dossier_code, self.procedure_code, self.subject_identifier, *self.sources]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def open_batch(intake: Intake, account: Account) -> Batch:
    """Open a batch, or find the unfinished one of the same command and go on with it."""
    with writing():
        found = _unfinished(intake)
        if found:
            return found
        batch = Batch.objects.create(
            name=intake.name,
            intake_key=intake.key if intake.sources else "",
            expected=intake.expected,
            unit=account.unit,
            dossier_code=intake.dossier_code,
            procedure_code=intake.procedure_code,
            subject_identifier=intake.subject_identifier,
            confirm=intake.confirm,
            lane=intake.lane,
            opened_by=account,
        )
        record_event(Tag.BATCH_OPENED, actor=account.username, subject=f"batch:{batch.pk}")
    return batch


def _unfinished(intake: Intake) -> Batch | None:
    """One whose work was lost is none: its files are to be taken once more."""
    if not intake.sources:
        return None
    lost = Receipt.objects.filter(batch=OuterRef("pk"), code=WorkLostError.code)
    return (
        Batch.objects.select_for_update(of=("self",))
        .filter(~Exists(lost), intake_key=intake.key, confirm=intake.confirm)
        .exclude(state=BatchState.FINISHED)
        .order_by("-id")
        .first()
    )


def accept_file(batch: Batch, untrusted_name: str, sha256: str, size: int) -> Receipt:
    """Give the receipt for a file whose bytes are safe in `work/`; plan what is due.

    Given again within its batch, the same file gets the same receipt. Equal bytes that already
    went through are a duplicate: nothing is filed twice, but another dossier is linked to it.
    """
    with writing():
        known = Receipt.objects.filter(
            batch=batch, untrusted_name=untrusted_name, sha256=sha256
        ).first()
        if known:
            return known
        first = _same_bytes(sha256)
        receipt = Receipt.objects.create(
            batch=batch,
            position=batch.receipts.count() + 1,
            untrusted_name=untrusted_name,
            sha256=sha256,
            size=size,
            state=ReceiptState.DUPLICATE if first else ReceiptState.RECEIVED,
            code="duplicate" if first else "",
            message=DUPLICATE_MESSAGE if first else "",
            page_count=first.page_count if first else None,
            duplicate_of=first,
        )
        if first:
            _note_duplicate(receipt, first)
        else:
            _note_received(receipt)
            reopen_batch(batch)
    return receipt


DUPLICATE_MESSAGE = "Tệp này đã có trong kho, không lưu thêm lần nữa. Không cần làm gì thêm."


def _same_bytes(sha256: str) -> Receipt | None:
    """Return the receipt that holds these bytes; a stopped file may be tried again."""
    return (
        Receipt.objects.filter(sha256=sha256, state__in=(ReceiptState.RECEIVED, ReceiptState.DONE))
        .order_by("id")
        .first()
    )


def _note_received(receipt: Receipt) -> None:
    _event(Tag.FILE_RECEIVED, receipt, {"sha256": receipt.sha256, "size": receipt.size})
    plan_runs(
        [
            Plan(
                stage=Stage.OPEN,
                subject_type="receipt",
                subject_id=str(receipt.pk),
                receipt_id=receipt.pk,
                inputs=(receipt.sha256,),
                priority=priority_of(Stage.OPEN),
                # As it was given, even on a page: old papers may be fed there too.
                lane=receipt.batch.lane,
            )
        ]
    )


def _note_duplicate(receipt: Receipt, first: Receipt) -> None:
    _event(Tag.FILE_DUPLICATE, receipt, {"of": first.pk})
    code = receipt.batch.dossier_code
    documents = list(Document.objects.filter(receipt=first).exclude(dossiers__code=code))
    dossier = dossier_of(receipt.batch)
    if dossier and documents:
        for document in documents:
            document.dossiers.add(dossier)
        plan_comparison(first, [dossier.pk])
        _event(Tag.FILE_LINKED, receipt, {"dossier": code, "documents": [d.pk for d in documents]})


def refuse_file(batch: Batch, untrusted_name: str, *, code: str, message: str) -> Receipt:
    """Give the receipt for a file whose bytes could not even be taken in."""
    with writing():
        receipt, made = Receipt.objects.get_or_create(
            batch=batch,
            untrusted_name=untrusted_name,
            sha256="",
            defaults={
                "position": batch.receipts.count() + 1,
                "state": ReceiptState.STOPPED,
                "code": code,
                "message": message[:500],
            },
        )
        if made:
            _event(Tag.FILE_STOPPED, receipt, {"code": code})
    return receipt


def stop_file(receipt: Receipt, *, code: str, message: str) -> None:
    """Mark a file that cannot go on. Its bytes stay; its open runs are needless."""
    with writing():
        supersede_runs(receipt=receipt)
        _set(receipt, state=ReceiptState.STOPPED, code=code, message=message[:500])
        _stop_duplicates(receipt)
        _event(Tag.FILE_STOPPED, receipt, {"code": code})


def hold_file(receipt: Receipt, *, page: int, level: str) -> None:
    """Stop a file that bears a secrecy mark: keep its bytes for a decision, forget the rest.

    Rule: secret papers are not stored or read (TT 01/2023, TT 03/2025); see the ADR on the gate.
    """
    with writing():
        supersede_runs(receipt=receipt)
        Document.objects.filter(receipt=receipt).delete()
        Page.objects.filter(receipt=receipt).delete()
        _set(
            receipt,
            state=ReceiptState.HELD,
            code=SECRET_CODE,
            message=SECRET_MESSAGE,
            decide_by=dt.datetime.now(dt.UTC) + dt.timedelta(days=HELD_DAYS),
        )
        _stop_duplicates(receipt)
        _event(Tag.FILE_HELD, receipt, {"page": page, "level": level})


def _stop_duplicates(receipt: Receipt) -> None:
    """What stops a file stops the files that are the same bytes."""
    receipt.duplicates.filter(state=ReceiptState.DUPLICATE).update(
        state=ReceiptState.STOPPED, code=receipt.code, message=receipt.message
    )


def decide_held(receipt: Receipt, account: Account, *, destroy: bool) -> None:
    """Write down a responsible person's decision; the bytes go with the next sweep of `work/`.

    Raises NotAllowedError without the right, WrongStateError when nothing is held.
    """
    require(account, "decide_held")
    with writing():
        state = ReceiptState.DESTROYED if destroy else ReceiptState.HANDED_BACK
        changed = Receipt.objects.filter(pk=receipt.pk, state=ReceiptState.HELD).update(state=state)
        if not changed:
            raise WrongStateError
        # Files of the same bytes share the decision, or their rows would keep the bytes.
        Receipt.objects.filter(sha256=receipt.sha256, code=SECRET_CODE).filter(
            state__in=(ReceiptState.HELD, ReceiptState.STOPPED)
        ).update(state=state)
        tag = Tag.FILE_DESTROYED if destroy else Tag.FILE_HANDED_BACK
        record_event(tag, actor=account.username, subject=f"file:{receipt.pk}")


def close_receiving(batch: Batch) -> None:
    """Say that no more files will come."""
    Batch.objects.filter(pk=batch.pk, state=BatchState.RECEIVING).update(
        state=BatchState.PROCESSING
    )


def close_forgotten(now: dt.datetime) -> None:
    """Close batches to which nothing came for a day: the browser was shut, or all was refused."""
    since = now - FORGOTTEN
    left = Batch.objects.filter(state=BatchState.RECEIVING, opened_at__lt=since)
    fed = Receipt.objects.filter(batch=OuterRef("pk"), received_at__gte=since)
    for batch in left.filter(~Exists(fed)):
        close_receiving(batch)


def finish_batch(batch: Batch) -> bool:
    """Close a batch whose machine work is over; return whether it is finished now."""
    with writing():
        if awaited_runs(receipt__batch=batch).exists():
            return False
        changed = Batch.objects.filter(pk=batch.pk, state=BatchState.PROCESSING).update(
            state=BatchState.FINISHED, finished_at=dt.datetime.now(dt.UTC)
        )
        if changed:
            record_event(Tag.BATCH_FINISHED, actor="machine", subject=f"batch:{batch.pk}")
    return True


def reopen_batch(batch: Batch) -> None:
    """Say that the machine works on a batch again: a second command feeds it, or a file was cut."""
    Batch.objects.filter(pk=batch.pk, state=BatchState.FINISHED).update(
        state=BatchState.PROCESSING, finished_at=None
    )


def finish_batches() -> None:
    """Close every batch whose machine work is over; for batches that nobody waits for."""
    for batch in Batch.objects.filter(state=BatchState.PROCESSING):
        finish_batch(batch)


def dossier_of(batch: Batch) -> Dossier | None:
    """Return the dossier that the operator named for the whole batch, made where it is new."""
    if not batch.dossier_code:
        return None
    return dossier_for(
        batch.dossier_code,
        procedure=batch.procedure_code,
        subject=subject_of(batch),
    )


def subject_of(batch: Batch) -> Subject | None:
    """Return the subject that the operator named for the whole batch."""
    return subject_for(batch.subject_identifier) if batch.subject_identifier else None


def _set(receipt: Receipt, **changes: object) -> None:
    for name, value in changes.items():
        setattr(receipt, name, value)
    receipt.save(update_fields=list(changes))


def _event(tag: Tag, receipt: Receipt, detail: dict[str, object]) -> None:
    record_event(tag, actor="machine", subject=f"file:{receipt.pk}", detail=detail)
