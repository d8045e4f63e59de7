"""The values of the search library and the seam that every index backend fills."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True, slots=True)
class IndexDocument:
    """What the index knows of one document. Text is NFC; analysis is this library's."""

    id: str
    status: str
    """processing, waiting, archived, refused."""
    access: str
    """The label that rights are checked against, inside the query: the protection class."""
    unit: str
    """The agency unit that scanned it; empty where there is one unit only."""
    kind: str | None
    kind_name: str
    number: str | None
    abstract: str | None
    issuer: str | None
    signer: str | None
    subject: str | None
    """Identifier and name of the owner, in one string."""
    issued_on: date | None
    pages: tuple[str, ...]
    """Text page by page, in the document's order."""


@dataclass(frozen=True, slots=True)
class Query:
    """One question. Empty `text` lists the newest."""

    text: str
    limit: int = 20
    offset: int = 0
    kind: str | None = None
    issued_from: date | None = None
    issued_to: date | None = None
    access: frozenset[str] | None = None
    """Labels the asker may see; None means all. Applied before anything is counted."""
    status: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found."""

    id: str
    score: float
    """Higher is better; comparable within one answer only."""
    page: int
    """1-based page of the document where the words stand best (1 when only its fields match)."""
    snippet: str
    """Plain text around the words, each found word between U+0002 and U+0003."""


@dataclass(frozen=True, slots=True)
class Results:
    """One answer."""

    total: int
    hits: tuple[Hit, ...]


class Index(Protocol):
    """The seam of the index. Every method may be called from several processes at once.

    `put` and `remove` are idempotent and durable when they return, in the index in use and in one
    that is being filled beside it. What was put is found by this object at once and by others
    within a second or two; what was removed is found by nobody. All raise
    `search.errors.IndexUnavailableError` when the backend cannot be reached, `IndexNewerError`
    where a newer version wrote the index, and `IndexDamagedError` where it cannot be read at all.
    One of an older version is searched as it is and never written: what is put goes into the new
    one beside it.
    """

    def put(self, documents: Iterable[IndexDocument]) -> None:
        """Add or replace documents by id."""

    def remove(self, ids: Collection[str]) -> None:
        """Forget documents; unknown ids are no error."""

    def search(self, query: Query) -> Results:
        """Answer a question; raises `search.errors.QueryError` for one that cannot be read."""

    def ids(self) -> Iterable[str]:
        """Every id held, in order, read in slices."""

    def ids_after(self, after: str, limit: int) -> list[str]:
        """The next ids held after one, in order; none at the end."""

    def count(self) -> int:
        """How many documents are held."""

    def is_older(self) -> bool:
        """Whether the index in use is of an older version and must be rebuilt."""

    def clear(self) -> None:
        """Forget everything, to be rebuilt from the archive."""

    def begin_rebuild(self) -> bool:
        """Make an empty index beside the one in use; False where one is being filled already."""

    def lacking(self, ids: Collection[str]) -> set[str]:
        """Those of the ids that the new index does not hold yet."""

    def fill(self, documents: Iterable[IndexDocument]) -> None:
        """Add to the new index what it lacks; what was put there since it began stays."""

    def finish_rebuild(self) -> None:
        """Let the new index be the one in use, in one step; no error where none is being filled."""

    def tidy(self) -> None:
        """Delete what indexes that are no longer in use left; call it minutes after."""
