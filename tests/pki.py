"""A PKI on loopback for tests: two roots, signers good and bad, CRL, OCSP and RFC 3161 services.

Certomancer runs in a thread of the test process. Keys are made when it starts, none is kept. Each
service can be told to misbehave (`pki.faults`).
"""

import datetime as dt
import io
import socketserver
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pikepdf
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from archive.signing.keys import Pkcs12Key
from archive.signing.levels import Level, Profile
from archive.signing.revocation import RevocationSource
from archive.signing.timestamping import HttpTimestampService
from proof.trust import Trust

if TYPE_CHECKING:
    from workers.house import Signers

ARCH = "vn"
KEYS = ("root", "public-root", "sub", "public-sub", "ocsp", "tsa", "signer", "citizen")
Day = dt.datetime
Answer = Iterable[bytes]
Fault = Callable[[dict[str, Any], Callable[..., Any]], Answer | None]
"""What a service does instead of answering; None: it answers after all."""


def blank_pdf(pages: int = 1) -> bytes:
    """A PDF of blank pages."""
    with pikepdf.Pdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page(page_size=(595, 842))
        made = io.BytesIO()
        pdf.save(made)
        return made.getvalue()


def day(year: int, month: int = 1, number: int = 1) -> str:
    """A moment as the configuration writes it."""
    return f"{year:04d}-{month:02d}-{number:02d}T00:00:00+0000"


def _usage(*names: str) -> dict[str, Any]:
    value = {"schema": "key-usage", "params": list(names)}
    return {"id": "key_usage", "critical": True, "smart-value": value}


def _authority(issuer: str, subject: str, **more: Any) -> dict[str, Any]:
    extensions = [
        {"id": "basic_constraints", "critical": True, "value": {"ca": True}},
        _usage("digital_signature", "key_cert_sign", "crl_sign"),
    ]
    if issuer != subject:
        extensions.append(_crl(issuer))
    valid = {"valid-from": day(2020), "valid-to": day(2040)}
    return {
        "subject": subject,
        "issuer": issuer,
        "validity": valid,
        "extensions": extensions,
    } | more


def _crl(repository: str) -> dict[str, Any]:
    value = {"schema": "crl-dist-url", "params": {"crl-repo-names": [repository]}}
    return {"id": "crl_distribution_points", "smart-value": value}


def _aia(issuer: str) -> dict[str, Any]:
    params = {"ocsp-responder-names": ["ocsp"]} if issuer == "sub" else {}
    params |= {"ca-issuer-links": [{"repo": issuer, "cert-labels": [issuer]}]}
    return {
        "id": "authority_information_access",
        "smart-value": {"schema": "aia-urls", "params": params},
    }


def _signer(
    subject: str,
    issuer: str = "sub",
    *,
    start: int = 2024,
    end: int = 2036,
    usage: tuple[str, ...] = ("digital_signature", "non_repudiation"),
    key: str = "signer",
    revoked: str = "",
) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "subject": subject,
        "subject-key": key,
        "issuer": issuer,
        "validity": {"valid-from": day(start), "valid-to": day(end)},
        "extensions": [_usage(*usage), _crl(issuer), _aia(issuer)],
    }
    if revoked:
        spec["revocation"] = {"revoked-since": revoked, "reason": "key_compromise"}
    return spec


def _timestamper(key: str = "tsa", *, end: int = 2039, **changes: Any) -> dict[str, Any]:
    purpose = {"id": "extended_key_usage", "critical": True, "value": ["time_stamping"]}
    return {
        "subject": "tsa",
        "subject-key": key,
        "issuer": "root",
        "validity": {"valid-from": day(2020), "valid-to": day(end)},
        "extensions": [_usage("digital_signature"), purpose, _crl("root")],
    } | changes


ENTITIES: dict[str, dict[str, str]] = {
    "root": {"common-name": "CA gốc công vụ thử nghiệm"},
    "public-root": {"common-name": "CA gốc công cộng thử nghiệm"},
    "sub": {"common-name": "CA cấp dưới thử nghiệm"},
    "public-sub": {"common-name": "CA công cộng thử nghiệm"},
    "ocsp": {"common-name": "OCSP thử nghiệm"},
    "tsa": {"common-name": "TSA thử nghiệm"},
    "digitiser": {"common-name": "Nguyễn Văn Thử", "title": "Chuyên viên"},
    "agency": {
        "common-name": "Ủy ban nhân dân xã Thử Nghiệm",
        "organization-name": "Ủy ban nhân dân xã Thử Nghiệm",
    },
    "citizen": {
        "common-name": "Trần Thị Thử",
        "organization-name": "Công dân",
        "user-id": "CCCD:079204000001",
    },
}


def _certificates() -> dict[str, dict[str, Any]]:
    """By label. Those of `digitiser` in other states serve tests of what comes in."""
    ocsp_purpose = {"id": "extended_key_usage", "value": ["ocsp_signing"]}
    return {
        "root": _authority("root", "root"),
        "public-root": _authority("public-root", "public-root"),
        "sub": _authority("root", "sub"),
        "public-sub": _authority("public-root", "public-sub"),
        "ocsp": {
            "subject": "ocsp",
            "issuer": "sub",
            "validity": {"valid-from": day(2020), "valid-to": day(2039)},
            "extensions": [_usage("digital_signature"), ocsp_purpose, {"id": "ocsp_no_check"}],
        },
        "tsa": _timestamper(),
        "tsa-ending": _timestamper(end=2027),
        "tsa-unfit": _timestamper(extensions=[_usage("digital_signature")]),
        "digitiser": _signer("digitiser"),
        "agency": _signer("agency"),
        "citizen": _signer("citizen", "public-sub", key="citizen"),
        "revoked": _signer("digitiser", revoked=day(2025)),
        "expired": _signer("digitiser", start=2020, end=2023),
        "future": _signer("digitiser", start=2035, end=2038),
        "wrong-usage": _signer("digitiser", usage=("key_encipherment",)),
    }


def _configuration(url: str) -> dict[str, Any]:
    crls = {
        label: {
            "for-issuer": label,
            "issuer-cert": label,
            "signing-key": label,
            "simulated-update-schedule": "P1D",
        }
        for label in ("root", "public-root", "sub", "public-sub")
    }
    stamps = {
        label: {"signing-key": "tsa", "signing-cert": label}
        for label in ("tsa", "tsa-ending", "tsa-unfit")
    }
    responder = {"for-issuer": "sub", "responder-cert": "ocsp", "signing-key": "ocsp"}
    repositories = {
        label: {"for-issuer": label, "issuer-cert": label, "publish-issued-certs": True}
        for label in ("root", "public-root", "sub", "public-sub")
    }
    defaults = {"country-name": "VN", "organization-name": "Cơ quan thử nghiệm"}
    services = {
        "ocsp": {"ocsp": responder | {"issuer-cert": "sub"}},
        "crl-repo": crls,
        "cert-repo": repositories,
        "time-stamping": stamps,
    }
    keyset = {"path-prefix": "keys", "keys": {label: {"path": f"{label}.pem"} for label in KEYS}}
    architecture = {
        "keyset": "k",
        "entity-defaults": defaults,
        "entities": ENTITIES,
        "certs": _certificates(),
        "services": services,
    }
    return {
        "external-url-prefix": url,
        "keysets": {"k": keyset},
        "pki-architectures": {ARCH: architecture},
    }


@dataclass(slots=True)
class Faults:
    """How the services misbehave: a part of the path -> what happens instead of an answer."""

    by_path: dict[str, Fault] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """The paths asked for, in order."""

    @contextmanager
    def at(self, part: str, fault: Fault) -> Iterator[None]:
        """Misbehave wherever `part` is in the path."""
        self.by_path[part] = fault
        try:
            yield
        finally:
            del self.by_path[part]

    def for_path(self, path: str) -> Fault | None:
        """The fault of a path, if one is set."""
        return next((fault for part, fault in self.by_path.items() if part in path), None)


def down(_environ: dict[str, Any], start: Callable[..., Any]) -> Answer:
    """Answer 503, as a proxy before a dead service does."""
    start("503 Service Unavailable", [("Content-Length", "0")])
    return [b""]


def garbage(_environ: dict[str, Any], start: Callable[..., Any]) -> Answer:
    """Answer with what is nothing."""
    start("200 OK", [("Content-Type", "application/timestamp-reply")])
    return [b"<html>rac</html>" * 10]


def endless(_environ: dict[str, Any], start: Callable[..., Any]) -> Answer:
    """Answer without end."""
    start("200 OK", [("Content-Type", "application/octet-stream")])
    return (b"\0" * 65_536 for _ in range(100_000))


def dripping(_environ: dict[str, Any], start: Callable[..., Any]) -> Answer:
    """Answer a byte at a time, so that no single read ever times out."""
    start("200 OK", [("Content-Type", "application/octet-stream")])
    return _drops()


def _drops() -> Iterator[bytes]:
    for _ in range(100):
        time.sleep(0.1)
        yield b"0"


def refused(_environ: dict[str, Any], start: Callable[..., Any]) -> Answer:
    """Answer 403."""
    start("403 Forbidden", [("Content-Length", "0")])
    return [b""]


class LocalPki:
    """The running services and what they stand for."""

    def __init__(self, url: str, config: Any, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self.faults = Faults()
        self.architecture = config.pki_archs[ARCH]
        self.animator = self._animator()

    def _animator(self) -> Any:
        from certomancer.integrations.animator import Animator, AnimatorArchStore

        return Animator(AnimatorArchStore({ARCH: self.architecture}), with_web_ui=False)

    @contextmanager
    def clock(self, moment: dt.datetime) -> Iterator[None]:
        """Let every service believe that it is `moment`."""
        self.animator.fixed_time = moment
        try:
            yield
        finally:
            self.animator.fixed_time = None

    def certificate(self, label: str) -> bytes:
        """A certificate, DER."""
        return bytes(self.architecture.get_cert(label).dump())

    @property
    def roots(self) -> tuple[bytes, ...]:
        """The root of official-duty certificates and of the TSA."""
        return (self.certificate("root"),)

    @property
    def public_roots(self) -> tuple[bytes, ...]:
        """The root of public certificates."""
        return (self.certificate("public-root"),)

    @property
    def tsa_url(self) -> str:
        """Where timestamps are asked for."""
        return self.timestamps_at("tsa")

    def timestamps_at(self, label: str) -> str:
        """Another timestamp service: tsa, tsa-ending, tsa-unfit."""
        return f"{self.url}/{ARCH}/tsa/{label}"

    def pem(self, label: str) -> bytes:
        """A certificate, PEM."""
        from cryptography import x509

        loaded = x509.load_der_x509_certificate(self.certificate(label))
        return loaded.public_bytes(serialization.Encoding.PEM)

    def private_key(self, label: str) -> rsa.RSAPrivateKey:
        """A private key of KEYS."""
        data = (self.folder / "keys" / f"{label}.pem").read_bytes()
        loaded = serialization.load_pem_private_key(data, None)
        assert isinstance(loaded, rsa.RSAPrivateKey)
        return loaded

    def pkcs12(self, label: str) -> Path:
        """A PKCS#12 file of a signer with its chain, without a password."""
        path = self.folder / f"{label}.p12"
        if not path.exists():
            path.write_bytes(self.architecture.package_pkcs12(label, password=None))
        return path

    def key(self, label: str) -> Pkcs12Key:
        """A signing key by its certificate's label."""
        return Pkcs12Key(self.pkcs12(label))

    @property
    def trust(self) -> Trust:
        """Both trust stores."""
        return Trust(official=self.roots, public=self.public_roots)

    def profile(self, level: Level, *, timestamps: str = "tsa", seconds: float = 20) -> Profile:
        """How signatures are made at a level with these services."""
        service = HttpTimestampService(
            self.timestamps_at(timestamps), lambda: self.trust.roots, seconds=seconds
        )
        asked = RevocationSource(seconds=seconds)
        return Profile(level, service, asked, lambda: self.trust.roots)

    def signers(self, level: Level = Level.B, **profile: Any) -> "Signers":
        """The two keys of a house, at a level."""
        from workers.house import Signers

        return Signers(
            digitiser=self.key("digitiser"),
            digitiser_name="Nguyễn Văn Thử",
            agency=self.key("agency"),
            agency_name="Ủy ban nhân dân xã Thử Nghiệm",
            is_test=False,
            trust=self.trust,
            profile=self.profile(level, **profile),
        )

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Answer:
        """Answer one request, or misbehave as told."""
        path = environ["PATH_INFO"]
        self.faults.asked.append(path)
        fault = self.faults.for_path(path)
        answer = fault(environ, start) if fault else None
        found: Answer = self.animator(environ, start) if answer is None else answer
        return found


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that hang up: some tests are about that."""


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  the base's name
        """Say nothing."""


@contextmanager
def run_pki() -> Iterator[LocalPki]:
    """Start the services on a free port of loopback; stop them at the end."""
    from certomancer.registry import CertomancerConfig

    with tempfile.TemporaryDirectory(prefix="tangthu-pki-") as name:
        folder = Path(name)
        _make_keys(folder / "keys")
        server = make_server("127.0.0.1", 0, lambda *_: [], _Server, _Quiet)
        url = f"http://127.0.0.1:{server.server_port}"
        config = CertomancerConfig(_configuration(url), key_search_dir=str(folder))
        pki = LocalPki(url, config, folder)
        server.set_app(pki)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield pki
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def _make_keys(folder: Path) -> None:
    folder.mkdir()
    for label in KEYS:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        (folder / f"{label}.pem").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
