"""Logistic regression in plain numpy: Newton's steps, a small ridge, nothing random."""

import numpy as np

_STEPS = 40


def fit(
    x: np.ndarray, y: np.ndarray, *, ridge: float = 1.0, floor: float | None = None
) -> tuple[np.ndarray, float]:
    """Weights of the bare features and the bias; x (n, k) float, y (n,) bool.

    `ridge` holds the weights of the features over their spread near 0. With `floor` no weight
    goes below it: for features of which more can only speak for, never against.
    """
    spread = x.std(axis=0) + 1e-9
    scaled = np.column_stack([x / spread, np.ones(len(x))])
    hold = np.append(np.full(x.shape[1], ridge), 1e-3)
    weights = np.zeros(x.shape[1] + 1)
    free = np.ones(len(weights), bool)
    for _ in range(_STEPS):
        weights = _newton(scaled, y, hold, weights, free)
        if floor is None:
            continue
        low = np.append(weights[:-1] < floor, False)
        weights[low], free[low] = floor, False
    return weights[:-1] / spread, float(weights[-1])


def _newton(
    x: np.ndarray, y: np.ndarray, hold: np.ndarray, weights: np.ndarray, free: np.ndarray
) -> np.ndarray:
    chance = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
    slope = x.T @ (chance - y) + hold * weights
    curve = (x * (chance * (1 - chance))[:, None]).T @ x + np.diag(hold)
    step = np.zeros(len(weights))
    step[free] = np.linalg.solve(curve[np.ix_(free, free)], slope[free])
    return weights - np.clip(step, -4, 4)


def chance(x: np.ndarray, weights: np.ndarray, bias: float) -> np.ndarray:
    """Probabilities of rows of bare features."""
    return np.asarray(1 / (1 + np.exp(-np.clip(x @ weights + bias, -30, 30))))
