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
    """Scribble a signature around `centre`: a capital, loops that run right, a flourish."""
    start = centre.x - width * rng.uniform(0.38, 0.5)
    loops = rng.randint(2, 6)
    tall, lean = rng.uniform(10, 20), rng.uniform(2, 9)
    points = _capital(rng, Point(start, centre.y), rng.uniform(22, 34))
    for step in range(loops * 4):
        angle = step * math.pi / 2 + rng.uniform(-0.4, 0.4)
        height = tall * rng.uniform(0.3, 1.0) * (1 - 0.5 * step / (loops * 4))
        x = start + width * (0.15 + 0.5 * step / (loops * 4)) + lean * math.cos(angle)
        points.append(Point(x, centre.y + height * math.sin(angle)))
    return Ink((_smooth(points), _flourish(rng, points[-1], centre, width)), rng.uniform(1.1, 1.8))


def _capital(rng: random.Random, foot: Point, tall: float) -> list[Point]:
    """The first letter: a stem with a bow, tall and slanted."""
    slant = rng.uniform(4, 14)
    stem = [
        Point(foot.x + slant, foot.y - tall),
        Point(foot.x, foot.y + tall * 0.5),
        Point(foot.x - slant * 0.6, foot.y + tall * 0.3),
    ]
    bow = Point(foot.x + slant * 1.8, foot.y - tall * rng.uniform(0.5, 1.1))
    return [*stem, bow, Point(foot.x + slant * 2.2, foot.y)]


def _flourish(rng: random.Random, end: Point, centre: Point, width: float) -> tuple[Point, ...]:
    """The last stroke: back under the name, across it, or up and away."""
    reach = Point(end.x + width * rng.uniform(0.2, 0.45), centre.y - rng.uniform(4, 32))
    style = rng.randrange(3)
    if style == 0:
        back = Point(centre.x - width * 0.35, centre.y + rng.uniform(12, 24))
        return _smooth([end, reach, back, Point(centre.x + width * 0.5, back.y - 10)])
    if style == 1:
        dip = Point(end.x + width * 0.15, centre.y + rng.uniform(10, 24))
        return _smooth([end, dip, reach, Point(reach.x + 14, reach.y + 5)])
    across = Point(centre.x - width * 0.4, centre.y + rng.uniform(-2, 6))
    return _smooth([end, reach, across, Point(centre.x + width * 0.6, centre.y - 6)])
