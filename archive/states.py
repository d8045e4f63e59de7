"""The states that records go through, and the roles of people. Words of the glossary."""

from enum import StrEnum

from catalogue.types import Protection


class BatchState(StrEnum):
    """A batch (lô quét)."""

    RECEIVING = "receiving"
    """Files are still being given."""
    PROCESSING = "processing"
    """All files are here; the machine works."""
    FINISHED = "finished"
    """The machine has done all that it may."""


class ReceiptState(StrEnum):
    """One file of a batch."""

    RECEIVED = "received"
    """Its bytes are safe; the machine works on it."""
    DUPLICATE = "duplicate"
    """The same bytes are here already; nothing is filed twice."""
    DONE = "done"
    """Its documents are made."""
    STOPPED = "stopped"
    """It cannot go on; the code and the sentence say why."""
    HELD = "held"
    """It bears a secrecy mark; its bytes wait for a responsible person's decision."""
    DESTROYED = "destroyed"
    """A responsible person had the held bytes destroyed."""
    HANDED_BACK = "handed_back"
    """A responsible person handed the held bytes back; none remain here."""


class PageState(StrEnum):
    """One page of a file."""

    PENDING = "pending"
    """Not read yet."""
    READ = "read"
    """Its text is kept."""
    BLANK = "blank"
    """There is nothing on it."""
    FAILED = "failed"
    """It could not be read; it keeps its place and its document goes to a person."""


class DocumentStatus(StrEnum):
    """One document, as the command line and the API name it."""

    PROCESSING = "processing"
    """The machine works on it."""
    WAITING = "waiting"
    """A person's check or signature is due."""
    ARCHIVED = "archived"
    """Signed and sealed."""
    REFUSED = "refused"
    """A person refused it."""


class RunState(StrEnum):
    """One row of the ledger."""

    READY = "ready"
    """May be claimed."""
    RUNNING = "running"
    """Claimed under a lease."""
    DONE = "done"
    """Finished; its effects stand."""
    FAILED = "failed"
    """Failed for good on its input, with a code."""
    DEAD = "dead"
    """Given up after too many strikes."""
    SUPERSEDED = "superseded"
    """Made needless by another event."""
    WAITING = "waiting"
    """Given back until a person opens the key; not claimed by itself, and not open work."""


class SubjectKind(StrEnum):
    """Who owns a paper."""

    PERSON = "person"
    """A citizen: 12-digit identifier, or the old 9-digit one."""
    ORGANISATION = "organisation"
    """A body or business: 10-digit number, branch with 3 more."""
    UNKNOWN = "unknown"
    """The identifier has no known form."""


class Role(StrEnum):
    """Groups of accounts; DESIGN section 6."""

    OPERATOR = "operator"
    """Scans."""
    CHECKER = "checker"
    """Checks fields."""
    SIGNER = "signer"
    """Signs."""
    CLERK = "clerk"
    """Searches."""
    ARCHIVIST = "archivist"
    """Keeps: packages, retention, held papers."""
    SUPERVISOR = "supervisor"
    """Looks at progress."""
    ADMIN = "admin"
    """Manages accounts and machines."""
    CLIENT = "client"
    """A machine, such as the public-service portal."""


class FileRole(StrEnum):
    """What a sealed file is to its document."""

    DOCUMENT = "document"
    """The signed PDF/A, or the born-digital file as it came."""
    SCAN = "scan"
    """The document's own pages as scanned."""
    METADATA = "metadata"
    """The record: kind, fields, names of the other files."""
    TEXT = "text"
    """Page texts with words and boxes."""
    EVIDENCE = "evidence"
    """What was found of each signature, and when."""
    RECEIVED = "received"
    """The whole file as received, sealed after its last document."""
    PROOF = "proof"
    """Timestamps over a file that must stay byte for byte, renewed as they weaken."""


class CopyState(StrEnum):
    """One form of a blob in one copy of the archive."""

    PLANNED = "planned"
    """Due to be brought here, or, in a place new to us, to be looked for."""
    PRESENT = "present"
    """Here, and sound when last looked at."""
    MISSING = "missing"
    """Gone from here."""
    DAMAGED = "damaged"
    """Not what was sealed: damaged, swapped, or an older version."""
    LEAVING = "leaving"
    """To be deleted here as soon as its lock allows."""


class PassKind(StrEnum):
    """Why all documents are walked through for the index."""

    COMPARE = "compare"
    """What the records hold and the index lacks is made due again."""
    REBUILD = "rebuild"
    """A new index is filled beside the one in use."""


__all__ = [
    "BatchState",
    "CopyState",
    "DocumentStatus",
    "FileRole",
    "PageState",
    "PassKind",
    "Protection",
    "ReceiptState",
    "Role",
    "RunState",
    "SubjectKind",
]
