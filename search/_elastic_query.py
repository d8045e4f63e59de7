"""A question as an Elasticsearch query: the same words, rights and tiers as in `_match`.

Rights and filters stand in the filter context of the one query, so that neither a total nor a
score tells of what may not be seen.
"""

from collections.abc import Iterable, Mapping
from itertools import islice, pairwise
from typing import Any

from search._elastic_schema import BEGINNING
from search._match import code_term, splits
from search._nearby import likely_edits
from search.abbreviations import Phrase
from search.limits import NEIGHBOURS, NEIGHBOURS_ROWS, OPENING_CLAUSES
from search.query import Clause, Field, Question
from search.types import Query

Body = Mapping[str, Any]
NOTHING: Body = {"match_none": {}}

_COLUMNS = {
    Field.NUMBER: "number",
    Field.KIND: "kind",
    Field.ISSUER: "issuer",
    Field.SIGNER: "signer",
    Field.SUBJECT: "subject",
}


def matching(question: Question, query: Query) -> Body:
    """The documents that answer as typed."""
    needed = [_exactly(clause) for clause in question.clauses if not clause.excluded]
    allowed = _allowed(question, query)
    return {
        "bool": {"filter": [*needed, *allowed["filter"]], "must_not": allowed["must_not"]},
    }


def ranked(found: Body, question: Question, rows: int) -> Body:
    """The same, each scored by the tiers that it is in, multiplied."""
    return {
        "function_score": {
            "query": {"constant_score": {"filter": found}},
            "functions": [
                {"filter": tier, "weight": worth} for tier, worth in tiers(question, rows)
            ],
            "score_mode": "multiply",
            "boost_mode": "multiply",
        }
    }


def matching_loosely(question: Question, query: Query) -> Body:
    """The documents that answer by similar, split and joined words only."""
    needed = [clause for clause in question.clauses if not clause.excluded]
    plain = [clause.alternatives[0] for clause in needed if not clause.verbatim]
    forms = iter(_forms([word.folded for phrase in plain for word in phrase]))
    loosely = [
        _exactly(clause)
        if clause.verbatim
        else _any([_exactly(clause), _all(list(islice(forms, len(clause.alternatives[0]))))])
        for clause in needed
    ]
    allowed = _allowed(question, query)
    as_typed = _all([_exactly(clause) for clause in needed])
    return {
        "bool": {
            "filter": [*loosely, *allowed["filter"]],
            "must_not": [*allowed["must_not"], as_typed],
        }
    }


def tiers(question: Question, rows: int) -> list[tuple[Body, float]]:
    """What makes one answer better: the title, the opening, tones, words side by side."""
    clauses = [one for one in question.clauses if not one.excluded and one.field is None]
    if not clauses:
        return []
    typed = [_text(clause.alternatives[0]) for clause in clauses]
    found = [(_in_title(clauses), 4.0)]
    if toned := [clause for clause in clauses if _is_toned(clause)]:
        found.append((_all([_in_tone(clause) for clause in toned]), 3.0))
    found += [(_in_opening(clause), 1.2) for clause in clauses[:OPENING_CLAUSES]]
    if len(typed) > 1:
        found += [(_near(typed), 2.0), (_phrase("all", " ".join(typed)), 2.0)]
    if 2 < len(typed) <= NEIGHBOURS and rows <= NEIGHBOURS_ROWS:
        found += [(_phrase("all", f"{left} {right}"), 1.3) for left, right in pairwise(typed)]
    return found


def _allowed(question: Question, query: Query) -> dict[str, list[Body]]:
    """The asker's rights and filters, and what is excluded."""
    filters: list[Body] = []
    if query.access is not None:
        filters.append({"terms": {"access": sorted(query.access)}})
    if query.status is not None:
        filters.append({"terms": {"status": sorted(query.status)}})
    if query.kind is not None:
        filters.append({"term": {"kind_code": query.kind}})
    first = max((day for day in (query.issued_from, question.issued_from) if day), default=None)
    last = min((day for day in (query.issued_to, question.issued_to) if day), default=None)
    if first or last:
        ends = {"gte": first, "lte": last}
        given = {name: day.isoformat() for name, day in ends.items() if day}
        filters.append({"range": {"issued_on": given}})
    unwanted = [_exactly(clause) for clause in question.clauses if clause.excluded]
    return {"filter": filters, "must_not": unwanted}


def _exactly(clause: Clause) -> Body:
    return _any(_plain(phrase, clause.field) for phrase in clause.alternatives)


def _plain(phrase: Phrase, field: Field | None) -> Body:
    """A phrase anywhere, or in its field, or as a whole number."""
    if field is Field.NUMBER and phrase[0].folded.isdigit():
        return _phrase("number", f"{BEGINNING} {_text(phrase)}")
    if field is not None:
        return _phrase(_COLUMNS[field], _text(phrase))
    found = _phrase("all", _text(phrase))
    return _any([found, {"term": {"codes": code_term(phrase)}}]) if _has_code(phrase) else found


def _has_code(phrase: Phrase) -> bool:
    return len(phrase) > 1 and any(word.folded.isdigit() for word in phrase)


def _in_title(clauses: Iterable[Clause]) -> Body:
    return _all(
        [
            _any(
                _phrase(name, _text(phrase))
                for phrase in clause.alternatives
                for name in ("number", "abstract")
            )
            for clause in clauses
        ]
    )


def _in_opening(clause: Clause) -> Body:
    return _any(_phrase("opening", _text(phrase)) for phrase in clause.alternatives)


def _is_toned(clause: Clause) -> bool:
    return any(word.exact != word.folded for phrase in clause.alternatives for word in phrase)


def _in_tone(clause: Clause) -> Body:
    return _any(
        _phrase("tones", " ".join(word.exact for word in phrase)) for phrase in clause.alternatives
    )


def _near(typed: list[str]) -> Body:
    """All within twice as many words as were typed, in any order."""
    between = sum(len(text.split()) for text in typed[1:-1])
    rules = [{"match": {"query": text, "max_gaps": 0, "ordered": True}} for text in typed]
    gaps = max(0, 2 * len(typed) - between)
    return {
        "intervals": {"all": {"all_of": {"intervals": rules, "max_gaps": gaps, "ordered": False}}}
    }


def _forms(words: list[str]) -> list[Body]:
    """For each word: itself, words like it, cut in two, run into the one before or after."""
    return [
        _any(
            [
                {"terms": {"all": [word, *likely_edits(word), before + word, word + after]}},
                *(_phrase("all", split) for split in splits(word)),
            ]
        )
        for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False)
    ]


def _text(phrase: Phrase) -> str:
    return " ".join(word.folded for word in phrase)


def _phrase(field: str, text: str) -> Body:
    return {"match_phrase": {field: text}}


def _any(parts: Iterable[Body]) -> Body:
    given = list(parts)
    if len(given) == 1:
        return given[0]
    return {"bool": {"should": given, "minimum_should_match": 1}} if given else NOTHING


def _all(parts: list[Body]) -> Body:
    return {"bool": {"filter": parts}}
