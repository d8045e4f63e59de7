"""Digits by a hand that the network was not taught, on lines drawn here; and what it refuses."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imaging.types import Box, Pixels
from ocr.digits import HandDigits, Head, digit_reader
from ocr.digits.limits import MAX_COLUMNS, ROWS, SYMBOLS
from ocr.digits.prepare import cut, prepare
from ocr.digits.types import DigitReader
from specimens import Faults, degrade, render
from specimens.fonts import Face, text_width
from specimens.page import BLACK, PEN_BLUE, Colour, Page, Text, Word
from specimens.pen import hand_digits

_DPI, _SIZE, _LEFT, _BASELINE = 200, 13.0, 80.0, 90.0
_GAP = 44.0
_CAPITALS = 0.66 * _SIZE


@pytest.fixture(scope="module")
def reader() -> DigitReader:
    """The shipped reader."""
    found = digit_reader()
    assert found is not None
    return found


def _line(digits: str, *, seed: int = 1, colour: Colour = PEN_BLUE) -> tuple[Pixels, Box]:
    """A number line at 200 dpi with digits by `specimens.pen`, and the place of the digits."""
    rng = random.Random(seed)  # noqa: S311  drawings, no secrets
    start = _LEFT + text_width("Số:", Face.REGULAR, _SIZE)
    words = (Word(_LEFT, "Số:", Face.REGULAR), Word(start + _GAP, "/QĐ-UBND", Face.REGULAR))
    items = [Text(words, _BASELINE, _SIZE)]
    if digits:
        left = start + 6 + rng.uniform(0, 4)
        ink = hand_digits(rng, digits, left, _BASELINE + 1, size=11.5, colour=colour)
        page = Page((*items, ink))
    else:
        page = Page(tuple(items))
    picture = degrade(render(page, _DPI), Faults(noise=3), seed=seed)[: round(140 * _DPI / 72)]
    scale = _DPI / 72
    rows = (round((_BASELINE - _CAPITALS) * scale), round(_BASELINE * scale))
    return picture, Box(round(start * scale), rows[0], round((start + _GAP) * scale), rows[1])


@pytest.mark.parametrize("colour", [PEN_BLUE, BLACK])
def test_a_hand_not_learnt_is_read(reader: DigitReader, colour: Colour):
    """Of 30 strings by the specimens' pen at least 24 come first, and 27 among the first three."""
    rng = random.Random(3)  # noqa: S311  drawings, no secrets
    wanted = [f"{rng.randint(1, 999):02d}" for _ in range(30)]
    got = [
        [reading.text for reading in reader.read(*_line(digits, seed=seed, colour=colour))]
        for seed, digits in enumerate(wanted)
    ]
    assert sum(texts[0] == digits for digits, texts in zip(wanted, got, strict=True)) >= 24
    assert sum(digits in texts[:3] for digits, texts in zip(wanted, got, strict=True)) >= 27


def test_nothing_written_is_read_as_nothing(reader: DigitReader):
    """A place left open holds no digits."""
    assert reader.read(*_line(""))[0].text == ""


def test_the_same_place_is_read_the_same(reader: DigitReader):
    """Twice the same, to the last digit."""
    line = _line("2075")
    assert reader.read(*line) == reader.read(*line)


def test_chances_are_chances(reader: DigitReader):
    """Best first, each from 0 to 1, all together at most 1, a share for every digit."""
    read = reader.read(*_line("418"))
    chances = [reading.chance for reading in read]
    assert chances == sorted(chances, reverse=True)
    assert min(chances) >= 0
    assert sum(chances) <= 1.001
    assert all(len(reading.digits) == len(reading.text) for reading in read)


def test_grey_and_colour_are_the_same_page(reader: DigitReader):
    """A page of one plane is read as one of three equal planes."""
    picture, place = _line("63", colour=BLACK)
    grey = picture[..., 1].copy()
    assert reader.read(grey, place) == reader.read(np.stack([grey] * 3, axis=2), place)


@given(
    corners=st.tuples(*[st.integers(-300, 900)] * 4), grey=st.booleans(), level=st.integers(0, 255)
)
@settings(max_examples=40, deadline=None)
def test_any_place_is_taken(corners: tuple[int, int, int, int], *, grey: bool, level: int):
    """Outside the page, turned round, far too large: readings or none, never an error."""
    reader = digit_reader()
    assert reader is not None
    shape = (200, 400) if grey else (200, 400, 3)
    reader.read(np.full(shape, level, np.uint8), Box(*corners))


def test_paper_alone_is_not_looked_at():
    """Where nothing is darker than the paper there are no planes."""
    crop = cut(np.full((200, 400, 3), 240, np.uint8), Box(100, 80, 200, 110))
    assert crop is not None
    assert prepare(crop) is None


def test_planes_have_one_height_and_bounded_width():
    """Any scan becomes planes of the network's rows; wider places than it takes are refused."""
    picture, place = _line("5")
    crop = cut(picture, place)
    assert crop is not None
    planes = prepare(crop)
    assert planes is not None
    assert planes.shape[:2] == (2, ROWS)
    assert planes.shape[2] <= MAX_COLUMNS
    assert prepare(np.zeros((20, 2000, 3), np.uint8)) is None


def test_blue_and_red_ink_lie_on_both_sides_of_grey():
    """The second plane tells a blue pen from a red seal and both from black print."""
    page = np.full((100, 200, 3), 255, np.uint8)
    for x, colour in ((60, (30, 50, 180)), (95, (20, 20, 20)), (130, (210, 40, 50))):
        page[30:70, x : x + 12] = colour
    crop = cut(page, Box(50, 30, 150, 70))
    assert crop is not None
    planes = prepare(crop)
    assert planes is not None
    middle = planes[1][ROWS // 2]
    assert middle.max() > 180
    assert middle.min() < 80


def test_what_the_network_sees_can_be_learnt_on():
    """Features for every step; a head of zeros changes nothing, another one moves the chances."""
    picture, place = _line("84")
    plain = HandDigits()
    seen = plain.look(picture, place)
    assert seen is not None
    steps, classes = seen.chances.shape
    assert seen.features.shape == (steps, 96)
    assert np.exp(seen.chances).sum(axis=1) == pytest.approx(np.ones(steps), abs=1e-4)
    same = Head(np.zeros((96, classes), np.float32), np.zeros(classes, np.float32))
    assert HandDigits(head=same).read(picture, place)[0].text == plain.read(picture, place)[0].text
    blind = np.zeros(classes, np.float32)
    blind[1 + SYMBOLS.index("8")] = -50
    other = HandDigits(head=Head(same.weights, blind)).read(picture, place)
    assert all("8" not in reading.text for reading in other if reading.chance > 1e-3)
    assert plain.look(picture, Box(0, 0, 0, 0)) is None
