"""The first look: a stamp on the page's top is found; what only looks like one is not."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from imaging.types import Pixels
from ocr import secret

Draw = Callable[..., Pixels]


@pytest.mark.parametrize("level", ["MẬT", "TỐI MẬT", "TUYỆT MẬT"])
@pytest.mark.parametrize("slant", [-13, 0, 9])
def test_a_red_stamp_is_found_with_its_level(
    draw_page: Draw, press_stamp: Draw, level: str, slant: int
) -> None:
    """Any level, turned by the hand that pressed it; the box lies on the stamp."""
    mark = secret.find_secret_mark(press_stamp(draw_page(), level, slant=slant), 200)
    assert mark is not None
    assert level == mark.level
    assert 250 < mark.box.x0 < mark.box.x1 < 900
    assert 180 < mark.box.y0 < mark.box.y1 < 480


@pytest.mark.parametrize("colour", [(130, 25, 30), (240, 165, 170), (185, 40, 85), (25, 25, 25)])
def test_dark_faint_purple_and_black_ink(
    draw_page: Draw, press_stamp: Draw, colour: tuple[int, int, int]
) -> None:
    """The ink's colour does not matter."""
    mark = secret.find_secret_mark(press_stamp(draw_page(), "TỐI MẬT", colour=colour), 200)
    assert mark is not None
    assert mark.level == "TỐI MẬT"


def test_a_one_bit_scan(draw_page: Draw, press_stamp: Draw) -> None:
    """On a black and white scan the stamp is black and is found."""
    page = press_stamp(draw_page(), "TUYỆT MẬT", slant=5)
    grey = cv2.cvtColor(page, cv2.COLOR_RGB2GRAY)
    mark = secret.find_secret_mark(np.where(grey < 170, 0, 255).astype(np.uint8), 200)
    assert mark is not None
    assert mark.level == "TUYỆT MẬT"


@pytest.mark.parametrize("level", ["MẬT", "TỐI MẬT"])
@pytest.mark.parametrize("colour", [(200, 20, 30), (25, 25, 25)])
def test_upright_letters_keep_their_stems(
    draw_page: Draw, draw_words: Draw, level: str, colour: tuple[int, int, int]
) -> None:
    """Without a frame and without a slant a stem is still a letter's, not a frame's side."""
    words = draw_words(np.full((2339, 1654, 3), 255, np.uint8), level, at_mm=(50, 38))
    page = np.where(words < 128, np.array(colour, np.uint8), draw_page(lines=0))
    mark = secret.find_secret_mark(page.astype(np.uint8), 200)
    assert mark is not None
    assert mark.level == level


def test_a_frame_crossed_by_print_on_a_grey_scan(
    draw_page: Draw, press_stamp: Draw, draw_words: Draw
) -> None:
    """Print across a frame does not open it, though red is paler than print on a grey scan."""
    page = press_stamp(draw_page(lines=0), "TỐI MẬT", at_mm=(35, 60), slant=-4)
    page = draw_words(page, "Về việc ban hành danh mục", at_mm=(40, 58.5))
    grey = cv2.cvtColor(page, cv2.COLOR_RGB2GRAY)
    mark = secret.find_secret_mark(grey, 200)
    assert mark is not None
    assert mark.level == "TỐI MẬT"


@pytest.mark.parametrize(
    ("read", "sure", "agrees"),
    [
        ("MÁT", 0.99, True),
        ("MT", 0.99, True),
        ("MÁT", 0.7, False),
        ("[MẬTI", 0.7, True),
        ("ĐẾN", 0.99, False),
        ("", 0.99, False),
        ("SAO Y BẢN CHÍNH MAT", 0.99, False),
    ],
)
def test_the_surer_the_shape_the_less_must_be_read(read: str, sure: float, agrees: bool) -> None:  # noqa: FBT001  a case
    """No shape decides alone, and a nearly certain one forgives half of the letters."""
    assert secret._agrees(read, "MẬT", sure) == agrees


@pytest.mark.parametrize("words", ["HỎA TỐC", "KHẨN", "THƯỢNG KHẨN", "ĐẾN", "SAO Y", "BẢN SAO"])
@pytest.mark.parametrize("colour", [(200, 20, 30), (25, 25, 25)])
def test_other_stamps_pass(
    draw_page: Draw, press_stamp: Draw, words: str, colour: tuple[int, int, int]
) -> None:
    """Urgency, incoming and copy stamps are no secrecy marks."""
    page = press_stamp(draw_page(), words, slant=4, colour=colour)
    assert secret.find_secret_mark(page, 200) is None


def test_a_page_without_stamps_passes(draw_page: Draw) -> None:
    """Print alone is no mark, and a blank page neither."""
    assert secret.find_secret_mark(draw_page(), 200) is None
    assert secret.find_secret_mark(np.full((2339, 1654, 3), 255, np.uint8), 200) is None


def test_a_heading_about_secrecy_passes(draw_page: Draw, draw_words: Draw) -> None:
    """Words of a heading have neighbours; a stamp has none."""
    page = draw_words(draw_page(lines=0), "QUY CHẾ BẢO VỆ BÍ MẬT NHÀ NƯỚC", at_mm=(40, 60))
    page = draw_words(page, "ĐỘ TỐI MẬT, TUYỆT MẬT VÀ MẬT", at_mm=(40, 72))
    assert secret.find_secret_mark(page, 200) is None


def test_a_table_cell_passes(draw_page: Draw, draw_words: Draw) -> None:
    """MẬT in a ruled cell is a list's word."""
    page = draw_page(lines=0).copy()
    for x in (300, 560, 820, 1080, 1340):
        cv2.line(page, (x, 500), (x, 860), (20, 20, 20), 3)
    for y in (500, 590, 680, 770, 860):
        cv2.line(page, (300, y), (1340, y), (20, 20, 20), 3)
    page = draw_words(page, "MẬT", at_mm=(43, 66.5))
    page = draw_words(page, "TỐI MẬT", at_mm=(76, 77.5))
    assert secret.find_secret_mark(page, 200) is None


def test_the_lower_half_is_not_looked_at(draw_page: Draw, press_stamp: Draw) -> None:
    """The gate looks where stamps are pressed; the whole text is looked at later."""
    page = press_stamp(draw_page(lines=10), "MẬT", at_mm=(40, 240))
    assert secret.find_secret_mark(page, 200) is None
