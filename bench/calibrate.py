"""Make classify/calibration.json: how likely each field's value is right, given its evidence.

    python -m bench.calibrate [--shared ../shared] [--keep DIR] [--seeds 2] [--to ...]

Papers of every template are drawn here at three noise levels and read, and the layouts of
`bench/layouts.json`; the documents below the
shared folder, where it is there, are added with more weight. Each field has a logistic model whose
weights cannot be negative; the least chance that keeps a promise is found on predictions for
documents that the model has not seen (five parts by document). Without the shared folder the file
is made from our own papers alone, which the output says.
"""

import argparse
import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bench import logistic
from bench.drawn import LEVELS, read_drawn, read_layouts
from bench.field_scores import PRINTED, by_hand, notation_of, plain
from bench.fields import documents, read_views, understand
from catalogue.reference import load_reference
from classify import Fields, Reference, classify, extract
from classify._calibration import FEATURES, OTHER, features
from classify.policy import Promise
from specimens import TEMPLATES, Faults, NumberStyle, PaperOptions, make_paper
from workers.reference import reference_of

_REAL = ("scans", "archive_2010")
_WEIGHT = 3
"""How often a real document counts beside a drawn one."""
_OWN = 6
"""How often a field's own value counts beside one of another field."""
_PARTS = 5
_FEW = 25
"""Values that a field must have for a model of its own."""
_FEW_SURE = 12
"""Values that must pass for a border to be believed."""
_NEVER = 0.999
"""A border that nothing reaches but certainty."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One field's value of one document."""

    field: str
    document: str
    features: tuple[float, ...]
    right: bool
    weight: int


def main() -> int:
    """Read, fit, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--keep", type=Path, default=None)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--to", type=Path, default=Path("classify/calibration.json"))
    options = parser.parse_args()
    reference = reference_of(load_reference())
    samples = [*_drawn(options.seeds, options.keep, reference)]
    samples += _of_layouts(options.seeds, options.keep, reference)
    real = [folder for name in _REAL if (folder := options.shared / "data" / name).exists()]
    if not real:
        print(f"No documents below {options.shared}/data: our own papers alone.")
    for folder in real:
        samples += _real(folder, options.keep, reference)
    found = _fit_all(samples)
    made_by = f"python -m bench.calibrate --seeds {options.seeds}"
    options.to.write_text(
        json.dumps({"made_by": made_by, "fields": found}, indent=1) + "\n", encoding="utf-8"
    )
    return 0


def _drawn(seeds: int, keep: Path | None, reference: Reference) -> Iterator[Sample]:
    for seed in range(seeds):
        for template in TEMPLATES:
            for level, faults in enumerate(LEVELS):
                yield from _of_paper(template, seed, level, faults, keep, reference)
        print(".", end="", flush=True, file=sys.stderr)


def _of_paper(
    template: str, seed: int, level: int, faults: Faults, keep: Path | None, reference: Reference
) -> Iterator[Sample]:
    rng = random.Random(f"{template} {seed} {level}")  # noqa: S311  drawings, no secrets
    hand = rng.random() < 0.3
    style = NumberStyle.HAND if hand else NumberStyle.PRINTED
    options = PaperOptions(number_style=style, hand_day=hand)
    number = 1000 + 10 * seed + level
    paper = make_paper(template, seed=number, options=options)
    faults = replace(faults, skew=faults.skew * rng.uniform(-1, 1))
    kept = keep / f"drawn-{template}-{number}.json" if keep else None
    views, pictures = read_drawn(paper.pages, faults, number, kept)
    fields = extract(views, classify(views, reference), reference, lambda at: pictures[at - 1])
    truth = {name: [str(value)] for name, value in paper.fields.items() if value is not None}
    yield from _samples(f"{template} {number}", fields, truth, weight=1)


def _of_layouts(seeds: int, keep: Path | None, reference: Reference) -> Iterator[Sample]:
    for seed in range(seeds):
        for paper, views, pictures in read_layouts(seed, keep):
            guess = classify(views, reference)
            fields = extract(views, guess, reference, lambda at, seen=pictures: seen[at - 1])
            truth = {name: [value] for name, value in paper.truth.items() if value is not None}
            yield from _samples(f"layout {paper.name}", fields, truth, weight=1)
        print(".", end="", flush=True, file=sys.stderr)


def _real(folder: Path, keep: Path | None, reference: Reference) -> Iterator[Sample]:
    for entry in documents(folder):
        path = folder / entry["file"]
        _, _, fields, _ = understand(path, read_views(path, keep), reference, keep)
        truth = {
            ours: [entry[theirs], *(entry.get("title_accept", ()) if theirs == "title" else ())]
            for theirs, ours in PRINTED.items()
            if entry.get(theirs) and theirs not in entry.get("skip_fields", ())
        }
        if "number" in truth:
            truth["notation"] = [notation_of(entry["number"])]
        if "number" in by_hand(entry):
            truth.pop("number", None)
        yield from _samples(entry["file"], fields, truth, weight=_WEIGHT)


def _samples(
    document: str, fields: Fields, truth: Mapping[str, Sequence[str]], *, weight: int
) -> Iterator[Sample]:
    """Printed values that were read, beside the truth; what is by hand is never sure anyway."""
    for name, accepted in truth.items():
        got = fields.get(name)
        if got is None or got.evidence is None or got.handwritten:
            continue
        right = _same(got.value) in [_same(text) for text in accepted]
        yield Sample(name, document, features(got.evidence), right, weight)


def _same(value: object) -> str:
    return plain(value).casefold()


def _fit_all(samples: Sequence[Sample]) -> dict[str, object]:
    by_field: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        by_field[sample.field].append(sample)
    few = [name for name, of in by_field.items() if len(of) < _FEW]
    pooled = [sample for name in few for sample in by_field.pop(name)]
    by_field[OTHER] = pooled or list(samples)
    print(f"\n{'field':16} values  right  brier  passed at 0.01 (wrong)  at 0.02  at 0.05")
    return {name: _fit(name, of, samples) for name, of in sorted(by_field.items())}


def _fit(name: str, own: Sequence[Sample], samples: Sequence[Sample]) -> dict[str, object]:
    """One field's model: its own values count most, those of the others show what errors do."""
    x = np.array([sample.features for sample in samples])
    y = np.array([sample.right for sample in samples])
    part = np.array([_part(sample.document) for sample in samples])
    names = {sample.field for sample in own}
    mine = np.array([sample.field in names for sample in samples])
    weight = np.array([sample.weight for sample in samples])
    counted = np.where(mine, _OWN * weight, weight)
    unseen = np.zeros(len(y))
    for held in range(_PARTS):
        learn = part != held
        if (part == held).any():
            weights, bias = _weighed(x[learn], y[learn], counted[learn])
            unseen[part == held] = logistic.chance(x[part == held], weights, bias)
    weights, bias = _weighed(x, y, counted)
    unseen, y, weight = unseen[mine], y[mine], weight[mine]
    borders = {promise.value: _border(unseen, y, weight, float(promise)) for promise in Promise}
    _report(name, unseen, y, borders)
    return {
        "weights": dict(zip(FEATURES, [round(float(w), 4) for w in weights], strict=True)),
        "bias": round(bias, 4),
        "sure": borders,
    }


def _part(document: str) -> int:
    return random.Random(document).randrange(_PARTS)  # noqa: S311  a split, no secret


def _weighed(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, float]:
    """A model whose rows count so many times; two made-up rows keep it from certainty."""
    rows = np.repeat(np.arange(len(y)), weight)
    worst, best = x.min(axis=0), x.max(axis=0)
    x = np.vstack([x[rows], worst, best])
    return logistic.fit(x, np.append(y[rows], [False, True]), ridge=1.0, floor=0.0)


def _border(chance: np.ndarray, y: np.ndarray, weight: np.ndarray, promised: float) -> float:
    """The least chance from which at most the promised share is wrong, on unseen documents."""
    order = np.argsort(-chance)
    count = np.cumsum(weight[order])
    wrong = np.cumsum(weight[order] * ~y[order])
    kept = np.flatnonzero((wrong / count <= promised) & (count >= _FEW_SURE))
    if not len(kept):
        return _NEVER
    return round(min(_NEVER, max(1 - 4 * promised, float(chance[order[kept[-1]]]))), 4)


def _report(name: str, chance: np.ndarray, y: np.ndarray, borders: Mapping[str, float]) -> None:
    brier = float(((chance - y) ** 2).mean())
    shown = []
    for border in borders.values():
        passed = chance >= border
        shown.append(f"{passed.mean():4.0%} ({int((passed & ~y).sum())})")
    print(f"{name:16} {len(y):6}  {y.mean():5.0%}  {brier:.3f}  {'  '.join(shown)}")


if __name__ == "__main__":
    sys.exit(main())
