"""What a clerk may type, and that nothing typed can do harm."""

import sqlite3
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import Query, QueryError, parse
from search._match import allowed, tiers, wanted, wanted_loosely
from search.errors import (
    QueryDateError,
    QueryEmptyError,
    QueryFieldError,
    QueryQuoteError,
    QueryTooLongError,
)
from search.limits import MAX_QUERY_CHARS, MAX_QUERY_WORDS
from search.query import Clause, Field, Question

PIECES = st.sampled_from(
    ["so:", "tu:", "den:2024", "loai:", '"', "-", "15/QĐ-UBND", "UBND", "ủy ban nhân dân", "*", "^",
     "NEAR(", ")", "{a}", "OR", "AND", "NOT", " ", "\x00", "\ud800", "'", "đất", "\u0301", ":"]
)  # fmt: skip
TYPED = st.text() | st.lists(PIECES | st.text(max_size=3)).map("".join)


def folded(clause: Clause) -> list[str]:
    """The alternatives, readable."""
    return [" ".join(word.folded for word in phrase) for phrase in clause.alternatives]


def test_words_quotes_numbers_and_minus() -> None:
    typed, phrase, number, minus = parse("Đất “thu hồi” 15/QĐ-UBND -nhà").clauses
    assert (folded(typed), typed.verbatim) == (["dat"], False)
    assert (folded(phrase), phrase.verbatim) == (["thu hoi"], True)
    assert (folded(number), number.verbatim) == (["15 qd ubnd"], True)
    assert (folded(minus), minus.excluded) == (["nha"], True)


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("so:15/QĐ-UBND", Field.NUMBER, "15 qd ubnd"),
        ("Số: 15", Field.NUMBER, "15"),
        ('LOẠI:"khai sinh"', Field.KIND, "khai sinh"),
        ("nguoiky:Bình", Field.SIGNER, "binh"),
        ("chuthe:001085012345", Field.SUBJECT, "001085012345"),
    ],
)
def test_fields_are_named_with_or_without_tones(text: str, field: Field, value: str) -> None:
    (clause,) = parse(text).clauses
    assert (clause.field, folded(clause)) == (field, [value])


def test_an_unknown_field_is_words() -> None:
    """A pasted line such as "Về việc: cấp đất" is no mistake."""
    assert [folded(clause) for clause in parse("việc:cấp đất").clauses] == [
        ["viec"],
        ["cap"],
        ["dat"],
    ]


def test_expressions_and_abbreviations_stand_for_each_other() -> None:
    assert folded(parse("UBND").clauses[0]) == ["ubnd", "uy ban nhan dan"]
    assert [folded(clause) for clause in parse("cua uy ban nhan dan xa").clauses] == [
        ["cua"],
        ["uy ban nhan dan", "ubnd"],
        ["xa"],
    ]
    assert folded(parse('coquan:"UBND tỉnh"').clauses[0]) == ["ubnd tinh", "uy ban nhan dan tinh"]
    assert folded(parse('"uy ban nhan dan"').clauses[0]) == ["uy ban nhan dan"]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("tu:2024-01-01 den:2024-12-31", date(2024, 1, 1), date(2024, 12, 31)),
        ("từ:1/2/2024 đến: 29/02/2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("tu:2023 den:2024", date(2023, 1, 1), date(2024, 12, 31)),
    ],
)
def test_periods(text: str, first: date, last: date) -> None:
    assert parse(text) == Question((), first, last)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('"mở', QueryQuoteError),
        ("tu:30/02/2024", QueryDateError),
        ("tu:hôm qua", QueryDateError),
        ("tu:2025 den:2024", QueryDateError),
        ("so:", QueryFieldError),
        ("!!! ...", QueryEmptyError),
        ("a" * (MAX_QUERY_CHARS + 1), QueryTooLongError),
        ("a " * (MAX_QUERY_WORDS + 1), QueryTooLongError),
    ],
)
def test_each_mistake_has_its_code_and_a_sentence(text: str, error: type[QueryError]) -> None:
    with pytest.raises(error) as caught:
        parse(text)
    assert caught.value.message.endswith(".")


def test_an_empty_question_is_no_mistake() -> None:
    assert parse(" \n ") == Question()


@given(TYPED)
def test_whatever_is_typed_is_read_or_refused_with_a_code(text: str) -> None:
    """No other exception, and FTS5 itself finds no mistake in what is made of it."""
    try:
        question = parse(text)
    except QueryError:
        return
    for expression in (wanted(question), wanted_loosely(question, lambda _: ("abc",))):
        _ask("words", allowed(expression, question, Query(text, access=frozenset({text}))))
    for tier in tiers(question, rows=9):
        _ask(tier.table, tier.expression)


def _ask(table: str, expression: str) -> None:
    _ENGINE.execute(f"SELECT rowid FROM {table} WHERE {table} MATCH ?", (expression,)).fetchall()


_ENGINE = sqlite3.connect(":memory:", check_same_thread=False)
_ENGINE.executescript(
    "CREATE VIRTUAL TABLE words USING fts5(number, kind, abstract, issuer, signer, subject, codes,"
    " labels, opening, body); CREATE VIRTUAL TABLE tones USING fts5(text);"
)
