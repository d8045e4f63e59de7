"""What is shipped for containers holds what docs/deploy.md promises of it."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

yaml = pytest.importorskip("yaml")

ROOT = Path(__file__).resolve().parents[3]
DOCKERFILES = ("Dockerfile", "tests/containers/Dockerfile")
ONE_SHOT = {"prepare", "minio-volume"}


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    return found


def services() -> list[Any]:
    return [pytest.param(value, id=name) for name, value in compose()["services"].items()]


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_the_file_is_read_without_a_word() -> None:
    """By whichever client is there: `docker-compose` 1.29 or Compose v2."""
    client = ["docker-compose"] if shutil.which("docker-compose") else ["docker", "compose"]
    if not shutil.which(client[0]):
        pytest.skip("docker-compose is not installed")
    words = [*client, "-f", "docker-compose.yml", "config", "-q"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    if "is not a docker command" in done.stderr:
        pytest.skip("docker-compose is not installed")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", DOCKERFILES)
def test_hadolint_finds_nothing(name: str) -> None:
    program = Path(sys.executable).with_name("hadolint")
    if not program.exists():
        pytest.skip("hadolint is made for no such processor")
    done = subprocess.run(
        [program, "--no-color", name], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == ("", 0)


@pytest.mark.parametrize("service", services())
def test_every_container_is_held_tight(service: dict[str, Any]) -> None:
    """No root, nothing writable but what is named, no rights, limits, logs that end."""
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert re.fullmatch(r"[1-9]\d*:\d+", service["user"])
    assert service["mem_limit"]
    assert service["cpus"]
    assert service["pids_limit"]
    assert service["logging"]["options"]["max-size"]


@pytest.mark.parametrize("service", services())
def test_every_image_has_a_version(service: dict[str, Any]) -> None:
    """What starts today starts tomorrow."""
    assert re.search(r":[^/]*\d", service["image"])
    assert "latest" not in service["image"]


def test_every_service_that_stays_is_looked_at() -> None:
    """By its own health check or by the image's."""
    for name, service in compose()["services"].items():
        if name in ONE_SHOT:
            assert service["restart"] == "no"
        elif not service["image"].startswith("tangthu:"):
            assert service["healthcheck"]["test"], name
    assert "\nHEALTHCHECK " in read("Dockerfile")


def test_only_the_web_page_can_be_reached_and_on_loopback_unless_set() -> None:
    published = {name for name, one in compose()["services"].items() if one.get("ports")}
    assert published == {"web"}
    assert compose()["services"]["web"]["ports"] == ["${TANGTHU_PUBLISH:-127.0.0.1:8470}:8470"]
    servers = ("postgres", "rabbitmq", "minio", "elasticsearch")
    assert {tuple(compose()["services"][name]["networks"]) for name in servers} == {("inside",)}
    assert compose()["networks"]["inside"]["internal"] is True


def test_secrets_are_made_once_and_keep_strangers_out(tmp_path: Path) -> None:
    """Each that the file names; a second run changes none."""
    folder = tmp_path / "secrets"
    made = _make_secrets(folder)
    assert made.keys() == compose()["secrets"].keys()
    assert len(set(made.values())) == len(made)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert _make_secrets(folder) == made


def test_no_secret_stands_in_the_file() -> None:
    """Only the names of files: `docker inspect` shows the environment to whoever asks."""
    for name, service in compose()["services"].items():
        for key, value in service.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|TOKEN|_KEY", key) and not key.endswith("ACCESS_KEY"):
                assert value.startswith("/run/secrets/"), f"{name} {key}"


def test_every_setting_is_one() -> None:
    """A name that docs/settings.md does not know would be set in vain."""
    known = set(re.findall(r"TANGTHU_[A-Z0-9_]+", read("docs/settings.md")))
    named = {
        key
        for service in compose()["services"].values()
        for key in service.get("environment", {})
        if key.startswith("TANGTHU_")
    }
    assert named - known == set()


def test_the_image_is_made_of_every_package() -> None:
    """And of nothing that is not named: the folder may hold secrets and papers."""
    wheel = tomllib.loads(read("pyproject.toml"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    lines = read(".dockerignore").splitlines()
    assert "*" in lines
    assert {f"!{name}" for name in wheel["packages"]} <= set(lines)


def test_the_image_has_what_a_newcomer_installs() -> None:
    """Of Debian's packages, those that script/setup names; python3-venv builds only."""
    setup = read("script/setup").replace("\\\n", " ")
    (line,) = re.findall(r"^need_system (ca-certificates .*)$", setup, re.MULTILINE)
    needed = set(line.replace("$fonts", "fonts-liberation2").split()) - {"python3-venv"}
    final = read("Dockerfile").split("\nFROM ")[-1].replace("\\\n", " ")
    (installed,) = re.findall(r"--no-install-recommends (.*?)&&", final)
    assert set(installed.split()) == needed


def test_the_image_takes_the_versions_of_the_other_locks() -> None:
    """What was tested is what runs."""
    ours, tested = _versions("requirements-scaled.lock"), _versions("requirements-test.lock")
    assert {name: ours[name] for name in ours.keys() & tested.keys()} == {
        name: tested[name] for name in ours.keys() & tested.keys()
    }
    assert _versions("requirements.lock").items() <= ours.items()


def _make_secrets(folder: Path) -> dict[str, str]:
    done = subprocess.run(["deploy/make-secrets", folder], cwd=ROOT, check=True, timeout=60)
    assert done.returncode == 0
    return {path.name: path.read_text() for path in folder.iterdir()}


def _versions(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)", read(lock), re.MULTILINE))
