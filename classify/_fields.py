"""Building field values: what was read, with what speaks for it; weighed at the end."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from classify import _calibration
from classify._layout import Run
from classify._vocabulary import use
from classify.learnt import FieldModel, place_of
from classify.policy import Promise, is_sure
from classify.types import Alternative, Evidence, FieldValue

_FLOOR = 0.01
"""No word is counted as less likely than this."""
GUESSED = 0.86
"""Strength of a rule under which a value is put together rather than read: never sure."""
_BY_HAND = 0.4
"""The most that the reading of handwriting is trusted."""


def nothing(reason: str) -> FieldValue:
    """A field that was not found on the paper."""
    return FieldValue(None, None, 0.0, sure=False, page=None, box=None, reason=reason)


def certainty(run: Run, strength: float) -> float:
    """A run's confidence by its words (the weakest counts a third) times the rule's strength."""
    words = 0.67 * run.confidence + 0.33 * run.weakest
    return round(max(0.0, min(1.0, words * strength)), 3)


def evidence_of(run: Run, *, rule: float, known: float, agreed: float) -> Evidence:
    """What a run of words and the rule that found it say."""
    every = sum(math.log(max(_FLOOR, min(1.0, word.confidence))) for word in run.words)
    return Evidence(run.confidence, run.weakest, every, rule, known, agreed)


def seen(  # noqa: PLR0913  the evidence of a field, by keyword
    value: str | None,
    run: Run,
    reason: str,
    *,
    strength: float = 1.0,
    known: float = 0.0,
    agreed: float = 0.0,
    handwritten: bool = False,
    printed: str | None = None,
    alternatives: tuple[Alternative, ...] = (),
) -> FieldValue:
    """A field found in a run of words. A value of None keeps the box and what was seen."""
    evidence = evidence_of(run, rule=strength, known=known, agreed=agreed)
    return FieldValue(
        value=value,
        as_printed=run.text if printed is None else printed,
        confidence=certainty(run, strength) if value is not None else 0.0,
        sure=False,
        page=run.page,
        box=run.box,
        reason=reason,
        handwritten=handwritten,
        alternatives=alternatives,
        evidence=evidence if value is not None else None,
    )


def doubted(value: FieldValue, why: str) -> FieldValue:
    """A field that a check speaks against: kept, never sure."""
    evidence = value.evidence._replace(rule=0.1) if value.evidence else None
    return replace(value, evidence=evidence, reason=f"{value.reason} {why}")


@dataclass(frozen=True, slots=True)
class Found:
    """What was found on a document, before anything is weighed."""

    fields: Mapping[str, FieldValue]
    regular: float
    """How much of the head stands in its place, 0 to 1."""
    form: str | None


def settle(found: Found, learnt: FieldModel, promise: Promise) -> dict[str, FieldValue]:
    """Every field with its calibrated confidence and the policy applied to it."""
    used = use(found.fields, learnt)
    trust = learnt.trust
    place = place_of(found.form, used.fields["issuer"].value)
    settled = {}
    for name, value in used.fields.items():
        weighed = weigh(name, value, found.regular)
        layer = trust.get(name)
        if layer and weighed.evidence is not None:
            chance = layer.chance(weighed.confidence, place, seen=name in used.seen)
            weighed = replace(weighed, confidence=chance)
        settled[name] = _passed(name, weighed, promise)
    return settled


def weigh(name: str, value: FieldValue, regular: float) -> FieldValue:
    """A field with the confidence that the shipped calibration gives its evidence."""
    if value.evidence is None:
        return value
    evidence = value.evidence._replace(regular=regular)
    confidence = _calibration.chance(name, evidence)
    if not (evidence.known or evidence.agreed):
        # Nothing but the letters speaks for it, so it is no surer than its worst word.
        confidence = min(confidence, evidence.weakest)
    return replace(value, evidence=evidence, confidence=confidence)


def _passed(name: str, value: FieldValue, promise: Promise) -> FieldValue:
    """A weighed field, sure or not; what a pen wrote is trusted little and never sure."""
    if value.evidence is None:
        return value
    confidence = min(value.confidence, _BY_HAND) if value.handwritten else value.confidence
    passes = is_sure(name, confidence, handwritten=value.handwritten, promise=promise)
    sure = value.evidence.rule >= GUESSED and passes
    return replace(value, confidence=round(confidence, 3), sure=sure)
