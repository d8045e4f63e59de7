"""Make classify/hand_model.json: what tells a pen from print in the slots of printed lines.

    python -m bench.train_hand [--pages 120] [--to classify/hand_model.json]

Number and date lines are drawn here from a fixed seed, their slots printed, written by a pen or
struck by a numbering stamp, at 100 to 300 dpi and with a scanner's faults; no other data is read.
"""

import argparse
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bench import logistic
from classify.handwriting import FEATURES, Slot, measure
from imaging.types import Box, Pixels
from specimens import Faults, degrade, render
from specimens.degrade import Light
from specimens.fonts import Face, text_width
from specimens.page import BLACK, Item, Page, Text, Word
from specimens.pen import hand_digits

_DPI = (100, 150, 200, 200, 300, 300)
_STEP = 34.0
"""Points between two lines."""
_NOTATIONS = ("/QĐ-UBND", "/CT-UBND", "/UBND-KTTH", "/TTr-SYT", "/KH-ATTP", "/SGDĐT-VP", "/BC-STC")
_INKS = (BLACK, BLACK, BLACK, (28, 52, 150), (70, 60, 160), (60, 90, 190))


@dataclass(frozen=True, slots=True)
class Made:
    """A slot on the page in points: the columns to look at, the print beside it."""

    left: float
    right: float
    beside: tuple[float, float]
    baseline: float
    size: float
    by_hand: bool


def main() -> int:
    """Draw, measure, learn, write; print what it does on pages it has not seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=120)
    parser.add_argument("--to", type=Path, default=Path("classify/hand_model.json"))
    options = parser.parse_args()
    x, y, page = _samples(options.pages)
    held = page % 5 == 0
    weights, bias = logistic.fit(x[~held], y[~held], floor=0.0)
    print(f"{len(y)} slots, {int(y.sum())} by hand; on {int(held.sum())} held out:")
    chance = logistic.chance(x[held], weights, bias)
    for least in (0.3, 0.5, 0.7):
        seen = chance >= least
        print(
            f"  from {least}: found {(seen & y[held]).sum() / y[held].sum():.3f}, "
            f"print called a hand {(seen & ~y[held]).sum() / (~y[held]).sum():.4f}"
        )
    weights, bias = logistic.fit(x, y, floor=0.0)
    model = {
        "made_by": f"python -m bench.train_hand --pages {options.pages}",
        "features": dict(zip(FEATURES, [round(float(w), 4) for w in weights], strict=True)),
        "bias": round(float(bias), 4),
    }
    options.to.write_text(json.dumps(model, indent=1) + "\n", encoding="utf-8")
    return 0


def _samples(pages: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows, truth, of = [], [], []
    for seed in range(pages):
        rng = random.Random(f"hand {seed}")  # noqa: S311  drawings, no secrets
        for features, by_hand in _page(rng, seed):
            rows.append(features)
            truth.append(by_hand)
            of.append(seed)
    return np.array(rows), np.array(truth), np.array(of)


def _page(rng: random.Random, seed: int) -> Iterator[tuple[tuple[float, ...], bool]]:
    items: list[Item] = []
    made: list[Made] = []
    for row in range(22):
        draw = _number if row % 2 else _date
        slots, drawn = draw(rng, 60 + rng.uniform(0, 150), 60 + row * _STEP)
        items += drawn
        made += slots
    dpi = rng.choice(_DPI)
    skew = rng.uniform(-1.2, 1.2) if rng.random() < 0.5 else 0.0
    picture = degrade(render(Page(tuple(items)), dpi), _faults(rng, skew), seed=seed)
    if rng.random() < 0.3:
        picture = np.where(picture.mean(axis=2, keepdims=True) < 150, 0, 255).astype(np.uint8)
        picture = np.repeat(picture, 3, axis=2)
    for slot in made:
        measured = measure(picture, _on_page(slot, dpi, skew, picture, rng), skew=-skew)
        if measured and measured[0]:
            yield measured[1], slot.by_hand


def _faults(rng: random.Random, skew: float) -> Faults:
    plain = Faults(noise=rng.uniform(0, 9), blur=rng.uniform(0, 0.9), light=Light(0.1))
    faint = rng.choice((0.0, 0.0, 0.3, 0.5))
    quality = rng.choice((None, None, 60, 35))
    return replace(plain, skew=skew, faint=faint, jpeg_quality=quality)


def _number(rng: random.Random, x: float, baseline: float) -> tuple[list[Made], list[Item]]:
    """Like "Số: 12/QĐ-UBND", the digits set, written or stamped."""
    face, size = rng.choice((Face.REGULAR, Face.REGULAR, Face.SANS)), rng.uniform(11.5, 14)
    label, notation = "Số:", rng.choice(_NOTATIONS)
    digits = str(rng.randint(1, rng.choice((9, 99, 999, 4000))))
    if len(digits) == 1 and rng.random() < 0.7:
        digits = f"0{digits}"
    start = x + text_width(label, face, size)
    gap = rng.choice((3.0, 3.0, 8.0, 14.0))
    by_hand = rng.random() < 0.5
    width = text_width(digits, face, size)
    end = start + gap + width + (rng.uniform(0, 16) if by_hand else rng.choice((0.0, 0.0, 3.0)))
    words = [Word(x, label, face), Word(end, notation, face)]
    drawn: list[Item] = []
    if by_hand:
        drawn += _written(rng, digits, start + rng.uniform(0, gap), baseline, size)
    else:
        words.append(Word(start + gap, digits, face))
    drawn.append(Text(tuple(words), baseline, size))
    slash = text_width("/", face, size)
    beside = (end + slash, end + text_width(notation, face, size))
    return [Made(start, end, beside, baseline, size, by_hand)], drawn


def _date(rng: random.Random, x: float, baseline: float) -> tuple[list[Made], list[Item]]:
    """Like "ngày 05 tháng 3 năm 2025", day and month set or written."""
    face, size = rng.choice((Face.ITALIC, Face.ITALIC, Face.REGULAR)), rng.uniform(12, 14.5)
    space = text_width(" ", face, size)
    words, drawn, made = [], [], []
    at = x
    day, month = f"{rng.randint(1, 31):02d}", str(rng.randint(1, 12))
    for label, digits in (("ngày", day), ("tháng", month)):
        by_hand = rng.random() < 0.5
        words.append(Word(at, label, face))
        left = at + text_width(label, face, size)
        width = text_width(digits, face, size)
        if by_hand:
            at = left + width + rng.uniform(2, 14)
            drawn += _written(rng, digits, left + rng.uniform(0, 5), baseline, size)
        else:
            words.append(Word(left + space, digits, face))
            at = left + width + space * rng.choice((2, 2, 3))
        made.append((left, at, by_hand))
    words += [Word(at, "năm", face)]
    at += text_width("năm", face, size) + space
    words.append(Word(at, "2025", face))
    drawn.append(Text(tuple(words), baseline, size))
    beside = (at, at + text_width("2025", face, size))
    return [Made(a, b, beside, baseline, size, hand) for a, b, hand in made], drawn


def _written(
    rng: random.Random, digits: str, left: float, baseline: float, size: float
) -> list[Item]:
    """Digits by pen, in one case of eight by a stamp of another face that sits a little off."""
    if rng.random() < 0.125:
        face = rng.choice((Face.BOLD_ITALIC, Face.SANS_BOLD, Face.BOLD))
        off = rng.choice((-1, 1)) * rng.uniform(0.8, 3)
        return [Text((Word(left, digits, face),), baseline + off, size * rng.uniform(0.85, 1.35))]
    tall = 0.676 * size * rng.uniform(0.85, 1.9)
    ink = hand_digits(
        rng, digits, left, baseline + rng.uniform(-2.5, 3.5), size=tall, colour=rng.choice(_INKS)
    )
    return [replace(ink, width=rng.uniform(0.7, 2.0))]


def _on_page(made: Made, dpi: int, skew: float, picture: Pixels, rng: random.Random) -> Slot:
    """The slot in pixels of the scan, as little off as a reader's boxes are."""
    scale = dpi / 72
    height, width = picture.shape[:2]
    turn = np.tan(np.radians(skew))

    def box(left: float, right: float) -> Box:
        drop = ((left + right) / 2 * scale - width / 2) * turn
        shift = (made.baseline * scale - height / 2) * -turn
        x0, x1 = left * scale + shift, right * scale + shift
        y0 = (made.baseline - 0.72 * made.size) * scale + drop
        y1 = (made.baseline + 0.05 * made.size) * scale + drop
        off = [rng.uniform(-1.5, 1.5) for _ in range(4)]
        return Box(round(x0 + off[0]), round(y0 + off[1]), round(x1 + off[2]), round(y1 + off[3]))

    return Slot(box(made.left, made.right), (box(*made.beside),))


if __name__ == "__main__":
    sys.exit(main())
