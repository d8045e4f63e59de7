"""The signatures in a PDF, checked offline: what each covers, who signed, what can be said.

The order of the checks follows TT 41/2017/TT-BTTTT Art. 8: the document unchanged, the key
matching, the chain to a root that is trusted, the certificate good at the time of signing and not
revoked. What cannot be known here (an issuer nobody named, a revocation list that would have to be
fetched) is UNDETERMINED and never shown as invalid.
"""

import hashlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

from proof.certificates import HOSTILE, common_name, read_certificate
from proof.errors import Category, ProofError
from proof.limits import SIGNED_PDF_BYTES
from proof.trust import Trust
from proof.verdicts import Coverage, Reason, SignatureVerdict, Verdict

if TYPE_CHECKING:
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
    from pyhanko.sign.validation.status import PdfSignatureStatus
    from pyhanko_certvalidator import ValidationContext

__all__ = [
    "Coverage",
    "Reason",
    "SignatureUnreadableError",
    "SignatureVerdict",
    "Verdict",
    "check_pdf",
]

log = logging.getLogger(__name__)

MAX_SIGNATURES = 64
"""Signatures checked of one file; a dossier's longest chain of approvals is about ten."""
MAX_PAGES = 10_000
"""Pages compared between two revisions."""
MAX_DEPTH = 40
"""Nesting of a page's resources."""
_PAGE_SHOWS = ("/Contents", "/Resources", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit")
"""What decides how a page looks, beside its annotations."""
_CLOCK_SKEW = timedelta(minutes=10)
"""How far ahead a signer's clock may run."""


class SignatureUnreadableError(ProofError):
    """The file is no PDF that can be read, or over a limit, so nothing can be said."""

    code = "signature_unreadable"
    category = Category.BAD_INPUT
    message = "Không đọc được chữ ký số trong tệp. Hãy kiểm tra tệp hoặc lấy lại tệp từ nơi gửi."


def check_pdf(
    data: bytes, trust_roots: Trust | Sequence[bytes], *, now: datetime | None = None
) -> tuple[SignatureVerdict, ...]:
    """Every signature of a PDF in the order of signing; nothing is fetched.

    `trust_roots` are certificates, DER or PEM. A file without signatures gives (). Raises
    SignatureUnreadableError, UntrustedRootError.
    """
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    if len(data) > SIGNED_PDF_BYTES:
        raise SignatureUnreadableError(detail=f"{len(data)} bytes")
    roots = [read_certificate(root) for root in Trust.of(trust_roots).roots]
    moment = now or datetime.now(UTC)
    try:
        reader = PdfFileReader(BytesIO(data), strict=False)
        found = reader.embedded_regular_signatures[: MAX_SIGNATURES + 1]
    except (PdfError, *HOSTILE) as error:
        raise SignatureUnreadableError(detail=f"{type(error).__name__}: {error}") from error
    if len(found) > MAX_SIGNATURES:
        raise SignatureUnreadableError(detail=f"over {MAX_SIGNATURES} signatures")
    return tuple(_check(reader, one, roots, moment) for one in found)


def _check(
    reader: Any, signature: "EmbeddedPdfSignature", roots: Sequence[Any], now: datetime
) -> SignatureVerdict:
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign.general import SigningError

    try:
        claimed = signature.self_reported_timestamp
        status = _validate(reader, signature, roots, _moment(claimed, now))
        return _verdict(signature, status, claimed, now)
    except (PdfError, SigningError, *HOSTILE) as error:
        log.info("signature_unreadable", extra={"cause": repr(error)[:200]})
        return _unreadable(signature)


def _moment(claimed: datetime | None, now: datetime) -> datetime:
    """The time the certificate must have been good at: the claimed one, never the future."""
    if claimed is None or claimed.tzinfo is None or claimed > now + _CLOCK_SKEW:
        return now
    return claimed


def _validate(
    reader: Any, signature: "EmbeddedPdfSignature", roots: Sequence[Any], moment: datetime
) -> "PdfSignatureStatus":
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.settings import KeyUsageConstraints

    usage = KeyUsageConstraints(
        key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False
    )
    context = _context(reader, signature, roots, moment)
    try:
        return validate_pdf_signature(
            signature, signer_validation_context=context, key_usage_settings=usage
        )
    except (PdfError, *HOSTILE) as error:
        # comparing the revisions of a file with lost objects can fail; the signature may be sound
        log.info("revisions_not_compared", extra={"cause": repr(error)[:200]})
        return validate_pdf_signature(
            signature,
            signer_validation_context=context,
            key_usage_settings=usage,
            skip_diff=True,
        )


def _context(
    reader: Any, signature: "EmbeddedPdfSignature", roots: Sequence[Any], moment: datetime
) -> "ValidationContext":
    """Trust, and what revocation evidence the file itself carries.

    Where the certificate says that its issuer publishes revocations, evidence is required.
    """
    from pyhanko.sign.validation.dss import DocumentSecurityStore
    from pyhanko.sign.validation.errors import NoDSSFoundError
    from pyhanko_certvalidator import ValidationContext

    settings: dict[str, Any] = {
        "trust_roots": list(roots),
        "allow_fetching": False,
        "revocation_mode": "hard-fail" if _publishes(signature.signer_cert) else "soft-fail",
        "moment": moment,
        # empty, not absent: else "hard-fail" without fetching is refused outright
        "crls": [],
        "ocsps": [],
        "retroactive_revinfo": True,
    }
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return ValidationContext(**settings)
    return store.as_validation_context(settings)


def _publishes(certificate: Any) -> bool:
    return bool(certificate.crl_distribution_points or certificate.ocsp_urls)


def _verdict(
    signature: "EmbeddedPdfSignature",
    status: "PdfSignatureStatus",
    claimed: datetime | None,
    now: datetime,
) -> SignatureVerdict:
    stamped = _timestamp(status)
    coverage = _coverage(status)
    if coverage is Coverage.LATER_CHANGES and _pages_changed(signature):
        coverage = Coverage.PAGES_CHANGED
    verdict, reason = _judge(status, coverage, stamped or _moment(claimed, now))
    if verdict is Verdict.VALID and stamped is None and status.signing_cert.not_valid_after < now:
        verdict, reason = Verdict.UNDETERMINED, Reason.TIME_UNPROVEN
    certificate = status.signing_cert
    path = status.validation_path
    return SignatureVerdict(
        field=str(signature.field_name),
        signer=common_name(certificate.subject),
        serial=f"{certificate.serial_number:x}",
        issuer=common_name(certificate.issuer),
        claimed_at=claimed,
        timestamped_at=stamped,
        intact=bool(status.intact),
        coverage=coverage,
        verdict=verdict,
        reason=reason,
        trust_root=common_name(path.first.subject) if path and path.first else "",
        certificate_sha256=certificate.sha256.hex(),
    )


def _judge(
    status: "PdfSignatureStatus", coverage: Coverage, moment: datetime
) -> tuple[Verdict, Reason]:
    for reason in _against(status, coverage, moment):
        return Verdict.INVALID, reason
    for reason in _doubts(status, coverage, moment):
        return Verdict.UNDETERMINED, reason
    return Verdict.VALID, Reason.SOUND


def _against(
    status: "PdfSignatureStatus", coverage: Coverage, moment: datetime
) -> Iterator[Reason]:
    """What makes a signature invalid, the gravest first."""
    if not status.intact:
        yield Reason.DOCUMENT_ALTERED
    if not status.valid:
        yield Reason.SIGNATURE_BROKEN
    if coverage is Coverage.UNCLEAR:
        yield Reason.COVERAGE_UNCLEAR
    if coverage is Coverage.PAGES_CHANGED:
        yield Reason.ALTERED_AFTER
    if status.revocation_details and status.revocation_details.revocation_date <= moment:
        yield Reason.REVOKED


def _doubts(status: "PdfSignatureStatus", coverage: Coverage, moment: datetime) -> Iterator[Reason]:
    """What cannot be known, or a person must judge; the nearest cause first."""
    if coverage is Coverage.LATER_CHANGES or status.docmdp_ok is False:
        yield Reason.CHANGED_AFTER
    certificate = status.signing_cert
    if not certificate.not_valid_before <= moment <= certificate.not_valid_after:
        yield Reason.NOT_VALID_THEN
    if status.revoked:
        yield Reason.REVOKED
    if status.trust_problem_indic is not None:
        name = status.trust_problem_indic.standard_name
        yield _DOUBTS.get(name, Reason.UNKNOWN_ISSUER)
    if status.validation_path is None:
        yield Reason.UNKNOWN_ISSUER


_DOUBTS = {
    "NO_CERTIFICATE_CHAIN_FOUND": Reason.UNKNOWN_ISSUER,
    "NO_CERTIFICATE_CHAIN_FOUND_NO_POE": Reason.UNKNOWN_ISSUER,
    "TRY_LATER": Reason.REVOCATION_UNKNOWN,
    "REVOCATION_OUT_OF_BOUNDS_NO_POE": Reason.REVOCATION_UNKNOWN,
    "CERTIFICATE_CHAIN_GENERAL_FAILURE": Reason.REVOCATION_UNKNOWN,
    "NOT_YET_VALID": Reason.NOT_VALID_THEN,
    "OUT_OF_BOUNDS_NO_POE": Reason.NOT_VALID_THEN,
    "OUT_OF_BOUNDS_NOT_REVOKED": Reason.NOT_VALID_THEN,
    "EXPIRED": Reason.NOT_VALID_THEN,
    "CHAIN_CONSTRAINTS_FAILURE": Reason.UNFIT,
    "CRYPTO_CONSTRAINTS_FAILURE": Reason.WEAK_ALGORITHM,
    "CRYPTO_CONSTRAINTS_FAILURE_NO_POE": Reason.WEAK_ALGORITHM,
}
"""ETSI EN 319 102-1's sub-indications, as far as they meet us offline."""


def _coverage(status: "PdfSignatureStatus") -> Coverage:
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    if status.coverage is SignatureCoverageLevel.ENTIRE_FILE:
        return Coverage.WHOLE_FILE
    if status.coverage is not SignatureCoverageLevel.ENTIRE_REVISION:
        return Coverage.UNCLEAR
    level = status.modification_level
    allowed = {
        ModificationLevel.NONE,
        ModificationLevel.LTA_UPDATES,
        ModificationLevel.FORM_FILLING,
    }
    return Coverage.LATER_SIGNATURES if level in allowed else Coverage.LATER_CHANGES


def _pages_changed(signature: "EmbeddedPdfSignature") -> bool:
    """Whether a page's own content differs between what was signed and the file as it is."""
    reader = signature.reader
    signed = reader.get_historical_resolver(signature.signed_revision)
    return _pages_digest(signed) != _pages_digest(reader)


def _pages_digest(resolver: Any) -> list[str]:
    pages: list[str] = []
    pending = [resolver.root["/Pages"]]
    while pending and len(pages) <= MAX_PAGES:
        node = pending.pop()
        kids = node.get("/Kids")
        if kids is not None:
            pending.extend(kid.get_object() for kid in reversed(kids))
            continue
        digest = hashlib.sha256()
        for key in _PAGE_SHOWS:
            digest.update(key.encode())
            if key in node:
                _digest_into(digest, node.raw_get(key), _Budget())
        pages.append(digest.hexdigest())
    return pages


@dataclass(slots=True)
class _Budget:
    """How many objects of one page are looked at, against loops and forged trees."""

    left: int = 20_000

    def take(self) -> None:
        """Raise ValueError when spent."""
        self.left -= 1
        if self.left < 0:
            raise ValueError("page resources too many")


def _digest_into(digest: Any, value: Any, budget: _Budget, depth: int = 0) -> None:
    """Feed everything that `value` reaches; pages are not followed back up."""
    budget.take()
    if depth > MAX_DEPTH:
        raise ValueError("page resources nested too deep")
    value = _resolved(value)
    if isinstance(value, dict):
        for key in sorted(set(value) - {"/Parent", "/P", "/Length"}):
            digest.update(str(key).encode())
            _digest_into(digest, value.raw_get(key), budget, depth + 1)  # type: ignore[attr-defined]  # pyHanko's dictionary
        encoded = getattr(value, "encoded_data", None)
        digest.update(bytes(encoded) if encoded is not None else b"")
    elif isinstance(value, list):
        for place in range(len(value)):
            _digest_into(digest, list.__getitem__(value, place), budget, depth + 1)
    else:
        digest.update(repr(value).encode("utf-8", "backslashreplace"))


def _resolved(value: Any) -> Any:
    """What a reference stands for; None for an object that the file lacks (ISO 32000-1, 7.3.10)."""
    from pyhanko.pdf_utils.generic import IndirectObject, NullObject
    from pyhanko.pdf_utils.misc import PdfError

    try:
        found: Any = (
            value.get_object()  # type: ignore[no-untyped-call]
            if isinstance(value, IndirectObject)
            else value
        )
    except (PdfError, LookupError):
        return None
    return None if isinstance(found, NullObject) else found


def _timestamp(status: "PdfSignatureStatus") -> datetime | None:
    proof = status.timestamp_validity
    return proof.timestamp if proof is not None and proof.trusted else None


def _unreadable(signature: "EmbeddedPdfSignature") -> SignatureVerdict:
    """A signature so malformed that nothing in it can be relied on."""
    field = signature.sig_field.get("/T", "")
    return SignatureVerdict(
        field=str(field),
        signer="",
        serial="",
        issuer="",
        claimed_at=None,
        timestamped_at=None,
        intact=False,
        coverage=Coverage.UNCLEAR,
        verdict=Verdict.INVALID,
        reason=Reason.UNREADABLE,
    )
