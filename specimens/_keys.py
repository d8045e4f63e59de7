"""Keys and certificates by seed: throw-away, invented, and the same every time.

A demonstration that is rendered twice must give the same bytes twice, or the second run takes the
signed sample for a new paper: so the keys are derived from a seed and the signatures are made
without chance (RFC 6979). Nothing that these keys sign is worth anything, and their names say so.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_BORN = datetime(2025, 1, 1, tzinfo=UTC)
_DIES = datetime(2045, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Identity:
    """A key and its certificate, with the certificate of who issued it."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    issuer: x509.Certificate


def _key(seed: str) -> ec.EllipticCurvePrivateKey:
    """Derive a P-256 key from a hash of the seed."""
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:31])
    return ec.derive_private_key(number + 1, ec.SECP256R1())


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "THỬ NGHIỆM - không có giá trị"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _certificate(
    subject: str,
    issuer: str,
    public: ec.EllipticCurvePublicKey,
    signer: ec.EllipticCurvePrivateKey,
    serial: int,
) -> x509.Certificate:
    authority = subject == issuer
    usage = x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(public)
        .serial_number(serial)
        .not_valid_before(_BORN)
        .not_valid_after(_DIES)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
    return builder.sign(signer, hashes.SHA256(), ecdsa_deterministic=True)


@lru_cache(maxsize=4)
def invent_identity(common_name: str, *, seed: int) -> Identity:
    """Make a signer under an invented authority. Both say that they are a test."""
    root_name = "CA Thử nghiệm giấy tờ mẫu"
    root_key, key = _key(f"root-{seed}"), _key(f"{common_name}-{seed}")
    root = _certificate(root_name, root_name, root_key.public_key(), root_key, 1000 + seed)
    own = _certificate(common_name, root_name, key.public_key(), root_key, 2000 + seed)
    return Identity(key, own, root)
