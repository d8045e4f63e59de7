"""Measures what is written by hand on real first pages: numbers, days and months.

    python -m bench.handwriting [--shared ../shared] [--keep DIR] [--show] [--chances FILE]

reads the first pages below `data/scans` and `data/archive_2010` of the shared folder, then

* the same crops by the reader of digits and by Tesseract (one line, `vie`), no context for either;
* numbers and issue dates as `tangthu read` gives them, by hand or not, with what passed as sure.

`--keep` keeps the read pages and pictures between runs, in a folder outside the repository;
`--show` prints what was wrong; `--chances` writes each value's chance and whether it was right, for
`bench.calibrate_hand`. Numbers of a dated run stand in docs/handwriting.md.
"""

import argparse
import json
import re
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from bench.field_scores import BY_HAND
from bench.fields import Pictures, documents, engine, page_from_json, page_to_json, review
from catalogue.reference import load_reference
from classify import Fields, PageView, Reference, classify, extract
from classify._first import FirstPage, first_with_text, open_page
from classify._hand_places import day_and_month, number_place
from classify._lost_line import clear_of_slash, find_lost_line
from imaging.types import Box, Pixels
from ocr import Segmentation, read_strip
from ocr.digits import DigitReader, digit_reader
from ocr.digits.limits import ABOVE, BELOW
from ocr.types import TextSource
from workers.reading import read_one
from workers.reference import reference_of

FOLDERS = ("scans", "archive_2010")


@dataclass(slots=True)
class Scores:
    """What came out, by name of row."""

    asked: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    right: dict[str, dict[str, int]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(int))
    )
    milliseconds: list[float] = field(default_factory=list)
    values: list[dict[str, Any]] = field(default_factory=list)

    def count(self, row: str, **got: bool) -> None:
        """One more asked, and what of it is so."""
        self.asked[row] += 1
        for name, so in got.items():
            self.right[row][name] += so


def main() -> int:
    """Measure and print tables per folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--keep", type=Path, default=None)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--chances", type=Path, default=None)
    options = parser.parse_args()
    present = [name for name in FOLDERS if (options.shared / "data" / name).is_dir()]
    hand = digit_reader()
    if not present or hand is None:
        print(f"No documents: {options.shared}/data/scans is not there, or onnxruntime is missing.")
        return 1
    reference = reference_of(load_reference())
    values = []
    for name in present:
        scores = _measure(
            options.shared / "data" / name, options.keep, reference, hand, options.show
        )
        _print(name, scores)
        values += scores.values
    if options.chances:
        options.chances.write_text(json.dumps(values, indent=1), encoding="utf-8")
    return 0


def _measure(
    folder: Path,
    keep: Path | None,
    reference: Reference,
    hand: DigitReader,
    show: bool,  # noqa: FBT001  a switch of the command line
) -> Scores:
    scores = Scores()
    for entry in documents(folder):
        path = folder / entry["file"]
        view = first_page(path, keep)
        picture = Pictures(path, {1: view.text.rotation}, keep)(1)
        if picture is None or not view.text.lines:
            continue
        _crops(entry, view, picture, hand, scores, show=show)
        guess = classify([view], reference)
        start = time.process_time()
        extract([view], guess, reference, lambda _, seen=picture: seen, strips=read_strip)
        middle = time.process_time()
        fields = extract(
            [view], guess, reference, lambda _, seen=picture: seen, hand=hand, strips=read_strip
        )
        end = time.process_time()
        scores.milliseconds.append(1000 * ((end - middle) - (middle - start)))
        _whole(entry, fields, scores, show=show)
        print(".", end="", flush=True, file=sys.stderr)
    return scores


def first_page(path: Path, keep: Path | None) -> PageView:
    """The first page of a file as read, from `keep` where it is there."""
    kept = keep / f"{path.parent.name}-{path.name}-first.json" if keep else None
    if kept and kept.exists():
        return page_from_json(json.loads(kept.read_text(encoding="utf-8")))
    page = read_one(path, 1, is_pdf=True, engine=engine(), review=review())
    view = PageView(
        1, page.text, page.report.is_blank, page.report.codes, page.report.marks,
        page.text.source == TextSource.BORN_DIGITAL,
    )  # fmt: skip
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(page_to_json(view)), encoding="utf-8")
    return view


def by_hand(entry: dict[str, Any]) -> tuple[str, ...]:
    """Which of number, day and month are by hand on a document's first page."""
    return tuple(entry.get("handwritten") or BY_HAND.get(entry["file"], ()))


def places(first: FirstPage, picture: Pixels) -> Iterator[tuple[str, Box]]:
    """The places of number, day and month that were found, as `extract` finds them."""
    number = number_place(first.head.number) if first.head.number else None
    date_at = first.head.date
    dated = day_and_month(first.layout, date_at.run) if date_at else None
    if number:
        yield "number", clear_of_slash(picture, number)
    elif date_at and dated:
        right = min(first.head.split, date_at.run.box.x0)
        lost = find_lost_line(picture, dated.printed_year, right, read_strip)
        if lost:
            yield "number", lost.place
    if dated:
        yield "day", dated.day
        yield "month", dated.month


def _crops(
    entry: dict[str, Any],
    view: PageView,
    picture: Pixels,
    hand: DigitReader,
    scores: Scores,
    *,
    show: bool,
) -> None:
    first = first_with_text([view])
    found = dict(places(open_page(first), picture)) if first else {}
    for name in by_hand(entry):
        truth = _digits(entry, name)
        if truth is None:
            continue
        place = found.get(name)
        start = time.process_time()
        read = hand.read(picture, place) if place else ()
        spent = time.process_time() - start
        texts = [_plain(reading.text, name) for reading in read]
        tesseract = _plain(_tesseract(picture, place, view.text.dpi), name) if place else ""
        scores.count(
            name, ours=texts[:1] == [truth], first_three=truth in texts[:3],
            tesseract=tesseract == truth, place_found=place is not None,
        )  # fmt: skip
        scores.right["(crop)"]["microseconds"] += round(1e6 * spent) if place else 0
        scores.right["(crop)"]["read"] += place is not None
        if show and texts[:1] != [truth]:
            best = [(reading.text, round(reading.chance, 2)) for reading in read[:3]]
            print(f"{entry['file']} {name} {truth}: {best}, tesseract {tesseract!r}")


def _digits(entry: dict[str, Any], name: str) -> str | None:
    if name == "number":
        return entry["number"].split("/")[0] if entry["number"] else None
    if name not in ("day", "month") or not entry["issued_date"]:
        return None
    return _plain(entry["issued_date"][8:] if name == "day" else entry["issued_date"][5:7], name)


def _plain(text: str, name: str) -> str:
    return text if name == "number" else text.lstrip("0")


def _tesseract(picture: Pixels, place: Box, dpi: int) -> str:
    """The digits that Tesseract reads in the same place, at the size that it reads best."""
    tall = place.y1 - place.y0
    rows = slice(max(0, place.y0 - round(ABOVE * tall)), place.y1 + round(BELOW * tall))
    crop = picture[rows, max(0, place.x0) : place.x1]
    grey = crop if crop.ndim == 2 else cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    scale = 27 / tall
    grey = np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    lines = engine().recogniser.lines(grey, dpi=round(dpi * scale), segmentation=Segmentation.LINE)
    return re.sub(r"\D", "", "".join(word.text for line in lines for word in line.words))


def _whole(entry: dict[str, Any], fields: Fields, scores: Scores, *, show: bool) -> None:
    for name, key in (("number", "number"), ("issued_on", "issued_date")):
        truth, value = entry[key], fields[name]
        if truth is None:
            continue
        right = value.value == truth
        others = [other.value for other in value.alternatives]
        got = {
            "right": right, "or_offered": right or truth in others, "sure": value.sure,
            "sure_and_wrong": value.sure and not right,
        }  # fmt: skip
        scores.count(f"{name}, all", **got)
        hands = set(by_hand(entry)) & ({"number"} if name == "number" else {"day", "month"})
        scores.count(f"{name}, {'by hand' if hands else 'printed'}", **got)
        if value.handwritten and value.value:
            scores.values.append({"name": name, "chance": value.confidence, "right": right})
        if show and not right:
            offered = [(other.value, other.confidence) for other in value.alternatives]
            got_value = f"{value.value} {value.confidence}"
            print(f"{entry['file']} {truth}: {got_value} {offered} {value.reason}")


def _print(name: str, scores: Scores) -> None:
    print(f"\n{name}")
    crops = scores.right.pop("(crop)", {})
    for row, asked in scores.asked.items():
        cells = ", ".join(f"{what} {count}" for what, count in scores.right[row].items())
        print(f"{row}: {asked} asked; {cells}")
    if crops.get("read"):
        print(f"ms a crop: {crops['microseconds'] / crops['read'] / 1000:.1f}")
    added = scores.milliseconds
    print(f"ms added a document: {np.mean(added):.0f}, at most {max(added):.0f}")


if __name__ == "__main__":
    sys.exit(main())
