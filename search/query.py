"""The question as a clerk types it, read into clauses that every backend can answer.

giay phep xay dung          every word, in any place; without tones it finds all tones
"cấp phép xây dựng"         the words side by side
15/QĐ-UBND  so:15/QĐ-UBND   a number, anywhere or as the document's own
loai: coquan: nguoiky: chuthe:   kind, issuer, signer, owner (one word, or "in quotes")
tu:01/01/2024 den:2024-12-31     issued in the period; a year alone will do
-word                       not this
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from search.abbreviations import Phrase, contracted, expanded, expression_length
from search.analysis import fold, normalise, tokens
from search.errors import (
    QueryDateError,
    QueryEmptyError,
    QueryFieldError,
    QueryQuoteError,
    QueryTooLongError,
)
from search.limits import MAX_QUERY_CHARS, MAX_QUERY_WORDS

_ITEM = re.compile(r'(?P<minus>-)?(?:(?P<field>[^\W_]+):\s*)?(?:"(?P<quoted>[^"]*)"|(?P<bare>\S*))')
_CHUNK = re.compile(r"[\w./‐‑‒–—−-]+")
_DATES = (
    re.compile(r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})", re.ASCII),
    re.compile(r"(?P<year>\d{4})[/.-](?P<month>\d{1,2})[/.-](?P<day>\d{1,2})", re.ASCII),
)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_FROM, _TO = "tu", "den"


class Field(StrEnum):
    """A part of the record that a clause may be held to, by the name that is typed."""

    NUMBER = "so"
    """Số/ký hiệu."""
    KIND = "loai"
    """Loại giấy tờ: its code or words of its name."""
    ISSUER = "coquan"
    """Cơ quan ban hành."""
    SIGNER = "nguoiky"
    """Người ký."""
    SUBJECT = "chuthe"
    """Chủ thể: identifier or name."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition: any of the phrases, the typed one first."""

    alternatives: tuple[Phrase, ...]
    field: Field | None = None
    excluded: bool = False
    verbatim: bool = False
    """Quoted, numbered or held to a field: never widened to similar words."""


@dataclass(frozen=True, slots=True)
class Question:
    """All conditions together, and the period."""

    clauses: tuple[Clause, ...] = ()
    issued_from: date | None = None
    issued_to: date | None = None


def parse(text: str) -> Question:
    """Read what was typed; raises a `QueryError` and nothing else, whatever the text."""
    if len(text) > MAX_QUERY_CHARS:
        raise QueryTooLongError(detail=f"{len(text)} characters")
    typed = normalise(text).translate(_QUOTES)
    if typed.count('"') % 2:
        raise QueryQuoteError
    clauses: list[Clause] = []
    period: dict[str, date] = {}
    for item in _ITEM.finditer(typed):
        field = fold(item["field"] or "")
        if field in {_FROM, _TO}:
            period[field] = _date(_value(item), ends=field == _TO)
        elif field in set(Field):
            clauses.append(_field_clause(Field(field), item))
        else:
            clauses += _word_clauses(item)
    question = Question(_joined(clauses), period.get(_FROM), period.get(_TO))
    return _checked(question, blank=not typed.strip())


def _value(item: re.Match[str]) -> str:
    return str(item["bare"] if item["quoted"] is None else item["quoted"])


def _field_clause(field: Field, item: re.Match[str]) -> Clause:
    phrase = tokens(_value(item))
    if not phrase:
        raise QueryFieldError(detail=field)
    alternatives = (phrase,) if field is Field.NUMBER else _variants(phrase)
    return Clause(alternatives, field, excluded=bool(item["minus"]), verbatim=True)


def _word_clauses(item: re.Match[str]) -> list[Clause]:
    excluded = bool(item["minus"])
    if item["quoted"] is not None:
        chunks, quoted = [f"{item['field'] or ''} {item['quoted']}"], True
    else:
        chunks, quoted = _CHUNK.findall(f"{item['field'] or ''} {item['bare']}"), False
    phrases = [phrase for chunk in chunks if (phrase := tokens(chunk))]
    return [
        Clause(_variants(phrase), excluded=True)
        if excluded
        else Clause((phrase,), verbatim=quoted or len(phrase) > 1)
        for phrase in phrases
    ]


def _joined(clauses: list[Clause]) -> tuple[Clause, ...]:
    """Plain words that make up a known expression become one clause, with its abbreviation."""
    joined: list[Clause] = []
    at = 0
    while at < len(clauses):
        run = _plain_run(clauses[at:])
        length = expression_length(run) or 1
        phrase = run[:length]
        joined.append(Clause(_variants(phrase)) if phrase else clauses[at])
        at += length
    return tuple(joined)


def _plain_run(clauses: list[Clause]) -> Phrase:
    words: list[Phrase] = []
    for clause in clauses:
        if clause.verbatim or clause.excluded:
            break
        words.append(clause.alternatives[0])
    return tuple(word for phrase in words for word in phrase)


def _variants(phrase: Phrase) -> tuple[Phrase, ...]:
    """The phrase as typed, written out, abbreviated: each once."""
    by_words = {
        tuple(word.folded for word in variant): variant
        for variant in (contracted(phrase), expanded(phrase), phrase)
    }
    return (phrase, *(variant for variant in by_words.values() if variant is not phrase))


def _date(value: str, *, ends: bool) -> date:
    """The day meant; a year alone is its first day, or its last where a period ends."""
    if _YEAR.fullmatch(value):
        value = f"31/12/{value}" if ends else f"01/01/{value}"
    for pattern in _DATES:
        if found := pattern.fullmatch(value):
            try:
                return date(int(found["year"]), int(found["month"]), int(found["day"]))
            except ValueError as error:
                raise QueryDateError(detail=value) from error
    raise QueryDateError(detail=value)


def _checked(question: Question, *, blank: bool) -> Question:
    dated = question.issued_from or question.issued_to
    if not (question.clauses or dated or blank):
        raise QueryEmptyError
    if question.issued_from and question.issued_to and question.issued_from > question.issued_to:
        raise QueryDateError(detail=f"{question.issued_from} > {question.issued_to}")
    words = sum(len(clause.alternatives[0]) for clause in question.clauses)
    if words > MAX_QUERY_WORDS:
        raise QueryTooLongError(detail=f"{words} words")
    return question
