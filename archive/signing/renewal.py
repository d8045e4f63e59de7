"""Renewing proof before it weakens: in the file where it is ours, beside it where it is not.

A digitised PDF takes one more archive timestamp as an incremental update (PAdES-LTA), which any
reader of PDF understands. A file that came signed stays byte for byte: its timestamps are kept
in a file of their own beside it (`proof.kept`).
"""

import asyncio
import datetime as dt
import logging
from typing import TYPE_CHECKING, Any, NamedTuple

from archive.signing.errors import ServiceRefusedError, TimestampBadError
from archive.signing.incoming import examine, fetch_evidence
from archive.signing.levels import Profile, evidence_on, renew
from archive.signing.revocation import RevocationSource
from archive.signing.timestamping import TimestampService
from proof.certificates import HOSTILE
from proof.evidence import Evidence
from proof.kept import check_kept, hashes_of, last_token, next_digest, with_token
from proof.trust import Trust
from proof.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from proof.timestamps import TimestampVerdict

log = logging.getLogger(__name__)


class Renewed(NamedTuple):
    """New bytes and until when they prove what they prove."""

    data: bytes
    proven_until: dt.datetime


def renew_signed(pdf: bytes, profile: Profile, trust: Trust) -> Renewed:
    """A signed PDF with one more archive timestamp; the old bytes are its beginning.

    Raises ServiceUnavailableError, ServiceRefusedError, TimestampBadError, PdfUnsignableError.
    """
    _service(profile)
    made = renew(pdf, profile)
    found = examine(made, trust, at=dt.datetime.now(dt.UTC))
    broken = [one for one in found.signatures if one.verdict is Verdict.INVALID]
    if broken or found.proven_until is None:
        reasons = [str(one.reason) for one in broken] + [str(one.reason) for one in found.stamps]
        raise TimestampBadError(detail=f"the renewed file does not hold: {reasons}")
    return Renewed(made, found.proven_until)


def renew_kept(kept: bytes | None, data: bytes, profile: Profile, trust: Trust) -> Renewed:
    """The proof beside a file with one more timestamp, over the file and all earlier proof.

    Raises as `renew_signed`, and ProofFileError.
    """
    service = _service(profile)
    source = profile.revocation or RevocationSource()
    if kept is None:
        material = fetch_evidence(data, trust, source)
    else:
        material = asyncio.run(_on_token(last_token(kept), profile))
    hashes = hashes_of(data)
    token = service.token(next_digest(kept, hashes, material))
    made = with_token(kept, hashes, material, token)
    until = proven_until(check_kept(made, data, trust))
    if until is None:
        raise TimestampBadError(detail="the kept proof does not hold")
    return Renewed(made, until)


def proven_until(stamps: "Sequence[TimestampVerdict]") -> dt.datetime | None:
    """Until when the longest lived of the timestamps that hold proves; None where none holds."""
    sound = (one.weakens_at for one in stamps if one.verdict is Verdict.VALID)
    return max((end for end in sound if end), default=None)


def _service(profile: Profile) -> TimestampService:
    if profile.timestamps is None:
        raise ServiceRefusedError(detail="no timestamp service is set")
    return profile.timestamps


async def _on_token(token: bytes, profile: Profile) -> Evidence:
    """What the issuers say of a timestamp's authority; nothing where it is too late to ask."""
    from asn1crypto import cms

    class _Signed(NamedTuple):
        signed_data: Any

    try:
        signed = cms.ContentInfo.load(token)["content"]
        return await evidence_on(_Signed(signed), profile)
    except HOSTILE as error:
        log.info("evidence_not_had", extra={"cause": repr(error)[:200]})
        return Evidence()
