"""Number and date lines with digits put in by a pen, as scanners give them, to learn digits on.

Nothing here is a real paper. What pens write (`bench.digit_hands`) stands in the slots of lines
like "Số: .... /QĐ-UBND" and "ngày .. tháng .. năm 2025".
"""

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np

from bench.digit_hands import Sources, ink, lay, load_sources, set_text
from bench.digit_scans import inked, scanned
from bench.digit_strokes import Mask
from imaging.types import Box, Pixels
from ocr.digits.limits import BEGIN, BESIDE, LETTERS
from ocr.digits.prepare import Planes, cut, prepare
from specimens.fonts import Face, font_path

__all__ = ["Drawn", "Made", "Sources", "draw", "load_sources", "make"]

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


_END_WIDTHS = {"/": 0.28, "t": 0.28, "n": 0.5}
"""Widths in em of what the print behind a slot begins with, by the network's name for it."""
_BEGIN_WIDTH = 0.4
"""Width in em of what the print before a slot ends with."""


@dataclass(frozen=True, slots=True)
class Made:
    """One place as the network sees it, and what stands there."""

    planes: Planes
    label: str
    """What is written, between the names of the print on both sides where that is in sight."""


class Drawn(NamedTuple):
    """One line as scanned."""

    picture: Pixels
    place: Box
    """Of what is written, as found on a page."""
    digits: str
    """What is written."""
    label: str
    """See `Made`."""


def make(rng: np.random.Generator, sources: Sources) -> Made | None:
    """One line drawn, scanned and cut as the reader cuts it; None where the cut fails."""
    drawn = draw(rng, sources)
    crop = cut(drawn.picture, drawn.place)
    planes = prepare(crop) if crop is not None else None
    return Made(planes, drawn.label) if planes is not None else None


def draw(rng: np.random.Generator, sources: Sources, smallest: float = 10) -> Drawn:
    """One line as scanned.

    `smallest` is the least height of its capitals in pixels: 10 is 75 dpi, 18 is 150.
    """
    tall = float(np.exp(rng.uniform(np.log(smallest), np.log(34))))
    date = rng.random() < 0.5
    digits = _date_digits(rng) if date else _number_digits(rng)
    printed = digits != "" and rng.random() < 0.12
    face = _face(rng, italic=date)
    left, right = _beside(rng, date=date)
    pen, foot = (None, 0.0) if printed or not digits else ink(rng, digits, tall, sources)
    picture, slot = _line(rng, tall, (left, digits if printed else "", right), face, (pen, foot))
    picture = scanned(rng, picture, tall)
    place = _seen(rng, slot, date=date, year=right[1:2].isdecimal())
    begin, end, place = _in_sight(slot, place, (left, right), tall / 0.66)
    return Drawn(picture, place, digits, begin + digits + end)


def _in_sight(slot: Box, place: Box, beside: tuple[str, str], em: float) -> tuple[str, str, Box]:
    """Names of the print on both sides that the cut will show; what it half shows is moved in."""
    end = beside[1][0]
    room = BESIDE * (place.y1 - place.y0)
    wide = _END_WIDTHS[end] * em
    shown = (place.x1 + room - slot.x1) / wide
    if 0.3 < shown < 0.75:
        place = place._replace(x1=round(slot.x1 + wide - room))
        shown = 1.0
    before = (slot.x0 - place.x0 + room) / (_BEGIN_WIDTH * em)
    if 0.3 < before < 0.75:
        place = place._replace(x0=round(slot.x0 - _BEGIN_WIDTH * em + room))
        before = 1.0
    begins = BEGIN if beside[0] and before >= 0.75 else ""
    return begins, end if shown >= 0.75 else "", place


def _number_digits(rng: np.random.Generator) -> str:
    if rng.random() < 0.05:
        return ""
    count = int(rng.choice((1, 2, 3, 4, 5), p=(0.07, 0.38, 0.33, 0.19, 0.03)))
    digits = "".join(str(rng.integers(10)) for _ in range(count))
    if rng.random() < 0.2:
        digits = digits[:-1] + "1"
    return digits + (LETTERS[int(rng.integers(len(LETTERS)))] if rng.random() < 0.07 else "")


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


def _line(
    rng: np.random.Generator,
    tall: float,
    text: tuple[str, str, str],
    face: Face,
    pen: tuple[Mask | None, float],
) -> tuple[Pixels, Box]:
    """The line on its paper, and the slot's exact place: the gap's columns, the capitals' rows."""
    path, size = str(font_path(face)), max(8, round(tall / 0.66))
    left, inside, right = (set_text(part, path, size) if part else None for part in text)
    mask, foot = pen
    begin = int(3 * tall) + (left.shape[1] - size if left is not None else 0)
    wide = max(
        mask.shape[1] if mask is not None else 0, inside.shape[1] if inside is not None else 0
    )
    slack = float(rng.choice((-0.6, -0.35, -0.15, 0.0, 0.0, 0.3, 0.5, 0.8, 1.6, 3.0)))
    gap = max(int(0.4 * tall), round(wide * 0.92 + slack * tall))
    if inside is not None:
        gap = inside.shape[1] - size + round(rng.uniform(0.2, 0.8) * tall)
    canvas = np.zeros((int(5 * tall), begin + gap + int(7 * tall)), np.float32)
    baseline = int(3 * tall)
    for part, x in ((left, int(3 * tall)), (inside, begin + int(0.2 * tall)), (right, begin + gap)):
        if part is not None:
            lay(canvas, part, x - size // 2, baseline - size)
    _leaders(rng, canvas, (begin, begin + gap), baseline, tall)
    _neighbours(rng, canvas, baseline, tall, path)
    written = np.zeros_like(canvas)
    if mask is not None:
        free = gap - mask.shape[1]
        x = begin + round(free * rng.uniform(0.05, 0.95)) if free > 0 else begin + free // 2
        lay(written, mask, x, round(baseline - foot + rng.normal(0, 0.13) * tall))
    x0, x1 = max(0, begin - int(3.2 * tall)), begin + gap + int(2 * tall)
    y0, y1 = baseline - int(2.3 * tall), baseline + int(1.4 * tall)
    slot = Box(begin - x0, baseline - round(tall) - y0, begin + gap - x0, baseline - y0)
    return inked(rng, canvas[y0:y1, x0:x1], written[y0:y1, x0:x1], slot), slot


def _leaders(
    rng: np.random.Generator, canvas: Mask, span: tuple[int, int], baseline: int, tall: float
) -> None:
    """Leader dots or a rule along the baseline, in one slot of three."""
    chance = rng.random()
    if chance < 0.32:
        step, radius = max(3.0, rng.uniform(0.2, 0.45) * tall), max(1, round(0.055 * tall))
        for x in np.arange(span[0] + 0.1 * tall, span[1], step):
            cv2.circle(canvas, (int(x), baseline - radius), radius, 1.0, -1, cv2.LINE_AA)
    elif chance < 0.4:
        y = baseline + round(rng.uniform(0, 0.15) * tall)
        cv2.line(canvas, (span[0], y), (span[1], y), 1.0, max(1, round(0.05 * tall)))


def _neighbours(
    rng: np.random.Generator, canvas: Mask, baseline: int, tall: float, path: str
) -> None:
    """Lines above and below, rules under headings, frames."""
    size = max(8, round(tall / 0.66 * rng.uniform(0.85, 1.05)))
    if rng.random() < 0.25:
        text = _BELOW[int(rng.integers(len(_BELOW)))]
        lay(
            canvas,
            set_text(text, path, size),
            int(rng.integers(-20, 60)),
            baseline + round(rng.uniform(0.25, 0.9) * tall),
        )
    if rng.random() < 0.25:
        text = _ABOVE[int(rng.integers(len(_ABOVE)))]
        lay(
            canvas,
            set_text(text, path, size),
            int(rng.integers(-20, 60)),
            baseline - round(rng.uniform(1.5, 2.4) * tall) - size,
        )
    if rng.random() < 0.25:
        y = baseline - round(rng.uniform(1.3, 2.0) * tall)
        x = int(rng.integers(0, canvas.shape[1] // 2))
        cv2.line(
            canvas, (x, y), (x + int(rng.uniform(2, 9) * tall), y), 1.0, max(1, round(0.06 * tall))
        )


def _seen(rng: np.random.Generator, slot: Box, *, date: bool, year: bool) -> Box:
    """The slot as found on a page: boxes of readers are a little off, leads are lost."""
    tall = slot.y1 - slot.y0
    left = rng.normal(0, 0.2) * tall
    if not date and rng.random() < 0.25:
        left = -rng.uniform(0, 2.2) * tall
    right = rng.normal(0, 0.15) * tall
    if not date and not year and rng.random() < 0.2:
        right = rng.uniform(0, 1.3) * tall
    up, down = rng.normal(0.05, 0.12) * tall, rng.normal(0.04, 0.08) * tall
    x0, x1 = round(slot.x0 + min(left, 0.35 * tall)), round(slot.x1 + max(right, -0.3 * tall))
    return Box(x0, round(slot.y0 - up), max(x0 + 2, x1), round(slot.y1 + down))
