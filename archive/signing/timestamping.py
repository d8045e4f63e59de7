"""RFC 3161 timestamps from a service on the net, each checked before it is used.

The service is not trusted to answer rightly: a token for other bytes, for another request, of
another policy, by a certificate that may not make timestamps, or of a time that is not now, is
refused with a code.
"""

import asyncio
import hashlib
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from archive.signing.errors import ServiceRefusedError, ServiceUnavailableError, TimestampBadError
from archive.signing.fetching import fetch
from archive.signing.limits import FETCH_SECONDS, MAX_CLOCK_SECONDS, MAX_TOKEN_BYTES
from proof.timestamps import check_token
from proof.verdicts import Verdict

if TYPE_CHECKING:
    from pyhanko.sign.timestamps import TimeStamper

_ASKING = {
    "Content-Type": "application/timestamp-query",
    "Accept": "application/timestamp-reply",
}
_NONCE_BITS = 63
_MALFORMED = (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError)
"""What asn1crypto raises on bytes that are not what they should be."""


class TimestampService(Protocol):
    """Says by RFC 3161 that a digest was there now.

    May be used from several threads; asking twice gives two tokens, both good.
    """

    def token(self, digest: bytes) -> bytes:
        """A DER TimeStampToken over the SHA-256 `digest` (32 bytes), already checked.

        Raises ServiceUnavailableError, ServiceRefusedError, TimestampBadError. Not to be called
        from a running event loop.
        """


class HttpTimestampService:
    """An RFC 3161 service over http or https (RFC 3161, 3.4)."""

    def __init__(
        self,
        url: str,
        trust_roots: Callable[[], Sequence[bytes]],
        *,
        policy: str = "",
        seconds: float = FETCH_SECONDS,
    ) -> None:
        """`policy`: the dotted policy to ask for; empty takes the service's own."""
        self._url = url
        self._trust_roots = trust_roots
        self._policy = policy
        self._seconds = seconds

    def token(self, digest: bytes) -> bytes:
        """A checked token; see TimestampService."""
        if len(digest) != hashlib.sha256().digest_size:
            raise ValueError("not a SHA-256 digest")
        nonce = secrets.randbits(_NONCE_BITS) | 1 << (_NONCE_BITS - 1)
        body = _request(digest, nonce, self._policy)
        answer = fetch(
            self._url, body=body, headers=_ASKING, most=MAX_TOKEN_BYTES, seconds=self._seconds
        )
        try:
            token = _token_of(answer, nonce, self._policy)
        except _MALFORMED as error:
            raise TimestampBadError(detail=f"no timestamp: {error!r}"[:300]) from error
        _check(token, digest, self._trust_roots())
        return token


def _request(digest: bytes, nonce: int, policy: str) -> bytes:
    from asn1crypto import tsp

    values: dict[str, Any] = {
        "version": "v1",
        "message_imprint": {
            "hash_algorithm": {"algorithm": "sha256"},
            "hashed_message": digest,
        },
        "nonce": nonce,
        "cert_req": True,
    }
    if policy:
        values["req_policy"] = policy
    return bytes(tsp.TimeStampReq(values).dump())


def _token_of(answer: bytes, nonce: int, policy: str) -> bytes:
    """The token of an answer, DER; its nonce and policy are those that were asked for."""
    from asn1crypto import cms, parser, tsp

    content = parser.parse(answer, strict=True)[4]
    end = parser.peek(content)
    _check_status(tsp.PKIStatusInfo.load(content[:end], strict=True))
    token = cms.ContentInfo.load(content[end:], strict=True)
    info = token["content"]["encap_content_info"]["content"].parsed
    if info["nonce"].native != nonce:
        raise TimestampBadError(detail="another nonce")
    if policy and info["policy"].dotted != policy:
        raise TimestampBadError(detail=f"policy {info['policy'].dotted}, asked for {policy}")
    return bytes(token.dump())


def _check_status(told: Any) -> None:
    """Raise unless the service granted the request."""
    status = told["status"].native
    if status in ("granted", "granted_with_mods"):
        return
    faults = sorted(told["fail_info"].native or ())
    if {"time_not_available", "system_failure"} & set(faults):
        raise ServiceUnavailableError(detail=f"timestamp {status}: {faults}")
    raise ServiceRefusedError(detail=f"timestamp {status}: {faults}")


def _check(token: bytes, digest: bytes, trust_roots: Sequence[bytes]) -> None:
    now = datetime.now(UTC)
    found = check_token(token, digest, trust_roots, stands_at=now)
    if found.verdict is not Verdict.VALID or found.at is None:
        raise TimestampBadError(detail=str(found.reason))
    if abs(found.at - now) > timedelta(seconds=MAX_CLOCK_SECONDS):
        raise TimestampBadError(detail=f"it says {found.at.isoformat()}, here {now.isoformat()}")


def as_timestamper(service: TimestampService) -> "TimeStamper":
    """What pyHanko asks for timestamps, on top of a service. It takes SHA-256 alone."""
    from asn1crypto import cms
    from pyhanko.sign.timestamps import TimeStamper

    class Adapter(TimeStamper):
        """Hands each digest to the service."""

        async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> Any:
            """The token as pyHanko wants it."""
            if md_algorithm != "sha256":
                raise ValueError(f"timestamps are over SHA-256, not {md_algorithm}")
            token = await asyncio.to_thread(service.token, message_digest)
            return cms.ContentInfo.load(token)

    return Adapter()  # type: ignore[no-untyped-call]  # pyHanko's base has no types
