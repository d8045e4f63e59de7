"""The trainer: multinomial logistic regression over hashed words with weights shared by all kinds.

NumPy alone, one seed, the same result for the same examples. A fifth of the time a kind is trained
as if the model had never seen it, so that the shared weights can carry a kind by its catalogue row.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from classify.features import SHARED, SIZE, Look, Vector
from classify.model import KindModel, softmax

_STRANGER = 0.2
"""How often an example's own kind is hidden from the model, and how often any other is."""
_OTHERS = 0.05
_FINE, _COARSE = 25, 200
"""Held-out papers that a point of the calibration rests on: the least sure, the rest."""


@dataclass(frozen=True)
class Example:
    """One document with its right class."""

    code: str
    places: NDArray[np.int64]
    values: Vector
    shared: NDArray[np.float16]
    """(classes, SHARED)."""
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Options:
    """How long and how fast."""

    seed: int = 7
    epochs: int = 10
    batch: int = 128
    rate: float = 0.02
    decay: float = 1e-3
    """Pull towards the weights that training began with."""


def example_of(look: Look, code: str, weight: float = 1.0) -> Example:
    """Keep of a look what training needs."""
    return Example(code, look.places, look.values, look.shared.astype(np.float16), weight)


class _Adam:
    """Steps whose size follows each weight's own history."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.mean = np.zeros(shape, np.float32)
        self.square = np.zeros(shape, np.float32)
        self.steps = 0

    def step(self, gradient: Vector, rate: float) -> Vector:
        """What to subtract from the weights."""
        self.steps += 1
        self.mean += 0.1 * (gradient - self.mean)
        self.square += 0.01 * (gradient * gradient - self.square)
        first = 1 - 0.9**self.steps
        second = 1 - 0.99**self.steps
        change: Vector = rate * (self.mean / first) / (np.sqrt(self.square / second) + 1e-6)
        return change


_GIVEN = {"impossible": -8.0, "undecided": -1.5}
"""Shared weights that training begins with and is pulled back to: what the rules say for sure."""


def blank(classes: tuple[str, ...], version: str) -> KindModel:
    """A model that knows nothing yet but what the rules say."""
    shared = np.array([_GIVEN.get(name, 0.0) for name in SHARED], np.float32)
    return KindModel(
        version, classes,
        np.zeros((SIZE, len(classes)), np.float32), np.zeros(len(classes), np.float32),
        shared, 1.0, ((0.0, 0.0), (1.0, 1.0)),
    )  # fmt: skip


def widened(model: KindModel, classes: tuple[str, ...]) -> KindModel:
    """The model with weights for these classes, in this order; new ones begin at zero."""
    weights = np.zeros((SIZE, len(classes)), np.float32)
    bias = np.zeros(len(classes), np.float32)
    at = {code: index for index, code in enumerate(model.classes)}
    for index, code in enumerate(classes):
        if code in at:
            weights[:, index] = model.weights[:, at[code]]
            bias[index] = model.bias[at[code]]
    return replace(model, classes=classes, weights=weights, bias=bias, shared=model.shared.copy())


def train(examples: Sequence[Example], start: KindModel, options: Options) -> KindModel:
    """Go on from a model with these examples; all must bear a class of the model.

    Only the places that an example has are stepped; the others stay as they were.
    """
    used = np.unique(np.concatenate([example.places for example in examples]))
    packed = [replace(one, places=np.searchsorted(used, one.places)) for one in examples]
    small = replace(widened(start, start.classes), weights=start.weights[used].copy())
    _steps(small, packed, options)
    whole = widened(start, start.classes)
    whole.weights[used] = small.weights
    return replace(whole, bias=small.bias, shared=small.shared)


def _steps(model: KindModel, examples: Sequence[Example], options: Options) -> None:
    """Change the model's arrays in place, epoch by epoch."""
    rng = np.random.default_rng(options.seed)
    home = (model.weights.copy(), model.shared.copy())
    arrays = (model.weights, model.bias, model.shared)
    adams = [_Adam(array.shape) for array in arrays]
    labels = np.array([model.classes.index(example.code) for example in examples])
    for epoch in range(options.epochs):
        rate = options.rate * (1 - epoch / options.epochs) + 0.05 * options.rate
        order = rng.permutation(len(examples))
        for begin in range(0, len(order), options.batch):
            part = order[begin : begin + options.batch]
            gradients = _gradients(model, [examples[i] for i in part], labels[part], rng)
            for array, adam, gradient in zip(arrays, adams, gradients, strict=True):
                np.subtract(array, adam.step(gradient, rate), out=array)
            model.weights[...] += options.decay * (home[0] - model.weights)
            model.shared[...] += 0.1 * options.decay * (home[1] - model.shared)


def _gradients(
    model: KindModel,
    batch: Sequence[Example],
    labels: NDArray[np.int64],
    rng: np.random.Generator,
) -> tuple[Vector, Vector, Vector]:
    dense = np.zeros((len(batch), len(model.weights)), np.float32)
    for row, example in zip(dense, batch, strict=True):
        np.add.at(row, example.places, example.values)
    shared = np.stack([example.shared for example in batch]).astype(np.float32)
    seen = (rng.random((len(batch), len(model.classes))) > _OTHERS).astype(np.float32)
    rows = np.arange(len(batch))
    seen[rows, labels] = rng.random(len(batch)) > _STRANGER
    shares = softmax(seen * (dense @ model.weights + model.bias) + shared @ model.shared)
    shares[rows, labels] -= 1
    shares *= np.array([example.weight for example in batch], np.float32)[:, None] / len(batch)
    own = shares * seen
    return dense.T @ own, own.sum(axis=0), np.einsum("bc,bcf->f", shares, shared)


def scores(model: KindModel, examples: Sequence[Example]) -> Vector:
    """(examples, classes)."""
    rows = [
        example.values @ model.weights[example.places]
        + model.bias
        + example.shared.astype(np.float32) @ model.shared
        for example in examples
    ]
    return np.stack(rows)


def calibrated(model: KindModel, held_out: Sequence[Example]) -> KindModel:
    """The model with the temperature and the curve that make its confidence come true there."""
    raw = scores(model, held_out)
    labels = np.array([model.classes.index(example.code) for example in held_out])
    rows = np.arange(len(labels))
    temperatures = np.geomspace(0.2, 5, 33)
    losses = [-np.log(softmax(raw / t)[rows, labels] + 1e-9).mean() for t in temperatures]
    best = float(temperatures[int(np.argmin(losses))])
    shares = softmax(raw / best)
    right = shares.argmax(axis=1) == labels
    return replace(model, temperature=best, knots=_curve(shares.max(axis=1), right))


def _curve(confidence: Vector, right: NDArray[np.bool_]) -> tuple[tuple[float, float], ...]:
    """Rising steps from confidence to the share that was right (pool adjacent violators)."""
    order = np.argsort(confidence)
    blocks: list[list[float]] = []
    begin = 0
    while begin < len(order):
        size = _FINE if begin < 6 * _FINE else _COARSE  # the doubtful ones are few: look closer
        part = order[begin : begin + size]
        begin += size
        blocks.append([float(confidence[part].mean()), float(right[part].mean()), len(part)])
        while len(blocks) > 1 and blocks[-2][1] >= blocks[-1][1]:
            b, a = blocks.pop(), blocks.pop()
            n = a[2] + b[2]
            blocks.append([(a[0] * a[2] + b[0] * b[2]) / n, (a[1] * a[2] + b[1] * b[2]) / n, n])
    knots = [(0.0, 0.0), *((round(c, 4), round(min(r, 0.995), 4)) for c, r, _ in blocks)]
    return (*knots, (1.0, max(knots[-1][1], 0.995)))
