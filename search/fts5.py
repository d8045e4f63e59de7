"""The embedded index: one SQLite file with FTS5 that several processes read and write."""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from itertools import islice
from pathlib import Path

from search import _records, _schema
from search._ranking import Found, answer
from search._views import view_of
from search.errors import IndexDamagedError, IndexUnavailableError, SearchError
from search.highlight import Marker, marker
from search.limits import BUSY_SECONDS, PUT_CHUNK, WRITE_ATTEMPTS
from search.query import parse
from search.types import Hit, IndexDocument, Query, Results

_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


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
            total, found = answer(db, question, query)
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
    db.execute("PRAGMA secure_delete = ON")  # the text of a removed paper must not linger
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


def _hit(db: sqlite3.Connection, found: Found, marks: Marker) -> Hit:
    id_, *head = db.execute(
        "SELECT id, number, abstract, issuer FROM documents WHERE no = ?", (found.no,)
    ).fetchone()
    view = view_of(head, _records.pages(db, found.no), marks, similar=found.similar)
    return Hit(id_, found.score, view.page, view.snippet)
