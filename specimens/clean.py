"""Clean A4 pages for the throughput bench: distinct, dense, without a scanner's faults."""

from collections.abc import Iterator
from pathlib import Path

from specimens.degrade import Pixels
from specimens.draw import render
from specimens.errors import BadRequestError
from specimens.files import write_scan_pdf
from specimens.limits import MAX_CLEAN_PAGES
from specimens.papers import make_paper

_KINDS = ("VB02", "VB28", "VB16", "KQ-QDGD", "VB07", "VB15", "KQ-KS", "TP-CT01", "KQ-HN", "MC01")


def clean_pages(count: int, *, dpi: int = 300, seed: int = 1) -> Iterator[Pixels]:
    """Yield `count` clean A4 pages at `dpi`, no two alike: one-page papers of ten kinds in turn.

    Raises BadRequestError over 2,000 pages.
    """
    if not 0 <= count <= MAX_CLEAN_PAGES:
        raise BadRequestError(detail=f"{count} pages")
    for index in range(count):
        kind = _KINDS[index % len(_KINDS)]
        yield render(make_paper(kind, seed=seed * 10_000 + index).pages[0], dpi)


def write_clean_pages(
    folder: Path, count: int, *, dpi: int = 300, seed: int = 1, pages_a_file: int = 1
) -> tuple[Path, ...]:
    """Write clean pages as scanned PDFs of `pages_a_file` pages and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []
    held: list[Pixels] = []
    for index, page in enumerate(clean_pages(count, dpi=dpi, seed=seed), 1):
        held.append(page)
        if len(held) == pages_a_file or index == count:
            paths.append(folder / f"clean_{len(paths) + 1:04d}.pdf")
            write_scan_pdf(paths[-1], held, dpi=dpi)
            held = []
    return tuple(paths)
