"""Stages of one document: named, read, findable, checked."""

from dataclasses import replace
from typing import Any

import classify as classifier
from archive.labels import label_of
from archive.models import Account, Document, Page, StageRun
from archive.services.contents import record_contents
from archive.services.documents import (
    CHECK_DUE,
    confirm_document,
    is_confirmed,
    record_fields,
    record_kind,
    wait_for_person,
)
from archive.services.hands import plan_weighing
from archive.states import PageState, Protection
from catalogue.types import Catalogue
from classify.policy import KIND as KIND_SURE
from ocr import read_strip
from search.types import IndexDocument
from workers.checks import remarks
from workers.contents import entry_rows, papers_under
from workers.hand_reader import reader_of
from workers.hands import around_of, mention_rows, record_hands, scanned_on
from workers.house import House
from workers.outcome import Outcome
from workers.reference import reference_of
from workers.views import (
    document_pages,
    field_row,
    field_values,
    kind_guess,
    page_pictures,
    page_text,
    page_views,
)

DEFAULT_REQUIRED = ("issued_on", "issuer", "abstract")
"""What a paper of no catalogued kind must have."""
IN_INDEX = 1_000_000
"""Characters of one page that the index takes at most; no printed page holds more."""


def classify(run: StageRun, house: House) -> Outcome:
    """Say what a document is, and which protection its kind asks for."""
    document = _document(run)
    catalogue = house.catalogue()
    views = page_views(document_pages(document), house)
    model = house.kind_models.current()
    guess = classifier.classify(views, reference_of(catalogue), model)
    return Outcome(
        lambda _: record_kind(
            document,
            protection=protection_of(guess.code, catalogue),
            model=model.version,
            kind_code=guess.code,
            kind_name=guess.name,
            form=guess.form,
            kind_confidence=guess.confidence,
            kind_reasons=list(guess.reasons),
        )
    )


def protection_of(code: str | None, catalogue: Catalogue) -> str:
    """Return the class of a kind; what nobody can name yet is kept as strictly as can be."""
    entry = catalogue.kind(code) if code else None
    return str(entry.protection if entry else Protection.IDENTITY)


def extract(run: StageRun, house: House) -> Outcome:
    """Read the fields that the rules and the kind ask for."""
    document = _document(run)
    pages = document_pages(document)
    views = page_views(pages, house)
    guess = kind_guess(document)
    today = scanned_on(document)
    reference = replace(reference_of(house.catalogue()), today=today)
    pictures = page_pictures(pages, house)
    learnt = house.field_models.current()
    fields = classifier.extract(
        views,
        guess,
        reference,
        pictures,
        promise=house.promise,
        hand=reader_of(house.hand_models),
        learnt=learnt,
        strips=read_strip,
        around=lambda read: around_of(document, read),
    )
    rows = [field_row(name, value) for name, value in fields.items()]
    entries = entry_rows(views) if document.kind_name == classifier.CONTENTS else []
    mentions = mention_rows(document.kind_name, views, today)

    def apply(_: tuple[str, ...]) -> None:
        record_fields(document, rows, model=learnt.version)
        record_contents(document, entries)
        record_hands(document, fields, mentions)
        plan_weighing(papers_under(document) if entries else ())

    return Outcome(apply)


def index(run: StageRun, house: House) -> Outcome:
    """Put the document into the index as it stands; putting twice is putting once.

    One that was cut anew meanwhile leaves the index. The second look is for a run that was
    superseded between its reading and its writing.
    """
    document = _filed(run.subject_id)
    if document:
        house.index.put([index_document(document, house)])
    if document is None or _filed(run.subject_id) is None:
        house.index.remove([run.subject_id])
    return Outcome(lambda _: None)


def index_document(document: Document, house: House) -> IndexDocument:
    """Gather what the index knows of a document."""
    values = field_values(document)
    subject = document.subject
    return IndexDocument(
        id=document.pk,
        status=document.status,
        access=document.protection,
        unit=document.receipt.batch.unit,
        kind=document.kind_code,
        kind_name=document.kind_name,
        number=document.number or None,
        abstract=document.abstract or None,
        issuer=document.issuer or None,
        signer=values.get("signer_name"),
        subject=f"{subject.identifier} {subject.name}" if subject else None,
        issued_on=document.issued_on,
        pages=tuple(page_text(page, house).text[:IN_INDEX] for page in document_pages(document)),
    )


def check(run: StageRun, house: House) -> Outcome:
    """Confirm what the batch lets the local account confirm; leave the rest to a person.

    It comes again where something was read anew; what a person confirmed meanwhile stays so.
    """
    document = _document(run)
    if document.confirmed_at is not None:
        return Outcome(lambda _: None)
    reasons = doubts(document, house)
    batch = document.receipt.batch
    if not batch.confirm:
        reasons = [CHECK_DUE, *reasons]
    if reasons:
        warned = [*reasons, *remarks(document, house)]
        return Outcome(
            lambda _: None if is_confirmed(document) else wait_for_person(document, warned)
        )
    account = Account.objects.get(username=house.confirm_account)
    return Outcome(
        lambda _: None if is_confirmed(document) else confirm_document(document, account)
    )


def doubts(document: Document, house: House) -> list[dict[str, Any]]:
    """Say why a machine may not stand for this document; empty means it may."""
    if document.kind_code is None:
        return [{"code": "kind_unknown", "message": "Không rõ loại giấy tờ. Hãy chọn loại."}]
    reasons: list[dict[str, Any]] = []
    if document.kind_confidence < KIND_SURE:
        reasons.append({"code": "kind_unsure", "message": "Loại giấy tờ chưa chắc. Hãy xem lại."})
    reasons += [
        {
            "code": "page_failed",
            "message": f"Trang {page.number} không đọc được. Hãy xem trang và quét lại nếu cần.",
        }
        for page in _pages(document, state=PageState.FAILED)
    ]
    reasons += [
        {
            "code": "rescan",
            "message": f"Trang {page.number} nên quét lại: {_first_problem(page)}",
        }
        for page in _pages(document, verdict="rescan")
    ]
    sure = {field.name for field in document.fields.filter(sure=True) if field.value is not None}
    reasons += [
        {
            "code": "field_unsure",
            "field": name,
            "message": f"Trường “{label_of(name)}” chưa chắc. Hãy kiểm tra.",
        }
        for name in required_fields(document.kind_code, house.catalogue())
        if name not in sure
    ]
    return reasons


def required_fields(code: str | None, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the fields that a kind must have before it may be signed."""
    entry = catalogue.kind(code) if code else None
    return entry.required_fields if entry else DEFAULT_REQUIRED


def _pages(document: Document, **of: str) -> list[Page]:
    return [
        page
        for page in document_pages(document)
        if all(getattr(page, name) == value for name, value in of.items())
    ]


def _first_problem(page: Page) -> str:
    return str(page.problems[0]["message"]) if page.problems else "chất lượng ảnh kém."


def _document(run: StageRun) -> Document:
    return Document.objects.select_related("receipt__batch", "subject").get(pk=run.subject_id)


def _filed(document_id: str) -> Document | None:
    rows = Document.objects.select_related("receipt__batch", "subject")
    return rows.filter(pk=document_id).first()
