"""From what was measured of a signature to a verdict with its reason."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from proof.timestamps import TimestampReason, TimestampVerdict
from proof.verdicts import Coverage, Reason, Verdict

if TYPE_CHECKING:
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
    from pyhanko.sign.validation.status import PdfSignatureStatus

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
"""ETSI EN 319 102-1's sub-indications, as far as they meet us."""


def judge(
    status: "PdfSignatureStatus",
    coverage: Coverage,
    moment: datetime,
    stamp: TimestampVerdict | None,
    *,
    is_certified: bool,
) -> tuple[Verdict, Reason]:
    """The verdict on one signature whose certificate had to be good at `moment`."""
    for reason in _against(status, coverage, moment, is_certified=is_certified):
        return Verdict.INVALID, reason
    for reason in _doubts(status, coverage, moment, stamp, is_certified=is_certified):
        return Verdict.UNDETERMINED, reason
    return Verdict.VALID, Reason.SOUND


def _against(
    status: "PdfSignatureStatus", coverage: Coverage, moment: datetime, *, is_certified: bool
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
    if is_certified and status.docmdp_ok is False and _is_understood(status):
        yield Reason.CERTIFICATION_VIOLATED
    if status.revocation_details and status.revocation_details.revocation_date <= moment:
        yield Reason.REVOKED


def _doubts(
    status: "PdfSignatureStatus",
    coverage: Coverage,
    moment: datetime,
    stamp: TimestampVerdict | None,
    *,
    is_certified: bool,
) -> Iterator[Reason]:
    """What cannot be known, or a person must judge; the nearest cause first."""
    if is_certified and status.docmdp_ok is False:
        yield Reason.CERTIFICATION_VIOLATED
    if coverage is Coverage.LATER_CHANGES or status.docmdp_ok is False:
        yield Reason.CHANGED_AFTER
    if stamp is not None and stamp.verdict is Verdict.INVALID:
        yield Reason.TIMESTAMP_WRONG
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


def _is_understood(status: "PdfSignatureStatus") -> bool:
    """Whether every change after the signature is of a known kind.

    The updates of some offices' signing software are not: that alone makes nothing invalid.
    """
    from pyhanko.sign.diff_analysis import DiffResult

    return isinstance(status.diff_result, DiffResult)


def doubt_of_time(stamp: TimestampVerdict | None) -> Reason:
    """Why the time of a signature whose certificate has ended since is not proven."""
    if stamp is not None and stamp.reason is TimestampReason.TOO_OLD:
        return Reason.TIMESTAMP_TOO_OLD
    return Reason.TIME_UNPROVEN


def coverage_of(
    signature: "EmbeddedPdfSignature", status: "PdfSignatureStatus", fields: frozenset[str]
) -> Coverage:
    """How much a signature covers; `fields` are the names of the file's signature fields."""
    from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    from proof._pages import pages_changed

    if status.coverage is SignatureCoverageLevel.ENTIRE_FILE:
        return Coverage.WHOLE_FILE
    if status.coverage is not SignatureCoverageLevel.ENTIRE_REVISION:
        return Coverage.UNCLEAR
    allowed = (
        ModificationLevel.NONE,
        ModificationLevel.LTA_UPDATES,
        ModificationLevel.FORM_FILLING,
    )
    diff = status.diff_result
    # a form filled in shows other words than were signed, though the standard allows it
    is_ours = isinstance(diff, DiffResult) and diff.changed_form_fields <= fields
    if is_ours and status.modification_level in allowed:
        return Coverage.LATER_SIGNATURES
    return Coverage.PAGES_CHANGED if pages_changed(signature) else Coverage.LATER_CHANGES
