"""The strip of a file: where one document ends and the next begins, seen and moved by a person."""

from collections.abc import Iterable
from io import BytesIO

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods
from PIL import Image

from archive.errors import CutsChangedError, NotFoundError
from archive.ledger import open_runs
from archive.models import Account, Page, Receipt
from archive.services.cuts import Recut, note_page_look, recut_file, require_cutting
from archive.services.looking import Purpose, Reader, note_look
from archive.states import Protection
from imaging.errors import Category, CodedError
from web.access import account_of, batch_for, signed_in
from web.middleware import status_of
from web.pictures import QUALITY, Picture, picture_of, scan_of
from web.strip import Choice, Sight, sight_of, strip_of
from workers.house import House, current

LOOK = "xem khi chia tệp thành giấy tờ"
THUMB_WIDTH = 280
"""Pixels; twice what the strip gives a page, for dense screens."""
KEEP_SECONDS = 600


@signed_in
@require_http_methods(["GET", "POST"])
def strip(request: HttpRequest, receipt_id: int) -> HttpResponse:
    """Show the strip of a file; take the cuts that a person wants."""
    account = account_of(request)
    receipt = _receipt(account, receipt_id)
    if request.method == "GET":
        return _show(request, receipt, account)
    require_cutting(account, receipt.batch)
    choice = Choice(_numbers(request, "cat"), _numbers(request, "bo"))
    wanted = choice.ranges(receipt.page_count or 0)
    try:
        recut = recut_file(receipt, account, wanted, seen=request.POST.get("seen", ""))
    except CutsChangedError as error:
        return _show(request, receipt, account, error=error)
    except CodedError as error:
        if error.category != Category.BAD_INPUT:
            raise
        return _show(request, receipt, account, error=error, choice=choice)
    messages.success(request, _said(recut))
    return redirect(f"/tep/{receipt.pk}/chia/")


def _show(
    request: HttpRequest,
    receipt: Receipt,
    account: Account,
    *,
    error: CodedError | None = None,
    choice: Choice | None = None,
) -> HttpResponse:
    context = {
        "strip": strip_of(receipt, account, choice),
        "batch": receipt.batch,
        "receipt": receipt,
        "is_busy": _is_busy(receipt),
        "problem": error.message if error else "",
        "is_unsaved": choice is not None,
    }
    status = status_of(error) if error else 200
    return render(request, "web/strip.html", context, status=status)


def _said(recut: Recut) -> str:
    if not recut.made and not recut.removed:
        return "Đã lưu. Cách chia giữ nguyên."
    parts = [f"Đã lưu cách chia: lập lại {len(recut.made)} giấy tờ"]
    if recut.kept:
        parts.append(f"giữ nguyên {len(recut.kept)}")
    return f"{', '.join(parts)}. Máy đang đọc lại phần thay đổi."


def _numbers(request: HttpRequest, name: str) -> frozenset[int]:
    """The page numbers ticked under a name; anything else is nobody's tick."""
    return frozenset(_whole(request.POST.getlist(name)))


def _whole(untrusted: Iterable[str]) -> Iterable[int]:
    return (int(text) for text in untrusted if text.isdecimal() and len(text) < 6)


def _receipt(account: Account, receipt_id: int) -> Receipt:
    """Return a file of a batch that the account may see; else it is as if it were not there."""
    receipt = Receipt.objects.filter(pk=receipt_id).first()
    if receipt is None:
        raise NotFoundError(detail=f"file {receipt_id}")
    receipt.batch = batch_for(account, receipt.batch_id)
    return receipt


def _is_busy(receipt: Receipt) -> bool:
    """Whether the machine still reads documents of the file."""
    return open_runs(receipt=receipt).exclude(stage__in=("index", "compare")).exists()


@signed_in
@require_GET
def state(request: HttpRequest, receipt_id: int) -> HttpResponse:
    """Say whether the machine still works on the file; never takes away what was ticked."""
    receipt = _receipt(account_of(request), receipt_id)
    context = {"receipt": receipt, "is_busy": _is_busy(receipt), "was_busy": True}
    return render(request, "web/_strip_state.html", context)


@signed_in
@require_GET
def page_image(request: HttpRequest, receipt_id: int, number: int) -> HttpResponse:
    """Give one page's small picture; looks at what is no ordinary paper are recorded."""
    account = account_of(request)
    receipt = _receipt(account, receipt_id)
    page = get_object_or_404(
        Page.objects.select_related("document"), receipt=receipt, number=number
    )
    page.receipt = receipt
    if page.document:
        page.document.receipt = receipt
    if sight_of(page, page.document, account) == Sight.HIDDEN:
        raise NotFoundError(detail=f"file {receipt_id} page {number}")
    _note(page, _reader(request, receipt))
    picture = _small(_picture(page, current()))
    keep = f"private, max-age={KEEP_SECONDS}" if picture.may_keep else "no-store"
    return HttpResponse(picture.jpeg, content_type="image/jpeg", headers={"Cache-Control": keep})


def _reader(request: HttpRequest, receipt: Receipt) -> Reader:
    """Whoever cuts a file checks what was scanned, for the dossier of its batch."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    dossier = receipt.batch.dossier_code
    return Reader(account_of(request).username, Purpose.CHECK.value, dossier, address)


def _note(page: Page, reader: Reader) -> None:
    if page.document is None:
        note_page_look(page.receipt, page.number, reader, what=LOOK)
    elif page.document.protection != Protection.ORDINARY:
        note_look(page.document, reader, what=LOOK)


def _picture(page: Page, house: House) -> Picture:
    return picture_of(page.document, page, house) if page.document else scan_of(page, house)


def _small(picture: Picture) -> Picture:
    image = Image.open(BytesIO(picture.jpeg))
    image.thumbnail((THUMB_WIDTH, 2 * THUMB_WIDTH))
    target = BytesIO()
    image.save(target, "JPEG", quality=QUALITY)
    return Picture(target.getvalue(), may_keep=picture.may_keep)
