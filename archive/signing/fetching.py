"""One request to a service on the net, bounded in time and size whatever the other side does.

Timestamp authorities, OCSP responders and revocation lists all go through here. Nothing follows
a redirect, nothing is read from the environment (no proxy), only http and https are spoken.
"""

import contextlib
import http.client
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from archive.signing.errors import ServiceRefusedError, ServiceUnavailableError
from archive.signing.limits import FETCH_SECONDS

_CHUNK = 65_536
_TOO_BUSY = 429


@dataclass(slots=True)
class _Attempt:
    """What the thread that talks leaves behind for the one that waits."""

    url: SplitResult
    body: bytes | None
    headers: dict[str, str]
    most: int
    deadline: float
    connection: http.client.HTTPConnection | None = None
    answer: bytes = b""
    status: int = 0
    error: BaseException | None = None
    over: threading.Event = field(default_factory=threading.Event)


def fetch(
    url: str,
    *,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    most: int,
    seconds: float = FETCH_SECONDS,
) -> bytes:
    """GET `url`, or POST `body` to it; return the answer, `most` bytes at most.

    Raises ServiceUnavailableError (not reached in time, broken off, 5xx, 429) and
    ServiceRefusedError (an address that is no http, any other status, an answer too long).
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ServiceRefusedError(detail=f"not an http address: {url[:200]}")
    attempt = _Attempt(parts, body, headers or {}, most, time.monotonic() + seconds)
    # names are looked up and answers read in a thread of their own: neither can be hurried
    threading.Thread(target=_talk, args=(attempt,), daemon=True).start()
    if not attempt.over.wait(seconds):
        _hang_up(attempt)
        raise ServiceUnavailableError(detail=f"{parts.hostname}: no answer in {seconds:g} s")
    return _judged(attempt)


def _talk(attempt: _Attempt) -> None:
    try:
        _ask(attempt)
    except (OSError, http.client.HTTPException, ValueError) as error:
        attempt.error = error
    finally:
        if attempt.connection is not None:
            attempt.connection.close()
        attempt.over.set()


def _ask(attempt: _Attempt) -> None:
    attempt.connection = connection = _connection(attempt)
    path = attempt.url.path or "/"
    target = f"{path}?{attempt.url.query}" if attempt.url.query else path
    method = "GET" if attempt.body is None else "POST"
    connection.request(method, target, body=attempt.body, headers=attempt.headers)
    with connection.getresponse() as answer:
        attempt.status = answer.status
        parts: list[bytes] = []
        size = 0
        while size <= attempt.most and (part := answer.read1(_CHUNK)):
            parts.append(part)
            size += len(part)
            if time.monotonic() > attempt.deadline:
                raise TimeoutError("too slow")
    attempt.answer = b"".join(parts)


def _connection(attempt: _Attempt) -> http.client.HTTPConnection:
    host, port = str(attempt.url.hostname), attempt.url.port
    seconds = max(0.1, attempt.deadline - time.monotonic())
    if attempt.url.scheme == "http":
        return http.client.HTTPConnection(host, port, timeout=seconds)
    trusted = ssl.create_default_context()
    return http.client.HTTPSConnection(host, port, timeout=seconds, context=trusted)


def _hang_up(attempt: _Attempt) -> None:
    """Wake the thread that talks, wherever it waits; it closes what it opened."""
    sock = attempt.connection.sock if attempt.connection else None
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


def _judged(attempt: _Attempt) -> bytes:
    host = attempt.url.hostname
    if attempt.error is not None:
        cause = repr(attempt.error)[:200]
        raise ServiceUnavailableError(detail=f"{host}: {cause}") from attempt.error
    if attempt.status >= http.client.INTERNAL_SERVER_ERROR or attempt.status == _TOO_BUSY:
        raise ServiceUnavailableError(detail=f"{host}: status {attempt.status}")
    if attempt.status != http.client.OK:
        raise ServiceRefusedError(detail=f"{host}: status {attempt.status}")
    if len(attempt.answer) > attempt.most:
        raise ServiceRefusedError(detail=f"{host}: over {attempt.most} bytes")
    return attempt.answer
