"""What goes over the wire. Keys may be added, never changed or removed."""

import datetime as dt
from typing import Annotated, Any

from ninja import Field, Schema

Code = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[\w.\-/]+$")]
Purpose = Annotated[str, Field(min_length=5, max_length=500)]


class Reason(Schema):
    """Why, with a stable code and a Vietnamese sentence."""

    code: str
    message: str


class Candidate(Schema):
    """One paper that the subject holds."""

    id: str
    verdict: str
    reasons: list[Reason]


class Component(Schema):
    """One thing that the procedure asks for."""

    code: str
    name: str
    required: bool
    verdict: str
    candidates: list[Candidate]


class Reusable(Schema):
    """The answer to the reuse question."""

    procedure: str
    on: dt.date
    catalogue: str
    components: list[Component]


class DocumentOut(Schema):
    """One document's metadata."""

    id: str
    status: str
    kind: dict[str, Any]
    number: str | None
    issued_on: dt.date | None
    issuer: str | None
    abstract: str | None
    expires_on: dt.date | None
    revoked_on: dt.date | None
    pages: int
    dossiers: list[str]
    fields: dict[str, Any]
    signatures: list[dict[str, Any]]
    sha256: str | None
    sealed_at: dt.datetime | None


class LinkIn(Schema):
    """What a machine must say to be given a file."""

    dossier: Code
    purpose: Purpose
    procedure: Annotated[str, Field(max_length=30, pattern=r"^[\w.\-/]*$")] = ""


class LinkOut(Schema):
    """A short-lived link, and the receipt of the reuse."""

    url: str
    expires_at: dt.datetime
    sha256: str
    receipt: int


class Problem(Schema):
    """An error."""

    error: Reason
