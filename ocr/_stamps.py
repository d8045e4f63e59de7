"""Pieces of a page's top that might be a stamp of one short line, cut out and straightened."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.types import Box, Pixels
from ocr import colour, ink
from ocr import gate_limits as limits


@dataclass(frozen=True, slots=True)
class Candidate:
    """One short line of print standing alone, its frame taken off."""

    picture: Pixels
    """(h, w) uint8, upright, tight round the letters: ink dark on 255."""
    box: Box
    """Pixels of the page, frame included."""
    is_red: bool
    is_framed: bool

    @property
    def aspect(self) -> float:
        """Width over height of the letters together."""
        return float(self.picture.shape[1] / self.picture.shape[0])


@dataclass(frozen=True, slots=True)
class Layer:
    """One kind of ink on the page's top, at the working resolution."""

    picture: Pixels
    """Ink dark on 255."""
    mask: Pixels
    """255 where ink."""
    is_red: bool
    dpi: float
    scale: float

    def mm(self, millimetres: float) -> float:
        """A length on paper in pixels of the layer."""
        return millimetres * self.dpi / 25.4


def red_layer(top: Pixels, dpi: float, scale: float) -> Layer | None:
    """The red ink as a picture of its own; None where there is not enough of it for a stamp."""
    depth = cv2.GaussianBlur(colour.red_depth(top), (0, 0), 0.7)
    mask = np.where(depth >= limits.STAMP_RED, 255, 0).astype(np.uint8)
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((2, 2), np.uint8))
    mask = np.asarray(closed, dtype=np.uint8)
    if np.count_nonzero(mask) < (limits.STAMP_LEAST_INK_MM * dpi / 25.4) ** 2:
        return None
    full = max(float(np.percentile(depth[mask > 0], 80)), 1.0)
    picture = 255 - np.clip(depth.astype(np.float32) * (255 / full), 0, 255)
    return Layer(picture.astype(np.uint8), mask, is_red=True, dpi=dpi, scale=scale)


def dark_layer(top: Pixels, dpi: float, scale: float) -> Layer:
    """The ink that is not red: the red channel, where red ink is as light as paper."""
    channel = np.ascontiguousarray(top[..., 0])
    flat = ink.flattened(channel, ink.paper_behind(channel, dpi))
    mask = np.where(flat < ink.ink_threshold(flat), 255, 0).astype(np.uint8)
    return Layer(flat, mask, is_red=False, dpi=dpi, scale=scale)


def _groups(layer: Layer) -> Iterator[tuple[int, int, int, int]]:
    """Boxes x, y, width, height of ink that hangs together at each of several distances."""
    seen: set[tuple[int, int, int, int]] = set()
    for reach_mm in limits.STAMP_REACH_MM:
        reach = max(1, round(layer.mm(reach_mm) / 2)) * 2 + 1
        kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (reach, max(3, reach // 2 | 1)))
        grown = ink.blobs(np.asarray(cv2.dilate(layer.mask, kernel), dtype=np.uint8))
        grow_x, grow_y = reach // 2, max(3, reach // 2 | 1) // 2
        width, height = grown.width - 2 * grow_x, grown.height - 2 * grow_y
        fits = (width >= layer.mm(limits.STAMP_NARROWEST_MM)) & (
            width <= layer.mm(limits.STAMP_WIDEST_MM)
        )
        fits &= (height >= layer.mm(limits.STAMP_LOWEST_MM)) & (
            height <= layer.mm(limits.STAMP_HIGHEST_MM)
        )
        fits &= width >= height * limits.STAMP_SQUAREST
        for row in np.flatnonzero(fits):
            box = (
                int(grown.x[row] + grow_x),
                int(grown.y[row] + grow_y),
                int(width[row]),
                int(height[row]),
            )
            if box not in seen:
                seen.add(box)
                yield box


def _slant(mask: Pixels) -> float:
    """Degrees counter-clockwise that the piece stands turned: lines, stems and frame decide."""
    y, x = np.nonzero(mask)
    if len(y) > limits.STAMP_POINTS:
        chosen = np.linspace(0, len(y) - 1, limits.STAMP_POINTS).astype(int)
        y, x = y[chosen], x[chosen]
    best, found = -1.0, 0.0
    for angle in np.arange(-limits.STAMP_SLANT, limits.STAMP_SLANT + 0.1, 1.0):
        turn = np.deg2rad(angle)
        rows = y * np.cos(turn) + x * np.sin(turn)
        columns = x * np.cos(turn) - y * np.sin(turn)
        score = _unevenness(rows) + _unevenness(columns) / 2
        if score > best:
            best, found = score, float(angle)
    return found


def _unevenness(places: NDArray[np.float64]) -> float:
    counts = np.bincount((places - places.min()).astype(int))
    return float((counts.astype(np.float64) ** 2).sum())


def _straightened(picture: Pixels, slant: float) -> Pixels:
    height, width = picture.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -slant, 1.0)
    return np.asarray(
        cv2.warpAffine(picture, turn, (width, height), flags=cv2.INTER_LINEAR, borderValue=255),
        dtype=np.uint8,
    )


def _unframed(mask: Pixels) -> tuple[Pixels, bool]:
    """The mask without the stamp's frame, and whether there was one."""
    height, width = mask.shape
    across = cv2.morphologyEx(
        mask, cv2.MORPH_OPEN, np.ones((1, max(3, round(width * 0.45))), np.uint8)
    )
    down = cv2.morphologyEx(
        mask, cv2.MORPH_OPEN, np.ones((max(3, round(height * 0.8)), 1), np.uint8)
    )
    lines = cv2.dilate(cv2.bitwise_or(across, down), np.ones((3, 3), np.uint8))
    rest = ink.blobs(np.where(lines > 0, 0, mask).astype(np.uint8))
    fill = rest.area / np.maximum(rest.width * rest.height, 1)
    box = (rest.width > width * 0.7) & (rest.height > height * 0.6) & (fill < 0.3)
    flat = (rest.width > rest.height * 2.5) & (rest.height < height * 0.14)
    upright = (rest.height > rest.width * 2.5) & (rest.width < height * 0.14)
    at_side = (rest.x < width * 0.06) | (rest.x + rest.width > width * 0.94)
    at_end = (rest.y < height * 0.2) | (rest.y + rest.height > height * 0.8)
    frame = box | (flat & at_end) | (upright & at_side)
    speck = rest.area < (height * 0.05) ** 2
    kept = rest.where(~frame & ~speck)
    clear = np.isin(kept.labels, kept.label)
    had_frame = bool(box.any()) or np.count_nonzero(across) > 2 * width
    return np.where(clear, 255, 0).astype(np.uint8), had_frame


def _letters_only(layer: Layer, box: tuple[int, int, int, int]) -> tuple[Pixels, bool] | None:
    """The straightened letters of one group, tight; None where nothing is left."""
    x, y, width, height = box
    margin = round(layer.mm(limits.STAMP_MARGIN_MM))
    rows = slice(max(0, y - margin), y + height + margin)
    columns = slice(max(0, x - margin), x + width + margin)
    own = layer.mask[rows, columns]
    slant = _slant(own)
    picture = _straightened(layer.picture[rows, columns], slant)
    mask = np.where(picture < limits.STAMP_INK, 255, 0).astype(np.uint8)
    found = np.nonzero(mask)
    if len(found[0]) == 0:
        return None
    tight = (slice(found[0].min(), found[0].max() + 1), slice(found[1].min(), found[1].max() + 1))
    clear, framed = _unframed(np.ascontiguousarray(mask[tight]))
    left = np.nonzero(clear)
    if len(left[0]) == 0:
        return None
    inner = (slice(left[0].min(), left[0].max() + 1), slice(left[1].min(), left[1].max() + 1))
    letters = np.where(clear[inner] > 0, picture[tight][inner], 255).astype(np.uint8)
    if min(letters.shape) < layer.mm(limits.STAMP_LETTER_MM):
        return None
    return letters, framed


def of_layer(layer: Layer) -> Iterator[Candidate]:
    """Every group of the layer that has the size and the shape of a short line."""
    for x, y, width, height in _groups(layer):
        cut = _letters_only(layer, (x, y, width, height))
        if cut is None:
            continue
        page = (x, y, x + width, y + height)
        box = Box(*(round(side * layer.scale) for side in page))
        found = Candidate(cut[0], box, layer.is_red, cut[1])
        if limits.STAMP_SQUAREST <= found.aspect <= limits.STAMP_LONGEST:
            yield found


def layers(upright_pixels: Pixels, dpi: int) -> Iterator[Layer]:
    """The red ink and the rest of a page's top part, at the working resolution."""
    colours = upright_pixels if upright_pixels.ndim == 3 else np.dstack([upright_pixels] * 3)
    top = colours[: round(colours.shape[0] * limits.STAMP_TOP)]
    small = ink.reduced(top, dpi, limits.WORK_DPI)
    scale = top.shape[1] / small.shape[1]
    red = red_layer(small, dpi / scale, scale)
    if red is not None:
        yield red
    yield dark_layer(small, dpi / scale, scale)
