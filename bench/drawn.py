"""Drawn papers as the house reads them: rendered, spoilt as scanners do, recognised, kept."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bench.fields import engine, page_from_json, page_to_json, review
from bench.layouts import LayoutPaper, layout_papers
from classify import PageView
from imaging.types import Pixels
from ocr import read_page
from specimens import OFFICE, Faults, degrade, render
from specimens.degrade import Light
from specimens.page import Page

DPI = 200
_WORN = Faults(
    skew=1.2, noise=9.0, blur=0.8, light=Light(0.15), bleed=0.08, faint=0.25, jpeg_quality=50
)
LEVELS = (Faults(noise=2.0), OFFICE, _WORN)
"""Clean, an office's scanner, worn."""


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
