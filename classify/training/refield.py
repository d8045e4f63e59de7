"""Learning fields from people's words: each part on trial, on papers that it was not drawn from.

Papers are divided by their ids into five parts. What is learnt from four is tried on the fifth, so
every comparison is on papers that the learning had not seen; papers that the model in use was
taught before are learnt from again and not asked. Nothing is switched on that was not better:

* trust in a field (a layer over the shipped calibration): log loss lower by a clear margin, the
  promised error of what passes as sure not broken; fewer values pass only where more wrong ones
  had passed than chance explains, and fewer of them do;
* the agencies' vocabulary, field by field: some values put right, none put wrong;
* labels of own fields: values read that were not read before, none put wrong.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from classify._calibration import fingerprint
from classify._vocabulary import FIELDS, use
from classify.learnt import Agency, FieldModel, Layer
from classify.policy import DEFAULT, Promise
from classify.training.labels import LabelScore, learnt_labels, score_labels
from classify.training.reliability import Sample, Standing, examine, fit, samples_of
from classify.training.said import PARTS, FieldLesson
from classify.training.vocabulary import (
    WordScore,
    habits,
    score_words,
    use_unseen,
    vocabulary,
)
from classify.types import OwnField

FEWEST = 8
"""Values of a field, judged by people and not asked before, under which trust is not learnt."""
_GAIN = 1.0
"""Nats by which the truth must become likelier on papers not seen, all together."""
_SHARE = 0.98
"""And the log loss must fall to this share of what it was."""
_CHANCE = 0.05
"""Probability under which chance is no excuse for a broken promise."""
_OFFERS = 2
"""Offers that must have been made before they are judged."""
_READ = 3
"""Values that a label must read right on papers that did not teach it."""


class Why(StrEnum):
    """Why a field's trust was learnt anew, or was not."""

    BETTER = "better"
    """Log loss fell clearly and the promise holds."""
    TOO_FEW = "too_few"
    """Too few values that people judged."""
    NOT_BETTER = "not_better"
    """The truth did not become clearly likelier on papers not seen."""
    PROMISE_BROKEN = "promise_broken"
    """More wrong values would pass as sure than was promised."""


@dataclass(frozen=True, slots=True)
class FieldTrial:
    """One field: old and new beside each other on papers that neither was taught."""

    before: Standing
    """By the model in use."""
    after: Standing
    """By what is used from now on."""
    why: Why
    words: WordScore = field(default_factory=WordScore)

    @property
    def switched(self) -> bool:
        """Whether its trust is learnt anew."""
        return self.why is Why.BETTER


@dataclass(frozen=True)
class FieldVerdict:
    """What came of it."""

    model: FieldModel | None
    """The new model where anything of it is better, else None."""
    lessons: int
    fresh: int
    """Papers that the present model was not taught; only they are asked."""
    trials: Mapping[str, FieldTrial]
    labels: Mapping[tuple[str, str], LabelScore]
    """(kind, own field) -> what learnt labels do there."""


def relearn_fields(
    current: FieldModel, lessons: Sequence[FieldLesson], *, promise: Promise = DEFAULT
) -> FieldVerdict:
    """Learn from every paper; give a new model only where something of it was better."""
    is_of_now = not current.layers or current.calibration == fingerprint()
    taught = set(current.card.get("lessons", ())) if is_of_now else set()
    fresh = frozenset(lesson.id for lesson in lessons if lesson.id not in taught)
    if not fresh:
        return FieldVerdict(None, len(lessons), 0, {}, {})
    words = score_words(lessons, fresh)
    draft = replace(current, mends=_mending(current, words), proposes=_offering(current, words))
    trials, layers = _trust(current, draft, lessons, fresh, promise)
    trials = {name: replace(trial, words=words.get(name, WordScore())) for name, trial in
              trials.items()}  # fmt: skip
    labels = score_labels([lesson for lesson in lessons if lesson.heads])
    agencies = _needed(draft, layers, lessons)
    new = replace(
        draft,
        version=_next(current.version),
        layers=layers,
        calibration=fingerprint(),
        agencies=agencies,
        habits=habits(lessons) if draft.mends or draft.proposes else (),
        labels=_kept_labels(current, lessons, labels),
        card={"lessons": [lesson.id for lesson in lessons]},
    )
    found = FieldVerdict(None, len(lessons), len(fresh), trials, labels)
    return replace(found, model=new) if _differs(new, current) else found


def _needed(
    draft: FieldModel, layers: Mapping[str, Layer], lessons: Sequence[FieldLesson]
) -> tuple[Agency, ...]:
    """The vocabulary, where anything uses it; names are not kept for nothing."""
    uses = draft.mends or draft.proposes or any(layer.seen for layer in layers.values())
    return vocabulary(lessons) if uses else ()


def _differs(new: FieldModel, current: FieldModel) -> bool:
    parts = ("trust", "agencies", "habits", "mends", "proposes", "labels")
    return any(getattr(new, part) != getattr(current, part) for part in parts)


def _mending(current: FieldModel, words: Mapping[str, WordScore]) -> frozenset[str]:
    """Fields where mending put some values right and none wrong, or still puts none wrong."""
    return frozenset(
        name
        for name, score in words.items()
        if not score.lost and (score.gained or name in current.mends)
    )


def _offering(current: FieldModel, words: Mapping[str, WordScore]) -> frozenset[str]:
    """Fields where at least half of what was offered was what the person then said."""
    enough = {
        name
        for name, score in words.items()
        if score.offered >= _OFFERS and 2 * score.offered_right >= score.offered
    }
    kept = {name for name in current.proposes if words.get(name, WordScore()).offered < _OFFERS}
    return frozenset(enough | (kept & set(FIELDS)))


def _trust(
    current: FieldModel,
    draft: FieldModel,
    lessons: Sequence[FieldLesson],
    fresh: frozenset[str],
    promise: Promise,
) -> tuple[dict[str, FieldTrial], dict[str, Layer]]:
    """Every field on trial; the layers that are in use from now on."""
    today = {lesson.id: use(lesson.found.fields, current) for lesson in lessons}
    now, asked = samples_of(lessons, today), samples_of(lessons, use_unseen(lessons, draft))
    by_part = {part: _layers_without(part, lessons, draft) for part in range(PARTS)}
    trials, layers = {}, dict(current.trust)
    for name, samples in sorted(asked.items()):
        old = current.trust.get(name)
        was = _fresh(now.get(name, []), fresh)
        of = _fresh(samples, fresh)
        trial = _trial(
            examine(name, was, [old] * len(was), promise),
            examine(name, of, [old] * len(of), promise),
            examine(name, of, [by_part[sample.part].get(name) for sample in of], promise),
            promise,
        )
        trials[name] = trial
        if trial.switched:
            layers[name] = fit(samples)
    return trials, layers


def _fresh(samples: Sequence[Sample], fresh: frozenset[str]) -> list[Sample]:
    return [sample for sample in samples if sample.document in fresh]


def _layers_without(
    part: int, lessons: Sequence[FieldLesson], draft: FieldModel
) -> dict[str, Layer]:
    """Layers learnt from every part but one, whose words are not in their vocabulary either."""
    rest = [lesson for lesson in lessons if lesson.part != part]
    used = use_unseen(rest, draft, left_out=part)
    return {name: fit(samples) for name, samples in samples_of(rest, used).items()}


def _trial(was: Standing, before: Standing, after: Standing, promise: Promise) -> FieldTrial:
    """`was` is by the model in use; `before` and `after` have the new vocabulary both."""
    why = _why(before, after, promise)
    return FieldTrial(was, after if why is Why.BETTER else before, why)


def _why(before: Standing, after: Standing, promise: Promise) -> Why:
    if after.judged < FEWEST:
        return Why.TOO_FEW
    gain = (before.loss - after.loss) * after.weight
    if gain < _GAIN or after.loss > _SHARE * before.loss:
        return Why.NOT_BETTER
    fewer_wrong = after.wrong < before.wrong
    if after.passed < before.passed and not (fewer_wrong and _is_broken(before, promise)):
        return Why.NOT_BETTER
    keeps = after.wrong <= float(promise) * after.passed or fewer_wrong
    return Why.BETTER if keeps else Why.PROMISE_BROKEN


def _is_broken(standing: Standing, promise: Promise) -> bool:
    """Whether so many wrong ones passed that chance hardly explains it, were the promise kept."""
    n, error = standing.passed, float(promise)
    fewer = sum(
        math.comb(n, wrong) * error**wrong * (1 - error) ** (n - wrong)
        for wrong in range(standing.wrong)
    )
    return 1 - fewer < _CHANCE


def _kept_labels(
    current: FieldModel,
    lessons: Sequence[FieldLesson],
    scores: Mapping[tuple[str, str], LabelScore],
) -> dict[str, tuple[OwnField, ...]]:
    """Labels in use that nothing speaks against, and new ones that read values right."""
    new = learnt_labels(lessons)
    kept: dict[str, tuple[OwnField, ...]] = {}
    for code in sorted({*current.labels, *new}):
        fields = {one.name: one for one in current.labels.get(code, ())}
        fields |= {
            one.name: one for one in new.get(code, ()) if _reads(scores.get((code, one.name)))
        }
        if fields:
            kept[code] = tuple(fields[name] for name in sorted(fields))
    return kept


def _reads(score: LabelScore | None) -> bool:
    return score is not None and score.gained >= _READ and 3 * score.wrong <= score.gained


def _next(version: str) -> str:
    shipped, _, count = version.partition(".")
    return f"{shipped}.{int(count or 0) + 1}"
