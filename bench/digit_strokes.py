"""Digits as a pen draws them: skeletons in the ways that people write here, and their ink.

Skeletons stand in digit_skeletons.txt. The ways of writing are those seen on Vietnamese papers: the
1 with a long upstroke or a foot, the 7 with a bar or a curl, the open 4, the 6 that does not close,
the 9 with a hook, the 5 with a flying bar; and the few letters that follow a number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""(n, 2): x and y."""
Mask = NDArray[np.float32]
"""(height, width), 0 to 1: how much ink lies there."""
Skeleton = tuple[tuple[tuple[float, float], ...], ...]


def _skeletons() -> Mapping[str, tuple[Skeleton, ...]]:
    """Digit or letter -> the ways of writing it."""
    ways: dict[str, tuple[Skeleton, ...]] = {}
    text = Path(__file__).with_name("digit_skeletons.txt").read_text(encoding="utf-8")
    for line in text.splitlines()[1:]:
        digit, strokes = line.split(" | ")
        ways[digit] = (*ways.get(digit, ()), tuple(map(_points, strokes.split(" ; "))))
    return ways


def _points(stroke: str) -> tuple[tuple[float, float], ...]:
    pairs = (point.split(",") for point in stroke.split())
    return tuple((float(x), float(y)) for x, y in pairs)


SKELETONS = _skeletons()


@dataclass(frozen=True, slots=True)
class Hand:
    """How one person writes; lengths in heights of a digit."""

    slant: float
    wide: float
    """Widths times this."""
    wobble: float
    width: float
    """Of the pen's line."""
    gap: float
    """Between two digits, negative where they touch."""
    linked: float
    """Chance of a stroke from a digit to the next."""
    pressure: float
    """How unevenly the line is inked, 0 to 1."""
    speed: float
    """How far corners are rounded and loops left open, 0 to 1."""
    climb: float
    """How far the baseline rises to the right, heights by heights."""
    small: Mapping[str, float]
    """Size of the digits that this person writes smaller or larger than the others."""
    ways: Mapping[str, int]
    """Which skeleton this person uses of each digit."""


def some_hand(rng: np.random.Generator) -> Hand:
    """A person's way of writing."""
    return Hand(
        slant=float(rng.normal(0.15, 0.2)),
        wide=float(np.exp(rng.normal(-0.03, 0.24))),
        wobble=float(rng.uniform(0.008, 0.045)),
        width=float(np.exp(rng.uniform(np.log(0.035), np.log(0.16)))),
        gap=float(rng.uniform(-0.12, 0.4)),
        linked=float(rng.choice((0.0, 0.0, 0.0, 0.15, 0.4))),
        pressure=float(rng.uniform(0, 0.6)),
        speed=float(rng.uniform(0, 1) ** 2),
        climb=float(rng.normal(0, 0.04)),
        small={
            digit: float(rng.uniform(0.55, 1.1)) for digit in "0000123456789" if rng.random() < 0.12
        },
        ways={digit: int(rng.integers(len(ways))) for digit, ways in SKELETONS.items()},
    )


def write(rng: np.random.Generator, digits: str, hand: Hand, height: float) -> tuple[Mask, float]:
    """The ink of a string of digits `height` pixels tall, and the row of its baseline in it."""
    strokes, _ = _strokes(rng, digits, hand)
    pad = 0.25 + hand.width
    points = np.concatenate(strokes) if strokes else np.zeros((1, 2))
    left, top = points.min(axis=0) - pad
    right, bottom = points.max(axis=0) + pad
    size = (max(3, int((bottom - top) * height)), max(3, int((right - left) * height)))
    mask = np.zeros(size, np.float32)
    for stroke in strokes:
        _ink(rng, mask, (stroke - (left, top)) * height, hand, height)
    return np.minimum(mask, 1.0), float((1.0 - top) * height)


def _strokes(
    rng: np.random.Generator, digits: str, hand: Hand
) -> tuple[list[Points], Points | None]:
    strokes: list[Points] = []
    x, last = 0.0, None
    for digit in digits:
        ways = SKELETONS[digit]
        way = hand.ways[digit] if rng.random() < 0.85 else int(rng.integers(len(ways)))
        drawn = _drawn(rng, ways[way], hand, hand.small.get(digit, 1.0))
        flat = np.concatenate(drawn)
        # Advance by what lies left of the slant, so that leaning digits keep their distance.
        upright = flat[:, 0] - hand.slant * (1 - flat[:, 1])
        shift = np.array([x - upright.min(), -hand.climb * x])
        moved = [stroke + shift for stroke in drawn]
        if last is not None and rng.random() < hand.linked:
            strokes.append(
                curve(np.array([last, (last + moved[0][0]) / 2 + (0, 0.06), moved[0][0]]))
            )
        strokes += moved
        last = moved[-1][-1]
        x += float(np.ptp(upright)) + hand.gap + float(rng.normal(0, 0.03)) + 0.04
    return strokes, last


def _drawn(rng: np.random.Generator, way: Skeleton, hand: Hand, size: float) -> list[Points]:
    """One digit's strokes, wobbled, sized, turned and slanted."""
    size *= float(rng.normal(1, 0.07))
    turn = float(rng.normal(0, 0.05))
    wide = hand.wide * float(rng.normal(1, 0.08))
    lift = float(rng.normal(0, 0.04))
    drawn = []
    for stroke in way:
        points = np.array(stroke, float)
        same = np.concatenate([[False], (np.diff(points, axis=0) == 0).all(axis=1)])
        noise = rng.normal(0, hand.wobble, points.shape)
        noise[same] = noise[np.flatnonzero(same) - 1]
        points = points + noise
        points[:, 0] *= wide
        points = (points - (0.25, 1)) * size
        points = points @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        points = points + np.array((0.25, 1 + lift))
        points[:, 0] += hand.slant * (1 - points[:, 1])
        drawn.append(_hasty(curve(points), hand.speed))
    return drawn


def _hasty(points: Points, speed: float) -> Points:
    """A line as a fast pen draws it: the mean of what lies around each point."""
    reach = int(5 * speed)
    if not reach or len(points) < 3:
        return points
    ends = np.concatenate(
        [np.repeat(points[:1], reach, 0), points, np.repeat(points[-1:], reach, 0)]
    )
    sums = np.cumsum(np.concatenate([np.zeros((1, 2)), ends]), axis=0)
    whole = 2 * reach + 1
    return np.asarray((sums[whole:] - sums[:-whole]) / whole)


def curve(points: Points, steps: int = 8) -> Points:
    """A smooth line through points (Catmull-Rom); a doubled point stays a corner."""
    if len(points) < 3:
        return points
    ends = np.concatenate([points[:1], points, points[-1:]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    parts = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        if np.array_equal(b, c):
            continue  # a corner: the line does not turn smoothly
        first = b - b if np.array_equal(a, b) else (c - a) / 2
        second = c - c if np.array_equal(c, d) else (d - b) / 2
        parts.append(
            (2 * t**3 - 3 * t**2 + 1) * b + (t**3 - 2 * t**2 + t) * first
            + (-2 * t**3 + 3 * t**2) * c + (t**3 - t**2) * second
        )  # fmt: skip
    return np.concatenate([*parts, points[-1:]])


def _ink(rng: np.random.Generator, mask: Mask, points: Points, hand: Hand, height: float) -> None:
    """Draw one stroke; the pen presses more here and less there."""
    width = max(1.0, hand.width * height)
    fixed = np.round(points * 16).astype(np.int32)
    whole = np.zeros(mask.shape, np.uint8)
    if hand.pressure < 0.15 or len(points) < 4:
        cv2.polylines(
            whole,
            [fixed],
            isClosed=False,
            color=255,
            thickness=max(1, round(width)),
            lineType=cv2.LINE_AA,
            shift=4,
        )
        np.maximum(mask, whole.astype(np.float32) / 255, out=mask)
        return
    phase, speed = rng.uniform(0, 6.3), rng.uniform(0.1, 0.5)
    for place in range(0, len(fixed) - 1, 3):
        press = 0.5 + 0.5 * np.sin(phase + speed * place)
        part = fixed[place : place + 4]
        thick = max(1, round(width * (1 - 0.5 * hand.pressure * press)))
        dark = int(255 * (1 - 0.55 * hand.pressure * press))
        cv2.polylines(
            whole,
            [part],
            isClosed=False,
            color=dark,
            thickness=thick,
            lineType=cv2.LINE_AA,
            shift=4,
        )
    np.maximum(mask, whole.astype(np.float32) / 255, out=mask)


def scribble(rng: np.random.Generator, size: Sequence[int], width: float) -> Mask:
    """A neighbour's stroke, of a signature or a tick, somewhere in a picture of (height, width)."""
    high, wide = size
    count = int(rng.integers(3, 7))
    start = rng.uniform((0, 0), (wide, high))
    points = start + np.cumsum(rng.normal(0, 0.35 * high, (count, 2)), axis=0)
    mask = np.zeros((high, wide), np.uint8)
    fixed = np.round(curve(points) * 16).astype(np.int32)
    cv2.polylines(
        mask,
        [fixed],
        isClosed=False,
        color=255,
        thickness=max(1, round(width)),
        lineType=cv2.LINE_AA,
        shift=4,
    )
    return mask.astype(np.float32) / 255


def underline(rng: np.random.Generator, mask: Mask, foot: float, height: float) -> Mask:
    """The ink with a pen's stroke drawn under its digits or through their feet."""
    wide = mask.shape[1]
    level = foot + float(rng.normal(0.03, 0.07)) * height
    ends = rng.uniform((0, 0.6), (0.3, 1.0)) * wide
    rise = float(rng.normal(0, 0.04)) * height
    points = np.array([[ends[0], level], [ends.mean(), level + rise], [ends[1], level - rise]])
    drawn = np.zeros(mask.shape, np.uint8)
    fixed = np.round(curve(points) * 16).astype(np.int32)
    thick = max(1, round(rng.uniform(0.03, 0.09) * height))
    cv2.polylines(
        drawn, [fixed], isClosed=False, color=255, thickness=thick, lineType=cv2.LINE_AA, shift=4
    )
    return np.maximum(mask, drawn.astype(np.float32) / 255)
