"""The values of checked signatures and timestamps: what was found, and why."""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """What can be said of a signature."""

    VALID = "valid"
    """Unchanged, by the key of a certificate that a trusted root vouches for."""
    INVALID = "invalid"
    """Changed after signing, or the signature does not match."""
    UNDETERMINED = "undetermined"
    """Unchanged, but something about the certificate cannot be known here."""


class Coverage(StrEnum):
    """How much of the file a signature covers."""

    WHOLE_FILE = "whole_file"
    """All of it."""
    LATER_SIGNATURES = "later_signatures"
    """All at its time; later updates only added signatures, timestamps or evidence."""
    LATER_CHANGES = "later_changes"
    """All at its time; later updates changed something else, but no page."""
    PAGES_CHANGED = "pages_changed"
    """All at its time; a later update changed, added or took away a page."""
    UNCLEAR = "unclear"
    """Not even a whole revision of the file, or not to be told."""


class Reason(StrEnum):
    """Why a verdict is as it is; the stable codes of the evidence."""

    SOUND = "sound"
    """Nothing against it."""
    DOCUMENT_ALTERED = "document_altered"
    """The bytes signed are not the bytes here."""
    SIGNATURE_BROKEN = "signature_broken"
    """The signature does not match its certificate's key."""
    ALTERED_AFTER = "altered_after_signing"
    """A later update changed what a page shows."""
    CHANGED_AFTER = "changed_after_signing"
    """A later update changed more than signatures may, though no page's content: the signing
    software of many offices leaves such updates, so a person must look."""
    CERTIFICATION_VIOLATED = "certification_violated"
    """The signer certified the file against such changes, and it was changed (DocMDP): invalid
    where each change is understood, else for a person to judge."""
    COVERAGE_UNCLEAR = "coverage_unclear"
    """The signature leaves part of its own revision uncovered."""
    REVOKED = "certificate_revoked"
    """The issuer withdrew the certificate."""
    UNKNOWN_ISSUER = "unknown_issuer"
    """No chain to a root that is trusted here."""
    REVOCATION_UNKNOWN = "revocation_unknown"
    """The issuer publishes revocations; none came with the file."""
    NOT_VALID_THEN = "certificate_not_valid_then"
    """The claimed time lies outside the certificate's validity."""
    TIME_UNPROVEN = "time_unproven"
    """The certificate has ended since, and no timestamp proves the time of signing."""
    TIMESTAMP_WRONG = "timestamp_wrong"
    """The timestamp on it is broken or was made for something else."""
    TIMESTAMP_TOO_OLD = "timestamp_too_old"
    """The certificate of its last timestamp has ended, and no later timestamp renewed it."""
    UNFIT = "certificate_unfit"
    """The certificate is not meant for signing documents."""
    WEAK_ALGORITHM = "weak_algorithm"
    """An algorithm that is no longer trusted."""
    UNREADABLE = "signature_unreadable"
    """The signature's own bytes cannot be read."""
    UNKNOWN_FORMAT = "signature_format_unknown"
    """A kind of signature that this software does not know."""


@dataclass(frozen=True, slots=True)
class SignatureVerdict:
    """One signature and what was found: the evidence kept with the document."""

    field: str
    signer: str
    """Common name, else the whole subject; empty where unreadable."""
    serial: str
    """Of the certificate, hexadecimal."""
    issuer: str
    claimed_at: datetime | None
    """What the signer's machine said."""
    timestamped_at: datetime | None
    """What a trusted time authority said."""
    intact: bool
    """Whether the signed bytes are as they were."""
    coverage: Coverage
    verdict: Verdict
    reason: Reason
    trust_root: str = ""
    """The root that vouches for it; empty where none."""
    certificate_sha256: str = ""
    trust_store: str = ""
    """official, public or other: which store that root is in; empty where none."""
    holder: str = ""
    """citizen, officer, agency or organisation, where the certificate says."""
    timestamp: str = ""
    """What was found of its own timestamp, a code of proof.timestamps; empty where it has none."""
    judged_at: datetime | None = None
    """The time at which the certificate had to be good: the proven one, else the claimed one."""
    time_source: str = ""
    """timestamped, claimed, or checked: where that time comes from."""
    revocation: str = ""
    """ocsp or crl: the newest word of the issuer on the certificate; empty where none."""
    revocation_at: datetime | None = None
    """As of when that word is."""

    @property
    def covers_whole_file(self) -> bool:
        """Whether nothing but signatures and evidence came after it."""
        return self.coverage in (Coverage.WHOLE_FILE, Coverage.LATER_SIGNATURES)

    def as_json(self) -> dict[str, object]:
        """Plain values: texts, truths, times as ISO 8601."""
        values = asdict(self) | {"covers_whole_file": self.covers_whole_file}
        return {key: _plain(one) for key, one in values.items()}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, StrEnum) else value
