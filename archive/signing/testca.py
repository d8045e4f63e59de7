"""A certificate authority for trying the house out, made where none is configured.

Everything it signs says THỬ NGHIỆM: in the certificates' names and in the visible marks. Several
processes may ask for it at the first start; one makes it, the others wait and read it.
"""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from archive.signing.errors import KeyUnreadableError
from archive.signing.keys import Pkcs12Key

TEST_MARK = "THỬ NGHIỆM"
TEST_AGENCY = f"CƠ QUAN {TEST_MARK}"
DEFAULT_PERSON = "Nguyễn Văn Thử"

_KEY_BITS = 2048
"""What the rules ask at least (TT 39/2017); a test key needs no more."""
_YEARS = 10
_SKEW = timedelta(hours=1)
"""Valid from a little before it was made: clocks differ."""
_ROOT, _DIGITISER, _AGENCY = "root.cert.pem", "nguoi-so-hoa.p12", "co-quan.p12"


@dataclass(frozen=True, slots=True)
class TestCa:
    """The test authority of one data folder."""

    __test__ = False  # not a test class

    root: bytes
    """The root certificate, DER."""
    digitiser: Pkcs12Key
    agency: Pkcs12Key


def open_test_ca(folder: Path, *, person: str = DEFAULT_PERSON) -> TestCa:
    """The test authority in `folder`, made at the first call.

    `person` names the digitiser when it is made; later calls keep the first one's certificate.
    Raises KeyUnreadableError where the folder cannot be used.
    """
    try:
        if not (folder / _ROOT).is_file():
            with _locked(folder):
                if not (folder / _ROOT).is_file():
                    _make(folder, person)
        certificate = x509.load_pem_x509_certificate((folder / _ROOT).read_bytes())
    except (OSError, ValueError) as error:
        raise KeyUnreadableError(detail=f"test authority: {error}") from error
    return TestCa(
        root=certificate.public_bytes(serialization.Encoding.DER),
        digitiser=Pkcs12Key(folder / _DIGITISER, is_test=True),
        agency=Pkcs12Key(folder / _AGENCY, is_test=True),
    )


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder.with_name(f"{folder.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _make(folder: Path, person: str) -> None:
    """Write everything beside `folder`, then rename: a half-made authority is never seen."""
    draft = folder.with_name(f"{folder.name}.{secrets.token_hex(4)}.tmp")
    draft.mkdir(mode=0o700)
    try:
        _fill(draft, person)
        if folder.is_dir():
            # left from elsewhere without a root certificate: kept, not overwritten
            folder.rename(folder.with_name(f"{folder.name}.{secrets.token_hex(4)}.old"))
        draft.rename(folder)
        _sync(folder.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _fill(draft: Path, person: str) -> None:
    root_key = _key()
    root_name = _name(f"CA {TEST_MARK} - Tàng Thư")
    root = _certificate(root_name, root_key, root_name, root_key, is_ca=True)
    _write(draft / _ROOT, root.public_bytes(serialization.Encoding.PEM))
    for name, file in ((f"{person} ({TEST_MARK})", _DIGITISER), (TEST_AGENCY, _AGENCY)):
        key = _key()
        issued = _certificate(_name(name), key, root_name, root_key, is_ca=False)
        packed = pkcs12.serialize_key_and_certificates(
            b"tangthu-test", key, issued, [root], serialization.NoEncryption()
        )
        _write(draft / file, packed)


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, TEST_MARK),
            x509.NameAttribute(NameOID.COMMON_NAME, common[:64]),
        ]
    )


def _certificate(
    subject: x509.Name,
    key: rsa.RSAPrivateKey,
    issuer: x509.Name,
    issuer_key: rsa.RSAPrivateKey,
    *,
    is_ca: bool,
) -> x509.Certificate:
    """A certificate for signing documents: digital signature and non-repudiation, nothing else."""
    start = datetime.now(UTC).replace(microsecond=0) - _SKEW
    usage = x509.KeyUsage(
        digital_signature=not is_ca,
        content_commitment=not is_ca,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        encipher_only=False,
        decipher_only=False,
    )
    basic = x509.BasicConstraints(ca=is_ca, path_length=0 if is_ca else None)
    issuer_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start.replace(year=start.year + _YEARS, day=min(start.day, 28)))
        .add_extension(basic, critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(issuer_id, critical=False)
    )
    return builder.sign(issuer_key, hashes.SHA256())


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as target:
        target.write(data)
        target.flush()
        os.fsync(target.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
