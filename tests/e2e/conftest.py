"""The sample batch, taken the whole way once by the command line, as anybody would."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from specimens.batch import write_demo_batch
from specimens.manifest import Manifest
from tests.homes import copy_home, environment_of
from tests.staff import employ

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Shell:
    """A data folder and the command line on it."""

    home: Path

    def __call__(self, *words: str, status: int | None = 0) -> dict[str, Any]:
        """Run a command with --json; its exit status must be as said, if it is said."""
        environment = environment_of(self.home)
        if "--wait" in words:
            employ(self.home, environment)
        done = subprocess.run(
            [sys.executable, "-m", "config", *words, "--json"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert status in (None, done.returncode), done.stdout[-2000:] + done.stderr[-2000:]
        found: dict[str, Any] = json.loads(done.stdout)
        return found


@dataclass(frozen=True, slots=True)
class Walked:
    """What became of the sample batch."""

    inbox: Path
    shell: Shell
    manifest: Manifest
    answer: dict[str, Any]

    def documents_of(self, file: str) -> list[dict[str, Any]]:
        """The documents filed from one file, in their order."""
        return [one for one in self.answer["documents"] if one["file"] == file]


@pytest.fixture(scope="session")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Walked:
    """The sample batch, ingested with --confirm."""
    folder = tmp_path_factory.mktemp("walked")
    inbox = folder / "inbox"
    inbox.mkdir()
    manifest = write_demo_batch(inbox)
    shell = Shell(folder / "home")
    answer = shell("ingest", str(inbox), "--batch", "Lô mẫu", "--wait", "--confirm", status=1)
    return Walked(inbox, shell, manifest, answer)


@pytest.fixture
def copy(walked: Walked, tmp_path: Path) -> Callable[[], Shell]:
    """Make a copy of the walked archive that a test may harm."""

    def make() -> Shell:
        home = tmp_path / "home"
        copy_home(walked.shell.home, home)
        return Shell(home)

    return make
