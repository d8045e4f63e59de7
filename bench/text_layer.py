"""What other people's readers get out of the text layer of archived pages, against the reading.

    python -m bench.text_layer FOLDER... [--pdfjs DIR]

Each picture in the folders (data/ocr_pages, ocr/specimens ...) is read and archived; the text of
the PDF is taken out again by poppler (`pdftotext -raw`), PDFium and, where DIR holds an installed
tests/unit/archive/pdf/pdfjs (`npm ci --omit=optional` in a copy of it), pdf.js. White space is
collapsed. Numbers of a dated run stand in docs/archive-pdf.md.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pypdfium2

from archive.pdfa import PdfPage, build_pdfa
from archive.textlayer import PixelBox, TextLine, TextPage, TextWord, clean_word
from imaging import open_source, rotate_quarter
from ocr import Engine, PageText, best_engine, inspect_page, read_page

PICTURES = {".png", ".jpg", ".jpeg", ".tif"}


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--pdfjs", type=Path, help="a folder with pdf.js and extract.mjs")
    parser.add_argument("--limit", type=int, default=0, help="pages")
    options = parser.parse_args()
    files = [
        path
        for folder in options.folders
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in PICTURES
    ]
    wrong: Counter[str] = Counter()
    doubled: Counter[str] = Counter()
    characters = 0
    engine = best_engine()
    with tempfile.TemporaryDirectory(prefix="tangthu-bench-") as folder:
        for path in files[: options.limit or None]:
            wanted, made = archived(path, engine, Path(folder))
            characters += len(wanted)
            for reader, text in extracted(made, options.pdfjs).items():
                wrong[reader] += edits(wanted, " ".join(text.split()))
                doubled[reader] += len(re.findall(r"\S {2,}\S", text))
            print(".", end="", flush=True, file=sys.stderr)
    print(f"\n{len(files[: options.limit or None])} pages, {characters} characters")
    for reader in wrong:
        print(f"{reader:10} {wrong[reader]:5} wrong, {doubled[reader]} doubled spaces")
    return 0


def archived(path: Path, engine: Engine, folder: Path) -> tuple[str, Path]:
    """The words read, with single spaces, and the PDF that holds them."""
    with open_source(path) as source:
        image, media_type = source.page(1), source.media_type
    turn = inspect_page(image).rotation
    upright = rotate_quarter(image.pixels, turn)
    text = read_page(upright, dpi=image.dpi, rotation=turn, engine=engine)
    made = folder / "made.pdf"
    page = PdfPage(1, layer(text))
    made.write_bytes(build_pdfa(path, media_type, [page], title="", created=datetime.now(UTC)))
    words = (clean_word(word.text) for line in text.lines for word in line.words)
    return " ".join(filter(None, words)), made


def layer(text: PageText) -> TextPage:
    """The reading as the archive takes it."""
    lines = tuple(
        TextLine(tuple(TextWord(word.text, PixelBox(*word.box)) for word in line.words))
        for line in text.lines
    )
    return TextPage(text.width, text.height, text.rotation, lines)


def extracted(made: Path, pdfjs: Path | None) -> dict[str, str]:
    """The text by reader."""
    done = subprocess.run(["pdftotext", "-raw", made, "-"], capture_output=True, check=True)
    with pypdfium2.PdfDocument(made) as document:
        found = {
            "poppler": done.stdout.decode(),
            "pdfium": document[0].get_textpage().get_text_range(),
        }
    if pdfjs is not None:
        command = ["node", "extract.mjs", str(made)]
        done = subprocess.run(command, cwd=pdfjs, capture_output=True, check=True)
        (((*items,),),) = json.loads(done.stdout)
        found["pdf.js"] = "".join(item["text"] + "\n" * item["ends_line"] for item in items)
    return found


def edits(wanted: str, got: str) -> int:
    """Letters to insert, delete or change (Levenshtein)."""
    letters = np.frombuffer(got.encode("utf-32-le"), np.uint32)
    places = np.arange(len(letters) + 1)
    row = places.copy()
    for number, letter in enumerate(wanted, start=1):
        changed = np.minimum(row[:-1] + (letters != ord(letter)), row[1:] + 1)
        row = np.concatenate([[number], changed])
        row = np.minimum.accumulate(row - places) + places
    return int(row[-1])


if __name__ == "__main__":
    sys.exit(main())
