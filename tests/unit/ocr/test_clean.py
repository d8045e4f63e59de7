"""A page is made straight, even and of one letter size; what has no text is left in peace."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from imaging import Box, Pixels
from ocr import clean_page, limits
from ocr.clean import darkest_ink
from ocr.read import map_box


@pytest.mark.parametrize("degrees", [-7.5, -1.3, 0.0, 0.4, 5.0])
def test_the_lean_is_measured_counter_clockwise_and_undone(letter: Pixels, degrees: float):
    image = Image.fromarray(letter).resize((1240, 1754), Image.Resampling.LANCZOS)
    leaning = np.asarray(
        image.rotate(degrees, fillcolor="white", resample=Image.Resampling.BICUBIC)
    )
    clean = clean_page(leaning, 150)
    assert clean.skew == pytest.approx(degrees, abs=0.15)
    assert clean_page(np.stack([clean.grey] * 3, axis=2), clean.dpi).skew == pytest.approx(
        0, abs=0.15
    )


@pytest.mark.parametrize("dpi", [100, 200, 300, 400])
def test_small_letters_come_to_one_height(letter: Pixels, dpi: int):
    size = (round(2480 * dpi / 300), round(3508 * dpi / 300))
    page = np.asarray(Image.fromarray(letter).resize(size, Image.Resampling.LANCZOS))
    clean = clean_page(page, dpi)
    # Drawn at 50 pixels: Liberation Serif's x is 0.459 of it.
    x_height = 50 * 0.459 * clean.grey.shape[1] / 2480
    assert 16.5 < x_height < 21.5


def test_red_seals_fade_and_black_print_stays():
    page = np.full((400, 400, 3), 235, np.uint8)
    page[50:90, 50:350] = (30, 30, 30)
    page[150:190, 50:350] = (220, 60, 60)
    page[250:290, 50:350] = (60, 70, 200)
    grey = darkest_ink(page)
    assert grey[70, 200] < 60
    assert grey[170, 200] > 200
    assert grey[270, 200] > 190


def test_shade_is_levelled(letter: Pixels):
    shade = np.linspace(1.0, 0.45, 2480, dtype=np.float32)[np.newaxis, :, np.newaxis]
    clean = clean_page((letter * shade).astype(np.uint8), 300)
    assert np.percentile(clean.grey[:, -200:], 50) > 240
    assert np.percentile(clean.grey[:, :200], 50) > 240


def test_a_dark_desk_around_the_sheet_becomes_white(letter: Pixels):
    desk = np.full((4200, 3200, 3), 70, np.uint8)
    desk[300 : 300 + 3508, 350 : 350 + 2480] = letter
    grey = clean_page(desk, 300).grey
    assert grey[:100].min() > 200
    assert grey[:, :100].min() > 200


def test_a_grey_desk_is_left_alone(letter: Pixels):
    """Cutting at a desk nearly as bright as the paper once cut off text."""
    page = letter.copy()
    page[:, 1600:] = np.minimum(page[:, 1600:], 190)
    assert (clean_page(page, 300).grey < 100).mean() == pytest.approx(
        (clean_page(letter, 300).grey < 100).mean(), rel=0.2
    )


@pytest.mark.parametrize(
    "pixels",
    [
        np.full((1754, 1240, 3), 255, np.uint8),
        np.zeros((1754, 1240, 3), np.uint8),
        np.random.default_rng(6).integers(0, 255, (1754, 1240, 3), dtype=np.uint8),
        np.full((1, 1, 3), 9, np.uint8),
        np.full((3, 900), 200, np.uint8),
        np.tile(np.linspace(0, 255, 1240, dtype=np.uint8)[np.newaxis, :, np.newaxis], (1754, 1, 3)),
    ],
    ids=["white", "black", "noise", "one pixel", "a strip", "a gradient"],
)
def test_pages_without_text_are_safe(pixels: Pixels):
    clean = clean_page(pixels, 150)
    assert clean.skew == 0
    assert clean.grey.size <= limits.MAX_CLEAN_PIXELS * 1.01


@given(
    st.integers(20, 400),
    st.integers(20, 400),
    st.floats(-10, 10),
    st.floats(0.3, 3),
    st.floats(0, 1),
    st.floats(0, 1),
)
@settings(max_examples=60)
def test_the_map_leads_back_to_the_page(
    width: int, height: int, skew: float, scale: float, across: float, down: float
):
    """A point of the page, sent to the clean page by its own formula, comes back by `to_page`."""
    from ocr.clean import _straighten

    level = np.full((height, width), 255, np.uint8)
    clean = _straighten(level, skew=skew, scale=scale, dpi=100)
    x, y = across * width, down * height
    angle = math.radians(skew)
    dx, dy = x - width / 2, y - height / 2
    # A line that rises to the right by `skew` is level afterwards; y grows downwards.
    clean_x = scale * (dx * math.cos(angle) - dy * math.sin(angle)) + clean.grey.shape[1] / 2
    clean_y = scale * (dx * math.sin(angle) + dy * math.cos(angle)) + clean.grey.shape[0] / 2
    back = [row[0] * clean_x + row[1] * clean_y + row[2] for row in clean.to_page]
    assert back == pytest.approx([x, y], abs=0.01)


@given(st.builds(Box, *[st.integers(-50, 500)] * 4), st.floats(-10, 10), st.floats(0.2, 3))
def test_a_mapped_box_lies_on_the_page_and_is_never_empty(box: Box, skew: float, scale: float):
    from ocr.clean import _straighten

    clean = _straighten(np.full((300, 200), 255, np.uint8), skew=skew, scale=scale, dpi=100)
    x0, y0, x1, y1 = map_box(clean.to_page, box, width=200, height=300)
    assert 0 <= x0 < x1 <= 200
    assert 0 <= y0 < y1 <= 300
