"""Seals and blue signatures are found where they are, and print is neither."""

from collections.abc import Callable

import cv2
import numpy as np

from imaging.types import Pixels
from ocr import marks
from ocr.types import MarkKind


def with_seal(page: Pixels):
    """A round red seal of 36 mm at (120, 230) mm with a blue stroke beside it."""
    page = page.copy()
    cv2.circle(page, (1087, 1953), 142, (205, 25, 40), 7)
    cv2.circle(page, (1087, 1953), 90, (205, 25, 40), 3)
    cv2.putText(page, "SO NOI VU", (1010, 1960), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (205, 25, 40), 2)
    return page


def test_a_page_of_print_bears_no_mark(draw_page: Callable[..., Pixels]):
    """Black print is neither a seal nor a signature."""
    assert marks.find_marks(draw_page(), 200) == ()


def test_a_red_seal_is_found_where_it_is(draw_page: Callable[..., Pixels]):
    """One seal, its inner ring is no second one, its box right to two millimetres."""
    found = marks.find_marks(with_seal(draw_page()), 200)
    assert [mark.kind for mark in found] == [MarkKind.SEAL]
    assert np.abs(np.array(found[0].box) - (945, 1811, 1229, 2095)).max() < 16


def test_a_blue_signature_is_found(draw_page: Callable[..., Pixels]):
    """Free strokes of blue ink in the lower part are a signature."""
    page = draw_page(lines=10).copy()
    waves = np.array(
        [(1000 + 4 * i, 1800 + round(45 * np.sin(i / 5) * np.cos(i / 17))) for i in range(80)]
    )
    cv2.polylines(page, [waves.astype(np.int32)], isClosed=False, color=(30, 50, 160), thickness=4)
    assert [mark.kind for mark in marks.find_marks(page, 200)] == [MarkKind.SIGNATURE]


def test_a_grey_page_tells_nothing(draw_page: Callable[..., Pixels]):
    """Without colour nothing is claimed."""
    grey = cv2.cvtColor(with_seal(draw_page()), cv2.COLOR_RGB2GRAY)
    assert marks.find_marks(grey, 200) == ()
    assert marks.find_marks(np.dstack([grey] * 3), 200) == ()
