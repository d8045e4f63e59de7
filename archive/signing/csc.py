"""Keys at a remote signing service, by the Cloud Signature Consortium API v2.

The digest goes there, the paper never does. One authorisation (SAD) serves as many signatures as
the credential allows (`multisign`) and the caller expects; where the service ties it to the digests
(SCAL 2), the digests that are asked for at the same time go under one.
"""

import asyncio
import base64
import binascii
import contextlib
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from archive.signing._csc_client import LOOPBACK, Access, CscClient, whole
from archive.signing.errors import (
    KeyNotFoundError,
    KeyRefusedError,
    KeyUnavailableError,
    PinLockedError,
    PinNeededError,
    PinWrongError,
    RemoteAnswerError,
)
from archive.signing.keys import Lock, checked_secret, read_secret
from archive.signing.limits import (
    MAX_REMOTE_BATCH,
    MAX_REMOTE_CREDENTIALS,
    MAX_REMOTE_TOGETHER,
)
from archive.signing.pinguard import PinGuard

if TYPE_CHECKING:
    from pyhanko.sign.signers import Signer

__all__ = ["Access", "Credential", "CscClient", "CscKey", "checked_base", "fetch_credential"]

_DIGEST_OIDS = {
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
}
_SIGN_OIDS = {
    ("rsa", "sha256"): "1.2.840.113549.1.1.11",
    ("rsa", "sha384"): "1.2.840.113549.1.1.12",
    ("rsa", "sha512"): "1.2.840.113549.1.1.13",
    ("ec", "sha256"): "1.2.840.10045.4.3.2",
    ("ec", "sha384"): "1.2.840.10045.4.3.3",
    ("ec", "sha512"): "1.2.840.10045.4.3.4",
}
_PLAIN_OIDS = {"rsa": "1.2.840.113549.1.1.1", "ec": "1.2.840.10045.2.1"}
"""The key's own algorithm, for services that name no digest in theirs."""
_SAD_LIFE = 3_600
"""Seconds that a SAD lasts where the service does not say (CSC 11.6)."""
_SPARE_SECONDS = 10.0
_GATHER_SECONDS = 0.05
"""How long the digests asked for together are waited for, since the last one came."""
_PATIENCE_SECONDS = 1.0
"""The same where more are expected: a paper is made ready meanwhile."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What the service says of one key (credentials/info)."""

    id: str
    certificates: tuple[bytes, ...]
    """DER, the signer's first."""
    algorithms: frozenset[str]
    """OIDs."""
    multisign: int
    """Signatures under one authorisation."""
    pins_digests: bool
    """SCAL 2: an authorisation is good for the digests named in it alone."""
    secrets: tuple[str, ...]
    """Ids of what must be given with an authorisation, the PIN before the one-time code."""


@dataclass(slots=True)
class _Sad:
    """One authorisation."""

    value: str
    left: int
    ends_at: float


class CscKey:
    """A key at a remote service.

    With `pin_file` the credential's PIN is kept there; else a person gives it, and a one-time code
    after a blank where the service sends one. The certificate is asked for at the first use.
    """

    def __init__(
        self,
        client: CscClient,
        *,
        credential: str = "",
        pin_file: Path | None = None,
        guard: PinGuard | None = None,
        is_test: bool = False,
    ) -> None:
        """`credential` is its id; empty where the service knows exactly one for this client."""
        self._client = client
        self._id = credential
        self._pin = ""
        self._pin_file = pin_file
        self._guard = guard
        self._is_test = is_test
        self._info: Credential | None = None
        self._sad: _Sad | None = None
        self._expected = 1
        self._guarded = threading.RLock()
        self._gathering = threading.Condition()
        self._asked: list[tuple[bytes, Future[bytes]]] = []

    @property
    def certificate(self) -> bytes:
        """The signer's certificate, DER."""
        return self.info.certificates[0]

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The issuers' certificates as the service gives them, DER."""
        return self.info.certificates[1:]

    @property
    def is_test(self) -> bool:
        """Whether what it signs must say THỬ NGHIỆM."""
        return self._is_test

    @property
    def info(self) -> Credential:
        """What the service says of the key, asked once. Raises KeyUnavailableErrors."""
        if self._info is None:
            self._info = fetch_credential(self._client, self._id)
        return self._info

    @property
    def lock(self) -> Lock | None:
        """The credential's PIN, where the service asks for one and none was given."""
        with contextlib.suppress(KeyUnavailableError):
            if self._pin or self._pin_file or not self.info.secrets:
                return None
        name = self._id or "ký số từ xa"
        more = " và mã OTP, cách nhau một dấu cách" if self._wants_code() else ""
        return Lock(f"csc:{id(self._client)}:{self._id}", f"Mã PIN của khóa {name}{more}")

    def unlock(self, secret: str) -> None:
        """Take a person's PIN; an authorisation with it is asked for at once where it can be."""
        self._pin, self._sad = checked_secret(secret), None
        if not self.info.pins_digests:
            with self._guarded:
                self._authorise(())

    def open(self) -> None:
        """Ask the service for the credential. Raises PinNeededError and others."""
        if self.info.secrets:
            self._secrets()

    def expect(self, signatures: int) -> int:
        """So many signatures go under one authorisation, as far as the service allows."""
        self._expected = max(signatures, 1)
        return self._together() if self.info.pins_digests else 1

    def signer(self) -> "Signer":
        """What pyHanko signs with."""
        from archive.signing._raw import RawSigner

        return RawSigner(self.certificate, self.chain, self._sign)

    def close(self) -> None:
        """Forget the authorisation, and a PIN that a person gave."""
        self._sad = None
        self._pin = ""

    async def _sign(self, digest: bytes, algorithm: str, kind: str) -> bytes:
        """Sign under one authorisation what several ask for at the same time, in any thread."""
        answer: Future[bytes] = Future()
        with self._gathering:
            self._asked.append((digest, answer))
            leads = len(self._asked) == 1
            self._gathering.notify_all()
        if leads:
            loop = asyncio.get_running_loop()
            loop.run_in_executor(None, self._answer_all, algorithm, kind)
        return await asyncio.wrap_future(answer)

    def _answer_all(self, algorithm: str, kind: str) -> None:
        asked: list[tuple[bytes, Future[bytes]]] = []
        try:
            asked = self._gather()
            found = self.sign_digests([digest for digest, _ in asked], algorithm, kind)
            for (_, answer), signature in zip(asked, found, strict=True):
                answer.set_result(signature)
        except KeyUnavailableError as error:
            for _, answer in asked or self._take():
                answer.set_exception(error)
        finally:
            for _, answer in asked or self._take():
                if not answer.done():
                    answer.set_exception(KeyRefusedError(detail="no answer"))

    def _gather(self) -> list[tuple[bytes, "Future[bytes]"]]:
        """Those who ask now; where digests are tied to the authorisation, who is expected too."""
        if self.info.pins_digests:
            most = min(self._expected, self._together())
            patience = _GATHER_SECONDS if most == 1 else _PATIENCE_SECONDS
            with self._gathering:
                while len(self._asked) < most or most == 1:
                    if not self._gathering.wait(patience):
                        break
        return self._take()

    def _take(self) -> list[tuple[bytes, "Future[bytes]"]]:
        with self._gathering:
            asked, self._asked = self._asked, []
        return asked

    def _together(self) -> int:
        return max(1, min(self.info.multisign, MAX_REMOTE_TOGETHER))

    def sign_digests(self, digests: Sequence[bytes], algorithm: str, kind: str) -> list[bytes]:
        """The signatures of digests, in as few authorisations as the service allows.

        Raises KeyUnavailableErrors.
        """
        with self._guarded:
            return [
                signature
                for part in self._parts(digests)
                for signature in self._sign_part(part, algorithm, kind)
            ]

    def _parts(self, digests: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
        size = min(max(self.info.multisign, 1), MAX_REMOTE_BATCH)
        for start in range(0, len(digests), size):
            yield digests[start : start + size]

    def _sign_part(self, digests: Sequence[bytes], algorithm: str, kind: str) -> list[bytes]:
        sad = self._authorised(digests)
        answer = self._client.call(
            "signatures/signHash",
            {
                "credentialID": self.info.id,
                "SAD": sad.value,
                "hashes": _texts(digests),
                "hashAlgorithmOID": _DIGEST_OIDS[algorithm],
                "signAlgo": self._algorithm(algorithm, kind),
                "operationMode": "S",
            },
        )
        sad.left -= len(digests)
        found = answer.get("signatures")
        if not isinstance(found, list) or len(found) != len(digests):
            raise RemoteAnswerError(detail="not one signature for each digest")
        return [_bytes(one) for one in found]

    def _algorithm(self, algorithm: str, kind: str) -> str:
        for oid in (_SIGN_OIDS.get((kind, algorithm), ""), _PLAIN_OIDS.get(kind, "")):
            if oid in self.info.algorithms:
                return oid
        raise KeyRefusedError(detail=f"the service signs no {kind} with {algorithm}")

    def _authorised(self, digests: Sequence[bytes]) -> _Sad:
        """An authorisation that is still good, or a new one."""
        sad = self._sad
        if (
            sad is None
            or self.info.pins_digests
            or sad.left < len(digests)
            or time.monotonic() > sad.ends_at
        ):
            sad = self._authorise(digests)
        return sad

    def _authorise(self, digests: Sequence[bytes]) -> _Sad:
        info = self.info
        words: dict[str, Any] = {"credentialID": info.id}
        if info.pins_digests:
            count = len(digests)
            words |= {"hashes": _texts(digests), "hashAlgorithmOID": _DIGEST_OIDS["sha256"]}
        else:
            most = min(max(info.multisign, 1), MAX_REMOTE_BATCH)
            count = max(min(self._expected, most), len(digests))
        words["numSignatures"] = count
        answer = self._with_secrets(words) if info.secrets else self._ask_sad(words)
        value = answer.get("SAD")
        if not isinstance(value, str) or not value:
            raise RemoteAnswerError(detail="no SAD")
        life = whole(answer.get("expiresIn", _SAD_LIFE), "expiresIn")
        self._sad = _Sad(value, count, time.monotonic() + life - _SPARE_SECONDS)
        return self._sad

    def _with_secrets(self, words: dict[str, Any]) -> dict[str, Any]:
        given = zip(self.info.secrets, self._secrets(), strict=True)
        words["authData"] = [{"id": name, "value": value} for name, value in given]
        if self._pin or self._pin_file is None or self._guard is None:
            return self._ask_sad(words)
        with self._guard.trying(f"csc:{self.info.id}", self._pin_file):
            return self._ask_sad(words)

    def _ask_sad(self, words: dict[str, Any]) -> dict[str, Any]:
        try:
            return self._client.call("credentials/authorize", words)
        except (PinWrongError, PinLockedError):
            # Never again by itself: the service counts wrong PINs, as a token does.
            self._pin = ""
            raise

    def _secrets(self) -> list[str]:
        names = self.info.secrets
        pin = self._pin or (read_secret(self._pin_file) if self._pin_file else "")
        if not pin:
            raise PinNeededError(detail=self._id)
        given = pin.split() if len(names) > 1 else [pin]
        if len(given) != len(names):
            raise PinWrongError(detail=f"{len(names)} codes are needed, apart by a blank")
        return given

    def _wants_code(self) -> bool:
        return self._info is not None and len(self._info.secrets) > 1


def fetch_credential(client: CscClient, credential: str) -> Credential:
    """Ask for one credential, or for the only one. Raises KeyUnavailableErrors."""
    name = credential or _only_credential(client)
    words = {"credentialID": name, "certificates": "chain", "certInfo": False, "authInfo": True}
    answer = client.call("credentials/info", words)
    key, cert, auth = (_part(answer, part) for part in ("key", "cert", "auth"))
    if key.get("status", "enabled") != "enabled":
        raise KeyRefusedError(detail=f"credential {name} is {key.get('status')}")
    certificates = tuple(_bytes(one) for one in _list(cert.get("certificates")))
    if not certificates:
        raise RemoteAnswerError(detail="no certificate")
    return Credential(
        id=name,
        certificates=certificates,
        algorithms=frozenset(str(one) for one in _list(key.get("algo"))),
        multisign=whole(answer.get("multisign", 1), "multisign"),
        pins_digests=str(answer.get("SCAL", "1")) == "2",
        secrets=_secret_ids(auth),
    )


def _only_credential(client: CscClient) -> str:
    answer = client.call("credentials/list", {"maxResults": MAX_REMOTE_CREDENTIALS})
    found = [str(one) for one in _list(answer.get("credentialIDs"))]
    if len(found) != 1:
        raise KeyNotFoundError(detail=f"the service lists {len(found)} credentials")
    return found[0]


def _secret_ids(auth: dict[str, Any]) -> tuple[str, ...]:
    """What an explicit authorisation takes (CSC 11.5): the password first, then the code."""
    mode = auth.get("mode", "implicit")
    if mode == "implicit":
        return ()
    if mode != "explicit":
        raise KeyRefusedError(detail=f"authorisation mode {mode}")
    given = [one for one in _list(auth.get("objects", [])) if isinstance(one, dict)]
    given.sort(key=lambda one: one.get("type") != "Password")
    return tuple(str(one.get("id", "PIN")) for one in given) or ("PIN",)


def checked_base(address: str) -> str:
    """The base URI as it is used: https, or http to this machine alone. Raises ValueError."""
    parts = urlsplit(address)
    is_here = parts.hostname in LOOPBACK
    if parts.scheme != "https" and not (parts.scheme == "http" and is_here):
        raise ValueError("https only")
    if not parts.hostname or parts.username or parts.password or parts.query:
        raise ValueError("a plain address of a service")
    return f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")


def _texts(digests: Sequence[bytes]) -> list[str]:
    return [base64.b64encode(one).decode("ascii") for one in digests]


def _bytes(text: object) -> bytes:
    if not isinstance(text, str):
        raise RemoteAnswerError(detail="no base64")
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise RemoteAnswerError(detail="no base64") from error


def _part(answer: dict[str, Any], name: str) -> dict[str, Any]:
    found = answer.get(name, {})
    if not isinstance(found, dict):
        raise RemoteAnswerError(detail=f"{name} is no object")
    return found


def _list(found: object) -> list[Any]:
    if not isinstance(found, list):
        raise RemoteAnswerError(detail="no list where one was expected")
    return found
