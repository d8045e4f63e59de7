"""A network of one hidden layer, learnt in plain numpy: small, repeatable, no framework."""

import numpy as np

Net = dict[str, np.ndarray]


def learn(x: np.ndarray, y: np.ndarray, *, hidden: int, epochs: int, decay: float = 1e-5) -> Net:
    """A network of one hidden layer by Adam, in plain numpy."""
    rng = np.random.default_rng(7)
    x = x.reshape(len(x), -1)
    net = {
        "w1": rng.normal(0, (2 / x.shape[1]) ** 0.5, (x.shape[1], hidden)).astype(np.float32),
        "b1": np.zeros(hidden, np.float32),
        "w2": rng.normal(0, (2 / hidden) ** 0.5, (hidden, 4)).astype(np.float32),
        "b2": np.zeros(4, np.float32),
    }
    mean = {name: np.zeros_like(value) for name, value in net.items()}
    spread = {name: np.zeros_like(value) for name, value in net.items()}
    step = 0
    for epoch in range(epochs):
        rate = 2e-3 * 0.5 * (1 + np.cos(np.pi * epoch / epochs))
        order = rng.permutation(len(x))
        for start in range(0, len(order) - 255, 256):
            step += 1
            rows = order[start : start + 256]
            for name, slope in slopes(net, x[rows], y[rows], decay).items():
                mean[name] += 0.1 * (slope - mean[name])
                spread[name] += 0.001 * (slope**2 - spread[name])
                fix = (1 - 0.999**step) ** 0.5 / (1 - 0.9**step)
                net[name] -= (rate * fix * mean[name] / (np.sqrt(spread[name]) + 1e-8)).astype(
                    np.float32
                )
    return net


def slopes(net: Net, x: np.ndarray, y: np.ndarray, decay: float) -> Net:
    """The gradient of the cross entropy, a little weight decay in it."""
    hidden = np.maximum(x @ net["w1"] + net["b1"], 0)
    raw = hidden @ net["w2"] + net["b2"]
    chance = np.exp(raw - raw.max(axis=1, keepdims=True))
    chance /= chance.sum(axis=1, keepdims=True)
    chance[np.arange(len(y)), y] -= 1
    chance /= len(y)
    back = (chance @ net["w2"].T) * (hidden > 0)
    return {
        "w1": x.T @ back + decay * net["w1"],
        "b1": back.sum(axis=0),
        "w2": hidden.T @ chance + decay * net["w2"],
        "b2": chance.sum(axis=0),
    }


def chances(net: Net, x: np.ndarray) -> np.ndarray:
    """(n, classes) the raw scores of each class."""
    hidden = np.maximum(x.reshape(len(x), -1) @ net["w1"] + net["b1"], 0)
    return hidden @ net["w2"] + net["b2"]
