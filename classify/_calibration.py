"""Evidence to probability, field by field, as `bench/calibrate.py` fitted it."""

import hashlib
import json
import math
from functools import cache
from pathlib import Path
from typing import Any

from classify.types import Evidence

OTHER = "other"
"""The model of fields that have none of their own."""
FEATURES = ("words", "weakest", "every", "rule", "known", "agreed", "regular")
"""What the weights stand for, in order."""
_HIGHEST, _LOWEST = 0.999, 0.001


def features(evidence: Evidence) -> tuple[float, ...]:
    """Evidence as the models take it: odds for probabilities, logarithms for strengths."""
    return (
        _odds(evidence.words), _odds(evidence.weakest), max(-6.0, evidence.every),
        math.log(max(0.05, evidence.rule)), evidence.known, evidence.agreed, evidence.regular,
    )  # fmt: skip


def _odds(chance: float) -> float:
    kept = min(0.995, max(0.02, chance))
    return math.log(kept / (1 - kept))


@cache
def models() -> dict[str, Any]:
    """Field -> {"weights": {feature: weight}, "bias", "sure": {promised error: least chance}}."""
    path = Path(__file__).with_name("calibration.json")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["fields"]
    return found


@cache
def fingerprint() -> str:
    """Of the fitted figures: what was learnt over other figures does not fit these."""
    fitted = json.dumps(models(), sort_keys=True).encode()
    return hashlib.sha256(fitted).hexdigest()[:16]


def chance(name: str, evidence: Evidence) -> float:
    """How likely a field's value is right, 0 to 1."""
    model = models().get(name) or models()[OTHER]
    weights = (float(model["weights"][feature]) for feature in FEATURES)
    score = float(model["bias"])
    score += sum(weight * x for weight, x in zip(weights, features(evidence), strict=True))
    return min(_HIGHEST, max(_LOWEST, 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))))


def least(name: str, promised_error: str) -> float:
    """The least chance at which a field passes for a promised error: "0.01", "0.02", "0.05"."""
    model = models().get(name) or models()[OTHER]
    return float(model["sure"][promised_error])
