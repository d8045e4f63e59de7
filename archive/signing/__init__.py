"""Signing digitised papers: keys, the visible marks, the signatures."""

from archive.signing._font import font_path
from archive.signing.errors import (
    AccessRefusedError,
    AlreadySignedError,
    FontMissingError,
    KeyNotFoundError,
    KeyRefusedError,
    KeyUnavailableError,
    KeyUnreadableError,
    PdfUnsignableError,
    PinLockedError,
    PinNeededError,
    PinWrongError,
    RemoteAnswerError,
    RemoteUnreachableError,
    SigningError,
    TokenMissingError,
)
from archive.signing.keys import Lock, Pkcs12Key, SigningKey
from archive.signing.pinguard import PinGuard
from archive.signing.sign import (
    AGENCY_FIELD,
    DIGITISER_FIELD,
    SignatureInfo,
    sign_agency,
    sign_digitiser,
    signatures_in,
)
from archive.signing.stamp import PageLook, look_at
from archive.signing.testca import TEST_AGENCY, TestCa, open_test_ca

__all__ = [
    "AGENCY_FIELD",
    "DIGITISER_FIELD",
    "TEST_AGENCY",
    "AccessRefusedError",
    "AlreadySignedError",
    "FontMissingError",
    "KeyNotFoundError",
    "KeyRefusedError",
    "KeyUnavailableError",
    "KeyUnreadableError",
    "Lock",
    "PageLook",
    "PdfUnsignableError",
    "PinGuard",
    "PinLockedError",
    "PinNeededError",
    "PinWrongError",
    "Pkcs12Key",
    "RemoteAnswerError",
    "RemoteUnreachableError",
    "SignatureInfo",
    "SigningError",
    "SigningKey",
    "TestCa",
    "TokenMissingError",
    "font_path",
    "look_at",
    "open_test_ca",
    "sign_agency",
    "sign_digitiser",
    "signatures_in",
]
