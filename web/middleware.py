"""What every answer carries, and how an error becomes a page."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from archive.errors import NotAllowedError, NotFoundError, WrongStateError
from archive.lanes import someone_waits
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
        """Word a coded error as a page; any other is Django's to report."""
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
