"""Whether the archival PDF shows what the source shows, before anything is signed."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from archive.pdf_errors import OutputDiffersError
from archive.pdf_render import open_pages, render
from archive.pdfa import PDF, PdfPage
from imaging import Pixels, correlation, open_source, rotate_quarter

LEAST_CORRELATION = 0.99
"""At 100 dpi; a page swapped, cut or blotted falls below."""


_DPI = 150
"""Drawn a little finer than compared."""
_Show = Callable[[int, int], Pixels]
"""A page by its number, turned clockwise by so many degrees."""


def compare_with_input(pdf: Path, untrusted_source: Path, pages: Sequence[PdfPage]) -> None:
    """Raise OutputDiffersError where the pages' number or any page's picture differs.

    `pages` is what the PDF was made of, in order. Both sides are drawn with the marks of their
    signatures, which a viewer shows. Raises the errors of `imaging.open_source`,
    SourceUnreadableError, SourceTooLargeError too.
    """
    with open_source(untrusted_source) as opened:
        show = _shown if opened.media_type == PDF else _stored
    with show(pdf) as (count, made), show(untrusted_source) as (_, source):
        if count != len(pages):
            raise OutputDiffersError(detail=f"{count} pages for {len(pages)}")
        for place, page in enumerate(pages, start=1):
            turn = page.text.rotation if page.text else 0
            # turned back, so that both sides are sampled alike
            alike = correlation(source(page.source_page_number, 0), made(place, -turn))
            if alike < LEAST_CORRELATION:
                raise OutputDiffersError(detail=f"page {place}: correlation {alike:.4f}")


@contextmanager
def _shown(untrusted_pdf: Path) -> Iterator[tuple[int, _Show]]:
    """The pages as a viewer draws them."""
    with open_pages(untrusted_pdf) as document:
        yield len(document), lambda number, turn: render(document[number - 1], _DPI, turn=turn)


@contextmanager
def _stored(untrusted_path: Path) -> Iterator[tuple[int, _Show]]:
    """The pages' own pixels."""
    with open_source(untrusted_path) as opened:
        yield (
            opened.page_count,
            lambda number, turn: rotate_quarter(opened.page(number).pixels, turn),
        )
