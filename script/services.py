"""The servers that the tests of the scaled side need, on loopback: start, stop, status, address.

PostgreSQL comes from Debian's package, Elasticsearch from its own test distribution; both run as an
ordinary user with fsync off, forget everything at the stop, and are no more than test servers.
`address NAME` prints what the tests are told: TANGTHU_DATABASE_URL, TANGTHU_TEST_ELASTIC.
"""

import argparse
import getpass
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(f"/tmp/tangthu-services-{os.getuid()}")  # noqa: S108  where another user may read
START_SECONDS = 120
STOP_SECONDS = 20
POSTGRES_PORT, ELASTIC_PORT = 15432, 19200
HEAP = "512m"
USER = "nobody" if os.getuid() == 0 else getpass.getuser()
"""Neither server runs as root."""


@dataclass(frozen=True, slots=True)
class Server:
    """One server: how it is started, when it is ready, what the tests are told."""

    name: str
    start: Callable[[Path], "subprocess.Popen[bytes]"]
    is_ready: Callable[[], bool]
    address: str


def run(words: list[str | Path], **more: object) -> None:
    """Run a program to its end as the servers' user; its words are shown where it fails."""
    done = subprocess.run(words, capture_output=True, check=False, **owner(), **more)
    if done.returncode:
        sys.exit((done.stdout + done.stderr).decode(errors="replace")[-3000:])


def owner() -> dict[str, str]:
    """Whose process it is to be."""
    return {"user": USER} if os.getuid() == 0 else {}


def begin(folder: Path, words: list[str | Path], **more: object) -> "subprocess.Popen[bytes]":
    """Start a server in a session of its own."""
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            words, stdout=log, stderr=log, cwd=folder, start_new_session=True, **owner(), **more
        )


def start_postgres(folder: Path) -> "subprocess.Popen[bytes]":
    """A new cluster that sorts by code point."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not found:
        sys.exit("Thiếu PostgreSQL. Hãy chạy: script/setup all")
    data, programs = folder / "data", found[-1].parent
    run([programs / "initdb", "-D", data, "-U", "tangthu", "--auth=trust", "--encoding=UTF8",
         "--locale=C.UTF-8", "--no-sync"], cwd=folder)  # fmt: skip
    return begin(folder, [
        found[-1], "-D", data, "-k", folder, "-p", str(POSTGRES_PORT),
        "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "max_connections=60",
    ])  # fmt: skip


def start_elastic(folder: Path) -> "subprocess.Popen[bytes]":
    """One node without replicas, unpacked anew."""
    packed = sorted((ROOT / ".venv" / "share").glob("elasticsearch-*.zip"))
    java = shutil.which("java")
    if not packed or not java:
        sys.exit("Thiếu Elasticsearch hoặc Java. Hãy chạy: script/setup all")
    with zipfile.ZipFile(packed[-1]) as archive:
        archive.extractall(folder)
    (home,) = folder.glob("elasticsearch-*")
    settings = {
        "cluster.name": "tangthu-test",
        "network.host": "127.0.0.1",
        "http.port": ELASTIC_PORT,
        "transport.port": ELASTIC_PORT + 100,
        "discovery.type": "single-node",
        "xpack.security.enabled": False,
        "path.data": str(folder / "data"),
        "path.logs": str(folder / "logs"),
    }
    (home / "config" / "elasticsearch.yml").write_text(json.dumps(settings), encoding="utf-8")
    for program in (home / "bin").iterdir():
        program.chmod(0o755)
    give(folder)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "ES_JAVA_HOME": str(Path(java).resolve().parents[1]),
        "ES_JAVA_OPTS": f"-Xms{HEAP} -Xmx{HEAP}",
    }
    return begin(folder, [home / "bin" / "elasticsearch"], env=environment)


def is_postgres_ready() -> bool:
    """Whether it takes questions."""
    words = ["pg_isready", "-q", "-h", "127.0.0.1", "-p", str(POSTGRES_PORT)]
    return subprocess.run(words, check=False).returncode == 0


def is_elastic_ready() -> bool:
    """Whether the cluster has its master."""
    try:
        url = f"http://127.0.0.1:{ELASTIC_PORT}/_cluster/health"
        with urllib.request.urlopen(url, timeout=2) as answer:
            return json.load(answer)["status"] in ("green", "yellow")
    except (urllib.error.URLError, OSError, ValueError):
        return False


SERVERS = (
    Server(
        "postgres", start_postgres, is_postgres_ready,
        f"postgresql://tangthu@127.0.0.1:{POSTGRES_PORT}/postgres",
    ),
    Server(
        "elastic", start_elastic, is_elastic_ready,
        f"http://127.0.0.1:{ELASTIC_PORT}",
    ),
)  # fmt: skip


def give(folder: Path) -> None:
    """Let the servers' user have the folder."""
    if os.getuid() == 0:
        subprocess.run(["chown", "-R", USER, folder], check=True)


def start() -> int:
    """Start what is not running; wait until it answers."""
    for server in SERVERS:
        if server.is_ready():
            continue
        folder = FOLDER / server.name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        give(folder)
        process = server.start(folder)
        (FOLDER / f"{server.name}.pid").write_text(str(process.pid))
        print(f"{server.name}: {process.pid}", file=sys.stderr)
    deadline = time.monotonic() + START_SECONDS
    for server in SERVERS:
        while not server.is_ready():
            if time.monotonic() > deadline:
                print((FOLDER / server.name / "log").read_text()[-3000:], file=sys.stderr)
                return 1
            time.sleep(0.2)
    return 0


def stop() -> int:
    """End the servers' sessions and take their data away."""
    for server in SERVERS:
        path = FOLDER / f"{server.name}.pid"
        if not path.exists():
            continue
        pid = int(path.read_text())
        for sign in (signal.SIGTERM, signal.SIGKILL):
            if not end(pid, sign):
                break
        path.unlink()
    shutil.rmtree(FOLDER, ignore_errors=True)
    return 0


def end(pid: int, sign: signal.Signals) -> bool:
    """Send a signal to a session; return whether it still lives after a while."""
    deadline = time.monotonic() + STOP_SECONDS
    try:
        os.killpg(pid, sign)
        while time.monotonic() < deadline:
            os.killpg(pid, 0)
            time.sleep(0.1)
    except ProcessLookupError:
        return False
    return True


def status() -> int:
    """Say which answer; 1 where one does not."""
    ready = {server.name: server.is_ready() for server in SERVERS}
    print(json.dumps(ready))
    return 0 if all(ready.values()) else 1


def address(name: str) -> int:
    """Print where a server is, for the tests' environment."""
    print(next(server.address for server in SERVERS if server.name == name))
    return 0


def main() -> int:
    """Do what is asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    for name, do in (("start", start), ("stop", stop), ("status", status)):
        verbs.add_parser(name).set_defaults(do=lambda _, do=do: do())
    asked = verbs.add_parser("address")
    asked.add_argument("name", choices=[server.name for server in SERVERS])
    asked.set_defaults(do=lambda given: address(given.name))
    given = parser.parse_args()
    return given.do(given)


if __name__ == "__main__":
    sys.exit(main())
