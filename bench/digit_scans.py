"""Paper, inks, seals and scanners: what becomes of a drawn line before it is read."""

import cv2
import numpy as np

from bench.digit_strokes import Mask, scribble
from imaging.types import Box, Pixels

_INKS = (
    ((30, 50, 150), 3), ((60, 70, 190), 2), ((90, 80, 180), 2), ((70, 60, 120), 2),
    ((25, 25, 30), 5), ((60, 60, 70), 2), ((20, 90, 180), 1), ((120, 110, 200), 2),
)  # fmt: skip
_SHARES = tuple(share / sum(s for _, s in _INKS) for _, share in _INKS)


def inked(rng: np.random.Generator, print_: Mask, written: Mask, slot: Box) -> Pixels:
    """Paper, print, pen, seals and neighbours' strokes laid over each other."""
    shape = print_.shape
    paper = np.array((255, 255, 255), np.float32) - rng.uniform(0, 1) * np.array((6, 10, 30))
    paper = paper * float(rng.uniform(0.85, 1.0))
    picture = np.broadcast_to(paper, (*shape, 3)).astype(np.float32)
    layers = [(print_ * float(rng.uniform(0.75, 1)), (25, 25, 28))]
    ink = _INKS[int(rng.choice(len(_INKS), p=_SHARES))][0]
    tall = slot.y1 - slot.y0
    if rng.random() < 0.07:
        layers.append((0.8 * scribble(rng, shape, rng.uniform(0.04, 0.12) * tall), ink))
    if rng.random() < 0.09:
        layers.append((_seal(rng, shape, tall), (205, 40, 55)))
    if rng.random() < 0.06:
        layers.append((_shining_through(rng, print_), (90, 90, 95)))
    layers.append((written, ink))
    for mask, colour in layers:
        picture = picture * (1 - mask[..., None] * (1 - np.array(colour, np.float32) / 255))
    return np.clip(picture, 0, 255).astype(np.uint8)


def _shining_through(rng: np.random.Generator, print_: Mask) -> Mask:
    """The print of the other side: mirrored, shifted, soft and faint."""
    shift = (int(rng.integers(print_.shape[0])), int(rng.integers(print_.shape[1])))
    behind = np.roll(print_[:, ::-1], shift, axis=(0, 1))
    soft = cv2.GaussianBlur(np.ascontiguousarray(behind), (0, 0), float(rng.uniform(0.8, 1.8)))
    return soft * float(rng.uniform(0.1, 0.35))


def _seal(rng: np.random.Generator, shape: tuple[int, ...], tall: float) -> Mask:
    """An arc of a round seal with some of its lettering."""
    mask = np.zeros(shape, np.float32)
    radius = int(rng.uniform(4, 7) * tall)
    centre = (int(rng.uniform(0, shape[1])), int(rng.uniform(-0.5, 1.5) * shape[0]))
    for share, thick in ((1.0, 0.12), (0.93, 0.05), (0.6, 0.05)):
        cv2.circle(mask, centre, int(radius * share), 1.0, max(1, round(thick * tall)), cv2.LINE_AA)
    for angle in np.arange(0, 6.28, 0.22):
        x, y = centre[0] + 0.76 * radius * np.cos(angle), centre[1] + 0.76 * radius * np.sin(angle)
        half = 0.28 * tall
        cv2.line(
            mask,
            (int(x - half), int(y - half)),
            (int(x + half), int(y + half * rng.uniform(-1, 1))),
            1.0,
            max(1, round(0.09 * tall)),
        )
    return mask * float(rng.uniform(0.3, 0.9))


def scanned(rng: np.random.Generator, picture: Pixels, tall: float) -> Pixels:
    """Skewed, blurred, grained, made grey or black and white, stored as JPEG."""
    if rng.random() < 0.5:
        angle = float(rng.normal(0, 0.6))
        high, wide = picture.shape[:2]
        turn = cv2.getRotationMatrix2D((wide / 2, high * 0.6), angle, 1.0)
        picture = cv2.warpAffine(picture, turn, (wide, high), borderMode=cv2.BORDER_REPLICATE)
    if rng.random() < 0.22:
        return _old(rng, picture, tall)
    if rng.random() < 0.6:
        picture = cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.3, 0.04 * tall + 0.5)))
    picture = _grained(rng, picture, float(rng.choice((0, 2, 5, 10))))
    style = rng.random()
    if style < 0.35:
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        if style < 0.13:
            level = int(rng.integers(110, 205))
            grey = np.where(grey < level, 0, 255).astype(np.uint8)
        picture = cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB)
    for _ in range(int(rng.choice((0, 0, 0, 3, 8)))):
        at = (int(rng.integers(picture.shape[1])), int(rng.integers(picture.shape[0])))
        cv2.circle(picture, at, int(rng.integers(1, 2 + int(tall / 15))), (60, 60, 60), -1)
    if rng.random() < 0.5:
        picture = _stored(picture, int(rng.integers(25, 90)))
    return np.ascontiguousarray(picture)


def _old(rng: np.random.Generator, picture: Pixels, tall: float) -> Pixels:
    """As archives were scanned around 2010: grey, few dots, pale, unevenly lit, hard JPEG."""
    if rng.random() < 0.75:
        picture = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    high, wide = picture.shape[:2]
    fewer = min(1.0, float(rng.uniform(9, 20)) / tall)
    size = (max(8, round(wide * fewer)), max(8, round(high * fewer)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    if rng.random() < 0.5:
        small = cv2.GaussianBlur(small, (0, 0), float(rng.uniform(0.3, 0.8)))
    light = 1 - rng.uniform(0, 0.25) * np.linspace(0, 1, size[0])[:: int(rng.choice((-1, 1)))]
    small = (255 - (255 - small) * float(rng.uniform(0.45, 1.0))) * light[:, None]
    small = _grained(rng, np.clip(small, 0, 255).astype(np.uint8), float(rng.uniform(0, 6)))
    stored = _stored(small, int(rng.integers(20, 70)))
    return np.ascontiguousarray(cv2.resize(stored, (wide, high)))


def _grained(rng: np.random.Generator, picture: Pixels, grain: float) -> Pixels:
    if not grain:
        return picture
    noise = rng.normal(0, grain, (*picture.shape[:2], 1))
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def _stored(picture: Pixels, quality: int) -> Pixels:
    """As JPEG keeps it."""
    coded = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    decoded = cv2.imdecode(coded, 1)
    assert decoded is not None
    return decoded[..., ::-1]
