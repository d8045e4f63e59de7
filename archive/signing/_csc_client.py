"""The requests of the Cloud Signature Consortium API v2 (CSC, version 2.0.0.2), over HTTPS.

Answers are bounded in time and size, redirects are not followed (they would carry the access token
elsewhere), and every refusal becomes one of our codes.
"""

import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from archive.signing.errors import (
    AccessRefusedError,
    KeyRefusedError,
    PinLockedError,
    PinWrongError,
    RemoteAnswerError,
    RemoteUnreachableError,
)
from archive.signing.limits import MAX_REMOTE_BYTES, REMOTE_SECONDS

_SPARE_SECONDS = 30
"""An access token is renewed so long before its end."""
_DEFAULT_LIFE = 3_600
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_WRONG_PIN = frozenset({"invalid_pin", "invalid_otp"})
_LOCKED = frozenset({"locked_pin", "locked_otp", "locked_signature"})


@dataclass(frozen=True, slots=True)
class Access:
    """How this machine is let in: a bearer token, or client credentials (RFC 6749 4.4)."""

    bearer: str = ""
    client_id: str = ""
    client_secret: str = ""
    token_url: str = ""
    """Where client credentials are exchanged; empty: `oauth2/token` under the service's base."""

    @classmethod
    def parse(cls, text: str) -> "Access":
        """From a file: the token alone, or JSON with client_id, client_secret, token_url.

        Raises AccessRefusedError, which tells nothing of what is in it.
        """
        text = text.strip()
        if not text.startswith("{"):
            if not text or any(not "!" <= letter <= "~" for letter in text):
                raise AccessRefusedError(detail="access file: no token")
            return cls(bearer=text)
        try:
            given = json.loads(text)
            return cls(
                client_id=str(given["client_id"]),
                client_secret=str(given["client_secret"]),
                token_url=str(given.get("token_url", "")),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise AccessRefusedError(detail="access file: not the JSON expected") from error


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        """Refuse: the answer is taken as the error that it is."""


class CscClient:
    """One service. Not shared between threads."""

    def __init__(
        self, base: str, access: Callable[[], Access], *, seconds: float = REMOTE_SECONDS
    ) -> None:
        """`base` is the service's base URI, up to and with `csc/v2`; `access` is read when used."""
        self._base = base.rstrip("/")
        self._access = access
        self._seconds = seconds
        self._bearer = ""
        self._renew_at = 0.0
        handlers: list[Any] = [_NoRedirects]
        if urllib.parse.urlsplit(base).hostname in LOOPBACK:
            handlers.append(urllib.request.ProxyHandler({}))
        self._opener = urllib.request.build_opener(*handlers)

    def call(self, method: str, words: Mapping[str, Any]) -> dict[str, Any]:
        """POST one method ("credentials/info"). Raises KeyUnavailableErrors."""
        try:
            return self._post(f"{self._base}/{method}", words)
        except AccessRefusedError:
            if self._renew_at <= time.monotonic() or self._access().bearer:
                raise
            self._renew_at = 0.0  # withdrawn before its time: ask for another, once
            return self._post(f"{self._base}/{method}", words)

    def _post(self, url: str, words: Mapping[str, Any]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._token()}", "Content-Type": "application/json"}
        return self._send(url, json.dumps(words).encode(), headers)

    def _token(self) -> str:
        if time.monotonic() >= self._renew_at:
            self._fetch_token()
        return self._bearer

    def _fetch_token(self) -> None:
        access = self._access()
        if access.bearer:
            self._bearer, self._renew_at = access.bearer, float("inf")
            return
        form = urllib.parse.urlencode(
            {
                "grant_type": "client_credentials",
                "scope": "service",
                "client_id": access.client_id,
                "client_secret": access.client_secret,
            }
        )
        url = access.token_url or f"{self._base}/oauth2/token"
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self._send(url, form.encode(), headers)
        bearer = answer.get("access_token")
        if not isinstance(bearer, str) or not bearer.isascii() or not bearer.isprintable():
            raise RemoteAnswerError(detail="no access_token")
        self._bearer = bearer
        life = whole(answer.get("expires_in", _DEFAULT_LIFE), "expires_in")
        self._renew_at = time.monotonic() + max(life - _SPARE_SECONDS, 1)

    def _send(self, url: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        request = urllib.request.Request(url, body, dict(headers))  # noqa: S310  checked_base allows only https
        deadline = time.monotonic() + self._seconds
        try:
            with self._opener.open(request, timeout=self._seconds) as answer:
                return _object(_read(answer, deadline))
        except urllib.error.HTTPError as error:
            with error:
                raise _refusal(error.code, _read(error, deadline)) from error
        except (OSError, http.client.HTTPException) as error:
            raise RemoteUnreachableError(detail=repr(error)[:200]) from error


def _read(answer: Any, deadline: float) -> bytes:
    """The body, within the limits of size and of time as a whole: a slow drip ends too."""
    body = b""
    while chunk := answer.read1(65_536):
        body += chunk
        if len(body) > MAX_REMOTE_BYTES:
            raise RemoteAnswerError(detail=f"over {MAX_REMOTE_BYTES} bytes")
        if time.monotonic() > deadline:
            raise RemoteUnreachableError(detail="answer too slow")
    return body


def _object(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RemoteAnswerError(detail="not JSON") from error
    if not isinstance(answer, dict):
        raise RemoteAnswerError(detail="no JSON object")
    return answer


def _refusal(
    status: int, body: bytes
) -> AccessRefusedError | PinWrongError | PinLockedError | KeyRefusedError | RemoteUnreachableError:
    """The service's error (CSC 8.2: error, error_description) in our codes."""
    try:
        answer = _object(body)
    except RemoteAnswerError:
        answer = {}
    code, told = str(answer.get("error", "")), str(answer.get("error_description", ""))
    detail = f"{status} {code[:60]} {told[:120]}".strip()
    if code in _WRONG_PIN or (code == "invalid_request" and "PIN" in told):
        return PinWrongError(detail=detail)
    if code in _LOCKED:
        return PinLockedError(detail=detail)
    if status in (401, 403) or code in ("invalid_client", "invalid_token", "access_denied"):
        return AccessRefusedError(detail=detail)
    if status == 429 or status >= 500:
        return RemoteUnreachableError(detail=detail)
    return KeyRefusedError(detail=detail)


def whole(value: Any, name: str) -> int:
    """A whole number of an answer. Raises RemoteAnswerError."""
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise RemoteAnswerError(detail=f"{name} is no number") from error
