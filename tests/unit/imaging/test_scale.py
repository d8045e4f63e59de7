"""Turning and sizing lose nothing that they should not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from imaging import Pixels, resize, rotate_quarter, shrink_to

PIXELS = arrays.arrays(np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 20), st.just(3)))


@given(PIXELS, st.sampled_from([0, 90, 180, 270]))
def test_a_turn_and_the_turn_back_give_the_page_again(pixels: Pixels, degrees: int):
    there = rotate_quarter(pixels, degrees)
    np.testing.assert_array_equal(rotate_quarter(there, 360 - degrees), pixels)


@given(PIXELS, st.sampled_from([90, 180, 270]))
def test_a_turn_is_clockwise(pixels: Pixels, degrees: int):
    expected = np.rot90(pixels, k=-(degrees // 90))
    np.testing.assert_array_equal(rotate_quarter(pixels, degrees), expected)


def test_only_quarter_turns_are_lossless():
    with pytest.raises(ValueError, match="45"):
        rotate_quarter(np.zeros((4, 4, 3), np.uint8), 45)


def test_shrinking_keeps_the_longer_side_within_the_bound():
    page = np.zeros((400, 300, 3), np.uint8)
    small, factor = shrink_to(page, 200)
    assert small.shape == (200, 150, 3)
    assert factor == 0.5
    assert shrink_to(page, 400)[0] is page


def test_resizing_to_the_same_size_copies_nothing():
    page = np.zeros((40, 30), np.uint8)
    assert resize(page, width=30, height=40) is page
    assert resize(page, width=60, height=80).shape == (80, 60)
