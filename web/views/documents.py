"""One document: looked at, checked, signed, downloaded."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from archive.errors import NotFoundError, WrongStateError
from archive.ledger import open_runs
from archive.models import Account, Document, Page
from archive.privacy import NUMBER_FIELDS
from archive.sealed import read_sealed
from archive.services.cuts import may_be_cut, may_cut
from archive.services.documents import refuse_document, request_signature
from archive.services.looking import note_look, note_reveal
from archive.stages import ASIDE
from archive.states import DocumentStatus, FileRole
from imaging.errors import Category, CodedError
from search import QueryError
from web import checking, desk, shown
from web.access import account_of, document_for, may, needs, signed_in
from web.contents import contents_of
from web.pictures import picture_of
from web.reasons import ask_why, reader_of, remember_look, was_looked_at, why_of
from workers.house import House, current

LOOK, DOWNLOAD, PICTURE = "xem trên trang", "tải tệp đã ký", "xem ảnh trang"
KEEP_SECONDS = 600


@signed_in
@require_GET
def document(request: HttpRequest, document_id: str) -> HttpResponse:
    """Show a document; the look is recorded, with its reason where the paper tells of a person."""
    account = account_of(request)
    found = document_for(account, document_id)
    reader = reader_of(request, found)
    if reader is None:
        return ask_why(request, found)
    note_look(found, reader, what=LOOK)
    remember_look(request, found)
    return render(request, "web/document.html", _context(request, found, account))


def _context(
    request: HttpRequest,
    found: Document,
    account: Account,
    *,
    typed: Mapping[str, str] | None = None,
    problem: str = "",
    revealed: bool = False,
) -> dict[str, Any]:
    house = current()
    is_waiting = found.status == DocumentStatus.WAITING
    may_check = is_waiting and may(account, "confirm_document") and not _is_busy(found)
    fields = shown.fields_of(found, house, typed=typed, masked=not (may_check or revealed))
    return {
        "document": found,
        "leaves": _leaves(request, found, house),
        "query": request.GET.get("q", ""),
        "fields": fields,
        "groups": _groups(fields),
        "kind_text": checking.kind_text(found),
        "kinds": house.catalogue().kinds,
        "history": shown.history_of(found),
        "signatures": found.signatures.order_by("pk"),
        "is_test": shown.is_test_signed(found),
        "may_check": may_check,
        "contents": contents_of(found, account),
        "may_cut": may_be_cut(found.receipt) and may_cut(account, found.receipt.batch),
        "revealed": revealed or may_check,
        "why": why_of(request, found),
        "may_sign": _may_sign(found, account),
        "is_busy": _is_busy(found),
        "next": desk.next_waiting(account, found),
        "key_is_test": is_waiting and may(account, "sign_document") and house.signers().is_test,
        "problem": problem,
    }


def _groups(fields: list[shown.FieldShown]) -> dict[str, list[shown.FieldShown]]:
    """Part the fields of the check form: what needs a look first, what is empty folded away."""
    return {
        "unsure": [field for field in fields if field.needs_look],
        "sure": [field for field in fields if not field.needs_look and not field.is_empty],
        "empty": [field for field in fields if field.is_empty],
    }


def _leaves(request: HttpRequest, found: Document, house: House) -> shown.Leaves:
    """Return the pages to show; a question that cannot be read marks nothing."""
    asked = request.GET.get("trang", "1")
    place = int(asked) if asked.isdecimal() and len(asked) < 6 else 1
    try:
        return shown.leaves_of(found, house, place=place, query=request.GET.get("q", ""))
    except QueryError:
        return shown.leaves_of(found, house, place=place, query="")


def _is_busy(found: Document) -> bool:
    """Whether the machine still works on it, its entry in the index left aside."""
    runs = open_runs(subject_type="document", subject_id=found.pk)
    return runs.exclude(stage__in=ASIDE).exists()


def _may_sign(found: Document, account: Account) -> bool:
    return (
        found.status == DocumentStatus.WAITING
        and found.confirmed_at is not None
        and may(account, "sign_document")
        and not _is_busy(found)
    )


@signed_in
@require_GET
def state(request: HttpRequest, document_id: str) -> HttpResponse:
    """Give the document's state while the machine works; when it is over, load the page anew."""
    found = document_for(account_of(request), document_id)
    if not _is_busy(found):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "web/_state.html", {"document": found, "is_busy": True})


@signed_in
@require_GET
def page_image(request: HttpRequest, document_id: str, number: int) -> HttpResponse:
    """Give one page's picture; what must not lie about is not kept by the browser either."""
    found = document_for(account_of(request), document_id)
    if not found.first_page <= number <= found.last_page:
        raise NotFoundError(detail=f"{document_id} page {number}")
    page = get_object_or_404(Page, receipt=found.receipt_id, number=number)
    if not was_looked_at(request, found):
        reader = reader_of(request, found)
        if reader is None:
            return ask_why(request, found)
        note_look(found, reader, what=PICTURE)
        remember_look(request, found)
    picture = picture_of(found, page, current())
    keep = f"private, max-age={KEEP_SECONDS}" if picture.may_keep else "no-store"
    return HttpResponse(picture.jpeg, content_type="image/jpeg", headers={"Cache-Control": keep})


@signed_in
@require_GET
def download(request: HttpRequest, document_id: str) -> HttpResponse:
    """Give the signed PDF; the download is recorded."""
    found = document_for(account_of(request), document_id)
    reader = reader_of(request, found)
    if reader is None:
        return ask_why(request, found)
    house = current()
    data = read_sealed(found, FileRole.DOCUMENT, archive=house.archive, vault=house.vault)
    note_look(found, reader, what=DOWNLOAD)
    name = f'attachment; filename="{found.pk}.pdf"'
    headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
    return HttpResponse(data, content_type="application/pdf", headers=headers)


@signed_in
@require_POST
def reveal(request: HttpRequest, document_id: str) -> HttpResponse:
    """Show the masked numbers in full; that is an event of its own."""
    account = account_of(request)
    found = document_for(account, document_id)
    reader = reader_of(request, found)
    if reader is None:
        return ask_why(request, found)
    note_reveal(found, reader, fields=NUMBER_FIELDS)
    return render(request, "web/document.html", _context(request, found, account, revealed=True))


@needs("confirm_document")
@require_POST
def check(request: HttpRequest, document_id: str) -> HttpResponse:
    """Take the check form: save, or save and confirm."""
    account = account_of(request)
    found = document_for(account, document_id)
    answers = checking.read_answers(request.POST.dict(), request.POST.getlist("looked_at"))
    house = current()
    try:
        checking.take_answers(found, account, answers, house)
    except CodedError as error:
        if error.category != Category.BAD_INPUT or isinstance(error, WrongStateError):
            raise
        context = _context(request, found, account, typed=answers.fields, problem=error.message)
        context["kind_text"] = answers.kind
        return render(request, "web/document.html", context, status=422)
    messages.success(request, "Đã xác nhận." if answers.confirms else "Đã lưu.")
    return redirect(f"/giay-to/{found.pk}/")


@needs("confirm_document")
@require_POST
def refuse(request: HttpRequest, document_id: str) -> HttpResponse:
    """Refuse a document with a reason."""
    account = account_of(request)
    found = document_for(account, document_id)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        problem = "Hãy ghi lý do từ chối rồi bấm lại."
        context = _context(request, found, account, problem=problem)
        return render(request, "web/document.html", context, status=422)
    refuse_document(found, account, reason=reason)
    messages.success(request, "Đã từ chối giấy tờ này.")
    return redirect(f"/giay-to/{found.pk}/")


@needs("sign_document")
@require_POST
def sign(request: HttpRequest, document_id: str) -> HttpResponse:
    """Let the configured keys sign a checked document; what needs a PIN goes to its page."""
    account = account_of(request)
    found = document_for(account, document_id)
    if current().signers().locks:
        return redirect(f"/ky/?giay-to={found.pk}")
    request_signature(found, account)
    messages.success(request, "Đã giao máy ký số và lưu kho.")
    return redirect(f"/giay-to/{found.pk}/")
