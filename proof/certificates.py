"""Certificates as the checks read them, and what a forged one makes the parsers raise."""

import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from proof.errors import UntrustedRootError

HOSTILE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What parsing a forged file can raise, beside the parsers' own errors."""


def read_certificate(data: bytes) -> Any:
    """A certificate, DER or PEM. Raises UntrustedRootError."""
    from asn1crypto import pem, x509

    try:
        if pem.detect(data):
            _name, _headers, data = pem.unarmor(data)
        certificate = x509.Certificate.load(data)
        certificate.subject.native  # noqa: B018  parses, so that a broken one is told here
    except (ValueError, TypeError, KeyError) as error:
        raise UntrustedRootError(detail=str(error)) from error
    return certificate


def readable(certificates: Iterable[bytes]) -> Iterator[Any]:
    """Those that can be read: evidence may come from anywhere."""
    for data in certificates:
        try:
            yield read_certificate(data)
        except UntrustedRootError:
            continue


def common_name(name: Any) -> str:
    """The common name of a subject or issuer, else the whole of it."""
    common = name.native.get("common_name", "")
    return str(common) if isinstance(common, str) and common else str(name.human_friendly)
