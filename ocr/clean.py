"""Makes a page ready for the reader: even light, straight lines, letters of one size.

Each step was chosen by measuring (docs/ocr.md): the engine's own reader is good, what it loses on
real pages it loses to light, seals, skew and size.
"""

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.types import Box, Pixels
from ocr import limits
from ocr._connected import connected
from ocr._skew import skew_of
from ocr.seals import marked_boxes, without_ink
from ocr.types import CleanPage, Mode

_LEVEL_STEP = 8
"""The background is found at one eighth of the size: letters vanish, shadows stay."""
_X_HEIGHT = {Mode.CAREFUL: limits.TARGET_X_HEIGHT, Mode.FAST: limits.FAST_X_HEIGHT}


def clean_page(upright_pixels: Pixels, dpi: int, *, mode: Mode = Mode.CAREFUL) -> CleanPage:
    """The page for the reader, from (height, width, 3) RGB or (height, width) grey.

    Safe on blank, noisy and photographic pages: what cannot be measured is left as it is.
    """
    seals, signatures = marked_boxes(upright_pixels, dpi)
    level = level_light(darkest_ink(upright_pixels, (*seals, *signatures)))
    ink = _ink_of(level)
    skew = skew_of(ink)
    letters = _dominant_letters(ink, dpi)
    if skew is None and letters.spots > limits.MAX_SPOTS:
        # Noise: nothing to read, and the engine would need minutes to say so.
        level = np.full_like(level, 255)
    scale = _scale_for(level, letters, dpi, _X_HEIGHT[mode])
    page = _straighten(level, skew=skew or 0.0, scale=scale, dpi=dpi)
    return replace(page, seals=tuple(_on_clean(box, page) for box in seals))


def darkest_ink(pixels: Pixels, marked: Iterable[Box] = ()) -> Pixels:
    """Grey in which red seals and blue signatures fade and black print stays.

    Each channel is balanced to the paper's white (90th percentile); then the brightest channel
    counts. In the boxes `marked` coloured ink goes altogether.
    """
    if pixels.ndim == 2:
        return pixels
    white = np.percentile(pixels[::_LEVEL_STEP, ::_LEVEL_STEP], 90, axis=(0, 1))
    table = np.empty((256, 1, 3), dtype=np.uint8)
    for channel in range(3):
        factor = 255.0 / max(float(white[channel]), 32.0)
        table[:, 0, channel] = np.clip(np.arange(256) * factor, 0, 255)
    balanced = cv2.LUT(pixels, table)
    red, green, blue = cv2.split(balanced)
    grey = np.asarray(cv2.max(cv2.max(red, green), blue), dtype=np.uint8)
    return without_ink(grey, np.asarray(balanced, np.uint8), marked)


def level_light(grey: Pixels) -> Pixels:
    """Divide by the paper's own brightness and stretch: shadows go, ink is black on white.

    Where a desk shows around the sheet, darker than `limits.DESK_BRIGHTNESS` of the paper, it
    becomes white.
    """
    height, width = grey.shape
    small_size = (max(1, width // _LEVEL_STEP), max(1, height // _LEVEL_STEP))
    small = np.asarray(cv2.resize(grey, small_size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    background = cv2.dilate(small, np.ones((5, 5), np.uint8))
    background = cv2.medianBlur(background, 15)
    background = cv2.GaussianBlur(background, (0, 0), 3)
    background = np.maximum(background, 24)
    full = cv2.resize(background, (width, height), interpolation=cv2.INTER_LINEAR)
    level = cv2.divide(grey, full, scale=255)
    level = _stretch(np.asarray(level, dtype=np.uint8))
    desk = _desk(small)
    if desk is not None:
        level[cv2.resize(desk, (width, height), interpolation=cv2.INTER_NEAREST) > 0] = 255
    return level


def _stretch(level: Pixels) -> Pixels:
    """Linear between the 1st percentile and 93 % of white."""
    dark = float(np.percentile(level[::4, ::4], 1))
    # A page without ink has no dark end: stretching it would turn grain into ink.
    dark, bright = min(dark, 128.0), 255 * 0.93
    table = np.clip((np.arange(256) - dark) * (255.0 / (bright - dark)), 0, 255)
    return np.asarray(cv2.LUT(level, table.astype(np.uint8)), dtype=np.uint8)


def _desk(small: Pixels) -> Pixels | None:
    """What is not the sheet, as a mask at the size of `small`; None where the sheet fills all."""
    paper = float(np.percentile(small, 90))
    dark = (small < limits.DESK_BRIGHTNESS * paper).astype(np.uint8)
    reach = max(3, min(small.shape) // 40)
    dark = np.asarray(
        cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((reach, reach), np.uint8)), np.uint8
    )
    count, labels = cv2.connectedComponents(dark)
    edge = np.concatenate((labels[0], labels[-1], labels[:, 0], labels[:, -1]))
    outside = np.isin(labels, np.setdiff1d(np.unique(edge), [0])) if count > 1 else labels > 0
    share = float(outside.mean())
    # A dark picture that fills the page is no desk.
    if not 0.005 < share < 0.7:
        return None
    grown = cv2.dilate(outside.astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.asarray(grown, dtype=np.uint8)


def _ink_of(level: Pixels) -> Pixels:
    """1 where there is ink, 0 elsewhere."""
    return np.asarray(cv2.threshold(level, 140, 1, cv2.THRESH_BINARY_INV)[1], dtype=np.uint8)


class _Letters(NamedTuple):
    height: float
    number: int
    spots: int
    """All connected spots of ink on the page."""


def _scale_for(level: Pixels, letters: _Letters, dpi: int, x_height: float) -> float:
    """The factor that brings small letters to a height in pixels."""
    # Too few letters to measure: go by 13-point type, whose x is 0.081 inch high.
    height = letters.height if letters.number >= 25 else 0.081 * dpi
    scale = x_height / height
    largest = math.sqrt(limits.MAX_CLEAN_PIXELS / level.size)
    return float(np.clip(scale, limits.MIN_SCALE, min(limits.MAX_SCALE, largest)))


def _dominant_letters(ink: Pixels, dpi: int) -> _Letters:
    """The commonest height of letter-like spots: small letters without ascender are the most."""
    stats = connected(ink).stats
    spots = len(stats)
    width, height, area = stats[1:, 2], stats[1:, 3], stats[1:, 4]
    low, high = max(5.0, 0.025 * dpi), max(12.0, 0.25 * dpi)
    fits = (height >= low) & (height <= high) & (width >= 0.25 * height) & (width <= 3 * height)
    fits &= area >= 0.15 * width * height
    heights = height[fits]
    if not heights.size:
        return _Letters(0.0, 0, spots)
    histogram: NDArray[np.float64] = np.bincount(heights).astype(np.float64)
    smooth = np.convolve(histogram, (0.5, 1.0, 0.5), mode="same")
    peak = _small_letters(smooth, int(smooth.argmax()))
    near = np.arange(max(0, peak - 1), min(len(histogram), peak + 2))
    weight = histogram[near]
    return _Letters(float((near * weight).sum() / weight.sum()), int(weight.sum()), spots)


def _small_letters(counts: NDArray[np.float64], peak: int) -> int:
    """The height of small letters where the commonest is that of capitals, else the commonest.

    On a short page of headings capitals win; an x is 0.6 to 0.8 of their height.
    """
    low, high = round(0.6 * peak), round(0.8 * peak)
    if high <= low:
        return peak
    below = low + int(counts[low:high].argmax())
    return below if counts[below] > 0.5 * counts[peak] else peak


def _straighten(level: Pixels, *, skew: float, scale: float, dpi: int) -> CleanPage:
    """One affine warp for skew and scale, and its inverse for the boxes."""
    height, width = level.shape
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    # OpenCV turns counter-clockwise for positive angles: a page leaning that way is turned back.
    forward = cv2.getRotationMatrix2D((width / 2, height / 2), -skew, scale)
    forward[0, 2] += size[0] / 2 - width / 2
    forward[1, 2] += size[1] / 2 - height / 2
    if scale < 0.95:
        level = np.asarray(cv2.GaussianBlur(level, (0, 0), 0.35 / scale), dtype=np.uint8)
    how = cv2.INTER_LINEAR if scale < 1 else cv2.INTER_CUBIC
    grey = cv2.warpAffine(level, forward, size, flags=how, borderValue=255)
    back = np.asarray(cv2.invertAffineTransform(forward), dtype=np.float64)
    return CleanPage(
        grey=np.asarray(grey, dtype=np.uint8),
        to_page=(_row(back, 0), _row(back, 1)),
        skew=round(skew, 2),
        dpi=max(1, round(dpi * scale)),
    )


def _on_clean(box: Box, page: CleanPage) -> Box:
    """A box of the upright page in pixels of the clean one."""
    (a, b, c), (d, e, f) = page.to_page
    forward = cv2.invertAffineTransform(np.array(((a, b, c), (d, e, f))))
    corners = np.array([(x, y, 1.0) for x in (box.x0, box.x1) for y in (box.y0, box.y1)])
    x, y = (corners @ forward.T).T
    height, width = page.grey.shape
    return Box(
        int(np.clip(x.min(), 0, width - 1)),
        int(np.clip(y.min(), 0, height - 1)),
        int(np.clip(x.max(), 1, width)),
        int(np.clip(y.max(), 1, height)),
    )


def _row(matrix: NDArray[np.float64], index: int) -> tuple[float, float, float]:
    return (float(matrix[index, 0]), float(matrix[index, 1]), float(matrix[index, 2]))
