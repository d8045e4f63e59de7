"""The broker away: a ring holds nobody up, a restart in the middle of a batch loses nothing."""

import json
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.cluster import BROKERS, Cluster, Run, cluster, running

pytestmark = [pytest.mark.services, pytest.mark.timeout(240)]


@pytest.fixture(params=list(BROKERS))
def own(request: pytest.FixtureRequest, tmp_path: Path, postgres: Run) -> Cluster:
    """A cluster whose broker is this test's to break."""
    with (
        running(BROKERS[request.param]) as broker,
        cluster(tmp_path, postgres, broker, f"own_{request.param}_{tmp_path.name[-12:-1]}") as made,
    ):
        yield made


def test_a_broker_that_restarts_in_mid_batch(own: Cluster) -> None:
    """Killed, away for a while, back: the workers find their way and everything is done, once."""
    own.start("work", BELL_SECONDS="0.3")
    own.start("beat")
    own.run("plan", "40")
    own.wait_until(lambda: len(own.starts()) >= 4)
    own.broker.kill()
    own.run("plan", "10")
    own.broker.start()
    own.wait_done(50, 120)


def test_a_ring_that_nobody_hears_holds_nobody_up(own: Cluster) -> None:
    """Neither where nothing listens, nor where something listens and does not answer."""
    own.broker.signal(signal.SIGSTOP)
    told = json.loads(own.run("rings", "10000").stdout)
    assert told["longest"] < 3.0
    assert told["all"] < 10.0
    own.broker.kill()
    told = json.loads(own.run("rings", "10000").stdout)
    assert told["longest"] < 2.0
    assert told["all"] < 5.0
    own.run("plan", "3")
    assert own.states() == {"ready": 3}
    assert own.log() == ""


class Babbler:
    """Something that listens and is no broker."""

    def __init__(self, words: bytes) -> None:
        self._words = words
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            with line:
                line.recv(100)
                line.sendall(self._words)

    def close(self) -> None:
        """Listen no more, not even for the thread that waits."""
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()


def refused(bells: Cluster, command: str, **settings: str) -> str:
    """The code with which a command refuses its broker."""
    done = subprocess.run(
        [sys.executable, "-m", "config", command, "--json"],
        env=bells.environment(**settings), cwd=bells.folder,
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "sai-mat-khau" not in done.stdout + done.stderr
    code: str = json.loads(done.stdout)["error"]["code"]
    return code


@pytest.mark.parametrize("words", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"220 mail\r\n"])
def test_what_answers_garbage_is_refused(bells: Cluster, words: bytes) -> None:
    """A web server on that port, say; by the worker and by the beat."""
    babbler = Babbler(words)
    scheme = bells.broker.url.partition(":")[0]
    url = f"{scheme}://127.0.0.1:{babbler.port}/0"
    assert refused(bells, "work", TANGTHU_BROKER_URL=url) == "broker_unfit"
    assert refused(bells, "beat", TANGTHU_BROKER_URL=url) == "broker_unfit"
    babbler.close()
    assert refused(bells, "work", TANGTHU_BROKER_URL=url) == "broker_unreachable"


def test_a_wrong_password_and_an_unknown_vhost_are_refused(bells: Cluster) -> None:
    """With a code, without the password in any word."""
    wrong = bells.folder / "wrong"
    wrong.write_text("sai-mat-khau", encoding="ascii")
    url = bells.broker.url
    user = url if "@" in url else url.replace("//", "//nobody@", 1)
    settings = {"TANGTHU_BROKER_URL": user, "TANGTHU_BROKER_PASSWORD_FILE": str(wrong)}
    assert refused(bells, "work", **settings) == "broker_refused"
    strange = url.rstrip("/") + "/nowhere" if url.startswith("amqp") else url[:-1] + "999"
    assert refused(bells, "work", TANGTHU_BROKER_URL=strange) == "broker_refused"
