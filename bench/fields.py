"""Measures separation, kinds and fields against what a careful clerk entered.

    python -m bench.fields [--shared ../shared] [--keep DIR] [--folder scans ...] [--worst]

reads the documents below `data/scans`, `data/archive_2010` and `data/born_digital` of the shared
folder page by page (gate, clean, recognise), then separates, classifies and extracts. `--keep`
keeps the read pages between runs, in a folder outside the repository. Numbers of a dated run stand
in docs/classify.md.
"""

import argparse
import json
import re
import sys
import time
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from catalogue.reference import load_reference
from classify import PageView, Reference, classify, extract, separate
from imaging import open_source
from imaging.types import Box, Code
from ocr import TesseractEngine, page_text_from_json, page_text_to_json
from ocr.types import Mark, MarkKind, TextSource
from workers.reading import read_one
from workers.reference import reference_of

FOLDERS = ("scans", "archive_2010", "born_digital")
FIELDS = {
    "number": "number",
    "issued_date": "issued_on",
    "agency": "issuer",
    "title": "abstract",
    "signer_name": "signer_name",
    "signer_position": "signer_title",
}
"""The clerk's name of a field -> ours."""


@dataclass
class Tally:
    """What happened to one field over all documents."""

    asked: int = 0
    right: int = 0
    empty: int = 0
    sure: int = 0
    sure_wrong: int = 0


class Verdict(NamedTuple):
    """One field of one document beside the truth."""

    name: str
    truth: str
    value: str | None
    right: bool
    sure: bool


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
        _print(folder.name, _measure(folder, options.keep, reference, worst=options.worst))
    return 0


def _measure(
    folder: Path, keep: Path | None, reference: Reference, *, worst: bool
) -> Mapping[str, Tally]:
    tallies: dict[str, Tally] = defaultdict(Tally)
    entries = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))
    for entry in entries:
        path = folder / entry["file"]
        if path.suffix != ".pdf":
            continue
        views = _views(path, keep)
        start = time.process_time()
        verdicts = list(_verdicts(entry, views, reference))
        tallies["(ms a document)"].asked += 1
        tallies["(ms a document)"].right += round(1000 * (time.process_time() - start))
        for verdict in verdicts:
            _add(tallies[verdict.name], verdict)
            if worst and not verdict.right:
                print(f"{path.name} {'SURE ' if verdict.sure else ''}{verdict.name}")
                print(f"    got  {verdict.value}\n    want {verdict.truth}")
        print(".", end="", flush=True, file=sys.stderr)
    return tallies


def _verdicts(
    entry: Mapping[str, Any], views: Sequence[PageView], reference: Reference
) -> Iterator[Verdict]:
    spans = separate(views).spans
    born_digital = any(view.is_born_digital for view in views)
    if not born_digital:
        yield Verdict("(one document)", "1", str(len(spans)), len(spans) == 1, sure=False)
    last = len(views) if born_digital else spans[0].last_page
    pages = views[: last or len(views)]
    guess = classify(pages, reference)
    forms = [entry["doc_type"].split(" (")[0], *entry.get("doc_type_accept", ())]
    yield Verdict(
        "kind.form", forms[0], guess.form, guess.form in forms, sure=guess.confidence >= 0.8
    )
    fields = extract(pages, guess, reference)
    for theirs, ours in FIELDS.items():
        if entry.get(theirs) is None or theirs in entry.get("skip_fields", ()):
            continue
        accepted = [entry[theirs], *(entry.get("title_accept", ()) if theirs == "title" else ())]
        value = fields[ours].value
        right = _plain(value) in [_plain(text) for text in accepted]
        yield Verdict(ours, entry[theirs], str(value) if value else None, right, fields[ours].sure)


def _plain(value: object) -> str:
    text = unicodedata.normalize("NFC", str(value or ""))
    return re.sub(r"\s+", " ", text).strip(" .")


def _add(tally: Tally, verdict: Verdict) -> None:
    tally.asked += 1
    tally.right += verdict.right
    tally.empty += verdict.value is None
    tally.sure += verdict.sure
    tally.sure_wrong += verdict.sure and not verdict.right


def _views(path: Path, keep: Path | None) -> list[PageView]:
    kept = keep / f"{path.parent.name}-{path.name}.json" if keep else None
    if kept and kept.exists():
        return [_from_json(page) for page in json.loads(kept.read_text(encoding="utf-8"))]
    engine = TesseractEngine()
    with open_source(path) as source:
        count = source.page_count
    views = []
    for number in range(1, count + 1):
        page = read_one(path, number, is_pdf=True, engine=engine)
        views.append(
            PageView(
                number, page.text, page.report.is_blank, page.report.codes, page.report.marks,
                page.text.source == TextSource.BORN_DIGITAL,
            )
        )  # fmt: skip
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps([_to_json(view) for view in views]), encoding="utf-8")
    return views


def _to_json(view: PageView) -> dict[str, Any]:
    return {
        "number": view.number,
        "text": page_text_to_json(view.text),
        "is_blank": view.is_blank,
        "codes": [[code.text, code.format, list(code.box)] for code in view.codes],
        "marks": [[mark.kind, list(mark.box), mark.confidence] for mark in view.marks],
        "is_born_digital": view.is_born_digital,
    }


def _from_json(page: Mapping[str, Any]) -> PageView:
    return PageView(
        number=page["number"],
        text=page_text_from_json(page["text"]),
        is_blank=page["is_blank"],
        codes=tuple(Code(text, kind, Box(*box)) for text, kind, box in page["codes"]),
        marks=tuple(Mark(MarkKind(kind), Box(*box), c) for kind, box, c in page["marks"]),
        is_born_digital=page["is_born_digital"],
    )


def _print(name: str, tallies: Mapping[str, Tally]) -> None:
    print(f"\n{name}")
    print("field            asked  right  not read  sure  sure and wrong")
    for field, tally in tallies.items():
        if field.startswith("(ms"):
            print(f"{field}: {tally.right / max(tally.asked, 1):.0f}")
            continue
        print(
            f"{field:16} {tally.asked:5}  {tally.right:5}  {tally.empty:8}  {tally.sure:4}"
            f"  {tally.sure_wrong:5}"
        )


if __name__ == "__main__":
    sys.exit(main())
