"""What the rows tell of a document: sealed once, compared with the rows ever after."""

from typing import Any

from archive.models import Document, Field


def facts_of(document: Document) -> dict[str, Any]:
    """Return what may never change after the seal, in JSON's types."""
    return {
        "id": document.pk,
        "kind": {
            "code": document.kind_code,
            "name": document.kind_name,
            "form": document.form,
        },
        "number": document.number,
        "abstract": document.abstract,
        "issuer": document.issuer,
        "issued_on": document.issued_on.isoformat() if document.issued_on else None,
        "expires_on": document.expires_on.isoformat() if document.expires_on else None,
        "subject": document.subject.identifier if document.subject else None,
        "fields": {
            field.name: _field(field) for field in document.fields.select_related("corrected_by")
        },
    }


def _field(field: Field) -> dict[str, Any]:
    return {
        "value": field.value,
        "as_printed": field.as_printed,
        "confidence": field.confidence,
        "page": field.page,
        "box": field.box,
        "handwritten": field.handwritten,
        "machine_value": field.machine_value,
        "corrected_by": field.corrected_by.username if field.corrected_by else None,
    }
