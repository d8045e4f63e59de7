"""What waits for a signature, and signing it by one entry of the PIN."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from archive.models import Account
from archive.services.documents import request_signature
from archive.services.signing import waiting_for_signature_of
from web.access import account_of, needs
from web.desk import Count
from workers.house import current

SHOWN = 500
"""Papers on one page, all signed by one entry."""
SECRET = "pin-"  # noqa: S105  the name of a field
"""How the names of the fields begin that hold a secret; the lock's place follows."""


@sensitive_post_parameters()
@needs("sign_document")
@require_http_methods(["GET", "POST"])
def signing(request: HttpRequest) -> HttpResponse:
    """List what waits for this person's signature; sign what they chose."""
    account = account_of(request)
    if request.method == "GET":
        return _page(request, account)
    waiting = waiting_for_signature_of(account, request.POST.getlist("giay-to"))
    documents = list(waiting[:SHOWN])
    if not documents:
        return _page(request, account, problem="Hãy chọn ít nhất một giấy tờ rồi bấm Ký.")
    locks = current().signers().locks
    secrets = {
        lock.scope: request.POST.get(f"{SECRET}{place}", "") for place, lock in enumerate(locks)
    }
    if not all(secrets.values()):
        return _page(request, account, problem="Hãy nhập mã PIN rồi bấm Ký.")
    desk = current().signing
    if secrets and desk is not None:
        desk.start(account, [document.pk for document in documents], secrets)
    else:
        for document in documents:
            request_signature(document, account)
        messages.success(request, f"Đã giao máy ký {len(documents)} giấy tờ.")
    return redirect("/ky/")


@needs("sign_document")
@require_GET
def progress(request: HttpRequest) -> HttpResponse:
    """Give the moving part; when the signing is over, load the page anew."""
    told = _progress()
    if not told["is_busy"]:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "web/_signing.html", {"signing": told})


def _page(request: HttpRequest, account: Account, *, problem: str = "") -> HttpResponse:
    waiting = waiting_for_signature_of(account)
    chosen = request.POST.getlist("giay-to") or request.GET.getlist("giay-to")
    told = _progress()
    context = {
        "total": Count.of(waiting),
        "documents": waiting.select_related("receipt__batch")[:SHOWN],
        "chosen": chosen,
        "locks": [(f"{SECRET}{place}", lock) for place, lock in enumerate(_locks())],
        "is_test": current().signers().is_test,
        "signing": told,
        "problem": problem,
    }
    return render(request, "web/signing.html", context, status=422 if problem else 200)


def _locks() -> tuple[Any, ...]:
    return current().signers().locks


def _progress() -> dict[str, Any]:
    """How far the newest signing has come; one that was killed is neither busy nor over."""
    desk = current().signing
    told = desk.progress() if desk else None
    if desk is None or told is None:
        return {"is_busy": False}
    done = len(told["signed"])
    return told | {
        "is_busy": desk.is_busy(),
        "done": done,
        "left": told["total"] - done - len(told["failed"]),
    }
