"""Measures readers on pages with a known text: errors of every sort, cost, memory.

    python -m bench.ocr [--shared ../shared] [--more FOLDER] [--own 8] [--fast] [--peers] [--write]

reads the pages of `ocr/specimens` (invented documents in six conditions) and `data/ocr_pages`
(real scans with a hand-checked transcription) below the shared folder, those of any other folder of
images with `.gt.txt` beside them, and pages drawn here. `--peers` reads them with plain Tesseract
and, where it is installed, OCRmyPDF as well. `--write` puts the table into docs/quality.md.
"""

import argparse
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from bench.readers import Answer, Reader, in_mebibytes, readers
from bench.score import Score, Tally, fold, line_edits, score
from bench.tables import markdown, write_section
from bench.word_truth import groups_of
from specimens import Condition, ReadingPage, Region, reading_pages, write_jpeg, write_png

_SURE = 0.95
_SUFFIXES = (".png", ".jpg", ".tif")
_QUALITY = Path("docs/quality.md")


class _Page(NamedTuple):
    condition: str
    path: Path
    dpi: int
    truth: str
    regions: tuple[Region, ...] = ()
    """Of each line of the truth, where they are known."""


@dataclass
class _Sum:
    """What one reader did on the pages of one condition."""

    pages: int = 0
    score: Score = field(default_factory=Score)
    regions: Counter[tuple[Region, str]] = field(default_factory=Counter)
    sure: Tally = field(default_factory=Tally)
    """Words passed as sure and wrong, of all passed as sure; of lines that the truth has."""
    words: int = 0
    """All words of such lines that came with a confidence."""
    cpu_seconds: float = 0.0
    peak_bytes: int = 0

    def add(self, page: _Page, answer: Answer) -> Score:
        """Count one page in; its own score."""
        found = score(page.truth, answer.text)
        self.pages += 1
        self.score += found
        self.cpu_seconds += answer.cpu_seconds
        self.peak_bytes = max(self.peak_bytes, answer.peak_bytes)
        self._count_regions(page, answer)
        self._count_sure(page, answer)
        return found

    def _count_regions(self, page: _Page, answer: Answer) -> None:
        if not page.regions:
            return
        edits = line_edits(page.truth.splitlines(), answer.text)
        for region, tally in zip(page.regions, edits, strict=True):
            self.regions[region, "wrong"] += tally.wrong
            self.regions[region, "of"] += tally.of

    def _count_sure(self, page: _Page, answer: Answer) -> None:
        read = [[word.text for word in line] for line in answer.lines]
        for group in groups_of(page.truth, read):
            words = [answer.lines[place.line][place.word] for place in group.places]
            right = len(words) == len(group.truth)
            self.words += len(words)
            for index, word in enumerate(words):
                if word.confidence >= _SURE:
                    exact = right and fold(word.text) == group.truth[index]
                    self.sure += Tally(int(not exact), 1)

    def region(self, region: Region) -> float:
        """Character errors of one region, per cent."""
        return Tally(self.regions[region, "wrong"], self.regions[region, "of"]).percent


def main() -> int:
    """Measure and print a table."""
    options = _options()
    results: dict[tuple[str, str], _Sum] = defaultdict(_Sum)
    with tempfile.TemporaryDirectory(prefix="tangthu-bench-") as folder:
        sides = readers(peers=options.peers, fast=options.fast, ocrmypdf=options.ocrmypdf)
        for page in _pages(options, Path(folder)):
            for reader in sides:
                found = results[page.condition, reader.name].add(page, _read(reader, page))
                if options.worst:
                    print(f"{page.path.name:44} {reader.name:10} {found.cer:6.2f} {found.wer:6.1f}")
            print(".", end="", flush=True, file=sys.stderr)
    if not results:
        print(f"No pages: {options.shared}/ocr/specimens and data/ocr_pages are not there.")
        return 1
    table = _table(results)
    print(f"\n{table}")
    if options.write:
        write_section(_QUALITY, "ocr", table)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--more", type=Path, default=None, help="another folder of pages")
    parser.add_argument("--own", type=int, default=0, help="pages drawn here, in each condition")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="conditions whose names hold this")
    parser.add_argument("--limit", type=int, default=0, help="pages a condition")
    parser.add_argument("--peers", action="store_true", help="also the readers of others")
    parser.add_argument("--fast", action="store_true", help="also our fast mode")
    parser.add_argument("--ocrmypdf", default="ocrmypdf", help="the program, where not on PATH")
    parser.add_argument("--worst", action="store_true", help="print each page")
    parser.add_argument("--write", action="store_true", help=f"put the table into {_QUALITY}")
    return parser.parse_args()


def _read(reader: Reader, page: _Page) -> Answer:
    return reader.read(page.path, dpi=page.dpi)


def _pages(options: argparse.Namespace, folder: Path) -> Iterator[_Page]:
    taken: Counter[str] = Counter()
    for page in _all_pages(options, folder):
        taken[page.condition] += 1
        wanted = not options.limit or taken[page.condition] <= options.limit
        if wanted and options.only in page.condition:
            yield page


def _all_pages(options: argparse.Namespace, folder: Path) -> Iterator[_Page]:
    for path in sorted((options.shared / "ocr" / "specimens").glob("*__*")):
        name, condition = path.stem.split("__")
        truth = path.with_name(f"{name}.gt.txt").read_text(encoding="utf-8")
        dpi = 150 if condition == "poor" else 200 if condition.endswith("200") else 300
        yield _Page(condition, path, dpi, truth)
    yield from _transcribed("real", options.shared / "data" / "ocr_pages")
    if options.more is not None:
        yield from _transcribed(f"real ({options.more.name})", options.more)
    asked = [item for item in Condition if options.only in f"own {item}"]
    for page in reading_pages(options.own, seed=options.seed, conditions=asked):
        yield _drawn(page, folder)


def _transcribed(condition: str, folder: Path) -> Iterator[_Page]:
    for path in sorted(folder.glob("*")):
        truth = path.with_suffix(".gt.txt")
        if path.suffix in _SUFFIXES and truth.is_file():
            yield _Page(condition, path, 200, truth.read_text(encoding="utf-8"))


def _drawn(page: ReadingPage, folder: Path) -> _Page:
    """The page as a file: clean ones without loss, scans as scanners store them."""
    clean = page.condition is Condition.CLEAN
    path = folder / f"{page.name}-{page.condition}.{'png' if clean else 'jpg'}"
    if clean:
        write_png(path, page.pixels, dpi=page.dpi)
    else:
        write_jpeg(path, page.pixels, dpi=page.dpi)
    regions = tuple(line.region for line in page.lines)
    return _Page(f"own {page.condition}", path, page.dpi, page.text, regions)


def _table(results: dict[tuple[str, str], _Sum]) -> str:
    head = ("pages", "n", "reader", "CER", "WER", "toneless CER", "numbers", "tables", "seals")
    cost = ("sure", "wrong of sure", "CPU s", "MiB")
    rows = [(*_errors(*key, found), *_cost(found)) for key, found in results.items()]
    return markdown((*head, *cost), rows)


def _errors(condition: str, reader: str, found: _Sum) -> tuple[str, ...]:
    total = found.score
    rates = (total.cer, total.wer, total.toneless.percent, total.numbers.percent)
    regions = (found.region(Region.TABLE), found.region(Region.SEAL))
    return (condition, str(found.pages), reader, *map(_rate, rates), *map(_rate, regions))


def _cost(found: _Sum) -> tuple[str, ...]:
    passed = f"{100 * found.sure.of / found.words:.0f}" if found.words else "-"
    seconds = f"{found.cpu_seconds / found.pages:.2f}"
    memory = str(in_mebibytes(found.peak_bytes)) if found.peak_bytes else "-"
    return (passed, _rate(found.sure.percent), seconds, memory)


def _rate(percent: float) -> str:
    return "-" if percent != percent else f"{percent:.2f}"  # noqa: PLR0124  not a number


if __name__ == "__main__":
    sys.exit(main())
