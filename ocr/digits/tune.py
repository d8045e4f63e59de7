"""The reader of digits learnt on to the hands of one office: plain NumPy, from its own crops.

Only what is added to the network's last layer is learnt (`Head`), drawn towards nothing, so that
few crops move little. Source of the gradient: Graves et al., "Connectionist Temporal
Classification", 2006, section 4.1.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ocr.digits.decode import strings
from ocr.digits.limits import BEGIN, ENDS, SYMBOLS
from ocr.digits.types import Head, Seen

Array = NDArray[np.float64]
_LOWEST = -1e9
_RATE = 0.03
_DECAY = (0.9, 0.999)
_OUTLIER = 14.0
"""Nats that a label costs at first, from which it is not believed: somebody mistyped, or the place
was not the number's."""
_HOLD = 0.4
"""Weight of a step at which the network's own chances are held, beside one of a labelled place."""
_STRUCK = 1e-6
"""Chance of the label of a place in which the beam finds none of it."""


@dataclass(frozen=True, slots=True)
class Taught:
    """One place as the network sees it, and what a person said stands there."""

    seen: Seen
    label: str
    """Digits, at most one letter behind them."""


@dataclass(frozen=True, slots=True)
class Pull:
    """How strongly a head is drawn towards nothing, and how long it is learnt."""

    weights: float
    """Nats for a squared sum of 1; so large that the weights stay 0: a bias alone is learnt."""
    bias: float
    steps: int = 40


BIAS_ALONE = Pull(1e6, 0.3)


@cache
def network_id() -> str:
    """Of the shipped network: what was learnt on top of another does not fit this one."""
    data = Path(__file__).with_name("digits.onnx").read_bytes()
    return hashlib.sha256(data).hexdigest()[:16]


def learn_head(lessons: Sequence[Taught], pull: Pull, others: Sequence[Taught] = ()) -> Head | None:
    """A head for these places; None where none of them can be learnt from. Deterministic.

    Of the places of `others` the network's own chances are held as they are, whatever stands there:
    what is learnt of one hand is not to change how others are read.
    """
    rows = [row for row in map(_row, lessons) if row is not None]
    if not rows:
        return None
    batch = _Batch.of(rows)
    held = _Held.of(others)
    features, classes = batch.features.shape[2], batch.logs.shape[2]
    weights, bias = np.zeros((features, classes)), np.zeros(classes)
    means: list[Array] = [np.zeros_like(weights), np.zeros_like(bias)]
    spreads: list[Array] = [np.zeros_like(weights), np.zeros_like(bias)]
    for step in range(1, pull.steps + 1):
        slope = batch.slope(weights, bias)
        slopes = [
            np.einsum("nts,ntk->sk", batch.features, slope) + pull.weights * weights,
            slope.sum(axis=(0, 1)) + pull.bias * bias,
        ]
        if held is not None:
            away = held.slope(weights, bias)
            slopes[0] += held.features.T @ away
            slopes[1] += away.sum(axis=0)
        if pull.weights >= BIAS_ALONE.weights:
            slopes[0] = np.zeros_like(weights)
        rate = _RATE * 0.5 * (1 + np.cos(np.pi * (step - 1) / pull.steps))
        for at, (value, one) in enumerate(zip((weights, bias), slopes, strict=True)):
            means[at] += (1 - _DECAY[0]) * (one - means[at])
            spreads[at] += (1 - _DECAY[1]) * (one**2 - spreads[at])
            fix = (1 - _DECAY[1] ** step) ** 0.5 / (1 - _DECAY[0] ** step)
            np.subtract(value, rate * fix * means[at] / (np.sqrt(spreads[at]) + 1e-8), out=value)
    return Head(weights.astype(np.float32), bias.astype(np.float32))


def with_head(seen: Seen, head: Head | None) -> Array:
    """(steps, classes): log chances, moved by a head where there is one."""
    logs = np.asarray(seen.chances, np.float64)
    return logs if head is None else _normal(logs + seen.features @ head.weights + head.bias)


def read(seen: Seen, head: Head | None = None) -> dict[str, float]:
    """The strings of one look and their chances, a head's or the network's own."""
    return strings(np.exp(with_head(seen, head)).astype(np.float32))


@dataclass(frozen=True, slots=True)
class Standing:
    """How well places are read."""

    asked: int
    right: int
    """Whole strings."""
    sure: int
    """Read with a chance of 0.9 and more."""
    sure_wrong: int
    loss: float
    """Nats of the true string, the mean over the places."""

    def and_also(self, other: "Standing") -> "Standing":
        """Both together."""
        asked = self.asked + other.asked
        loss = (self.loss * self.asked + other.loss * other.asked) / max(asked, 1)
        return Standing(
            asked, self.right + other.right, self.sure + other.sure,
            self.sure_wrong + other.sure_wrong, loss,
        )  # fmt: skip


NOTHING_ASKED = Standing(0, 0, 0, 0, 0.0)
_SURE = 0.9


def examine(lessons: Sequence[Taught], head: Head | None) -> Standing:
    """How well a head reads places, None the network by itself."""
    right = sure = wrong = 0
    loss = 0.0
    for lesson in lessons:
        found = read(lesson.seen, head)
        best = max(found, key=lambda text: found[text], default="")
        right += best == lesson.label
        passed = found.get(best, 0.0) >= _SURE
        sure += passed
        wrong += passed and best != lesson.label
        loss -= float(np.log(max(_STRUCK, found.get(lesson.label, 0.0))))
    return Standing(len(lessons), right, sure, wrong, loss / max(len(lessons), 1))


@dataclass(frozen=True, slots=True)
class _Held:
    """Steps at which the network's own chances are held."""

    logs: Array
    features: Array

    @classmethod
    def of(cls, others: Sequence[Taught]) -> "_Held | None":
        if not others:
            return None
        logs = np.concatenate([one.seen.chances for one in others]).astype(np.float64)
        return cls(logs, np.concatenate([one.seen.features for one in others]).astype(np.float64))

    def slope(self, weights: Array, bias: Array) -> Array:
        """Of how far the chances went from the network's own, by each step's log chances."""
        moved = np.exp(_normal(self.logs + self.features @ weights + bias))
        found: Array = _HOLD * (moved - np.exp(self.logs))
        return found


@dataclass(frozen=True, slots=True)
class _Row:
    logs: Array
    features: Array
    states: NDArray[np.int64]
    """Classes of the label with nothing between them: (2 * letters + 1,)."""


def _row(lesson: Taught) -> _Row | None:
    """A place with the label that fits best: print on its sides may be in sight or not."""
    logs = np.asarray(lesson.seen.chances, np.float64)
    known = SYMBOLS[: logs.shape[1] - 1]
    if not lesson.label or any(letter not in known for letter in lesson.label):
        return None
    begins = ("", BEGIN) if BEGIN in known else ("",)
    ends = ("", *(end for end in ENDS if end in known))
    ways = [_states(f"{begin}{lesson.label}{end}") for begin in begins for end in ends]
    costs = [-_forward(logs[None], states[None])[1][0] for states in ways]
    best = int(np.argmin(costs))
    if costs[best] > _OUTLIER:
        return None
    return _Row(logs, np.asarray(lesson.seen.features, np.float64), ways[best])


def _states(label: str) -> NDArray[np.int64]:
    states = np.zeros(2 * len(label) + 1, np.int64)
    states[1::2] = [SYMBOLS.index(letter) + 1 for letter in label]
    return states


def _normal(logs: Array) -> Array:
    logs = logs - logs.max(axis=-1, keepdims=True)
    whole: Array = logs - np.log(np.exp(logs).sum(axis=-1, keepdims=True))
    return whole


def _forward(logs: Array, states: NDArray[np.int64]) -> tuple[Array, Array]:
    """Log chances of each prefix, (n, steps, states), and of the whole labels, (n,).

    `states` (n, states) ends in -1 where a label is shorter.
    """
    count, steps, _ = logs.shape
    size = states.shape[1]
    shown = np.take_along_axis(logs, np.maximum(states, 0)[:, None, :].repeat(steps, 1), axis=2)
    shown = np.where(states[:, None, :] < 0, _LOWEST, shown)
    skip = np.zeros((count, size), bool)
    skip[:, 2:] = (states[:, 2:] > 0) & (states[:, 2:] != states[:, :-2])
    alpha = np.full((count, steps, size), _LOWEST)
    alpha[:, 0, :2] = shown[:, 0, :2]
    for step in range(1, steps):
        before = alpha[:, step - 1]
        one = np.pad(before, ((0, 0), (1, 0)), constant_values=_LOWEST)[:, :-1]
        two = np.pad(before, ((0, 0), (2, 0)), constant_values=_LOWEST)[:, :-2]
        two = np.where(skip, two, _LOWEST)
        alpha[:, step] = np.logaddexp(np.logaddexp(before, one), two) + shown[:, step]
    ends = (states >= 0).sum(axis=1) - 1
    last = alpha[np.arange(count), -1]
    whole = np.logaddexp(last[np.arange(count), ends], last[np.arange(count), ends - 1])
    return alpha, whole


@dataclass(frozen=True, slots=True)
class _Batch:
    """Places padded to one size: steps behind the end see nothing, and weigh nothing."""

    logs: Array
    features: Array
    states: NDArray[np.int64]
    within: NDArray[np.bool_]
    """(n, steps): whether a step is the place's own."""

    @classmethod
    def of(cls, rows: Sequence[_Row]) -> "_Batch":
        steps = max(len(row.logs) for row in rows)
        size = max(len(row.states) for row in rows)
        classes, features = rows[0].logs.shape[1], rows[0].features.shape[1]
        logs = np.full((len(rows), steps, classes), _LOWEST)
        logs[:, :, 0] = 0.0
        seen = np.zeros((len(rows), steps, features))
        states = np.full((len(rows), size), -1, np.int64)
        within = np.zeros((len(rows), steps), bool)
        for at, row in enumerate(rows):
            logs[at, : len(row.logs)] = row.logs
            seen[at, : len(row.features)] = row.features
            states[at, : len(row.states)] = row.states
            within[at, : len(row.logs)] = True
        return cls(logs, seen, states, within)

    def slope(self, weights: Array, bias: Array) -> Array:
        """Of the summed loss by each step's log chances before they add up to 1: (n, T, classes).

        The chance of a class at a step less how much of the label's paths has it there.
        """
        moved = _normal(self.logs + self.features @ weights + bias)
        logs = np.where(self.within[..., None], moved, self.logs)
        alpha, whole = _forward(logs, self.states)
        beta = self._backward(logs)
        shown = np.take_along_axis(
            logs, np.maximum(self.states, 0)[:, None, :].repeat(logs.shape[1], 1), axis=2
        )
        paths = np.exp(np.minimum(0.0, alpha + beta - shown - whole[:, None, None]))
        paths = np.where(self.states[:, None, :] < 0, 0.0, paths)
        held = np.zeros_like(logs)
        places = np.maximum(self.states, 0)
        rows = np.arange(len(logs))
        for state in range(places.shape[1]):
            held[rows, :, places[:, state]] += paths[:, :, state]
        found: Array = np.where(self.within[..., None], np.exp(logs) - held, 0.0)
        return found

    def _backward(self, logs: Array) -> Array:
        """As `_forward`, from the end of each label: turned round, it is the same."""
        turned = np.full_like(self.states, -1)
        sizes = (self.states >= 0).sum(axis=1)
        for at, size in enumerate(sizes):
            turned[at, :size] = self.states[at, :size][::-1]
        alpha, _ = _forward(logs[:, ::-1], turned)
        beta = np.full_like(alpha, _LOWEST)
        for at, size in enumerate(sizes):
            beta[at, :, :size] = alpha[at, ::-1, :size][:, ::-1]
        return beta
