"""The demonstration's batch, written once for the tests that look at it."""

import time
from pathlib import Path
from typing import NamedTuple

import pytest

from specimens import Manifest, write_demo_batch


class Written(NamedTuple):
    """Where the batch lies, what it says of itself, what it cost."""

    folder: Path
    manifest: Manifest
    cpu_seconds: float


@pytest.fixture(scope="session")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("batch")
    start = time.process_time()
    manifest = write_demo_batch(folder)
    return Written(folder, manifest, time.process_time() - start)
