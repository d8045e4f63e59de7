"""The second readers: what they read, and that a page is read where they are missing."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from imaging import Box, Pixels
from ocr import Review, best_engine, load_review, read_page, second_readers_found
from ocr.errors import OcrError, ScriptReaderMissingError, SecondReaderMissingError
from ocr.second import load_language
from ocr.second import review as reviewing
from ocr.second.align import distance
from ocr.second.reader import LineReader
from ocr.second.script import script_reader
from ocr.second.small import SmallReader, small_reader
from specimens.fonts import Face, font

TEXT = "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015;"


def drawn(text: str) -> tuple[Pixels, Box]:
    """A line as the clean-up leaves it, and its box."""
    image = Image.new("L", (1300, 120), 255)
    draw = ImageDraw.Draw(image)
    face = font(Face.REGULAR, 36)
    draw.text((40, 40), text, fill=0, font=face)
    x0, y0, x1, y1 = draw.textbbox((40, 40), text, font=face)
    return np.asarray(image), Box(int(x0), int(y0), int(x1), int(y1))


@pytest.mark.parametrize("load", [small_reader, script_reader])
def test_a_reader_reads_a_line(load: Callable[[], LineReader]) -> None:
    """Both read clean print, all but a mark or a stop."""
    try:
        reader = load()
    except ScriptReaderMissingError as error:
        pytest.skip(str(error))
    grey, box = drawn(TEXT)
    (found,) = reader.read_lines(grey, [box])
    assert distance(found.text, TEXT) <= 2, found.text
    assert reader.name
    assert reader.read_lines(grey, []) == ()


def test_the_small_reader_says_how_well_a_text_fits() -> None:
    """What is printed fits better than the same with another mark."""
    grey, box = drawn("Tổ chức")
    (found,) = small_reader().read_lines(grey, [box])
    assert found.trace is not None
    word = found.trace.greedy()[0]
    right, wrong, other = found.trace.fit(["Tổ", "Tô", "Sở"], word.start, word.end)
    assert right > wrong > other


def test_lines_of_all_widths_are_read_together() -> None:
    """Batches give each line its own reading, in the order asked."""
    texts = [TEXT, "Sở Nội vụ", "Kính gửi:"]
    lines = [drawn(text) for text in texts]
    page = np.concatenate([grey for grey, _ in lines])
    boxes = [
        Box(box.x0, box.y0 + 120 * row, box.x1, box.y1 + 120 * row)
        for row, (_, box) in enumerate(lines)
    ]
    found = small_reader().read_lines(page, boxes)
    assert all(
        distance(reading.text, text) <= 2 for reading, text in zip(found, texts, strict=True)
    )


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without trueocr the reader says so, with a sentence for the administrator."""
    monkeypatch.setattr("ocr.second.small.find_spec", lambda _: None)
    with pytest.raises(SecondReaderMissingError) as caught:
        SmallReader()
    assert "trueocr" in str(caught.value.message)


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    """Without the script's model likewise."""
    with pytest.raises(ScriptReaderMissingError) as caught:
        script_reader(tmp_path)
    assert "tesseract-ocr-script-viet" in str(caught.value.message)


def test_what_is_missing_is_found_and_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The doctor sees both; a page is read by what is there."""

    def missing() -> SmallReader:
        raise SecondReaderMissingError(detail="trueocr")

    monkeypatch.setattr(reviewing, "small_reader", missing)
    found = second_readers_found()
    assert len(found) == 2
    assert isinstance(found[0].error, OcrError)
    review = load_review(fast=True)
    assert (review.small, review.script) == (None, None)


def test_the_package_itself_is_not_imported() -> None:
    """Only its weights are used: its code starts threads of its own."""
    assert importlib.util.find_spec("trueocr") is not None
    small_reader()
    import sys

    assert "trueocr" not in sys.modules


def test_a_page_read_with_a_review_says_so(letter: Pixels) -> None:
    """The record names all readers; words have chances, boxes stay on the page."""
    page = read_page(letter, dpi=300, rotation=0, engine=best_engine(), review=load_review())
    assert "syllables" in page.engine
    assert "review" in page.seconds
    assert "Độc lập - Tự do - Hạnh phúc" in page.text
    words = [word for line in page.lines for word in line.words]
    assert sum(word.confidence >= 0.95 for word in words) > 0.9 * len(words)
    assert all(0 <= word.box.x0 < word.box.x1 <= page.width for word in words)


def test_an_empty_page_stays_empty() -> None:
    """Nothing is invented on blank paper."""
    blank = np.full((1200, 900, 3), 250, np.uint8)
    page = read_page(
        blank, dpi=150, rotation=0, engine=best_engine(), review=Review(load_language())
    )
    assert page.lines == ()
