"""The whole way from printed lines to fields, on the project's own papers of every template.

The lines are the papers' own truth with their boxes, so what is tested is layout and wording, not
the reader; one page of two templates is read for real, all of them by the slow test.
"""

from datetime import date

import pytest

from catalogue.reference import load_reference
from classify import Fields, PageView, classify, extract, separate
from imaging.types import Box
from ocr import best_engine, read_page
from ocr.types import Line, PageText, TextSource, Word
from specimens import OFFICE, TEMPLATES, Paper, degrade, make_paper, render
from workers.reference import reference_of

DPI = 200
REFERENCE = reference_of(load_reference(date(2026, 11, 1)))
SEEDS = (0, 1, 2)
SEEN_IN_INK = {"has_seal", "has_signature"}
"""Fields that come from marks, which printed lines do not hold."""


def _printed(text: str, box: Box) -> Line:
    words = text.split()
    unit = (box.x1 - box.x0) / (sum(map(len, words)) + len(words) - 1)
    made, left = [], float(box.x0)
    for word in words:
        right = left + len(word) * unit
        made.append(Word(word, Box(int(left), box.y0, int(right), box.y1), 0.96))
        left = right + unit
    return Line(tuple(made), box)


def _views(paper: Paper, first: int = 1) -> list[PageView]:
    views = []
    for number, _ in enumerate(paper.pages, 1):
        truth = [line for line in paper.truth(number, DPI) if line.text.split()]
        lines = tuple(_printed(line.text, Box(*line.box)) for line in truth)
        source = TextSource.OCR if lines else TextSource.NONE
        text = PageText(1654, 2339, DPI, 0, 0.0, lines, source)
        views.append(PageView(first + number - 1, text, is_blank=not lines))
    return views


def _wrong(paper: Paper, fields: Fields) -> dict[str, tuple[object, object]]:
    """Field -> what was read and what is right, of the fields that the paper bears and we ask."""
    return {
        name: (fields[name].value, truth)
        for name, truth in paper.fields.items()
        if name in fields and name not in SEEN_IN_INK and fields[name].value != truth
    }


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_is_read_whole(template: str):
    """One document, its kind and plain form, every field that it bears."""
    for seed in SEEDS:
        paper = make_paper(template, seed=seed)
        views = _views(paper)
        spans = separate(views).spans
        guess = classify(views, REFERENCE)
        assert [(1, len(views))] == [(span.first_page, span.last_page) for span in spans]
        assert (paper.kind, paper.form) == (guess.code, guess.form)
        assert _wrong(paper, extract(views, guess, REFERENCE)) == {}


def test_a_batch_of_all_templates_falls_into_its_papers():
    """All papers one after the other in one file are cut where they were joined."""
    views: list[PageView] = []
    expected = []
    for template in TEMPLATES:
        pages = _views(make_paper(template, seed=5), first=len(views) + 1)
        expected.append((len(views) + 1, len(views) + len(pages)))
        views += pages
    assert expected == [(span.first_page, span.last_page) for span in separate(views).spans]


def _read_for_real(template: str, seed: int) -> tuple[Paper, Fields, str | None]:
    paper = make_paper(template, seed=seed)
    engine = best_engine()
    views = []
    for number, page in enumerate(paper.pages, 1):
        pixels = degrade(render(page, DPI), OFFICE, seed=seed)
        views.append(PageView(number, read_page(pixels, dpi=DPI, rotation=0, engine=engine)))
    guess = classify(views, REFERENCE)
    return paper, extract(views, guess, REFERENCE), guess.code


def _sure_and_wrong(paper: Paper, fields: Fields) -> dict[str, tuple[object, object]]:
    return {name: pair for name, pair in _wrong(paper, fields).items() if fields[name].sure}


@pytest.mark.parametrize("template", ["VB02", "KQ-KS"])
def test_office_scan(template: str):
    """A render with an office scanner's faults, read for real: kind right, nothing false sure."""
    paper, fields, code = _read_for_real(template, 3)
    assert paper.kind == code
    assert _sure_and_wrong(paper, fields) == {}
    assert paper.fields["number"] == fields["number"].value


@pytest.mark.slow
@pytest.mark.parametrize("template", TEMPLATES)
def test_office_scans_of_every_template(template: str):
    """The same for every template: at most the reader's slips, never passed as sure."""
    paper, fields, code = _read_for_real(template, 11)
    assert paper.kind == code
    assert _sure_and_wrong(paper, fields) == {}
