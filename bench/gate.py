"""How often the gate is right: turns, planted faults, false alarms, seconds a page.

    python -m bench.gate [--papers 40] [--data ../shared/data] [--ocr ../shared/ocr/specimens]

Papers are those of the sample generator; where the folders are there, real pages (all upright) are
turned by hand and looked at as well.
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from bench.secret import real
from imaging.types import Depth, PageImage
from ocr import gate_limits as limits
from ocr import inspect_page
from ocr.ink import letters, look
from ocr.orient import of_sheet_or_asked
from specimens import CLEAN, OFFICE, TEMPLATES, Faults, Light, degrade, make_paper, render

FAULTS: dict[str, tuple[Faults, set[str]]] = {
    "clean": (CLEAN, set()),
    "office": (OFFICE, set()),
    "skew 2": (replace(OFFICE, skew=2.0), set()),
    "uneven light": (replace(OFFICE, light=Light(0.3)), set()),
    "shine-through": (replace(OFFICE, bleed=0.15), set()),
    "skew 5": (replace(OFFICE, skew=5.0), {"skewed"}),
    "blur 0.4 mm": (replace(OFFICE, blur=3.2), {"blurred", "very_blurred"}),
    "blur 0.6 mm": (replace(OFFICE, blur=4.8), {"very_blurred"}),
    "faint 0.6": (replace(OFFICE, faint=0.6), {"faint", "very_faint"}),
    "faint 0.8": (replace(OFFICE, faint=0.8), {"very_faint"}),
    "desk": (replace(OFFICE, desk=90), {"desk_around"}),
    "cut 0.2": (replace(OFFICE, cut=0.2), {"cut_edge"}),
    "finger": (replace(OFFICE, finger=True), {"finger"}),
}
"""By name, what is done to a page at 200 dpi and which of these problems must be named."""


def pages(papers: int) -> Iterator[tuple[str, int, np.ndarray]]:
    """First pages of the sample generator at 200 dpi: template, seed, RGB."""
    templates = tuple(TEMPLATES)
    for seed in range(papers):
        template = templates[seed % len(templates)]
        yield template, seed, render(make_paper(template, seed=seed).pages[0], 200)


def faults(papers: int) -> None:
    """Print for each planted fault how often it was named and what else was said."""
    named: Counter[str] = Counter()
    extra: Counter[str] = Counter()
    seconds = []
    for template, seed, page in pages(papers):
        for name, (planted, expected) in FAULTS.items():
            image = PageImage(1, degrade(page, planted, seed=seed), 200, Depth.COLOUR, True)  # noqa: FBT003  its own pixels
            before = time.process_time()
            report = inspect_page(image)
            seconds.append(time.process_time() - before)
            codes = {problem.code for problem in report.problems}
            ok = bool(codes & expected) if expected else not codes
            named[name] += ok and not report.is_blank
            extra.update(f"{name}: {code}" for code in codes - expected)
            if not ok:
                print(f"  missed: {name} on {template} seed {seed}: {codes}")
    for name in FAULTS:
        print(f"{name:16} right on {named[name]} of {papers}")
    print("said beside:", dict(extra))
    print(f"seconds a page: mean {np.mean(seconds):.3f}, most {np.max(seconds):.3f}")


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
    parser.add_argument("--papers", type=int, default=40)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--ocr", type=Path, default=Path("../shared/ocr/specimens"))
    chosen = parser.parse_args()
    faults(chosen.papers)
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
