"""Which words are marked, on the page image and in the snippet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import QueryError, matching, parse
from search.highlight import CLOSE, OPEN, marker, snippet

LINE = "Số: 15/QĐ-UBND, Điều 1. Cấp giấy phép cho ông NGUYỄN Văn An; nhà ở thôn Hoà Bình"
PAGE = LINE.split()


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("nguyen van", ["NGUYỄN", "Văn"]),
        ("nguyễn", ["NGUYỄN"]),
        ("15/qd-ubnd", ["15/QĐ-UBND,"]),
        ("so:15/QĐ", ["15/QĐ-UBND,"]),
        ('"an nha"', ["An;", "nhà"]),
        ('"nha an"', []),
        ("hòa -binh", ["Hoà"]),
        ("quyết định", ["15/QĐ-UBND,"]),
        ("ngyen", ["NGUYỄN"]),
        ("tu:2024", []),
        ("", []),
        ("01", ["1."]),
    ],
)
def test_the_page_marks_what_the_question_asks(text: str, marked: list[str]) -> None:
    assert [PAGE[index] for index in matching(PAGE, text)] == marked


def test_similar_words_are_marked_only_where_none_is_as_typed() -> None:
    assert matching(["nguyen", "ngyen"], "nguyen") == (0,)
    assert matching(["ng", "uyễn", "x"], "nguyen") == (0, 1)


@given(st.lists(st.text()), st.text(max_size=30))
def test_any_words_and_any_question(words: list[str], text: str) -> None:
    """Places come in order and inside; only a question that cannot be read is an error."""
    try:
        marked = matching(words, text)
    except QueryError:
        return
    assert list(marked) == sorted(set(marked))
    assert all(0 <= index < len(words) for index in marked)


@given(st.text(alphabet="đấtà nhx.\n", max_size=400), st.integers(10, 80))
def test_a_snippet_is_the_text_with_marks(text: str, length: int) -> None:
    """Taking the marks out gives a piece of the original, and marks come in pairs."""
    spans = marker(parse("dat nha")).spans(text)
    cut = snippet(text, spans, length)
    assert cut.count(OPEN) == cut.count(CLOSE) == cut.replace(CLOSE, "").count(OPEN)
    plain = cut.replace(OPEN, "").replace(CLOSE, "").removeprefix("… ").removesuffix(" …")
    assert plain.strip() in " ".join(text.split())
    assert not spans or OPEN in cut


def test_a_snippet_shows_where_most_words_stand() -> None:
    text = f"đất {'x ' * 200}thu hồi đất {'y ' * 200}"
    spans = marker(parse("thu hoi dat")).spans(text)
    assert f"{OPEN}thu{CLOSE} {OPEN}hồi{CLOSE} {OPEN}đất{CLOSE}" in snippet(text, spans)
    assert len(snippet(text, spans)) < 220
