"""The embedded index: one SQLite file with FTS5 that several processes read and write."""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

from search import _records, _schema
from search._index_files import IndexFiles, remove
from search._ranking import Found, answer
from search._records import NO_PLACES, Places, Record
from search._views import view_of
from search.errors import (
    IndexDamagedError,
    IndexNewerError,
    IndexUnavailableError,
    SearchError,
)
from search.highlight import Marker, marker
from search.limits import BUSY_SECONDS, IDS_AT_ONCE, PUT_CHUNK, WRITE_ATTEMPTS
from search.query import parse
from search.types import Hit, IndexDocument, Query, Results

_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
T = TypeVar("T")


class Fts5Index:
    """`search.types.Index` in the file `path`, made at first use, and in those that follow it.

    A connection lives for one call, so the object may be shared by threads and forked processes.
    Writes are durable when they return (WAL, synchronous FULL) and wait for each other. Raises
    `IndexDamagedError` for a file that is damaged or too old: `clear` and rebuild.
    """

    def __init__(self, path: Path) -> None:
        self._files = IndexFiles(path)

    def put(self, documents: Iterable[IndexDocument]) -> None:
        """Add or replace documents by id, `PUT_CHUNK` to a transaction."""
        prepared = map(_records.record, documents)
        while chunk := list(islice(prepared, PUT_CHUNK)):
            self._write_both(
                partial(_put_and_place, chunk=chunk), [str(given.row[0]) for given in chunk]
            )

    def remove(self, ids: Collection[str]) -> None:
        """Forget documents; unknown ids are no error."""
        self._write_both(lambda db, **_: _records.remove(db, ids), ())

    def search(self, query: Query) -> Results:
        """Answer a question; see `search.query` for what may be typed."""
        question = parse(query.text)
        with self._open(self._files.current) as db:
            db.execute("BEGIN")  # one snapshot for the count, the hits and their pages
            total, found = answer(db, question, query)
            marks = marker(question)
            return Results(total, tuple(_hit(db, one, marks) for one in found))

    def ids(self) -> Iterable[str]:
        """Every id held."""
        after = ""
        while found := self.ids_after(after, IDS_AT_ONCE):
            yield from found
            after = found[-1]

    def ids_after(self, after: str, limit: int) -> list[str]:
        """The next ids held after one, in order; none at the end."""
        with self._open(self._files.current) as db:
            sql = "SELECT id FROM documents WHERE id > ? ORDER BY id LIMIT ?"
            return [str(id_) for (id_,) in db.execute(sql, (after, limit))]

    def count(self) -> int:
        """How many documents are held."""
        with self._open(self._files.current) as db:
            return int(db.execute("SELECT count(*) FROM documents").fetchone()[0])

    def is_older(self) -> bool:
        """Whether the file in use is of an older version and must be rebuilt."""
        with self._open(self._files.current) as db:
            return _is_older(db)

    def clear(self) -> None:
        """Forget everything; a damaged file, or one that is too old, is begun anew."""
        with self._files.changing():
            self._files.drop_beside()
            current = self._files.current
            try:
                self._write(current, _records.clear)
            except (IndexDamagedError, _OlderError):
                remove(current)
                self._write(current, _records.clear)

    def begin_rebuild(self) -> bool:
        """Make an empty file beside the one in use; False where one is being filled already."""
        with self._files.changing():
            if self._files.beside and self._can_fill(self._files.beside):
                return False
            self._files.drop_beside()
            with self._open(self._files.current) as db:
                (last,) = db.execute("SELECT coalesce(max(no), 0) FROM documents").fetchone()
            path = self._files.name_for_next()
            self._write(path, partial(_records.begin_after, last=last))
            self._files.set_beside(path)
            return True

    def lacking(self, ids: Collection[str]) -> set[str]:
        """Those of the ids that the new file does not hold yet."""
        lacking, given = set(ids), iter(ids)
        with self._open(self._beside()) as db:
            while chunk := list(islice(given, PUT_CHUNK)):
                lacking -= _records.places_of(db, chunk).keys()
        return lacking

    def fill(self, documents: Iterable[IndexDocument]) -> None:
        """Add to the new file what it lacks, each document in the place it has in the old one."""
        prepared = map(_records.record, documents)
        beside = self._beside()
        while chunk := list(islice(prepared, PUT_CHUNK)):
            with self._open(self._files.current) as db:
                places = _records.places_of(db, [str(given.row[0]) for given in chunk])
            self._write(beside, partial(_records.fill, chunk=chunk, places=places))

    def finish_rebuild(self) -> None:
        """Let the new file be the one in use, in one step."""
        with self._files.changing():
            if self._files.beside:
                self._files.exchange()

    def tidy(self) -> None:
        """Delete files that have not been in use for a while."""
        with self._files.changing():
            self._files.tidy()

    def _beside(self) -> Path:
        beside = self._files.beside
        if beside is None:
            raise IndexUnavailableError(detail="no rebuild under way")
        return beside

    def _can_fill(self, path: Path) -> bool:
        """Whether a file that is being filled is of this very version."""
        try:
            with self._open(path) as db:
                return not _is_older(db)
        except (IndexDamagedError, IndexNewerError):
            return False

    def _write_both(self, work: Callable[..., Places | None], ids: Collection[str]) -> None:
        """Write into the file in use, then into the one beside it; again where they changed places.

        The one beside is looked for after the first write: where it is not there yet, whoever
        fills it will read the records as they are now.
        """
        while True:
            current = self._files.current
            try:
                places = self._write(current, partial(work, places=NO_PLACES)) or NO_PLACES
            except _OlderError:
                with self._open(current) as db:
                    places = _records.places_of(db, list(ids)) if ids else NO_PLACES
                self._beside()
            beside = self._files.beside
            if beside and self._can_fill(beside):
                self._write(beside, partial(work, places=places))
            if self._files.current == current:
                return

    def _write(self, path: Path, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` in one transaction, again when others kept the file busy."""
        for attempt in range(1, WRITE_ATTEMPTS + 1):
            try:
                with self._open(path) as db:
                    if _is_older(db):
                        raise _OlderError
                    db.execute("BEGIN IMMEDIATE")
                    done = work(db)
                    db.execute("COMMIT")
                    return done
            except IndexUnavailableError:
                if attempt == WRITE_ATTEMPTS:
                    raise
        raise AssertionError

    @contextmanager
    def _open(self, path: Path) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as db:
                _prepare(db)
                yield db
        except sqlite3.Error as error:
            raise _coded(error) from error


class _OlderError(Exception):
    """The file is of an older version: read, never written."""


def _put_and_place(db: sqlite3.Connection, chunk: list[Record], places: Places) -> Places:
    _records.put(db, chunk, places)
    return _records.places_of(db, [str(given.row[0]) for given in chunk])


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
    application, version = _version(db)
    if application == _schema.APPLICATION_ID and version > _schema.VERSION:
        raise IndexNewerError(detail=f"version {version}")
    if application != _schema.APPLICATION_ID or version < _schema.READABLE:
        raise IndexDamagedError(detail=f"version {_version(db)}")


def _is_older(db: sqlite3.Connection) -> bool:
    return _version(db)[1] < _schema.VERSION


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
        db.execute(f"PRAGMA user_version = {_schema.VERSION}")
    db.execute("COMMIT")


def _hit(db: sqlite3.Connection, found: Found, marks: Marker) -> Hit:
    id_, *head = db.execute(
        "SELECT id, number, abstract, issuer FROM documents WHERE no = ?", (found.no,)
    ).fetchone()
    view = view_of(head, _records.pages(db, found.no), marks, similar=found.similar)
    return Hit(id_, found.score, view.page, view.snippet)
