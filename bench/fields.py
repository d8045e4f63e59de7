"""Measures separation, kinds and fields against what a careful clerk entered.

    python -m bench.fields [--shared ../shared] [--keep DIR] [--folder scans ...] [--worst]

reads the documents below `data/scans`, `data/archive_2010` and `data/born_digital` of the shared
folder page by page (gate, clean, recognise), then separates, classifies and extracts. `--keep`
keeps the read pages and pictures between runs, in a folder outside the repository. Numbers of a
dated run stand in docs/classify.md.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from bench.field_scores import LIKE, PRINTED, SetScore, Verdict, count_hands, field_verdicts
from catalogue.reference import load_reference
from classify import Fields, KindGuess, PageView, Reference, classify, extract, separate
from imaging import open_source, rotate_quarter
from imaging.types import Box, Code, Pixels
from ocr import (
    Engine,
    Review,
    best_engine,
    load_review,
    page_text_from_json,
    page_text_to_json,
    read_strip,
)
from ocr.digits import digit_reader
from ocr.types import Mark, MarkKind, TextSource
from workers.reading import read_one
from workers.reference import reference_of

FOLDERS = ("scans", "archive_2010", "born_digital")
NEAR = 0.32
"""Share of the first page whose lines are shown beside a miss of its head."""


def main() -> int:
    """Measure and print a table per folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--keep", type=Path, default=None)
    parser.add_argument("--folder", nargs="*", default=FOLDERS)
    parser.add_argument("--worst", action="store_true", help="print what was wrong")
    options = parser.parse_args()
    folders = [options.shared / "data" / name for name in options.folder]
    present = [folder for folder in folders if (folder / "metadata.json").exists()]
    if not present:
        print(f"No documents: {options.shared}/data/scans and its neighbours are not there.")
        return 1
    reference = reference_of(load_reference())  # of every day: old papers bear old names
    for folder in present:
        print_score(folder.name, _measure(folder, options.keep, reference, worst=options.worst))
    return 0


def documents(folder: Path) -> list[dict[str, Any]]:
    """The entries of a folder that are PDF files."""
    entries = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))
    return [entry for entry in entries if entry["file"].endswith(".pdf")]


def _measure(folder: Path, keep: Path | None, reference: Reference, *, worst: bool) -> SetScore:
    score = SetScore()
    for entry in documents(folder):
        path = folder / entry["file"]
        views = read_views(path, keep)
        start = time.process_time()
        spans, guess, fields, waited = understand(path, views, reference, keep)
        score.milliseconds.append(1000 * (time.process_time() - start - waited))
        verdicts = [*_of_kind(entry, views, spans, guess), *field_verdicts(entry, fields)]
        for verdict in verdicts:
            score.add(verdict)
        hands = count_hands(score, entry, fields)
        if worst:
            _show(path.name, views, verdicts, hands)
        print(".", end="", flush=True, file=sys.stderr)
    return score


def understand(
    path: Path, views: Sequence[PageView], reference: Reference, keep: Path | None
) -> tuple[int, KindGuess, Fields, float]:
    """Spans found, kind and fields of the first document, seconds spent on opening pictures."""
    spans = separate(views).spans
    born_digital = any(view.is_born_digital for view in views)
    last = len(views) if born_digital else spans[0].last_page
    pages = views[: last or len(views)]
    guess = classify(pages, reference)
    pictures = Pictures(path, {view.number: view.text.rotation for view in views}, keep)
    fields = extract(pages, guess, reference, pictures, hand=digit_reader(), strips=read_strip)
    return len(spans), guess, fields, pictures.seconds


class Pictures:
    """The upright pictures of a file's pages, and the time it took to open them."""

    def __init__(self, path: Path, turns: Mapping[int, int], keep: Path | None) -> None:
        """`turns`: page number -> clockwise quarter turn in degrees."""
        self._path, self._turns, self._keep = path, turns, keep
        self.seconds = 0.0

    def __call__(self, number: int) -> Pixels | None:
        """The picture of a page."""
        start = time.process_time()
        picture = self._open(number)
        self.seconds += time.process_time() - start
        return picture

    def _open(self, number: int) -> Pixels:
        name = f"{self._path.parent.name}-{self._path.name}-{number}.png"
        kept = self._keep / name if self._keep else None
        if kept and kept.exists():
            return np.asarray(cv2.imread(str(kept), cv2.IMREAD_COLOR_RGB), dtype=np.uint8)
        with open_source(self._path) as source:
            upright = rotate_quarter(source.page(number).pixels, self._turns[number])
        if kept:
            shown = upright[..., ::-1] if upright.ndim == 3 else upright
            cv2.imwrite(str(kept), shown, [cv2.IMWRITE_PNG_COMPRESSION, 1])
        return upright


def _of_kind(
    entry: Mapping[str, Any], views: Sequence[PageView], spans: int, guess: KindGuess
) -> Iterator[Verdict]:
    if not any(view.is_born_digital for view in views):
        yield Verdict("(one document)", "1", str(spans), spans == 1, sure=False)
    forms = [entry["doc_type"].split(" (")[0], *entry.get("doc_type_accept", ())]
    right = guess.form in forms
    yield Verdict("kind.form", forms[0], guess.form, right, sure=guess.confidence >= 0.8)


def _show(
    name: str, views: Sequence[PageView], verdicts: Sequence[Verdict], hands: Sequence[str]
) -> None:
    """Print each miss of a document with the printed lines near it."""
    missed = [verdict for verdict in verdicts if not verdict.right]
    if not missed and not hands:
        return
    print(f"\n=== {name}")
    for verdict in missed:
        mark = "SURE " if verdict.sure else ""
        print(f"{mark}{verdict.name}  ({verdict.likeness:.2f})")
        print(f"    got  {verdict.value}\n    want {verdict.truth}")
    for sentence in hands:
        print(sentence)
    of_end = any(verdict.name.startswith("signer") for verdict in missed)
    of_head = bool(hands) or any(not verdict.name.startswith("signer") for verdict in missed)
    for view in views:
        if of_head and view.number == 1:
            _lines(view, 0.0, NEAR)
        if of_end and "nhận" in view.text.text.lower():
            _lines(view, 0.4, 1.0)


def _lines(view: PageView, top: float, bottom: float) -> None:
    for line in view.text.lines:
        if top <= line.box.y0 / max(view.text.height, 1) <= bottom:
            print(f"    | p{view.number} {line.confidence:.2f} {line.text}")


@cache
def review() -> Review:
    """The second look of the house, made once."""
    return load_review()


@cache
def engine() -> Engine:
    """The reader of the house, made once."""
    return best_engine()


def read_views(path: Path, keep: Path | None) -> list[PageView]:
    """The pages of a file as read, from `keep` where they are there."""
    kept = keep / f"{path.parent.name}-{path.name}.json" if keep else None
    if kept and kept.exists():
        return [page_from_json(page) for page in json.loads(kept.read_text(encoding="utf-8"))]
    with open_source(path) as source:
        count = source.page_count
    views = []
    for number in range(1, count + 1):
        page = read_one(path, number, is_pdf=True, engine=engine(), review=review())
        views.append(
            PageView(
                number, page.text, page.report.is_blank, page.report.codes, page.report.marks,
                page.text.source == TextSource.BORN_DIGITAL,
            )
        )  # fmt: skip
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps([page_to_json(view) for view in views]), encoding="utf-8")
    return views


def page_to_json(view: PageView) -> dict[str, Any]:
    """A page with its marks and codes, for `--keep`."""
    return {
        "number": view.number,
        "text": page_text_to_json(view.text),
        "is_blank": view.is_blank,
        "codes": [[code.text, code.format, list(code.box)] for code in view.codes],
        "marks": [[mark.kind, list(mark.box), mark.confidence] for mark in view.marks],
        "is_born_digital": view.is_born_digital,
    }


def page_from_json(page: Mapping[str, Any]) -> PageView:
    """What `page_to_json` wrote."""
    return PageView(
        number=page["number"],
        text=page_text_from_json(page["text"]),
        is_blank=page["is_blank"],
        codes=tuple(Code(text, kind, Box(*box)) for text, kind, box in page["codes"]),
        marks=tuple(Mark(MarkKind(kind), Box(*box), c) for kind, box, c in page["marks"]),
        is_born_digital=page["is_born_digital"],
    )


def print_score(name: str, score: SetScore) -> None:
    """Print the sums of a set, a field a line."""
    print(f"\n{name}")
    print(f"field            asked  right  >={LIKE}  not read  sure  sure and wrong")
    for field, tally in score.fields.items():
        print(
            f"{field:16} {tally.asked:5}  {tally.right:5}  {tally.like:5}  {tally.empty:8}"
            f"  {tally.sure:4}  {tally.sure_wrong:5}"
        )
    asked, sure, wrong = score.covered((*PRINTED.values(), "notation"))
    print(f"printed fields: {asked}, passed as sure {sure}, of these wrong {wrong}")
    for field, hand in score.hands.items():
        print(
            f"{field} by hand: {hand.there}, found {hand.found}, with box {hand.boxed}, passed as"
            f" sure {hand.passed}; printed {hand.printed}, called a hand {hand.claimed}"
        )
    times = score.milliseconds
    print(f"ms a document: {sum(times) / max(len(times), 1):.0f}, at most {max(times):.0f}")


if __name__ == "__main__":
    sys.exit(main())
