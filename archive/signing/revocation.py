"""Whether certificates were withdrawn, asked of their issuers: OCSP answers and revocation lists.

The addresses stand in certificates. Only those of certificates that a trusted root vouches for are
asked (the validator walks from the root down), so a forged file cannot make this machine call an
address of its maker's choice. Issuers' certificates are never fetched.
"""

import asyncio
import hashlib
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from archive.signing.errors import ServiceUnavailableError, SigningError
from archive.signing.fetching import fetch
from archive.signing.limits import (
    FETCH_SECONDS,
    MAX_FETCHES,
    REVOCATION_KEPT_SECONDS,
)

if TYPE_CHECKING:
    from pyhanko_certvalidator.fetchers.api import Fetchers


class _Kept(NamedTuple):
    until: float
    answer: bytes


class RevocationSource:
    """Asks over http and keeps the answers for a while, so that a batch asks once.

    One per process; not shared between threads.
    """

    def __init__(
        self, *, seconds: float = FETCH_SECONDS, kept_seconds: float = REVOCATION_KEPT_SECONDS
    ) -> None:
        self._seconds = seconds
        self._kept_seconds = kept_seconds
        self._kept: dict[bytes, _Kept] = {}

    def ask(self, url: str, body: bytes | None, headers: dict[str, str], most: int) -> bytes:
        """An answer, perhaps one that was given a while ago. Raises as `fetch` does."""
        name = hashlib.sha256(url.encode() + b"\0" + (body or b"")).digest()
        now = time.monotonic()
        self._kept = {one: kept for one, kept in self._kept.items() if kept.until > now}
        if name not in self._kept:
            answer = fetch(url, body=body, headers=headers, most=most, seconds=self._seconds)
            self._kept[name] = _Kept(now + self._kept_seconds, answer)
        return self._kept[name].answer


@dataclass(slots=True)
class Inquiry:
    """The questions asked for one file: how many are left, and what failed."""

    source: RevocationSource
    left: int = MAX_FETCHES
    unavailable: list[SigningError] = field(default_factory=list)

    async def ask(self, url: str, body: bytes | None, headers: dict[str, str], most: int) -> bytes:
        """Raises ServiceUnavailableError, ServiceRefusedError."""
        self.left -= 1
        if self.left < 0:
            raise ServiceUnavailableError(detail=f"over {MAX_FETCHES} questions for one file")
        try:
            return await asyncio.to_thread(self.source.ask, url, body, headers, most)
        except ServiceUnavailableError as error:
            self.unavailable.append(error)
            raise

    def fetchers(self) -> "Fetchers":
        """What pyHanko asks through."""
        from archive.signing._fetchers import fetchers_of

        return fetchers_of(self)
