"""What an office's crops teach is a small addition to the last layer, by the right gradient."""

import numpy as np
import pytest

from ocr.digits.tune import (
    BIAS_ALONE,
    Pull,
    Taught,
    _Batch,
    _forward,
    _row,
    examine,
    learn_head,
    read,
)
from ocr.digits.types import Seen

CLASSES, FEATURES = 11, 10


def _seen(text: str, *, sure: float = 4.0, seed: int = 0) -> Seen:
    """Steps that say a string, a step of nothing between the digits; features name the digit."""
    rng = np.random.default_rng(seed)
    steps = 2 * len(text) + 1
    logits = rng.normal(0, 0.3, (steps, CLASSES))
    logits[::2, 0] += sure
    features = rng.uniform(0, 0.2, (steps, FEATURES))
    for at, digit in enumerate(text):
        logits[2 * at + 1, int(digit) + 1] += sure
        features[2 * at + 1, int(digit)] += 2.0
    logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return Seen(logs.astype(np.float32), features.astype(np.float32))


def test_the_gradient_is_that_of_the_loss() -> None:
    """By small differences, over labels of several lengths and with a digit twice."""
    rng = np.random.default_rng(3)
    lessons = [Taught(_seen(shown, seed=at), label) for at, (shown, label) in
               enumerate((("12", "12"), ("7", "71"), ("335", "33"), ("4040", "4040")))]  # fmt: skip
    rows = [row for row in map(_row, lessons) if row is not None]
    assert len(rows) == 4
    batch = _Batch.of(rows)
    weights, bias = rng.normal(0, 0.1, (FEATURES, CLASSES)), rng.normal(0, 0.1, CLASSES)

    def loss(bias_: np.ndarray, weights_: np.ndarray) -> float:
        moved = batch.logs + batch.features @ weights_ + bias_
        moved = moved - np.log(np.exp(moved).sum(axis=-1, keepdims=True))
        logs = np.where(batch.within[..., None], moved, batch.logs)
        return -float(_forward(logs, batch.states)[1].sum())

    slope = batch.slope(weights, bias)
    step = 1e-5
    for place in range(CLASSES):
        more = bias.copy()
        more[place] += step
        by_steps = (loss(more, weights) - loss(bias, weights)) / step
        assert slope.sum(axis=(0, 1))[place] == pytest.approx(by_steps, abs=1e-3)
    by_weight = np.einsum("nts,ntk->sk", batch.features, slope)
    more_weights = weights.copy()
    more_weights[2, 4] += step
    by_steps = (loss(bias, more_weights) - loss(bias, weights)) / step
    assert by_weight[2, 4] == pytest.approx(by_steps, abs=1e-3)


def _confused(count: int, *, seed: int) -> list[Taught]:
    """A writer whose 7 the network takes for 1, a little: the features tell them apart."""
    rng = np.random.default_rng(seed)
    found = []
    for at in range(count):
        label = "".join(rng.choice(list("1789"), 3))
        seen = _seen(label, seed=1000 * seed + at, sure=3.0)
        logs = seen.chances.copy()
        for place, digit in enumerate(label):
            if digit == "7":
                logs[2 * place + 1, [2, 8]] = logs[2 * place + 1, [8, 2]]
        found.append(Taught(Seen(logs, seen.features), label))
    return found


def test_what_was_confused_is_told_apart_on_other_places() -> None:
    lessons, asked = _confused(40, seed=1), _confused(60, seed=2)
    head = learn_head(lessons, Pull(1.0, 0.1))
    before, after = examine(asked, None), examine(asked, head)
    assert after.right > before.right + 10
    assert after.loss < before.loss


def test_it_is_the_same_every_time() -> None:
    one, other = (learn_head(_confused(20, seed=1), Pull(10.0, 1.0)) for _ in range(2))
    assert one is not None
    assert other is not None
    assert (one.weights == other.weights).all()
    assert (one.bias == other.bias).all()


def test_a_bias_alone_leaves_the_features_aside() -> None:
    head = learn_head(_confused(20, seed=1), BIAS_ALONE)
    assert head is not None
    assert not head.weights.any()
    assert head.bias.any()


def test_a_strong_pull_moves_little() -> None:
    lessons = _confused(20, seed=1)
    weak, strong = learn_head(lessons, Pull(1.0, 1.0)), learn_head(lessons, Pull(1000.0, 1000.0))
    assert weak is not None
    assert strong is not None
    assert np.abs(strong.weights).sum() < np.abs(weak.weights).sum() / 4


@pytest.mark.parametrize("label", ["", "x1", "999999"])
def test_what_cannot_stand_there_is_not_learnt_from(label: str) -> None:
    """No digit, a letter that the network does not know, or a typing slip."""
    assert learn_head([Taught(_seen("12", sure=9.0), label)], Pull(1.0, 1.0)) is None


def test_a_place_is_read_as_the_network_says() -> None:
    found = read(_seen("407", sure=6.0))
    assert max(found, key=lambda text: found[text]) == "407"
