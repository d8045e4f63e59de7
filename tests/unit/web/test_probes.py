"""What machines ask: alive, ready, figures; who may read them, and what log lines bear."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from archive.models import Document
from archive.states import Role
from config.logs import JsonFormatter
from imaging.errors import CodedError
from search import IndexUnavailableError
from tests.making import make_batch, make_receipt
from tests.unit.workers.conftest import plan
from web import probes
from web.probes import small_application
from workers.health import KEPT_SECONDS, LOOKOUT, Lookout, Readiness
from workers.house import House
from workers.loop import Worker
from workers.outcome import Outcome

AsRole = Callable[..., Client]
MakeDocument = Callable[..., Document]
TOKEN = "a-token-of-enough-letters"


@pytest.fixture(autouse=True)
def forget_kept() -> Iterator[None]:
    """What was kept from the test before."""
    LOOKOUT._looked_at = float("-inf")
    probes._collector.cache_clear()
    yield
    LOOKOUT._looked_at = float("-inf")


def test_a_process_lives_without_records_and_names(client: Client) -> None:
    """A load balancer asks by number, without a session; the database is not touched."""
    answer = client.get("/healthz", headers={"Host": "10.0.0.7"})
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert client.get("/tim/", headers={"Host": "10.0.0.7"}).status_code == 400


def test_ready_means_that_everything_answers(client: Client, house: House) -> None:
    answer = client.get("/readyz", headers={"Host": "10.0.0.7"})
    assert answer.status_code == 200
    told = answer.json()
    assert told["status"] == "ok"
    assert {"records", "work", "archive", "index"} <= set(told["components"])
    assert answer.headers["Cache-Control"] == "no-store"


def away(*_: object) -> None:
    """Nobody answers."""
    raise IndexUnavailableError


def test_an_index_that_is_away_is_ready_all_the_same(
    client: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Papers are filed; who looks is told."""
    monkeypatch.setattr(type(house.index), "count", away)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["components"]["index"]["code"] == "index_unavailable"


def test_a_store_that_is_away_is_not_ready(
    client: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise CodedError

    monkeypatch.setattr(type(house.work), "exists", broken)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "away")
    assert answer.json()["components"]["work"] == {"ok": False, "code": "internal", "ms": 0}


def test_what_hangs_is_asked_once_and_answered_for(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One thread waits; whoever asks meanwhile does not."""
    import threading

    gate, asked = threading.Event(), []

    def hang(*_: object) -> None:
        asked.append(1)
        gate.wait(20)

    monkeypatch.setattr("workers.health.PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(type(house.archive), "exists", hang)
    lookout = Lookout()
    for _ in range(3):
        lookout._looked_at = float("-inf")
        found = lookout.look(house)
        assert not found.is_ready
        assert {one.name: one.code for one in found.components}["archive"] == "too_slow"
    assert len(asked) == 1
    gate.set()


def test_answers_are_kept_a_while(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    lookout = Lookout()
    first = lookout.look(house)
    assert isinstance(first, Readiness)
    monkeypatch.setattr(type(house.index), "count", away)
    assert lookout.look(house) is first
    lookout._looked_at -= KEPT_SECONDS + 1
    assert lookout.look(house).is_degraded


def test_figures_tell_of_runs_queues_and_answers(
    client: Client, house: House, account: Any
) -> None:
    """Counted where the work is done, read where they are asked for."""

    def done(_run: Any, _house: House) -> Outcome:
        return Outcome(lambda _: None)

    def broken(_run: Any, _house: House) -> Outcome:
        raise IndexUnavailableError

    receipt = make_receipt(make_batch(account), house)
    plan(receipt, "recognise", "page", "1")
    plan(receipt, "index", "document", "D1")
    plan(receipt, "gate", "page", "2")
    worker = Worker(house, {"recognise": done, "index": broken}, owner="test")
    before = figures_of(client)
    assert worker.step()
    assert worker.step()
    client.get("/dang-nhap/")
    probes._collector.cache_clear()
    after = figures_of(client)

    def grew(name: str) -> float:
        return after.get(name, 0.0) - before.get(name, 0.0)

    assert grew("tangthu_pages_total") == 1
    assert grew('tangthu_failures_total{code="index_unavailable",stage="index"}') == 1
    assert grew('tangthu_stage_seconds_count{stage="recognise"}') == 1
    route = 'tangthu_request_seconds_count{method="GET",route="/dang-nhap/",status="200"}'
    assert grew(route) == 1
    assert after['tangthu_queue_runs{lane="batch"}'] == 1
    assert after['tangthu_queue_age_seconds{lane="batch"}'] >= 0
    assert after["tangthu_resting_runs"] == 1
    assert after["tangthu_records_up"] == 1
    for name in (
        "tangthu_given_up_runs",
        "tangthu_waiting_documents",
        "tangthu_held_overdue_files",
        "tangthu_index_lag_seconds",
        "tangthu_workers",
    ):
        assert name in after
    assert any(name.startswith("tangthu_fixity_lag_seconds{") for name in after)
    assert any(name.startswith("tangthu_build_info{") for name in after)


def figures_of(client: Client) -> dict[str, float]:
    """The figures by name and labels."""
    text = client.get("/metrics").content.decode()
    rows = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in rows}


@pytest.mark.parametrize(
    ("asked", "may"),
    [
        ({}, True),
        ({"REMOTE_ADDR": "10.0.0.9"}, False),
        ({"HTTP_X_FORWARDED_FOR": "203.0.113.9"}, False),
        ({"HTTP_FORWARDED": "for=203.0.113.9"}, False),
    ],
)
def test_without_a_token_only_this_machine_may_ask(
    client: Client, house: House, asked: dict[str, str], *, may: bool
) -> None:
    """A proxy on this machine speaks for the world."""
    assert client.get("/metrics", **asked).status_code == (200 if may else 403)


def test_what_serves_others_needs_a_token(client: Client, house: House, settings: Settings) -> None:
    settings.METRICS_OPEN = False
    assert client.get("/metrics").status_code == 403
    settings.METRICS_TOKEN = TOKEN
    for given, status in (("", 403), ("Bearer x", 403), (TOKEN, 403), (f"Bearer {TOKEN}", 200)):
        headers = {"Authorization": given}
        answer = client.get("/metrics", headers=headers, REMOTE_ADDR="10.0.0.9")
        assert answer.status_code == status


def test_workers_serve_these_addresses_and_no_other(house: House) -> None:
    said: list[str] = []
    for path in ("/healthz", "/readyz", "/metrics", "/", "/tim/", "/api/v1/openapi.json"):
        environ = {"PATH_INFO": path, "REMOTE_ADDR": "127.0.0.1"}
        small_application(environ, lambda status, _: said.append(status))
    assert [one[:3] for one in said] == ["200", "200", "200", "404", "404", "404"]


@pytest.fixture
def told() -> Iterator[io.StringIO]:
    """Every log line of every level, as JSON."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    root, asking = logging.getLogger(), logging.getLogger("web.asking")
    levels = root.level, asking.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    asking.setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(levels[0])
    asking.setLevel(levels[1])


def lines(told: io.StringIO, event: str) -> list[dict[str, Any]]:
    """The log's documents of one event."""
    found = [json.loads(line) for line in told.getvalue().splitlines()]
    return [line for line in found if line["event"] == event]


def test_every_request_has_an_id_that_its_lines_bear(as_role: AsRole, told: io.StringIO) -> None:
    """Given by who asks, where it is a plain token; else made here."""
    client = as_role(Role.CLERK)
    answer = client.get("/tim/", headers={"X-Request-ID": "gate-0001-abc"})
    assert answer.headers["X-Request-ID"] == "gate-0001-abc"
    (line,) = lines(told, "request")
    assert (line["request"], line["route"], line["status"]) == ("gate-0001-abc", "/tim/", 200)
    assert line["time"].endswith("+00:00")
    assert isinstance(line["account"], int)
    assert {"ms", "node", "pid", "level"} <= set(line)
    for bad in ("short", "x" * 65, "a b c d e f g", 'forged"line\n', "nguyễn-văn-an"):
        made = client.get("/", headers={"X-Request-ID": bad}).headers["X-Request-ID"]
        assert made != bad
        assert len(made) == 16


def test_no_personal_data_is_written_down(
    as_role: AsRole,
    waiting: MakeDocument,
    house: House,
    told: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Search words, names, numbers: neither in addresses nor in the words of an exception."""
    client = as_role(Role.CHECKER, Role.ARCHIVIST)
    client.raise_request_exception = False
    document = waiting()
    for path, asked in (
        ("/tim/", {"q": "Nguyễn Văn An 079204000001"}),
        ("/tim/", {"q": '"chưa đóng Nguyễn Văn An'}),
        ("/nguoi-xem/", {"chu-the": "079204000001"}),
        (f"/giay-to/{document.pk}/", {"q": "Nguyễn Văn An"}),
        ("/khong-co/Nguyễn Văn An/", {}),
        ("/vao/a-secret-link-079204000001/", {}),
    ):
        client.get(path, asked)

    def burst(*_: object) -> None:
        message = "Key (identifier, name)=(079204000001, Nguyễn Văn An) already exists"
        raise ValueError(message)

    monkeypatch.setattr(type(house.index), "search", burst)
    assert client.get("/tim/", {"q": "Nguyễn Văn An"}).status_code == 500
    logging.getLogger("elsewhere").warning("seen", extra={"who": "số 079204000001, 123456789"})
    written = told.getvalue()
    assert len(lines(told, "request")) == 7
    assert "ValueError" in written
    assert "test_probes.py" in written
    for personal in ("Nguyễn", "079204000001", "123456789", "Nguy%E1", "a-secret-link", "/khong"):
        assert personal not in written


def test_a_stage_binds_its_ids(house: House, account: Any, told: io.StringIO) -> None:
    """Once, for every line that is written below it."""

    def loud(_run: Any, _house: House) -> Outcome:
        logging.getLogger("anything").warning("below")
        raise IndexUnavailableError

    receipt = make_receipt(make_batch(account), house)
    run = plan(receipt, "index", "document", "D260101AAAAAAAA")
    Worker(house, {"index": loud}, owner="test").step()
    for event in ("below", "stage failed"):
        (line,) = lines(told, event)
        assert (line["run"], line["stage"], line["lane"]) == (run.pk, "index", "batch")
        assert (line["receipt"], line["batch"]) == (receipt.pk, receipt.batch_id)
        assert line["document"] == "D260101AAAAAAAA"
    logging.getLogger("anything").warning("after")
    assert "run" not in lines(told, "after")[0]
