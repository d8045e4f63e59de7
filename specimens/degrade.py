"""What scanners and hands do to a page image, by seed: skew, noise, light, folds of the desk."""

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from specimens.errors import BadRequestError

Pixels = NDArray[np.uint8]
"""(height, width, 3) uint8 RGB."""
_MAX_SKEW = 15.0


class Light(NamedTuple):
    """How the lamp falls: `amount` of brightness lost from one edge to the other, 0 to 1."""

    amount: float = 0.0
    angle: float = 30.0
    """Degrees from the x axis along which it falls off."""


EVEN = Light()
"""The lamp falls evenly."""


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong with a scan. The default is a flawless one."""

    skew: float = 0.0
    """Degrees clockwise."""
    noise: float = 0.0
    """Standard deviation of grey values."""
    blur: float = 0.0
    """Sigma of a Gaussian in pixels."""
    light: Light = EVEN
    bleed: float = 0.0
    """How strongly the back shines through, 0 to 1."""
    faint: float = 0.0
    """0 is full print, 1 is none left."""
    quarter_turns: int = 0
    """Clockwise quarter turns of the sheet: 2 is upside down."""
    scale: float = 1.0
    """Resolution kept: 0.5 scans at half the dots."""
    desk: int = 0
    """Pixels of dark desk around the sheet."""
    cut: float = 0.0
    """Share of the width lost at the right edge."""
    finger: bool = False
    """A finger holds the sheet's lower edge."""
    tilt: float = 0.0
    """Perspective of a camera held askew: share of the width by which the far edge is narrower."""
    specks: int = 0
    """Bits of dust."""
    jpeg_quality: int | None = None
    """Quality of one JPEG round trip; None is none."""


CLEAN = Faults()
OFFICE = Faults(skew=0.7, noise=5.0, light=Light(0.05), specks=25)
"""A well kept office scanner."""
POOR = Faults(
    skew=3.5, noise=11.0, blur=1.2, light=Light(0.25), bleed=0.12, faint=0.3, jpeg_quality=40
)
"""An old machine, a worn original."""


def degrade(pixels: Pixels, faults: Faults, *, seed: int, back: Pixels | None = None) -> Pixels:
    """Return the page as the scanner with these faults gives it; the input is left as it is.

    `back` is the sheet's other side, which shines through; without it a mirrored copy does.
    Raises BadRequestError for a skew over 15 degrees or a scale outside (0, 1].
    """
    if abs(faults.skew) > _MAX_SKEW or not 0 < faults.scale <= 1:
        raise BadRequestError(detail=f"skew {faults.skew}, scale {faults.scale}")
    rng = np.random.default_rng(seed)
    page = pixels
    if faults.faint:
        page = _mix(page, 255.0, faults.faint)
    if faults.bleed:
        page = _bleed(page, back if back is not None else page, faults.bleed)
    page = _place(page, faults)
    page = _optics(page, faults, rng)
    if faults.quarter_turns % 4:
        page = np.rot90(page, -faults.quarter_turns % 4)
    return _stored(np.ascontiguousarray(page), faults.jpeg_quality)


def _place(page: Pixels, faults: Faults) -> Pixels:
    """How the sheet lies: desk around it, turned, a finger on it, cut off."""
    if faults.desk:
        width = faults.desk
        page = np.asarray(
            cv2.copyMakeBorder(
                page, width, width, width, width, cv2.BORDER_CONSTANT, value=(52, 48, 45)
            ),
            np.uint8,
        )
    if faults.skew:
        page = _skew(page, faults.skew, (52, 48, 45) if faults.desk else (250, 250, 250))
    if faults.finger:
        page = _finger(page)
    if faults.tilt:
        page = _tilt(page, faults.tilt)
    if faults.cut:
        page = page[:, : round(page.shape[1] * (1 - faults.cut))]
    return page


def _optics(page: Pixels, faults: Faults, rng: np.random.Generator) -> Pixels:
    """What lamp, lens and sensor do."""
    if faults.scale < 1:
        page = np.asarray(
            cv2.resize(page, None, fx=faults.scale, fy=faults.scale, interpolation=cv2.INTER_AREA),
            np.uint8,
        )
    if faults.blur:
        page = np.asarray(cv2.GaussianBlur(page, (0, 0), faults.blur), np.uint8)
    if faults.light.amount:
        page = _shade(page, faults.light)
    if faults.specks:
        page = _dust(page, faults.specks, rng)
    if faults.noise:
        page = _noise(page, faults.noise, rng)
    return page


def _mix(page: Pixels, towards: float, share: float) -> Pixels:
    return np.asarray(cv2.convertScaleAbs(page, alpha=1 - share, beta=towards * share), np.uint8)


def _bleed(page: Pixels, back: Pixels, strength: float) -> Pixels:
    mirrored = cv2.GaussianBlur(back[:, ::-1], (0, 0), 2.5)
    mirrored = cv2.resize(mirrored, (page.shape[1], page.shape[0]))
    ghost = 255.0 - strength * (255.0 - mirrored.astype(np.float32))
    return (page.astype(np.float32) * ghost / 255.0).astype(np.uint8)


def _skew(page: Pixels, degrees: float, border: tuple[int, int, int]) -> Pixels:
    height, width = page.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    turned = cv2.warpAffine(
        page, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=border
    )
    return np.asarray(turned, np.uint8)


def _tilt(page: Pixels, share: float) -> Pixels:
    """The far edge of the sheet narrower, the near one lower on its right side."""
    height, width = page.shape[:2]
    inset = share * width
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    seen = np.array(
        [(inset, inset / 2), (width - inset / 2, 0), (width, height), (0, height - inset / 3)],
        np.float32,
    )
    matrix = cv2.getPerspectiveTransform(corners, seen)
    turned = cv2.warpPerspective(page, matrix, (width, height), borderValue=(52, 48, 45))
    return np.asarray(turned, np.uint8)


def _shade(page: Pixels, light: Light) -> Pixels:
    height, width = page.shape[:2]
    angle = np.deg2rad(light.angle)
    across = np.linspace(0, float(np.cos(angle)), width, dtype=np.float32)[None, :]
    down = np.linspace(0, float(np.sin(angle)), height, dtype=np.float32)[:, None]
    fall = across + down
    lamp = 1 - light.amount * (fall - fall.min()) / max(1e-6, float(np.ptp(fall)))
    weights = cv2.merge([lamp, lamp, lamp])
    return np.asarray(cv2.multiply(page, weights, dtype=cv2.CV_8U), np.uint8)


def _dust(page: Pixels, count: int, rng: np.random.Generator) -> Pixels:
    page = page.copy()
    height, width = page.shape[:2]
    for _ in range(count):
        centre = (int(rng.integers(width)), int(rng.integers(height)))
        grey = int(rng.integers(60, 180))
        cv2.circle(page, centre, int(rng.integers(1, 3)), (grey, grey, grey), -1)
    return page


def _noise(page: Pixels, sigma: float, rng: np.random.Generator) -> Pixels:
    """Grain by a 512-pixel tile rolled per row of tiles: as good to a reader, ten times faster."""
    tile = rng.normal(0, sigma, (512, 512, 3)).astype(np.int16)
    height, width = page.shape[:2]
    grain = np.tile(tile, (1, width // 512 + 2, 1))
    out = np.empty_like(page)
    for top in range(0, height, 512):
        rows = min(512, height - top)
        start = int(rng.integers(512))
        part = page[top : top + rows].astype(np.int16) + grain[:rows, start : start + width]
        np.clip(part, 0, 255, out=part)
        out[top : top + rows] = part
    return out


def _finger(page: Pixels) -> Pixels:
    page = page.copy()
    height, width = page.shape[:2]
    axes = (round(width * 0.045), round(height * 0.06))
    cv2.ellipse(page, (round(width * 0.3), height), axes, 0, 0, 360, (214, 168, 146), -1)
    nail = (axes[0] * 2 // 3, axes[1] // 3)
    top = height - round(axes[1] * 0.55)
    cv2.ellipse(page, (round(width * 0.3), top), nail, 0, 0, 360, (232, 198, 184), -1)
    return page


def _stored(page: Pixels, quality: int | None) -> Pixels:
    if quality is None:
        return page
    _, coded = cv2.imencode(".jpg", page[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(coded, cv2.IMREAD_COLOR)
    assert decoded is not None  # just encoded
    return np.ascontiguousarray(decoded[:, :, ::-1], dtype=np.uint8)
