"""Learning from people's corrections: trained on them, examined on what it has not seen.

Corrections are few, so each is examined by a model that was trained without it (four parts, each
left out once). The old model is asked about the same papers. Papers made anew stand guard: whoever
gets better at the corrections and worse at everything else is not taken.
"""

import hashlib
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from classify.features import NONE, Look
from classify.model import KindModel, from_bytes, to_bytes
from classify.training.course import made_papers, wordings_for
from classify.training.exam import Standing, examine
from classify.training.trainer import Example, Options, example_of, train, widened
from classify.types import Kind, Reference

PARTS = 4
"""How many times the corrections are divided, each part left out once."""
_COPIES = 8
"""Thinned copies of each correction: other papers of its kind say a part of what it says."""
_THIN = 0.25
_WEIGHT = 3.0
_WORSE = 0.01
"""How much less of the made papers the new model may get right."""
_RATES = (0.02, 0.01, 0.005)
"""Tried from bold to careful: the first that is better and forgets nothing is taken."""
_GAIN = 0.5
"""Nats by which all lessons together must become likelier where none more is right."""
_STEPS = 50
"""Of the trainer, at least: fewer leave the old answer standing, many more forget."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How many papers are made anew; the time goes with them."""

    each: int = 5
    """Of every kind, repeated beside the corrections, so that nothing is lost."""
    guard: int = 2
    """Of every kind, on which old and new are compared."""


USUAL = Effort()


@dataclass(frozen=True)
class Lesson:
    """One document whose kind a person stood for."""

    id: str
    code: str
    look: Look
    machine_code: str | None
    """What the machine had said."""


@dataclass(frozen=True)
class Verdict:
    """Old and new beside each other."""

    model: KindModel | None
    """The new model where it is better, else None."""
    lessons: int
    fresh: int
    """Lessons that the present model was not trained on; only they are compared."""
    before: Standing
    after: Standing
    guard_before: Standing
    guard_after: Standing


def relearn(
    current: KindModel,
    lessons: Sequence[Lesson],
    reference: Reference,
    *,
    added: Sequence[Kind] = (),
    effort: Effort = USUAL,
    seed: int = 11,
) -> Verdict:
    """Train on every lesson; give the new model only where it does better on fresh ones.

    `added` are the catalogue's kinds that did not ship. Lessons of kinds that the reference does
    not hold are left out. Deterministic for the same lessons and seed.
    """
    classes = (*(kind.code for kind in reference.kinds), NONE)
    start = widened(current, classes)
    known = [lesson for lesson in lessons if lesson.code in classes]
    learnt = set(current.card.get("lessons", ()))
    fresh = [lesson for lesson in known if lesson.id not in learnt]
    wordings = wordings_for(reference)
    guard = list(made_papers(reference, wordings, each=effort.guard, seed=seed + 1))
    asked = [example_of(lesson.look, lesson.code) for lesson in fresh]
    before, guard_before = examine(start, asked), examine(start, guard)
    if not fresh:
        return Verdict(None, len(known), 0, before, before, guard_before, guard_before)
    replay = list(made_papers(reference, wordings, each=effort.each, seed=seed))
    ids = {lesson.id for lesson in fresh}
    verdict = Verdict(None, len(known), len(fresh), before, before, guard_before, guard_before)
    for rate in _RATES:
        how = _how(replay, rate)
        whole = train([*replay, *_copies(known, how.seed)], start, how)
        guard_after = examine(whole, guard)
        if guard_after.accuracy < guard_before.accuracy - _WORSE:
            continue
        after = _examined(start, known, ids, replay, how)
        verdict = replace(verdict, after=after, guard_after=guard_after)
        forgets = guard_after.accuracy < guard_before.accuracy
        if _is_better(before, after, forgets=forgets):
            named = _named(whole, current, known, added)
            return replace(verdict, model=from_bytes(to_bytes(named)))
    return verdict


def _named(
    whole: KindModel, current: KindModel, known: Sequence[Lesson], added: Sequence[Kind]
) -> KindModel:
    """The new model with its version, the kinds it brings and what it was taught."""
    return replace(
        whole,
        version=_next(current.version),
        kinds=tuple(added),
        card={
            **current.card,
            "lessons": [lesson.id for lesson in known],
            "counts": dict(Counter(lesson.code for lesson in known)),
        },
    )


def _is_better(before: Standing, after: Standing, *, forgets: bool) -> bool:
    """More right; or as many, where the truth became clearly likelier and nothing was forgotten."""
    if after.accuracy != before.accuracy:
        return after.accuracy > before.accuracy
    gain = (before.loss - after.loss) * after.asked
    return gain > _GAIN and after.loss < 0.98 * before.loss and not forgets


def _examined(
    start: KindModel,
    lessons: Sequence[Lesson],
    fresh: set[str],
    replay: Sequence[Example],
    how: Options,
) -> Standing:
    """Each fresh lesson asked of a model that was trained without it."""
    parts = divided(lessons)
    standings = []
    for number in range(PARTS):
        asked = [one for one in lessons if parts[one.id] == number and one.id in fresh]
        if not asked:
            continue
        rest = [one for one in lessons if parts[one.id] != number]
        model = train([*replay, *_copies(rest, how.seed)], start, how)
        standings.append(examine(model, [example_of(one.look, one.code) for one in asked]))
    return _together(standings)


def divided(lessons: Sequence[Lesson]) -> dict[str, int]:
    """Lesson -> part; every kind is spread evenly over the parts, by a hash of the ids."""
    by_code: dict[str, list[str]] = defaultdict(list)
    for lesson in lessons:
        by_code[lesson.code].append(lesson.id)
    parts: dict[str, int] = {}
    for code in sorted(by_code):
        ids = sorted(by_code[code], key=lambda one: hashlib.sha256(one.encode()).digest())
        for index, one in enumerate(ids):
            parts[one] = (index + len(parts)) % PARTS if len(ids) < PARTS else index % PARTS
    return parts


def _together(standings: Sequence[Standing]) -> Standing:
    asked = sum(one.asked for one in standings)
    shares = np.array([one.asked / asked for one in standings])
    sure = float(shares @ [one.sure for one in standings])
    right = float(shares @ [one.sure * one.sure_right for one in standings])
    return Standing(
        asked,
        round(float(shares @ [one.accuracy for one in standings]), 9),
        float(shares @ [one.loss for one in standings]),
        sure,
        right / sure if sure else 1.0,
    )


def _copies(lessons: Sequence[Lesson], seed: int) -> list[Example]:
    rng = random.Random(seed)  # noqa: S311  thinning papers, no secrets
    found = []
    for lesson in lessons:
        whole = example_of(lesson.look, lesson.code, _WEIGHT)
        found += [whole, *(_thinned(whole, rng) for _ in range(_COPIES))]
    return found


def _thinned(example: Example, rng: random.Random) -> Example:
    kept = np.array([rng.random() > _THIN for _ in example.places], dtype=bool)
    return replace(
        example, places=example.places[kept], values=example.values[kept], weight=_WEIGHT / 2
    )


def _how(replay: Sequence[Example], rate: float) -> Options:
    usual = Options(rate=rate)
    return replace(usual, epochs=max(8, _STEPS * usual.batch // max(len(replay), usual.batch)))


def _next(version: str) -> str:
    shipped, _, count = version.partition(".")
    return f"{shipped}.{int(count or 0) + 1}"
