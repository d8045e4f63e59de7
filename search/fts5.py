# ruff: noqa: S608  the SQL is put together from constants of ours; every value is bound
"""The embedded index: one SQLite file with FTS5 that several processes read and write."""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from search import _match, _records, _schema
from search._nearby import similar_words
from search.errors import IndexDamagedError, IndexUnavailableError, SearchError
from search.highlight import Marker, Spans, marker, snippet
from search.limits import BUSY_SECONDS, LOOSE_BELOW, MAX_LIMIT, PUT_CHUNK, WRITE_ATTEMPTS
from search.query import Question, parse
from search.types import Hit, IndexDocument, Query, Results

_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_BM25 = f"bm25(words, {', '.join(str(weight) for weight in _schema.WEIGHTS.values())})"


class _Found(NamedTuple):
    """A row that answers: its place in `documents` and how well."""

    no: int
    score: float


class Fts5Index:
    """`search.types.Index` in the file `path`, made at first use.

    A connection lives for one call, so the object may be shared by threads and forked processes.
    Writes are durable when they return (WAL, synchronous FULL) and wait for each other. Raises
    `IndexDamagedError` for a file that is damaged or of another version: `clear` and rebuild.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def put(self, documents: Iterable[IndexDocument]) -> None:
        """Add or replace documents by id, `PUT_CHUNK` to a transaction."""
        prepared = map(_records.record, documents)
        while chunk := list(islice(prepared, PUT_CHUNK)):
            self._write(partial(_records.put, chunk=chunk))

    def remove(self, ids: Collection[str]) -> None:
        """Forget documents; unknown ids are no error."""
        self._write(partial(_records.remove, ids=ids))

    def search(self, query: Query) -> Results:
        """Answer a question; see `search.query` for what may be typed."""
        question = parse(query.text)
        with self._open() as db:
            db.execute("BEGIN")  # one snapshot for the count, the hits and their pages
            total, found = _find(db, question, query)
            marks = marker(question)
            return Results(total, tuple(_hit(db, one, marks) for one in found))

    def ids(self) -> Iterable[str]:
        """Every id held."""
        with self._open() as db:
            return [str(id_) for (id_,) in db.execute("SELECT id FROM documents")]

    def clear(self) -> None:
        """Forget everything; a damaged file, or one of another version, is begun anew."""
        try:
            self._write(_records.clear)
        except IndexDamagedError:
            for suffix in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
            self._write(_records.clear)

    def _write(self, work: Callable[[sqlite3.Connection], object]) -> None:
        """Run `work` in one transaction, again when others kept the file busy."""
        for attempt in range(1, WRITE_ATTEMPTS + 1):
            try:
                with self._open() as db:
                    db.execute("BEGIN IMMEDIATE")
                    work(db)
                    db.execute("COMMIT")
                    return
            except IndexUnavailableError:
                if attempt == WRITE_ATTEMPTS:
                    raise

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(
                sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None)
            ) as db:
                _prepare(db)
                yield db
        except sqlite3.Error as error:
            raise _coded(error) from error


def _coded(error: sqlite3.Error) -> SearchError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without the extended part
    kind = IndexDamagedError if code in _DAMAGE else IndexUnavailableError
    return kind(detail=f"{getattr(error, 'sqlite_errorname', '')} {error}")


def _prepare(db: sqlite3.Connection) -> None:
    """Check the version, make the tables in a new file, ask for durable writes."""
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA mmap_size = 1073741824")
    if _version(db) == (0, 0):
        _create(db)
    if _version(db) != (_schema.APPLICATION_ID, _schema.VERSION):
        raise IndexDamagedError(detail=f"version {_version(db)}")


def _version(db: sqlite3.Connection) -> tuple[int, int]:
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return application, version


def _create(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("BEGIN IMMEDIATE")
    if _version(db) == (0, 0):  # another process may have been first
        for statement in _schema.CREATE.split(";"):
            db.execute(statement)
    db.execute("COMMIT")


class _Selection(NamedTuple):
    """The rows that answer, as SQL after FROM, and their score; each with its values."""

    sql: str
    values: tuple[str, ...]
    score: str = "d.no"
    score_values: tuple[str, ...] = ()


def _find(db: sqlite3.Connection, question: Question, query: Query) -> tuple[int, list[_Found]]:
    """The number of documents that answer and the ones asked for, best first."""
    expression = _match.wanted(question)
    strict = _selection(question, query, expression)
    total = _count(db, strict)
    if total < LOOSE_BELOW and expression:
        return _find_loosely(db, question, query, strict)
    return total, _ranked(db, strict, query.limit, query.offset)


def _find_loosely(
    db: sqlite3.Connection, question: Question, query: Query, strict: _Selection
) -> tuple[int, list[_Found]]:
    """The few documents that answer as typed, then those that hold similar words."""
    first = _ranked(db, strict, LOOSE_BELOW, 0)
    expression = _match.wanted_loosely(question, similar_words(db))
    loose = _selection(question, query, expression)
    similar = _ranked(db, loose, query.offset + query.limit + LOOSE_BELOW, 0)
    return _count(db, loose), _after(first, similar)[query.offset :][: query.limit]


def _after(first: list[_Found], similar: list[_Found]) -> list[_Found]:
    """`similar` behind `first`, each document once, the scores still falling."""
    typed = {one.no for one in first}
    rest = [one for one in similar if one.no not in typed]
    if not (first and rest):
        return first or rest
    scale = first[-1].score / (1 + rest[0].score)
    return first + [_Found(one.no, one.score * scale) for one in rest]


def _selection(question: Question, query: Query, expression: str) -> _Selection:
    """Join the words with the filters; rights are part of the question, not of its answer."""
    conditions = list(_conditions(question, query))
    if expression:
        conditions.insert(0, ("words MATCH ?", (expression,)))
    where = " AND ".join(sql for sql, _ in conditions) or "1"
    values = tuple(value for _, given in conditions for value in given)
    if not expression:
        return _Selection(f"documents d WHERE {where}", values)
    sql = f"words JOIN documents d ON d.no = words.rowid WHERE {where}"
    return _Selection(sql, values, *_score(question))


def _score(question: Question) -> tuple[str, tuple[str, ...]]:
    """bm25, times what it is worth to stand in the title and to stand in the tones typed."""
    tiers = (
        ("words", _match.in_title(question), _schema.TITLE_WORTH),
        ("tones", _match.in_tone(question), _schema.TONE_WORTH),
    )
    given = [tier for tier in tiers if tier[1]]
    factors = [
        f" * iif(d.no IN (SELECT rowid FROM {table} WHERE {table} MATCH ?), {worth}, 1)"
        for table, _, worth in given
    ]
    return f"-{_BM25}{''.join(factors)}", tuple(expression for _, expression, _ in given)


def _conditions(question: Question, query: Query) -> Iterator[tuple[str, tuple[str, ...]]]:
    if unwanted := _match.excluded(question):
        yield "d.no NOT IN (SELECT rowid FROM words WHERE words MATCH ?)", (unwanted,)
    if query.kind is not None:
        yield "d.kind = ?", (query.kind,)
    for column, allowed in (("access", query.access), ("status", query.status)):
        if allowed is not None:
            yield f"d.{column} IN ({', '.join('?' * len(allowed))})", tuple(allowed)
    for first in filter(None, (query.issued_from, question.issued_from)):
        yield "d.issued_on >= ?", (first.isoformat(),)
    for last in filter(None, (query.issued_to, question.issued_to)):
        yield "d.issued_on <= ?", (last.isoformat(),)


def _count(db: sqlite3.Connection, selection: _Selection) -> int:
    (total,) = db.execute(f"SELECT count(*) FROM {selection.sql}", selection.values).fetchone()
    return int(total)


def _ranked(db: sqlite3.Connection, selection: _Selection, limit: int, offset: int) -> list[_Found]:
    """Best first, the newest first among equals."""
    sql = (
        f"SELECT d.no, {selection.score} AS score FROM {selection.sql} "
        "ORDER BY score DESC, d.no DESC LIMIT ? OFFSET ?"
    )
    window = (max(0, min(limit, MAX_LIMIT)), max(0, offset))
    values = (*selection.score_values, *selection.values, *window)
    return [_Found(*row) for row in db.execute(sql, values)]


def _hit(db: sqlite3.Connection, found: _Found, marks: Marker) -> Hit:
    """The document's best page and the words found there, else in its head, else similar ones."""
    id_, *head = db.execute(
        "SELECT id, number, abstract, issuer FROM documents WHERE no = ?", (found.no,)
    ).fetchone()
    pages = _records.pages(db, found.no) or ("",)
    title = " - ".join(filter(None, head))
    page, text, spans = _best(pages, marks.spans, marks)
    if not spans and (spans := marks.spans(title)):
        text = title
    if not spans:
        page, text, spans = _best(pages, marks.similar_spans, marks)
    return Hit(id_, found.score, page, snippet(text or title, spans))


def _best(
    pages: tuple[str, ...], find: Callable[[str], Spans], marks: Marker
) -> tuple[int, str, Spans]:
    """The first of the pages that answer best, counted from 1, and what to mark on it."""
    views = ((number, text, find(text)) for number, text in enumerate(pages, start=1))
    return max(views, key=lambda view: marks.weight(*view[1:]))
