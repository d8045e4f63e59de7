"""A pen is told from print by the picture: on invented papers, at several resolutions."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.reference import load_reference
from classify import Fields, PageView, classify, extract
from classify._layout import lay_out
from classify._signed import find_pen
from classify.handwriting import Slot, Writing, look
from imaging.types import Box, Pixels
from ocr.types import Line, PageText, TextSource, Word
from specimens import OFFICE, Faults, NumberStyle, Paper, PaperOptions, degrade, make_paper, render
from specimens.draw import line_box
from specimens.fonts import text_width
from specimens.page import Text
from workers.reference import reference_of

REFERENCE = reference_of(load_reference(date(2026, 11, 1)))
TEMPLATES = ("VB02", "VB28")


def _line(text: Text, dpi: int) -> Line:
    """A printed line with each word's own box, as a good reader gives it."""
    scale, box = dpi / 72, Box(*line_box(text, dpi))
    made = []
    for word in text.words:
        width = text_width(word.text, word.face, text.size)
        left, right = round(word.x * scale), round((word.x + width) * scale)
        made += [Word(word.text, Box(left, box.y0, right, box.y1), 0.96)]
    return Line(tuple(made), box)


def _read(paper: Paper, faults: Faults, dpi: int, seed: int) -> Fields:
    """The fields of a paper's first page as drawn and scanned, its print read without a slip."""
    picture = degrade(render(paper.pages[0], dpi), faults, seed=seed)
    lines = tuple(_line(text, dpi) for text in paper.pages[0].lines if text.text.strip())
    height, width = picture.shape[:2]
    text = PageText(width, height, dpi, 0, 0.0, lines, TextSource.OCR)
    view = PageView(1, text)
    return extract([view], classify([view], REFERENCE), REFERENCE, lambda _: picture)


def _paper(template: str, seed: int, style: NumberStyle, *, hand_day: bool) -> Paper:
    return make_paper(
        template, seed=seed, options=PaperOptions(number_style=style, hand_day=hand_day)
    )


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("dpi", [150, 300])
def test_number_and_day_by_hand_are_found(template: str, dpi: int):
    """Said to be by hand, never sure, with a box; the notation is read all the same."""
    paper = _paper(template, 4, NumberStyle.HAND, hand_day=True)
    fields = _read(paper, replace(OFFICE, skew=0.0), dpi, 4)
    for name in ("number", "issued_on"):
        assert (fields[name].handwritten, fields[name].sure) == (True, False)
        assert fields[name].box is not None
    assert paper.fields["notation"] == fields["notation"].value


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("dpi", [150, 300])
def test_print_is_not_called_a_hand(template: str, dpi: int):
    """A printed number and date are read as such."""
    paper = _paper(template, 5, NumberStyle.PRINTED, hand_day=False)
    fields = _read(paper, replace(OFFICE, skew=0.0), dpi, 5)
    for name in ("number", "issued_on"):
        assert paper.fields[name] == fields[name].value
        assert not fields[name].handwritten


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_place_left_open_is_no_hand(template: str):
    """A number that nobody entered is blank: no value, not by hand."""
    paper = _paper(template, 6, NumberStyle.EMPTY, hand_day=False)
    fields = _read(paper, replace(OFFICE, skew=0.0), 200, 6)
    assert (fields["number"].value, fields["number"].handwritten) == (None, False)
    assert "để trống" in fields["number"].reason


def _bars(lift: int) -> Pixels:
    """A line of bars: two in the slot at the left, lifted by so many pixels, four beside it."""
    page = np.full((100, 300), 255, np.uint8)
    for x in (40, 70):
        page[30 - lift : 60 - lift, x : x + 6] = 0
    for x in (150, 180, 210, 240):
        page[30:60, x : x + 6] = 0
    return page


SLOT = Slot(Box(20, 30, 140, 60), (Box(145, 30, 250, 60),))


@pytest.mark.parametrize(("lift", "writing"), [(0, Writing.PRINTED), (9, Writing.HAND)])
def test_what_stands_off_the_line_is_a_hand(lift: int, writing: Writing):
    """Level with the print beside it is print, a third of its height above it is not."""
    seen = look(_bars(lift), SLOT)
    assert seen is not None
    assert (writing, Box(40, 30 - lift, 76, 60 - lift)) == (seen.writing, seen.box)


def test_nothing_in_the_slot_is_blank():
    """An empty place is told from a written one."""
    page = _bars(0)
    page[:, :140] = 255
    seen = look(page, SLOT)
    assert seen is not None
    assert seen.writing is Writing.BLANK


def test_nothing_to_compare_with_says_nothing():
    """Without print beside the slot, and on an empty picture, there is no answer."""
    assert look(np.full((100, 300), 255, np.uint8), SLOT) is None
    assert look(_bars(0), Slot(SLOT.box, ())) is None


def _ending(paper: Paper) -> Fields:
    """The fields of a one-page paper with its signing block, drawn and scanned at 150 dpi."""
    return _read(paper, replace(OFFICE, skew=0.0), 150, 8)


@pytest.mark.parametrize("sealed", [True, False])
@pytest.mark.parametrize("signed", [True, False])
def test_a_pen_in_the_signing_block_is_seen(*, signed: bool, sealed: bool):
    """A signature is found beside a seal and without; a seal alone is none."""
    options = PaperOptions(signed=signed, sealed=sealed)
    fields = _ending(make_paper("VB28", seed=8, options=options))
    assert fields["has_signature"].value is signed
    assert (fields["has_signature"].box is not None) is signed


@given(
    seed=st.integers(0, 1000),
    corners=st.lists(st.integers(-20, 420), min_size=8, max_size=8),
    skew=st.floats(-20, 20),
    coloured=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_noise_and_odd_boxes_are_taken(
    seed: int, corners: list[int], skew: float, *, coloured: bool
):
    """Any picture and any box within or beyond it: an answer or none, never an error."""
    shape = (300, 400, 3) if coloured else (300, 400)
    picture = np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)
    xs, ys = sorted(corners[:2]), sorted(corners[2:4])
    beside_x, beside_y = sorted(corners[4:6]), sorted(corners[6:8])
    slot = Slot(
        Box(xs[0], ys[0], xs[1], ys[1]), (Box(beside_x[0], beside_y[0], beside_x[1], beside_y[1]),)
    )
    seen = look(picture, slot, skew=skew)
    assert seen is None or seen.writing in Writing
    place = Box(max(0, xs[0]), max(0, ys[0]), xs[1], ys[1])
    empty = lay_out(PageView(1, PageText(400, 300, 200, 0, 0.0, (), TextSource.NONE)))
    assert not find_pen(picture, place, empty, 200).confidence > 1
