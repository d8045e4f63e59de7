"""What every recogniser promises."""

import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from imaging import Pixels
from imaging.errors import Category
from ocr import Recogniser, Segmentation
from ocr.engines import InProcessTesseract, ProgramTesseract
from ocr.errors import OcrLanguageMissingError, OcrTimeoutError
from specimens.fonts import Face, font

TEXT = (
    "Căn cứ Luật Xây dựng ngày 18 tháng 6 năm 2014;",
    "Theo đề nghị của công chức địa chính xã Thanh Bình,",
    "Cho phép ông Lê Văn Tám xây dựng nhà ở riêng lẻ.",
)
DPI = 200
LINE_HEIGHT, TOP, LEFT = 60, 80, 120
Make = Callable[..., Recogniser]


def draw(lines: tuple[str, ...], *, width: int = 1200) -> Pixels:
    """Lines of print, one below the other."""
    image = Image.new("L", (width, 2 * TOP + LINE_HEIGHT * len(lines)), 255)
    pen = ImageDraw.Draw(image)
    for row, text in enumerate(lines):
        pen.text((LEFT, TOP + row * LINE_HEIGHT), text, fill=0, font=font(Face.REGULAR, 40))
    return np.asarray(image)


PAGE = draw(TEXT)


def texts(recogniser: Recogniser, grey: Pixels, how: Segmentation) -> list[str]:
    return [line.text for line in recogniser.lines(grey, dpi=DPI, segmentation=how)]


@cache
def made(make: Make) -> Recogniser:
    """The usual one; loading a model takes longer than a test."""
    return make()


class RecogniserContract(ABC):
    """Run against each way of calling the engine."""

    @abstractmethod
    @pytest.fixture
    def make(self) -> Make:
        """Make a recogniser: (language), tessdata=, timeout_seconds=."""

    @pytest.fixture
    def recogniser(self, make: Make) -> Recogniser:
        """Vietnamese, made once a side."""
        return made(make)

    @pytest.mark.parametrize("how", [Segmentation.PAGE, Segmentation.BLOCK, Segmentation.COLUMN])
    def test_print_is_read(self, recogniser: Recogniser, how: Segmentation) -> None:
        """All of it, a printed line a line."""
        assert list(TEXT) == texts(recogniser, PAGE, how)

    def test_a_line_alone_is_read(self, recogniser: Recogniser) -> None:
        """For lines that are cut out and read again."""
        line = draw(TEXT[:1])[TOP - 10 : TOP + LINE_HEIGHT]
        assert [TEXT[0]] == texts(recogniser, line, Segmentation.LINE)

    def test_words_are_where_their_ink_is(self, recogniser: Recogniser) -> None:
        """Boxes within the image, on ink, left to right; NFC; confidences from 0 to 1."""
        for line in recogniser.lines(PAGE, dpi=DPI, segmentation=Segmentation.PAGE):
            lefts = [word.box.x0 for word in line.words]
            assert sorted(lefts) == lefts
            for word in line.words:
                x0, y0, x1, y1 = word.box
                assert 0 <= x0 < x1 <= PAGE.shape[1]
                assert 0 <= y0 < y1 <= PAGE.shape[0]
                assert (PAGE[y0:y1, x0:x1] < 128).any()
                assert unicodedata.normalize("NFC", word.text) == word.text
                assert "".join(word.text.split()) == word.text
                assert 0.3 < word.confidence <= 1.0

    @pytest.mark.parametrize("shape", [(1, 1), (2, 900), (900, 2), (40, 40), (600, 800)], ids=str)
    @pytest.mark.parametrize("how", list(Segmentation))
    def test_nothing_there_gives_no_lines(
        self, recogniser: Recogniser, shape: tuple[int, int], how: Segmentation
    ) -> None:
        """Of any size, down to a pixel."""
        assert recogniser.lines(np.full(shape, 250, np.uint8), dpi=DPI, segmentation=how) == []

    def test_a_cut_of_a_larger_picture_is_read_alike(self, recogniser: Recogniser) -> None:
        """Rows of a cut do not follow one another in memory; the picture stays as it was."""
        large = np.pad(PAGE, 50, constant_values=255)
        cut = large[50:-50, 50:-50]
        before = large.copy()
        assert list(TEXT) == texts(recogniser, cut, Segmentation.PAGE)
        assert np.array_equal(before, large)

    def test_no_page_leaves_a_trace_in_the_next(self, recogniser: Recogniser) -> None:
        """The same page gives the same, whatever was read in between."""
        first = recogniser.lines(PAGE, dpi=DPI, segmentation=Segmentation.PAGE)
        recogniser.lines(draw(TEXT[1:], width=1500), dpi=300, segmentation=Segmentation.SPARSE)
        assert first == recogniser.lines(PAGE, dpi=DPI, segmentation=Segmentation.PAGE)

    def test_threads_do_not_disturb_one_another(self, recogniser: Recogniser) -> None:
        """Each gets its own page's text."""
        pages = [draw((TEXT[number % 3], TEXT[(number + 1) % 3])) for number in range(6)]
        with ThreadPoolExecutor(3) as pool:
            got = list(pool.map(lambda page: texts(recogniser, page, Segmentation.PAGE), pages))
        assert [[TEXT[number % 3], TEXT[(number + 1) % 3]] for number in range(6)] == got

    def test_too_long_is_a_code_and_harms_nothing(self, make: Make) -> None:
        """A page that takes too long is given up; the next is read."""
        dense = np.tile(draw(TEXT * 8), (2, 1))
        hasty = make(timeout_seconds=0.02)
        for _ in range(2):
            with pytest.raises(OcrTimeoutError) as caught:
                hasty.lines(dense, dpi=DPI, segmentation=Segmentation.PAGE)
            assert caught.value.category is Category.RETRY
        assert list(TEXT) == texts(make(), PAGE, Segmentation.PAGE)

    def test_a_language_that_is_not_there_names_the_mend(self, make: Make, tmp_path: Path) -> None:
        """Before any page is read; a folder that was named is the only one looked into."""
        for words in ({"language": "xyz"}, {"tessdata": tmp_path}):
            with pytest.raises(OcrLanguageMissingError) as caught:
                make(**words)
            assert caught.value.category is Category.ENVIRONMENT
            assert "tesseract-ocr-vie" in caught.value.message

    def test_it_names_its_version_and_language(self, recogniser: Recogniser) -> None:
        """For the record of every page."""
        assert recogniser.name.startswith("tesseract 5.")
        assert recogniser.name.endswith(" vie")


class TestInProcess(RecogniserContract):
    """Through tesserocr."""

    @pytest.fixture
    def make(self) -> Make:
        """Where its wheel is installed."""
        pytest.importorskip("tesserocr")
        return InProcessTesseract


class TestProgram(RecogniserContract):
    """Through pytesseract."""

    @pytest.fixture
    def make(self) -> Make:
        """Always."""
        return ProgramTesseract
