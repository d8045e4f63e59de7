"""The two signatures of a digitised paper: the person's who copied it, then the agency's.

Each is an incremental update in the PAdES profile (B-B; B-T where a timestamper is given): the
bytes before it stay as they are, so the first signature still covers what it signed.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

from archive.signing._appearance import add_field, skip_used_numbers
from archive.signing.errors import AlreadySignedError, PdfUnsignableError
from archive.signing.keys import SigningKey
from archive.signing.limits import MAX_FIELDS_LISTED, MAX_PDF_BYTES
from archive.signing.stamp import (
    Corner,
    PageLook,
    agency_lines,
    digitiser_lines,
    find_spot,
    look_at,
    user_rect,
)

if TYPE_CHECKING:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.timestamps import TimeStamper

log = logging.getLogger(__name__)

DIGITISER_FIELD = "NguoiSoHoa"
AGENCY_FIELD = "CoQuan"

_MALFORMED = (AttributeError, LookupError, TypeError, ValueError, RecursionError)
"""What a PDF of others that breaks the rules makes pyHanko raise, beside its own errors."""
_ROOM_BYTES = 2_048
"""For the signature itself and its attributes, beside the certificates; about 1,000 with a key of
2,048 bits, 1,300 with 4,096. What is left over every reader must read as zeros."""
_TIMESTAMP_ROOM_BYTES = 12_288


class SignatureInfo(NamedTuple):
    """A signature found in a file; nothing about it is checked here."""

    field: str
    signer: str
    """Common name in the certificate; empty where it cannot be read."""
    claimed_at: datetime | None
    """The time the signer's machine claimed."""


@dataclass(frozen=True, slots=True)
class _Order:
    field: str
    corner: Corner
    lines: tuple[str, ...]
    name: str
    reason: str
    at: datetime


def sign_digitiser(
    pdf: bytes,
    key: SigningKey,
    *,
    name: str,
    at: datetime,
    timestamper: "TimeStamper | None" = None,
    look: PageLook | None = None,
) -> bytes:
    """Sign as the person who digitised the paper; the mark stands top left of page 1.

    `look` is page 1 as `look_at` saw it before any mark: the two marks keep to their own halves,
    so one look serves both. Raises PdfUnsignableError, AlreadySignedError, KeyUnavailableError,
    FontMissingError, ValueError (`at` without a zone). Not to be called from a running event loop.
    """
    lines = digitiser_lines(name, _zoned(at), is_test=key.is_test)
    order = _Order(DIGITISER_FIELD, Corner.LEFT, lines, name, "Số hóa giấy tờ", at)
    return _sign(pdf, key, order, timestamper, look)


def sign_agency(
    pdf: bytes,
    key: SigningKey,
    *,
    agency: str,
    copy_form: str,
    at: datetime,
    timestamper: "TimeStamper | None" = None,
    look: PageLook | None = None,
) -> bytes:
    """Sign as the agency; the mark stands top right of page 1: form of copy, agency, time.

    Raises as `sign_digitiser` does.
    """
    lines = agency_lines(agency, copy_form, _zoned(at), is_test=key.is_test)
    order = _Order(AGENCY_FIELD, Corner.RIGHT, lines, agency, copy_form, at)
    return _sign(pdf, key, order, timestamper, look)


def signatures_in(pdf: bytes) -> tuple[SignatureInfo, ...]:
    """The filled signature fields in the order of signing. Raises PdfUnsignableError."""
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.general import SigningError as PyHankoError

    try:
        reader = PdfFileReader(BytesIO(pdf), strict=False)
        found = reader.embedded_signatures[:MAX_FIELDS_LISTED]
        return tuple(
            SignatureInfo(one.field_name, _signer(one), one.self_reported_timestamp)
            for one in found
        )
    except (PdfError, PyHankoError, *_MALFORMED) as error:
        raise PdfUnsignableError(detail=str(error)) from error


def _signer(signature: Any) -> str:
    certificate = signature.signer_cert
    name = certificate.subject.native if certificate is not None else {}
    return str(name.get("common_name", ""))


def _zoned(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("the time of signing carries no time zone")
    return at


def _sign(
    pdf: bytes,
    key: SigningKey,
    order: _Order,
    timestamper: "TimeStamper | None",
    look: PageLook | None,
) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign.general import SigningError as PyHankoError

    if len(pdf) > MAX_PDF_BYTES:
        raise PdfUnsignableError(detail=f"{len(pdf)} bytes")
    look = look or look_at(pdf)
    spot = find_spot(look, order.lines, order.corner)
    try:
        writer = IncrementalPdfFileWriter(BytesIO(pdf), strict=False)
        if _is_filled(writer, order.field):
            raise AlreadySignedError(detail=order.field)
        skip_used_numbers(writer, pdf)
        add_field(writer, order.field, user_rect(look, spot), spot, look.rotation)
        return asyncio.run(_fill(writer, key, order, timestamper))
    except (PdfError, PyHankoError, *_MALFORMED) as error:
        log.info("pdf_unsignable", extra={"cause": repr(error)[:200]})
        raise PdfUnsignableError(detail=repr(error)[:200]) from error


def _is_filled(writer: "IncrementalPdfFileWriter", name: str) -> bool:
    """Whether a signature field of this name is filled; what fills it is not looked into."""
    from pyhanko.sign.fields import enumerate_sig_fields

    found = enumerate_sig_fields(writer.prev, filled_status=True, with_name=name)
    return next(found, None) is not None


async def _fill(
    writer: "IncrementalPdfFileWriter",
    key: SigningKey,
    order: _Order,
    timestamper: "TimeStamper | None",
) -> bytes:
    from pyhanko.sign.fields import SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
    from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
    from pyhanko.stamp import NoOpStampStyle

    about = PdfSignatureMetadata(
        field_name=order.field,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        name=order.name,
        reason=order.reason,
    )
    signer = PdfSigner(
        about, signer=key.signer(), timestamper=timestamper, stamp_style=NoOpStampStyle()
    )
    session = signer.init_signing_session(writer, existing_fields_only=True)
    session.system_time = order.at
    room = sum(len(one) for one in (key.certificate, *key.chain)) + _ROOM_BYTES
    room += _TIMESTAMP_ROOM_BYTES if timestamper else 0
    document = session.prepare_tbs_document(validation_info=None, bytes_reserved=2 * room)
    digest, output = document.digest_tbs_document()
    signed = await document.perform_signature(
        document_digest=digest.document_digest,
        pdf_cms_signed_attrs=PdfCMSSignedAttributes(signing_time=order.at),
    )
    await signed.post_signature_processing(output)
    result = output.getvalue() if isinstance(output, BytesIO) else output.read()
    return bytes(result)
