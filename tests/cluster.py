"""A scaled side of a test's own: PostgreSQL and a broker on free ports, workers beside them."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.servers import (
    RABBITMQ,
    REDIS,
    Running,
    Server,
    end_session,
    free_port,
    give,
    stop_names,
    wait_ready,
)

ROOT = Path(__file__).resolve().parents[1]
BELL = ROOT / "tests" / "faults" / "bell.py"
BROKERS = {"rabbitmq": RABBITMQ, "redis": REDIS}
WAIT_SECONDS = 60.0


@dataclass(slots=True)
class Run:
    """One server that a test may kill and start again where it was."""

    server: Server
    folder: Path
    port: int = 0
    process: Running | None = None

    @property
    def url(self) -> str:
        """What the settings are told."""
        return self.server.address(self.port)

    def start(self) -> None:
        """Start it, on the port that it had before."""
        self.port = self.port or free_port(self.server)
        self.process = self.server.start(self.folder, self.port)
        wait_ready(self.server, self.folder, self.port)

    def signal(self, sign: signal.Signals) -> None:
        """To all of its processes."""
        assert self.process
        os.killpg(self.process.pid, sign)

    def kill(self) -> None:
        """End it without a word of warning."""
        if self.process:
            self.signal(signal.SIGCONT)
            end_session(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None
        if self.server is RABBITMQ:
            stop_names(self.port)


@contextlib.contextmanager
def running(server: Server) -> Iterator[Run]:
    """A server for a while, in a folder beside pytest's: every session that begins takes the way
    into pytest's from other users, those who run servers among them.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"tangthu-{server.name}-"))
    run = Run(server, folder)
    try:
        folder.chmod(0o755)
        give(folder)
        run.start()
        yield run
    finally:
        run.kill()
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Cluster:
    """One database and one prefix on a broker, with the processes that a test starts on them."""

    folder: Path
    database: str
    broker: Run
    prefix: str
    settings: dict[str, str] = field(default_factory=dict)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def environment(self, **more: str) -> dict[str, str]:
        """What every process of the cluster is told."""
        secret = self.folder / "broker.password"
        given = os.environ | {
            "TANGTHU_HOME": str(self.folder / "home"),
            "TANGTHU_DATABASE_URL": self.database,
            "TANGTHU_BROKER_URL": self.broker.url,
            "TANGTHU_BROKER_PREFIX": self.prefix,
            "TANGTHU_WORKERS": "2",
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "BELL_STARTS": str(self.folder / "starts"),
        }
        if self.broker.server is RABBITMQ:
            secret.write_text("guest\n", encoding="ascii")
            given["TANGTHU_BROKER_PASSWORD_FILE"] = str(secret)
        return given | self.settings | more

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a verb of bell.py to its end."""
        return subprocess.run(
            [sys.executable, str(BELL), *words],
            env=self.environment(**more), cwd=self.folder,
            capture_output=True, text=True, check=True,
        )  # fmt: skip

    def start(self, *words: str, **more: str) -> subprocess.Popen[bytes]:
        """Start a verb of bell.py in a session of its own; its words go to `log`."""
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, str(BELL), *words],
                env=self.environment(**more), cwd=self.folder,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.processes.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """End a worker and its processes without a word of warning."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def end(self) -> None:
        """End what still runs."""
        for process in self.processes:
            self.kill(process)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the records, past the product."""
        import psycopg

        with psycopg.connect(self.database) as db:
            return db.execute(query).fetchall()

    def states(self) -> dict[str, int]:
        """How many runs are in each state."""
        return dict(self.ask("SELECT state, count(*) FROM archive_stagerun GROUP BY state"))

    def wait_until(self, is_so: Callable[[], bool], seconds: float = WAIT_SECONDS) -> None:
        """Wait until something is so; else show the log's end."""
        deadline = time.monotonic() + seconds
        while not is_so():
            if time.monotonic() > deadline:
                raise AssertionError(f"{self.states()}\n{self.log()[-3000:]}")
            time.sleep(0.1)

    def wait_done(self, count: int, seconds: float = WAIT_SECONDS) -> None:
        """Wait until so many runs are done, each once and nothing besides."""
        self.wait_until(lambda: self.states() == {"done": count}, seconds)
        assert self.ask("SELECT count(*), count(DISTINCT run) FROM effects") == [(count, count)]

    def log(self) -> str:
        """All that the processes said."""
        path = self.folder / "log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def starts(self) -> list[list[str]]:
        """Every start of a run: receipt, process, lane, unit."""
        path = self.folder / "starts"
        text = path.read_text(encoding="ascii") if path.exists() else ""
        return [line.split() for line in text.splitlines()]


@contextlib.contextmanager
def cluster(folder: Path, postgres: Run, broker: Run, name: str) -> Iterator[Cluster]:
    """A cluster with tables; its processes are ended with it."""
    import psycopg

    with psycopg.connect(postgres.url, autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name}")
    made = Cluster(folder, postgres.url.rpartition("/")[0] + f"/{name}", broker, name)
    try:
        made.run("plan", "0")
        with psycopg.connect(made.database) as db:
            db.execute("CREATE TABLE effects (run int NOT NULL)")
        yield made
    finally:
        made.end()
