"""The PAdES levels: what is added around and after a signature so that it can be checked later.

B-B is the signature alone. B-T puts an RFC 3161 timestamp on each. B-LT adds the certificates and
what their issuers said of revocation, B-LTA a timestamp over all of it (ETSI EN 319 142-1, 6).
Everything is an incremental update: what was signed stays byte for byte.
"""

import asyncio
import hashlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from io import BytesIO
from typing import TYPE_CHECKING, Any

from archive.signing._appearance import skip_used_numbers
from archive.signing.errors import CertificateUnusableError, PdfUnsignableError
from archive.signing.keys import SigningKey
from archive.signing.limits import PROBE_SECONDS
from archive.signing.revocation import Inquiry, RevocationSource
from archive.signing.timestamping import TimestampService, as_timestamper
from proof.certificates import read_certificate
from proof.evidence import Evidence

if TYPE_CHECKING:
    from pyhanko.sign.timestamps import TimeStamper
    from pyhanko_certvalidator import ValidationContext
    from pyhanko_certvalidator.fetchers.api import Fetchers

log = logging.getLogger(__name__)

_MALFORMED = (AttributeError, LookupError, TypeError, ValueError, RecursionError)
_TOKEN_ROOM_BYTES = 12_288
"""For an archive timestamp with its certificates; real ones are 2 to 10 KiB."""
TIMESTAMP_FIELD = "DauThoiGian"
"""The fields of archive timestamps are this and a number."""


class Level(StrEnum):
    """How much proof a signature carries."""

    B = "B-B"
    """The signature and its certificates."""
    T = "B-T"
    """With a timestamp: the time is proven."""
    LT = "B-LT"
    """With revocation data: it can be checked when the issuers are gone."""
    LTA = "B-LTA"
    """With a timestamp over all that: it can be renewed for ever."""


@dataclass(slots=True)
class _Probe:
    """When the timestamp service answered last."""

    at: float = -PROBE_SECONDS


@dataclass(frozen=True, slots=True)
class Profile:
    """How signatures are made here: the level, and the services that it needs."""

    level: Level = Level.B
    timestamps: TimestampService | None = None
    """Needed above B-B."""
    revocation: RevocationSource | None = None
    """Needed above B-T."""
    trust_roots: Callable[[], Sequence[bytes]] = tuple
    _probe: _Probe = field(default_factory=_Probe, compare=False)

    @property
    def stamps(self) -> bool:
        """Whether each signature gets a timestamp."""
        return self.level is not Level.B

    @property
    def keeps_evidence(self) -> bool:
        """Whether revocation data are put into the file."""
        return self.level in (Level.LT, Level.LTA)

    def timestamper(self) -> "TimeStamper | None":
        """What pyHanko stamps signatures with; None at B-B."""
        if not self.stamps or self.timestamps is None:
            return None
        return as_timestamper(self.timestamps)


B_B = Profile()


def make_ready(profile: Profile, keys: Sequence[SigningKey]) -> None:
    """Ask the services first, so that no key is used while one of them is away.

    Raises ServiceUnavailableError, ServiceRefusedError, TimestampBadError and, where a key's
    certificate is revoked, has ended or is not vouched for, CertificateUnusableError.
    """
    if profile.keeps_evidence:
        asyncio.run(_check_chains(profile, keys))
    if profile.stamps and profile.timestamps is not None:
        probe = profile._probe  # noqa: SLF001  its own
        if time.monotonic() - probe.at >= PROBE_SECONDS:
            profile.timestamps.token(hashlib.sha256(b"tangthu").digest())
            probe.at = time.monotonic()


def complete(pdf: bytes, profile: Profile) -> bytes:
    """Add to a signed file what its level asks for after the signatures; B-B and B-T ask nothing.

    Raises as `make_ready`, and PdfUnsignableError.
    """
    if not profile.keeps_evidence:
        return pdf
    return _guarded(pdf, lambda: _add(pdf, profile, archive=profile.level is Level.LTA))


def renew(pdf: bytes, profile: Profile) -> bytes:
    """Add an archive timestamp, and before it the evidence that the file still lacks.

    Evidence for certificates that have ended cannot be had any more and is left out. Raises as
    `complete`.
    """
    return _guarded(pdf, lambda: _add(pdf, profile, archive=True, lenient=True))


def _guarded(pdf: bytes, work: Callable[[], Any]) -> bytes:
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign.general import SigningError as PyHankoError

    try:
        made = bytes(asyncio.run(work()))
    except (PdfError, PyHankoError, *_MALFORMED) as error:
        raise PdfUnsignableError(detail=repr(error)[:200]) from error
    if not made.startswith(pdf):
        raise PdfUnsignableError(detail="the update changed what was signed")
    return made


async def _add(pdf: bytes, profile: Profile, *, archive: bool, lenient: bool = False) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation.dss import DocumentSecurityStore

    reader = PdfFileReader(BytesIO(pdf), strict=False)
    inquiry = Inquiry(_source(profile))
    context = _context(profile, inquiry)
    paths: list[Any] = []
    for signature in _in_need(reader):
        paths += await _paths(signature, context, inquiry, lenient=lenient)
    writer = IncrementalPdfFileWriter(BytesIO(pdf), strict=False)
    skip_used_numbers(writer, pdf)
    if paths:
        DocumentSecurityStore.supply_dss_in_writer(
            writer, None, paths=paths, validation_context=context
        )
    if archive:
        return await _stamped(writer, profile, len(list(reader.embedded_timestamp_signatures)))
    output = BytesIO()
    writer.write(output)  # type: ignore[no-untyped-call]  # pyHanko gives it no types
    return output.getvalue()


def _in_need(reader: Any) -> list[Any]:
    """The signatures whose evidence is not yet under an archive timestamp.

    All of them in a file without one; else the last timestamp alone, for it covers the rest.
    """
    stamps = list(reader.embedded_timestamp_signatures)
    return stamps[-1:] or list(reader.embedded_regular_signatures)


async def _paths(
    signature: Any,
    context: "ValidationContext",
    inquiry: Inquiry,
    *,
    lenient: bool,
    is_stamp: bool = False,
) -> list[Any]:
    """The chains of a signature and its timestamps; what was fetched stays in the context."""
    from pyhanko.sign.validation.dss import collect_validation_info
    from pyhanko_certvalidator.errors import PathError, ValidationError

    try:
        return list(await collect_validation_info(signature, context, skip_timestamp=is_stamp))
    except (PathError, ValidationError) as error:
        if inquiry.unavailable:
            raise inquiry.unavailable[-1] from error
        if lenient:
            log.info("evidence_not_had", extra={"cause": repr(error)[:200]})
            return []
        raise CertificateUnusableError(detail=repr(error)[:300]) from error


async def evidence_on(signed: Any, profile: Profile) -> Evidence:
    """What the issuers say of the signer of `signed.signed_data`, with the chain.

    Empty where the chain does not hold now. Raises ServiceUnavailableError.
    """
    inquiry = Inquiry(_source(profile))
    fetchers = inquiry.fetchers()
    context = _context(profile, inquiry, fetchers=fetchers)
    paths = await _paths(signed, context, inquiry, lenient=True, is_stamp=True)
    return Evidence(
        certificates=tuple(
            one.dump() for path in paths for one in path.iter_certs(include_root=True)
        ),
        crls=tuple(one.dump() for one in fetchers.crl_fetcher.fetched_crls()),
        ocsps=tuple(one.dump() for one in fetchers.ocsp_fetcher.fetched_responses()),
    )


async def _stamped(writer: Any, profile: Profile, number: int) -> bytes:
    from pyhanko.sign.signers import PdfTimeStamper

    if profile.timestamps is None:
        raise ValueError("an archive timestamp needs a service")
    stamper = PdfTimeStamper(
        as_timestamper(profile.timestamps), field_name=f"{TIMESTAMP_FIELD}{number + 1}"
    )
    output = await stamper.async_timestamp_pdf(
        writer, "sha256", bytes_reserved=2 * _TOKEN_ROOM_BYTES
    )
    return bytes(output.getvalue())


def _source(profile: Profile) -> RevocationSource:
    return profile.revocation or RevocationSource()


def _context(
    profile: Profile,
    inquiry: Inquiry,
    others: Sequence[bytes] = (),
    fetchers: "Fetchers | None" = None,
) -> "ValidationContext":
    from pyhanko_certvalidator import ValidationContext

    return ValidationContext(
        trust_roots=[read_certificate(root) for root in profile.trust_roots()],
        other_certs=[read_certificate(one) for one in others],
        allow_fetching=True,
        fetchers=fetchers or inquiry.fetchers(),
        revocation_mode="hard-fail",
    )


async def _check_chains(profile: Profile, keys: Sequence[SigningKey]) -> None:
    from pyhanko_certvalidator import CertificateValidator
    from pyhanko_certvalidator.errors import PathError, ValidationError

    for key in keys:
        inquiry = Inquiry(_source(profile))
        context = _context(profile, inquiry, key.chain)
        validator = CertificateValidator(
            read_certificate(key.certificate), validation_context=context
        )
        try:
            await validator.async_validate_usage(set())  # type: ignore[no-untyped-call]  # the same
        except (PathError, ValidationError) as error:
            if inquiry.unavailable:
                raise inquiry.unavailable[-1] from error
            raise CertificateUnusableError(detail=repr(error)[:300]) from error
