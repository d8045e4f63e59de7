"""Feeding batches and watching them."""

from typing import TYPE_CHECKING, BinaryIO, cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from archive.errors import WrongStateError
from archive.models import Batch, Receipt
from archive.services.cuts import may_be_cut
from archive.services.intake import close_receiving, open_batch
from archive.states import BatchState, ReceiptState
from catalogue.services import procedures_on
from imaging.errors import CodedError
from ingest.errors import TooManyFilesError
from ingest.limits import MAX_FILES
from ingest.receive import receive_stream
from web import desk
from web.access import account_of, batch_for, needs, signed_in
from web.contents import contents_of_batch
from web.forms import BatchForm
from web.middleware import status_of
from web.templatetags.words import receipt_word, size_word, tone
from workers.house import current

if TYPE_CHECKING:
    from django.core.files.base import File

PER_PAGE = 50
MOST_DIGITS = 19
"""Of a number that the records can hold."""


@signed_in
@require_GET
def batches(request: HttpRequest) -> HttpResponse:
    """List the batches that the account may see."""
    before = request.GET.get("truoc", "")
    found = desk.batches_of(account_of(request))
    if before.isdecimal() and len(before) < MOST_DIGITS:
        found = found.filter(pk__lt=int(before))
    shown = list(found[: PER_PAGE + 1])
    older = shown[PER_PAGE - 1].pk if len(shown) > PER_PAGE else None
    context = {"batches": shown[:PER_PAGE], "older": older, "is_first": not before}
    return render(request, "web/batches.html", context)


@needs("feed_batch")
@require_http_methods(["GET", "POST"])
def new_batch(request: HttpRequest) -> HttpResponse:
    """Open a batch. With script the files follow one at a time; without, they are in the form."""
    form = BatchForm(request.POST if request.method == "POST" else None)
    if request.method == "GET" or not form.is_valid():
        return _ask(request, form)
    batch = open_batch(form.intake(), account_of(request))
    if _wants_json(request):
        return JsonResponse({"url": f"/lo/{batch.pk}/"}, status=201)
    for file in request.FILES.getlist("files"):
        _receive(batch, file)
    close_receiving(batch)
    return redirect(f"/lo/{batch.pk}/")


def _ask(request: HttpRequest, form: BatchForm) -> HttpResponse:
    if form.errors and _wants_json(request):
        return JsonResponse(
            {"errors": {name: list(why) for name, why in form.errors.items()}}, status=422
        )
    context = {"form": form, "procedures": procedures_on(timezone.localdate())}
    return render(request, "web/new_batch.html", context, status=422 if form.errors else 200)


@needs("feed_batch")
@require_POST
def add_file(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Receive one file into an open batch; answers with its receipt as JSON."""
    batch = _open_batch(request, batch_id)
    file = request.FILES.get("file")
    if file is None:
        return JsonResponse({"message": "Chưa có tệp nào. Hãy chọn tệp rồi gửi lại."}, status=400)
    try:
        receipt = _receive(batch, file)
    except CodedError as error:
        return JsonResponse({"code": error.code, "message": error.message}, status=status_of(error))
    return JsonResponse(_receipt_json(receipt), status=201)


def _receive(batch: Batch, file: "File[bytes]") -> Receipt:
    if batch.receipts.count() >= MAX_FILES:
        raise TooManyFilesError
    house = current()
    stream = cast("BinaryIO", file.file)
    return receive_stream(batch, file.name or "không tên", stream, work=house.work)


def _receipt_json(receipt: Receipt) -> dict[str, object]:
    return {
        "name": receipt.untrusted_name,
        "size": size_word(receipt.size),
        "sha256": receipt.sha256,
        "state": receipt_word(receipt.state) if receipt.code else "đã nhận",
        "tone": tone(receipt.state) if receipt.code else "good",
        "message": receipt.message,
        "taken": receipt.state != ReceiptState.STOPPED,
    }


@needs("feed_batch")
@require_POST
def close_batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Say that no more files will come."""
    batch = _open_batch(request, batch_id)
    close_receiving(batch)
    return redirect(f"/lo/{batch.pk}/")


def _open_batch(request: HttpRequest, batch_id: int) -> Batch:
    """Return a batch that still takes files from this account."""
    account = account_of(request)
    batch = batch_for(account, batch_id)
    if batch.state != BatchState.RECEIVING or batch.opened_by_id != account.pk:
        raise WrongStateError("Lô này không còn nhận tệp. Hãy mở một lô mới.")
    return batch


@signed_in
@require_GET
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Show a batch: its receipts and its documents."""
    return render(request, "web/batch.html", _batch_context(request, batch_id))


@signed_in
@require_GET
def batch_progress(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Give the moving part of the batch's page, asked for every two seconds until it is over."""
    return render(request, "web/_batch.html", _batch_context(request, batch_id))


def _batch_context(request: HttpRequest, batch_id: int) -> dict[str, object]:
    account = account_of(request)
    found = batch_for(account, batch_id)
    [progress] = desk.progress_of([found])
    receipts = list(found.receipts.order_by("position"))
    return {
        "batch": progress.batch,
        "progress": progress,
        "receipts": receipts,
        "strips": {receipt.pk for receipt in receipts if may_be_cut(receipt)},
        "contents_lists": contents_of_batch(found, account),
        "documents": desk.documents_of(found, account),
        "takes_files": found.state == BatchState.RECEIVING and found.opened_by_id == account.pk,
    }


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"
