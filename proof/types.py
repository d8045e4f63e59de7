"""The values of the proof library: what was found wrong, and how much was looked at."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Event = Mapping[str, Any]
"""One row of the audit trail: seq, day, at, tag, actor, subject, detail, previous, hash."""


class What(StrEnum):
    """What a check found; the words of `tangthu verify`."""

    BLOB_DAMAGED = "blob_damaged"
    """The bytes under a name are not the bytes that the name promises."""
    BLOB_MISSING = "blob_missing"
    """A row or record names bytes that are not there."""
    BLOB_EXTRA = "blob_extra"
    """Bytes that nothing names."""
    BLOB_SWAPPED = "blob_swapped"
    """The bytes are sound but belong to another document."""
    SIGNATURE_INVALID = "signature_invalid"
    """A signature does not hold, or one that the record names is gone."""
    RECORD_ALTERED = "record_altered"
    """A document's metadata is not what was sealed."""
    AUDIT_BROKEN = "audit_broken"
    """The audit trail was altered, cut, extended or reordered."""
    ANCHOR_MISSING = "anchor_missing"
    """A day of the audit trail has no anchor in the archive store."""
    PACKAGE_INVALID = "package_invalid"
    """The package or exported folder itself is not well formed."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong."""

    id: str
    """A document's id, a blob's SHA-256, `audit:SEQ`, or a path in the folder."""
    what: What
    detail: str
    """One Vietnamese sentence: what is wrong and what to do."""

    def as_json(self) -> dict[str, str]:
        """The shape that `tangthu verify --json` prints."""
        return {"id": self.id, "what": str(self.what), "detail": self.detail}


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a check."""

    checked: int
    """How many units were looked at: each document, the audit trail, the folder itself."""
    ok: int
    """How many of them showed no problem."""
    problems: tuple[Problem, ...]
    unchecked: tuple[str, ...] = ()
    """Vietnamese sentences: what could not be decided here (a signer's root is not trusted ...)."""

    def as_json(self) -> dict[str, Any]:
        """The shape that `tangthu verify --json` prints."""
        return {
            "checked": self.checked,
            "ok": self.ok,
            "problems": [problem.as_json() for problem in self.problems],
            "unchecked": list(self.unchecked),
        }
