"""Measures networks on digits by hands that none of them learnt from.

    python -m bench.digit_held --sources FOLDER [--count 250] [MODEL.onnx ...]

FOLDER as `bench.train_digits` says. Lines are drawn at capitals of 14 pixels and more with all
faults, each kind of hand for itself: MNIST's and scikit-learn's pictures and the fonts that are
held out, and the pen of the specimens, whose strokes no training sees. Prints the share of strings
read whole, of those with a letter for themselves, how many may pass at 2 wrong in 100, and the time
of a crop.
"""

import argparse
import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.digit_hands import Sources, load_sources
from bench.digit_lines import Drawn, draw
from imaging.types import Box
from ocr.digits import HandDigits
from ocr.digits.limits import LETTERS
from specimens import Faults, degrade, render
from specimens.fonts import Face, text_width
from specimens.page import BLACK, PEN_BLUE, Page, Text, Word
from specimens.pen import hand_digits

_SMALLEST = 14.0
_SEED = 991
_KINDS = {"MNIST": (0, 1, 0, 0), "fonts": (0, 0, 1, 0), "scikit-learn": (0, 0, 0, 1)}
_PROMISE = 0.02
_DPI, _SIZE, _LEFT, _BASELINE = 150, 13.0, 80.0, 90.0


def main() -> int:
    """Print one line a network."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", type=Path, nargs="*", default=[Path("ocr/digits/digits.onnx")])
    parser.add_argument("--sources", type=Path, required=True)
    parser.add_argument("--count", type=int, default=250)
    options = parser.parse_args()
    lines = list(_lines(load_sources(options.sources, held_out=True), options.count))
    for model in options.models:
        print(f"{model}: {_measured(HandDigits(model), lines)}", flush=True)
    return 0


def _lines(sources: Sources, count: int) -> Iterator[tuple[str, Drawn]]:
    for kind, shares in _KINDS.items():
        rng = np.random.default_rng(_SEED)
        only = replace(sources, shares=shares)
        for _ in range(count):
            drawn = draw(rng, only, _SMALLEST)
            letter = drawn.digits[-1:] and drawn.digits[-1] in LETTERS
            yield ("with a letter" if letter else kind), drawn
    rng = random.Random(_SEED)  # noqa: S311  drawings, no secrets
    for seed in range(count // 2):
        yield "the specimens' pen", _by_specimens(rng, seed)


def _by_specimens(rng: random.Random, seed: int) -> Drawn:
    """A number line of a specimen at 150 dpi, worn a little."""
    digits = f"{rng.randint(1, 9999 if rng.random() < 0.3 else 999):02d}"
    start = _LEFT + text_width("Số:", Face.REGULAR, _SIZE)
    gap = rng.uniform(30, 60)
    words = (Word(_LEFT, "Số:", Face.REGULAR), Word(start + gap, "/QĐ-UBND", Face.REGULAR))
    colour = PEN_BLUE if rng.random() < 0.6 else BLACK
    size = rng.uniform(10, 14)
    ink = hand_digits(rng, digits, start + 3, _BASELINE + 1, size=size, colour=colour)
    page = Page((Text(words, _BASELINE, _SIZE), ink))
    picture = degrade(render(page, _DPI), Faults(noise=rng.uniform(0, 8)), seed=seed)[:300]
    scale = _DPI / 72
    rows = round((_BASELINE - 0.66 * _SIZE) * scale), round(_BASELINE * scale)
    place = Box(round(start * scale), rows[0], round((start + gap) * scale), rows[1])
    return Drawn(picture, place, digits, f"<{digits}/")


def _measured(reader: HandDigits, lines: list[tuple[str, Drawn]]) -> str:
    right: dict[str, list[bool]] = defaultdict(list)
    best: list[tuple[float, bool]] = []
    start = time.process_time()
    for kind, drawn in lines:
        read = reader.read(drawn.picture, drawn.place)
        ok = bool(read) and read[0].text == drawn.digits
        right[kind].append(ok)
        best.append((read[0].chance if read else 0.0, ok))
    spent = 1000 * (time.process_time() - start) / len(lines)
    parts = [f"{kind} {np.mean(oks):.3f} of {len(oks)}" for kind, oks in right.items()]
    return f"{', '.join(parts)}; may pass {_may_pass(best):.2f}; {spent:.1f} ms a crop"


def _may_pass(best: list[tuple[float, bool]]) -> float:
    """Share of the surest readings of which no more than two in a hundred are wrong."""
    wrong = np.cumsum([not ok for _, ok in sorted(best, key=lambda one: -one[0])])
    fine = np.flatnonzero(wrong <= _PROMISE * np.arange(1, len(best) + 1))
    return float(fine[-1] + 1) / len(best) if len(fine) else 0.0


if __name__ == "__main__":
    sys.exit(main())
