"""How well a model does on papers it was not trained on."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from classify.model import KindModel, softmax
from classify.training.trainer import Example, scores

SURE = 0.95


@dataclass(frozen=True, slots=True)
class Standing:
    """What was right, and what a promise of 95 % was worth."""

    asked: int
    accuracy: float
    loss: float
    """Mean -log of the right kind's probability."""
    sure: float
    """The share of papers with a confidence of 0.95 or more."""
    sure_right: float
    """Of those, the share that was right; 1 where there are none."""

    def as_dict(self) -> dict[str, float]:
        """Rounded, for a card."""
        return {name: round(value, 4) for name, value in asdict(self).items()}


def examine(model: KindModel, examples: Sequence[Example]) -> Standing:
    """Ask a model about papers whose kinds are known; classes must be the model's."""
    if not examples:
        return Standing(0, 0.0, 0.0, 0.0, 1.0)
    shares = softmax(scores(model, examples) / model.temperature)
    labels = np.array([model.classes.index(example.code) for example in examples])
    right = shares.argmax(axis=1) == labels
    confidence = np.array([model.confidence(float(share)) for share in shares.max(axis=1)])
    sure = confidence >= SURE
    own = shares[np.arange(len(labels)), labels]
    return Standing(
        asked=len(examples),
        accuracy=float(right.mean()),
        loss=float(-np.log(own + 1e-9).mean()),
        sure=float(sure.mean()),
        sure_right=float(right[sure].mean()) if sure.any() else 1.0,
    )
