"""Verbs of documents up to a person's decision: made, classified, read, checked, corrected."""

import base64
import datetime as dt
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from archive.errors import FieldsMissingError, WrongStateError
from archive.labels import label_of
from archive.ledger import Plan, plan_runs, revive_runs, supersede_runs
from archive.models import Account, Document, Dossier, Field, Page, Receipt, Subject
from archive.permissions import require
from archive.services.audit import record_event
from archive.services.contents import plan_comparison_of
from archive.services.hands import (
    NAMES,
    close_hand,
    forget_crops_of,
    plan_lesson,
    plan_weighing_beside,
)
from archive.services.intake import dossier_of, stop_file, subject_of
from archive.services.received import plan_keeping
from archive.services.subjects import dossier_for, subject_for
from archive.stages import Stage, priority_of
from archive.states import DocumentStatus, Protection, ReceiptState
from archive.tags import Tag
from archive.values import Value, normal_value
from archive.writing import writing

NO_DOCUMENT = "no_document"
NO_DOCUMENT_MESSAGE = "Tệp không có trang nào mang nội dung. Hãy kiểm tra bản giấy và quét lại."
COLUMNS = ("number", "abstract", "issuer", "issued_on", "expires_on")
"""Fields that lists sort and filter by, kept on the document as well."""
LOCAL_TIME = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True, slots=True)
class Cut:
    """One document within a file, as the separator proposed it."""

    first_page: int
    last_page: int
    dossier: str = ""
    procedure: str = ""
    subject: str = ""
    confidence: float = 1.0
    """How sure it begins where it begins."""
    reason: str = ""
    """Vietnamese: why it begins there."""


def new_document_id(now: dt.datetime | None = None) -> str:
    """Return `D` + yymmdd (local day) + 8 base-32 letters (RFC 4648)."""
    day = (now or dt.datetime.now(dt.UTC)).astimezone(LOCAL_TIME)
    return f"D{day:%y%m%d}{base64.b32encode(secrets.token_bytes(5)).decode()}"


def make_documents(receipt: Receipt, cuts: Sequence[Cut]) -> list[Document]:
    """Write the documents of a file and plan their reading; a file with none is stopped."""
    if not cuts:
        stop_file(receipt, code=NO_DOCUMENT, message=NO_DOCUMENT_MESSAGE)
        return []
    documents = [make_document(receipt, cut) for cut in cuts]
    receipt.state = ReceiptState.DONE
    receipt.save(update_fields=["state"])
    record_event(
        Tag.FILE_SEPARATED,
        actor="machine",
        subject=f"file:{receipt.pk}",
        detail={"documents": [document.pk for document in documents]},
    )
    for document in documents:
        plan_document(Stage.CLASSIFY, document)
    return documents


def make_document(receipt: Receipt, cut: Cut) -> Document:
    """Write one document of a file; nothing is planned yet."""
    subject = subject_for(cut.subject) if cut.subject else subject_of(receipt.batch)
    document = Document.objects.create(
        id=new_document_id(),
        receipt=receipt,
        first_page=cut.first_page,
        last_page=cut.last_page,
        # As strict as can be until its kind is known.
        protection=Protection.IDENTITY,
        subject=subject,
        is_born_digital=receipt.is_born_digital,
    )
    document.dossiers.add(*_dossiers(receipt, cut, subject))
    Page.objects.filter(
        receipt=receipt, number__gte=cut.first_page, number__lte=cut.last_page
    ).update(document=document)
    return document


def _dossiers(receipt: Receipt, cut: Cut, subject: Subject | None) -> list[Dossier]:
    """Return the sheet's dossier, else the batch's, and those of the file's duplicates."""
    if cut.dossier:
        found = [dossier_for(cut.dossier, procedure=cut.procedure, subject=subject)]
    else:
        named = dossier_of(receipt.batch)
        found = [named] if named else []
    for twin in receipt.duplicates.filter(state=ReceiptState.DUPLICATE):
        named = dossier_of(twin.batch)
        found += [named] if named else []
    return found


def record_kind(document: Document, *, protection: str, model: str = "", **guess: Any) -> None:
    """Write what the classifier said: kind_code, kind_name, form, kind_confidence, kind_reasons.

    `model` is the version that said it. A kind that a person said stays, the guess beside it.
    """
    changes = {"machine_kind_code": guess["kind_code"]}
    if not is_kind_by_person(document):
        changes |= {**guess, "protection": protection}
    _set(document, **changes)
    said = {"kind": document.kind_code, "sure": f"{document.kind_confidence:.3f}", "model": model}
    _event(Tag.DOCUMENT_CLASSIFIED, document, said)
    plan_document(Stage.EXTRACT, document)


def is_kind_by_person(document: Document) -> bool:
    """Whether a person said what the document is, and not as the machine had it."""
    return (
        document.kind_code is not None
        and document.kind_confidence == 1.0
        and document.kind_code != document.machine_kind_code
    )


def record_fields(
    document: Document, fields: Iterable[Mapping[str, Any]], *, model: str = ""
) -> None:
    """Write the fields as read; the owner's identifier on the paper links its subject.

    A value that a person gave stays, with what the machine reads now beside it. `model` is the
    version of what corrections taught about fields.
    """
    rows = [Field(document=document, **_as_said(field), **field) for field in fields]
    given = _given(document, rows)
    Field.objects.filter(document=document).exclude(name__in=given).delete()
    Field.objects.bulk_create(row for row in rows if row.name not in given)
    read = {row.name: row for row in rows} | given
    copy_columns(document, {name: row.value for name, row in read.items()})
    _link_subject(document, read)
    said = {"fields": len(rows), "model": model} if model else {"fields": len(rows)}
    _event(Tag.DOCUMENT_EXTRACTED, document, said)
    plan_index(document)
    plan_comparison_of(document)
    plan_document(Stage.CHECK if document.is_born_digital else Stage.RENDER, document)


def _given(document: Document, rows: Iterable[Field]) -> dict[str, Field]:
    """Fields that a person filled, each with the machine's newest reading beside its value."""
    given = {
        field.name: field
        for field in Field.objects.filter(document=document, corrected_by__isnull=False)
    }
    for row in rows:
        if row.name in given:
            for said in _SAID:
                setattr(given[row.name], said, getattr(row, said))
            given[row.name].save(update_fields=_SAID)
    return given


_SAID = ("machine_value", "machine_confidence", "machine_sure", "hand")


def _as_said(field: Mapping[str, Any]) -> dict[str, Any]:
    """What the machine said, kept apart from what people make of it."""
    return {f"machine_{name}": field[name] for name in ("value", "confidence", "sure")}


def _link_subject(document: Document, read: Mapping[str, Field]) -> None:
    owner = read.get("subject_id")
    if document.subject_id is None and owner and owner.value and owner.sure:
        name = read["subject_name"].value if "subject_name" in read else ""
        _set(document, subject=subject_for(str(owner.value), name=str(name or "")))


def copy_columns(document: Document, values: Mapping[str, Any]) -> None:
    """Keep on the document what lists sort and filter by."""
    changes: dict[str, Any] = {}
    for name in COLUMNS:
        if name not in values:
            continue
        value = values[name]
        if name.endswith("_on"):
            changes[name] = dt.date.fromisoformat(value) if value else None
        else:
            changes[name] = value or ""
    _set(document, **changes)


def record_pdf(document: Document, sha256: str) -> None:
    """Write where the unsigned PDF/A lies, made and compared with its input.

    Where a person confirmed while it could not be made, their word stands: it is signed next.
    """
    _set(document, pdf_sha256=sha256)
    _event(Tag.DOCUMENT_RENDERED, document, {"sha256": sha256})
    document.refresh_from_db(fields=["confirmed_at", "confirmed_by"])
    if document.confirmed_by is None:
        plan_document(Stage.CHECK, document)
    elif document.confirmed_by.has_perm("archive.sign_document"):
        plan_document(Stage.SIGN, document)
    else:
        wait_for_person(document, [SIGNATURE_DUE])


def wait_for_person(document: Document, reasons: Sequence[Mapping[str, Any]]) -> None:
    """Leave the document to a person, saying why; what a person refused meanwhile stays so."""
    if Document.objects.filter(pk=document.pk, status=DocumentStatus.REFUSED).exists():
        return
    _set(document, status=DocumentStatus.WAITING, waiting=list(reasons))
    _event(Tag.DOCUMENT_WAITING, document, {"codes": [reason["code"] for reason in reasons]})
    plan_index(document)


def confirm_document(document: Document, account: Account) -> None:
    """Stand for the fields of a document; where the account may sign too, signing is planned.

    Raises NotAllowedError, WrongStateError (already signed or refused). That every field which
    the kind requires has a value is `require_values`' to say.
    """
    require(account, "confirm_document")
    with writing():
        document = _open_document(document)
        _set(
            document,
            status=DocumentStatus.WAITING,
            confirmed_by=account,
            confirmed_at=dt.datetime.now(dt.UTC),
            waiting=[SIGNATURE_DUE],
        )
        _event(Tag.DOCUMENT_CONFIRMED, document, {}, actor=account.username)
        plan_index(document)
        close_hand(document)
        plan_lesson(document)
        if account.has_perm("archive.sign_document"):
            plan_signature(document)


def plan_signature(document: Document) -> Stage:
    """Plan what leads to the seal, anew where it was given up; return which stage that is."""
    if document.signed_sha256:
        stage = Stage.SEAL
    elif document.pdf_sha256 or document.is_born_digital:
        stage = Stage.SIGN
    else:
        stage = Stage.RENDER
    plan_document(stage, document)
    revive_runs(stage, "document", document.pk)
    return stage


CHECK_DUE = {"code": "check_due", "message": "Chờ người kiểm tra trước khi ký và lưu kho."}
SIGNATURE_DUE = {"code": "signature_due", "message": "Đã kiểm tra xong, chờ ký số."}


def request_signature(document: Document, account: Account) -> None:
    """Let the configured keys sign a confirmed document; ask again for what was given up.

    Raises NotAllowedError, WrongStateError when it is not confirmed, or is over.
    """
    require(account, "sign_document")
    with writing():
        row = Document.objects.select_for_update().filter(pk=document.pk).first()
        if row is None:
            raise WrongStateError(detail=f"{document.pk} was cut anew")
        if row.confirmed_at is None or row.status != DocumentStatus.WAITING:
            raise WrongStateError(detail=f"{row.pk} is {row.status}")
        plan_signature(row)


def wait_for_signature(document_id: str, *, code: str, message: str) -> None:
    """Say why a confirmed document is not signed yet; what was said already is said once."""
    document = Document.objects.select_for_update().get(pk=document_id)
    reason = SIGNATURE_DUE if code == "pin_needed" else {"code": code, "message": message}
    if document.status == DocumentStatus.WAITING and document.waiting != [reason]:
        _set(document, waiting=[reason])
        _event(Tag.DOCUMENT_WAITING, document, {"codes": [reason["code"]]})


def correct_document(document: Document, account: Account, values: Mapping[str, Value]) -> None:
    """Take a person's values for fields; what the machine read stays beside them.

    Dates may be ISO or dd/mm/yyyy. A corrected identifier of the owner links its subject.
    Raises NotAllowedError, WrongStateError, FieldDateError, FieldTooLongError.
    """
    require(account, "confirm_document")
    values = {name: normal_value(name, value) for name, value in values.items()}
    with writing():
        document = _open_document(document)
        changed = [
            name for name, value in values.items() if _correct(document, account, name, value)
        ]
        copy_columns(document, {name: values[name] for name in changed})
        if "subject_id" in changed and values["subject_id"]:
            _set(document, subject=subject_for(str(values["subject_id"])))
        if changed:
            _set(document, version=document.version + 1)
            _event(Tag.DOCUMENT_CORRECTED, document, {"fields": changed}, actor=account.username)
            _withdraw_confirmation(document)
            plan_index(document)
            plan_comparison_of(document)
            if {"notation", "issuer", *NAMES} & set(changed):
                plan_weighing_beside(document)
                plan_lesson(document)


def _withdraw_confirmation(document: Document) -> None:
    """After a change nobody stands for the document; it is not signed before somebody does."""
    if document.confirmed_at is None:
        return
    supersede_runs(subject_type="document", subject_id=document.pk, stage=Stage.SIGN)
    _set(document, confirmed_by=None, confirmed_at=None, waiting=[CHECK_DUE])


def _correct(document: Document, account: Account, name: str, value: Value) -> bool:
    field, _made = Field.objects.get_or_create(document=document, name=name)
    if field.value == value and field.sure:
        return False
    field.value = value
    field.sure = True
    field.confidence = 1.0
    field.corrected_by = account
    field.corrected_at = dt.datetime.now(dt.UTC)
    field.save()
    return True


def correct_kind(
    document: Document,
    account: Account,
    *,
    code: str | None,
    name: str,
    form: str | None,
    protection: str,
) -> None:
    """Take a person's word for what the document is; the machine's guess stays on record."""
    require(account, "confirm_document")
    with writing():
        document = _open_document(document)
        _set(
            document,
            kind_code=code,
            kind_name=name,
            form=form,
            protection=protection,
            kind_confidence=1.0,
            version=document.version + 1,
        )
        if protection != Protection.ORDINARY:
            forget_crops_of(document)
        said = {"kind": code, "machine": document.machine_kind_code}
        _event(Tag.DOCUMENT_CORRECTED, document, said, actor=account.username)
        _withdraw_confirmation(document)
        plan_index(document)
        plan_comparison_of(document)


def refuse_document(document: Document, account: Account, *, reason: str) -> None:
    """Refuse a document: it stays findable as refused and is never signed or reused."""
    require(account, "confirm_document")
    with writing():
        document = _open_document(document)
        supersede_runs(subject_type="document", subject_id=document.pk)
        _set(
            document,
            status=DocumentStatus.REFUSED,
            waiting=[{"code": "refused", "message": reason[:300]}],
        )
        _event(Tag.DOCUMENT_REFUSED, document, {}, actor=account.username)
        close_hand(document)
        forget_crops_of(document)
        plan_index(document)
        plan_comparison_of(document)
        plan_keeping(document.receipt_id)


def revoke_document(document: Document, account: Account, *, on: dt.date) -> None:
    """Note that the issuer took an archived paper back, or replaced it; it is not reused after."""
    require(account, "confirm_document")
    with writing():
        _set(document, revoked_on=on, version=document.version + 1)
        _event(Tag.DOCUMENT_REVOKED, document, {"on": on.isoformat()}, actor=account.username)


def plan_document(stage: Stage, document: Document, *inputs: str) -> None:
    """Plan one stage for a document."""
    plan_runs(
        [
            Plan(
                stage=stage,
                subject_type="document",
                subject_id=document.pk,
                receipt_id=document.receipt_id,
                inputs=(document.pk, *inputs),
                priority=priority_of(stage),
            )
        ]
    )


def plan_index(document: Document, *because: str) -> None:
    """Plan the index entry for the document as it stands now; `because` is part of the key."""
    plan_document(
        Stage.INDEX,
        document,
        document.status,
        str(document.version),
        "confirmed" if document.confirmed_at else "",
        *because,
    )


def plan_check(document: Document, because: str) -> None:
    """Plan the check of a paper that waits anew: something of it was read anew."""
    if document.status == DocumentStatus.WAITING:
        plan_document(Stage.CHECK, document, because)


def is_confirmed(document: Document) -> bool:
    """Whether somebody stands for it by now, its row locked until the transaction ends."""
    rows = Document.objects.select_for_update().filter(pk=document.pk, confirmed_at=None)
    return not rows.exists()


def require_values(document: Document, names: Iterable[str]) -> None:
    """Raise FieldsMissingError where a required field of the kind has no value."""
    filled = {field.name for field in document.fields.all() if field.value not in (None, "")}
    missing = [name for name in names if name not in filled]
    if missing:
        labels = ", ".join(label_of(name) for name in missing)
        raise FieldsMissingError(
            f"Còn thiếu: {labels}. Hãy điền đủ rồi xác nhận lại.", detail=", ".join(missing)
        )


def _open_document(document: Document) -> Document:
    """Return the document, locked, while people may still change it."""
    row = Document.objects.select_for_update().filter(pk=document.pk).first()
    if row is None:
        raise WrongStateError(detail=f"{document.pk} was cut anew")
    if row.signed_sha256 or row.status in (DocumentStatus.ARCHIVED, DocumentStatus.REFUSED):
        raise WrongStateError(detail=f"{row.pk} is {row.status}")
    return row


def _set(document: Document, **changes: Any) -> None:
    if not changes:
        return
    for name, value in changes.items():
        setattr(document, name, value)
    document.save(update_fields=list(changes))


def _event(
    tag: Tag, document: Document, detail: Mapping[str, Any], *, actor: str = "machine"
) -> None:
    record_event(tag, actor=actor, subject=f"document:{document.pk}", detail=detail)
