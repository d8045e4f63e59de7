"""Piles of invented papers in the order of their numbers, one of them rewritten by pen."""

from datetime import date
from pathlib import Path

from specimens import make_paper, render, write_scan_pdf
from specimens.blocks import NumberStyle
from specimens.page import Ink, Page
from specimens.paper import PaperOptions

DAY = date(2025, 7, 17)


def write_pile(path: Path, dpi: int) -> None:
    """Decisions in the order of their numbers; of the third the pen wrote 90, then 96 over it."""
    first, then = _paper("90", by_hand=True), _paper("96", by_hand=True)
    over = next(item for item in then.items if isinstance(item, Ink))
    rewritten = Page((*first.items, over))
    printed = [_paper(digits, by_hand=False) for digits in ("85", "88", "94", "99")]
    pages = [*printed[:2], rewritten, *printed[2:]]
    write_scan_pdf(path, [render(page, dpi=dpi) for page in pages], dpi=dpi)


def _paper(digits: str, *, by_hand: bool) -> Page:
    style = NumberStyle.HAND if by_hand else NumberStyle.PRINTED
    options = PaperOptions(digits=digits, issued_on=DAY, number_style=style)
    [page] = make_paper("VB02", seed=3, options=options).pages
    return page
