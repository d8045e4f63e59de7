"""The time at which a signature in a PDF was there for certain, by the timestamps around it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from proof.evidence import Evidence
from proof.timestamps import TimestampVerdict, check_token
from proof.verdicts import Verdict

if TYPE_CHECKING:
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature


class Stamp(NamedTuple):
    """An archive timestamp that holds: everything in the file up to `revision` was there `at`."""

    revision: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """What times are judged by."""

    roots: Sequence[bytes]
    evidence: Evidence
    now: datetime

    def judge(
        self, token: bytes, digest: bytes, algorithm: str, stands_at: datetime
    ) -> TimestampVerdict:
        """Judge one token with the evidence at hand."""
        return check_token(
            token,
            digest,
            self.roots,
            evidence=self.evidence,
            algorithm=algorithm,
            stands_at=stands_at,
        )


def archive_stamps(
    signatures: Sequence["EmbeddedPdfSignature"], clock: Clock
) -> list[tuple["EmbeddedPdfSignature", TimestampVerdict]]:
    """Judge the archive timestamps, the newest first.

    The newest must stand now, each earlier one at the time of the next: that is what renewing is.
    """
    stands_at = clock.now
    found = []
    for signature in reversed(signatures):
        verdict = _judge_stamp(signature, clock, stands_at)
        if verdict.verdict is Verdict.VALID and verdict.at is not None:
            stands_at = min(stands_at, verdict.at)
        found.append((signature, verdict))
    return found


def _judge_stamp(
    signature: "EmbeddedPdfSignature", clock: Clock, stands_at: datetime
) -> TimestampVerdict:
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    algorithm = signature.external_md_algorithm
    digest = signature.compute_digest()
    if signature.evaluate_signature_coverage() < SignatureCoverageLevel.ENTIRE_REVISION:
        digest = b""  # it vouches for no whole revision, so for nothing
    return clock.judge(_token(signature.signed_data), digest, algorithm, stands_at)


def stamps_of(judged: Sequence[tuple["EmbeddedPdfSignature", TimestampVerdict]]) -> list[Stamp]:
    """Those that hold."""
    return [
        Stamp(signature.signed_revision, verdict.at)
        for signature, verdict in judged
        if verdict.verdict is Verdict.VALID and verdict.at is not None
    ]


def own_stamp(
    signature: "EmbeddedPdfSignature", clock: Clock, stands_at: datetime
) -> TimestampVerdict | None:
    """Judge the timestamp on a signature's value; None where it has none."""
    from pyhanko.sign.validation.generic_cms import extract_tst_data_iter

    for signed in extract_tst_data_iter(signature.signer_info, signed=False):
        info = signed["encap_content_info"]["content"].parsed
        algorithm = info["message_imprint"]["hash_algorithm"]["algorithm"].native
        value = signature.signer_info["signature"].native
        digest = hashlib.new(algorithm, value).digest()
        return clock.judge(_token(signed), digest, algorithm, stands_at)
    return None


def _token(signed_data: Any) -> bytes:
    from asn1crypto import cms

    whole = cms.ContentInfo({"content_type": "signed_data", "content": signed_data})
    return bytes(whole.dump())
