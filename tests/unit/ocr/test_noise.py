"""What of a first reading is thrown away as no print."""

import pytest

from imaging.types import Box
from ocr import Line, Word
from ocr.noise import noise_in


def _line(*words: tuple[str, float]) -> Line:
    box = Box(0, 0, 10, 10)
    return Line(tuple(Word(text, box, confidence) for text, confidence in words), box)


@pytest.mark.parametrize("notation", ["/CT-UBND", "11/QĐ-UBND", "/TTr-UBND", "/NQ-HĐND"])
def test_a_notation_is_never_noise(notation: str) -> None:
    """Beside a number by hand the engine believes nothing, and a paper is found by its notation."""
    told = noise_in(_line(("Số:", 0.1), (notation, 0.0)))
    assert not told[1]


def test_scraps_in_a_doubtful_line_are_noise() -> None:
    """A signature read as letters stays out of the text."""
    assert noise_in(_line(("(z", 0.02), ("ĐÒ", 0.01))) == (True, True)


def test_a_doubted_word_of_a_sure_line_stays() -> None:
    """Print that the engine hardly believes is still print where its neighbours are."""
    assert noise_in(_line(("Căn", 0.97), ("cứ", 0.96), ("Luạt", 0.0))) == (False, False, False)
