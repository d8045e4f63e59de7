"""Signing digitised papers: keys, the visible marks, the signatures."""

from archive.signing._font import font_path
from archive.signing.errors import (
    AlreadySignedError,
    FontMissingError,
    KeyUnreadableError,
    PdfUnsignableError,
    SigningError,
)
from archive.signing.keys import Pkcs12Key, SigningKey
from archive.signing.sign import (
    AGENCY_FIELD,
    DIGITISER_FIELD,
    SignatureInfo,
    sign_agency,
    sign_digitiser,
    signatures_in,
)
from archive.signing.testca import TEST_AGENCY, TestCa, open_test_ca

__all__ = [
    "AGENCY_FIELD",
    "DIGITISER_FIELD",
    "TEST_AGENCY",
    "AlreadySignedError",
    "FontMissingError",
    "KeyUnreadableError",
    "PdfUnsignableError",
    "Pkcs12Key",
    "SignatureInfo",
    "SigningError",
    "SigningKey",
    "TestCa",
    "font_path",
    "open_test_ca",
    "sign_agency",
    "sign_digitiser",
    "signatures_in",
]
