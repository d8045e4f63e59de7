"""A crash inside the engine costs one worker and one attempt, nothing else."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from specimens import make_paper, render, write_scan_pdf
from tests import scaled
from tests.homes import environment_of
from tests.staff import check_alive, dismiss, employ

ROOT = Path(__file__).resolve().parents[2]
SEGFAULT = ROOT / "tests" / "faults" / "segfault.py"
DPI = 150


def worked(tmp_path: Path, crashing: str) -> dict[str, Any]:
    """One page through a machine whose named engines crash on every page."""
    file = tmp_path / "scan.pdf"
    pages = [render(page, DPI) for page in make_paper("VB02", seed=1).pages[:1]]
    write_scan_pdf(file, pages, dpi=DPI)
    home = tmp_path / "home"
    environment = environment_of(home, CRASH_ENGINES=crashing, TANGTHU_WORKERS="1")
    staff = employ(home, environment, work=(str(SEGFAULT), "work"))
    driver = subprocess.Popen(
        [sys.executable, str(SEGFAULT), "drive", str(file)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    with driver:
        while driver.poll() is None:
            check_alive(staff)
            time.sleep(0.1)
        told: dict[str, Any] = json.loads(driver.communicate()[0])
    dismiss(home)
    assert driver.returncode == 0
    return told


def test_what_kills_the_engine_in_process_is_read_by_its_program(tmp_path: Path) -> None:
    """The worker is replaced, the page read all the same.

    The pool knows that its worker died of the run and strikes it; of a cluster's worker that is
    gone nobody knows why, so that the first loss is only marked.
    """
    pytest.importorskip("tesserocr")
    told = worked(tmp_path, "tesserocr")
    assert (told["fault"], told["open"]) == (None, 0)
    assert told["strikes"] == ([] if scaled.broker() else [["recognise", 1]])
    assert told["pages"] == [[1, "read", ""]]
    assert told["documents"] == ["waiting"]


def test_what_kills_every_engine_is_given_up_and_keeps_its_place(tmp_path: Path) -> None:
    """Three strikes, then the page is marked as failed and the machine is free again."""
    told = worked(tmp_path, "tesserocr pytesseract")
    assert (told["fault"], told["open"]) == (None, 0)
    assert told["strikes"] == [["recognise", 3]]
    assert told["pages"] == [[1, "failed", "worker_crashed"]]
