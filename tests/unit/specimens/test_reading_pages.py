"""Pages for measuring readers say truly what is printed on them and where."""

import numpy as np
import pytest

from specimens import (
    Condition,
    Region,
    SpecimenError,
    Typeface,
    make_paper,
    reading_pages,
    render,
    set_in,
)


def test_the_same_seed_gives_the_same_pages() -> None:
    """A figure measured on them can be measured again."""
    first, again = (list(reading_pages(1, seed=4, conditions=[Condition.POOR])) for _ in "ab")
    assert np.array_equal(first[0].pixels, again[0].pixels)
    assert first[0].lines == again[0].lines


def test_each_page_comes_in_each_condition_with_one_truth() -> None:
    """Conditions are compared on the same words."""
    asked = (Condition.CLEAN, Condition.PHOTO)
    pages = list(reading_pages(2, seed=1, conditions=asked))
    assert [page.condition for page in pages] == [*asked, *asked]
    assert pages[0].lines == pages[1].lines != pages[2].lines


def test_lines_under_a_seal_and_in_a_table_are_told() -> None:
    """The two places where readers fail are measured apart."""
    regions = {
        line.region
        for page in reading_pages(14, conditions=[Condition.CLEAN])
        for line in page.lines
    }
    assert regions == set(Region)


@pytest.mark.parametrize("typeface", list(Typeface))
def test_another_typeface_keeps_the_words_and_the_margins(typeface: Typeface) -> None:
    """Set anew, a page says the same and runs over no edge."""
    page = make_paper("VB14", seed=2).pages[0]
    again = set_in(page, typeface)
    assert [line.text for line in again.lines] == [line.text for line in page.lines]
    assert (render(again, 100)[:, -40:] == 255).all()


def test_an_absurd_number_is_refused() -> None:
    """The limit is checked before any work."""
    with pytest.raises(SpecimenError):
        next(reading_pages(100_000))
