"""The image's two small programs, outside of it."""

import http.server
import importlib.util
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

DEPLOY = Path(__file__).resolve().parents[3] / "deploy"


def program(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, DEPLOY / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def process(folder: Path, pid: int, words: str, *, parent: int, state: str = "S") -> None:
    """What the kernel tells of a process."""
    here = folder / str(pid)
    here.mkdir()
    (here / "status").write_text(f"Name:\tx\nState:\t{state} (x)\nPid:\t{pid}\nPPid:\t{parent}\n")
    (here / "cmdline").write_bytes(words.replace(" ", "\0").encode() + b"\0")


TANGTHU = "/opt/tangthu/bin/python /opt/tangthu/bin/tangthu"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (f"{TANGTHU} serve", "serve"),
        (f"{TANGTHU} work --lanes counter", "work"),
        (f"{TANGTHU} beat", "beat"),
        (f"{TANGTHU} verify --all", None),
        ("sleep 60", None),
    ],
)
def test_the_containers_own_process_is_found(
    tmp_path: Path, words: str, expected: str | None
) -> None:
    process(tmp_path, 1, f"/sbin/docker-init -- {words}", parent=0)
    process(tmp_path, 7, words, parent=1)
    # A command that somebody runs in the container is not its work.
    process(tmp_path, 40, f"{TANGTHU} beat", parent=0)
    (tmp_path / "1" / "cmdline").write_bytes(b"/sbin/docker-init\0--\0")
    assert program("healthy").running(tmp_path) == expected


def test_a_dead_process_does_no_work(tmp_path: Path) -> None:
    """Its parent has not yet heard of its end."""
    process(tmp_path, 7, f"{TANGTHU} serve", parent=1, state="Z")
    assert program("healthy").running(tmp_path) is None


class Page(http.server.BaseHTTPRequestHandler):
    """Answers under one name, as the web page does."""

    def do_GET(self) -> None:
        is_well = self.path == "/healthz" and self.headers["Host"] == "luutru.example.vn"
        self.send_response(200 if is_well else 503)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    server = http.server.HTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("names", "expected"),
    [("luutru.example.vn,localhost", 0), (".luutru.example.vn", 0), ("other.example.vn", 1)],
)
def test_the_page_is_asked_by_a_name_of_its_own(
    monkeypatch: pytest.MonkeyPatch, port: int, names: str, expected: int
) -> None:
    monkeypatch.setenv("TANGTHU_ALLOWED_HOSTS", names)
    assert program("healthy").ask(str(port)) == expected


def test_a_port_where_nobody_listens_is_not_healthy() -> None:
    """And the check says so instead of failing."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert program("healthy").ask(str(taken.getsockname()[1])) == 1


def test_the_products_account_cannot_pass_by_a_lock() -> None:
    """Nor see another bucket, nor change its own."""
    statements = program("prepare").policy("tangthu")["Statement"]
    actions = {action for one in statements for action in one["Action"]}
    assert not {one for one in actions if "Bypass" in one or "PutBucket" in one or "*" in one}
    assert {place for one in statements for place in one["Resource"]} == {
        "arn:aws:s3:::tangthu",
        "arn:aws:s3:::tangthu/*",
    }
