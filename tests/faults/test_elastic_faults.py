"""Elasticsearch away, of another version, or no Elasticsearch at all: coded, nothing written."""

import http.server
import os
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from elasticsearch import Elasticsearch

from search import (
    ElasticIndex,
    IndexDamagedError,
    IndexDocument,
    IndexNewerError,
    IndexRefusedError,
    IndexUnavailableError,
    Query,
    _elastic_names,
)
from search._elastic_schema import READABLE, VERSION
from tests.patience import until
from tests.rebuilding import assert_never_missed


class _Garbage(http.server.BaseHTTPRequestHandler):
    """Answers everything with a page that is no answer."""

    def do_any(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<html>xin chao</html>")

    do_GET = do_POST = do_PUT = do_HEAD = do_any  # noqa: N815  the library's names

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def garbage() -> Iterator[str]:
    """A server that is something else."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Garbage)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def address() -> str:
    """A real server."""
    found = os.environ.get("TANGTHU_TEST_ELASTIC")
    if not found:
        pytest.skip("no Elasticsearch here: make services")
    return found


def test_a_server_that_is_away_is_unavailable() -> None:
    """Soon, as a fault that passes."""
    with pytest.raises(IndexUnavailableError):
        ElasticIndex.connect("http://127.0.0.1:1", "kho").search(Query("giấy"))


def test_a_server_that_is_something_else_is_unavailable(garbage: str) -> None:
    """It lacks the product's header."""
    with pytest.raises(IndexUnavailableError):
        ElasticIndex.connect(garbage, "kho").remove(["D1"])


Node = Callable[[int], ElasticIndex]


@pytest.fixture
def node(address: str) -> Iterator[Node]:
    """Connect nodes of a version to one index; what they made is taken away after the test."""
    name = f"test-{uuid.uuid4().hex}"
    with Elasticsearch(address) as client:
        yield lambda version: ElasticIndex(client, name, version=version)
        ElasticIndex(client, name).forget()


def paper(id_: str) -> IndexDocument:
    """An invented paper."""
    return IndexDocument(
        id=id_, status="archived", access="ordinary", unit="", kind=None, kind_name="Thông báo",
        number=None, abstract=f"thông báo {id_}", issuer=None, signer=None, subject=None,
        issued_on=None, pages=("thửa đất",),
    )  # fmt: skip


def test_an_index_that_is_too_old_is_refused_until_begun_anew(node: Node) -> None:
    """Neither read nor written; `clear` begins one of this version."""
    with pytest.raises(IndexDamagedError):
        node(READABLE - 1).count()
    index = node(VERSION)
    for touch in (lambda: index.search(Query("giấy")), lambda: index.remove(["D1"]), index.ids):
        with pytest.raises(IndexDamagedError):
            list(touch() or ())  # type: ignore[call-overload]  whatever it answers
    index.clear()
    assert list(index.ids()) == []


def test_a_newer_index_is_refused(node: Node) -> None:
    """By a node that was not upgraded, at its first touch; it writes nothing, not even anew."""
    newer, index = node(VERSION + 1), node(VERSION)
    newer.put([paper("D1")])
    for touch in (
        lambda: index.search(Query("dat")),
        lambda: index.put([paper("D2")]),
        lambda: index.remove(["D1"]),
        index.is_older,
        index.begin_rebuild,
        index.clear,
    ):
        with pytest.raises(IndexNewerError):
            touch()
    assert list(newer.ids()) == ["D1"]


def test_an_older_index_is_searched_and_never_written(node: Node) -> None:
    """Between the versions both work; after the exchange the older node is refused."""
    older, index = node(VERSION), node(VERSION + 1)
    older.put([paper("D1")])
    assert index.is_older()
    until(lambda: index.search(Query("dat")).total == 1)
    with pytest.raises(IndexUnavailableError):
        index.put([paper("D2")])
    assert index.begin_rebuild()
    index.put([paper("D2")])
    older.put([paper("D3")])
    assert list(older.ids()) == ["D1", "D3"]
    assert index.lacking(["D1", "D2", "D3"]) == {"D1", "D3"}
    index.fill([paper("D1"), paper("D3")])
    index.finish_rebuild()
    assert not index.is_older()
    assert [hit.id for hit in index.search(Query("")).hits] == ["D3", "D2", "D1"]
    with pytest.raises(IndexNewerError):
        older.put([paper("D4")])
    with pytest.raises(IndexNewerError):
        older.search(Query("dat"))


def test_an_index_that_somebody_deleted_is_begun_anew_in_its_shape(
    node: Node, address: str
) -> None:
    """The server itself would make one of a shape of its own, under our very name."""
    index = node(VERSION)
    index.put([paper("D1")])
    with Elasticsearch(address) as client:
        client.indices.delete(index=",".join(client.indices.get_alias(name=index._names.any)))
    index.put([paper("D2")])
    assert list(index.ids()) == ["D2"]
    assert index.search(Query("dat")).total == 1


def test_what_the_server_will_never_take_is_no_outage(node: Node) -> None:
    """A paper that it refuses is struck; the others do not wait for it."""
    index = node(VERSION)
    with pytest.raises(IndexRefusedError):
        index.put([replace(paper("D" * 600), id="D" * 600)])


def test_two_nodes_that_begin_at_once_share_one_index(node: Node) -> None:
    """Of both that find none, one makes it; and so with the one beside it."""
    nodes = [node(VERSION) for _ in range(4)]
    for work in (ElasticIndex.count, ElasticIndex.begin_rebuild):
        threads = [threading.Thread(target=work, args=(one,)) for one in nodes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    nodes[0].put([paper("D1")])
    until(lambda: [list(one.ids()) for one in nodes] == [["D1"]] * 4)
    assert nodes[1].lacking(["D1"]) == set()


@pytest.mark.parametrize("begin", [ElasticIndex.count, ElasticIndex.begin_rebuild])
def test_what_another_made_after_the_look_is_not_made_twice(
    node: Node, monkeypatch: pytest.MonkeyPatch, begin: Callable[[ElasticIndex], object]
) -> None:
    """Between a node's look and its making another one made the index."""
    slow, quick = node(VERSION), node(VERSION)
    if begin is not ElasticIndex.count:
        slow.count()
    behind = _elastic_names.behind

    def looked(client: Elasticsearch, alias: str) -> tuple[str, ...]:
        found = behind(client, alias)
        if not found:
            monkeypatch.setattr(_elastic_names, "behind", behind)
            begin(quick)
        return found

    monkeypatch.setattr(_elastic_names, "behind", looked)
    begin(slow)
    assert _elastic_names.behind is behind
    slow.put([paper("D1")])
    until(lambda: list(quick.ids()) == ["D1"])


def test_searches_and_papers_go_on_while_the_index_is_rebuilt(node: Node) -> None:
    """Three rebuilds under a writer and a reader: no search misses a paper that was there."""
    index = node(VERSION)
    index.put([paper(f"D{n:03}") for n in range(60)])
    assert_never_missed(index, paper)
