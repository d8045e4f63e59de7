"""The keys that sign: what each must offer, and keys in a PKCS#12 file."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from archive.signing.errors import (
    CertificateUnusableError,
    KeyUnreadableError,
    PinNeededError,
    PinWrongError,
)
from archive.signing.limits import MAX_KEY_FILE_BYTES, MAX_SECRET_CHARS, MAX_SECRET_FILE_BYTES

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12KeyAndCertificates
    from pyhanko.sign.signers import Signer


class Lock(NamedTuple):
    """What a person must open before a key signs."""

    scope: str
    """Keys of equal scope open by one entry of the same secret."""
    label: str
    """What the person is asked for, in Vietnamese."""


class SigningKey(Protocol):
    """A private key with its certificate.

    Nothing is opened before it is needed, and then in the process that uses it: a token's session
    belongs to one process. Every member may be called any number of times. What keeps the key from
    signing is a KeyUnavailableError with its code.
    """

    @property
    def certificate(self) -> bytes:
        """The signer's certificate, DER. Raises KeyUnavailableError."""

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The issuers' certificates that are known, DER, nearest first. Raises the same."""

    @property
    def is_test(self) -> bool:
        """Whether what it signs must say THỬ NGHIỆM."""

    @property
    def lock(self) -> Lock | None:
        """What a person must open first; None where its secret is kept, or was given already."""

    def unlock(self, secret: str) -> None:
        """Take the secret from a person and try it, once.

        Raises PinWrongError, PinLockedError, and other KeyUnavailableErrors. What was refused is
        forgotten.
        """

    def open(self) -> None:
        """Make sure that it can sign now. Raises PinNeededError and other KeyUnavailableErrors."""

    def expect(self, signatures: int) -> int:
        """Say that so many signatures will follow; a remote key authorises them together.

        Returns how many should be asked for at the same time, by as many threads: 1 for most.
        Raises KeyUnavailableError.
        """

    def signer(self) -> "Signer":
        """What pyHanko signs with. Raises what `open` raises; so does the signing itself."""

    def close(self) -> None:
        """Let go of sessions and of a secret that a person gave."""


class Pkcs12Key:
    """A key in a PKCS#12 file (.p12, .pfx). The file is read once, at the first use."""

    def __init__(
        self,
        path: Path,
        passphrase: str | None = None,
        *,
        passphrase_file: Path | None = None,
        is_test: bool = False,
        asks: bool = False,
    ) -> None:
        """Name the file; `asks`: its passphrase is a person's and kept nowhere."""
        self._path = path
        self._passphrase = passphrase
        self._passphrase_file = passphrase_file
        self._is_test = is_test
        self._asks = asks
        self._loaded: Signer | None = None

    @property
    def certificate(self) -> bytes:
        """The signer's certificate, DER. Raises KeyUnreadableError, PinNeededError."""
        certificate = self.signer().signing_cert
        if certificate is None:
            raise KeyUnreadableError(detail=f"{self._path.name}: no certificate")
        return bytes(certificate.dump())

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The other certificates of the file, DER. Raises KeyUnreadableError, PinNeededError."""
        own = self.certificate
        others = (bytes(found.dump()) for found in self.signer().cert_registry)
        return tuple(other for other in others if other != own)

    @property
    def is_test(self) -> bool:
        """Whether what it signs must say THỬ NGHIỆM."""
        return self._is_test

    @property
    def lock(self) -> Lock | None:
        """The file's passphrase, where it is a person's and was not given yet."""
        if not self._asks or self._loaded is not None:
            return None
        return Lock(f"p12:{self._path}", f"Mật khẩu của tệp chứng thư {self._path.name}")

    def unlock(self, secret: str) -> None:
        """Open the file with a person's passphrase. Raises PinWrongError, KeyUnreadableError."""
        self._loaded = self._load(checked_secret(secret))

    def open(self) -> None:
        """Open the file. Raises KeyUnreadableError, PinNeededError."""
        self.signer()

    def expect(self, signatures: int) -> int:  # noqa: ARG002  the protocol's
        """Nothing to do: a file signs as often as it is asked."""
        return 1

    def signer(self) -> "Signer":
        """What pyHanko signs with. Raises KeyUnreadableError, PinNeededError."""
        if self._loaded is None:
            if self._asks:
                raise PinNeededError(detail=self._path.name)
            kept = self._passphrase_file
            self._loaded = self._load(read_secret(kept) if kept else self._passphrase)
        return self._loaded

    def close(self) -> None:
        """Forget the opened key."""
        self._loaded = None

    def _load(self, passphrase: str | None) -> "Signer":
        from cryptography.hazmat.primitives.serialization import pkcs12

        secret = None if passphrase is None else passphrase.encode()
        data = read_small(self._path, MAX_KEY_FILE_BYTES)
        try:
            found = pkcs12.load_pkcs12(data, secret)
        except (ValueError, TypeError) as error:
            if self._asks and "password" in str(error).lower():
                raise PinWrongError(detail=self._path.name) from error
            raise KeyUnreadableError(detail=f"{self._path.name}: {error}") from error
        return self._signer_of(found)

    def _signer_of(self, found: "PKCS12KeyAndCertificates") -> "Signer":
        from cryptography.hazmat.primitives.asymmetric import ec, rsa
        from cryptography.hazmat.primitives.serialization import Encoding

        from archive.signing._raw import RawSigner, digest_signer

        if found.cert is None or not isinstance(
            found.key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
        ):
            raise KeyUnreadableError(detail=f"{self._path.name}: no certificate or unknown key")
        own = found.cert.certificate.public_bytes(Encoding.DER)
        chain = [one.certificate.public_bytes(Encoding.DER) for one in found.additional_certs]
        return RawSigner(own, chain, digest_signer(found.key))


def holder_of(key: SigningKey) -> str:
    """The common name in a key's certificate. Raises KeyUnavailableError."""
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    certificate = x509.load_der_x509_certificate(key.certificate)
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def check_period(key: SigningKey, at: datetime) -> None:
    """Raise CertificateUnusableError where a key's certificate is not good at a time.

    What it signed then would prove nothing (TT 41/2017 Art. 8), and nobody would notice for long.
    """
    from cryptography import x509

    certificate = x509.load_der_x509_certificate(key.certificate)
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not begins <= at <= ends:
        raise CertificateUnusableError(detail=f"good from {begins} to {ends}, asked at {at}")


def checked_secret(secret: str) -> str:
    """The secret as it is used. Raises PinWrongError for what no secret can be."""
    secret = secret.strip()
    if not secret or len(secret) > MAX_SECRET_CHARS or "\0" in secret:
        raise PinWrongError(detail="empty, too long, or with a null")
    return secret


def read_secret(path: Path) -> str:
    """The secret kept in a file, without the line's end. Raises KeyUnreadableError."""
    data = read_small(path, MAX_SECRET_FILE_BYTES)
    try:
        return data.decode().strip()
    except UnicodeDecodeError as error:
        raise KeyUnreadableError(detail=f"{path.name}: not UTF-8") from error


def read_small(path: Path, most_bytes: int) -> bytes:
    """A small file's bytes. Raises KeyUnreadableError, which names the file and nothing in it."""
    try:
        if path.stat().st_size > most_bytes:
            raise KeyUnreadableError(detail=f"{path.name}: too large")
        return path.read_bytes()
    except OSError as error:
        raise KeyUnreadableError(detail=f"{path.name}: {error.strerror}") from error
