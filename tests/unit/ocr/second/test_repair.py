"""Repair of invented lines: what the readers and the language may change, and what they may not."""

from collections.abc import Sequence

import numpy as np
import pytest

from imaging import Box, Pixels
from ocr.second import LineReading, Review, load_language
from ocr.second.lattice import Piece, may_become
from ocr.second.syllables import token_of
from ocr.second.trace import Trace
from ocr.types import Line, Word

PAGE = np.full((100, 1000), 255, np.uint8)
SMALL = "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ"
LETTERS = SMALL + SMALL.upper() + "0123456789 .,;:/-()"
COLUMNS = {letter: place for place, letter in enumerate(LETTERS, start=1)}


def line(text: str, *, sure: float = 0.9, doubt: str = "", doubt_sure: float = 0.6) -> Line:
    """A line whose words are sure, but those in `doubt`."""
    words = []
    x = 10
    for word in text.split():
        width = 12 * len(word)
        confidence = doubt_sure if word in doubt.split() else sure
        words.append(Word(word, Box(x, 30, x + width, 60), confidence))
        x += width + 8
    return Line(tuple(words), Box(10, 30, x, 60))


def trace(text: str) -> Trace:
    """What a network sees that reads a text, quite sure of each letter."""
    chances = np.full((3 * len(text), len(COLUMNS) + 1), 1e-4, np.float32)
    chances[:, 0] = 0.9
    for place, letter in enumerate(text):
        chances[3 * place + 1, [0, COLUMNS[letter]]] = 0.05, 0.9
    return Trace(np.log(chances / chances.sum(axis=1, keepdims=True)), COLUMNS)


class Fixed:
    """A reader that reads what it is told, line by line."""

    name = "fixed"

    def __init__(self, *texts: str, traced: bool = True) -> None:
        self.texts = texts
        self.traced = traced
        self.asked: list[Box] = []

    def read_lines(self, grey: Pixels, boxes: Sequence[Box]) -> tuple[LineReading, ...]:
        """The texts, whatever the page."""
        assert grey.ndim == 2
        self.asked += boxes
        texts = (self.texts * len(boxes))[: len(boxes)]
        return tuple(LineReading(text, trace(text) if self.traced else None) for text in texts)


def read(first: Line, small: str | None = None, script: str | None = None) -> Line:
    """The line after a second look."""
    review = Review(
        load_language(),
        Fixed(small) if small is not None else None,
        Fixed(script, traced=False) if script is not None else None,
    )
    (found,) = review.lines(PAGE, [first])
    return found


def test_a_lost_mark_comes_back_where_language_and_a_reader_agree() -> None:
    """ố read as ô is mended; the raw reading stands beside, and the flag says so."""
    found = read(line("theo Công văn sô 12 của Sở", doubt="sô"), "theo Công văn số 12 của Sở")
    assert found.text == "theo Công văn số 12 của Sở"
    mended = found.words[3]
    assert (mended.repaired, mended.raw) == (True, "sô")
    assert [word.repaired for word in found.words if word is not mended] == [False] * 6


def test_language_alone_brings_a_mark_back() -> None:
    """Without any other reader the syllables around decide."""
    found = read(line("quy định của pháp luật về tô chức bộ máy", doubt="tô"))
    assert found.words[6].text == "tổ"


def test_capitals_of_a_heading_are_repaired_as_words() -> None:
    """A heading in capitals is made of syllables: PHO CHU TỊCH is PHÓ CHỦ TỊCH."""
    found = read(line("PHÓ CHU TỊCH", doubt="CHU"), "PHÓ CHỦ TỊCH")
    assert found.text == "PHÓ CHỦ TỊCH"


@pytest.mark.parametrize(
    ("first", "small", "word"),
    [
        ("Căn cứ Luật số 45/2019/QH14 ngày", "Căn cứ Luật số 46/2019/QH14 ngày", "45/2019/QH14"),
        ("ngày 17 tháng 3 năm 2025", "ngày 11 tháng 3 năm 2025", "17"),
        ("do ông Trân Văn Bình ký", "do ông Trần Văn Bình ký", "Trân"),
        ("theo đề nghị của UBND xã", "theo đề nghị của UBNĐ xã", "UBND"),
        ("các đơn vị thuộc BTNMT tỉnh", "các đơn vị thuộc BTNMỊ tỉnh", "BTNMT"),
    ],
)
def test_names_numbers_and_signs_are_left_alone(first: str, small: str, word: str) -> None:
    """One other reader and the language together change no number, name or abbreviation."""
    found = read(line(first, doubt=word), small)
    assert word in found.text.split()
    doubtful = next(found for found in found.words if found.text == word)
    assert doubtful.confidence < 0.95


def test_both_other_readers_together_correct_a_number() -> None:
    """I for 1 is corrected where both others read 1."""
    found = read(
        line("trung tâm số I, 2 và 3", doubt="I,", doubt_sure=0.2),
        "trung tâm số 1, 2 và 3",
        "trung tâm số 1, 2 và 3",
    )
    assert found.text == "trung tâm số 1, 2 và 3"


@pytest.mark.parametrize(
    ("first", "reader", "text"),
    [
        ("ngày 22 tháng 1] năm 2019", "ngày 22 tháng 11 năm 2019", "ngày 22 tháng 11 năm 2019"),
        ("Phú Lộc, ngày0/ tháng 3", "Phú Lộc, ngày05 tháng 3", "Phú Lộc, ngày 05 tháng 3"),
        ("2.Nghị quyết số 27", "2. Nghị quyết số 27", "2. Nghị quyết số 27"),
    ],
)
def test_figures_with_signs_among_them_and_lost_spaces_are_mended(
    first: str, reader: str, text: str
) -> None:
    """One reader's clean number, or its space after a stop, is enough."""
    doubt = " ".join(set(first.split()) - set(text.split()))
    assert read(line(first, doubt=doubt, doubt_sure=0.4), reader).text == text


@pytest.mark.parametrize(
    ("first", "way"),
    [
        (("17",), ("11",)),
        (("II.",), ("11.",)),
        (("I,",), ("1,",)),
        (("45/2019/QH14",), ("46/2019/QH14",)),
        (("ngày",), ("ngày", "05")),
        (("CT,", "PCT"), ("CT,PCT",)),
    ],
)
def test_one_reader_alone_changes_no_number(first: tuple[str, ...], way: tuple[str, ...]) -> None:
    """A number that is whole, and a Roman one, stand against any one reader."""
    piece = Piece(0, len(first), first, way, None, (0, 1))
    assert not may_become(piece, way, load_language(), kept=True)


def test_a_word_of_the_language_becomes_no_other_kind_of_word() -> None:
    """QUỐC stays where another reader reads QUÓC, which is none."""
    piece = Piece(0, 1, ("QUỐC",), ("QUÓC",), None, (0, 1))
    assert not may_become(piece, ("QUÓC",), load_language(), kept=False)


def test_letters_of_another_script_are_not_sure() -> None:
    """A word that looks like ours in a line that is not is no surer than the line."""
    found = read(line("Ha bCTBOM COOTB rpaba yuaciky", sure=0.7), "Ha bCTBOM C00TB rpaba yuaciky")
    assert all(word.confidence < 0.9 for word in found.words)


def test_both_spellings_of_a_tone_are_one_word() -> None:
    """hoà is not changed to hòa: they are the same syllable."""
    assert token_of("hoà") == token_of("hòa")
    text = "xây dựng nông thôn hoà bình"
    assert text == read(line(text, doubt="hoà"), text).text


def test_words_that_ran_together_are_parted() -> None:
    """A lost space comes back where the other readers see it; the new boxes share the old one's."""
    first = line("văn phòng đăngký đất đai", doubt="đăngký", doubt_sure=0.4)
    text = "văn phòng đăng ký đất đai"
    found = read(first, text, text)
    assert text == found.text
    left, right = found.words[2:4]
    assert (left.raw, right.raw) == ("đăngký", "đăngký")
    assert left.box.x0 == first.words[2].box.x0
    assert left.box.x1 <= right.box.x0 <= right.box.x1 == first.words[2].box.x1


def test_a_sure_line_costs_no_third_reading() -> None:
    """The slow reader is asked about doubtful lines alone."""
    text = "theo quy định của pháp luật"
    small, script = Fixed(text), Fixed(text, traced=False)
    Review(load_language(), small, script).lines(PAGE, [line(text, sure=0.96)])
    assert (len(small.asked), len(script.asked)) == (1, 0)


def test_agreement_is_surer_than_dispute() -> None:
    """A word read alike by all is surer than one on which readers differ."""
    text = "diện tích đất ở nông thôn"
    agreed = read(line(text), text).words[2].confidence
    disputed = read(line(text), "diện tích đát ở nông thôn").words[2].confidence
    assert disputed < agreed
    assert agreed > 0.97


def test_nothing_is_invented_on_noise() -> None:
    """Signs that no reader bears out become no words of the language, and none of them is sure."""
    noise = line("là ‹p S+ ẻ} iự", sure=0.3)
    found = read(noise, "")
    assert set(found.text.split()) <= set(noise.text.split())
    assert all(word.confidence < 0.9 for word in found.words)


def test_nothing_stays_of_a_line_of_noise() -> None:
    """What the first reader itself disbelieves is left out."""
    review = Review(load_language(), Fixed(""))
    assert review.lines(PAGE, [line("#| ~e §", sure=0.02)]) == ()


def test_a_page_without_lines_stays_empty() -> None:
    """No line, no reading."""
    assert Review(load_language(), Fixed("xin")).lines(PAGE, []) == ()
