"""Drawn papers as the house reads them: rendered, spoilt as scanners do, recognised, kept.

    python -m bench.drawn [--seeds 1] [--keep DIR] [--worst]

measures the fields of every layout of `bench/layouts.json`, one in three clean, as an office scans
and worn, half of the numbers by pen. Numbers of a dated run stand in docs/quality.md.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bench.field_scores import SetScore, Verdict, likeness
from bench.fields import engine, page_from_json, page_to_json, print_score, review
from bench.layouts import LayoutPaper, layout_papers
from catalogue.reference import load_reference
from classify import PageView, Reference, classify, extract, separate
from imaging.types import Pixels
from ocr import read_page, read_strip
from ocr.digits import digit_reader
from specimens import OFFICE, Faults, degrade, render
from specimens.degrade import Light
from specimens.page import Page
from workers.reference import reference_of

DPI = 200
KIND_SURE = 0.95
"""Confidence from which a kind passes as sure (classify/policy.py)."""
_WORN = Faults(
    skew=1.2, noise=9.0, blur=0.8, light=Light(0.15), bleed=0.08, faint=0.25, jpeg_quality=50
)
LEVELS = (Faults(noise=2.0), OFFICE, _WORN)
"""Clean, an office's scanner, worn."""


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=None)
    parser.add_argument("--worst", action="store_true", help="print what was wrong")
    options = parser.parse_args()
    reference, score = reference_of(load_reference()), SetScore()
    for seed in range(options.seeds):
        for paper, views, pictures in read_layouts(seed, options.keep):
            start = time.process_time()
            verdicts = _verdicts(paper, views, pictures, reference)
            score.milliseconds.append(1000 * (time.process_time() - start))
            for verdict in verdicts:
                score.add(verdict)
                if options.worst and not verdict.right:
                    mark = "SURE " if verdict.sure else ""
                    print(f"{paper.name} {seed}: {mark}{verdict.name}: {verdict.value!r}"
                          f" for {verdict.truth!r}")  # fmt: skip
            print(".", end="", flush=True, file=sys.stderr)
    print_score("layouts", score)
    return 0


def _verdicts(
    paper: LayoutPaper,
    views: Sequence[PageView],
    pictures: Sequence[Pixels],
    reference: Reference,
) -> list[Verdict]:
    spans = separate(views).spans
    guess = classify(views, reference)
    fields = extract(
        views, guess, reference, lambda at: pictures[at - 1], hand=digit_reader(), strips=read_strip
    )  # fmt: skip
    found: list[Verdict] = [
        Verdict("(one document)", "1", str(len(spans)), len(spans) == 1, sure=False)
    ]
    for name, right in paper.truth.items():
        if name == "form":
            sure = guess.confidence >= KIND_SURE
            found.append(Verdict("kind.form", str(right), guess.form, guess.form == right, sure))
            continue
        if name == "number" and paper.handwritten:
            continue
        field = fields[name]
        got = None if field.value is None else str(field.value)
        alike = likeness(str(right), got) if got else 0.0
        found.append(Verdict(name, str(right), got, got == right, field.sure, alike))
    return found


def read_drawn(
    pages: Sequence[Page], faults: Faults, seed: int, kept: Path | None
) -> tuple[list[PageView], list[Pixels]]:
    """The pages as read and their pictures; what was read before comes from `kept`."""
    pictures = [degrade(render(page, DPI), faults, seed=seed) for page in pages]
    if kept and kept.exists():
        stored = json.loads(kept.read_text(encoding="utf-8"))
        return [page_from_json(page) for page in stored], pictures
    views = [
        PageView(at, read_page(picture, dpi=DPI, rotation=0, engine=engine(), review=review()))
        for at, picture in enumerate(pictures, 1)
    ]
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps([page_to_json(view) for view in views]), encoding="utf-8")
    return views, pictures


def read_layouts(
    seed: int, keep: Path | None
) -> Iterator[tuple[LayoutPaper, list[PageView], list[Pixels]]]:
    """Every layout of `layouts.json`, one in three at each level."""
    for at, paper in enumerate(layout_papers(seed)):
        rng = random.Random(f"{paper.name} {seed} faults")  # noqa: S311  drawings, no secrets
        faults = LEVELS[(at + seed) % len(LEVELS)]
        faults = replace(faults, skew=faults.skew * rng.uniform(-1, 1))
        kept = keep / f"layout-{paper.name}-{seed}.json" if keep else None
        yield paper, *read_drawn(paper.pages, faults, seed, kept)


if __name__ == "__main__":
    sys.exit(main())
