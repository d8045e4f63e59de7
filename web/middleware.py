"""What every answer carries, and how an error becomes a page."""

import logging
import sys
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from archive.errors import (
    NotAllowedError,
    NotFoundError,
    RecordsAwayError,
    WrongStateError,
)
from archive.lanes import someone_waits
from archive.writing import is_passing
from imaging.errors import Category, CodedError

log = logging.getLogger(__name__)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
STATUS_OF: tuple[tuple[type[CodedError], int], ...] = (
    (NotAllowedError, 403),
    (NotFoundError, 404),
    (WrongStateError, 409),
)
TITLES = {
    403: "Chưa được phép",
    404: "Không tìm thấy",
    409: "Đã thay đổi",
    429: "Thử lại sau ít phút",
    500: "Máy gặp lỗi",
    503: "Tạm thời chưa làm được",
}


class PagesMiddleware:
    """Sets the content policy, keeps pages out of caches, and words coded errors."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the headers that every answer carries."""
        with someone_waits():
            response = self._get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Word a coded error as a page; any other is `broken`'s to report."""
        return error_page(request, error) if isinstance(error, CodedError) else None


def status_of(error: CodedError) -> int:
    """Return the HTTP status of an error."""
    default = 400 if error.category == Category.BAD_INPUT else 503
    return next((status for kind, status in STATUS_OF if isinstance(error, kind)), default)


def error_page(request: HttpRequest, error: CodedError) -> HttpResponse:
    """Say in words what is wrong and what to do next."""
    status = status_of(error)
    if error.category != Category.BAD_INPUT:
        log.error("page failed", extra={"code": error.code, "detail": error.detail})
    title = TITLES.get(status, "Chưa làm được")
    context = {"title": title, "message": error.message, "code": error.code}
    return render(request, "web/error.html", context, status=status)


def broken(request: HttpRequest) -> HttpResponse:
    """Word what nobody expected, and records that do not answer: nothing here may ask them.

    Django calls this while it handles the error, wherever it was raised: in a view, by the
    session, while a page was drawn.
    """
    error = sys.exc_info()[1]
    away = isinstance(error, DatabaseError | InterfaceError) and is_passing(error)
    coded = RecordsAwayError() if away else CodedError()
    status = 503 if away else 500
    if request.path.startswith("/api/"):
        return JsonResponse(
            {"error": {"code": coded.code, "message": coded.message}}, status=status
        )
    context = {"title": TITLES[status], "message": coded.message, "code": coded.code}
    headers = {"Retry-After": "5"} if away else {}
    return HttpResponse(render_to_string("web/error.html", context), status=status, headers=headers)
