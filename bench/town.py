"""A whole installation of the scaled side for a bench: servers and processes of its own.

Everything lies in one folder and on free ports of 127.0.0.1, and ends with the `with`.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from tests.scaled import cluster_keys
from tests.servers import (
    ELASTIC,
    POSTGRES,
    RABBIT,
    RABBITMQ,
    REDIS,
    S3_ADMIN,
    S3_APP,
    SEAWEED,
    Running,
    Server,
    end_session,
    free_port,
    give,
    rabbit_environment,
    stop_names,
    wait_ready,
)

ROOT = Path(__file__).resolve().parent.parent
BROKERS = {"rabbitmq": RABBITMQ, "redis": REDIS}
READY_SECONDS = 120
SERVE_SECONDS = 60


def plain_environment() -> dict[str, str]:
    """The variables as on a machine where this is installed: modules are kept compiled."""
    return {
        name: value
        for name, value in os.environ.items()
        if "TANGTHU" not in name and name != "PYTHONDONTWRITEBYTECODE"
    }


class Engine:
    """One server, which can be killed and started again on what it had."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self.folder = folder / server.name
        self.folder.mkdir()
        give(self.folder)
        self.port = free_port(server)
        self.process: Running | None = None
        self.start()
        self.wait()

    @property
    def name(self) -> str:
        """What it is called."""
        return self.server.name

    @property
    def address(self) -> str:
        """What the settings are told."""
        return self.server.address(self.port)

    def start(self) -> None:
        """Start it, on what it has."""
        self.process = self.server.start(self.folder, self.port)

    def wait(self) -> None:
        """Wait until it answers."""
        wait_ready(self.server, self.folder, self.port, READY_SECONDS)

    def kill(self) -> None:
        """End it at once: PostgreSQL as its immediate shutdown does, the others by kill -9."""
        assert self.process
        if self.server is POSTGRES:
            self.process.send_signal(signal.SIGQUIT)
        else:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End it for good."""
        if self.process:
            end_session(self.process.pid, signal.SIGKILL)
        if self.server is RABBITMQ:
            stop_names(self.port)

    def queued(self) -> dict[str, int]:
        """How many messages a broker holds, by queue; empty ones left out."""
        if self.server is REDIS:
            return _redis_queues(self.port)
        return _rabbit_queues(self.folder, self.port)


def _redis_queues(port: int) -> dict[str, int]:
    import redis

    with redis.Redis(port=port) as client:
        found = {key.decode(): client.type(key) for key in client.scan_iter()}
        lengths = {name: client.llen(name) for name, kind in found.items() if kind == b"list"}
        lengths |= {
            name: client.hlen(name)
            for name, kind in found.items()
            if kind == b"hash" and "unacked" in name
        }
    return {name: count for name, count in lengths.items() if count}


def _rabbit_queues(folder: Path, port: int) -> dict[str, int]:
    words = [RABBIT / "rabbitmqctl", "-q", "--no-table-headers", "list_queues", "name", "messages"]
    done = subprocess.run(
        words, env=rabbit_environment(folder, port), cwd=folder,
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    pairs = (line.split("\t") for line in done.stdout.splitlines() if "\t" in line)
    return {name: int(count) for name, count in pairs if int(count)}


class Hand:
    """One process of ours in a session of its own, started anew when it ends."""

    def __init__(self, role: str, words: tuple[str, ...], environment: dict[str, str]) -> None:
        self.role = role
        self._words = (sys.executable, "-m", "config", *words)
        self._environment = environment
        self.starts = 0
        self._rest_until = 0.0
        self.start()

    def start(self) -> None:
        """Start it; its words go to a log of its role."""
        self.starts += 1
        log = Path(self._environment["TANGTHU_HOME"]).parent / f"{self.role}.log"
        with log.open("ab") as file:
            self.process = subprocess.Popen(
                self._words, env=self._environment, cwd=ROOT,
                stdout=file, stderr=file, stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip

    def keep(self, rest_seconds: float = 2.0) -> None:
        """Start it anew where it ended, after a rest: what the machine's init does."""
        if self.process.poll() is None:
            return
        now = time.monotonic()
        if not self._rest_until:
            self._rest_until = now + rest_seconds
        elif now >= self._rest_until:
            self._rest_until = 0.0
            self.start()

    def tree(self) -> list[psutil.Process]:
        """It and all that it started."""
        with contextlib.suppress(psutil.NoSuchProcess):
            me = psutil.Process(self.process.pid)
            return [me, *me.children(recursive=True)]
        return []

    def signal(self, sign: signal.Signals) -> None:
        """Send the whole session a signal."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, sign)

    def stop(self) -> None:
        """End it: asked first, then not."""
        self.signal(signal.SIGCONT)
        for sign in (signal.SIGTERM, signal.SIGKILL):
            self.signal(sign)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=20)
                break
        end_session(self.process.pid, signal.SIGKILL)


class Town:
    """Servers, and the processes that work on them."""

    def __init__(self, folder: Path, broker: str) -> None:
        self.folder = folder
        self.engines: dict[str, Engine] = {}
        self.hands: list[Hand] = []
        for server in (POSTGRES, BROKERS[broker], SEAWEED, ELASTIC):
            self.engines[server.name] = Engine(server, folder)
        self.broker = self.engines[broker]
        self.environment = self._environment()

    def _environment(self) -> dict[str, str]:
        place = self.folder / "ours"
        place.mkdir(mode=0o700)
        kept = plain_environment()
        return kept | {
            "TANGTHU_HOME": str(place / "home"),
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "TANGTHU_PORT": str(free_port(REDIS)),
            "TANGTHU_DATABASE_URL": self._database(),
            "TANGTHU_ELASTIC_URL": self.engines["elastic"].address,
            "TANGTHU_BROKER_URL": self.broker.address,
            **self._buckets(),
            **cluster_keys(place / "keys"),
        }

    def _database(self) -> str:
        import psycopg

        url = self.engines["postgres"].address
        with psycopg.connect(url, autocommit=True) as db:
            db.execute("CREATE DATABASE tangthu")
        return url.rpartition("/")[0] + "/tangthu"

    def _buckets(self) -> dict[str, str]:
        from archive.stores.s3 import client_of

        endpoint = self.engines["seaweed"].address
        admin, secret = S3_ADMIN
        client = client_of(endpoint, access_key=admin, secret_key=secret, secure=False)
        key, secret = S3_APP
        found = {}
        for prefix, bucket in (("S3", "luu-tru"), ("WORK_S3", "dang-lam")):
            client.make_bucket(bucket, object_lock=prefix == "S3")
            found |= {
                f"TANGTHU_{prefix}_ENDPOINT": endpoint,
                f"TANGTHU_{prefix}_BUCKET": bucket,
                f"TANGTHU_{prefix}_ACCESS_KEY": key,
                f"TANGTHU_{prefix}_SECRET_KEY": secret,
                f"TANGTHU_{prefix}_SECURE": "0",
            }
        return found

    def hire(self, role: str, *words: str, **more: str) -> Hand:
        """Start a process of ours on a node of its own, as `hire("worker", "work")`."""
        node = {"TANGTHU_HOME": str(self.folder / "ours" / f"node-{role.replace(' ', '-')}")}
        hand = Hand(role, words, self.environment | node | more)
        self.hands.append(hand)
        return hand

    def run(self, *words: str, timeout: float | None = None) -> "subprocess.CompletedProcess[str]":
        """Run something of ours to its end: the words after `python`."""
        return subprocess.run(
            [sys.executable, *words], env=self.environment, cwd=ROOT,
            capture_output=True, text=True, check=False, timeout=timeout,
        )  # fmt: skip

    def stop(self) -> None:
        """End everything."""
        for hand in self.hands:
            hand.stop()
        for engine in self.engines.values():
            engine.stop()


@contextlib.contextmanager
def town(broker: str, *, keep: bool = False) -> Iterator[Town]:
    """Servers over one broker, ended and removed at the end; `keep` leaves the folder."""
    folder = Path(tempfile.mkdtemp(prefix="tangthu-town-"))
    folder.chmod(0o755)  # the servers' user comes through here
    made = None
    try:
        made = Town(folder, broker)
        yield made
    finally:
        if made:
            made.stop()
        if keep:
            print(f"left: {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)
