"""Evidence that lets a signature be judged later: certificates, revocation lists, OCSP answers.

It comes in the file (PAdES' security store, Adobe's signed attribute) or was fetched when the file
came in, and is kept with the document. All of it is signed by its issuers, so it may come from
anywhere.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from proof.certificates import HOSTILE
from proof.limits import EVIDENCE_BYTES, EVIDENCE_ITEMS


@dataclass(frozen=True, slots=True)
class Evidence:
    """Material, DER."""

    certificates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.certificates or self.crls or self.ocsps)

    def __or__(self, other: "Evidence") -> "Evidence":
        """Both, each item once, up to the limits."""
        return Evidence(
            _once(self.certificates, other.certificates),
            _once(self.crls, other.crls),
            _once(self.ocsps, other.ocsps),
        )

    def as_json(self) -> dict[str, list[dict[str, str]]]:
        """Each item with its SHA-256 and its bytes in base 64."""
        return {
            name: [_item(one) for one in getattr(self, name)]
            for name in ("certificates", "crls", "ocsps")
        }


def evidence_of(kept: Mapping[str, Any]) -> Evidence:
    """What `as_json` wrote; what cannot be read is left out."""
    found: dict[str, tuple[bytes, ...]] = {}
    for name in ("certificates", "crls", "ocsps"):
        items = kept.get(name, ())
        found[name] = tuple(_bytes_of(items)) if isinstance(items, list) else ()
    return Evidence(**found)


def _item(data: bytes) -> dict[str, str]:
    return {
        "sha256": hashlib.sha256(data).hexdigest(),
        "der": base64.b64encode(data).decode("ascii"),
    }


def _bytes_of(items: Iterable[Any]) -> Iterator[bytes]:
    for item in items:
        try:
            yield base64.b64decode(item["der"], validate=True)
        except (KeyError, TypeError, ValueError):
            continue


def _once(*groups: Iterable[bytes]) -> tuple[bytes, ...]:
    kept: dict[bytes, None] = {}
    size = 0
    for one in (one for group in groups for one in group):
        if one in kept:
            continue
        size += len(one)
        if len(kept) >= EVIDENCE_ITEMS or size > EVIDENCE_BYTES:
            break
        kept[one] = None
    return tuple(kept)


def evidence_in(reader: Any) -> Evidence:
    """What the file's security store holds; nothing where there is none or it is broken."""
    from pyhanko.pdf_utils.misc import PdfError

    try:
        store = reader.root["/DSS"]
        return Evidence(*(_once(_streams(store, key)) for key in ("/Certs", "/CRLs", "/OCSPs")))
    except (PdfError, *HOSTILE):
        return Evidence()


def _streams(store: Any, key: str) -> Iterator[bytes]:
    for one in list(store.get(key, ()))[:EVIDENCE_ITEMS]:
        yield bytes(one.get_object().data)


def evidence_signed(signer_info: Any) -> Evidence:
    """What Adobe's attribute in the signature itself holds."""
    try:
        for attribute in signer_info["signed_attrs"]:
            if attribute["type"].native == "adobe_revocation_info_archival":
                held = attribute["values"][0]
                return Evidence(
                    crls=_once(one.dump() for one in held["crl"] or ()),
                    ocsps=_once(one.dump() for one in held["ocsp"] or ()),
                )
    except HOSTILE:
        pass
    return Evidence()


class Word(NamedTuple):
    """What an issuer said of one certificate."""

    kind: str
    """ocsp or crl."""
    at: datetime
    """As of when."""


def word_on(certificate: Any, evidence: Evidence) -> Word | None:
    """The newest word on a certificate among the evidence, OCSP before lists; None: none."""
    found = [*_ocsp_words(certificate, evidence), *_crl_words(certificate, evidence)]
    return max(found, key=lambda word: (word.kind == "ocsp", word.at), default=None)


def _ocsp_words(certificate: Any, evidence: Evidence) -> Iterator[Word]:
    from asn1crypto import ocsp

    for data in evidence.ocsps:
        try:
            answer = ocsp.OCSPResponse.load(data)
            for one in answer.response_data["responses"]:
                if one["cert_id"]["serial_number"].native == certificate.serial_number:
                    yield Word("ocsp", one["this_update"].native)
        except HOSTILE:
            continue


def _crl_words(certificate: Any, evidence: Evidence) -> Iterator[Word]:
    from asn1crypto import crl

    for data in evidence.crls:
        try:
            listed = crl.CertificateList.load(data)
            if listed.issuer == certificate.issuer:
                yield Word("crl", listed["tbs_cert_list"]["this_update"].native)
        except HOSTILE:
            continue
