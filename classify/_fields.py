"""Building field values: what was read, with what speaks for it; weighed at the end."""

import math
from collections.abc import Mapping
from dataclasses import replace

from classify import _calibration
from classify._layout import Run
from classify.policy import Promise, is_sure
from classify.types import Alternative, Evidence, FieldValue

_FLOOR = 0.01
"""No word is counted as less likely than this."""
_GUESSED = 0.86
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


def settle(
    fields: Mapping[str, FieldValue], regular: float, promise: Promise
) -> dict[str, FieldValue]:
    """Every field with its calibrated confidence and the policy applied to it."""
    return {name: _settled(name, value, regular, promise) for name, value in fields.items()}


def _settled(name: str, value: FieldValue, regular: float, promise: Promise) -> FieldValue:
    if value.evidence is None:
        return value
    evidence = value.evidence._replace(regular=regular)
    confidence = _calibration.chance(name, evidence)
    if not (evidence.known or evidence.agreed):
        # Nothing but the letters speaks for it, so it is no surer than its worst word.
        confidence = min(confidence, evidence.weakest)
    if value.handwritten:
        confidence = min(confidence, _BY_HAND)
    passes = is_sure(name, confidence, handwritten=value.handwritten, promise=promise)
    return replace(
        value,
        evidence=evidence,
        confidence=round(confidence, 3),
        sure=evidence.rule >= _GUESSED and passes,
    )
