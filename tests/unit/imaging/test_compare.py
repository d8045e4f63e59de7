"""The same page correlates at 0.99 or better, another or a touched one does not."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from imaging import Pixels, correlation
from specimens.fonts import Face, font


def _page(seed: int) -> Pixels:
    image = Image.new("RGB", (1240, 1754), (248, 246, 240))
    draw = ImageDraw.Draw(image)
    rng = np.random.default_rng(seed)
    for y in range(120, 1600, 44):
        words = ("".join(rng.choice(list("abcdeghiklmnopqrstuvxy"), 5)) for _ in range(13))
        draw.text((130, y), " ".join(words), fill="black", font=font(Face.REGULAR, 28))
    return np.asarray(image)


PAGE = _page(1)


def _blacked(pixels: Pixels, box: tuple[int, int, int, int]) -> Pixels:
    copy = pixels.copy()
    copy[box[1] : box[3], box[0] : box[2]] = 0
    return copy


def _jpeg(pixels: Pixels, quality: int) -> Pixels:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer))


@pytest.mark.parametrize(
    "same",
    [
        PAGE,
        _jpeg(PAGE, 60),
        np.asarray(cv2.resize(PAGE, None, fx=0.75, fy=0.75, interpolation=cv2.INTER_AREA)),
        np.asarray(cv2.resize(PAGE, None, fx=1.5, fy=1.5, interpolation=cv2.INTER_CUBIC)),
        np.asarray(cv2.cvtColor(PAGE, cv2.COLOR_RGB2GRAY)),
        np.roll(PAGE, (2, -1), axis=(0, 1)),
    ],
    ids=["itself", "recompressed", "reduced", "enlarged", "grey", "a hair beside"],
)
def test_the_same_page_passes(same: Pixels):
    assert correlation(PAGE, same) > 0.99


@pytest.mark.parametrize(
    "other",
    [
        _page(2),
        _blacked(PAGE, (130, 120, 160, 150)),
        np.ascontiguousarray(PAGE[::-1, ::-1]),
        255 - PAGE,
        np.full_like(PAGE, 248),
        np.full((1240, 1754, 3), 248, np.uint8),
    ],
    ids=["another", "two letters blacked", "upside down", "inverted", "blank", "other shape"],
)
def test_another_or_a_touched_page_does_not(other: Pixels):
    assert correlation(PAGE, other) < 0.99


def test_blank_pages_are_defined_and_grain_does_not_matter():
    rng = np.random.default_rng(4)
    grain = np.clip(rng.normal(246, 3, (1754, 1240, 3)), 0, 255).astype(np.uint8)
    assert correlation(grain, grain) == pytest.approx(1.0)
    assert correlation(grain, _jpeg(grain, 50)) > 0.99
    assert correlation(np.full((50, 40), 255, np.uint8), np.full((50, 40), 255, np.uint8)) == 1.0


def test_a_line_written_on_a_blank_page_shows():
    blank = np.full((1754, 1240, 3), 250, np.uint8)
    assert correlation(blank, _blacked(blank, (200, 400, 600, 420))) < 0.99
