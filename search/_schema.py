"""The tables of the FTS5 index file, and a document as its columns."""

from typing import NamedTuple

from search._match import EVERY, code_term, label
from search.analysis import codes, normalise, tokens
from search.types import IndexDocument

APPLICATION_ID = 0x54545349  # "TTSI", so that `file` and we know the file for an index
VERSION = 2
"""Raised with every change of the tables, of the columns below or of `search.analysis`: rows are
taken out of `words` by the very words that were put in."""
READABLE = 2
"""The oldest version whose file this one's questions can be asked of."""

COLUMNS = (
    "number", "kind", "abstract", "issuer", "signer", "subject", "codes", "labels", "opening",
    "body",
)  # fmt: skip
"""The columns of `words` in their order."""
OPENING_WORDS = 150
"""As far as a paper's letterhead, title and abstract reach."""

# `words` holds the folded words, `tones` the exact ones, so that a folded question needs no column
# filter. Neither keeps its text (content=''), and the ascii tokenizer only parts words at spaces.
CREATE = f"""
CREATE TABLE documents (
    no INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL, access TEXT NOT NULL, unit TEXT NOT NULL,
    kind TEXT, kind_name TEXT NOT NULL, number TEXT, abstract TEXT,
    issuer TEXT, signer TEXT, subject TEXT, issued_on TEXT
);
CREATE TABLE pages (
    document INTEGER NOT NULL, number INTEGER NOT NULL, text TEXT NOT NULL,
    PRIMARY KEY (document, number)
);
CREATE INDEX documents_issued_on ON documents (issued_on);
CREATE VIRTUAL TABLE words USING fts5(
    {", ".join(COLUMNS)}, content='', tokenize="ascii tokenchars '/'"
);
CREATE VIRTUAL TABLE tones USING fts5(text, content='', columnsize=0, tokenize="ascii");
CREATE TABLE vocabulary (word TEXT PRIMARY KEY) WITHOUT ROWID;
PRAGMA application_id = {APPLICATION_ID};
"""

DOCUMENT_COLUMNS = (
    "id", "status", "access", "unit", "kind", "kind_name",
    "number", "abstract", "issuer", "signer", "subject", "issued_on",
)  # fmt: skip


def document_row(document: IndexDocument) -> tuple[str | None, ...]:
    """The values of `DOCUMENT_COLUMNS`."""
    values = (getattr(document, column) for column in DOCUMENT_COLUMNS)
    return tuple(None if value is None else normalise(str(value)) for value in values)


class Words(NamedTuple):
    """A document as the index holds it: the values of `words` and of `tones`."""

    folded: tuple[str, ...]
    exact: str


def words(row: tuple[str | None, ...], pages: tuple[str, ...]) -> Words:
    """The words of a stored document, the same every time: they are taken out as they went in."""
    value = {name: text or "" for name, text in zip(DOCUMENT_COLUMNS, row, strict=True)}
    head = [
        value["number"],
        f"{value['kind_name']} {value['kind']}",
        *(value[name] for name in ("abstract", "issuer", "signer", "subject")),
    ]
    texts = [tokens(text) for text in (*head, *pages)]
    folded = [" ".join(word.folded for word in text) for text in texts]
    titles, body = folded[: len(head)], folded[len(head) :]
    numbers = (code_term(tokens(code.exact)) for text in (*head, *pages) for code in codes(text))
    labels = (label(name, value[name]) for name in ("access", "status", "kind"))
    return Words(
        (
            *titles,
            " ".join(numbers),
            f"{EVERY} {' '.join(labels)}",
            " ".join(" ".join(body[:1]).split()[:OPENING_WORDS]),
            " ".join(body),
        ),
        " ".join(word.exact for text in texts for word in text),
    )
