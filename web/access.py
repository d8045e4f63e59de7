"""Who asks, and whether they may: the first line of every view."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from archive.errors import NotAllowedError, NotFoundError
from archive.models import Account, Batch, Document
from archive.permissions import may_see, may_see_batch, require
from workers.bound import bind

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def account_of(request: HttpRequest) -> Account:
    """Return the account that signed in; views behind `signed_in` always have one."""
    if not isinstance(request.user, Account):
        raise NotAllowedError(detail="nobody signed in")
    return request.user


def may(account: Account, right: str) -> bool:
    """Whether the account has a right ("confirm_document")."""
    return account.has_perm(f"archive.{right}")


def signed_in(view: View[P]) -> View[P]:
    """Send whoever is not signed in to the sign-in page, polling fragments too."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            bind(account=request.user.pk)
            return view(request, *args, **kwargs)
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": "/dang-nhap/"})
        return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")

    return guarded


def needs(right: str) -> Callable[[View[P]], View[P]]:
    """Let in only accounts with the right; raises NotAllowedError for others."""

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            require(account_of(request), right)
            return view(request, *args, **kwargs)

        return signed_in(guarded)

    return guard


def batch_for(account: Account, batch_id: int) -> Batch:
    """Return a batch that the account may see; else it is as if it were not there."""
    batch = Batch.objects.select_related("opened_by").filter(pk=batch_id).first()
    if batch is None or not may_see_batch(account, batch):
        raise NotFoundError(detail=f"batch {batch_id}")
    return batch


def document_for(account: Account, document_id: str) -> Document:
    """Return a document that the account may see; else it is as if it were not there."""
    require(account, "search_documents")
    document = (
        Document.objects.select_related("receipt__batch", "subject", "confirmed_by")
        .filter(pk=document_id)
        .first()
    )
    if document is None or not may_see(account, document):
        raise NotFoundError(detail=document_id)
    return document
