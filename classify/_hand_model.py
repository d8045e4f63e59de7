"""The weights that tell a pen from print, as `bench/train_hand.py` learnt them."""

import json
import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path

THRESHOLD = 0.3
"""The least probability at which a slot is said to be by hand."""


@cache
def _weights() -> tuple[tuple[float, ...], float]:
    model = json.loads(Path(__file__).with_name("hand_model.json").read_text(encoding="utf-8"))
    return tuple(model["features"].values()), float(model["bias"])


def probability(features: Sequence[float]) -> float:
    """How likely a slot with these features was filled by hand, 0 to 1."""
    weights, bias = _weights()
    score = bias + sum(w * x for w, x in zip(weights, features, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
