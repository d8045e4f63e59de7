"""When a value is sure: what a person need not look at. Named thresholds per field.

A field is sure when its confidence reaches its threshold and nothing speaks against it (a hand,
a check that failed). The figures come from `bench/fields.py`; docs/classify.md holds the table.
"""

from types import MappingProxyType

DEFAULT = 0.9
"""For fields without a figure of their own."""

THRESHOLDS = MappingProxyType(
    {
        "number": 0.85,
        "notation": 0.88,
        "issued_on": 0.91,
        "issuer": 0.8,
        "abstract": 0.92,
        "signer_name": 0.95,
        "signer_title": 0.85,
        "recipients": 0.96,
        "secrecy": 0.8,
        "urgency": 0.8,
        "has_seal": 0.6,
        "has_signature": 0.6,
        "subject_id": 0.92,
        "subject_name": 0.915,
        "expires_on": 0.92,
    }
)
"""Field -> the least confidence that is sure."""

KIND = 0.8
"""The least confidence at which a kind is sure."""

NEVER_SURE_BY_HAND = True
"""Handwriting is read by nobody but a person."""


def is_sure(name: str, confidence: float, *, handwritten: bool = False) -> bool:
    """Whether a value read with this confidence may pass without a person's look."""
    if handwritten and NEVER_SURE_BY_HAND:
        return False
    return confidence >= THRESHOLDS.get(name, DEFAULT)
