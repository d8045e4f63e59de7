"""Inks laid over the print: pens, round seals, rubber stamps."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from specimens.fonts import Face, font
from specimens.page import SEAL_RED, Colour, Ink, Seal, Stamp, StampKind

Mask = NDArray[np.float32]
"""(height, width), 0 to 1: how much ink lies there."""

_SHIFT = 4
"""cv2 draws with 1/16 pixel steps."""
_SPACED = 1.08
"""Letters around a seal stand a little apart."""


def lay_ink(pixels: NDArray[np.uint8], item: Ink | Seal | Stamp, scale: float) -> None:
    """Multiply transparent ink onto the paper: what is under a seal stays visible."""
    mask, corner, colour = ink_mask(item, scale)
    height, width = pixels.shape[:2]
    x0, y0 = max(0, corner[0]), max(0, corner[1])
    x1, y1 = min(width, corner[0] + mask.shape[1]), min(height, corner[1] + mask.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    part = mask[y0 - corner[1] : y1 - corner[1], x0 - corner[0] : x1 - corner[0], None]
    filter_ = 1.0 - part * (1.0 - np.asarray(colour, dtype=np.float32) / 255.0)
    region = pixels[y0:y1, x0:x1]
    pixels[y0:y1, x0:x1] = (region * filter_).astype(np.uint8)


def ink_mask(item: Ink | Seal | Stamp, scale: float) -> tuple[Mask, tuple[int, int], Colour]:
    """Return the ink's mask, where its top left corner lies in pixels, and its colour."""
    if isinstance(item, Ink):
        mask, corner = _pen_mask(item, scale)
        return mask, corner, item.colour
    if isinstance(item, Seal):
        mask = _seal_mask(item, scale)
        colour = SEAL_RED
    else:
        mask = _stamp_mask(item, scale)
        colour = item.colour
    mask = _turned(mask, item.angle) * item.strength
    corner = (
        round(item.centre.x * scale - mask.shape[1] / 2),
        round(item.centre.y * scale - mask.shape[0] / 2),
    )
    return mask, corner, colour


def _pen_mask(ink: Ink, scale: float) -> tuple[Mask, tuple[int, int]]:
    points = [point for stroke in ink.strokes for point in stroke]
    margin = ink.width * 2
    left = math.floor((min(p.x for p in points) - margin) * scale)
    top = math.floor((min(p.y for p in points) - margin) * scale)
    right = math.ceil((max(p.x for p in points) + margin) * scale)
    bottom = math.ceil((max(p.y for p in points) + margin) * scale)
    canvas = np.zeros((bottom - top, right - left), np.uint8)
    for stroke in ink.strokes:
        path = np.array([[p.x * scale - left, p.y * scale - top] for p in stroke])
        cv2.polylines(
            canvas,
            [np.round(path * (1 << _SHIFT)).astype(np.int32)],
            isClosed=False,
            color=255,
            thickness=max(1, round(ink.width * scale)),
            lineType=cv2.LINE_AA,
            shift=_SHIFT,
        )
    return canvas.astype(np.float32) * np.float32(0.93 / 255), (left, top)


def _turned(mask: Mask, degrees: float) -> Mask:
    if not degrees:
        return mask
    height, width = mask.shape
    side = math.ceil(math.hypot(height, width))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    matrix[:, 2] += (side - width) / 2, (side - height) / 2
    return np.asarray(cv2.warpAffine(mask, matrix, (side, side)), dtype=np.float32)


def _wear(mask: Mask, amount: float = 0.25) -> Mask:
    """Take ink away in soft patches, as a rubber face does. The pattern is always the same."""
    rng = np.random.default_rng(mask.shape[0])
    coarse = rng.random((12, 12), dtype=np.float32)
    patches = cv2.resize(coarse, (mask.shape[1], mask.shape[0]), interpolation=cv2.INTER_CUBIC)
    return np.asarray(mask * (1.0 - amount * np.clip(patches, 0, 1)), dtype=np.float32)


def _seal_mask(seal: Seal, scale: float) -> Mask:
    """Draw a round seal's ink, upright: two rings, the names around, a star within."""
    radius = seal.radius * scale
    side = math.ceil(radius * 2) + 6
    image = Image.new("L", (side, side), 0)
    painter = ImageDraw.Draw(image)
    middle = side / 2
    for share, weight in ((1.0, 0.045), (0.94, 0.012), (0.66, 0.018)):
        _ring(painter, middle, radius * share, max(1, round(radius * weight)))
    painter.polygon(_star(middle, radius * 0.36), fill=255)
    _ring(painter, middle, radius * 0.47, max(1, round(radius * 0.03)))
    _rays(painter, middle, radius)
    _arc_text(image, seal.upper, radius * 0.8, radius * 0.165, upper=True)
    _arc_text(image, seal.lower, radius * 0.8, radius * 0.155, upper=False)
    return _wear(np.asarray(image, dtype=np.float32) / np.float32(255))


def _ring(painter: ImageDraw.ImageDraw, middle: float, radius: float, weight: int) -> None:
    painter.ellipse(
        (middle - radius, middle - radius, middle + radius, middle + radius),
        outline=255,
        width=weight,
    )


def _star(middle: float, radius: float) -> list[tuple[float, float]]:
    corners = []
    for step in range(10):
        reach = radius if step % 2 == 0 else radius * 0.4
        angle = math.pi * step / 5 - math.pi / 2
        corners.append((middle + reach * math.cos(angle), middle + reach * math.sin(angle)))
    return corners


def _rays(painter: ImageDraw.ImageDraw, middle: float, radius: float) -> None:
    """Short teeth between the rings: a plain stand-in, no state emblem is drawn."""
    for step in range(40):
        angle = math.tau * step / 40
        inner, outer = radius * 0.51, radius * 0.6
        painter.line(
            (
                middle + inner * math.cos(angle),
                middle + inner * math.sin(angle),
                middle + outer * math.cos(angle),
                middle + outer * math.sin(angle),
            ),
            fill=255,
            width=max(1, round(radius * 0.02)),
        )


def _arc_text(image: Image.Image, text: str, radius: float, size: float, *, upper: bool) -> None:
    """Set `text` around the middle of the image, along its upper or lower half."""
    limit = math.radians(205 if upper else 120)
    reach = font(Face.SANS_BOLD, size).getlength(text) * _SPACED / radius
    face = font(Face.SANS_BOLD, size * min(1.0, limit / reach))
    widths = [face.getlength(letter) * _SPACED for letter in text]
    angle = -sum(widths) / radius / 2
    for letter, width in zip(text, widths, strict=True):
        angle += width / radius / 2
        _arc_letter(image, letter, face, angle, radius, upper=upper)
        angle += width / radius / 2


def _arc_letter(
    image: Image.Image,
    letter: str,
    face: ImageFont.FreeTypeFont,
    angle: float,
    radius: float,
    *,
    upper: bool,
) -> None:
    if letter == " ":
        return
    side = math.ceil(face.size * 2.4)
    tile = Image.new("L", (side, side), 0)
    ImageDraw.Draw(tile).text((side / 2, side / 2), letter, font=face, fill=255, anchor="mm")
    turn = -math.degrees(angle) if upper else math.degrees(angle)
    tile = tile.rotate(turn, resample=Image.Resampling.BILINEAR)
    middle = image.width / 2
    x = middle + radius * math.sin(angle)
    y = middle - radius * math.cos(angle) if upper else middle + radius * math.cos(angle)
    image.paste(255, (round(x - side / 2), round(y - side / 2)), tile)


def _stamp_mask(stamp: Stamp, scale: float) -> Mask:
    """Draw a framed stamp's ink, upright."""
    if stamp.kind is StampKind.ARRIVED:
        return _arrived_mask(stamp, scale)
    face = font(Face.BOLD, stamp.size * scale)
    width = face.getlength(stamp.kind.value)
    pad = stamp.size * scale * 0.55
    size = (math.ceil(width + 2 * pad), math.ceil(stamp.size * scale * 1.95))
    image = Image.new("L", size, 0)
    painter = ImageDraw.Draw(image)
    weight = max(2, round(stamp.size * scale * 0.09))
    painter.rectangle((1, 1, size[0] - 2, size[1] - 2), outline=255, width=weight)
    middle = (size[0] / 2, size[1] * 0.70)
    painter.text(middle, stamp.kind.value, font=face, fill=255, anchor="ms")
    return _wear(np.asarray(image, dtype=np.float32) / np.float32(255))


def _arrived_mask(stamp: Stamp, scale: float) -> Mask:
    """Draw the registry's stamp: ĐẾN, a line for the number, a line for the day."""
    unit = stamp.size * scale
    image = Image.new("L", (math.ceil(unit * 9), math.ceil(unit * 4.2)), 0)
    painter = ImageDraw.Draw(image)
    weight = max(2, round(unit * 0.08))
    painter.rectangle((1, 1, image.width - 2, image.height - 2), outline=255, width=weight)
    painter.line((unit * 3, 0, unit * 3, image.height), fill=255, width=weight)
    big, small = font(Face.SANS_BOLD, unit), font(Face.SANS, unit * 0.62)
    painter.text((unit * 1.5, unit * 2.5), "ĐẾN", font=big, fill=255, anchor="ms")
    for row, words in enumerate(("Số: ..............", "Ngày: ..........", "Chuyển: ......")):
        painter.text(
            (unit * 3.3, unit * (1.2 + row * 1.2)), words, font=small, fill=255, anchor="ls"
        )
    return _wear(np.asarray(image, dtype=np.float32) / np.float32(255))
