"""Sealing struck at random points: nothing lost, nothing half there, nothing signed twice."""

import json
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.homes import environment_of

ROOT = Path(__file__).resolve().parents[2]
SEALING = ROOT / "tests" / "faults" / "sealing.py"
FAULTS = {"kill", "full disk", "store down", "store slow", "clock set back"}


def sealed_under(tmp_path: Path, count: int, seed: int) -> dict[str, Any]:
    """What came of so many documents."""
    done = subprocess.run(
        [sys.executable, str(SEALING), str(count), str(seed)],
        env=environment_of(tmp_path / "home"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def check(told: dict[str, Any], count: int) -> None:
    """Each document as the one that was let alone; the whole archive and its trail sound."""
    assert len(told["documents"]) == count
    calm = told["calm"]
    years = {tuple(one.pop("years")) for one in (calm, *told["documents"])}
    assert len(years) == 2, "for ever, or as long as the kind asks; no clock makes it shorter"
    assert (calm["status"], calm["signatures"]) == ("archived", ["NguoiSoHoa", "CoQuan"])
    for one in told["documents"]:
        assert {name: one[name] for name in calm} == calm, one
    assert told["whole"]["problems"] == []
    assert told["whole"]["unnamed_in_work"] == []
    assert told["whole"]["times_run_forward"]
    killed = [one["ended"] for one in told["documents"] if one["fault"] == "kill"]
    assert set(killed) == {-signal.SIGKILL}, "each kill found its point"
    assert set(Counter(one["fault"] for one in told["documents"])) == FAULTS


def test_sealing_struck_now_and_then(tmp_path: Path) -> None:
    """One point of each fault, in every run of the suite."""
    check(sealed_under(tmp_path, 5, 1), 5)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_sealing_struck_at_a_hundred_points(tmp_path: Path) -> None:
    """Twenty each of kill -9, a full disk, a store that is down or slow, a clock set back.

    Half of them in a house of its own: two processors make it half as long.
    """
    with ThreadPoolExecutor() as halves:
        told = list(halves.map(lambda seed: sealed_under(tmp_path / str(seed), 50, seed), (2, 3)))
    for half in told:
        check(half, 50)
        assert half["whole"]["clock_notes"] > 0
