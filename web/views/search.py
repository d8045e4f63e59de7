"""Finding documents."""

import logging
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from search import IndexUnavailableError, QueryError
from web.access import account_of, needs
from web.forms import SearchForm
from web.reasons import searcher
from workers.house import current
from workers.queries import Asked, FoundPage, search_documents

log = logging.getLogger(__name__)

PER_PAGE = 20
LAST_PAGE = 500
"""Nobody reads further; a question is narrowed instead."""


@needs("search_documents")
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Answer a question with the documents that the account may see."""
    form = SearchForm(request.GET)
    number = _number(request.GET.get("trang", "1"))
    context = {"form": form, "query": request.GET.get("q", ""), "number": number}
    if not form.is_valid():
        return render(request, "web/search.html", context, status=422)
    try:
        answer = search_documents(
            account_of(request), _asked(form, number), current(), reader=searcher(request)
        )
    except QueryError as error:
        return render(request, "web/search.html", context | {"problem": error.message}, status=422)
    except IndexUnavailableError as error:
        log.warning("search away", extra={"code": error.code, "detail": error.detail})
        return render(request, "web/search.html", context | {"problem": error.message}, status=503)
    return render(request, "web/search.html", context | _leaf(request, answer, number))


def _asked(form: SearchForm, number: int) -> Asked:
    first, last = form.period
    return Asked(
        text=form.cleaned_data["q"],
        limit=PER_PAGE,
        offset=(number - 1) * PER_PAGE,
        kind=form.cleaned_data["loai"] or None,
        issued_from=first,
        issued_to=last,
    )


def _leaf(request: HttpRequest, answer: FoundPage, number: int) -> dict[str, object]:
    asked = {name: request.GET.get(name, "") for name in ("q", "loai", "tu", "den")}
    has_more = number * PER_PAGE < answer.total and number < LAST_PAGE
    return {
        "answer": answer,
        "first": (number - 1) * PER_PAGE + 1,
        "before": urlencode(asked | {"trang": number - 1}) if number > 1 else "",
        "after": urlencode(asked | {"trang": number + 1}) if has_more else "",
    }


def _number(untrusted: str) -> int:
    return (
        min(max(int(untrusted), 1), LAST_PAGE)
        if untrusted.isdecimal() and len(untrusted) < 6
        else 1
    )
