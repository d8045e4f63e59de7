"""Make ocr/stamp.npz: pieces of invented papers, cut out as the gate cuts them, learnt.

    python -m bench.train_stamp [--rounds 3] [--scraps 900] [--pages 15] [--to ocr/stamp.npz]

The pieces are of bench/stamps.py, from fixed seeds that bench/secret.py does not use; no other
data is read.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from bench import stamps
from bench.net import chances, learn
from ocr import _stamps

IGNORED = -1


def label_of(candidate: _stamps.Candidate, drawn: stamps.Sample) -> int:
    """0 for no secrecy mark, 1 to 3 for its level, IGNORED for a part of one."""
    if drawn.level is None or drawn.box is None:
        return 0
    box, true = candidate.box, drawn.box
    width = min(box.x1, true[2]) - max(box.x0, true[0])
    height = min(box.y1, true[3]) - max(box.y0, true[1])
    if width <= 0 or height <= 0:
        return 0
    share_x = (box.x1 - box.x0) / (true[2] - true[0])
    share_y = (box.y1 - box.y0) / (true[3] - true[1])
    covers = width / (true[2] - true[0]) > 0.7 and height / (true[3] - true[1]) > 0.4
    if covers and share_x < 1.25 and share_y < 1.6:
        return 1 + stamps.LEVELS.index(drawn.level)
    return IGNORED


def jittered(rng: np.random.Generator, candidate: _stamps.Candidate) -> _stamps.Candidate:
    """The candidate as a slightly different cut would have it."""
    picture = candidate.picture
    height, width = picture.shape
    shift = rng.normal(0, 0.035, 4) * (height, width, height, width)
    top, left, bottom, right = (round(float(value)) for value in shift)
    pad = max(1, height // 4)
    grown = cv2.copyMakeBorder(picture, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=255)
    turn = cv2.getRotationMatrix2D((grown.shape[1] / 2, grown.shape[0] / 2), rng.normal(0, 1.5), 1)
    grown = cv2.warpAffine(grown, turn, grown.shape[::-1], borderValue=255)
    cut = grown[max(0, pad + top) : pad + height + bottom, max(0, pad + left) : pad + width + right]
    return (
        replace(candidate, picture=np.ascontiguousarray(cut)) if min(cut.shape) > 4 else candidate
    )


def drawn(start: int, scraps: int, pages: int) -> Iterator[tuple[stamps.Sample, float]]:
    """Samples of the training seeds, and the share of their height that is searched."""
    for seed in range(start, start + scraps):
        yield stamps.scrap(seed, secret=seed % 5 < 3), 1.0
    for seed in range(start, start + pages):
        yield stamps.sample(seed, secret=False), 0.55


def gathered(start: int, scraps: int, pages: int, times: int) -> tuple[np.ndarray, np.ndarray]:
    """Features and labels of every candidate on the drawn papers."""
    rng = np.random.default_rng(start)
    x, y = [], []
    for paper, top in drawn(start, scraps, pages):
        for layer in _stamps.layers(paper.pixels, paper.dpi, top):
            for candidate in _stamps.of_layer(layer):
                label = label_of(candidate, paper)
                if label == IGNORED:
                    continue
                cuts = [candidate, *(jittered(rng, candidate) for _ in range(times))]
                x += [_stamps.features(cut) for cut in cuts]
                y += [label] * len(cuts)
    return np.array(x, np.float32), np.array(y)


def main() -> None:
    """Gather, learn, say how well on papers not learnt from, write in half precision."""
    cv2.setNumThreads(1)
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scraps", type=int, default=900)
    parser.add_argument("--pages", type=int, default=15)
    parser.add_argument("--to", type=Path, default=Path("ocr/stamp.npz"))
    chosen = parser.parse_args()
    rounds = [
        gathered(1_000_000 + 10_000 * number, chosen.scraps, chosen.pages, times=4)
        for number in range(chosen.rounds)
    ]
    x = np.concatenate([features for features, _ in rounds])
    y = np.concatenate([labels for _, labels in rounds])
    print(f"{len(y)} cuts: {np.bincount(y)}", flush=True)
    net = learn(x, y, hidden=128, epochs=18, decay=3e-4)
    x, y = gathered(2_000_000, chosen.scraps // 4, chosen.pages // 3, times=0)
    told = chances(net, x).argmax(axis=1)
    print(f"secret or not: {((told > 0) == (y > 0)).mean():.4f} right of {len(y)}")
    print(f"found {(told[y > 0] > 0).mean():.4f}, false {(told[y == 0] > 0).mean():.4f}")
    np.savez_compressed(
        chosen.to, **{name: value.astype(np.float16) for name, value in net.items()}
    )


if __name__ == "__main__":
    main()
