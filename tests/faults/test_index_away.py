"""The index server goes away in the middle of the work and comes back: lateness, nothing else."""

import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from archive import ledger
from archive.models import Account, Receipt, StageRun
from archive.services.intake import finish_batch
from archive.stages import Stage
from archive.states import BatchState, RunState
from search import ElasticIndex, IndexUnavailableError, Query
from tests.making import make_batch, make_document, make_receipt
from tests.unit.workers.conftest import plan
from workers.house import House
from workers.loop import Worker
from workers.outcome import Outcome
from workers.pool import resting_fault
from workers.stages.documents import index


class Line:
    """A port that leads to a server while it is up, and to nobody else while not."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = (parts.hostname or "", parts.port or 9200)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    @contextmanager
    def up(self) -> Iterator[None]:
        """The server can be reached."""
        lines: list[socket.socket] = []
        with socket.create_server(("127.0.0.1", self.port)) as server:
            threading.Thread(target=self._serve, args=(server, lines), daemon=True).start()
            yield
            server.shutdown(socket.SHUT_RDWR)
            for line in lines:
                line.close()

    def _serve(self, server: socket.socket, lines: list[socket.socket]) -> None:
        while True:
            try:
                here, _ = server.accept()
            except OSError:
                return
            there = socket.create_connection(self._target)
            lines += [here, there]
            for source, sink in ((here, there), (there, here)):
                threading.Thread(target=_pour, args=(source, sink), daemon=True).start()


def _pour(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    finally:
        sink.close()


@pytest.fixture
def line() -> Line:
    """The way to a real server."""
    address = os.environ.get("TANGTHU_TEST_ELASTIC")
    if not address:
        pytest.skip("no Elasticsearch here: make services")
    return Line(address)


@pytest.fixture
def receipt(account: Account, house: House) -> Receipt:
    """One received file."""
    return make_receipt(make_batch(account, state=BatchState.PROCESSING), house)


def nothing(_run: StageRun, _house: House) -> Outcome:
    """A stage that works."""
    return Outcome(lambda _: None)


def test_the_server_goes_away_and_comes_back(line: Line, receipt: Receipt, house: House) -> None:
    """Papers go on their way, questions are answered at once with a code, entries catch up."""
    found = ElasticIndex.connect(f"http://127.0.0.1:{line.port}", f"test-{uuid.uuid4().hex}")
    papers = [make_document(receipt, number) for number in (1, 2, 3)]
    worker = Worker(
        replace(house, index=found), {Stage.INDEX: index, "open": nothing}, owner="test"
    )
    with line.up():
        plan(receipt, Stage.INDEX, "document", papers[0].pk)
        worker.drain()
        assert found.search(Query("")).total == 1
    for paper in papers[1:]:
        plan(receipt, Stage.INDEX, "document", paper.pk)
    other = plan(receipt)
    worker.drain()
    other.refresh_from_db()
    assert other.state == RunState.DONE
    assert {run.error_code for run in ledger.resting_runs()} == {"index_unavailable"}
    assert not ledger.awaited_runs().exists()
    assert resting_fault() is None
    finish_batch(receipt.batch)
    receipt.batch.refresh_from_db()
    assert receipt.batch.state == BatchState.FINISHED
    began = time.monotonic()
    for _ in range(20):
        with pytest.raises(IndexUnavailableError):
            found.search(Query(""))
    assert time.monotonic() - began < 5
    with line.up():
        ledger.wake_runs()
        worker.drain()
        assert set(found.ids()) == {paper.pk for paper in papers}
        found.forget()
    assert not StageRun.objects.exclude(state=RunState.DONE).exists()
