"""The sealed description of one document: `metadata.json`.

    {"format": "tangthu-record/1", "id": "D261121ABCDEFGH", "kind": {"code", "name", "form"},
     "fields": {NAME: ...}, "pages": N, "files": {ROLE: {"sha256", "size", "media_type"}},
     "dossiers": ["..."], "sealed_at": "2026-11-21T08:00:00Z", ...}

Its SHA-256 goes into the audit trail with the event `document:sealed`, so that a record cannot be
rewritten without breaking the chain.
"""

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from proof.canonical import canonical_bytes

RECORD_FORMAT = "tangthu-record/1"
SEALED_TAG = "document:sealed"
"""The audit tag of a seal; its subject is `document:ID`."""
SUBJECT_PREFIX = "document:"
RECORD_KEY = "record"
"""The key in that event's detail that holds the SHA-256 of the record's bytes.

A later event on the same document that has this key too (sealed anew, renewed) takes its place:
the last one counts, and an older record put back is seen to be old.
"""


class Role(StrEnum):
    """What a file of a document is for."""

    DOCUMENT = "document"
    """The signed PDF/A, or the born-digital file as it came."""
    SCAN = "scan"
    """The document's own pages as scanned or received."""
    TEXT = "text"
    """Page texts with words and boxes."""
    EVIDENCE = "evidence"
    """What proved the signatures at the time of sealing."""
    RECEIVED = "received"
    """The whole file as received. It may hold other documents' pages, so an export may omit it."""
    PROOF = "proof"
    """Timestamps over a document that stays byte for byte (`proof.kept`)."""


_EXTENSIONS = {
    "application/pdf": ".pdf",
    "application/json": ".json",
    "image/heic": ".heic",
    "image/jp2": ".jp2",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/tiff": ".tif",
    "image/bmp": ".bmp",
    "image/webp": ".webp",
    "text/plain": ".txt",
}


def file_name(role: str, media_type: str) -> str:
    """How a document's file is called in an exported folder."""
    return role + _EXTENSIONS.get(media_type, ".bin")


def record_bytes(record: Mapping[str, Any]) -> bytes:
    """The canonical bytes of a record, `format` filled in; what is stored, hashed and exported."""
    return canonical_bytes({"format": RECORD_FORMAT, **record}, floats=True)


def record_hash(data: bytes) -> str:
    """The SHA-256, in hex, that the seal's event names."""
    return hashlib.sha256(data).hexdigest()
