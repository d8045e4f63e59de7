"""What a hit shows: the document's best page and the words found there, else its head."""

from collections.abc import Sequence
from typing import NamedTuple

from search.highlight import Marker, Spans, snippet


class View(NamedTuple):
    """A page, counted from 1, and the text around the words."""

    page: int
    snippet: str


class _Marked(NamedTuple):
    page: int
    text: str
    spans: Spans


def view_of(
    head: Sequence[str | None], pages: Sequence[str], marks: Marker, *, similar: bool
) -> View:
    """Of a document with this head (number, abstract, issuer) and these pages, the best place."""
    title = " - ".join(filter(None, head))
    best = _best(pages or ("",), marks, similar=similar)
    if not best.spans and (spans := marks.spans(title, similar=similar)):
        best = _Marked(best.page, title, spans)
    return View(best.page, snippet(best.text or title, best.spans))


def _best(pages: Sequence[str], marks: Marker, *, similar: bool) -> _Marked:
    """The first of the pages that answer best."""
    marked = (
        _Marked(number, text, marks.spans(text, similar=similar))
        for number, text in enumerate(pages, start=1)
    )
    return max(marked, key=lambda one: marks.weight(one.text, one.spans))
