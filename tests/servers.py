"""Real servers on loopback: how each is started from its package, and when it is ready.

`script/services.py` starts one of each for a whole run of tests; a test that breaks a server
starts its own, in a folder and on ports of its own. All run as an ordinary user, keep nothing
that outlives their folder, and are no more than test servers.
"""

import contextlib
import getpass
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
USER = "nobody" if os.getuid() == 0 else getpass.getuser()
"""No server runs as root."""
HOST = "127.0.0.1"
HEAP = "512m"
START_SECONDS = 120.0
STRETCHES, STRETCH = 1500, 16
"""Of ports, from 21000 on: more than a server and its spare ones take."""
STOP_SECONDS = 20.0
RABBIT = Path("/usr/lib/rabbitmq/bin")
S3_ADMIN = ("devadmin", "devadmin-secret")
S3_APP = ("appkey", "app-secret-123")
Running = subprocess.Popen[bytes]


class ServerError(Exception):
    """A server that cannot be started; its words say why."""


@dataclass(frozen=True, slots=True)
class Server:
    """One kind of server. Its ports: the given one, and those that `spare` adds to it."""

    name: str
    start: Callable[[Path, int], Running]
    """In an empty folder of the servers' user, on a port."""
    is_ready: Callable[[int], bool]
    url: str
    """What the settings are told, with `{port}` in it."""
    spare: tuple[int, ...] = ()

    def address(self, port: int) -> str:
        """What the settings are told."""
        return self.url.format(port=port)


def owner() -> dict[str, str]:
    """Whose process it is to be."""
    return {"user": USER} if os.getuid() == 0 else {}


def give(folder: Path) -> None:
    """Let the servers' user have the folder."""
    if os.getuid() == 0:
        subprocess.run(["chown", "-R", USER, folder], check=True)


def run(words: list[str | Path], *, cwd: Path, env: Mapping[str, str] | None = None) -> None:
    """Run a program to its end as the servers' user. Raises ServerError with its last words."""
    done = subprocess.run(words, capture_output=True, check=False, cwd=cwd, env=env, **owner())
    if done.returncode:
        raise ServerError((done.stdout + done.stderr).decode(errors="replace")[-3000:])


def begin(folder: Path, words: list[str | Path], env: Mapping[str, str] | None = None) -> Running:
    """Start a server in a session of its own; its words go to `log`."""
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            words, stdout=log, stderr=log, cwd=folder, env=env, start_new_session=True, **owner()
        )


def missing(what: str) -> ServerError:
    """What to do where a package is not there."""
    return ServerError(f"Thiếu {what}. Hãy chạy: script/setup all")


def postgres_programs() -> Path:
    """The folder of the newest version's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not found:
        raise missing("PostgreSQL")
    return found[-1].parent


def start_postgres(folder: Path, port: int) -> Running:
    """A cluster that sorts by code point; what a folder holds already is used again."""
    data, programs = folder / "data", postgres_programs()
    if not data.exists():
        run([programs / "initdb", "-D", data, "-U", "tangthu", "--auth=trust", "--encoding=UTF8",
             "--locale=C.UTF-8", "--no-sync"], cwd=folder)  # fmt: skip
    return begin(folder, [
        programs / "postgres", "-D", data, "-k", folder, "-p", str(port),
        "-c", f"listen_addresses={HOST}", "-c", "fsync=off", "-c", "max_connections=120",
    ])  # fmt: skip


def is_postgres_ready(port: int) -> bool:
    """Whether it takes questions."""
    words = ["pg_isready", "-q", "-h", HOST, "-p", str(port)]
    return subprocess.run(words, check=False).returncode == 0


def start_elastic(folder: Path, port: int) -> Running:
    """One node without replicas, unpacked from its test distribution."""
    packed = sorted((ROOT / ".venv" / "share").glob("elasticsearch-*.zip"))
    java = shutil.which("java")
    if not packed or not java:
        raise missing("Elasticsearch hoặc Java")
    if not list(folder.glob("elasticsearch-*")):
        _unpack_elastic(packed[-1], folder, port)
    (home,) = folder.glob("elasticsearch-*")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "ES_JAVA_HOME": str(Path(java).resolve().parents[1]),
        "ES_JAVA_OPTS": f"-Xms{HEAP} -Xmx{HEAP}",
    }
    return begin(folder, [home / "bin" / "elasticsearch"], environment)


def _unpack_elastic(packed: Path, folder: Path, port: int) -> None:
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(folder)
    (home,) = folder.glob("elasticsearch-*")
    settings = {
        "cluster.name": "tangthu-test",
        "network.host": HOST,
        "http.port": port,
        "transport.port": port + 100,
        "discovery.type": "single-node",
        "xpack.security.enabled": False,
        "path.data": str(folder / "data"),
        "path.logs": str(folder / "logs"),
    }
    (home / "config" / "elasticsearch.yml").write_text(json.dumps(settings), encoding="utf-8")
    for program in (home / "bin").iterdir():
        program.chmod(0o755)
    give(folder)


def is_elastic_ready(port: int) -> bool:
    """Whether the cluster has its master."""
    try:
        url = f"http://{HOST}:{port}/_cluster/health"
        with urllib.request.urlopen(url, timeout=2) as answer:
            return json.load(answer)["status"] in ("green", "yellow")
    except (urllib.error.URLError, OSError, ValueError):
        return False


def start_rabbit(folder: Path, port: int) -> Running:
    """One node whose every port, its name server's too, is on loopback."""
    if not RABBIT.exists():
        raise missing("RabbitMQ")
    (folder / "enabled_plugins").write_text("[].\n")
    (folder / "rabbitmq.conf").write_text(
        "loopback_users = none\nvm_memory_high_watermark.absolute = 512MB\n"
    )
    give(folder)
    return begin(folder, [RABBIT / "rabbitmq-server"], rabbit_environment(folder, port))


def rabbit_environment(folder: Path, port: int) -> dict[str, str]:
    """What the node and its programs (rabbitmqctl) are told."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "RABBITMQ_NODENAME": f"tangthu{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": HOST,
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(port + 10000),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "logs"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        "ERL_EPMD_ADDRESS": HOST,
        "ERL_EPMD_PORT": str(port + 10001),
    }


def stop_names(port: int) -> None:
    """End the name server of a node that was killed: it leaves the session it is started in."""
    words = ["epmd", "-port", str(port + 10001), "-kill"]
    for _ in range(20):  # it stays while it believes that the node lives
        if not subprocess.run(words, capture_output=True, check=False).returncode:
            return
        time.sleep(0.1)


def rabbitmqctl(folder: Path, port: int, *words: str) -> None:
    """Speak to a node, as `add_vhost NAME`. Raises ServerError."""
    run([RABBIT / "rabbitmqctl", *words], cwd=folder, env=rabbit_environment(folder, port))


def is_rabbit_ready(port: int) -> bool:
    """Whether it greets as AMQP does; a bare port is open before the broker is up."""
    try:
        with socket.create_connection((HOST, port), timeout=2) as line:
            line.settimeout(5)
            line.sendall(b"AMQP\x00\x00\x09\x01")
            return line.recv(1) == b"\x01"
    except OSError:
        return False


def start_redis(folder: Path, port: int) -> Running:
    """One that keeps every write in its log, as a broker must."""
    program = shutil.which("redis-server")
    if not program:
        raise missing("Redis")
    return begin(folder, [
        program, "--port", str(port), "--bind", HOST, "--dir", folder, "--save", "",
        "--appendonly", "yes", "--appendfsync", "everysec",
    ])  # fmt: skip


def is_redis_ready(port: int) -> bool:
    """Whether it answers; while it loads its log it does not."""
    try:
        with socket.create_connection((HOST, port), timeout=2) as line:
            line.sendall(b"PING\r\n")
            return line.recv(5) == b"+PONG"
    except OSError:
        return False


def start_seaweed(folder: Path, port: int) -> Running:
    """S3 with Object Lock, and two identities: an administrator's and the application's."""
    beside = Path(sys.executable).with_name("weed")
    weed = str(beside) if beside.exists() else shutil.which("weed")
    if not weed:
        raise missing("SeaweedFS")
    (folder / "s3.json").write_text(json.dumps(_identities()), encoding="utf-8")
    give(folder)
    words: list[str | Path] = [
        weed, "-logtostderr", "server", f"-dir={folder}", f"-ip={HOST}", f"-ip.bind={HOST}",
        f"-master.port={port + 1}", f"-volume.port={port + 2}", "-filer",
        f"-filer.port={port + 3}", "-master.volumeSizeLimitMB=64", "-volume.max=2000",
        "-volume.preStopSeconds=0", "-s3", f"-s3.port={port}", f"-s3.config={folder / 's3.json'}",
        "-s3.port.iceberg=0", "-s3.port.lance=0",
    ]  # fmt: skip
    # In another zone it lists times with an offset, which the minio client cannot read. Left to
    # itself it lays out seven volumes for each bucket, and a test run has hundreds of buckets.
    more = {"TZ": "UTC", "WEED_S3_SSE_KEY": "5" * 64, "WEED_MASTER_VOLUME_GROWTH_COPY_1": "1"}
    return begin(folder, words, {**os.environ, **more})


def _identities() -> dict[str, object]:
    rights = ["Read", "Write", "List", "Tagging"]
    rights += ["GetBucketVersioning", "GetBucketObjectLockConfiguration"]
    rights += [
        f"{verb}Object{noun}" for verb in ("Put", "Get") for noun in ("Retention", "LegalHold")
    ]
    people = (("admin", S3_ADMIN, ["Admin"]), ("app", S3_APP, rights))
    return {
        "identities": [
            {"name": name, "credentials": [{"accessKey": key, "secretKey": secret}],
             "actions": actions}
            for name, (key, secret), actions in people
        ]
    }  # fmt: skip


def is_seaweed_ready(port: int) -> bool:
    """Whether its S3 side is healthy."""
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/healthz", timeout=2):
            return True
    except (urllib.error.URLError, OSError):
        return False


POSTGRES = Server(
    "postgres", start_postgres, is_postgres_ready, "postgresql://tangthu@127.0.0.1:{port}/postgres"
)
ELASTIC = Server("elastic", start_elastic, is_elastic_ready, "http://127.0.0.1:{port}", (100,))
RABBITMQ = Server(
    "rabbitmq", start_rabbit, is_rabbit_ready, "amqp://guest@127.0.0.1:{port}//", (10000, 10001)
)
REDIS = Server("redis", start_redis, is_redis_ready, "redis://127.0.0.1:{port}/0")
SEAWEED = Server(
    "seaweed", start_seaweed, is_seaweed_ready, "127.0.0.1:{port}",
    # Its parts speak gRPC 10,000 above.
    (1, 2, 3, 10000, 10001, 10002, 10003),
)  # fmt: skip
SERVERS = (POSTGRES, ELASTIC, RABBITMQ, REDIS, SEAWEED)


def free_port(server: Server) -> int:
    """A port that is free, with the spare ones that the server adds to it.

    Processes that start together, as a parallel run's do, look in stretches of their own: what one
    has found and not yet taken is free to the other.
    """
    first = os.getpid() % STRETCHES
    for number in (*range(first, STRETCHES), *range(first)):
        port = 21000 + number * STRETCH
        if all(_is_free(port + more) for more in (0, *server.spare)):
            return port
    raise ServerError("no free ports")


def _is_free(port: int) -> bool:
    try:
        with socket.socket() as probe:
            probe.bind((HOST, port))
    except OSError:
        return False
    return True


def wait_ready(server: Server, folder: Path, port: int, seconds: float = START_SECONDS) -> None:
    """Wait until it answers. Raises ServerError with the end of its log."""
    deadline = time.monotonic() + seconds
    while not server.is_ready(port):
        if time.monotonic() > deadline:
            log = (folder / "log").read_text(errors="replace")[-3000:]
            raise ServerError(f"{server.name}:\n{log}")
        time.sleep(0.1)


def end_session(pid: int, sign: signal.Signals) -> bool:
    """Send a signal to a session; return whether it still lives after a while."""
    deadline = time.monotonic() + STOP_SECONDS
    try:
        os.killpg(pid, sign)
        while time.monotonic() < deadline:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            os.killpg(pid, 0)
            time.sleep(0.1)
    except ProcessLookupError:
        return False
    return True
