"""The typesetter loses no word and keeps to its column; numbers keep their schemes."""

import random
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from specimens import PaperOptions, Sex, make_paper
from specimens._grants import tax_number
from specimens.flow import Align, Flow, set_line, tokens, wrap
from specimens.fonts import Face, text_width
from specimens.page import BOTTOM, LEFT, RIGHT, Text
from specimens.pen import signature
from specimens.people import PLACES, invent_id

WORDS = st.lists(st.text("aăâbđeêioôơuưnghtcmẤỘỹ", min_size=1, max_size=9), min_size=1, max_size=60)


@given(WORDS, st.floats(80, 450), st.floats(8, 20), st.floats(0, 40))
@settings(deadline=None, max_examples=60)
def test_wrapping_keeps_every_word_in_its_column(
    words: list[str], width: float, size: float, indent: float
):
    """Lines hold all words in order; none is wider than the column unless it is one word."""
    lines = wrap(tokens(" ".join(words), Face.REGULAR), width, size, indent)
    assert [word for line in lines for word, _ in line] == words
    for index, line in enumerate(lines):
        natural = sum(text_width(word, face, size) for word, face in line)
        natural += text_width(" ", Face.REGULAR, size) * (len(line) - 1)
        assert len(line) == 1 or natural <= width - (indent if index == 0 else 0) + 1e-6


@given(WORDS)
@settings(deadline=None, max_examples=40)
def test_a_justified_line_ends_at_both_edges(words: list[str]):
    """Stretching moves words, never their widths."""
    line = tokens(" ".join(words), Face.REGULAR)
    text = set_line(line, 100, 2000, 50, 10, Align.JUSTIFY)
    assert text.words[0].x == 100
    if len(words) > 1:
        end = text.words[-1].x + text_width(words[-1], Face.REGULAR, 10)
        assert abs(end - 2000) < 1e-6


@given(st.integers(1, 90))
@settings(deadline=None, max_examples=15)
def test_paragraphs_keep_to_the_margins(count: int):
    """However long the text, every line lies between the margins of NĐ 30/2020."""
    flow = Flow()
    for _ in range(count):
        flow.paragraph("Ủy ban nhân dân xã thông báo đến các cơ quan, tổ chức và nhân dân. " * 3)
    for page in flow.pages():
        numbers = 0 if page is flow.pages()[0] else 1
        for line in page.lines[numbers:]:
            last = line.words[-1]
            assert line.words[0].x >= LEFT - 1e-6
            assert last.x + text_width(last.text, last.face, line.size) <= RIGHT + 1e-6
            assert line.baseline <= BOTTOM


def test_bold_runs_are_marked_by_stars():
    """What stands between ** is set in the heavier face."""
    assert tokens("**Điều 1.** Giao đất", Face.REGULAR) == [
        ("Điều", Face.BOLD), ("1.", Face.BOLD), ("Giao", Face.REGULAR), ("đất", Face.REGULAR),
    ]  # fmt: skip


def test_a_table_row_keeps_its_cells_apart():
    """Cells wrap within their own columns."""
    flow = Flow()
    flow.table((("STT", "Tên"), ("1", "Một cái tên dài " * 6)), (1, 3))
    lines = [item for item in flow.pages()[0].items if isinstance(item, Text)]
    edge = LEFT + (RIGHT - LEFT) / 4
    assert all(line.words[0].x >= edge for line in lines if line.words[0].text not in {"STT", "1"})


@given(st.dates(date(1930, 1, 1), date(2029, 12, 31)), st.sampled_from(tuple(Sex)))
def test_personal_numbers_follow_the_scheme(born_on: date, sex: Sex):
    """Place, century and sex, year; 000 marks the invented."""
    rng = random.Random(1)  # noqa: S311  no secret
    number = invent_id(rng, PLACES[0], sex, born_on)
    assert len(number) == 12
    assert number.startswith(PLACES[0].code)
    assert int(number[3]) == 2 * (born_on.year // 100 - 19) + (sex is Sex.FEMALE)
    assert number[4:6] == f"{born_on.year % 100:02d}"
    assert number[6:9] == "000"


@given(st.integers(0, 999_999_999))
def test_business_numbers_carry_their_check_digit(stem: int):
    """Weights 31, 29, 23, 19, 17, 13, 7, 5, 3 and 10 - (sum mod 11), the tenth digit."""
    number = tax_number(f"{stem:09d}")
    weighed = sum(
        int(d) * w for d, w in zip(number, (31, 29, 23, 19, 17, 13, 7, 5, 3), strict=False)
    )
    assert len(number) == 10
    assert (weighed + int(number[-1])) % 11 in {10, 0}


@given(st.integers(0, 10_000))
@settings(deadline=None, max_examples=50)
def test_signatures_stay_beside_their_name(seed: int):
    """However it is scribbled, a signature keeps to its block and is drawn."""
    from specimens.page import Point

    rng = random.Random(seed)  # noqa: S311  no secret
    pen = signature(rng, Point(300, 500))
    points = [point for stroke in pen.strokes for point in stroke]
    assert all(210 < point.x < 420 and 440 < point.y < 560 for point in points)
    assert max(p.x for p in points) - min(p.x for p in points) > 40


def test_options_reach_the_paper():
    """Subject, place, date and number are the caller's where given."""
    ask = PaperOptions(place=PLACES[2], issued_on=date(2026, 1, 5), digits="09")
    fields = make_paper("VB07", seed=1, options=ask).fields
    assert fields["number"] == "09/TB-UBND"
    assert fields["issued_on"] == "2026-01-05"
    assert fields["issuer"] == f"Ủy ban nhân dân {PLACES[2].commune}"
