"""Processor time of the archival PDF, its comparison, two signatures and their check; sizes.

    PYTHONPATH=. python bench/archive_pdf.py FOLDER [--keep DIR]

FOLDER holds PDF, JPEG, PNG or TIFF files. Prints a line a file and the totals; `--keep` writes
the signed files, to be given to another validator.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from archive.compare import compare_with_input
from archive.pdfa import PdfPage, build_pdfa
from archive.signing import open_test_ca, sign_agency, sign_digitiser
from archive.textlayer import PixelBox, TextLine, TextPage, TextWord
from imaging import open_source
from imaging.errors import CodedError
from proof.signatures import check_pdf

TYPES = {".pdf": "application/pdf", ".jpg": "image/jpeg", ".png": "image/png", ".tif": "image/tiff"}


def timed(name: str, spent: dict[str, float], work: Callable[[], bytes]) -> bytes:
    """Do the work and remember the seconds of processor time."""
    start = time.process_time()
    done = work()
    spent[name] = time.process_time() - start
    return done


def text_page(number: int) -> TextPage:
    """A page of 40 lines of ten words, turned by a quarter more each page."""
    lines = tuple(
        TextLine(
            tuple(
                TextWord(f"chữ{word}", PixelBox(150 + word * 140, y, 280 + word * 140, y + 36))
                for word in range(10)
            )
        )
        for y in range(150, 2150, 50)
    )
    return TextPage(1654, 2339, number % 4 * 90, lines)


def measure(source: Path, work: Path) -> tuple[int, dict[str, float], int, bytes]:
    """Pages, processor seconds by step, bytes of the PDF/A, the signed file."""
    ca = open_test_ca(work / "ca")
    with open_source(source) as opened:
        count = opened.page_count
    pages = [PdfPage(number, text_page(number - 1)) for number in range(1, count + 1)]
    spent: dict[str, float] = {}
    media_type, now = TYPES[source.suffix.lower()], datetime.now(UTC)
    pdf = timed(
        "build",
        spent,
        lambda: build_pdfa(source, media_type, pages, title=source.stem, created=now),
    )
    made = work / "made.pdf"
    made.write_bytes(pdf)
    timed("compare", spent, lambda: compare_with_input(made, source, pages) or b"")
    once = timed("sign 1", spent, lambda: sign_digitiser(pdf, ca.digitiser, name="A", at=now))
    twice = timed(
        "sign 2",
        spent,
        lambda: sign_agency(once, ca.agency, agency="UBND xã Thử", copy_form="SAO Y", at=now),
    )
    timed("check", spent, lambda: repr(check_pdf(twice, [ca.root])).encode())
    said = [one.verdict for one in check_pdf(twice, [ca.root])]
    if said != ["valid", "valid"]:
        print(f"{source.name}: {said}")
    return count, spent, len(pdf), twice


def main() -> int:
    """Measure every file of a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    sources = sorted(one for one in options.folder.iterdir() if one.suffix.lower() in TYPES)
    totals: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for source in sources:
            try:
                count, spent, size, signed = measure(source, Path(folder))
            except CodedError as error:
                print(f"{source.name}: {error}")
                continue
            each = " ".join(f"{name} {seconds:.2f}" for name, seconds in spent.items())
            before = source.stat().st_size
            print(
                f"{source.name}: {count} pages, {each} s,"
                f" {before // 1024} -> {size // 1024} -> {len(signed) // 1024} KiB"
            )
            for name, seconds in spent.items():
                per = seconds / count if name in {"build", "compare"} else seconds
                totals.setdefault(name, []).append(per)
            if options.keep:
                (options.keep / f"{source.stem}.signed.pdf").write_bytes(signed)
    for name, values in totals.items():
        unit = "a page" if name in {"build", "compare"} else "a file"
        worst = max(values)
        print(f"{name}: median {statistics.median(values):.2f} s {unit}, worst {worst:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
