"""What waits, and the decision about papers with a secrecy mark."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from archive.models import Receipt
from archive.services.intake import decide_held
from archive.states import ReceiptState
from web import desk
from web.access import account_of, needs, signed_in

DESTROY, HAND_BACK = "huy", "tra-lai"
DONE = {
    DESTROY: "Đã ghi quyết định hủy. Tệp sẽ được xóa khỏi máy trong lần dọn kho tới.",
    HAND_BACK: (
        "Đã ghi quyết định trả lại. Hãy giao bản giấy cho người nộp; tệp trên máy sẽ được xóa "
        "trong lần dọn kho tới."
    ),
}


@signed_in
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show what waits for this account."""
    account = account_of(request)
    context = {
        "checks": desk.waiting_for_check(account),
        "signatures": desk.waiting_for_signature(account),
        "batches": desk.batches_under_way(account),
        "held": desk.held_files(account),
        "worries": desk.archive_worries(account),
    }
    return render(request, "web/home.html", context)


@signed_in
@require_GET
def batches_under_way(request: HttpRequest) -> HttpResponse:
    """Give the moving part of the first page."""
    context = {"batches": desk.batches_under_way(account_of(request))}
    return render(request, "web/_under_way.html", context)


@needs("decide_held")
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, receipt_id: int) -> HttpResponse:
    """Ask once more, then write the decision down."""
    receipt = get_object_or_404(Receipt, pk=receipt_id, state=ReceiptState.HELD)
    what = (request.POST if request.method == "POST" else request.GET).get("viec")
    if what not in DONE:
        return redirect("/")
    if request.method == "GET":
        return render(request, "web/decide.html", {"receipt": receipt, "what": what})
    decide_held(receipt, account_of(request), destroy=what == DESTROY)
    messages.success(request, DONE[what])
    return redirect("/")
