"""The signatures in a PDF, checked offline: what each covers, who signed, what can be said.

The order of the checks follows TT 41/2017/TT-BTTTT Art. 8: the document unchanged, the key
matching, the chain to a root that is trusted, the certificate good at the time of signing and not
revoked. What cannot be known here (an issuer nobody named, a revocation list that would have to be
fetched) is UNDETERMINED and never shown as invalid.
"""

import asyncio
import logging
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

from proof._judge import coverage_of, doubt_of_time, judge
from proof._times import Clock, Stamp, archive_stamps, own_stamp, stamps_of
from proof.certificates import HOSTILE, common_name, read_certificate, readable
from proof.errors import Category, ProofError
from proof.evidence import Evidence, evidence_in, evidence_signed, word_on
from proof.holders import holder_of
from proof.limits import CMS_BYTES, SIGNED_PDF_BYTES
from proof.timestamps import TimestampVerdict
from proof.trust import Trust, TrustStore
from proof.verdicts import Coverage, Reason, SignatureVerdict, Verdict

if TYPE_CHECKING:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
    from pyhanko.sign.validation.status import PdfSignatureStatus
    from pyhanko_certvalidator import ValidationContext

__all__ = [
    "Coverage",
    "Reason",
    "SignatureUnreadableError",
    "SignatureVerdict",
    "Verdict",
    "check_file",
    "check_pdf",
]

log = logging.getLogger(__name__)

MAX_SIGNATURES = 64
"""Signatures checked of one file; a dossier's longest chain of approvals is about ten."""
_CLOCK_SKEW = timedelta(minutes=10)
"""How far ahead a signer's clock may run."""
_STAMP = "/DocTimeStamp"


class SignatureUnreadableError(ProofError):
    """The file is no PDF that can be read, or over a limit, so nothing can be said."""

    code = "signature_unreadable"
    category = Category.BAD_INPUT
    message = "Không đọc được chữ ký số trong tệp. Hãy kiểm tra tệp hoặc lấy lại tệp từ nơi gửi."


@dataclass(frozen=True, slots=True)
class _Lost:
    """A signature field whose content cannot be read, or is of an unknown kind."""

    field: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class _File:
    """One PDF under check and what it is checked by."""

    reader: "PdfFileReader"
    signatures: tuple["EmbeddedPdfSignature", ...]
    """In the order of signing, archive timestamps among them."""
    lost: tuple[_Lost, ...]
    roots: tuple[tuple[TrustStore, Any], ...]
    clock: Clock
    names: frozenset[str]
    """The names of all signature fields."""

    @property
    def stamps(self) -> list["EmbeddedPdfSignature"]:
        """The archive timestamps."""
        return [one for one in self.signatures if one.sig_object_type == _STAMP]


def check_pdf(
    data: bytes,
    trust: Trust | Sequence[bytes],
    *,
    now: datetime | None = None,
    evidence: Evidence | None = None,
) -> tuple[SignatureVerdict, ...]:
    """Every signature of a PDF in the order of signing; nothing is fetched.

    `trust` holds certificates, DER or PEM, by store or without; `evidence` is what is known
    beside the file. A file without signatures gives (). Raises SignatureUnreadableError,
    UntrustedRootError. Not to be called from a running event loop.
    """
    return check_file(data, trust, now=now, evidence=evidence).signatures


@dataclass(frozen=True, slots=True)
class FileVerdicts:
    """What was found of one file."""

    signatures: tuple[SignatureVerdict, ...]
    """In the order of signing."""
    stamps: tuple[TimestampVerdict, ...]
    """The archive timestamps, the oldest first."""


def check_file(
    data: bytes,
    trust: Trust | Sequence[bytes],
    *,
    now: datetime | None = None,
    evidence: Evidence | None = None,
    known_at: datetime | None = None,
) -> FileVerdicts:
    """Every signature and every archive timestamp of a PDF; as `check_pdf`.

    `known_at`: when the whole file was there for certain, by proof beside it (`proof.kept`).
    """
    file = _open(data, Trust.of(trust), now or datetime.now(UTC), evidence or Evidence())
    judged = archive_stamps(file.stamps, file.clock)
    stamps = stamps_of(judged)
    if known_at is not None:
        stamps.append(Stamp(sys.maxsize, known_at))
    signed = [one for one in file.signatures if one.sig_object_type != _STAMP]
    lost = [_unreadable(one.field, one.reason) for one in file.lost]
    return FileVerdicts(
        signatures=(*(_check(file, one, stamps) for one in signed), *lost),
        stamps=tuple(verdict for _, verdict in reversed(judged)),
    )


def _open(data: bytes, trust: Trust, now: datetime, evidence: Evidence) -> _File:
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    if len(data) > SIGNED_PDF_BYTES:
        raise SignatureUnreadableError(detail=f"{len(data)} bytes")
    roots = tuple((store, read_certificate(root)) for store, root in trust.named())
    try:
        reader = PdfFileReader(BytesIO(data), strict=False)
        found = list(_signatures(reader))
    except (PdfError, *HOSTILE) as error:
        raise SignatureUnreadableError(detail=f"{type(error).__name__}: {error}") from error
    if len(found) > MAX_SIGNATURES:
        raise SignatureUnreadableError(detail=f"over {MAX_SIGNATURES} signatures")
    readable = [one for one in found if not isinstance(one, _Lost)]
    lost = tuple(one for one in found if isinstance(one, _Lost))
    names = {one.field_name for one in readable} | {one.field for one in lost}
    clock = Clock(trust.roots, evidence_in(reader) | evidence, now)
    ordered = tuple(sorted(readable, key=lambda one: one.signed_revision))
    return _File(reader, ordered, lost, roots, clock, frozenset(names))


def _signatures(reader: "PdfFileReader") -> "Iterator[EmbeddedPdfSignature | _Lost]":
    """The filled signature fields; one that is broken hides no other."""
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign.fields import SigSeedSubFilter, enumerate_sig_fields
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

    known = {one.value for one in SigSeedSubFilter}
    for number, (name, value, field) in enumerate(enumerate_sig_fields(reader, filled_status=True)):
        if number > MAX_SIGNATURES:
            return
        try:
            if value.get_object().get("/SubFilter") not in known:
                yield _Lost(str(name), Reason.UNKNOWN_FORMAT)
                continue
            signature = EmbeddedPdfSignature(reader, field, name)
            small = len(signature.pkcs7_content) <= CMS_BYTES
            yield signature if small else _Lost(str(name), Reason.UNREADABLE)
        except (PdfError, SigningError, *HOSTILE) as error:
            log.info("signature_unreadable", extra={"cause": repr(error)[:200]})
            yield _Lost(str(name), Reason.UNREADABLE)


def _check(
    file: _File, signature: "EmbeddedPdfSignature", stamps: Sequence[Stamp]
) -> SignatureVerdict:
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign.general import SigningError

    try:
        return _verdict(file, signature, stamps)
    except (PdfError, SigningError, *HOSTILE) as error:
        log.info("signature_unreadable", extra={"cause": repr(error)[:200]})
        return _unreadable(str(signature.field_name), Reason.UNREADABLE)


def _verdict(
    file: _File, signature: "EmbeddedPdfSignature", stamps: Sequence[Stamp]
) -> SignatureVerdict:
    now, claimed = file.clock.now, signature.self_reported_timestamp
    covering = [one.at for one in stamps if one.revision > signature.signed_revision]
    stamp = own_stamp(signature, file.clock, min(covering, default=now))
    proven = stamp.at if stamp and stamp.verdict is Verdict.VALID else min(covering, default=None)
    moment = proven or _moment(claimed, now)
    evidence = file.clock.evidence | evidence_signed(signature.signer_info)
    status = _validate(file, signature, evidence, moment)
    coverage = coverage_of(signature, status, file.names)
    certified = signature.docmdp_level is not None
    verdict, reason = judge(status, coverage, moment, stamp, is_certified=certified)
    if verdict is Verdict.VALID and proven is None and status.signing_cert.not_valid_after < now:
        verdict, reason = Verdict.UNDETERMINED, doubt_of_time(stamp)
    found = _described(file, signature, status, evidence)
    return replace(
        found,
        claimed_at=claimed,
        timestamped_at=proven,
        coverage=coverage,
        verdict=verdict,
        reason=reason,
        timestamp=str(stamp.reason) if stamp else "",
        judged_at=moment,
        time_source=_source(proven, claimed, moment),
    )


def _moment(claimed: datetime | None, now: datetime) -> datetime:
    """The time the certificate must have been good at: the claimed one, never the future."""
    if claimed is None or claimed.tzinfo is None or claimed > now + _CLOCK_SKEW:
        return now
    return claimed


def _source(proven: datetime | None, claimed: datetime | None, moment: datetime) -> str:
    if proven is not None:
        return "timestamped"
    return "claimed" if claimed == moment else "checked"


def _described(
    file: _File,
    signature: "EmbeddedPdfSignature",
    status: "PdfSignatureStatus",
    evidence: Evidence,
) -> SignatureVerdict:
    """Who signed and who vouches for it; the judgement is filled in by the caller."""
    certificate, path = status.signing_cert, status.validation_path
    anchor = path.first if path else None
    store = next((store for store, root in file.roots if anchor and root == anchor), None)
    word = word_on(certificate, evidence)
    return SignatureVerdict(
        field=str(signature.field_name),
        signer=common_name(certificate.subject),
        serial=f"{certificate.serial_number:x}",
        issuer=common_name(certificate.issuer),
        claimed_at=None,
        timestamped_at=None,
        intact=bool(status.intact),
        coverage=Coverage.UNCLEAR,
        verdict=Verdict.UNDETERMINED,
        reason=Reason.UNREADABLE,
        trust_root=common_name(anchor.subject) if anchor else "",
        certificate_sha256=certificate.sha256.hex(),
        trust_store=str(store or ""),
        holder=str(holder_of(certificate, store)),
        revocation=word.kind if word else "",
        revocation_at=word.at if word else None,
    )


def _validate(
    file: _File, signature: "EmbeddedPdfSignature", evidence: Evidence, moment: datetime
) -> "PdfSignatureStatus":
    from pyhanko.pdf_utils.misc import PdfError

    context = _context(file, signature.signer_cert, evidence, moment)
    try:
        signature.compute_integrity_info()  # type: ignore[no-untyped-call]  # it has no types
    except (PdfError, *HOSTILE) as error:
        # comparing the revisions of a file with lost objects can fail; the signature may be sound
        log.info("revisions_not_compared", extra={"cause": repr(error)[:200]})
        signature.compute_integrity_info(skip_diff=True)  # type: ignore[no-untyped-call]
    return asyncio.run(_status(signature, context))


async def _status(
    signature: "EmbeddedPdfSignature", context: "ValidationContext"
) -> "PdfSignatureStatus":
    from pyhanko.sign.validation.generic_cms import cms_basic_validation
    from pyhanko.sign.validation.settings import KeyUsageConstraints
    from pyhanko.sign.validation.status import PdfSignatureStatus

    usage = KeyUsageConstraints(
        key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False
    )
    values = await cms_basic_validation(
        signature.signed_data,
        raw_digest=signature.compute_digest(),
        validation_context=context,
        status_kwargs=signature.summarise_integrity_info(),
        key_usage_settings=usage,
    )
    return PdfSignatureStatus(**values)


def _context(
    file: _File, certificate: Any, evidence: Evidence, moment: datetime
) -> "ValidationContext":
    """Trust and evidence; where the issuer publishes revocations, evidence is required."""
    from pyhanko_certvalidator import ValidationContext

    return ValidationContext(
        trust_roots=[root for _, root in file.roots],
        other_certs=list(readable(evidence.certificates)),
        allow_fetching=False,
        revocation_mode="hard-fail" if _publishes(certificate) else "soft-fail",
        moment=moment,
        # empty, not absent: else "hard-fail" without fetching is refused outright
        crls=list(evidence.crls),
        ocsps=list(evidence.ocsps),
        retroactive_revinfo=True,
    )


def _publishes(certificate: Any) -> bool:
    return bool(certificate.crl_distribution_points or certificate.ocsp_urls)


def _unreadable(field: str, reason: Reason) -> SignatureVerdict:
    """A signature of which nothing can be relied on.

    Of a kind that is not known, nothing bad is known either: it is undetermined.
    """
    unknown = reason is Reason.UNKNOWN_FORMAT
    return SignatureVerdict(
        field=field,
        signer="",
        serial="",
        issuer="",
        claimed_at=None,
        timestamped_at=None,
        intact=False,
        coverage=Coverage.UNCLEAR,
        verdict=Verdict.UNDETERMINED if unknown else Verdict.INVALID,
        reason=reason,
    )
