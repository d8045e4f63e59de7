"""A first page taken apart once, for classifying and extracting alike."""

from collections.abc import Sequence
from dataclasses import dataclass

from classify._header import Head, read_head
from classify._layout import Layout, lay_out
from classify._numbers import Number
from classify._title import Title, find_title
from classify.types import PageView


@dataclass(frozen=True)
class FirstPage:
    """A first page taken apart once, for classifying and extracting alike."""

    layout: Layout
    head: Head
    title: Title

    @property
    def number(self) -> Number | None:
        """The số/ký hiệu as understood."""
        return self.head.number.number if self.head.number else None

    @property
    def abstract(self) -> str:
        """Title rows after the first, the abstract's rows and V/v, as one text."""
        runs = (*self.title.capitals[1:], *self.title.follows, *self.title.reference)
        return " ".join(run.text for run in runs)


def open_page(view: PageView) -> FirstPage:
    """Take a first page apart."""
    layout = lay_out(view)
    head = read_head(layout)
    return FirstPage(layout, head, find_title(layout, head))


def first_with_text(pages: Sequence[PageView]) -> PageView | None:
    """The first page that is not blank and holds words."""
    for page in pages:
        if not page.is_blank and any(line.words for line in page.text.lines):
            return page
    return None
