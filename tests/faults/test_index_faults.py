"""The index file under other writers, kill -9, damage and old versions."""

import multiprocessing
import os
import signal
import sqlite3
import time
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from search import (
    Fts5Index,
    IndexDamagedError,
    IndexDocument,
    IndexNewerError,
    IndexUnavailableError,
    Query,
    _schema,
)
from tests.rebuilding import assert_never_missed

PROCESSES = multiprocessing.get_context("spawn")


def document(id_: str, text: str = "thửa đất số một") -> IndexDocument:
    """An invented document of two pages."""
    return IndexDocument(
        id=id_, status="archived", access="ordinary", unit="", kind=None, kind_name="Thông báo",
        number=None, abstract=f"thông báo {id_}", issuer=None, signer=None, subject=None,
        issued_on=None, pages=(text, "trang hai"),
    )  # fmt: skip


def put_many(path: str, name: str, count: int) -> None:
    """One writer: its own documents one by one, and one that all writers share."""
    index = Fts5Index(Path(path))
    for number in range(count):
        index.put([document(f"{name}{number}"), document("SHARED", f"bản của {name} {number}")])


def put_for_ever(path: str, started: Event) -> None:
    """A writer that replaces long documents until it is killed."""
    index, turn = Fts5Index(Path(path)), 0
    started.set()
    while True:
        turn += 1
        index.put([document(f"D{n}", f"lượt {turn} " + "nhà đất " * 2000) for n in range(20)])


def check(path: Path) -> None:
    """Every id is found by its words, nothing else is, and SQLite finds no fault."""
    index = Fts5Index(path)
    ids = set(index.ids())
    assert {hit.id for hit in index.search(Query("thong bao", limit=200)).hits} == ids
    db = sqlite3.connect(path)
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    for table in ("words", "tones"):
        db.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")
    rows = db.execute("SELECT document, count(*) FROM pages GROUP BY document").fetchall()
    assert [count for _, count in rows] == [2] * len(ids)
    db.close()


def test_several_processes_write_at_once(tmp_path: Path) -> None:
    """Nobody's document is lost, and the first writer of a new file races for its tables."""
    path = tmp_path / "index.sqlite3"
    writers = [PROCESSES.Process(target=put_many, args=(str(path), name, 8)) for name in "ABC"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0] * 3
    expected = {"SHARED"} | {f"{name}{n}" for name in "ABC" for n in range(8)}
    assert set(Fts5Index(path).ids()) == expected
    check(path)


@pytest.mark.parametrize("delay", [0.02, 0.1, 0.3])
def test_a_killed_writer_leaves_a_whole_index(tmp_path: Path, delay: float) -> None:
    """Kill -9 in the middle of a put: the last whole transaction stands, and writing goes on."""
    path = tmp_path / "index.sqlite3"
    Fts5Index(path).put([document("FIRST")])
    started = PROCESSES.Event()
    writer = PROCESSES.Process(target=put_for_ever, args=(str(path), started))
    writer.start()
    assert started.wait(60)
    time.sleep(delay)
    os.kill(int(writer.pid or 0), signal.SIGKILL)
    writer.join(10)
    assert writer.exitcode == -signal.SIGKILL
    assert "FIRST" in set(Fts5Index(path).ids())
    check(path)
    Fts5Index(path).put([document("AFTER")])
    check(path)


def test_a_damaged_file_says_so_and_can_be_rebuilt(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite3"
    index = Fts5Index(path)
    index.put([document(f"D{n}") for n in range(50)])
    path.write_bytes(b"\x00junk" * 5000)
    with pytest.raises(IndexDamagedError) as caught:
        index.search(Query("thong bao"))
    assert caught.value.code == "index_damaged"
    assert "dựng lại" in caught.value.message
    index.clear()
    index.put([document("D1")])
    check(path)


def test_a_page_torn_in_the_middle_of_the_file_is_damage(tmp_path: Path) -> None:
    """The header is whole, so the damage shows only when the words are read."""
    path = tmp_path / "index.sqlite3"
    index = Fts5Index(path)
    index.put([document(f"D{n}") for n in range(300)])
    data = bytearray(path.read_bytes())
    data[8192:] = b"\xff" * (len(data) - 8192)
    path.write_bytes(data)
    with pytest.raises(IndexDamagedError):
        index.search(Query("thong bao"))


def test_an_index_of_another_version_asks_to_be_rebuilt(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite3"
    index = Fts5Index(path)
    index.put([document("D1")])
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 0")
    db.close()
    with pytest.raises(IndexDamagedError):
        index.put([document("D2")])
    index.clear()
    assert list(index.ids()) == []
    check(path)


def test_a_folder_that_is_not_there_is_out_of_reach(tmp_path: Path) -> None:
    with pytest.raises(IndexUnavailableError) as caught:
        Fts5Index(tmp_path / "nowhere" / "index.sqlite3").search(Query(""))
    assert caught.value.code == "index_unavailable"


def test_a_writer_that_never_ends_is_waited_for_and_then_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readers go on meanwhile."""
    monkeypatch.setattr("search.fts5.BUSY_SECONDS", 0.05)
    path = tmp_path / "index.sqlite3"
    index = Fts5Index(path)
    index.put([document("D1")])
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(IndexUnavailableError):
        index.put([document("D2")])
    assert index.search(Query("thong bao")).total == 1
    other.execute("ROLLBACK")
    other.close()
    index.put([document("D2")])
    check(path)


def test_an_older_file_is_searched_and_never_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is put meanwhile goes into the new file; the old one stays in its shape."""
    path = tmp_path / "index.sqlite3"
    index = Fts5Index(path)
    index.put([document("D1")])
    monkeypatch.setattr("search._schema.VERSION", _schema.VERSION + 1)
    assert index.is_older()
    assert index.search(Query("thong bao")).total == 1
    with pytest.raises(IndexUnavailableError):
        index.put([document("D2")])
    index.begin_rebuild()
    index.put([document("D2")])
    index.remove(["D9"])
    assert list(index.ids()) == ["D1"]
    index.fill([document("D1")])
    index.finish_rebuild()
    assert not index.is_older()
    assert [hit.id for hit in index.search(Query("")).hits] == ["D2", "D1"]


def test_a_newer_file_is_refused_and_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "index.sqlite3"
    index = Fts5Index(path)
    with monkeypatch.context() as newer:
        newer.setattr("search._schema.VERSION", _schema.VERSION + 1)
        index.put([document("D1")])
    for touch in (
        lambda: index.search(Query("")),
        lambda: index.put([document("D2")]),
        index.begin_rebuild,
        index.clear,
        index.is_older,
    ):
        with pytest.raises(IndexNewerError):
            touch()


def test_searches_and_papers_go_on_while_the_file_is_rebuilt(tmp_path: Path) -> None:
    """Three rebuilds under a writer and a reader: no search misses a paper that was there."""
    index = Fts5Index(tmp_path / "index.sqlite3")
    index.put([document(f"D{n:03}") for n in range(60)])
    assert_never_missed(index, document)


def test_an_unfinished_rebuild_is_gone_on_with(tmp_path: Path) -> None:
    """Another process, or the next start, finds what was filled and adds the rest."""
    path = tmp_path / "index.sqlite3"
    index = Fts5Index(path)
    index.put([document(f"D{n}") for n in range(5)])
    index.begin_rebuild()
    index.fill([document("D1"), document("D2")])
    again = Fts5Index(path)
    assert not again.begin_rebuild()
    assert again.lacking([f"D{n}" for n in range(5)]) == {"D0", "D3", "D4"}
    again.fill([document(f"D{n}") for n in range(5)])
    again.finish_rebuild()
    assert list(index.ids()) == [f"D{n}" for n in range(5)]
    check(index._files.current)


def test_the_old_file_stays_for_those_who_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "index.sqlite3"
    index = Fts5Index(path)
    index.put([document("D1")])
    index.begin_rebuild()
    index.finish_rebuild()
    index.tidy()
    assert path.exists()
    monkeypatch.setattr("search._index_files.OLD_SECONDS", -1.0)
    index.tidy()
    assert not path.exists()
    assert index.count() == 0
