"""The model of syllables, its tokens, and how words of two readings are laid side by side."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.train_language import count
from ocr.second import load_language
from ocr.second.align import Match, align
from ocr.second.language import Language, Tables, _counts, stored_tables
from ocr.second.syllables import BREAK, NUMBER, core_of, in_case_of, skeleton, token_of, tokens_of


def test_the_language_knows_what_follows() -> None:
    """After "tổ" comes "quốc" or "chức" sooner than after "tô"."""
    language = load_language()
    assert language.surprise("quốc", "tổ") < language.surprise("quốc", "tô") - 2
    assert language.surprise("chủ", "cộng", "dân") > language.surprise("hòa", "cộng", "dân")


def test_same_letters_are_syllables_under_other_marks() -> None:
    """Candidates of a word: the same letters, any marks, đ for d too."""
    found = load_language().same_letters("dia")
    assert {"địa", "đĩa"} <= set(found)
    assert {"dia"} == {skeleton(token) for token in found}


def test_the_model_loads_fast() -> None:
    """A process is ready in well under a second; 100 ms on a quiet machine."""
    load_language.cache_clear()
    start = time.process_time()
    load_language()
    assert time.process_time() - start < 0.5


def test_tables_survive_the_file() -> None:
    """What is stored in bytes comes back within a sixteenth of a doubling, none as none."""
    tables = count(["ủy ban nhân dân xã\nủy ban nhân dân tỉnh"] * 9, ["xã"], ["Thanh Bình"])
    stored = stored_tables(tables)
    for name, kept in (("singles", tables.singles), ("pair_counts", tables.pair_counts)):
        assert kept == pytest.approx(_counts(stored[name]), rel=0.05)


def test_a_model_of_a_few_texts_prefers_what_it_saw() -> None:
    """Counting works end to end."""
    model = Language(count(["ủy ban nhân dân xã"] * 20, [], []))
    assert isinstance(count([], [], []), Tables)
    assert model.surprise("ban", "ủy") < model.surprise("dân", "ủy")
    assert "xã" in model
    assert "huyện" not in model


@pytest.mark.parametrize(
    ("word", "parts"),
    [("(viết", ("(", "viết", "")), ("lý./.", ("", "lý", "./.")), ("...", ("...", "", ""))],
)
def test_punctuation_is_parted_from_letters(word: str, parts: tuple[str, str, str]) -> None:
    """Before, letters, after."""
    assert parts == tuple(core_of(word))


def test_tokens_of_running_text() -> None:
    """Numbers are one token, stops part phrases, case is folded."""
    assert tokens_of("Điều 12. Ban hành") == ["điều", NUMBER, BREAK, "ban", "hành"]


@pytest.mark.parametrize(
    ("token", "like", "word"), [("số", "SÔ", "SỐ"), ("cổng", "Công", "Cổng"), ("tổ", "tô", "tổ")]
)
def test_case_is_kept(token: str, like: str, word: str) -> None:
    """A repaired word is written as the one that it replaces."""
    assert word == in_case_of(token, like)


@given(st.text(alphabet="hoàóủyiêuqgn", max_size=7))
def test_tokens_are_stable(word: str) -> None:
    """The token of a token is itself."""
    assert token_of(word) == token_of(token_of(word))


def test_lost_and_invented_spaces_are_matched() -> None:
    """Two words beside one, one beside two, and a word that only one reading has."""
    first = ["văn", "phòng", "đăngký", "đất", "đai", "‹", "tỉnh"]
    other = ["vănphòng", "đăng", "ký", "đất", "đai", "tỉnh"]
    expected = [
        Match(0, 2, 0, 1),
        Match(2, 3, 1, 3),
        Match(3, 4, 3, 4),
        Match(4, 5, 4, 5),
        Match(5, 6, 5, 5),
        Match(6, 7, 5, 6),
    ]
    assert expected == align(first, other)


@given(
    st.lists(st.sampled_from(["a", "b", "ab", "ba", "abc"])),
    st.lists(st.sampled_from(["a", "b", "ab"])),
)
def test_matches_cover_both_readings_in_order(first: list[str], other: list[str]) -> None:
    """Every word of both is in one match, in order."""
    matches = align(first, other)
    assert list(range(len(first))) == [i for m in matches for i in range(m.a0, m.a1)]
    assert list(range(len(other))) == [i for m in matches for i in range(m.b0, m.b1)]
