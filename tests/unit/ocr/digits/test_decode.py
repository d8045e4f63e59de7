"""Strings of digits from the chances of each step (connectionist temporal classification)."""

import itertools
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ocr.digits.decode import readings, strings

USED = (0, 1, 8)
"""Classes that the small examples give a chance: nothing, and the digits 0 and 7."""


def _by_every_path(chances: NDArray[np.float32]) -> dict[str, float]:
    """Sum the chance of every path over the string that it stands for."""
    found: dict[str, float] = defaultdict(float)
    for path in itertools.product(USED, repeat=len(chances)):
        begun = [
            place
            for place, before in zip(path, (0, *path[:-1]), strict=True)
            if place and place != before
        ]
        chance = float(np.prod([chances[step, place] for step, place in enumerate(path)]))
        found["".join(str(place - 1) for place in begun)] += chance
    return {text: chance for text, chance in found.items() if chance > 0}


@given(
    weights=st.lists(st.lists(st.floats(0.05, 1), min_size=3, max_size=3), min_size=1, max_size=3)
)
@settings(max_examples=40, deadline=None)
def test_the_chance_of_a_string_is_that_of_all_its_paths(weights: list[list[float]]):
    """Against the sum over every path, of so few strings that the beam holds all."""
    chances = np.zeros((len(weights), 11), np.float32)
    chances[:, USED] = np.array(weights) / np.sum(weights, axis=1, keepdims=True)
    wanted = _by_every_path(chances)
    got = strings(chances)
    assert got == pytest.approx(wanted, abs=1e-4)


def test_one_digit_twice_needs_nothing_between():
    """1 1 is "1"; 1 nothing 1 is "11"."""

    def steps(*classes: int) -> NDArray[np.float32]:
        chances = np.full((len(classes), 11), 1e-4, np.float32)
        chances[np.arange(len(classes)), classes] = 0.999
        return chances

    assert readings(strings(steps(2, 2)))[0].text == "1"
    assert readings(strings(steps(2, 0, 2)))[0].text == "11"


def test_each_digit_has_its_share_of_all_readings():
    """What all readings of a length agree on is surer than what they differ in."""
    best, *_ = readings({"07": 0.6, "01": 0.3, "7": 0.1})
    assert (best.text, best.chance, best.digits) == ("07", 0.6, (0.9, 0.6))


def test_no_strings_no_readings():
    """Nothing found is nothing, not a division by zero."""
    assert readings({}) == ()
