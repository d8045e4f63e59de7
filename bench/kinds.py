"""Measures kinds and cuts: accuracy, what a promise of 95 % is worth, F1, milliseconds.

    OMP_NUM_THREADS=1 python -m bench.kinds [--shared ../shared] [--keep DIR] [--each 6]
                                            [--batches 10] [--render 0] [--worst]

* the real documents of the shared folder, by the clerk's plain form; `--keep` keeps the pages as
  read (the same files as `bench.fields --keep`);
* mixed batches: all scanned documents in random orders, blank backs here and there;
* papers of every kind of the catalogue made in text space, at three noise levels;
* `--render N`: N papers of every level drawn as pictures, spoilt as a scanner does, and read.

Numbers of a dated run stand in docs/kinds.md.
"""

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from bench.fields import FOLDERS, read_views
from catalogue.reference import load_reference
from classify import OTHER, KindGuess, PageView, Reference, classify, separate
from classify.training.compose import compose
from classify.training.course import wordings_for
from classify.training.loose import compose_unknown
from classify.training.wordings import Wording
from imaging.types import Pixels
from ocr import Engine, best_engine, read_page
from ocr.types import PageText, TextSource
from specimens.fonts import Face, font
from workers.reference import reference_of

SURE = 0.95
LEVELS = {"clean": 0.0, "usual": 0.03, "bad": 0.09}
BLANK_BACKS = 0.3


@dataclass
class Tally:
    """What was said of a set of documents."""

    asked: int = 0
    right: int = 0
    sure: int = 0
    sure_right: int = 0
    seconds: float = 0.0
    wrong: Counter[str] = field(default_factory=Counter)

    def add(self, guess: KindGuess, *, right: bool, wanted: str) -> None:
        """One document."""
        sure = guess.confidence >= SURE
        self.asked += 1
        self.right += right
        self.sure += sure
        self.sure_right += sure and right
        if not right:
            self.wrong[f"{wanted} -> {guess.code or 'không rõ'} {guess.confidence:.2f}"] += 1

    def row(self, name: str) -> str:
        """Name, share right, share sure, share of those right, milliseconds."""
        n = max(self.asked, 1)
        right = f"{self.sure_right}/{self.sure}"
        return (
            f"| {name} | {self.right}/{self.asked} ({self.right / n:.1%}) | {self.sure / n:.0%} "
            f"| {right} | {1000 * self.seconds / n:.0f} |"
        )


class Cuts(NamedTuple):
    """First pages found, invented and missed, the file's own first page left out."""

    found: int
    extra: int
    missed: int
    seconds: float
    documents: int


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--keep", type=Path, default=None)
    parser.add_argument("--each", type=int, default=6)
    parser.add_argument("--batches", type=int, default=10)
    parser.add_argument("--render", type=int, default=0)
    parser.add_argument("--worst", action="store_true")
    options = parser.parse_args()
    reference = reference_of(load_reference())
    print("| set | kind right | confidence >= 0.95 | of those right | ms a document |")
    print("|---|---|---|---|---|")
    tallies = dict(_real(options.shared, options.keep, reference))
    for level, noise in LEVELS.items():
        papers = _made(reference, noise, options.each, random.Random(level))  # noqa: S311
        tallies[f"made papers, {level}"] = _asked(papers, reference)
    for level, noise in LEVELS.items() if options.render else ():
        drawn = _drawn(reference, noise, options.render, level)
        tallies[f"drawn, scanned, read: {level}"] = _asked(drawn, reference)
    for name, tally in tallies.items():
        print(tally.row(name))
        for text, count in tally.wrong.most_common(25) if options.worst else ():
            print(f"    {count} {text}")
    _print_cuts(options.shared, options.keep, options.batches)
    return 0


def _documents(
    shared: Path, folder: str, keep: Path | None
) -> Iterator[tuple[dict, list[PageView]]]:  # type: ignore[type-arg]  # JSON
    listed = shared / "data" / folder / "metadata.json"
    if not listed.exists():
        print(f"No documents: {listed} is not there.", file=sys.stderr)
        return
    for entry in json.loads(listed.read_text(encoding="utf-8")):
        if entry["file"].endswith(".pdf"):
            yield entry, read_views(shared / "data" / folder / entry["file"], keep)


def _real(shared: Path, keep: Path | None, reference: Reference) -> Iterator[tuple[str, Tally]]:
    for folder in FOLDERS:
        tally = Tally()
        for entry, views in _documents(shared, folder, keep):
            forms = [entry["doc_type"].split(" (")[0], *entry.get("doc_type_accept", ())]
            start = time.process_time()
            guess = classify(views, reference)
            tally.seconds += time.process_time() - start
            tally.add(guess, right=guess.form in forms, wanted=f"{entry['file']} {forms[0]}")
        if tally.asked:
            yield folder, tally


Paper = tuple[str | None, tuple[PageView, ...]]


def _made(reference: Reference, noise: float, each: int, rng: random.Random) -> Iterator[Paper]:
    wordings = wordings_for(reference)
    for wording in wordings:
        for _ in range(each):
            yield wording.code, compose(wording, rng, noise=noise)
    for _ in range(each * 10):
        yield None, (compose_unknown(rng, wordings),)


def _asked(papers: Iterator[Paper], reference: Reference) -> Tally:
    tally = Tally()
    for code, pages in papers:
        start = time.process_time()
        guess = classify(pages, reference)
        tally.seconds += time.process_time() - start
        right = guess.code == code or (code == OTHER and guess.code is None)
        tally.add(guess, right=right, wanted=str(code))
    return tally


def _drawn(reference: Reference, noise: float, count: int, level: str) -> Iterator[Paper]:
    """Papers of kinds drawn at random, as pictures with a scanner's faults, read by the engine."""
    rng = random.Random(f"drawn {level}")  # noqa: S311
    engine = best_engine()
    for wording in rng.sample(wordings_for(reference), count):
        yield wording.code, _scanned(wording, rng, noise, engine)


def _scanned(
    wording: Wording, rng: random.Random, noise: float, engine: Engine
) -> tuple[PageView, ...]:
    pictures = [_spoilt(_picture(view.text), noise, rng) for view in compose(wording, rng)]
    return tuple(
        PageView(number, read_page(picture, dpi=200, rotation=0, engine=engine))
        for number, picture in enumerate(pictures, 1)
    )


def _picture(text: PageText) -> Pixels:
    image = Image.new("L", (text.width, text.height), 255)
    pen = ImageDraw.Draw(image)
    for line in text.lines:
        size = max(12, int(1.12 * (line.box.y1 - line.box.y0)))
        regular = font(Face.REGULAR, size)
        for word in line.words:
            wide = regular.getlength(word.text)
            fitted = font(Face.REGULAR, int(size * min(1.0, (word.box.x1 - word.box.x0) / wide)))
            pen.text((word.box.x0, word.box.y1), word.text, font=fitted, fill=20, anchor="ls")
    return np.asarray(image.convert("RGB"))


def _spoilt(pixels: Pixels, noise: float, rng: random.Random) -> Pixels:
    """Blurred by loss of resolution and speckled, the more the higher the level."""
    image = Image.fromarray(pixels).rotate(rng.uniform(-8, 8) * noise, fillcolor=(255, 255, 255))
    small = 1 - 4 * noise
    wide, tall = image.size
    image = image.resize((int(wide * small), int(tall * small)), Image.Resampling.BILINEAR)
    image = image.resize((wide, tall), Image.Resampling.BILINEAR)
    grain = np.random.default_rng(rng.getrandbits(32)).normal(0, 130 * noise, pixels.shape[:2])
    grey = np.asarray(image).astype(np.float32) + grain[..., None]
    return np.clip(grey, 0, 255).astype(np.uint8)


def _print_cuts(shared: Path, keep: Path | None, batches: int) -> None:
    papers = [views for folder in FOLDERS[:2] for _, views in _documents(shared, folder, keep)]
    if not papers:
        return
    cuts = [_cut(papers, random.Random(seed)) for seed in range(batches)]  # noqa: S311
    found, extra, missed = (sum(one[i] for one in cuts) for i in range(3))
    documents = sum(one.documents for one in cuts)
    print(
        f"\ncuts: {batches} mixed batches of {len(papers)} documents: precision "
        f"{found / (found + extra):.3f}, recall {found / (found + missed):.3f}, F1 "
        f"{2 * found / (2 * found + extra + missed):.3f}, "
        f"{1000 * sum(one.seconds for one in cuts) / documents:.0f} ms a document"
    )


def _cut(papers: Sequence[list[PageView]], rng: random.Random) -> Cuts:
    pages: list[PageView] = []
    wanted = set()
    for views in rng.sample(papers, len(papers)):
        wanted.add(len(pages) + 1)
        pages += [replace(view, number=len(pages) + i) for i, view in enumerate(views, 1)]
        if rng.random() < BLANK_BACKS:
            last = views[-1].text
            empty = PageText(last.width, last.height, last.dpi, 0, 0.0, (), TextSource.NONE)
            pages.append(PageView(len(pages) + 1, empty, is_blank=True))
    start = time.process_time()
    got = {span.first_page for span in separate(pages).spans}
    seconds = time.process_time() - start
    got.discard(1)
    wanted.discard(1)
    return Cuts(len(got & wanted), len(got - wanted), len(wanted - got), seconds, len(papers))


if __name__ == "__main__":
    sys.exit(main())
