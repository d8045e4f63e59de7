"""A remote signing service of the CSC API v2 with real keys, on loopback: small, and strict.

It checks what the specification has it check: the access token, the credential, the PIN (three
wrong ones lock it), that a SAD is known, not expired and not used up, and under SCAL 2 that each
digest is one that was authorised. `mood` makes it misbehave.
"""

import base64
import contextlib
import json
import secrets
import threading
import time
import urllib.parse
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.hashes import SHA256

from tests.hsm import PIN, Issued

BASE = "/csc/v2"
CLIENT_ID, CLIENT_SECRET = "tang-thu", "bi-mat-cua-may"
RSA_SHA256, EC_SHA256 = "1.2.840.113549.1.1.11", "1.2.840.10045.4.3.2"
SHA256_OID = "2.16.840.1.101.3.4.2.1"


@dataclass
class Held:
    """One credential."""

    issued: Issued
    scal: str = "1"
    multisign: int = 10
    mode: str = "explicit"
    secrets: dict[str, str] = field(default_factory=lambda: {"PIN": PIN})
    status: str = "enabled"
    wrong: int = 0


@dataclass
class Sad:
    """One authorisation."""

    credential: str
    left: int
    hashes: frozenset[str]
    ends_at: float


class RefusedError(Exception):
    """An answer with the specification's error object."""

    def __init__(self, status: int, error: str, told: str = "") -> None:
        self.status, self.error, self.told = status, error, told
        super().__init__(error)


class CscServer:
    """The service; `with` starts and stops it."""

    def __init__(self, **credentials: Held) -> None:
        self.credentials = credentials
        self.tokens: set[str] = set()
        self.sads: dict[str, Sad] = {}
        self.calls: list[str] = []
        self.mood = ""
        self.life = 3600
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def base(self) -> str:
        """Its base URI."""
        return f"http://127.0.0.1:{self._server.server_port}{BASE}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def times(self, method: str) -> int:
        """How often a method was called."""
        return self.calls.count(method)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                method = self.path.removeprefix(BASE + "/")
                status, answer = service._answer(method, self.headers, body)
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", service.base + "/elsewhere")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                with contextlib.suppress(OSError):
                    self.wfile.write(answer)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        return Handler

    def _answer(self, method: str, headers: Any, body: bytes) -> tuple[int, bytes]:
        self.calls.append(method)
        moods = {
            "garbage": (200, b"<html>"),
            "list": (200, b"[]"),
            "empty": (200, b"{}"),
            "huge": (200, b'"' + b"x" * 2_000_000),
            "broken": (500, b"oops"),
            "elsewhere": (302, b""),
        }
        if self.mood == "hangs":
            time.sleep(1.0)
        if self.mood in moods:
            return moods[self.mood]
        try:
            return 200, json.dumps(self._do(method, headers, body)).encode()
        except RefusedError as error:
            told = {"error": error.error, "error_description": error.told}
            return error.status, json.dumps(told).encode()

    def _do(self, method: str, headers: Any, body: bytes) -> dict[str, Any]:
        if method == "oauth2/token":
            return self._token(urllib.parse.parse_qs(body.decode()))
        if headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            raise RefusedError(401, "invalid_token")
        words = json.loads(body)
        if method == "credentials/list":
            return {"credentialIDs": list(self.credentials)}
        held = self.credentials.get(words.get("credentialID"))
        if held is None:
            raise RefusedError(400, "invalid_request", "Invalid parameter credentialID")
        does = {
            "credentials/info": self._info,
            "credentials/authorize": self._authorise,
            "signatures/signHash": self._sign,
        }
        return does[method](held, words)

    def _token(self, form: dict[str, list[str]]) -> dict[str, Any]:
        right = [[CLIENT_ID], [CLIENT_SECRET], ["client_credentials"]]
        if [form.get(name) for name in ("client_id", "client_secret", "grant_type")] != right:
            raise RefusedError(401, "invalid_client")
        token = secrets.token_urlsafe()
        self.tokens.add(token)
        return {"access_token": token, "token_type": "Bearer", "expires_in": 3600}

    def _info(self, held: Held, _words: dict[str, Any]) -> dict[str, Any]:
        chain = [held.issued.der, held.issued.issuer_der]
        algorithm = RSA_SHA256 if _is_rsa(held) else EC_SHA256
        objects = [
            {"type": "Password" if name == "PIN" else "OTP", "id": name} for name in held.secrets
        ]
        return {
            "key": {"status": held.status, "algo": [algorithm], "len": 2048},
            "cert": {"status": "valid", "certificates": [_text(one) for one in chain]},
            "auth": {"mode": held.mode, "objects": objects[::-1]},
            "SCAL": held.scal,
            "multisign": held.multisign,
        }

    def _authorise(self, held: Held, words: dict[str, Any]) -> dict[str, Any]:
        if held.wrong >= 3:
            raise RefusedError(400, "locked_pin")
        if held.mode == "explicit":
            given = {one["id"]: one["value"] for one in words.get("authData", [])}
            if given != held.secrets:
                held.wrong += 1
                raise RefusedError(400, "invalid_pin")
            held.wrong = 0
        count, hashes = words["numSignatures"], words.get("hashes", [])
        if not 1 <= count <= held.multisign or (held.scal == "2" and len(hashes) != count):
            raise RefusedError(400, "invalid_request", "numSignatures")
        sad = secrets.token_urlsafe()
        ends_at = time.monotonic() + self.life
        self.sads[sad] = Sad(words["credentialID"], count, frozenset(hashes), ends_at)
        return {"SAD": sad, "expiresIn": self.life}

    def _sign(self, held: Held, words: dict[str, Any]) -> dict[str, Any]:
        sad = self.sads.get(words.get("SAD", ""))
        hashes = words["hashes"]
        if sad is None or sad.credential != words["credentialID"]:
            raise RefusedError(400, "invalid_request", "SAD")
        if time.monotonic() > sad.ends_at or sad.left < len(hashes):
            raise RefusedError(400, "expired_sad")
        if held.scal == "2" and not set(hashes) <= sad.hashes:
            raise RefusedError(400, "hash_not_authorized")
        if words["hashAlgorithmOID"] != SHA256_OID:
            raise RefusedError(400, "invalid_request", "hashAlgorithmOID")
        if words["signAlgo"] != (RSA_SHA256 if _is_rsa(held) else EC_SHA256):
            raise RefusedError(400, "invalid_request", "signAlgo")
        sad.left -= len(hashes)
        found = [_signed(held.issued, base64.b64decode(one)) for one in hashes]
        if self.mood == "lies":
            found = [one[:-1] + bytes([one[-1] ^ 1]) for one in found]
        if self.mood == "fewer":
            found = found[1:]
        return {"signatures": [_text(one) for one in found]}


def _is_rsa(held: Held) -> bool:
    return isinstance(held.issued.key, rsa.RSAPrivateKey)


def _signed(issued: Issued, digest: bytes) -> bytes:
    hashed = utils.Prehashed(SHA256())
    if isinstance(issued.key, rsa.RSAPrivateKey):
        return issued.key.sign(digest, padding.PKCS1v15(), hashed)
    return issued.key.sign(digest, ec.ECDSA(hashed))


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
