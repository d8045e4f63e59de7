"""What the signatures of a file are worth when it comes in, and the evidence of it that is kept."""

import asyncio
import datetime as dt
import hashlib
import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from archive.signing.errors import SignedFileUnreadableError
from archive.signing.revocation import Inquiry, RevocationSource
from proof.certificates import HOSTILE, read_certificate
from proof.evidence import Evidence, evidence_in
from proof.limits import CMS_BYTES
from proof.signatures import MAX_SIGNATURES, SignatureUnreadableError, check_file
from proof.timestamps import TimestampVerdict
from proof.trust import Trust
from proof.verdicts import SignatureVerdict, Verdict

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Examined:
    """The verdicts on one file and what was fetched for them."""

    sha256: str
    """Of the file: two files signed in the same second have evidence of their own."""
    at: dt.datetime
    signatures: tuple[SignatureVerdict, ...]
    stamps: tuple[TimestampVerdict, ...]
    """Archive timestamps, the oldest first."""
    fetched: Evidence
    """What the file did not bring along."""

    @property
    def proven_until(self) -> dt.datetime | None:
        """Until when the longest lived archive timestamp that holds proves; None: none does."""
        sound = (one.weakens_at for one in self.stamps if one.verdict is Verdict.VALID)
        return max((end for end in sound if end), default=None)

    def as_bytes(self) -> bytes:
        """The evidence file: canonical JSON."""
        told = {
            "format": "tangthu-evidence/1",
            "file": self.sha256,
            "checked_at": self.at.isoformat(),
            "signatures": [verdict.as_json() for verdict in self.signatures],
            "timestamps": [verdict.as_json() for verdict in self.stamps],
            "material": self.fetched.as_json(),
        }
        text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return text.encode()


def examine(
    pdf: bytes, trust: Trust, *, at: dt.datetime, source: RevocationSource | None = None
) -> Examined:
    """Judge every signature of a file; where a source is given, issuers are asked first.

    An issuer that does not answer leaves its signatures undetermined and stops nothing. Raises
    SignedFileUnreadableError, UntrustedRootError.
    """
    fetched = fetch_evidence(pdf, trust, source) if source else Evidence()
    try:
        found = check_file(pdf, trust, now=at, evidence=fetched)
    except SignatureUnreadableError as error:
        raise SignedFileUnreadableError(detail=error.detail) from error
    return Examined(
        sha256=hashlib.sha256(pdf).hexdigest(),
        at=at,
        signatures=found.signatures,
        stamps=found.stamps,
        fetched=fetched,
    )


def fetch_evidence(pdf: bytes, trust: Trust, source: RevocationSource) -> Evidence:
    """What the issuers say of the certificates in a file, those that a trusted root vouches for.

    Never raises for what is in the file or for services that are away.
    """
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.general import SigningError as PyHankoError

    try:
        reader = PdfFileReader(BytesIO(pdf), strict=False)
        signatures = reader.embedded_signatures[:MAX_SIGNATURES]
        return asyncio.run(_fetch(reader, signatures, trust, source))
    except (PdfError, PyHankoError, *HOSTILE) as error:
        log.info("evidence_not_fetched", extra={"cause": repr(error)[:200]})
        return Evidence()


async def _fetch(
    reader: Any, signatures: Iterable[Any], trust: Trust, source: RevocationSource
) -> Evidence:
    inquiry = Inquiry(source)
    fetchers = inquiry.fetchers()
    known = evidence_in(reader)
    for signature in signatures:
        if len(signature.pkcs7_content) <= CMS_BYTES:
            await _ask_about(signature, trust, known, fetchers)
    return Evidence(
        crls=tuple(one.dump() for one in fetchers.crl_fetcher.fetched_crls()),
        ocsps=tuple(one.dump() for one in fetchers.ocsp_fetcher.fetched_responses()),
    )


async def _ask_about(signature: Any, trust: Trust, known: Evidence, fetchers: Any) -> None:
    """Walk the chains of a signature; what is fetched on the way stays in `fetchers`."""
    from pyhanko.sign.validation.dss import collect_validation_info
    from pyhanko_certvalidator import ValidationContext
    from pyhanko_certvalidator.errors import PathError, ValidationError

    context = ValidationContext(
        trust_roots=[read_certificate(root) for root in trust.roots],
        moment=_moment(signature),
        crls=list(known.crls),
        ocsps=list(known.ocsps),
        allow_fetching=True,
        fetchers=fetchers,
        revocation_mode="hard-fail",
        retroactive_revinfo=True,
    )
    try:
        await collect_validation_info(signature, context)
    except (PathError, ValidationError) as error:
        log.info("issuer_not_asked", extra={"cause": repr(error)[:200]})


def _moment(signature: Any) -> dt.datetime:
    """The claimed time: a certificate that has ended since is asked about as of then."""
    now = dt.datetime.now(dt.UTC)
    claimed: dt.datetime | None = signature.self_reported_timestamp
    if claimed is None or claimed.tzinfo is None or claimed > now:
        return now
    return claimed
