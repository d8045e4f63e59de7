"""What a paper says of itself is what is drawn on it."""

import re
import unicodedata

import numpy as np
import pytest

from specimens import (
    TEMPLATES,
    NumberStyle,
    PaperOptions,
    StampKind,
    StampRequest,
    make_paper,
    render,
)
from specimens.errors import BadRequestError, UnknownKindError
from specimens.page import Ink, Page, Seal, Stamp

DPI = 100


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_the_printed_truth_stands_on_the_page(template: str):
    """Every field that is printed as it is kept can be read off the paper's own lines."""
    for seed in range(5):
        paper = make_paper(template, seed=seed)
        text = flat(" ".join(paper.page_text(n) for n in range(1, len(paper.pages) + 1)))
        for name in ("number", "abstract", "signer_name", "signer_title", "subject_id"):
            value = paper.fields.get(name)
            if isinstance(value, str):
                assert value in text, (template, seed, name)
        subject = paper.fields.get("subject_name")
        if isinstance(subject, str):
            assert subject.upper() in text.upper()


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_lines_lie_where_the_truth_says(template: str):
    """Taking the lines' boxes away leaves no print behind but rules and marks."""
    paper = make_paper(template, seed=3, options=PaperOptions(sealed=False, signed=False))
    bare = Page(paper.pages[0].lines)
    pixels = render(bare, DPI)
    for line in paper.truth(1, DPI):
        x0, y0, x1, y1 = line.box
        assert pixels[y0:y1, x0:x1].min() < 120, line.text
        pixels[y0 - 1 : y1 + 1, x0 - 1 : x1 + 1] = 255
    assert pixels.min() == 255


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_nothing_is_printed_outside_the_sheet_or_over_another_line(template: str):
    """Lines keep to the paper and do not collide."""
    for seed in range(6):
        paper = make_paper(template, seed=seed)
        for number in range(1, len(paper.pages) + 1):
            boxes = [line.box for line in paper.truth(number, DPI)]
            assert all(0 <= b.x0 < b.x1 <= 827 and 0 <= b.y0 < b.y1 <= 1169 for b in boxes)
            for index, a in enumerate(boxes):
                for b in boxes[index + 1 :]:
                    across = min(a.x1, b.x1) - max(a.x0, b.x0)
                    down = min(a.y1, b.y1) - max(a.y0, b.y0)
                    assert across <= 2 or down <= 5, (template, seed, number, a, b)


def test_the_same_seed_draws_the_same_page():
    """Specimens are reproducible to the pixel, and another seed gives another paper."""
    one = render(make_paper("VB02", seed=7).pages[0], DPI)
    again = render(make_paper("VB02", seed=7).pages[0], DPI)
    other = render(make_paper("VB02", seed=8).pages[0], DPI)
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_text_is_nfc():
    """Composed letters, as TCVN 6909:2001 papers are typed."""
    for template in TEMPLATES:
        text = make_paper(template, seed=1).page_text(1)
        assert text == unicodedata.normalize("NFC", text)


def test_people_have_well_formed_numbers():
    """Twelve digits; the seventh to ninth are 000, which marks them as invented."""
    for seed in range(30):
        paper = make_paper("TP-DON", seed=seed)
        assert re.fullmatch(r"0\d{5}000\d{3}", str(paper.fields["subject_id"]))


def test_an_empty_number_is_none_and_a_hand_number_is_named():
    """What was left open is None, with its notation known; what a pen wrote is listed."""
    empty = make_paper("VB07", seed=1, options=PaperOptions(number_style=NumberStyle.EMPTY))
    assert empty.fields["number"] is None
    assert empty.fields["notation"] == "TB-UBND"
    hand = make_paper(
        "VB07", seed=1, options=PaperOptions(number_style=NumberStyle.HAND, digits="57")
    )
    assert hand.fields["number"] == "57/TB-UBND"
    assert hand.handwritten == ("number",)
    assert "57/TB" not in hand.page_text(1)


def test_the_seal_covers_part_of_the_signature():
    """NĐ 30/2020 PL I, box 8: about a third of the signature, from its left."""
    paper = make_paper("VB02", seed=2)
    marks = {type(mark): mark for _, mark in paper.marks}
    seal, pen = marks[Seal], marks[Ink]
    xs = [point.x for stroke in pen.strokes for point in stroke]
    share = (seal.centre.x + seal.radius - min(xs)) / (max(xs) - min(xs))
    assert 0.2 < share < 0.6


def test_stamps_are_red_and_in_the_truth():
    """A secrecy mark stands under the number, in red, and is named in the fields."""
    options = PaperOptions(stamps=(StampRequest(StampKind.SECRET), StampRequest(StampKind.FLASH)))
    paper = make_paper("VB28", seed=4, options=options)
    assert paper.fields["secrecy"] == "MẬT"
    assert paper.fields["urgency"] == "HỎA TỐC"
    stamps = [mark for _, mark in paper.marks if isinstance(mark, Stamp)]
    page = render(paper.pages[0], DPI).astype(int)
    x, y = (round(v * DPI / 72) for v in stamps[0].centre)
    patch = page[y - 20 : y + 20, x - 40 : x + 40]
    assert ((patch[..., 0] - patch[..., 1]) > 60).sum() > 100


def test_a_paper_on_secrecy_bears_no_mark():
    """Discussing state secrets does not make a paper one."""
    paper = make_paper("VB28-BMNN", seed=1)
    assert "secrecy" not in paper.fields
    assert "MẬT" in paper.page_text(1)
    assert not [mark for _, mark in paper.marks if isinstance(mark, Stamp)]


def test_a_report_runs_over_pages_with_numbers():
    """Page numbers stand at the top centre from the second page on."""
    paper = make_paper("VB14", seed=1)
    assert len(paper.pages) >= 2
    assert paper.pages[1].lines[0].text == "2"


def test_bad_requests_are_coded():
    """What cannot be drawn says so."""
    with pytest.raises(UnknownKindError):
        make_paper("XX", seed=1)
    with pytest.raises(BadRequestError):
        render(make_paper("VB02", seed=1).pages[0], 5000)
