"""pyHanko's signer over a key that lies elsewhere: only the raw signature is asked of it."""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from asn1crypto import x509
from pyhanko.sign.signers import Signer  # noqa: TID253  this module is imported where it is used
from pyhanko_certvalidator.registry import SimpleCertificateStore

from archive.signing.errors import KeyRefusedError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

SignDigest = Callable[[bytes, str, str], Awaitable[bytes]]
"""(digest, its algorithm "sha256", "rsa" or "ec") to the signature as CMS carries it."""

_SPARE_BYTES = 16


class RawSigner(Signer):
    """Builds the CMS here and has its digest signed there; what comes back is checked first."""

    def __init__(self, certificate: bytes, chain: Sequence[bytes], sign_digest: SignDigest) -> None:
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # pyHanko's
        own = x509.Certificate.load(certificate)
        store.register_multiple([own, *(x509.Certificate.load(one) for one in chain)])
        super().__init__(signing_cert=own, cert_registry=store)
        self._own = own
        self._sign_digest = sign_digest

    async def async_sign_raw(
        self,
        data: bytes,
        digest_algorithm: str,
        dry_run: bool = False,  # noqa: FBT001, FBT002  pyHanko's own signature
    ) -> bytes:
        """Sign; a dry run gives as many bytes as the longest signature takes."""
        if dry_run:
            return bytes(signature_size(self._own))
        algorithm = digest_algorithm.lower()
        digest = hashlib.new(algorithm, data).digest()
        signature = await self._sign_digest(digest, algorithm, self._own.public_key.algorithm)
        check_signature(self._own, signature, digest, algorithm)
        return signature


def digest_signer(key: "RSAPrivateKey | EllipticCurvePrivateKey") -> SignDigest:
    """Sign by a key in memory. It was parsed once: parsing checks its numbers, which takes longer
    than signing does.
    """
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

    async def sign(digest: bytes, algorithm: str, _kind: str) -> bytes:
        hashed = utils.Prehashed(_hashes()[algorithm])
        if isinstance(key, rsa.RSAPrivateKey):
            return key.sign(digest, padding.PKCS1v15(), hashed)
        return key.sign(digest, ec.ECDSA(hashed))

    return sign


def _hashes() -> dict[str, Any]:
    from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512

    return {"sha256": SHA256(), "sha384": SHA384(), "sha512": SHA512()}


def signature_size(certificate: Any) -> int:
    """Bytes of the longest signature by a certificate's key."""
    key = certificate.public_key
    if key.algorithm == "rsa":
        return int(key.byte_size)
    return 2 * int(key.byte_size) + _SPARE_BYTES


def check_signature(certificate: Any, signature: bytes, digest: bytes, algorithm: str) -> None:
    """Raise KeyRefusedError where the signature is not one by the certificate's key.

    A key that does not belong to its certificate, or a service that lies, is found here, before a
    file bears it.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    hashed = utils.Prehashed(_hashes()[algorithm])
    key = load_der_public_key(certificate.public_key.dump())
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, digest, padding.PKCS1v15(), hashed)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, digest, ec.ECDSA(hashed))
        else:
            raise KeyRefusedError(detail="neither RSA nor elliptic curve")
    except InvalidSignature as error:
        raise KeyRefusedError(detail="the signature is not by the certificate's key") from error


def in_order(own: bytes, others: Sequence[bytes]) -> tuple[bytes, ...]:
    """The certificates that lead from `own` upwards, nearest first; the rest is left out."""
    by_subject = {x509.Certificate.load(one).subject.hashable: one for one in others}
    chain: list[bytes] = []
    current = x509.Certificate.load(own)
    while current.issuer != current.subject:
        found = by_subject.pop(current.issuer.hashable, None)
        if found is None:
            break
        chain.append(found)
        current = x509.Certificate.load(found)
    return tuple(chain)
