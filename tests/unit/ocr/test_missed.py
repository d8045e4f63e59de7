"""Rows that the engine passed over are read alone; what it read well is left as it is."""

import numpy as np
import pytest

from imaging.types import Box, Pixels
from ocr import Line, Segmentation, Word
from ocr.missed import with_missed_lines


class _Echo:
    """Reads every image as the same words, and remembers what it was asked."""

    name = how = "echo"

    def __init__(self, *words: tuple[str, float]) -> None:
        self.words = words
        self.asked: list[tuple[int, ...]] = []

    def lines(self, grey: Pixels, *, dpi: int, segmentation: Segmentation) -> list[Line]:
        """One line over the width of the image, inside its white margin."""
        assert dpi == 200
        assert segmentation is Segmentation.LINE
        self.asked.append(grey.shape)
        step = (grey.shape[1] - 60) // len(self.words)
        words = tuple(
            Word(text, Box(30 + step * i, 28, 20 + step * (i + 1), grey.shape[0] - 28), sure)
            for i, (text, sure) in enumerate(self.words)
        )
        return [Line(words, Box(30, 28, grey.shape[1] - 30, grey.shape[0] - 28))]


def _page(*rows: tuple[int, int, int]) -> Pixels:
    """White with rows of letter-like spots: (left, top, letters)."""
    grey = np.full((600, 900), 255, np.uint8)
    for left, top, letters in rows:
        for index in range(letters):
            x = left + 24 * index
            grey[top : top + 24, x : x + 14] = 0
    return grey


def _word(text: str, box: Box, confidence: float) -> Line:
    return Line((Word(text, box, confidence),), box, block=1)


def test_a_row_without_words_is_read_alone() -> None:
    """A heading that a seal's ring touches is a drawing to the engine, and lost."""
    echo = _Echo(("GIÁM", 0.9), ("ĐỐC", 0.9))
    (line,) = with_missed_lines(_page((200, 100, 8)), [], dpi=200, recogniser=echo)
    assert line.text == "GIÁM ĐỐC"
    assert 190 <= line.box.x0 < line.box.x1 <= 410
    assert 90 <= line.box.y0 < line.box.y1 <= 140


def test_believed_words_are_not_read_again() -> None:
    """A second reading of the whole page would cost as much as the first."""
    echo = _Echo(("no", 0.99))
    read = [_word("đủ", Box(198, 98, 400, 126), 0.9)]
    assert with_missed_lines(_page((200, 100, 8)), read, dpi=200, recogniser=echo) == read
    assert not echo.asked


def test_doubtful_words_give_way_to_a_surer_reading() -> None:
    """Scraps that the engine itself does not believe are replaced, not kept beside it."""
    scraps = [_word("(z", Box(200, 100, 380, 124), 0.2)]
    echo = _Echo(("CHỦ", 0.95), ("TỊCH", 0.95))
    lines = with_missed_lines(_page((200, 100, 8)), scraps, dpi=200, recogniser=echo)
    assert [line.text for line in lines] == ["CHỦ TỊCH"]


def test_a_hole_in_a_line_is_filled() -> None:
    """A word lost inside a line goes back to its place in that line."""
    before = Word("TỈNH", Box(30, 100, 190, 124), 0.9)
    read = [Line((before,), before.box, block=3)]
    echo = _Echo(("QUẢNG", 0.9))
    (line,) = with_missed_lines(_page((30, 100, 7), (200, 100, 8)), read, dpi=200, recogniser=echo)
    assert line.text == "TỈNH QUẢNG"
    assert line.block == 3


@pytest.mark.parametrize("words", [(("x|", 0.3),), (("~~", 0.95),)])
def test_what_reads_badly_is_not_added(words: tuple[tuple[str, float], ...]) -> None:
    """Ornaments and strokes look like letters; only a good reading says that they are."""
    page = _page((200, 100, 8))
    assert with_missed_lines(page, [], dpi=200, recogniser=_Echo(*words)) == []


def test_a_picture_is_not_read_row_by_row() -> None:
    """A page full of unread spots is no text, and would take minutes."""
    page = _page(*((60 + 350 * column, 10 + 40 * row, 8) for row in range(14) for column in (0, 1)))
    echo = _Echo(("a", 0.99))
    assert with_missed_lines(page, [], dpi=200, recogniser=echo) == []
    assert not echo.asked


@pytest.mark.parametrize("shape", [(1, 1), (12, 900), (600, 3)])
def test_tiny_pages_are_safe(shape: tuple[int, int]) -> None:
    """Any page may come."""
    echo = _Echo(("a", 0.99))
    assert with_missed_lines(np.zeros(shape, np.uint8), [], dpi=200, recogniser=echo) == []
