"""Ink of seals and signatures goes where it is coloured; the print that it crosses stays."""

import cv2
import numpy as np

from imaging import Box, Pixels
from ocr.clean import clean_page, darkest_ink
from ocr.seals import without_ink

RED, BLUE, VIOLET, BLACK = (205, 50, 60), (45, 60, 165), (110, 50, 150), (20, 20, 22)


def _crossed(ink: tuple[int, int, int]) -> Pixels:
    """Paper with a broad coloured stroke and a black one that crosses it."""
    page = np.full((200, 200, 3), 246, np.uint8)
    cv2.line(page, (20, 100), (180, 100), ink, 12)
    cv2.line(page, (100, 20), (100, 180), BLACK, 8)
    return page


def _grey(page: Pixels) -> Pixels:
    return darkest_ink(page, [Box(10, 10, 190, 190)])


def test_coloured_ink_becomes_paper_and_crossing_print_stays_dark():
    for ink in (RED, BLUE, VIOLET):
        grey = _grey(_crossed(ink))
        assert grey[100, 40] > 225
        assert grey[60, 100] < 60
        assert grey[100, 100] < 60


def test_outside_the_marks_nothing_changes():
    page = _crossed(BLUE)
    plain = darkest_ink(page)
    assert np.array_equal(darkest_ink(page, [Box(0, 0, 5, 5)])[20:, 20:], plain[20:, 20:])
    assert plain[100, 40] < 200


def test_print_without_colour_is_not_lifted():
    page = np.full((50, 50, 3), 250, np.uint8)
    page[20:30] = 90
    grey = np.ascontiguousarray(page[..., 0])
    assert np.array_equal(without_ink(grey, page, [Box(0, 0, 50, 50)]), grey)


def test_a_seal_is_found_and_told_in_pixels_of_the_clean_page(tilted: Pixels):
    page = clean_page(tilted, 300)
    assert len(page.seals) == 1
    (a, b, c), (d, e, f) = page.to_page
    box = page.seals[0]
    x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    assert abs(a * x + b * y + c - 1625) < 60
    assert abs(d * x + e * y + f - 1625) < 60
