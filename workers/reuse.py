"""The reuse question: what a subject holds of what a procedure asks for, and may it serve."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from archive.errors import NotFoundError
from archive.models import Document
from archive.reuse import ComponentVerdict, Paper, evaluate
from archive.sealed import cipher_of
from archive.services.looking import Purpose, Reader, note_question
from archive.states import DocumentStatus, FileRole, Protection
from catalogue.services import catalogue_on
from catalogue.types import Procedure
from workers.house import House


class ProcedureUnknownError(NotFoundError):
    """The catalogue has no procedure of this code on that day."""

    code = "procedure_unknown"
    message = "Không có thủ tục mang mã này trong danh mục. Hãy kiểm tra lại mã thủ tục."


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks for which subject, under which procedure, and why."""

    subject: str
    procedure: str
    on: dt.date
    actor: str
    purpose: str = ""
    dossier: str = ""
    address: str = ""
    """From where."""

    def reader(self) -> Reader:
        """As the audit trail names whoever asks."""
        return Reader(self.actor, self.purpose or Purpose.HANDLE, self.dossier, self.address)


def ask_reuse(question: Question, house: House) -> tuple[Procedure, tuple[ComponentVerdict, ...]]:
    """Answer with a verdict and reasons for every component; the asking is recorded.

    Raises ProcedureUnknownError.
    """
    catalogue = catalogue_on(question.on)
    procedure = catalogue.procedure(question.procedure)
    if procedure is None:
        raise ProcedureUnknownError(detail=question.procedure)
    held = Document.objects.filter(
        subject__identifier=question.subject,
        kind_code__in={code for part in procedure.components for code in part.accepted},
    )
    held = held.select_related("subject").prefetch_related("files__blob").order_by("pk")
    papers = [paper_of(document, house) for document in held]
    verdicts = evaluate(procedure, papers, question.on, kinds=catalogue.kinds)
    offered = [paper.id for paper in papers]
    note_question(question.reader(), procedure=procedure.code, offered=offered)
    return procedure, verdicts


def paper_of(document: Document, house: House) -> Paper:
    """Turn a record into what reuse must know of it; the bytes are looked at now."""
    return Paper(
        id=document.pk,
        kind_code=document.kind_code or "",
        subject=document.subject.identifier if document.subject else "",
        status=DocumentStatus(document.status),
        is_checked=document.confirmed_at is not None,
        is_signed=document.signed_at is not None,
        is_sealed=document.sealed_at is not None,
        issued_on=document.issued_on,
        expires_on=document.expires_on,
        revoked_on=document.revoked_on,
        integrity_ok=_is_whole(document, house),
        protection=Protection(document.protection),
    )


def _is_whole(document: Document, house: House) -> bool | None:
    """Whether the sealed file is as it was; None before the seal."""
    if document.sealed_at is None:
        return None
    files = (file for file in document.files.all() if file.role == FileRole.DOCUMENT)
    file = next(files, None)
    if file is None:
        return False
    return house.archive.check(file.blob_id, cipher=cipher_of(file.blob, house.vault)) is None


def verdict_json(verdict: ComponentVerdict) -> dict[str, Any]:
    """One component as the command line and the API print it."""
    return {
        "code": verdict.code,
        "name": verdict.name,
        "required": verdict.is_required,
        "verdict": str(verdict.verdict),
        "candidates": [
            {
                "id": candidate.id,
                "verdict": str(candidate.verdict),
                "reasons": [
                    {"code": str(reason.code), "message": reason.message}
                    for reason in candidate.reasons
                ],
            }
            for candidate in verdict.candidates
        ],
    }
