"""How far each field may be believed: a correction of the shipped calibration, drawn towards it.

A logistic model over the log-odds that the shipped calibration gives: one shift for the field, one
for each form, one for each issuer, one for values that the agency's vocabulary holds. Each shift
has a normal prior around 0, so that a handful of papers moves little and groups of few papers less
(`_SPREAD`). Fitted by Newton's method; deterministic.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from classify._fields import GUESSED, weigh
from classify._vocabulary import Used
from classify.learnt import Layer, Place, place_of
from classify.policy import Promise, is_sure
from classify.training.said import FieldLesson, same

SILENT = 0.7
"""What a value counts that nobody touched on a paper that a person confirmed: as if three of ten
wrong ones that nobody was asked to look at went unseen."""
_SPREAD = {"bias": 0.25, "seen": 1.0, "form": 0.25, "issuer": 0.5}
"""Variance of the prior of each sort of shift, in squared log-odds."""
_LEAST_IN_GROUP = 3
"""Values of one form or issuer that a shift of its own takes."""
_STEPS = 30
_SMALL = 0.01
"""A shift that is left out of the file."""
MOST_GROUPS = 300
"""Issuers and forms with a shift of their own, those with most values first."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One value that was read and that a person spoke of."""

    document: str
    part: int
    place: Place
    chance: float
    """By the shipped calibration."""
    seen: bool
    """In the agency's vocabulary."""
    right: bool
    weight: float
    may_pass: bool
    """Whether a high chance would make it sure: not put together by a rule, not doubted."""


def samples_of(
    lessons: Sequence[FieldLesson], used: Mapping[str, Used]
) -> Mapping[str, list[Sample]]:
    """Field -> every value that was read by machine and judged by a person; none by hand."""
    found: dict[str, list[Sample]] = {}
    for lesson in lessons:
        fields = used[lesson.id].fields
        place = place_of(lesson.found.form, fields["issuer"].value)
        for name, said in lesson.said.items():
            value = fields.get(name)
            if value is None or value.evidence is None or value.handwritten or said.handwritten:
                continue
            right = same(name, value.value, said.value)
            if said.value is None and not said.looked_at:
                continue
            sample = Sample(
                lesson.id, lesson.part, place,
                weigh(name, value, lesson.found.regular).confidence,
                name in used[lesson.id].seen, right,
                1.0 if said.looked_at or not right else SILENT,
                value.evidence.rule >= GUESSED,
            )  # fmt: skip
            found.setdefault(name, []).append(sample)
    return found


def fit(samples: Sequence[Sample]) -> Layer:
    """The shifts that make the samples likely, drawn towards none."""
    forms = _groups(sample.place.form for sample in samples)
    issuers = _groups(sample.place.issuer for sample in samples)
    sorts = ["bias", "seen", *["form"] * len(forms), *["issuer"] * len(issuers)]
    rows = [
        [
            1.0,
            float(sample.seen),
            *(float(sample.place.form == form) for form in forms),
            *(float(sample.place.issuer == issuer) for issuer in issuers),
        ]
        for sample in samples
    ]
    shifts = _newton(np.array(rows).reshape(len(rows), len(sorts)), samples,
                     np.array([1 / _SPREAD[sort] for sort in sorts]))  # fmt: skip
    by_form = _named(forms, shifts[2 : 2 + len(forms)])
    by_issuer = _named(issuers, shifts[2 + len(forms) :])
    return Layer(round(float(shifts[0]), 4), round(float(shifts[1]), 4), by_form, by_issuer)


def _groups(names: Any) -> list[str]:
    counts = Counter(name for name in names if name)
    return [name for name, n in counts.most_common(MOST_GROUPS) if n >= _LEAST_IN_GROUP]


def _named(names: Sequence[str], shifts: Any) -> dict[str, float]:
    pairs = zip(names, shifts, strict=True)
    return {name: round(float(shift), 4) for name, shift in pairs if abs(shift) > _SMALL}


def _newton(x: Any, samples: Sequence[Sample], ridge: Any) -> Any:
    kept = np.clip([sample.chance for sample in samples], 0.001, 0.999)
    offset = np.log(kept / (1 - kept))
    y = np.array([float(sample.right) for sample in samples])
    weight = np.array([sample.weight for sample in samples])
    shifts = np.zeros(x.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(offset + x @ shifts, -30, 30)))
        slope = x.T @ (weight * (y - chance)) - ridge * shifts
        bend = (x * (weight * chance * (1 - chance))[:, None]).T @ x + np.diag(ridge)
        step = np.linalg.solve(bend, slope)
        shifts = shifts + np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < 1e-6:
            break
    return shifts


@dataclass(frozen=True, slots=True)
class Standing:
    """How well the confidence of one field says the truth, on values of papers not seen."""

    judged: int
    loss: float
    """Mean negative log-likelihood of the truth, values weighed by how they were judged."""
    brier: float
    passed: int
    """As sure, at the promise that is kept here."""
    wrong: int
    """Of these."""
    weight: float = 0.0

    def as_dict(self) -> dict[str, float]:
        """For people and for JSON."""
        return {
            "judged": self.judged,
            "log_loss": round(self.loss, 4),
            "brier": round(self.brier, 4),
            "passed_as_sure": self.passed,
            "of_these_wrong": self.wrong,
        }


def examine(
    name: str, samples: Sequence[Sample], layers: Sequence[Layer | None], promise: Promise
) -> Standing:
    """How samples stand, each with the layer beside it; None is the shipped calibration."""
    if not samples:
        return Standing(0, 0.0, 0.0, 0, 0)
    chances = np.array([
        layer.chance(sample.chance, sample.place, seen=sample.seen) if layer else sample.chance
        for sample, layer in zip(samples, layers, strict=True)
    ])  # fmt: skip
    right = np.array([sample.right for sample in samples])
    weight = np.array([sample.weight for sample in samples])
    likely = np.clip(np.where(right, chances, 1 - chances), 1e-6, 1.0)
    passed = np.array([
        sample.may_pass and is_sure(name, round(float(chance), 3), promise=promise)
        for sample, chance in zip(samples, chances, strict=True)
    ])  # fmt: skip
    return Standing(
        judged=len(samples),
        loss=float(-(weight * np.log(likely)).sum() / weight.sum()),
        brier=float((weight * (chances - right) ** 2).sum() / weight.sum()),
        passed=int(passed.sum()),
        wrong=int((passed & ~right).sum()),
        weight=float(weight.sum()),
    )
