"""A crash inside the engine costs one worker and one attempt, nothing else."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from specimens import make_paper, render, write_scan_pdf
from tests.homes import environment_of

ROOT = Path(__file__).resolve().parents[2]
SEGFAULT = ROOT / "tests" / "faults" / "segfault.py"
DPI = 150


def worked(tmp_path: Path, crashing: str) -> dict[str, Any]:
    """One page through a machine whose named engines crash on every page."""
    file = tmp_path / "scan.pdf"
    pages = [render(page, DPI) for page in make_paper("VB02", seed=1).pages[:1]]
    write_scan_pdf(file, pages, dpi=DPI)
    done = subprocess.run(
        [sys.executable, str(SEGFAULT), "drive", str(file)],
        env=environment_of(tmp_path / "home", CRASH_ENGINES=crashing),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_what_kills_the_engine_in_process_is_read_by_its_program(tmp_path: Path) -> None:
    """The worker is replaced, the run struck once, the page read all the same."""
    pytest.importorskip("tesserocr")
    told = worked(tmp_path, "tesserocr")
    assert (told["fault"], told["open"]) == (None, 0)
    assert told["strikes"] == [["recognise", 1]]
    assert told["pages"] == [[1, "read", ""]]
    assert told["documents"] == ["waiting"]


def test_what_kills_every_engine_is_given_up_and_keeps_its_place(tmp_path: Path) -> None:
    """Three attempts, then the page is marked as failed and the machine is free again."""
    told = worked(tmp_path, "tesserocr pytesseract")
    assert (told["fault"], told["open"]) == (None, 0)
    assert told["strikes"] == [["recognise", 3]]
    assert told["pages"] == [[1, "failed", "worker_crashed"]]
