"""Bar and QR codes as grids of cells."""

import numpy as np
import zxingcpp

from specimens.page import Modules, Point

_QUIET = 10
"""Cells of white on each side of a bar code (ISO/IEC 15417)."""


def code128(text: str, origin: Point, *, width: float, height: float) -> Modules:
    """Make a Code 128 bar code, its quiet zones within `width` points."""
    grid = np.array(zxingcpp.create_barcode(text, zxingcpp.Code128).to_image(scale=1))
    bars = grid[:1, :] < 128
    used = np.flatnonzero(bars[0])
    bars = np.pad(bars[:, used[0] : used[-1] + 1], ((0, 0), (_QUIET, _QUIET)))
    return Modules(origin, width, height, bars, text)


def qr_code(text: str, origin: Point, *, side: float) -> Modules:
    """Make a QR code (ISO/IEC 18004), its quiet zone within `side` points."""
    grid = np.array(zxingcpp.create_barcode(text, zxingcpp.QRCode).to_image(scale=1))
    return Modules(origin, side, side, grid < 128, text)
