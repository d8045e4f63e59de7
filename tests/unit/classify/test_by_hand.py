"""What is written by hand: readings weighed with what the paper knows, never put in its place."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify import Fields, KindGuess, Listed, PageView, Reference, extract
from classify._cited import latest_cited
from classify._hand_context import Factor, mix
from classify.hands import calibrated
from imaging.types import Box, Pixels
from ocr.digits.types import DigitReading
from ocr.types import Line, PageText, TextSource, Word

_WIDE, _TALL = 1650, 2330
_LETTER = 15
"""Pixels of a letter in the drawn lines."""


class Told:
    """A reader of digits that says what it was told, by the column at which a place begins."""

    def __init__(self, *said: tuple[int, dict[str, float]]) -> None:
        """Pairs of a column and the strings of the place that begins left of it."""
        self._said = said
        self.asked: list[Box] = []

    def read(self, picture: Pixels, place: Box) -> tuple[DigitReading, ...]:
        """See `DigitReader`."""
        assert picture.shape[:2] == (_TALL, _WIDE)
        assert place.x1 - place.x0 < 150
        self.asked.append(place)
        strings = next((said for column, said in self._said if place.x0 < column), {})
        return tuple(DigitReading(text, p, (p,) * len(text)) for text, p in strings.items())


def _line(x: int, y: int, text: str, *, apart: int = 0) -> Line:
    """A line of words; an underscore is a place that a pen filled, of `apart` pixels."""
    words = []
    for part in text.split():
        if part == "_":
            x += apart
            continue
        box = Box(x, y, x + _LETTER * len(part), y + 30)
        words.append(Word(part, box, 0.95))
        x = box.x1 + _LETTER
    return Line(tuple(words), Box(words[0].box.x0, y, words[-1].box.x1, y + 30))


def _page(*more: str) -> PageView:
    lines = [
        _line(200, 200, "UỶ BAN NHÂN DÂN"),
        _line(850, 200, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        _line(950, 250, "Độc lập - Tự do - Hạnh phúc"),
        _line(200, 330, "Số: _ /QĐ-UBND", apart=110),
        _line(850, 335, "Huế, ngày _ tháng _ năm 2025", apart=70),
        _line(700, 450, "QUYẾT ĐỊNH"),
    ]
    lines += [_line(200, 600 + 50 * place, text) for place, text in enumerate(more)]
    text = PageText(_WIDE, _TALL, 200, 0, 0.0, tuple(lines), TextSource.OCR)
    return PageView(1, text)


def _picture() -> Pixels:
    """Ink in the three places, none of it level with the print."""
    page = np.full((_TALL, _WIDE, 3), 255, np.uint8)
    for line in _page().text.lines:
        for word in line.words:
            for x in range(word.box.x0, word.box.x1 - 4, _LETTER):
                page[word.box.y0 : word.box.y1, x + 3 : x + 9] = 0
    for x, y in ((285, 318), (1030, 323), (1225, 323)):
        page[y : y + 52, x : x + 7] = (40, 50, 170)
        page[y - 4 : y + 44, x + 22 : x + 29] = (40, 50, 170)
    return page


REFERENCE = Reference(kinds=(), today=date(2025, 11, 22))
GUESS = KindGuess("VB02", "Quyết định", "quyết định", 0.99, ())
NUMBER, DAY, MONTH = 500, 1100, 1600
"""Columns left of which the places of number, day and month begin."""


def _fields(said: Told, *more: str) -> Fields:
    return extract([_page(*more)], GUESS, REFERENCE, lambda _: _picture(), hand=said)


def _told(number: dict[str, float], day: dict[str, float], month: dict[str, float]) -> Told:
    return Told((NUMBER, number), (DAY, day), (MONTH, month))


def test_number_and_date_come_from_the_reader_and_are_checked_by_a_person():
    """The best strings become the values, the next ones alternatives; by hand is said."""
    said = _told({"84": 0.8, "34": 0.15}, {"07": 0.9, "01": 0.08}, {"3": 0.95})
    fields = _fields(said)
    number, day = fields["number"], fields["issued_on"]
    assert (number.value, day.value) == ("84/QĐ-UBND", "2025-03-07")
    assert [other.value for other in number.alternatives] == ["34/QĐ-UBND"]
    assert [other.value for other in day.alternatives] == ["2025-03-01"]
    assert number.handwritten
    assert day.handwritten
    assert len(said.asked) == 3


def test_sure_is_what_is_all_but_certain():
    """A clear day passes, a clear number where something else says the same: a slanted last 1 is
    easily taken for the slash. One of two like readings and a lone digit do not.
    """
    clear = _told({"84": 0.9995}, {"07": 0.9995}, {"3": 0.9995})
    assert [_fields(clear)[name].sure for name in ("number", "issued_on")] == [False, True]
    named = [Listed("84/QĐ-UBND", "")]
    twice = extract([_page()], GUESS, REFERENCE, lambda _: _picture(), hand=clear, named=named)
    assert twice["number"].sure
    doubtful = _told({"84": 0.6, "34": 0.39}, {"07": 0.55, "01": 0.44}, {"3": 0.999})
    assert [_fields(doubtful)[name].sure for name in ("number", "issued_on")] == [False, False]
    assert not _fields(_told({"7": 0.999}, {}, {}))["number"].sure


def test_a_number_whose_beginning_is_not_known_is_never_sure():
    """Where "Số" was not read before it, digits may stand left of the place that was looked at."""
    page = _page()
    lines = [line for line in page.text.lines if not line.text.startswith("Số")]
    lines.append(_line(370, 330, "/QĐ-UBND"))
    page = replace(page, text=replace(page.text, lines=tuple(lines)))
    said = _told({"84": 0.999}, {}, {})
    number = extract([page], GUESS, REFERENCE, lambda _: _picture(), hand=said)["number"]
    assert number.value in (None, "84/QĐ-UBND")
    assert not number.sure


def test_what_the_table_of_contents_names_is_likelier_and_told():
    """It weighs what was read; what was not read it does not put in."""
    said = _told({"34": 0.5, "84": 0.4}, {"01": 0.5, "07": 0.4}, {"3": 0.98})
    named = [Listed("84/QĐ-UBND", "2025-03-07"), Listed("90/QĐ-UBND", "2025-03-09")]
    page = _page()
    fields = extract([page], GUESS, REFERENCE, lambda _: _picture(), hand=said, named=named)
    assert fields["number"].value == "84/QĐ-UBND"
    assert fields["issued_on"].value == "2025-03-07"
    assert "Mục lục hồ sơ" in fields["number"].reason
    assert "90/QĐ-UBND" not in [other.value for other in fields["number"].alternatives]


def test_a_letter_behind_the_digits_belongs_to_the_number():
    """The rule asks for 0 before 5 in "05a" as well; neither reading passes by itself."""
    said = _told({"5a": 0.46, "05a": 0.44}, {"07": 0.9}, {"3": 0.95})
    number = _fields(said)["number"]
    assert number.value == "05a/QĐ-UBND"
    assert "5a/QĐ-UBND" in [other.value for other in number.alternatives]
    assert not number.sure


def test_what_the_reader_hardly_believes_is_only_offered():
    """No value under one chance in ten, but the readings are there to choose from."""
    number = _fields(_told({"84": 0.008, "34": 0.006}, {}, {}))["number"]
    assert (number.value, number.sure) == (None, False)
    assert [other.value for other in number.alternatives] == ["84/QĐ-UBND", "34/QĐ-UBND"]


def test_without_a_reader_nothing_is_read():
    """The fields stay as they were: by hand, without a value."""
    fields = extract([_page()], GUESS, REFERENCE, lambda _: _picture())
    assert (fields["number"].value, fields["number"].handwritten) == (None, True)


def test_a_day_that_cannot_be_is_no_reading():
    """31 April is none; the next reading takes its place."""
    day = _fields(_told({}, {"31": 0.6, "21": 0.35}, {"04": 0.97}))["issued_on"]
    assert day.value == "2025-04-21"


def test_a_day_before_a_cited_paper_is_doubted_and_the_person_is_told():
    """A paper is not older than what it cites; the evidence stands in the reason."""
    said = _told({}, {"11": 0.5, "17": 0.45}, {"5": 0.97})
    cites = "Căn cứ Quyết định số 15/QĐ-UBND ngày 14 tháng 5 năm 2025;"
    day = _fields(said, cites)["issued_on"]
    assert day.value == "2025-05-17"
    assert "14/05/2025" in day.reason
    assert "2025-05-11" in [other.value for other in day.alternatives]


def test_a_day_to_come_is_doubted():
    """Nothing was issued after today."""
    day = _fields(_told({}, {"28": 0.55, "20": 0.4}, {"11": 0.97}))["issued_on"]
    assert day.value == "2025-11-20"
    assert "22/11/2025" in day.reason


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020", date(2020, 3, 5)),
        ("Quyết định số 2119/QĐ-UBND ngày 5/8/2009 của Ủy ban", date(2009, 8, 5)),
        ("Luật số 33/2024/QH15 ngày 31 tháng 02 năm 2024", None),
        ("trước ngày 15 tháng 4 năm 2025", None),
        ("Quyết định số 15/QĐ-UBND ngày 14 tháng 5 năm 2052", None),
    ],
)
def test_only_papers_cited_by_number_count(text: str, wanted: date | None):
    """Deadlines lie ahead and say nothing of the day of issue."""
    assert latest_cited([_page(text)], date(2025, 12, 31)) == wanted


values = st.dictionaries(
    st.text("0123456789", min_size=1, max_size=4), st.floats(0.001, 0.2), min_size=1, max_size=5
)


@given(values, st.text("0123456789", min_size=1, max_size=4))
def test_context_puts_in_no_value_of_its_own(readings: dict[str, float], favoured: str):
    """A factor weighs what was read; the chances stay chances."""
    factor = Factor(lambda value: 50.0 if value == favoured else 1.0, "vì thế.")
    mixed = mix(readings, [factor])
    assert {value for value, _ in mixed.values} == set(readings)
    assert sum(chance for _, chance in mixed.values) <= 1.0001


def test_evidence_is_told_only_where_it_weighs():
    """A factor that treats the best two alike is not shown."""
    alike = Factor(lambda _: 0.5, "như nhau.")
    apart = Factor(lambda value: 1.0 if value == "01" else 0.1, "khác nhau.")
    assert mix({"01": 0.5, "07": 0.4}, [alike, apart]).evidence == ("khác nhau.",)


@given(st.sampled_from(("number", "issued_on")), st.floats(0, 1), st.floats(0, 1))
def test_calibration_keeps_the_order(name: str, one: float, other: float):
    """What was likelier stays likelier, within 0 and 1."""
    less, more = sorted((one, other))
    assert 0 <= calibrated(name, less) <= calibrated(name, more) <= 1
