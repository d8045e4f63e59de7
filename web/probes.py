"""What machines ask: does the process live, is it ready, its figures. No sign-in, no session.

`/metrics` is never open to the world: with a token set, whoever bears it; without one, programs
of this machine alone, and only where nothing says that others are served from here (behind a proxy
every question seems to come from this machine).
"""

import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from workers.health import LOOKOUT
from workers.house import current

if TYPE_CHECKING:
    from workers.gauges import RecordsCollector

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_LOOPBACK = ("127.", "::1", "::ffff:127.")
_FORWARDED = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_FORWARDED",
    "HTTP_X_REAL_IP",
    "HTTP_VIA",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PROTO",
)
_REASONS = {200: "OK", 403: "Forbidden", 404: "Not Found", 503: "Service Unavailable"}


@dataclass(frozen=True, slots=True)
class Reply:
    """A short answer."""

    status: int
    body: bytes
    content_type: str = "application/json"


Environ = Mapping[str, Any]


def probe(path: str, environ: Environ) -> Reply | None:
    """Answer one of the machines' questions; None for any other address."""
    answer = _ANSWERS.get(path)
    return answer(environ) if answer else None


def respond(request: HttpRequest) -> HttpResponse | None:
    """The same for a request that came to the web page."""
    reply = probe(request.path_info, request.META)
    if reply is None:
        return None
    return HttpResponse(
        reply.body,
        status=reply.status,
        content_type=reply.content_type,
        headers={"Cache-Control": "no-store"},
    )


def small_application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """What workers without a web page serve: these addresses and no other."""
    reply = probe(environ.get("PATH_INFO", ""), environ) or Reply(404, b"{}")
    headers = [("Content-Type", reply.content_type), ("Cache-Control", "no-store")]
    start(f"{reply.status} {_REASONS[reply.status]}", headers)
    return [reply.body]


def _lives(_: Environ) -> Reply:
    return Reply(200, b'{"status": "ok"}')


def _is_ready(_: Environ) -> Reply:
    found = LOOKOUT.look()
    status = "degraded" if found.is_degraded else "ok" if found.is_ready else "away"
    told = {
        "status": status,
        "components": {
            one.name: {"ok": not one.code, "code": one.code or None, "ms": one.milliseconds}
            for one in found.components
        },
    }
    return Reply(200 if found.is_ready else 503, json.dumps(told).encode())


def _metrics(environ: Environ) -> Reply:
    if not _may_read(environ):
        return Reply(403, b'{"error": {"code": "not_allowed"}}')
    from workers.metrics import figures

    return Reply(200, figures(_collector()), METRICS_TYPE)


def _may_read(environ: Environ) -> bool:
    token = settings.METRICS_TOKEN
    if token:
        given = str(environ.get("HTTP_AUTHORIZATION", ""))
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    is_near = str(environ.get("REMOTE_ADDR", "")).startswith(_LOOPBACK)
    is_passed_on = any(environ.get(name) for name in _FORWARDED)
    return bool(settings.METRICS_OPEN) and is_near and not is_passed_on


@cache
def _collector() -> "RecordsCollector":
    """One for this process: it keeps what it read for a while."""
    from workers.gauges import RecordsCollector

    return RecordsCollector(current())


_ANSWERS: Mapping[str, Callable[[Environ], Reply]] = {
    "/healthz": _lives,
    "/readyz": _is_ready,
    "/metrics": _metrics,
}
