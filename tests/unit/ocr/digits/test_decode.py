"""Strings of digits from the chances of each step (connectionist temporal classification)."""

import itertools
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ocr.digits.decode import readings, strings
from ocr.digits.limits import SYMBOLS

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


def _steps(symbols: str) -> NDArray[np.float32]:
    """Steps at which the network is all but certain of each symbol; a space is nothing."""
    chances = np.full((len(symbols), 1 + len(SYMBOLS)), 1e-4, np.float32)
    chances[np.arange(len(symbols)), [1 + SYMBOLS.find(symbol) for symbol in symbols]] = 0.9976
    return chances


def _read(symbols: str) -> str:
    return readings(strings(_steps(symbols)))[0].text


def test_one_digit_twice_needs_nothing_between():
    """1 1 is "1"; 1 nothing 1 is "11"."""
    assert _read("11") == "1"
    assert _read("1 1") == "11"


def test_print_beside_a_place_is_seen_and_left_out():
    """The slash, "tháng", "năm" behind it, the end of "Số:" before it are no part of the string."""
    assert _read("<71/") == "71"
    assert _read("< 0 5 t") == "05"
    assert _read("<n") == ""


def test_what_stands_behind_the_slash_is_not_read():
    """The digits of the year in "71/2025/QĐ" belong to the notation."""
    assert _read("<71/2 025/") == "71"


def test_a_letter_stands_behind_the_digits_alone():
    """A number may be "12a", never "a12" or "1a2": such strokes are something else."""
    assert _read("<12a/") == "12a"
    assert _read("12đ") == "12đ"
    assert all(not text[:1].isalpha() for text in strings(_steps("a12")))
    assert "1a2" not in strings(_steps("1a2"))


def test_each_digit_has_its_share_of_all_readings():
    """What all readings of a length agree on is surer than what they differ in."""
    best, *_ = readings({"07": 0.6, "01": 0.3, "7": 0.1})
    assert (best.text, best.chance, best.digits) == ("07", 0.6, (0.9, 0.6))


def test_no_strings_no_readings():
    """Nothing found is nothing, not a division by zero."""
    assert readings({}) == ()
