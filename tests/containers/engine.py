"""A Docker to try the containers with: the one that answers, else one of our own for the time.

Our own needs root. It lives in a temporary folder with its own socket and data, touches no other,
and leaves nothing: no process, no file, no interface, no rule of the packet filter.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BASE = "debian:bookworm-slim"
"""The name in both Dockerfiles."""
FORWARD = Path("/proc/sys/net/ipv4/ip_forward")
READY_SECONDS = 60
PULL_SECONDS = 90
BUILD_SECONDS = 3600


class ContainerTestError(Exception):
    """What stands in the way, or what did not hold."""


def say(what: str) -> None:
    """Tell the person at the terminal how far it is."""
    sys.stderr.write(f"==> {what}\n")


@dataclass(frozen=True, slots=True)
class Docker:
    """One daemon, by its address; empty: the usual one."""

    host: str = ""

    def environment(self) -> dict[str, str]:
        """What its clients are told."""
        return {"DOCKER_HOST": self.host} if self.host else {}

    def run(
        self, *words: str, more: Mapping[str, str] | None = None, seconds: float = BUILD_SECONDS
    ) -> str:
        """Run a client to its end and return what it said. Raises ContainerTestError."""
        done = subprocess.run(
            words,
            env={**os.environ, **self.environment(), **(more or {})},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
        )
        if done.returncode:
            told = (done.stdout + done.stderr)[-4000:]
            raise ContainerTestError(f"{' '.join(words)}: exit {done.returncode}\n{told}")
        return done.stdout

    def answers(self) -> bool:
        """Whether a daemon is there."""
        try:
            self.run("docker", "info", seconds=20)
        except (ContainerTestError, OSError, subprocess.TimeoutExpired):
            return False
        return True


@contextlib.contextmanager
def a_docker(folder: Path) -> Iterator[Docker]:
    """The one that answers; where none does, one of our own until the end of the block."""
    if Docker().answers():
        say("a Docker is running here: it is used, and keeps the base image")
        yield Docker()
        return
    if os.getuid() or not shutil.which("dockerd"):
        raise ContainerTestError(
            "Không có Docker nào trả lời. Hãy khởi động Docker, hoặc chạy bằng root sau khi"
            " script/setup containers."
        )
    with _kept_network(), _daemon(folder) as docker:
        yield docker


@contextlib.contextmanager
def _daemon(folder: Path) -> Iterator[Docker]:
    docker = Docker(f"unix://{folder}/docker.sock")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            ["dockerd", "-H", docker.host, "--data-root", folder / "data", "--exec-root",
             folder / "exec", "--pidfile", folder / "dockerd.pid"],
            stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + READY_SECONDS
        while not docker.answers():
            if process.poll() is not None or time.monotonic() > deadline:
                told = (folder / "log").read_text(errors="replace")[-2000:]
                raise ContainerTestError(f"dockerd does not start\n{told}")
            time.sleep(0.3)
        say("started a Docker of our own")
        yield docker
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextlib.contextmanager
def _kept_network() -> Iterator[None]:
    """Give the machine's network back as it was: forwarding, rules, no bridge left."""
    forward = FORWARD.read_text()
    rules = subprocess.run(["iptables-save"], check=True, capture_output=True).stdout
    bridges = _bridges()
    try:
        yield
    finally:
        for name in _bridges() - bridges:
            subprocess.run(["ip", "link", "delete", name], check=False)
        _drop_chains()
        subprocess.run(["iptables-restore"], input=rules, check=True)
        FORWARD.write_text(forward)


def _drop_chains() -> None:
    """Empty what the daemon made: a restore replaces the tables that it names, no others."""
    for table in ("nat", "filter"):
        for verb in ("-F", "-X"):
            subprocess.run(["iptables", "-t", table, verb], check=False, capture_output=True)


def _bridges() -> set[str]:
    found = Path("/sys/class/net").iterdir()
    return {one.name for one in found if one.name.startswith(("docker", "br-"))}


def provide_base(docker: Docker, folder: Path) -> None:
    """Have the image that all others begin with: there, pulled, or made by debootstrap."""
    with contextlib.suppress(ContainerTestError):
        docker.run("docker", "image", "inspect", BASE)
        return
    try:
        docker.run("docker", "pull", "-q", BASE, seconds=PULL_SECONDS)
        say(f"pulled {BASE}")
    except (ContainerTestError, subprocess.TimeoutExpired):
        say(f"no registry gives {BASE}: making it with debootstrap")
        _bootstrap(docker, folder)


def _bootstrap(docker: Docker, folder: Path) -> None:
    tree = folder / "base"
    docker.run(
        "debootstrap", "--variant=minbase", "--include=ca-certificates", "bookworm", str(tree)
    )
    for left in ("var/cache/apt/archives", "var/lib/apt/lists", "usr/share/doc", "usr/share/man"):
        shutil.rmtree(tree / left)
        (tree / left).mkdir()
    # Whom this machine trusts, and where its pip looks, hold in the build too.
    for name in ("etc/ssl/certs/ca-certificates.crt", "etc/pip.conf"):
        if Path("/", name).exists():
            shutil.copy(Path("/", name), tree / name)
    packed = folder / "base.tar"
    with tarfile.open(packed, "w") as archive:
        archive.add(tree, arcname=".")
    docker.run("docker", "import", str(packed), BASE)
    shutil.rmtree(tree)
    packed.unlink()
