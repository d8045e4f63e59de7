# ruff: noqa: S608  the SQL is put together from constants of ours; every value is bound
"""Documents written into and taken out of the FTS5 index file, inside the caller's transaction."""

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from search import _schema
from search._nearby import learn
from search.analysis import normalise
from search.types import IndexDocument

_INSERT_WORDS = (
    f"INSERT INTO words (rowid, {', '.join(_schema.COLUMNS)}) "
    f"VALUES (?{', ?' * len(_schema.COLUMNS)})"
)
_DELETE_WORDS = (
    f"INSERT INTO words (words, rowid, {', '.join(_schema.COLUMNS)}) "
    f"VALUES ('delete', ?{', ?' * len(_schema.COLUMNS)})"
)
_INSERT_TONES = "INSERT INTO tones (rowid, text) VALUES (?, ?)"
_DELETE_TONES = "INSERT INTO tones (tones, rowid, text) VALUES ('delete', ?, ?)"
_INSERT_DOCUMENT = (
    f"INSERT INTO documents (no, {', '.join(_schema.DOCUMENT_COLUMNS)}) "
    f"VALUES (?{', ?' * len(_schema.DOCUMENT_COLUMNS)})"
)
_UPDATE_DOCUMENT = (
    f"UPDATE documents SET {', '.join(f'{name} = ?' for name in _schema.DOCUMENT_COLUMNS)} "
    "WHERE no = ?"
)

_Row = tuple[str | None, ...]
Places = Mapping[str, int]
"""The places (`no`) of documents by id: their order among the newest."""
NO_PLACES: Places = {}
_APART = 1_000_000_000
"""Between the places of an index and those that the one after it gives by itself."""


class Record(NamedTuple):
    """A document as the file holds it: the values of `DOCUMENT_COLUMNS`, and its pages."""

    row: _Row
    pages: tuple[str, ...]


def record(document: IndexDocument) -> Record:
    """The document in the form that is stored and compared."""
    return Record(_schema.document_row(document), tuple(map(normalise, document.pages)))


def put(db: sqlite3.Connection, chunk: Iterable[Record], places: Places = NO_PLACES) -> None:
    """Write documents; an equal one is left as it stands, a changed one keeps its place."""
    for given in chunk:
        no, stored = _stored(db, given.row[0])
        if stored != given:
            _replace(db, no or places.get(str(given.row[0])), stored, given)


def fill(db: sqlite3.Connection, chunk: Iterable[Record], places: Places) -> None:
    """Write those documents that are not there, each into its place."""
    for given in chunk:
        _, stored = _stored(db, given.row[0])
        if stored is None:
            _replace(db, places.get(str(given.row[0])), None, given)


def places_of(db: sqlite3.Connection, ids: Sequence[str]) -> Places:
    """The places of those of the ids that are held; at most `PUT_CHUNK` of them."""
    marks = ", ".join("?" * len(ids))
    rows = db.execute(f"SELECT id, no FROM documents WHERE id IN ({marks})", tuple(ids))
    return {str(id_): int(no) for id_, no in rows}


def begin_after(db: sqlite3.Connection, last: int) -> None:
    """Let an empty index give places far above those of the one before it, which it takes over."""
    db.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('documents', ?)", (last + _APART,))


def remove(db: sqlite3.Connection, ids: Collection[str]) -> None:
    """Forget documents; unknown ids are no error."""
    for id_ in ids:
        no, stored = _stored(db, id_)
        if stored is not None:
            _forget_words(db, no, stored)
            db.execute("DELETE FROM documents WHERE no = ?", (no,))


def clear(db: sqlite3.Connection) -> None:
    """Forget everything."""
    db.execute("INSERT INTO words (words) VALUES ('delete-all')")
    db.execute("INSERT INTO tones (tones) VALUES ('delete-all')")
    for table in ("pages", "documents", "vocabulary"):
        db.execute(f"DELETE FROM {table}")


def pages(db: sqlite3.Connection, no: int) -> tuple[str, ...]:
    """The page texts of the document in place `no`, in order."""
    rows = db.execute("SELECT text FROM pages WHERE document = ? ORDER BY number", (no,))
    return tuple(text for (text,) in rows)


def _stored(db: sqlite3.Connection, id_: str | None) -> tuple[int | None, Record | None]:
    columns = ", ".join(_schema.DOCUMENT_COLUMNS)
    found = db.execute(f"SELECT no, {columns} FROM documents WHERE id = ?", (id_,)).fetchone()
    if found is None:
        return None, None
    no, *row = found
    return no, Record(tuple(row), pages(db, no))


def _replace(db: sqlite3.Connection, no: int | None, stored: Record | None, given: Record) -> None:
    if stored is None:
        no = db.execute(_INSERT_DOCUMENT, (no, *given.row)).lastrowid
    else:
        _forget_words(db, no, stored)
        db.execute(_UPDATE_DOCUMENT, (*given.row, no))
    numbered = enumerate(given.pages, start=1)
    db.executemany("INSERT INTO pages VALUES (?, ?, ?)", ((no, n, text) for n, text in numbered))
    words = _schema.words(*given)
    db.execute(_INSERT_WORDS, (no, *words.folded))
    db.execute(_INSERT_TONES, (no, words.exact))
    learn(db, " ".join(words.folded).split())


def _forget_words(db: sqlite3.Connection, no: int | None, stored: Record) -> None:
    words = _schema.words(*stored)
    db.execute(_DELETE_WORDS, (no, *words.folded))
    db.execute(_DELETE_TONES, (no, words.exact))
    db.execute("DELETE FROM pages WHERE document = ?", (no,))
