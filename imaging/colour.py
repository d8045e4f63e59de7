"""Colour: what becomes of the channels of a page."""

import cv2
import numpy as np

from imaging.types import Depth, Pixels


def to_grey(pixels: Pixels) -> Pixels:
    """The page as (height, width) uint8 grey; a grey page is returned as it is."""
    if pixels.ndim == 2:
        return pixels
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def to_rgb(pixels: Pixels) -> Pixels:
    """The page as (height, width, 3) uint8 RGB; a colour page is returned as it is."""
    if pixels.ndim == 3:
        return pixels
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB), dtype=np.uint8)


def depth_of_mode(mode: str) -> Depth:
    """How many colours a picture stores, from Pillow's name of its mode."""
    if mode == "1":
        return Depth.BILEVEL
    if mode in {"L", "LA", "I", "F"} or mode.startswith("I;16"):
        return Depth.GREY
    return Depth.COLOUR
