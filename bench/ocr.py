"""Measures the reader: character and word errors and CPU seconds a page, beside plain Tesseract.

    python -m bench.ocr [--shared ../shared] [--limit N] [--plain]

reads the pages of `ocr/specimens` (invented documents in six conditions) and `data/ocr_pages`
(real scans with a hand-checked transcription) below the shared folder. Numbers of a dated run
stand in docs/ocr.md.
"""

import argparse
import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import pytesseract

from bench.score import Score, score
from imaging import open_source, rotate_quarter
from ocr import TesseractEngine, read_page

_PLAIN_CONFIG = "--psm 3"


class _Page(NamedTuple):
    condition: str
    path: Path
    truth: str


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--limit", type=int, default=0, help="pages a condition")
    parser.add_argument("--only", default="", help="one condition")
    parser.add_argument("--plain", action="store_true", help="also plain Tesseract")
    parser.add_argument("--worst", action="store_true", help="print each page")
    options = parser.parse_args()
    pages = [page for page in _pages(options.shared) if options.only in page.condition]
    if not pages:
        print(f"No pages: {options.shared}/ocr/specimens and data/ocr_pages are not there.")
        return 1
    engine = TesseractEngine()
    results: dict[str, list[tuple[Score, float, Score | None]]] = defaultdict(list)
    for page in pages:
        taken = results[page.condition]
        if options.limit and len(taken) >= options.limit:
            continue
        taken.append(_measure(page, engine, plain=options.plain))
        if options.worst:
            print(f"{page.path.name:40} {taken[-1][0].cer:6.2f} {taken[-1][1]:5.2f} s")
        print(".", end="", flush=True, file=sys.stderr)
    _print(engine.name, results)
    return 0


def _pages(shared: Path) -> Iterator[_Page]:
    for path in sorted((shared / "ocr" / "specimens").glob("*__*")):
        name, condition = path.stem.split("__")
        truth = path.with_name(f"{name}.gt.txt").read_text(encoding="utf-8")
        yield _Page(condition, path, truth)
    for path in sorted((shared / "data" / "ocr_pages").glob("*.png")):
        yield _Page("real", path, path.with_suffix(".gt.txt").read_text(encoding="utf-8"))


def _measure(
    page: _Page, engine: TesseractEngine, *, plain: bool
) -> tuple[Score, float, Score | None]:
    with open_source(page.path) as source:
        image = source.page(1)
    turns = (90, 180, 270) if page.condition.startswith("rot") else (0,)
    best: Score | None = None
    seconds = 0.0
    for degrees in turns:  # the orientation is another stage's; here the best turn counts
        upright = rotate_quarter(image.pixels, degrees)
        start = _cpu_seconds()
        text = read_page(upright, dpi=image.dpi, rotation=degrees, engine=engine).text
        seconds += (_cpu_seconds() - start) / len(turns)
        found = score(page.truth, text)
        best = found if best is None or found.edits < best.edits else best
    assert best is not None
    return best, seconds, _plain(page) if plain else None


def _cpu_seconds() -> float:
    """Of this process and the engine's: robust to what else the machine does."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _plain(page: _Page) -> Score:
    picture = cv2.cvtColor(cv2.imread(str(page.path)), cv2.COLOR_BGR2RGB)
    text = pytesseract.image_to_string(picture, lang="vie", config=_PLAIN_CONFIG)
    return score(page.truth, text)


def _print(name: str, results: dict[str, list[tuple[Score, float, Score | None]]]) -> None:
    print(f"\n{name}")
    print("| condition | pages | CER % | WER % | CPU s/page | plain CER % | plain WER % |")
    print("|---|---|---|---|---|---|---|")
    for condition, taken in results.items():
        total = sum((found for found, _, _ in taken), Score(0, 0, 0, 0))
        seconds = sum(cost for _, cost, _ in taken) / len(taken)
        beside = [plain for _, _, plain in taken if plain is not None]
        plain = sum(beside, Score(0, 0, 0, 0))
        more = f"{plain.cer:.2f} | {plain.wer:.1f}" if beside else "- | -"
        print(
            f"| {condition} | {len(taken)} | {total.cer:.2f} | {total.wer:.1f} "
            f"| {seconds:.2f} | {more} |"
        )


if __name__ == "__main__":
    sys.exit(main())
