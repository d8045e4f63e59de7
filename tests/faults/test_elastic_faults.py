"""Elasticsearch away, of another version, or no Elasticsearch at all: coded, nothing written."""

import http.server
import os
import threading
import uuid
from collections.abc import Iterator

import pytest

from search import ElasticIndex, IndexDamagedError, IndexUnavailableError, Query
from search._elastic_schema import MAPPING


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


def test_an_index_of_another_version_is_refused_until_begun_anew(address: str) -> None:
    """Neither read nor written; `clear` begins one of this version."""
    from elasticsearch import Elasticsearch

    name = f"test-{uuid.uuid4().hex}"
    with Elasticsearch(address) as client:
        old = dict(MAPPING) | {"_meta": {"version": 0}}
        client.indices.create(index=f"{name}-old", mappings=old, aliases={name: {}})
    index = ElasticIndex.connect(address, name)
    try:
        with pytest.raises(IndexDamagedError):
            index.search(Query("giấy"))
        with pytest.raises(IndexDamagedError):
            index.remove(["D1"])
        index.clear()
        assert list(index.ids()) == []
    finally:
        index.forget()


def test_two_nodes_that_begin_at_once_share_one_index(address: str) -> None:
    """Of both that find none, one makes it."""
    name = f"test-{uuid.uuid4().hex}"
    nodes = [ElasticIndex.connect(address, name) for _ in range(4)]
    try:
        threads = [threading.Thread(target=node.ids) for node in nodes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [list(node.ids()) for node in nodes] == [[]] * 4
    finally:
        nodes[0].forget()
