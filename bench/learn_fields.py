"""Measures what learning from corrections adds to fields, on documents that it did not see.

    python -m bench.learn_fields [--shared ../shared] [--keep DIR] [--splits 20] [--folder ...]

Half of the documents stand for papers that people checked: what the machine passed as sure and
right they confirm, everything else they look at and put right. `relearn_fields` learns from that
half by its own rules, its own comparison included; the other half is read before and after. The
halves are drawn anew for each split. Documents are those of `bench.fields`, and with `--office N`
papers of one invented office, drawn here: few people sign them, and the scanner is a poor one.
"""

import argparse
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bench.field_scores import PRINTED, by_hand, notation_of
from bench.fields import (
    FOLDERS,
    Pictures,
    documents,
    engine,
    page_from_json,
    page_to_json,
    read_views,
    review,
)
from catalogue.reference import load_reference
from classify import PageView, Reference, classify, separate
from classify._fields import settle
from classify.extraction import find_fields
from classify.learnt import FieldModel, shipped_field_model
from classify.policy import Promise
from classify.training.refield import relearn_fields
from classify.training.said import FieldLesson, Said, same
from imaging import open_source
from imaging.types import Pixels
from ocr import Mode, read_page
from ocr.types import TextSource
from specimens import Faults, Paper, PaperOptions, degrade, make_paper, render
from specimens.degrade import Light
from specimens.people import Place, invent_name, invent_place
from workers.reading import read_one
from workers.reference import reference_of

_COUNTS = ("asked", "right", "passed", "wrong", "offered", "offered_right")


def main() -> int:
    """Read, learn, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--keep", type=Path, default=None)
    parser.add_argument("--folder", nargs="*", default=FOLDERS)
    parser.add_argument("--fast", action="store_true", help="read as the fast mode does")
    parser.add_argument("--office", type=int, default=0, help="papers of an invented office")
    parser.add_argument("--splits", type=int, default=20)
    parser.add_argument("--promise", default=Promise.STRICT, type=Promise)
    options = parser.parse_args()
    folders = [options.shared / "data" / name for name in options.folder]
    present = [folder for folder in folders if (folder / "metadata.json").exists()]
    if not present:
        print(f"No documents below {options.shared}/data.")
    reference = reference_of(load_reference())
    found: list[FieldLesson] = []
    for folder in present:
        lessons = list(_lessons(folder, options.keep, reference, fast=options.fast))
        _compare(folder.name, lessons, options)
        found += lessons
    if len(present) > 1:
        _compare("all of them, as one house", found, options)
    if options.office:
        drawn = list(draw_office(options.office, options.keep, reference))
        _compare("one office, drawn and worn", drawn, options)
        _compare("the same, where people write issuer and abstract otherwise",
                 [_otherwise(lesson) for lesson in drawn], options)  # fmt: skip
    return 0


def _lessons(
    folder: Path, keep: Path | None, reference: Reference, *, fast: bool
) -> Iterator[FieldLesson]:
    for entry in documents(folder):
        path = folder / entry["file"]
        views = _read_fast(path, keep) if fast else read_views(path, keep)
        spans = separate(views).spans
        born_digital = any(view.is_born_digital for view in views)
        pages = views[: len(views) if born_digital else spans[0].last_page]
        guess = classify(pages, reference)
        pictures = Pictures(path, {view.number: view.text.rotation for view in views}, keep)
        found = find_fields(pages, guess, reference, pictures)
        kind = next((kind for kind in reference.kinds if kind.code == guess.code), None)
        fields = settle(found, shipped_field_model(), Promise.STRICT)
        said = {
            name: _as_checked(name, accepted, fields[name], entry)
            for name, accepted in _truth(entry).items()
        }
        yield FieldLesson(entry["file"], guess.code, found, said, kind.group[:1] if kind else "")
        print(".", end="", flush=True, file=sys.stderr)


def _read_fast(path: Path, keep: Path | None) -> list[PageView]:
    """The pages as the fast mode reads them, which looks at nothing a second time."""
    kept = keep / f"fast-{path.parent.name}-{path.name}.json" if keep else None
    if kept and kept.exists():
        return [page_from_json(page) for page in json.loads(kept.read_text(encoding="utf-8"))]
    with open_source(path) as source:
        count = source.page_count
    views = []
    for number in range(1, count + 1):
        page = read_one(path, number, is_pdf=True, engine=engine(), mode=Mode.FAST)
        views.append(PageView(number, page.text, page.report.is_blank, page.report.codes,
                              page.report.marks,
                              page.text.source == TextSource.BORN_DIGITAL))  # fmt: skip
    if kept:
        kept.write_text(json.dumps([page_to_json(view) for view in views]), encoding="utf-8")
    return views


def _truth(entry: Mapping[str, Any]) -> dict[str, list[str]]:
    """What the clerk entered, by our names."""
    truth = {
        ours: [entry[theirs], *(entry.get("title_accept", ()) if theirs == "title" else ())]
        for theirs, ours in PRINTED.items()
        if entry.get(theirs) and theirs not in entry.get("skip_fields", ())
    }
    if "number" in truth:
        truth["notation"] = [notation_of(entry["number"])]
    return truth


def _as_checked(name: str, accepted: Sequence[str], value: Any, entry: Mapping[str, Any]) -> Said:
    """A person's word: the value where one of the accepted ones was read, else the clerk's."""
    right = any(same(name, value.value, text) for text in accepted)
    hand = by_hand(entry)
    written = "number" in hand if name == "number" else bool({"day", "month"} & hand)
    return Said(
        value.value if right else accepted[0],
        looked_at=not (right and value.sure),
        handwritten=value.handwritten or (name in ("number", "issued_on") and written),
    )


_OFFICE_TEMPLATES = ("VB02", "VB28", "VB16", "VB07", "VB14", "KHAC", "KQ-GPXD", "KQ-HKD")
_SIGNERS = 5
_POOR = Faults(
    skew=1.0, blur=1.1, noise=12.0, light=Light(0.2), bleed=0.1, faint=0.4, jpeg_quality=35
)
_OFFICE_DPI = 150


def draw_office(count: int, keep: Path | None, reference: Reference) -> Iterator[FieldLesson]:
    """Papers of one invented office, signed by few people, read from poor scans."""
    rng = random.Random("an office")  # noqa: S311  drawings, no secrets
    place = invent_place(rng)
    signers = [invent_name(rng) for _ in range(_SIGNERS)]
    for seed in range(count):
        template = _OFFICE_TEMPLATES[seed % len(_OFFICE_TEMPLATES)]
        paper = _office_paper(template, seed, place, signers)
        pages = [degrade(render(page, _OFFICE_DPI), _POOR, seed=seed) for page in paper.pages]
        views = _read_drawn(f"office-{template}-{seed}", pages, keep)
        guess = classify(views, reference)
        found = find_fields(views, guess, reference, partial(_nth, pages))
        kind = next((kind for kind in reference.kinds if kind.code == guess.code), None)
        fields = settle(found, shipped_field_model(), Promise.STRICT)
        truth = {
            name: str(value)
            for name, value in paper.fields.items()
            if value is not None and name in fields and not isinstance(value, bool)
        }
        said = {
            name: _as_checked(name, [value], fields[name], {"file": "", "handwritten": ()})
            for name, value in truth.items()
        }
        name = f"{template}-{seed}"
        yield FieldLesson(name, guess.code, found, said, kind.group[:1] if kind else "")
        print(".", end="", flush=True, file=sys.stderr)


def _otherwise(lesson: FieldLesson) -> FieldLesson:
    """The paper where the office enters "UBND" for the committee, abstracts without "Về việc"."""
    said = dict(lesson.said)
    for name, printed, entered in (
        ("issuer", "Ủy ban nhân dân", "UBND"), ("abstract", "Về việc ", "")
    ):  # fmt: skip
        if name in said:
            value = str(said[name].value).replace(printed, entered)
            is_changed = value != said[name].value
            said[name] = Said(value, looked_at=said[name].looked_at or is_changed)
    return replace(lesson, said=said)


def _nth(pages: Sequence[Pixels], number: int) -> Pixels:
    return pages[number - 1]


def _office_paper(template: str, seed: int, place: Place, signers: Sequence[str]) -> Paper:
    """A paper of the office: its place, and one of its signers."""
    options = PaperOptions(place=place)

    def one_of_them(rng: random.Random) -> str:
        return rng.choice(signers)

    with patch("specimens._desk.invent_name", one_of_them):
        return make_paper(template, seed=seed, options=options)


def _read_drawn(name: str, pages: Sequence[Pixels], keep: Path | None) -> list[PageView]:
    kept = keep / f"{name}.json" if keep else None
    if kept and kept.exists():
        return [page_from_json(page) for page in json.loads(kept.read_text(encoding="utf-8"))]
    views = [
        PageView(at, read_page(page, dpi=_OFFICE_DPI, rotation=0, engine=engine(), review=review()))
        for at, page in enumerate(pages, 1)
    ]
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps([page_to_json(view) for view in views]), encoding="utf-8")
    return views


def _compare(name: str, lessons: Sequence[FieldLesson], options: argparse.Namespace) -> None:
    splits, promise = options.splits, options.promise
    print(f"\n\n{name}: {len(lessons)} documents, {splits} splits, promise {promise}")
    before: dict[str, Counter[str]] = defaultdict(Counter)
    after: dict[str, Counter[str]] = defaultdict(Counter)
    learnt: Counter[str] = Counter()
    for seed in range(splits):
        mixed = sorted(lessons, key=lambda lesson: lesson.id)
        random.Random(seed).shuffle(mixed)  # noqa: S311  a split, no secret
        taught, asked = mixed[: len(mixed) // 2], mixed[len(mixed) // 2 :]
        verdict = relearn_fields(shipped_field_model(), taught, promise=promise)
        model = verdict.model or shipped_field_model()
        learnt.update(f"{name}: {trial.why}" for name, trial in verdict.trials.items())
        learnt.update(f"{name}: mended" for name in model.mends)
        learnt.update(f"{name}: offered" for name in model.proposes)
        _count(asked, shipped_field_model(), promise, before)
        _count(asked, model, promise, after)
    _print(before, after, splits)
    print("\nlearnt in how many splits:")
    for what, count in sorted(learnt.items()):
        print(f"  {what}  {count}")


def _count(
    lessons: Sequence[FieldLesson], model: FieldModel, promise: Promise,
    to: dict[str, Counter[str]],
) -> None:  # fmt: skip
    for lesson in lessons:
        fields = settle(lesson.found, model, promise)
        for name, said in lesson.said.items():
            if said.handwritten:
                continue
            value = fields[name]
            right = same(name, value.value, said.value)
            new = value.alternatives[len(lesson.found.fields[name].alternatives) :]
            offers = bool(new) and not right
            to[name].update(
                asked=1, right=right, passed=value.sure, wrong=value.sure and not right,
                offered=offers,
                offered_right=offers and any(same(name, o.value, said.value) for o in new),
            )  # fmt: skip


def _print(
    before: Mapping[str, Counter[str]], after: Mapping[str, Counter[str]], splits: int
) -> None:
    print("a split on average, before -> after")
    print(f"{'field':14} asked  right           passed          wrong           offered (right)")
    for name in sorted(before):
        old, new = before[name], after[name]
        cells = [f"{old[what] / splits:5.1f} -> {new[what] / splits:5.1f}" for what in _COUNTS[1:4]]
        offered = f"{new['offered'] / splits:4.1f} ({new['offered_right'] / splits:.1f})"
        print(f"{name:14} {old['asked'] / splits:5.1f}  {'  '.join(cells)}  {offered}")


if __name__ == "__main__":
    sys.exit(main())
