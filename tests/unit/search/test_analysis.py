"""Folding and cutting of Vietnamese text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis import codes, fold, normalise, tokens

TEXT = st.text() | st.text(alphabet="aAăâđĐÐoơòỏuưỷy\u0301\u0323\u0302 ./-012İΣß한·")


@given(TEXT)
def test_folding_keeps_every_place(text: str) -> None:
    """A place in the folded text is the same place in the original: highlights rest on it."""
    folded = fold(text)
    assert len(folded) == len(text)
    assert all(fold(one) == other for one, other in zip(text, folded, strict=True))
    assert fold(folded) == folded


@given(TEXT)
def test_tokens_lie_where_they_say(text: str) -> None:
    """In order, without overlap, and never with a sign that an engine could take for syntax."""
    normal, at = normalise(text), 0
    for token in tokens(text):
        assert at <= token.start < token.end <= len(normal)
        assert token.folded.isalnum()
        assert token.exact.isalnum()
        assert fold(normal[token.start : token.end]).endswith(token.folded)
        at = token.end


@given(TEXT)
def test_composed_and_decomposed_text_are_the_same_words(text: str) -> None:
    assert tokens(unicodedata.normalize("NFD", text)) == tokens(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("QUYẾT ĐỊNH", "quyet dinh"),
        ("Ðông Ɖà đỏ ð", "dong da do d"),  # eth and the African d
        ("15/QĐ–UBND", "15/qd-ubnd"),
        ("ưỡng Ợ Ẵ", "uong o a"),
        ("한글 Ж", "한글 ж"),
    ],
)
def test_every_letter_loses_its_marks(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("hoà", "hòa"),
        ("Thuỷ", "thủy"),
        ("khoẻ", "khỏe"),
        ("UỶ", "ủy"),
        ("quý", "qúy"),
        ("loạ", "lọa"),
    ],
)
def test_both_schools_of_tone_placement_give_one_word(new: str, old: str) -> None:
    assert tokens(new)[0].exact == tokens(old)[0].exact


@pytest.mark.parametrize("word", ["toán", "hoài", "thuyền", "lí", "lý"])
def test_other_words_keep_their_tones(word: str) -> None:
    """Only open syllables differ between the schools; i and y are left as they are."""
    assert tokens(word)[0].exact == word


def test_tones_tell_exact_words_apart() -> None:
    assert len({token.exact for token in tokens("ma má mà mả mã mạ")}) == 6
    assert {token.folded for token in tokens("ma má mà mả mã mạ")} == {"ma"}


@pytest.mark.parametrize(
    ("text", "parts", "whole"),
    [
        ("Số: 15/QĐ-UBND.", ["so", "15", "qd", "ubnd"], ["15/qd-ubnd"]),
        ("123/2024", ["123", "2024"], ["123/2024"]),
        ("1.001193", ["1", "001193"], ["1.001193"]),
        ("V/v nhà-đất", ["v", "v", "nha", "dat"], []),
        ("001085012345", ["001085012345"], []),
    ],
)
def test_numbers_are_kept_whole_and_in_parts(text: str, parts: list[str], whole: list[str]) -> None:
    assert [token.folded for token in tokens(text)] == parts
    assert [token.folded for token in codes(text)] == whole


def test_short_numbers_lose_their_leading_zeros() -> None:
    """05/QĐ and 5/QĐ are one number, but an identifier's zeros are its own."""
    assert [t.folded for t in tokens("05 00 0123 001085012345")] == [
        "5",
        "0",
        "0123",
        "001085012345",
    ]
    assert tokens("05")[0].exact == "05"
