"""A number line that a pen took from the readers: coloured ink lifted, the print read once more."""

import random

import numpy as np
import pytest

from classify._lost_line import clear_of_slash, find_lost_line
from imaging.types import Box, Pixels
from specimens import render
from specimens.fonts import Face, text_width
from specimens.page import BLACK, PEN_BLUE, Colour, Page, Text
from specimens.page import Word as Set
from specimens.pen import hand_digits

_DPI, _SIZE, _BASE = 200, 13.0, 100.0
_SCALE = _DPI / 72
_START = 70 + text_width("Số:", Face.REGULAR, _SIZE)
_SLASH = _START + 40
_YEAR = Box(*(round(at * _SCALE) for at in (500, _BASE - 9, 526, _BASE)))


def _drawn(colour: Colour, digits: str = "139") -> Pixels:
    """A number line whose digits run into both ends of their gap, and a year far to the right."""
    rng = random.Random(2)  # noqa: S311  drawings, no secrets
    face = Face.REGULAR
    words = (Set(70, "Số:", face), Set(_SLASH, "/TTr-UBND", face), Set(500, "2025", face))
    line = Text(words, _BASE, _SIZE)
    ink = hand_digits(rng, digits, _START + 1, _BASE + 2, size=14, colour=colour)
    return render(Page((line, ink)), _DPI)[: round(170 * _SCALE)]


def _find(picture: Pixels, *said: str) -> Box | None:
    found = find_lost_line(picture, _YEAR, 380 * _SCALE, lambda _grey, _box: said)
    return found.place if found else None


def test_the_place_lies_between_the_lead_and_the_slash():
    """Reckoned from the print that is left when the pen is lifted."""
    place = _find(_drawn(PEN_BLUE), "Sô:../TTr-UBND", "Số: /TTr-UBND")
    assert place is not None
    assert place.x0 / _SCALE == pytest.approx(_START, abs=3)
    assert place.x1 / _SCALE == pytest.approx(_SLASH, abs=3)
    assert place.y1 / _SCALE == pytest.approx(_BASE, abs=2)


def test_the_readers_see_the_print_alone():
    """The strip that they are given holds no stroke of the pen."""
    strips: list[Pixels] = []

    def read(grey: Pixels, _: Box) -> tuple[str, ...]:
        strips.append(grey)
        return ("Số: /TTr-UBND",)

    found = find_lost_line(_drawn(PEN_BLUE), _YEAR, 380 * _SCALE, read)
    assert found is not None
    assert [number.notation for number in found.readings] == ["TTr-UBND"]
    gap = slice(round(12 + 30 * _SCALE * 0.9), round(12 + 52 * _SCALE * 0.9))
    assert (strips[0][:, gap] < 128).mean() < 0.02


def test_what_is_no_number_line_is_not_taken_for_one():
    """Readings without "Số" and a slash leave the field as it was."""
    assert _find(_drawn(PEN_BLUE), "Sở Xây dựng", "") is None


def test_where_the_pen_is_as_black_as_the_print_the_line_is_read_as_it_is():
    """Nothing can be lifted: the place is reckoned from "Số:" and the width of the notation."""
    place = _find(_drawn(BLACK), "Số:1/9/TTr-UBND", "Số: 139/TTr-UBND", "Sô:./3T9/TTr-UBND")
    assert place is not None
    assert place.x0 / _SCALE == pytest.approx(_START, abs=3)
    assert place.x1 / _SCALE == pytest.approx(_SLASH, abs=3)
    assert place.y1 / _SCALE == pytest.approx(_BASE, abs=2)


def test_a_year_before_the_notation_lies_behind_the_place():
    """The digits of "139/2025/TTr-UBND" end before the first slash."""
    short = _find(_drawn(BLACK), "Số: 139/TTr-UBND")
    long = _find(_drawn(BLACK), "Số: 139/2025/TTr-UBND")
    assert short is not None
    assert long is not None
    assert short.x1 - long.x1 == pytest.approx((4 * 0.5 + 0.278) * 13 * _SCALE, rel=0.08)


def test_paper_without_ink_is_not_read_again():
    """No row of ink, no question to the readers."""

    def read(_grey: Pixels, _box: Box) -> tuple[str, ...]:
        raise AssertionError

    white = np.full((400, 1600, 3), 255, np.uint8)
    assert find_lost_line(white, _YEAR, 380 * _SCALE, read) is None


def test_a_place_that_holds_the_slash_ends_before_it():
    """The slash is print; the pen's own strokes are not taken for it."""
    rows = round((_BASE - 9) * _SCALE), round(_BASE * _SCALE)
    wrong = Box(round(_START * _SCALE), rows[0], round((_SLASH + 2.5) * _SCALE), rows[1])
    mended = clear_of_slash(_drawn(PEN_BLUE), wrong)
    assert mended.x1 / _SCALE == pytest.approx(_SLASH, abs=1.5)
    assert clear_of_slash(_drawn(BLACK), wrong) == wrong
