"""How often the gate is right: turns, planted faults, false alarms, seconds a page.

    python -m bench.gate [--papers 66] [--only KIND] [--data DIR] [--ocr DIR]

Papers are those of the sample generator; where the folders are there, real pages (all upright) are
turned by hand and looked at as well.
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from bench.faults import KINDS
from bench.secret import real
from imaging.types import Depth, PageImage
from ocr import gate_limits as limits
from ocr import inspect_page
from ocr.ink import letters, look
from ocr.orient import of_sheet_or_asked
from ocr.types import GateReport
from specimens import TEMPLATES, make_paper, render


def pages(papers: int) -> Iterator[tuple[str, int, np.ndarray]]:
    """First pages of the sample generator at 200 dpi: template, seed, RGB."""
    templates = tuple(TEMPLATES)
    for seed in range(papers):
        template = templates[seed % len(templates)]
        yield template, seed, render(make_paper(template, seed=seed).pages[0], 200)


def faults(papers: int, only: str) -> None:
    """Print for each kind of planted fault how often it was named and what else was said."""
    named: Counter[str] = Counter()
    extra: Counter[str] = Counter()
    seconds = []
    for template, seed, page in pages(papers):
        for kind, (plant, expected) in KINDS.items():
            if only not in kind:
                continue
            planted = plant(page, seed)
            before = time.process_time()
            report = inspect_page(planted.image)
            seconds.append(time.process_time() - before)
            said = said_of(report, seed=seed, kind=kind)
            ok = bool(said & expected) if expected else not said
            named[kind] += ok
            extra.update(f"{kind}: {code}" for code in said - expected)
            if not ok:
                print(f"  missed: {kind} ({planted.strength}) on {template} seed {seed}: {said}")
    for kind in KINDS:
        print(f"{kind:16} right on {named[kind]} of {papers}")
    print("said beside:", dict(extra))
    print(f"seconds a page: mean {np.mean(seconds):.3f}, most {np.max(seconds):.3f}")


def said_of(report: GateReport, *, seed: int, kind: str) -> set[str]:
    """The codes of a report, "blank" and a right turn among them."""
    said = {problem.code for problem in report.problems}
    wanted = -90 * (1 + seed % 3) % 360 if kind == "rotation" else 0
    if report.is_blank:
        said.add("blank")
    elif report.rotation != wanted:
        said.add("wrong_turn")
    elif wanted:
        said.add("turned")
    return said


def turns(named_pages: Iterator[tuple[str, np.ndarray, int]]) -> None:
    """Print how many of four turns of each page were told right."""
    right = count = 0
    for name, pixels, dpi in named_pages:
        for turn in range(4):
            sheet = look(np.ascontiguousarray(np.rot90(pixels, turn)), dpi)
            pieces = letters(sheet)
            if len(pieces) < limits.ORIENT_FEWEST:
                continue
            told = of_sheet_or_asked(sheet, pieces)
            count += 1
            right += told.clockwise == turn * 90
            if told.clockwise != turn * 90:
                print(f"  wrong turn: {name} by {turn * 90}: {told}")
    print(f"turns told right: {right} of {count}")


def upright(folder: Path) -> Iterator[tuple[str, np.ndarray, int]]:
    """The upright specimens of a folder: name, RGB, dpi guessed from A4."""
    for path in sorted(folder.glob("*.[jp][pn]g")):
        if "__rot" not in path.name:
            pixels = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
            yield path.name, pixels, round(pixels.shape[1] / 8.27)


def verdicts(folder: Path) -> None:
    """Print what is said of real pages."""
    said: Counter[str] = Counter()
    seconds = []
    for name, pixels, dpi in real(folder):
        before = time.process_time()
        report = inspect_page(PageImage(1, pixels, dpi, Depth.COLOUR, True))  # noqa: FBT003  its own pixels
        seconds.append(time.process_time() - before)
        said["blank" if report.is_blank else report.verdict.value] += 1
        if report.problems or report.is_blank or report.secret or report.rotation:
            named = [(problem.code, problem.measured) for problem in report.problems]
            print(f"  {name}: {report.rotation}, {named}, blank {report.is_blank}, {report.secret}")
    print("real pages:", dict(said), f"seconds: {np.mean(seconds):.3f}, most {np.max(seconds):.3f}")


def main() -> None:
    """Everything that can be measured here."""
    cv2.setNumThreads(1)
    parser = argparse.ArgumentParser()
    parser.add_argument("--papers", type=int, default=66)
    parser.add_argument("--only", default="", help="one kind of fault")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--ocr", type=Path, default=Path("../shared/ocr/specimens"))
    chosen = parser.parse_args()
    faults(chosen.papers, chosen.only)
    if chosen.only:
        return
    turns((f"{name} {seed}", page, 200) for name, seed, page in pages(chosen.papers))
    for folder in (chosen.data, chosen.ocr):
        if not folder.is_dir():
            print(f"{folder} is not there: its pages were not looked at")
    turns(upright(chosen.ocr))
    if chosen.data.is_dir():
        turns(real(chosen.data))
        verdicts(chosen.data)


if __name__ == "__main__":
    main()
