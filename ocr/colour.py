"""Coloured ink: what of a page is red (stamps, seals) or blue (pens), by colour alone."""

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.types import Pixels
from ocr import gate_limits as limits


def _balanced(pixels: Pixels) -> NDArray[np.int16]:
    """RGB with the paper made neutral: each channel against its own light parts."""
    step = max(1, min(pixels.shape[:2]) // 200)
    few = pixels[::step, ::step].reshape(-1, 3)
    paper = np.maximum(np.percentile(few, limits.PAPER_PERCENTILE, axis=0), 64)
    gain = np.clip(paper.max() / paper, 1.0, limits.COLOUR_GAIN)
    table = np.clip(np.arange(256)[:, None] * gain, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(pixels, table.reshape(256, 1, 3)), dtype=np.int16)


def red_depth(pixels: Pixels) -> Pixels:
    """(h, w) uint8: how much redder than green and blue each pixel is; 0 on grey pages."""
    colour = _balanced(pixels)
    depth = colour[..., 0] - np.maximum(colour[..., 1], colour[..., 2])
    return np.asarray(np.clip(depth, 0, 255), dtype=np.uint8)


def blue_depth(pixels: Pixels) -> Pixels:
    """(h, w) uint8: how much bluer than red each pixel is; 0 on grey pages."""
    colour = _balanced(pixels)
    return np.asarray(np.clip(colour[..., 2] - colour[..., 0], 0, 255), dtype=np.uint8)


def mask(depth: Pixels, least: int) -> Pixels:
    """255 where a depth reaches `least`, single specks of JPEG noise taken out."""
    soft = cv2.blur(depth, (3, 3))
    return np.where(soft >= least, 255, 0).astype(np.uint8)
