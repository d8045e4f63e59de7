"""Which words may be taken for a misreading."""

import pytest

from search.syllables import is_syllable

REAL = (
    "nguyen nghieng quyet dinh xuan khuya khuyen ngoan ngoeo giuong gi uong uy yeu truong chuyen "
    "huou quoc quyen ruou thuy loang toan hoa binh minh linh phe duyet y an oai tieu voi quit"
)
MISREAD = "quyel blnh dinb nguyem ngyen xuann thuv lrong ngvyen bd resort ubnd"


@pytest.mark.parametrize("word", REAL.split())
def test_real_syllables_are(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", MISREAD.split())
def test_misreadings_are_not(word: str) -> None:
    assert not is_syllable(word)
