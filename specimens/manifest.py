"""What a batch of samples holds and what should become of it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from specimens.paper import FieldTruth


class Outcome(StrEnum):
    """What should become of a file."""

    FILED = "filed"
    """Its documents are read and kept, archived or waiting."""
    DUPLICATE = "duplicate"
    """The same bytes as another file of the batch."""
    STOPPED = "stopped"
    """It ends on its receipt with a code."""


class Status(StrEnum):
    """What should become of a document after `ingest --confirm`."""

    ARCHIVED = "archived"
    """Every field that its kind requires can be read: signed and sealed."""
    WAITING = "waiting"
    """Something that its kind requires cannot be read: a person must look."""
    EITHER = "either"
    """It depends on how well the spoiled scan is read."""


@dataclass(frozen=True, slots=True)
class ExpectedDocument:
    """One document of a file."""

    kind: str
    form: str
    first_page: int
    """From 1, in the file."""
    last_page: int
    fields: Mapping[str, FieldTruth]
    handwritten: tuple[str, ...]
    status: Status
    why: str = ""
    """Vietnamese: why it waits."""
    dossier: str | None = None
    procedure: str | None = None
    subject: str | None = None
    """What the separator sheet or receipt before it says."""


@dataclass(frozen=True, slots=True)
class ExpectedFile:
    """One file of a batch."""

    name: str
    sha256: str
    pages: int
    """0 where it has none."""
    note: str
    """Vietnamese: what is in it, for the person who watches the demonstration."""
    outcome: Outcome
    code: str | None = None
    """The receipt's code where it is stopped: secret_mark, not_a_document."""
    duplicate_of: str | None = None
    documents: tuple[ExpectedDocument, ...] = ()
    sheets: tuple[int, ...] = ()
    """Pages that are separator sheets."""
    blanks: tuple[int, ...] = ()
    """Pages with nothing on them."""
    turned: Mapping[int, int] | None = None
    """Page to the clockwise quarter turns it was fed with."""


@dataclass(frozen=True, slots=True)
class ReuseQuestion:
    """A question of the portal's, with the verdicts that its answer must hold."""

    subject: str
    subject_name: str
    procedure: str
    verdicts: Mapping[str, str]
    """Component code to reusable, needs_check or missing."""


@dataclass(frozen=True, slots=True)
class SearchQuestion:
    """A search as a clerk types it, with the document that must be among the first."""

    query: str
    kind: str
    number: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A batch: its files, the dossiers they belong to, the questions to ask of it."""

    seed: int
    files: tuple[ExpectedFile, ...]
    dossiers: tuple[str, ...]
    reuse: ReuseQuestion
    search: SearchQuestion

    @property
    def page_count(self) -> int:
        """Pages of all files, a duplicate's counted again."""
        return sum(file.pages for file in self.files)

    @property
    def documents(self) -> tuple[ExpectedDocument, ...]:
        """Every document that should be filed."""
        return tuple(document for file in self.files for document in file.documents)

    def to_json(self) -> dict[str, Any]:
        """Return the manifest as plain values for json.dumps."""
        return asdict(self)
