"""What a hand adds to a paper: signatures that are nobody's, and digits filled into a form."""

import itertools
import math
import random
from collections.abc import Mapping, Sequence

from specimens.page import PEN_BLUE, Colour, Ink, Point

_DIGITS: Mapping[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "0": (((0.5, 0), (0.15, 0.3), (0.15, 0.75), (0.5, 1), (0.8, 0.7), (0.8, 0.25), (0.5, 0)),),
    "1": (((0.25, 0.25), (0.55, 0), (0.5, 1)),),
    "2": (((0.15, 0.2), (0.45, 0), (0.8, 0.2), (0.6, 0.55), (0.15, 1), (0.85, 0.95)),),
    "3": (((0.2, 0.05), (0.75, 0.1), (0.4, 0.45), (0.8, 0.7), (0.5, 1), (0.15, 0.9)),),
    "4": (((0.5, 0), (0.1, 0.65), (0.9, 0.6)), ((0.65, 0.35), (0.6, 1))),
    "5": (((0.8, 0), (0.3, 0.03), (0.2, 0.45), (0.7, 0.5), (0.75, 0.85), (0.2, 1)),),
    "6": (((0.7, 0), (0.25, 0.45), (0.2, 0.85), (0.55, 1), (0.75, 0.7), (0.25, 0.65)),),
    "7": (((0.15, 0.05), (0.85, 0), (0.4, 1)), ((0.3, 0.5), (0.75, 0.48))),
    "8": (
        (
            (0.7, 0.1),
            (0.35, 0),
            (0.2, 0.25),
            (0.7, 0.65),
            (0.6, 1),
            (0.25, 0.9),
            (0.35, 0.6),
            (0.7, 0.1),
        ),
    ),
    "9": (((0.75, 0.2), (0.4, 0), (0.2, 0.35), (0.6, 0.5), (0.75, 0.15), (0.65, 1)),),
}
"""Strokes of each digit in a unit square, y down."""


def _smooth(points: Sequence[Point], rounds: int = 3) -> tuple[Point, ...]:
    """Round a polyline's corners by Chaikin's cutting, the ends kept."""
    path = list(points)
    for _ in range(rounds):
        cut = [path[0]]
        for a, b in itertools.pairwise(path):
            cut.append(Point(0.75 * a.x + 0.25 * b.x, 0.75 * a.y + 0.25 * b.y))
            cut.append(Point(0.25 * a.x + 0.75 * b.x, 0.25 * a.y + 0.75 * b.y))
        cut.append(path[-1])
        path = cut
    return tuple(path)


def hand_digits(
    rng: random.Random,
    text: str,
    left: float,
    baseline: float,
    *,
    size: float = 15.0,
    colour: Colour = PEN_BLUE,
) -> Ink:
    """Write digits by hand with their feet on `baseline`; `size` is their height in points."""
    strokes = []
    x = left
    for letter in text:
        lift = rng.uniform(-0.06, 0.06) * size
        lean = rng.uniform(0.05, 0.25)
        for stroke in _DIGITS[letter]:
            wobbled = [
                Point(
                    x + (px * 0.62 + (1 - py) * lean + rng.uniform(-0.03, 0.03)) * size,
                    baseline + lift - (1 - py + rng.uniform(-0.03, 0.03)) * size,
                )
                for px, py in stroke
            ]
            strokes.append(_smooth(wobbled, 2))
        x += size * rng.uniform(0.6, 0.72)
    return Ink(tuple(strokes), width=1.25, colour=colour)


def signature(rng: random.Random, centre: Point, *, width: float = 95.0) -> Ink:
    """Scribble a signature around `centre`: loops that run right, then a long flourish."""
    points = []
    loops = rng.randint(4, 6)
    for step in range(loops * 4):
        angle = step * math.pi / 2 + rng.uniform(-0.3, 0.3)
        height = rng.uniform(8, 22) if step % 4 else rng.uniform(18, 34)
        points.append(
            Point(
                centre.x - width * 0.45 + width * 0.6 * step / (loops * 4) + 9 * math.cos(angle),
                centre.y + height * math.sin(angle) * 0.8,
            )
        )
    last = points[-1]
    flourish = (
        last,
        Point(last.x + width * 0.35, centre.y - rng.uniform(18, 30)),
        Point(last.x + width * 0.1, centre.y + rng.uniform(10, 18)),
        Point(centre.x - width * 0.3, centre.y + rng.uniform(14, 22)),
        Point(centre.x + width * 0.55, centre.y - rng.uniform(2, 12)),
    )
    return Ink((_smooth(points), _smooth(flourish)), width=rng.uniform(1.2, 1.7))
