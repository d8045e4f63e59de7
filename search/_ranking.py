# ruff: noqa: S608  the SQL is put together from constants of ours; every value is bound
"""Which documents answer a question, best first.

The rows that answer are put in order by further matches (title, opening, tones, nearness), each
worth a factor; the newest comes first among equals. An engine's own weight (bm25) is not asked:
every backend ranks alike, and measured on texts it found no more (docs/search.md).
"""

import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from functools import partial
from heapq import nlargest
from typing import NamedTuple

from search import _match
from search._nearby import similar_words
from search.limits import LOOSE_BELOW, MAX_LIMIT
from search.query import Question
from search.types import Query


class Found(NamedTuple):
    """A row that answers: its number in `documents` and how well."""

    no: int
    score: float
    similar: bool = False
    """By words like those typed only."""


def answer(db: sqlite3.Connection, question: Question, query: Query) -> tuple[int, list[Found]]:
    """The number of documents that answer, and those of the window asked for, best first.

    Where fewer than `LOOSE_BELOW` answer as typed, those that hold similar words follow them, the
    newest first.
    """
    first = max(0, query.offset)
    last = first + max(0, min(query.limit, MAX_LIMIT))
    expression = _match.wanted(question)
    rows = _rows(db, expression, question, query)
    found = _best(db, question, rows, last)
    if expression and len(rows) < LOOSE_BELOW:
        loose = _match.wanted_loosely(question, partial(similar_words, db))
        similar = sorted(set(_rows(db, loose, question, query)).difference(rows), reverse=True)
        found += [Found(row, 0.0, similar=True) for row in similar[:last]]
        rows += similar
    return len(rows), found[first:last]


def _rows(db: sqlite3.Connection, expression: str, question: Question, query: Query) -> list[int]:
    """Every row that answers, the oldest first; rights and filters are part of the match."""
    rows = _matching(db, "words", _match.allowed(expression, question, query))
    days = [day for day in (query.issued_from, question.issued_from) if day]
    until = [day for day in (query.issued_to, question.issued_to) if day]
    if not (days or until):
        return rows
    within = _issued(db, max(days, default=date.min), min(until, default=date.max))
    return [row for row in rows if row in within]


def _matching(db: sqlite3.Connection, table: str, expression: str) -> list[int]:
    sql = f"SELECT rowid FROM {table} WHERE {table} MATCH ?"
    return [row for (row,) in db.execute(sql, (expression,))]


def _issued(db: sqlite3.Connection, first: date, last: date) -> set[int]:
    sql = "SELECT no FROM documents WHERE issued_on BETWEEN ? AND ?"
    return {no for (no,) in db.execute(sql, (first.isoformat(), last.isoformat()))}


def _best(db: sqlite3.Connection, question: Question, rows: list[int], count: int) -> list[Found]:
    """The best of the rows, the newest among equals."""
    worth = _worth(db, question, len(rows))
    if not worth:
        return [Found(row, 1.0) for row in rows[: -count - 1 : -1]]
    chosen = nlargest(count, rows, key=lambda row: (worth[row], row))
    return [Found(row, worth[row]) for row in chosen]


def _worth(db: sqlite3.Connection, question: Question, rows: int) -> Mapping[int, float]:
    """The factors of the tiers each row is in, multiplied; empty where nothing tells them apart."""
    worth: defaultdict[int, float] = defaultdict(lambda: 1.0)
    for tier in _match.tiers(question, rows) if rows > 1 else ():
        for row in _matching(db, tier.table, tier.expression):
            worth[row] *= tier.worth
    return worth
