"""The values of the image library: what a page picture is, and a code read from it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""An image: (height, width, 3) uint8 RGB, or (height, width) uint8 grey where a name says so."""


class Box(NamedTuple):
    """A rectangle in pixels from the top left; x1 and y1 are exclusive."""

    x0: int
    y0: int
    x1: int
    y1: int


class Depth(StrEnum):
    """How many colours the stored page has."""

    BILEVEL = "bilevel"
    """One bit: ink or paper. A red seal cannot be told by its colour."""
    GREY = "grey"
    """Eight bits of grey."""
    COLOUR = "colour"
    """Three channels."""


@dataclass(frozen=True, slots=True)
class PageImage:
    """One page of a file as a viewer shows it (its own rotation entry applied, nothing else)."""

    number: int
    """1-based place in the file."""
    pixels: Pixels
    """(height, width, 3) uint8 RGB."""
    dpi: int
    """Pixels per inch of `pixels`: the page's own image's where it is one image, else 300."""
    depth: Depth
    is_single_image: bool
    """Whether the page is one picture that covers it (a scan): `pixels` are its own."""

    @property
    def width(self) -> int:
        """Pixels across."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Pixels down."""
        return int(self.pixels.shape[0])


@dataclass(frozen=True, slots=True)
class Code:
    """A bar or QR code found on a page."""

    text: str
    format: str
    """As zxing-cpp names it: QRCode, Code128, DataMatrix ..."""
    box: Box


@dataclass(frozen=True, slots=True)
class PageSheet:
    """What is known of a page before it is decoded; the sizes are those of its `PageImage`."""

    width: int
    height: int
    dpi: int
    is_scan: bool
    """Whether one picture, or layers of pictures, cover the page."""
    shows_text: bool
    """Whether it has text of its own that is painted, not laid invisibly over a picture."""
