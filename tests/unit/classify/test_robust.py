"""What comes is taken: noise, huge pages, long files, skew."""

import math
import time
from collections.abc import Callable
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classify import COMMON, PageView, Reference, classify, extract, separate
from classify._layout import lay_out
from imaging.types import Box
from ocr.types import Line, PageText, TextSource, Word

PageMaker = Callable[..., PageView]
Place = tuple[str, float, float]

_WORDS = st.builds(
    lambda text, x, y, w, h, c: Word(text, Box(x, y, x + w, y + h), c),
    st.text(min_size=1, max_size=12).filter(lambda text: bool(text.split())),
    st.integers(0, 1600), st.integers(0, 2300), st.integers(1, 400), st.integers(1, 90),
    st.floats(0, 1),
)  # fmt: skip


@given(st.lists(_WORDS, max_size=40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_any_words_anywhere(reference: Reference, words: list[Word]):
    """Whatever stands on a page, nothing raises and every common field is there."""
    lines = tuple(Line((word,), word.box) for word in words)
    view = PageView(1, PageText(1654, 2339, 200, 0, 0.0, lines, TextSource.OCR))
    assert len(separate([view]).spans) == 1
    fields = extract([view], classify([view], reference), reference)
    assert set(COMMON) <= set(fields)


def test_three_hundred_pages(page: PageMaker, decision: list[Place], reference: Reference):
    """A long file is one document of many pages, read in the time of its first and last pages."""
    middle = [("văn bản tiếp tục với nội dung của các điều khoản đã nêu", 0.15, 0.1 + i / 60)
              for i in range(30)]  # fmt: skip
    pages = [page(1, decision), *(page(n, middle) for n in range(2, 301))]
    assert [(s.first_page, s.last_page) for s in separate(pages).spans] == [(1, 300)]
    start = time.process_time()
    fields = extract(pages, classify(pages, reference), reference)
    assert time.process_time() - start < 2.0
    assert fields["signer_name"].value == "Lê Văn Thử"


def test_page_of_noise_words(page: PageMaker, reference: Reference):
    """Thousands of specks are no title."""
    specks = [(".,'", 0.01 * (i % 90), 0.01 * (i % 97)) for i in range(5000)]
    assert classify([page(1, specks)], reference).code is None


def test_skew_left_in_the_page(page: PageMaker, decision: list[Place], reference: Reference):
    """Boxes of a page 2 degrees askew: rows follow the slope that the reader measured."""
    straight = page(1, decision)
    slope = math.tan(math.radians(2.0))

    def askew(word: Word) -> Word:
        drop = -int((word.box.x0 + word.box.x1) / 2 * slope) + 60
        box = word.box
        return replace(word, box=Box(box.x0, box.y0 + drop, box.x1, box.y1 + drop))

    lines = tuple(
        Line(tuple(askew(word) for word in line.words), askew(line.words[0]).box)
        for line in straight.text.lines
    )
    turned = replace(straight, text=replace(straight.text, lines=lines, skew=2.0))
    fields = extract([turned], classify([turned], reference), reference)
    assert fields["number"].value == "84/QĐ-UBND"
    assert fields["issued_on"].value == "2025-02-04"


def test_only_the_top_is_laid_out_when_asked(page: PageMaker, decision: list[Place]):
    """Looking for first pages does not lay out whole pages."""
    view = page(1, decision)
    assert len(lay_out(view, 0.5).rows) < len(lay_out(view).rows)
