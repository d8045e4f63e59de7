"""The second look: a line that is only a secrecy mark stops the paper, a sentence does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.types import Box
from ocr import secret
from ocr.types import Line, PageText, TextSource, Word


def page(*lines: tuple[str, int, int, int, int]):
    """A page of (text, x0, y0, x1, y1)."""
    made = []
    for text, x0, y0, x1, y1 in lines:
        box = Box(x0, y0, x1, y1)
        made.append(Line(tuple(Word(word, box, 0.9) for word in text.split()), box))
    return PageText(1654, 2339, 200, 0, 0.0, tuple(made), TextSource.OCR)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("MẬT", "MẬT"),
        ("MẬT.", "MẬT"),
        ("MÂT", "MẬT"),
        ("MAT", "MẬT"),
        ("TỐI MẬT", "TỐI MẬT"),
        ("TÔI MẬT", "TỐI MẬT"),
        ("TUYỆT MẬT", "TUYỆT MẬT"),
        ("TUYET MẠT", "TUYỆT MẬT"),
        ("| TUYỆT MẬT |", "TUYỆT MẬT"),
        ("TUYÊT MÂT", "TUYỆT MẬT"),
    ],
)
def test_a_mark_alone_is_found(text: str, level: str):
    """Small reading errors do not hide a mark."""
    mark = secret.secret_in_text(page((text, 300, 500, 500, 540)))
    assert mark is not None
    assert level == mark.level


@pytest.mark.parametrize(
    "text",
    [
        "Ban hành danh mục bí mật nhà nước",
        "BẢO VỆ BÍ MẬT NHÀ NƯỚC",
        "Mật",
        "mật",
        "MẶT",
        "MẮT",
        "MẤT",
        "KHẨN",
        "HỎA TỐC",
        "THƯỢNG KHẨN",
        "MẬT ĐỘ",
        "BÍ MẬT",
        "BẢO MẬT",
        "ĐẾN",
        "SAO Y",
        "",
        "GIẢI MẬT",
        "ĐỘ MẬT",
        "TỐI",
        "MẶT TRẬN",
        "LUẬT",
        "TÔI",
        "NHẬT",
    ],
)
def test_other_words_are_no_mark(text: str):
    """Papers that discuss secrecy, urgent papers and look-alike words pass."""
    assert secret.secret_in_text(page((text, 300, 500, 700, 540))) is None


def test_a_word_in_a_row_of_words_is_no_mark():
    """MẬT as one cell of a printed row has neighbours and is no mark."""
    row = page(("MẬT", 300, 500, 360, 540), ("TỐI MẬT", 380, 500, 520, 540))
    assert secret.secret_in_text(row) is None


def test_the_lower_half_is_not_looked_at():
    """A stamp stands at the top; the word at the bottom is a list's."""
    assert secret.secret_in_text(page(("MẬT", 300, 1900, 360, 1940))) is None


@given(st.text(max_size=30))
def test_any_text_is_answered(text: str):
    """No text breaks the test, and what is not nearly a mark is none."""
    level = secret.level_of(text)
    assert level is None or secret.bare(text).endswith("AT")
