"""What of a page image is ink: the reduced, evenly lit view that every check of the gate shares."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.scale import rotate_quarter
from imaging.types import Pixels
from ocr import gate_limits as limits
from ocr._connected import connected


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page reduced to `gate_limits.WORK_DPI` or less, with its light evened out."""

    grey: Pixels
    """(h, w) uint8 as scanned."""
    flat: Pixels
    """(h, w) uint8, each pixel divided by the paper around it: paper 255, black ink near 0."""
    paper: Pixels
    """(h // 4, w // 4) uint8, the paper behind the ink (a dark desk is in it as well)."""
    ink: Pixels
    """(h, w) uint8, 255 where ink and 0 elsewhere."""
    dpi: float
    """Of the arrays here."""
    scale: float
    """Page pixels in one pixel here."""

    def mm(self, millimetres: float) -> float:
        """A length on paper in pixels here."""
        return millimetres * self.dpi / 25.4

    def turned(self, clockwise: int) -> "Sheet":
        """The same sheet turned by a quarter turn, without a second look."""
        if clockwise % 360 == 0:
            return self
        return Sheet(
            grey=rotate_quarter(self.grey, clockwise),
            flat=rotate_quarter(self.flat, clockwise),
            paper=rotate_quarter(self.paper, clockwise),
            ink=rotate_quarter(self.ink, clockwise),
            dpi=self.dpi,
            scale=self.scale,
        )


@dataclass(frozen=True, slots=True)
class Blobs:
    """The connected pieces of an ink mask, one row a piece."""

    x: NDArray[np.int32]
    y: NDArray[np.int32]
    width: NDArray[np.int32]
    height: NDArray[np.int32]
    area: NDArray[np.int32]
    """Ink pixels in the piece."""
    label: NDArray[np.int32]
    """Its number in `labels`."""
    labels: NDArray[np.integer[Any]]
    """(h, w), 0 where no ink; shared by every selection of the same mask."""

    @property
    def size(self) -> NDArray[np.int32]:
        """The longer side, the same however the page is turned."""
        return np.maximum(self.width, self.height)

    def __len__(self) -> int:
        """How many pieces."""
        return len(self.x)

    def mask(self) -> NDArray[np.bool_]:
        """(h, w): where the pieces are."""
        own = np.zeros(int(self.labels.max(initial=0)) + 1, dtype=np.bool_)
        own[self.label] = True
        return np.asarray(own[self.labels], dtype=np.bool_)

    def where(self, chosen: NDArray[np.bool_] | NDArray[np.intp] | slice) -> "Blobs":
        """The pieces that a mask over them, their places or a stretch of them chooses."""
        return Blobs(
            x=self.x[chosen],
            y=self.y[chosen],
            width=self.width[chosen],
            height=self.height[chosen],
            area=self.area[chosen],
            label=self.label[chosen],
            labels=self.labels,
        )


def grey_of(pixels: Pixels) -> Pixels:
    """(h, w) uint8 from RGB or from grey."""
    if pixels.ndim == 2:
        return pixels
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def reduced(pixels: Pixels, dpi: float, to_dpi: float) -> Pixels:
    """The picture at `to_dpi`, averaged; unchanged where it is no larger already."""
    if dpi <= to_dpi * 1.05:
        return pixels
    ratio = to_dpi / dpi
    size = (max(1, round(pixels.shape[1] * ratio)), max(1, round(pixels.shape[0] * ratio)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def paper_behind(grey: Pixels, dpi: float) -> Pixels:
    """The paper without its ink, a quarter of the size each way: a closing wider than a stroke."""
    quarter = reduced(grey, 4.0, 1.0)
    reach = max(3, round(dpi / 4 * limits.STROKE_MM / 25.4)) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (reach, reach))
    closed = cv2.morphologyEx(quarter, cv2.MORPH_CLOSE, kernel, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.medianBlur(closed, 5), dtype=np.uint8)


def flattened(grey: Pixels, paper: Pixels) -> Pixels:
    """`grey` over `paper`, 255 where they are equal."""
    full = cv2.resize(paper, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(grey, full, scale=255.0), dtype=np.uint8)


def ink_threshold(flat: Pixels) -> int:
    """Where ink begins on this page: Otsu among what is not paper, within sane bounds."""
    dark = flat[flat < limits.NOT_PAPER]
    if dark.size < limits.FEW_PIXELS:
        return limits.INK_DEFAULT
    found, _ = cv2.threshold(dark.reshape(1, -1), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return int(np.clip(found, limits.INK_LOWEST, limits.INK_HIGHEST))


def look(pixels: Pixels, dpi: float) -> Sheet:
    """Reduce a page and tell its ink from its paper; `pixels` RGB or grey, `dpi` theirs."""
    grey = reduced(grey_of(pixels), dpi, limits.WORK_DPI)
    scale = pixels.shape[1] / grey.shape[1]
    work_dpi = dpi / scale
    paper = paper_behind(grey, work_dpi)
    flat = flattened(grey, paper)
    ink = np.where(flat < ink_threshold(flat), 255, 0).astype(np.uint8)
    return Sheet(grey, flat, paper, ink, work_dpi, scale)


def blobs(mask: Pixels) -> Blobs:
    """The connected pieces (8 neighbours) of a mask, background left out."""
    labels, stats = connected(mask)
    x, y, width, height, area = stats[1:].T
    numbers = np.arange(1, len(stats), dtype=np.int32)
    return Blobs(x, y, width, height, area, numbers, labels)


def letters(sheet: Sheet, found: Blobs | None = None) -> Blobs:
    """The pieces of ink that may be letters, by size and shape alone."""
    pieces = blobs(sheet.ink) if found is None else found
    low, high = sheet.mm(limits.LETTER_LOWEST_MM), sheet.mm(limits.LETTER_HIGHEST_MM)
    filled = pieces.area / np.maximum(pieces.width * pieces.height, 1)
    slim = np.minimum(pieces.width, pieces.height) / np.maximum(pieces.size, 1)
    chosen = (pieces.size >= low) & (pieces.size <= high) & (filled < limits.LETTER_FILL)
    return pieces.where(chosen & (slim > limits.LETTER_SLIM) & (filled > limits.LETTER_EMPTY))
