"""Measures how well a dossier's papers are found in its table of contents.

    python -m bench.contents [--shared ../shared] [--keep DIR] [--dossiers 400] [--seed 1]

reads the documents of `data/scans` and `data/archive_2010` of the shared folder as `bench.fields`
does (`--keep` keeps the read pages), and puts dossiers together by chance: twelve listed papers,
three of them not scanned, two strays. What the machine read of each stands on one side; on the
other the clerk's entry as a list holds it, after a reader: abstracts cut short, letters misread,
numbers and days partly lost. Numbers of a dated run stand in docs/classify.md.
"""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.fields import documents, read_views, understand
from catalogue.reference import load_reference
from classify import Entry, Fields, KindGuess, Paper, compare_contents
from imaging.types import Box
from workers.reference import reference_of

FOLDERS = ("scans", "archive_2010")
LISTED, UNSCANNED, STRAYS = 12, 3, 2
MISREAD = {"ă": "a", "ế": "é", "ệ": "ê", "ộ": "ô", "ữ": "ũ", "ị": "i", "đ": "d", "l": "1", "o": "0"}
NOWHERE = Box(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Wear:
    """How a list comes through the reader: shares of 0 to 1."""

    name: str
    misread: float
    """Letters that are misread, of those that readers confuse."""
    lost: float
    """Numbers, and apart from them days, that were not read."""
    kept: float
    """Of the words of an abstract, what the list's writer kept."""


WEARS = (
    Wear("typed, read well", misread=0.05, lost=0.0, kept=1.0),
    Wear("typed, shortened, read badly", misread=0.4, lost=0.2, kept=0.6),
    Wear("by hand: half of numbers and days lost", misread=0.6, lost=0.5, kept=0.6),
)


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--keep", type=Path, default=None)
    parser.add_argument("--dossiers", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    papers = read_papers(options.shared, options.keep)
    if len(papers) < LISTED + STRAYS:
        print(f"No documents: {options.shared}/data/scans and its neighbours are not there.")
        return 1
    print(f"{len(papers)} papers, {options.dossiers} dossiers of {LISTED} entries each\n")
    print("| list | found | found wrongly | doubtful | missing told | strays told |")
    print("|---|---|---|---|---|---|")
    for wear in WEARS:
        draw = random.Random(options.seed)  # noqa: S311  dossiers by chance, the same each time
        score: Counter[str] = Counter()
        for _ in range(options.dossiers):
            score += _dossier(papers, wear, draw)
        print(_row(wear, score))
    return 0


Known = tuple[Mapping[str, Any], Paper]
"""What the clerk entered of a document, and what the machine read."""


def read_papers(shared: Path, keep: Path | None) -> list[Known]:
    """Every document of the folders."""
    reference = reference_of(load_reference())
    found: list[Known] = []
    for folder in (shared / "data" / name for name in FOLDERS):
        if not (folder / "metadata.json").exists():
            continue
        for entry in documents(folder):
            path = folder / entry["file"]
            _, guess, fields, _ = understand(path, read_views(path, keep), reference, keep)
            found.append((entry, _paper(path.name, guess, fields)))
            print(".", end="", flush=True, file=sys.stderr)
    return found


def _paper(name: str, guess: KindGuess, fields: Fields) -> Paper:
    def text(field: str) -> str:
        value = fields[field].value if field in fields else None
        return str(value) if value else ""

    return Paper(name, text("number"), text("issued_on"), text("abstract"), guess.name)


def _dossier(papers: Sequence[Known], wear: Wear, draw: random.Random) -> Counter[str]:
    chosen = draw.sample(papers, LISTED + STRAYS)
    listed, strays = chosen[:LISTED], chosen[LISTED:]
    absent = set(draw.sample(range(LISTED), UNSCANNED))
    entries = [_entry(at, said, wear, draw) for at, (said, _) in enumerate(listed, 1)]
    there = [paper for at, (_, paper) in enumerate(listed) if at not in absent]
    for _, stray in strays:
        there.insert(draw.randrange(len(there) + 1), stray)
    result = compare_contents(entries, there)
    names = [paper.id for _, paper in listed]
    right = [one for one in result.found if names[one.entry] == one.paper]
    return Counter(
        there=LISTED - UNSCANNED,
        found=len(right),
        wrong=len(result.found) - len(right),
        doubtful=sum(one.is_doubtful for one in result.found),
        absent=len(absent),
        missing=len(absent & set(result.missing)),
        strays=len(strays),
        unlisted=sum(stray.id in result.unlisted for _, stray in strays),
    )


def _entry(at: int, said: Mapping[str, Any], wear: Wear, draw: random.Random) -> Entry:
    words = str(said["title"] or "").split()
    kept = words[: max(4, round(wear.kept * len(words)))]
    entry = Entry(
        ordinal=at,
        number=_worn(str(said["number"] or ""), wear, draw),
        issued_on=str(said["issued_date"] or ""),
        abstract=_worn(f"{said['doc_type'] or ''} {' '.join(kept)}".strip(), wear, draw),
        issuer="",
        sheet="",
        page=1,
        box=NOWHERE,
    )
    if draw.random() < wear.lost:
        entry = replace(entry, number="")
    return replace(entry, issued_on="") if draw.random() < wear.lost else entry


def _worn(text: str, wear: Wear, draw: random.Random) -> str:
    return "".join(
        MISREAD[letter] if letter in MISREAD and draw.random() < wear.misread else letter
        for letter in text
    )


def _row(wear: Wear, score: Counter[str]) -> str:
    cells = [
        wear.name,
        f"{score['found']}/{score['there']} ({score['found'] / score['there']:.1%})",
        f"{score['wrong']} ({score['wrong'] / max(1, score['found'] + score['wrong']):.1%})",
        str(score["doubtful"]),
        f"{score['missing'] / score['absent']:.1%}",
        f"{score['unlisted'] / score['strays']:.1%}",
    ]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(main())
