"""Learn ocr/second/weights.json: how much each reader and the language count, on transcribed pages.

    python -m bench.train_confidence [--shared ../shared] [--pages FOLDER ...] [--check]

Pages: `data/ocr_pages` (real scans) and `ocr/specimens` (invented) below the shared folder, and
PNG + .gt.txt in the other folders named. `--check` learns without one document after the other and
says what comes out on the one left out. What is learnt is a few numbers; nothing of a page is kept.
"""

import argparse
import json
import os
import pickle
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bench.score import fold
from bench.word_truth import Place, groups_of
from imaging import open_source
from ocr import best_engine, clean_page
from ocr.second.language import Language, load_language
from ocr.second.reader import LineReading
from ocr.second.repair import Around, Draft, State, first_states, weigh_states
from ocr.second.script import script_reader
from ocr.second.small import small_reader
from ocr.second.weigh import NAMES, Rows, rows_of
from ocr.types import Line

READERS = ("", "small", "script", "small script")
INVENTED_WEIGHT = 0.3
"""Of a word of an invented page against one of a real scan: they are many and alike."""
NOISE_SURE = 0.7
"""A word that is not in the transcription and less sure than this is taken for noise."""
RIDGE = 2e-5
ROUNDS = 1
WRITTEN = Path(__file__).parents[1] / "ocr" / "second" / "weights.json"


class Page(NamedTuple):
    """A page as all readers read it, with its transcription."""

    document: str
    is_real: bool
    lines: tuple[Line, ...]
    small: tuple[LineReading, ...]
    script: tuple[LineReading, ...]
    truth: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One piece: the numbers of its ways, which of them is right, how much it counts."""

    document: str
    rows: Rows
    right: int
    """The last row where none of the ways is right."""
    weight: float
    is_real: bool


def main() -> int:
    """Learn and write, or check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--pages", type=Path, nargs="*", default=[])
    parser.add_argument("--readings", type=Path, help="folder that keeps readings between runs")
    parser.add_argument("--check", action="store_true")
    chosen = parser.parse_args()
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    pages = list(read_pages(chosen.shared, chosen.pages, chosen.readings))
    if not pages:
        print(f"No pages: {chosen.shared}/data/ocr_pages is not there.")
        return 1
    language = load_language()
    if chosen.check:
        for readers in READERS:
            check(readers, pages, language)
        return 0
    learnt = {readers: learn_in_rounds(readers, pages, language) for readers in READERS}
    rounded = {readers: [round(float(x), 4) for x in row] for readers, row in learnt.items()}
    WRITTEN.write_text(
        json.dumps({"names": NAMES, "weights": rounded}, ensure_ascii=False, indent=1) + "\n",
        encoding="utf-8",
    )
    return 0


# -- pages -----------------------------------------------------------------------------------


def read_pages(shared: Path, more: Sequence[Path], kept: Path | None) -> Iterator[Page]:
    """Every page with a transcription, read by all readers."""
    for folder in (shared / "data" / "ocr_pages", *more):
        for path in sorted(folder.glob("*.png")):
            truth = path.with_suffix(".gt.txt")
            if truth.is_file():
                yield _kept_page(path, truth, kept, is_real=True)
    for path in sorted((shared / "ocr" / "specimens").glob("*__*")):
        name, condition = path.stem.split("__")
        if not condition.startswith("rot"):
            truth = path.with_name(f"{name}.gt.txt")
            yield _kept_page(path, truth, kept, is_real=False)


def _kept_page(path: Path, truth: Path, kept: Path | None, *, is_real: bool) -> Page:
    """The page, its readings taken from an earlier run of this very command where there is one."""
    place = kept / f"{path.stem}.pickle" if kept else None
    if place is not None and place.is_file():
        page: Page = pickle.loads(place.read_bytes())  # noqa: S301  written by this command
        return page._replace(truth=truth.read_text(encoding="utf-8"))
    with open_source(path) as source:
        image = source.page(1)
    clean = clean_page(image.pixels, image.dpi)
    lines = best_engine().read(clean)
    boxes = [line.box for line in lines]
    page = Page(
        document=path.stem.split("__")[0].rsplit("_p", 1)[0],
        is_real=is_real,
        lines=lines,
        small=small_reader().read_lines(clean.grey, boxes),
        script=script_reader().read_lines(clean.grey, boxes),
        truth=truth.read_text(encoding="utf-8"),
    )
    if place is not None:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(pickle.dumps(page))
    return page


# -- samples ---------------------------------------------------------------------------------


def samples_of(
    page: Page, readers: str, language: Language, weights: Rows | None
) -> Iterator[Sample]:
    """The pieces of a page whose truth is known, in the context that the weights choose."""
    small = page.small if "small" in readers else [None] * len(page.lines)
    script = page.script if "script" in readers else [None] * len(page.lines)
    drafts = [Draft(*row) for row in zip(page.lines, small, script, strict=True)]
    states = first_states(drafts, language)
    if weights is not None:
        weigh_states(states, language, dict.fromkeys(READERS, weights))
    truths = _truths(page)
    for place, state in enumerate(states):
        if state.draft.readers != readers:
            continue
        contexts = Around(states, place)
        for index, choice in enumerate(state.choices):
            right = _right(place, state, index, truths)
            if right is not None:
                rows = rows_of(choice, contexts(index), language)
                weight = 1.0 if page.is_real else INVENTED_WEIGHT
                yield Sample(page.document, rows, right, weight, page.is_real)


class _Truths(NamedTuple):
    group_of: dict[Place, int]
    groups: list[tuple[tuple[Place, ...], tuple[str, ...]]]


def _truths(page: Page) -> _Truths:
    groups = groups_of(page.truth, [[word.text for word in line.words] for line in page.lines])
    group_of = {place: number for number, group in enumerate(groups) for place in group.places}
    return _Truths(group_of, [(group.places, group.truth) for group in groups])


def _right(line: int, state: State, index: int, truths: _Truths) -> int | None:
    """The number of the right way, the number after the last for none, or None if unknown."""
    choice = state.choices[index]
    piece = choice.piece
    places = {Place(line, word) for word in range(piece.start, piece.end)}
    numbers = {truths.group_of.get(place) for place in places}
    if None in numbers:
        return len(choice.ways) if choice.sure < NOISE_SURE else None
    groups = [truths.groups[number] for number in sorted(n for n in numbers if n is not None)]
    if any(place not in places for members, _ in groups for place in members):
        return None
    truth = [word for _, words in groups for word in words]
    for number, way in enumerate(choice.ways):
        if [fold(word) for word in way] == truth:
            return number
    return len(choice.ways)


# -- learning --------------------------------------------------------------------------------


def learn_in_rounds(readers: str, pages: Sequence[Page], language: Language) -> Rows:
    """Learn in the context of the first reading, then in that of what was learnt."""
    weights = None
    for _ in range(ROUNDS):
        samples = [s for page in pages for s in samples_of(page, readers, language, weights)]
        weights = learn(samples)
    assert weights is not None
    return weights


def learn(samples: Sequence[Sample]) -> Rows:
    """The likeliest weights, a little drawn to 0: Newton's steps, halved where too far."""
    rows = np.concatenate([sample.rows for sample in samples])
    counts = np.array([len(sample.rows) for sample in samples])
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    owner = np.repeat(np.arange(len(samples)), counts)
    right = starts + np.array([sample.right for sample in samples])
    weight = np.array([sample.weight for sample in samples])
    ridge = RIDGE * weight.sum()

    def look(weights: Rows) -> tuple[float, Rows]:
        scores = rows @ weights
        top = np.maximum.reduceat(scores, starts)
        powers = np.exp(scores - top[owner])
        sums = np.add.reduceat(powers, starts)
        likelihood = (scores[right] - top - np.log(sums)) @ weight
        return float(likelihood - ridge * (weights @ weights) / 2), powers / sums[owner]

    weights = np.zeros(rows.shape[1])
    value, chances = look(weights)
    for _ in range(60):
        weighed = chances * weight[owner]
        means = np.add.reduceat(chances[:, None] * rows, starts)
        slope = rows[right].T @ weight - rows.T @ weighed - ridge * weights
        bend = (rows * weighed[:, None]).T @ rows - (means * weight[:, None]).T @ means
        step = np.linalg.solve(bend + ridge * np.eye(len(weights)), slope)
        share = 1.0
        while share > 1e-4 and look(weights + share * step)[0] < value:
            share /= 2
        weights = weights + share * step
        before, (value, chances) = value, look(weights)
        if value - before < 1e-4:
            break
    return weights


# -- check -----------------------------------------------------------------------------------


def check(readers: str, pages: Sequence[Page], language: Language) -> None:
    """Learn without each real document, and weigh its words."""
    samples = [s for page in pages for s in samples_of(page, readers, language, None)]
    groups: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        groups[sample.document].append(sample)
    chances: list[float] = []
    is_right: list[bool] = []
    counts = {"wrong at first": 0, "mended": 0, "broken": 0}
    for document, held in groups.items():
        if not held[0].is_real:
            continue
        weights = learn([s for name, rest in groups.items() if name != document for s in rest])
        for sample in held:
            best, chance = _best(sample, weights)
            chances.append(chance)
            is_right.append(best == sample.right)
            counts["wrong at first"] += sample.right != 0
            counts["mended"] += sample.right != 0 and best == sample.right
            counts["broken"] += sample.right == 0 and best != 0
    print(f"readers: {readers or 'the first alone'}; {len(chances)} words; {counts}")
    _print_sure(np.array(chances), np.array(is_right))


def _best(sample: Sample, weights: Rows) -> tuple[int, float]:
    scores = sample.rows @ weights
    powers = np.exp(scores - scores.max())
    best = int(np.argmax(scores[:-1]))
    return best, float(powers[best] / powers.sum())


def _print_sure(chances: Rows, is_right: Iterable[bool]) -> None:
    right = np.array(is_right)
    for least in (0.99, 0.97, 0.95, 0.9, 0.5):
        sure = chances >= least
        print(f"  >= {least}: {sure.mean():.3f} of words, {right[sure].mean():.4f} right")


if __name__ == "__main__":
    sys.exit(main())
