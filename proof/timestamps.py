"""RFC 3161 timestamp tokens, checked offline: what time they prove, and on whose word.

A token says that the bytes with a certain digest were there at a certain time. It stands as long
as its authority's certificate does, or as long as a later token proves that it was there before
that certificate ended.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from proof.certificates import HOSTILE, common_name, read_certificate, readable
from proof.evidence import Evidence
from proof.limits import TOKEN_BYTES
from proof.verdicts import Verdict

if TYPE_CHECKING:
    from pyhanko.sign.validation.status import TimestampSignatureStatus

log = logging.getLogger(__name__)

_CLOCK_SKEW = timedelta(minutes=10)
"""How far ahead of ours the authority's clock may run."""


class TimestampReason(StrEnum):
    """Why a token's verdict is as it is; stable codes."""

    SOUND = "sound"
    """Nothing against it."""
    OTHER_DIGEST = "timestamp_other_bytes"
    """It was made for other bytes."""
    BROKEN = "timestamp_broken"
    """Its signature does not match its certificate's key, or its content was changed."""
    UNREADABLE = "timestamp_unreadable"
    """It is no timestamp token."""
    REVOKED = "timestamp_revoked"
    """The authority's certificate was withdrawn, by the evidence that came along."""
    FUTURE = "timestamp_in_future"
    """It names a time that has not come yet."""
    UNKNOWN_ISSUER = "timestamp_unknown_issuer"
    """No chain to a root that is trusted here."""
    UNFIT = "timestamp_unfit"
    """The certificate is not one for timestamps alone (RFC 3161, 2.3)."""
    NOT_VALID_THEN = "timestamp_certificate_not_valid_then"
    """The time lies outside the certificate's validity."""
    TOO_OLD = "timestamp_too_old"
    """The certificate ended before the time until which the token had to stand by itself."""
    WEAK_ALGORITHM = "timestamp_weak_algorithm"
    """An algorithm that is no longer trusted."""


@dataclass(frozen=True, slots=True)
class TimestampVerdict:
    """One token and what was found."""

    verdict: Verdict
    reason: TimestampReason
    at: datetime | None
    """The time it names; trusted only where the verdict is VALID."""
    authority: str = ""
    """Common name of the authority's certificate."""
    serial: str = ""
    """Of the token itself, hexadecimal."""
    policy: str = ""
    """The authority's policy, dotted."""
    trust_root: str = ""
    """The root that vouches for the authority; empty where none."""
    stands_until: datetime | None = None
    """When the authority's certificate ends: the token must be renewed before."""
    algorithm: str = ""
    """Digest and key of the signature, such as "sha256/rsa2048"."""

    @property
    def weakens_at(self) -> datetime | None:
        """When its certificate ends or its algorithms stop being trusted, whichever is first."""
        if self.stands_until is None:
            return None
        ends = (_ENDS.get(part, self.stands_until) for part in self.algorithm.split("/"))
        return min(self.stands_until, *ends)

    def as_json(self) -> dict[str, object]:
        """Plain values: texts, times as ISO 8601."""
        values = asdict(self)
        for key in ("at", "stands_until"):
            values[key] = values[key].isoformat() if values[key] else None
        return {key: str(one) if isinstance(one, StrEnum) else one for key, one in values.items()}


class Imprint(NamedTuple):
    """What a token is over."""

    algorithm: str
    digest: bytes


_STRONG = ("sha256", "sha384", "sha512")
_ENDS = {
    "sha1": datetime(2013, 12, 31, tzinfo=UTC),
    "rsa1024": datetime(2013, 12, 31, tzinfo=UTC),
    "rsa2048": datetime(2030, 12, 31, tzinfo=UTC),
    "ec224": datetime(2030, 12, 31, tzinfo=UTC),
}
"""When algorithms stop being trusted for new proof: NIST SP 800-131A revision 2, tables 2 and 8."""
_UNREADABLE = TimestampVerdict(Verdict.INVALID, TimestampReason.UNREADABLE, None)


def check_token(
    token: bytes,
    digest: bytes,
    trust_roots: Sequence[bytes],
    *,
    evidence: Evidence | None = None,
    algorithm: str = "sha256",
    stands_at: datetime | None = None,
) -> TimestampVerdict:
    """Judge a DER TimeStampToken over a `digest` by `algorithm`; nothing is fetched.

    `trust_roots` are DER or PEM. `stands_at` is the moment at which the
    token had to stand by itself: now, or the time of the next token that covers it. Revocation is
    judged by the evidence given; without any, a sound chain is enough. Never raises for what is
    in the token; raises UntrustedRootError for a root that cannot be read. Not to be called from
    a running event loop.
    """
    if len(token) > TOKEN_BYTES:
        return _UNREADABLE
    roots = [read_certificate(root) for root in trust_roots]
    held = evidence or Evidence()
    material = {
        "other_certs": list(readable(held.certificates)),
        "crls": list(held.crls),
        "ocsps": list(held.ocsps),
    }
    failures: tuple[type[Exception], ...] = (*HOSTILE, *_parser_errors())
    try:
        imprint = Imprint(algorithm, digest)
        return _check(token, imprint, roots, material, stands_at or datetime.now(UTC))
    except failures as error:
        log.info("timestamp_unreadable", extra={"cause": repr(error)[:200]})
        return _UNREADABLE


def _parser_errors() -> tuple[type[Exception], ...]:
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko_certvalidator.errors import ValidationError

    return (SigningError, SignatureValidationError, ValidationError)


def _check(
    token: bytes, imprint: Imprint, roots: list[Any], evidence: dict[str, Any], stands_at: datetime
) -> TimestampVerdict:
    from asn1crypto import cms

    content = cms.ContentInfo.load(token, strict=True)
    if content["content_type"].native != "signed_data":
        return _UNREADABLE
    signed = content["content"]
    info = signed["encap_content_info"]["content"].parsed
    at = info["gen_time"].native
    status = asyncio.run(_validate(signed, imprint.digest, roots, evidence, at))
    found = _described(info, status, at)
    verdict, reason = _judge(info, status, imprint, at, stands_at)
    return replace(found, verdict=verdict, reason=reason)


async def _validate(
    signed: Any, digest: bytes, roots: list[Any], evidence: dict[str, Any], at: datetime
) -> "TimestampSignatureStatus":
    from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
    from pyhanko.sign.validation.status import TimestampSignatureStatus
    from pyhanko_certvalidator import ValidationContext

    context = ValidationContext(
        trust_roots=roots,
        moment=at,
        allow_fetching=False,
        revocation_mode="soft-fail",
        retroactive_revinfo=True,
        **evidence,
    )
    values = await validate_tst_signed_data(signed, context, lambda _algorithm: digest)
    return TimestampSignatureStatus(**values)


def _described(info: Any, status: "TimestampSignatureStatus", at: datetime) -> TimestampVerdict:
    certificate, path = status.signing_cert, status.validation_path
    key = certificate.public_key
    return TimestampVerdict(
        verdict=Verdict.VALID,
        reason=TimestampReason.SOUND,
        at=at,
        authority=common_name(certificate.subject),
        serial=f"{info['serial_number'].native:x}",
        policy=str(info["policy"].dotted),
        trust_root=common_name(path.first.subject) if path and path.first else "",
        stands_until=certificate.not_valid_after,
        algorithm=f"{status.md_algorithm}/{key.algorithm}{key.bit_size}",
    )


def _judge(
    info: Any,
    status: "TimestampSignatureStatus",
    asked: Imprint,
    at: datetime,
    stands_at: datetime,
) -> tuple[Verdict, TimestampReason]:
    imprint = info["message_imprint"]
    algorithm = imprint["hash_algorithm"]["algorithm"].native
    if algorithm not in _STRONG:
        return Verdict.UNDETERMINED, TimestampReason.WEAK_ALGORITHM
    if Imprint(algorithm, imprint["hashed_message"].native) != asked:
        return Verdict.INVALID, TimestampReason.OTHER_DIGEST
    if not (status.intact and status.valid):
        return Verdict.INVALID, TimestampReason.BROKEN
    withdrawn = status.revocation_details
    if withdrawn and withdrawn.revocation_date <= at:
        return Verdict.INVALID, TimestampReason.REVOKED
    doubt = _doubt(status, at, stands_at)
    return (Verdict.UNDETERMINED, doubt) if doubt else (Verdict.VALID, TimestampReason.SOUND)


def _doubt(
    status: "TimestampSignatureStatus", at: datetime, stands_at: datetime
) -> TimestampReason | None:
    certificate = status.signing_cert
    if at > stands_at + _CLOCK_SKEW:
        return TimestampReason.FUTURE
    if not _is_for_timestamps(certificate):
        return TimestampReason.UNFIT
    if not certificate.not_valid_before <= at <= certificate.not_valid_after:
        return TimestampReason.NOT_VALID_THEN
    return _chain_doubt(status) or (
        TimestampReason.TOO_OLD if certificate.not_valid_after < stands_at else None
    )


def _chain_doubt(status: "TimestampSignatureStatus") -> TimestampReason | None:
    if status.revoked:
        return TimestampReason.REVOKED
    if status.trust_problem_indic is None:
        return None
    name = status.trust_problem_indic.standard_name
    return _DOUBTS.get(name, TimestampReason.UNKNOWN_ISSUER)


_DOUBTS = {
    "CHAIN_CONSTRAINTS_FAILURE": TimestampReason.UNFIT,
    "CRYPTO_CONSTRAINTS_FAILURE": TimestampReason.WEAK_ALGORITHM,
    "CRYPTO_CONSTRAINTS_FAILURE_NO_POE": TimestampReason.WEAK_ALGORITHM,
    "NOT_YET_VALID": TimestampReason.NOT_VALID_THEN,
    "OUT_OF_BOUNDS_NO_POE": TimestampReason.NOT_VALID_THEN,
    "EXPIRED": TimestampReason.NOT_VALID_THEN,
}


def _is_for_timestamps(certificate: Any) -> bool:
    """Whether timestamps are the one purpose, and the extension that says so is critical."""
    purposes = certificate.extended_key_usage_value
    return (
        purposes is not None
        and purposes.native == ["time_stamping"]
        and "extended_key_usage" in certificate.critical_extensions
    )
