"""The outermost middleware: an id for every request, machines' questions, one line and one figure.

An address holds what people search for and one-time links: only the route's name is written down.
"""

import logging
import re
import secrets
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from web.probes import respond
from workers.bound import bind, bound
from workers.metrics import note_request

log = logging.getLogger(__name__)

HEADER = "X-Request-ID"
PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
"""An id that is taken from who asks: a token, and nothing that could forge a line."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
STATIC, UNKNOWN = "static", "unknown"


class AskingMiddleware:
    """Stands before everything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and tell how it went."""
        began, name = time.perf_counter(), request_id(request)
        with bound(request=name):
            response = respond(request) or self._get_response(request)
            self._tell(request, response, time.perf_counter() - began)
        response.headers[HEADER] = name
        return response

    def _tell(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        account = getattr(request, "_cached_user", None)  # asked for already, or nobody needed it
        if account is not None and account.pk:
            bind(account=account.pk)
        route, method = route_of(request), request.method if request.method in METHODS else "OTHER"
        note_request(route, str(method), response.status_code, seconds)
        log.info(
            "request",
            extra={
                "route": route,
                "method": method,
                "status": response.status_code,
                "ms": round(seconds * 1000, 1),
            },
        )


def request_id(request: HttpRequest) -> str:
    """Who asks may name the request, so that lines of several programs can be joined."""
    given = request.headers.get(HEADER, "")
    return given if PLAIN.fullmatch(given) else secrets.token_hex(8)


def route_of(request: HttpRequest) -> str:
    """The pattern that answered; never what was typed."""
    match = request.resolver_match
    if match is not None:
        return "/" + str(match.route)
    if request.path_info.startswith("/static/"):
        return STATIC
    return request.path_info if request.path_info in MACHINES else UNKNOWN


MACHINES = frozenset({"/healthz", "/readyz", "/metrics"})
