"""The tables of the FTS5 index file, and a document as its columns."""

from typing import NamedTuple

from search._match import EVERY, code_term, label
from search.analysis import codes, normalise, tokens
from search.types import IndexDocument

APPLICATION_ID = 0x54545349  # "TTSI", so that `file` and we know the file for an index
VERSION = 1
"""Raised with every change of the tables, of the columns below or of `search.analysis`: rows are
taken out of `words` by the very words that were put in."""

WEIGHTS = {
    "number": 4.0,
    "kind": 2.0,
    "abstract": 4.0,
    "issuer": 1.5,
    "signer": 1.5,
    "subject": 2.0,
    "codes": 4.0,
    "labels": 0.0,
    "body": 1.0,
}
"""The columns of `words` in their order, with what a word in each is worth to bm25."""

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
    {", ".join(WEIGHTS)}, content='', tokenize="ascii tokenchars '/'"
);
CREATE VIRTUAL TABLE tones USING fts5(text, content='', columnsize=0, tokenize="ascii");
CREATE TABLE vocabulary (word TEXT PRIMARY KEY) WITHOUT ROWID;
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {VERSION};
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
    numbers = (code_term(tokens(code.exact)) for text in (*head, *pages) for code in codes(text))
    labels = (label(name, value[name]) for name in ("access", "status", "kind"))
    return Words(
        (
            *folded[: len(head)],
            " ".join(numbers),
            f"{EVERY} {' '.join(labels)}",
            " ".join(folded[len(head) :]),
        ),
        " ".join(word.exact for text in texts for word in text),
    )
