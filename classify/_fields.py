"""Building field values: confidence from words and rule, evidence, the policy applied."""

from classify._layout import Run
from classify.policy import is_sure
from classify.types import Alternative, FieldValue


def nothing(reason: str) -> FieldValue:
    """A field that was not found on the paper."""
    return FieldValue(None, None, 0.0, sure=False, page=None, box=None, reason=reason)


def certainty(run: Run, strength: float) -> float:
    """A run's confidence by its words (the weakest counts a third) times the rule's strength."""
    words = 0.67 * run.confidence + 0.33 * run.weakest
    return round(max(0.0, min(1.0, words * strength)), 3)


def seen(  # noqa: PLR0913  the evidence of a field, by keyword
    name: str,
    value: str | None,
    run: Run,
    reason: str,
    *,
    strength: float = 1.0,
    handwritten: bool = False,
    printed: str | None = None,
    alternatives: tuple[Alternative, ...] = (),
) -> FieldValue:
    """A field found in a run of words. A value of None keeps the box and what was seen."""
    confidence = certainty(run, strength) if value is not None else 0.0
    return FieldValue(
        value=value,
        as_printed=run.text if printed is None else printed,
        confidence=confidence,
        sure=value is not None and is_sure(name, confidence, handwritten=handwritten),
        page=run.page,
        box=run.box,
        reason=reason,
        handwritten=handwritten,
        alternatives=alternatives,
    )
