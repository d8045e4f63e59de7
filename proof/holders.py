"""Who holds a certificate, as far as the certificate says: citizen, officer, agency."""

from enum import StrEnum
from typing import Any

from proof.trust import TrustStore


class Holder(StrEnum):
    """What the holder of a certificate is."""

    CITIZEN = "citizen"
    """A person, under a public authority."""
    OFFICER = "officer"
    """A person in office, under the official-duty authority."""
    AGENCY = "agency"
    """A body of the state, under the official-duty authority."""
    ORGANISATION = "organisation"
    """A firm or other body, under a public authority."""
    UNKNOWN = ""
    """The certificate does not say."""


_OF_PERSONS = ("CCCD:", "CMND:", "HC:", "PNO", "IDC", "PAS")
"""How identifiers of persons begin: Vietnamese practice in UID, and EN 319 412-1, 5.1.3."""
_OF_BODIES = ("MST:", "MNS:", "BHXH:", "VAT", "NTR")
"""The same of bodies: tax and budget numbers, and EN 319 412-1, 5.1.4."""
_IDENTIFIERS = ("user_id", "serial_number", "organization_identifier")
_PERSONAL = ("given_name", "surname", "title")
"""Attributes that only persons have."""


def holder_of(certificate: Any, store: TrustStore | None) -> Holder:
    """Say what the certificate's subject and the store that vouches for it tell."""
    if store not in (TrustStore.OFFICIAL, TrustStore.PUBLIC):
        return Holder.UNKNOWN
    subject = certificate.subject.native
    person = _is_person(subject)
    if person is None:
        return Holder.UNKNOWN
    if store is TrustStore.OFFICIAL:
        return Holder.OFFICER if person else Holder.AGENCY
    return Holder.CITIZEN if person else Holder.ORGANISATION


def _is_person(subject: dict[str, Any]) -> bool | None:
    """Whether a subject is a person; None where nothing says so."""
    texts = [text.upper() for name in _IDENTIFIERS for text in _texts(subject.get(name))]
    if any(text.startswith(_OF_PERSONS) for text in texts):
        return True
    if any(text.startswith(_OF_BODIES) for text in texts):
        return False
    if any(subject.get(name) for name in _PERSONAL):
        return True
    common, body = _texts(subject.get("common_name")), _texts(subject.get("organization_name"))
    return False if common and common == body else None


def _texts(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(one) for one in value]
    return [str(value)] if value else []
