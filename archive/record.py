"""What the rows tell of a document: sealed once, compared with the rows ever after."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from archive.models import Document, Field, Signature


def facts_of(document: Document) -> dict[str, Any]:
    """Return what may never change after the seal, in JSON's types."""
    receipt = document.receipt
    return {
        "id": document.pk,
        "kind": {
            "code": document.kind_code,
            "name": document.kind_name,
            "form": document.form,
            "confidence": document.kind_confidence,
            "machine_code": document.machine_kind_code,
        },
        "number": document.number,
        "abstract": document.abstract,
        "issuer": document.issuer,
        "issued_on": _iso(document.issued_on),
        "expires_on": _iso(document.expires_on),
        "subject": document.subject.identifier if document.subject else None,
        "fields": {field.name: _field(field) for field in document.fields.all()},
        "pages": document.last_page - document.first_page + 1,
        "received": {
            "name": receipt.untrusted_name,
            "sha256": receipt.sha256,
            "first_page": document.first_page,
            "last_page": document.last_page,
        },
        "is_born_digital": document.is_born_digital,
        "confirmed_by": document.confirmed_by.username if document.confirmed_by else None,
        "confirmed_at": _iso(document.confirmed_at),
        "signed_at": _iso(document.signed_at),
        "signatures": {row.field_name: _signature(row) for row in document.signatures.all()},
    }


def differences(told: Mapping[str, Any], record: Mapping[str, Any]) -> list[str]:
    """Return the names of the facts that are not as sealed, dotted.

    A record of an earlier version of this software knows fewer facts: only what it holds counts.
    """
    changed: list[str] = []
    for name in sorted({*told} & {*record}):
        changed += _differences(name, told[name], record[name])
    return changed


def _differences(name: str, mine: Any, sealed: Any) -> list[str]:
    if not isinstance(mine, Mapping) or not isinstance(sealed, Mapping):
        return [name] if mine != sealed else []
    changed = [f"{name}.{lost}" for lost in sorted({*sealed} - {*mine})]
    if name in _OPEN:
        changed += [f"{name}.{new}" for new in sorted({*mine} - {*sealed})]
    for inner in sorted({*sealed} & {*mine}):
        changed += _differences(f"{name}.{inner}", mine[inner], sealed[inner])
    return changed


_OPEN = ("fields", "signatures")
"""Whose keys are names from the paper: one that the record lacks is one too many."""


def _field(field: Field) -> dict[str, Any]:
    return {
        "value": field.value,
        "as_printed": field.as_printed,
        "confidence": field.confidence,
        "sure": field.sure,
        "page": field.page,
        "box": field.box,
        "handwritten": field.handwritten,
        "machine_value": field.machine_value,
        "reason": field.reason,
        "corrected_by": field.corrected_by.username if field.corrected_by else None,
        "corrected_at": _iso(field.corrected_at),
    }


def _signature(row: Signature) -> dict[str, Any]:
    return {
        "role": row.role,
        "signer": row.signer,
        "serial": row.serial,
        "claimed_at": _iso(row.claimed_at),
        "verdict": row.verdict,
        "reason": row.reason,
        "issuer": row.issuer,
        "timestamped_at": _iso(row.timestamped_at),
        "trust_store": row.trust_store,
        "holder": row.holder,
    }


def _iso(moment: dt.datetime | dt.date | None) -> str | None:
    return moment.isoformat() if moment else None
