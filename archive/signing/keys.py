"""The keys that sign: what each must offer, and keys in a PKCS#12 file."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from archive.signing.errors import KeyUnreadableError
from archive.signing.limits import MAX_KEY_FILE_BYTES

if TYPE_CHECKING:
    from pyhanko.sign.signers import Signer


class SigningKey(Protocol):
    """A private key with its certificate.

    A token's session belongs to one process: a key is made in the process that uses it. `signer`
    may be called any number of times.
    """

    @property
    def certificate(self) -> bytes:
        """The signer's certificate, DER."""

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The issuers' certificates that are known, DER, nearest first."""

    @property
    def is_test(self) -> bool:
        """Whether what it signs must say THỬ NGHIỆM."""

    def signer(self) -> "Signer":
        """What pyHanko signs with. Raises KeyUnreadableError."""


class Pkcs12Key:
    """A key in a PKCS#12 file (.p12, .pfx). The file is read once, at the first use."""

    def __init__(self, path: Path, passphrase: str | None = None, *, is_test: bool = False) -> None:
        self._path = path
        self._passphrase = passphrase
        self._is_test = is_test

    @property
    def certificate(self) -> bytes:
        """The signer's certificate, DER. Raises KeyUnreadableError."""
        certificate = self._signer.signing_cert
        if certificate is None:
            raise KeyUnreadableError(detail=f"{self._path.name}: no certificate")
        return bytes(certificate.dump())

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The other certificates of the file, DER. Raises KeyUnreadableError."""
        own = self.certificate
        others = (bytes(found.dump()) for found in self._signer.cert_registry)
        return tuple(other for other in others if other != own)

    @property
    def is_test(self) -> bool:
        """Whether what it signs must say THỬ NGHIỆM."""
        return self._is_test

    def signer(self) -> "Signer":
        """What pyHanko signs with. Raises KeyUnreadableError."""
        return self._signer

    @cached_property
    def _signer(self) -> "Signer":
        from pyhanko.sign.signers import SimpleSigner

        secret = None if self._passphrase is None else self._passphrase.encode()
        try:
            if self._path.stat().st_size > MAX_KEY_FILE_BYTES:
                raise KeyUnreadableError(detail=f"{self._path.name}: too large")
            data = self._path.read_bytes()
        except OSError as error:
            raise KeyUnreadableError(detail=f"{self._path.name}: {error.strerror}") from error
        try:
            signer: Signer | None = SimpleSigner.load_pkcs12_data(
                data, other_certs=[], passphrase=secret
            )
        except (ValueError, TypeError) as error:
            raise KeyUnreadableError(detail=f"{self._path.name}: {error}") from error
        if signer is None:
            raise KeyUnreadableError(detail=f"{self._path.name}: not opened")
        return signer
