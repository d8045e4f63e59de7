"""Faults planted in drawn pages at 200 dpi, each kind with its strength by seed."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import cv2
import numpy as np

from imaging.types import Depth, PageImage, Pixels
from specimens import CLEAN, OFFICE, Faults, Light, degrade

DPI = 200
SKINS = ((214, 168, 146), (190, 140, 110), (150, 105, 80), (228, 190, 170))


class Planted(NamedTuple):
    """A page with one fault, and how strong it is, in words."""

    image: PageImage
    strength: str


def _image(pixels: Pixels, dpi: int = DPI) -> PageImage:
    return PageImage(1, np.ascontiguousarray(pixels), dpi, Depth.COLOUR, True)  # noqa: FBT003  its own pixels


def _office(rng: np.random.Generator) -> Faults:
    """What even a good scan has: some grain, dust, a slight skew, shade, JPEG."""
    return replace(
        OFFICE,
        skew=float(rng.uniform(-1.2, 1.2)),
        noise=float(rng.uniform(2, 6)),
        light=Light(float(rng.uniform(0, 0.15)), float(rng.uniform(0, 90))),
        specks=int(rng.integers(0, 40)),
        jpeg_quality=int(rng.integers(60, 92)),
    )


def good(page: Pixels, seed: int) -> Planted:
    """No fault at all."""
    rng = np.random.default_rng(seed)
    faults = _office(rng) if seed % 4 else CLEAN
    return Planted(_image(degrade(page, faults, seed=seed)), f"{faults}")


def blank(page: Pixels, seed: int) -> Planted:
    """An empty back side: paper, dust, the front shining through, a scanner's black edge."""
    rng = np.random.default_rng(seed)
    paper = np.full_like(page, int(rng.integers(225, 255)))
    strength = float(rng.uniform(0, 0.2))
    faults = replace(_office(rng), bleed=strength)
    back = degrade(paper, faults, seed=seed, back=page)
    if seed % 3 == 0:
        back = back.copy()
        back[:, : int(rng.integers(3, 14))] = 30
    return Planted(_image(back), f"shine {strength:.2f}")


def coarse(page: Pixels, seed: int) -> Planted:
    """Scanned at 72 to 190 dpi."""
    dpi = int(np.random.default_rng(seed).integers(72, 190))
    faults = replace(_office(np.random.default_rng(seed)), scale=dpi / DPI)
    return Planted(_image(degrade(page, faults, seed=seed), dpi), f"{dpi} dpi")


def blurred(page: Pixels, seed: int) -> Planted:
    """Out of focus by 0.35 to 0.8 mm."""
    rng = np.random.default_rng(seed)
    sigma = float(rng.uniform(2.8, 6.3))
    faults = replace(_office(rng), blur=sigma)
    return Planted(_image(degrade(page, faults, seed=seed)), f"{sigma / DPI * 25.4:.2f} mm")


def skewed(page: Pixels, seed: int) -> Planted:
    """Laid 3.5 to 10 degrees askew, either way."""
    rng = np.random.default_rng(seed)
    degrees = float(rng.uniform(3.5, 10)) * (1 if seed % 2 else -1)
    faults = replace(_office(rng), skew=degrees)
    return Planted(_image(degrade(page, faults, seed=seed)), f"{degrees:.1f}")


def turned(page: Pixels, seed: int) -> Planted:
    """On its side or upside down."""
    turns = 1 + seed % 3
    faults = replace(_office(np.random.default_rng(seed)), quarter_turns=turns)
    return Planted(_image(degrade(page, faults, seed=seed)), f"{turns * 90}")


def cut(page: Pixels, seed: int) -> Planted:
    """A side cut off through the print: 3 to 30 mm of it are lost."""
    rng = np.random.default_rng(seed)
    side = ("right", "left", "top", "bottom")[seed % 4]
    # A cut between two lines leaves no trace: level ones are cut through their letters.
    faults = _office(rng) if seed % 4 < 2 else replace(_office(rng), skew=0.0)
    whole = degrade(page, faults, seed=seed)
    lost = round(float(rng.uniform(3, 30)) / 25.4 * DPI)
    return Planted(_image(_cut(whole, page, side, lost)), f"{side} {lost / DPI * 25.4:.0f} mm")


def _cut(whole: Pixels, page: Pixels, side: str, lost: int) -> Pixels:
    """The picture without `lost` pixels of print from a side; its margin goes as well."""
    ink = page.max(axis=2) < 100  # black print: seals and pens may hang over an edge
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if side == "right":
        return whole[:, : columns[-1] - lost]
    if side == "left":
        return whole[:, columns[0] + lost :]
    if side == "top":
        return whole[_through_a_line(ink, rows[0] + lost) :]
    return whole[: _through_a_line(ink, rows[-1] - lost)]


def _through_a_line(ink: np.ndarray, row: int) -> int:
    """The row near this one that goes through the most strokes."""
    near = np.arange(max(0, row - 150), min(len(ink), row + 150))
    strokes = np.diff(ink[near].astype(np.int8), axis=1) > 0
    return int(near[int(strokes.sum(axis=1).argmax())])


def desk(page: Pixels, seed: int) -> Planted:
    """A dark surface of 5 to 30 mm on one to four sides."""
    rng = np.random.default_rng(seed)
    widths = [round(float(rng.uniform(5, 30)) / 25.4 * DPI) for _ in range(4)]
    sides = 1 + seed % 4
    for side in rng.permutation(4)[sides:]:
        widths[side] = 0
    shade = int(rng.integers(20, 120))
    top, bottom, left, right = widths
    framed = cv2.copyMakeBorder(
        page, top, bottom, left, right, cv2.BORDER_CONSTANT, value=(shade, shade - 5, shade - 10)
    )
    faults = replace(_office(rng), skew=0.0)
    laid = degrade(np.asarray(framed, np.uint8), faults, seed=seed)
    return Planted(_image(laid), f"{sides} sides, {shade}")


def shining(page: Pixels, seed: int) -> Planted:
    """The other side shines through by 0.18 to 0.45."""
    rng = np.random.default_rng(seed)
    strength = float(rng.uniform(0.18, 0.45))
    faults = replace(_office(rng), bleed=strength)
    return Planted(_image(degrade(page, faults, seed=seed)), f"{strength:.2f}")


def finger(page: Pixels, seed: int) -> Planted:
    """A finger or a hand of any skin on any side, 12 to 30 mm broad."""
    rng = np.random.default_rng(seed)
    picture = page.copy()
    height, width = page.shape[:2]
    skin = SKINS[seed % len(SKINS)]
    broad = round(float(rng.uniform(12, 30)) / 2 / 25.4 * DPI)
    far = round(float(rng.uniform(10, 35)) / 25.4 * DPI)
    side = int(rng.integers(4))
    along = float(rng.uniform(0.15, 0.85))
    centre, axes = (
        ((0, round(height * along)), (far, broad)),
        ((width, round(height * along)), (far, broad)),
        ((round(width * along), 0), (broad, far)),
        ((round(width * along), height), (broad, far)),
    )[side]
    shadow = tuple(round(level * 0.8) for level in skin)
    cv2.ellipse(picture, centre, (axes[0] + 4, axes[1] + 4), 0, 0, 360, shadow, -1)
    cv2.ellipse(picture, centre, axes, 0, 0, 360, skin, -1)
    faults = replace(_office(rng), skew=0.0)
    laid = degrade(picture, faults, seed=seed)
    return Planted(_image(laid), f"side {side}, {broad * 2 / DPI * 25.4:.0f} mm, {skin}")


def faint(page: Pixels, seed: int) -> Planted:
    """Print of 15 to 42 per cent of its ink."""
    rng = np.random.default_rng(seed)
    lost = float(rng.uniform(0.58, 0.85))
    faults = replace(_office(rng), faint=lost)
    return Planted(_image(degrade(page, faults, seed=seed)), f"{lost:.2f}")


KINDS: dict[str, tuple[Callable[[Pixels, int], Planted], frozenset[str]]] = {
    "good": (good, frozenset()),
    "blank": (blank, frozenset({"blank"})),
    "low resolution": (coarse, frozenset({"resolution_low", "resolution_too_low"})),
    "blur": (blurred, frozenset({"blurred", "very_blurred"})),
    "skew": (skewed, frozenset({"skewed"})),
    "rotation": (turned, frozenset({"turned"})),
    "cut edge": (cut, frozenset({"cut_edge"})),
    "dark desk": (desk, frozenset({"desk_around"})),
    "shine-through": (shining, frozenset({"shine_through"})),
    "finger": (finger, frozenset({"finger"})),
    "faint": (faint, frozenset({"faint", "very_faint"})),
}
"""By name, what plants the fault and which of these must be said of it."""
