"""kill -9 at every stage, before and after its commit: nothing lost, nothing done twice."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archive.stages import Stage
from specimens import make_paper, render, write_scan_pdf
from tests import scaled
from tests.homes import environment_of
from tests.piles import write_pile
from tests.staff import Member, dismiss, employ

ROOT = Path(__file__).resolve().parents[2]
CRASHING = ROOT / "tests" / "faults" / "crashing.py"
LOOK = ROOT / "tests" / "faults" / "look.py"
MOST_STARTS = 80
KINDS = ("VB02", "VB28", "KQ-GPXD", "VB14", "VB16")


def write_papers(folder: Path, pages: int, dpi: int) -> None:
    """Write invented papers until there are so many pages."""
    folder.mkdir(exist_ok=True)
    seed = 0
    while pages > 0:
        paper = make_paper(KINDS[seed % len(KINDS)], seed=seed)
        images = [render(page, dpi) for page in paper.pages]
        write_scan_pdf(folder / f"scan_{seed:03}.pdf", images, dpi=dpi)
        pages -= len(images)
        seed += 1


def run(home: Path, *words: str, plan: Path) -> subprocess.CompletedProcess[str]:
    """Run one process in a group of its own, on its own data folder."""
    return subprocess.run(
        [sys.executable, *words],
        env=environment_of(home, CRASH_PLAN=str(plan)),
        start_new_session=True,
        capture_output=True,
        text=True,
        check=False,
    )


def work(home: Path, folder: Path, plan: Path) -> int:
    """Start the machine again and again until the work is done; return how often it was killed."""
    if scaled.broker():
        return work_in_cluster(home, folder, plan)
    for killed in range(MOST_STARTS):
        done = run(home, str(CRASHING), "drive", str(folder), plan=plan)
        if done.returncode == 0:
            return killed
        assert done.returncode == -9, done.stderr[-3000:]
    pytest.fail("the work never came to its end")


def work_in_cluster(home: Path, folder: Path, plan: Path) -> int:
    """The same where those who receive and those who work are different machines."""
    environment = environment_of(home, CRASH_PLAN=str(plan), TANGTHU_WORKERS="2")
    driver = Member((str(CRASHING), "drive", str(folder)), environment, home.with_name("drive.log"))
    worker, beat = employ(home, environment, work=(str(CRASHING), "work"))
    killed = 0
    try:
        while killed < MOST_STARTS and driver.process.poll() != 0:
            for member in (driver, worker):
                if member.process.poll() not in (None, 0):
                    assert member.process.returncode == -9, member.log.read_text()[-3000:]
                    killed += 1
                    member.start()
            assert beat.process.poll() is None, beat.log.read_text()[-3000:]
            time.sleep(0.1)
    finally:
        dismiss(home)
        driver.stop()
    assert driver.process.returncode == 0, "the work never came to its end"
    return killed


def look(home: Path, plan: Path) -> dict[str, object]:
    """Say what the archive holds now."""
    done = run(home, str(LOOK), plan=plan)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, object] = json.loads(done.stdout)
    return found


def crash_plan(stages: list[str], moments: tuple[str, ...]) -> str:
    return "\n".join(f"{moment} {stage}" for stage in stages for moment in moments)


def check(tmp_path: Path, *, pages: int, dpi: int, plan_text: str, kills: int) -> None:
    papers = tmp_path / "papers"
    write_papers(papers, pages, dpi)
    plan = tmp_path / "plan"
    plan.write_text("")
    assert work(tmp_path / "calm", papers, plan) == 0
    expected = look(tmp_path / "calm", plan)
    plan.write_text(plan_text)
    killed = work(tmp_path / "stormy", papers, plan)
    assert plan.read_text() == ""
    assert killed >= kills
    got = look(tmp_path / "stormy", plan)
    assert got.pop("unnamed_in_work") == []
    assert expected.pop("unnamed_in_work") == []
    assert got["problems"] == []
    assert expected == got


def test_killed_in_the_middle_of_the_way(tmp_path: Path) -> None:
    """A short way with five kills, in every run of the suite."""
    stages = [Stage.RECOGNISE, Stage.SIGN, Stage.SEAL]
    text = crash_plan([str(stage) for stage in stages], ("kept",)) + "\nkept receive"
    check(tmp_path, pages=1, dpi=150, plan_text=text, kills=4)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_killed_at_every_stage_before_and_after_its_commit(tmp_path: Path) -> None:
    """Thirty pages with real OCR and a pile with a number by hand, each stage killed before and
    after its commit.
    """
    # Nothing is refused or renewed here, no dossier brings its table of contents, nobody types.
    absent = {Stage.KEEP, Stage.COMPARE, Stage.RENEW, Stage.RESEAL, Stage.LESSON}
    stages = ["receive", *(str(stage) for stage in Stage if stage not in absent)]
    text = crash_plan(stages, ("kept", "committed"))
    (tmp_path / "papers").mkdir()
    write_pile(tmp_path / "papers" / "pile.pdf", dpi=130)
    check(tmp_path, pages=30, dpi=200, plan_text=text, kills=2 * len(stages))
