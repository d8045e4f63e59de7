"""A question as an FTS5 MATCH expression.

Every word is quoted and made of letters and digits alone (`analysis.WORD`), so no typed character
ever reaches FTS5's own syntax. The asker's rights and the other exact filters are words too, in the
column `labels`: FTS5 intersects them for a tenth of the price of a join.
"""

from collections.abc import Callable, Iterable
from itertools import islice, pairwise
from typing import NamedTuple

from search.abbreviations import Phrase
from search.limits import NEIGHBOURS, NEIGHBOURS_ROWS, OPENING_CLAUSES
from search.query import Clause, Field, Question
from search.types import Query

Similar = Callable[[str], Iterable[str]]
"""Words one edit away from a folded word, that the index holds."""

_COLUMNS = {
    Field.NUMBER: "number",
    Field.KIND: "kind",
    Field.ISSUER: "issuer",
    Field.SIGNER: "signer",
    Field.SUBJECT: "subject",
}
_TITLE = "{number abstract}"
EVERY, _NONE = "every/", "none/"
"""The label that every document bears, and one that none does; a typed word has no slash."""


EACH, MOST = 1.5, 12


class Tier(NamedTuple):
    """Documents that answer better than the rest: found by `expression` in `table`."""

    table: str
    expression: str
    worth: float
    """How many times better."""


def label(name: str, value: str) -> str:
    """An exact value as one word of the index: nothing in it can part it or read as syntax."""
    return f"{name}/{value.encode('utf-8', 'replace').hex()}"


def code_term(parts: Phrase) -> str:
    """A whole number as one word of the index: 05/QĐ-UBND is 5/qd/ubnd."""
    return "/".join(part.folded for part in parts)


def wanted(question: Question) -> str:
    """The expression for what must be there; empty where nothing must."""
    return _all(_any(_alternatives(clause)) for clause in question.clauses if not clause.excluded)


def wanted_loosely(question: Question, similar: Similar) -> str:
    """The same with similar, split and joined words; verbatim clauses stay as they are."""
    clauses = [clause for clause in question.clauses if not clause.excluded]
    plain = [clause.alternatives[0] for clause in clauses if not clause.verbatim]
    forms = iter(_forms([word.folded for phrase in plain for word in phrase], similar))
    return _all(
        _any(_alternatives(clause))
        if clause.verbatim
        else _any((*_alternatives(clause), _all(islice(forms, len(clause.alternatives[0])))))
        for clause in clauses
    )


def allowed(expression: str, question: Question, query: Query) -> str:
    """`expression` within the asker's rights and filters, without what is excluded."""
    filters = (
        ("access", query.access),
        ("status", query.status),
        ("kind", None if query.kind is None else frozenset({query.kind})),
    )
    labels = [
        _any(f"labels : {_quoted(label(name, value))}" for value in sorted(values))
        or f"labels : {_quoted(_NONE)}"  # who may see nothing sees nothing
        for name, values in filters
        if values is not None
    ]
    unwanted = _any(
        part for clause in question.clauses if clause.excluded for part in _alternatives(clause)
    )
    inside = _all((expression, *labels)) or f"labels : {_quoted(EVERY)}"
    return f"{inside} NOT {unwanted}" if unwanted else inside


def tiers(question: Question, rows: int) -> list[Tier]:
    """What makes one of `rows` answers better: title, opening, tones, words side by side."""
    clauses = [c for c in question.clauses if not c.excluded and c.field is None]
    typed = [_words(clause.alternatives[0]) for clause in clauses]
    found = [Tier("words", _in_title(clauses), 4.0), Tier("tones", _in_tone(clauses), 3.0)]
    found += [Tier("words", _in_opening(clause), 1.2) for clause in clauses[:OPENING_CLAUSES]]
    if len(typed) > 1:
        near = f"NEAR({' '.join(typed)}, {2 * len(typed)})"
        found += [Tier("words", near, 2.0), Tier("words", " + ".join(typed), 2.0)]
    if 2 < len(typed) <= NEIGHBOURS and rows <= NEIGHBOURS_ROWS:
        found += [Tier("words", f"{left} + {right}", 1.3) for left, right in pairwise(typed)]
    return [tier for tier in found if tier.expression]


def _in_title(clauses: list[Clause]) -> str:
    return _all(
        _any(f"{_TITLE} : {_words(phrase)}" for phrase in clause.alternatives) for clause in clauses
    )


def _in_opening(clause: Clause) -> str:
    return _any(f"opening : {_words(phrase)}" for phrase in clause.alternatives)


def _in_tone(clauses: list[Clause]) -> str:
    return _all(
        _any(_quoted(" ".join(word.exact for word in phrase)) for phrase in clause.alternatives)
        for clause in clauses
        if any(word.exact != word.folded for phrase in clause.alternatives for word in phrase)
    )


def _alternatives(clause: Clause) -> tuple[str, ...]:
    return tuple(part for phrase in clause.alternatives for part in _parts(phrase, clause.field))


def _parts(phrase: Phrase, field: Field | None) -> tuple[str, ...]:
    words = _words(phrase)
    if field is Field.NUMBER and phrase[0].folded.isdigit():
        return (f"number : ^ {words}",)  # so:15 is number 15, not a part of it
    if field is not None:
        return (f"{_COLUMNS[field]} : {words}",)
    if len(phrase) > 1 and any(word.folded.isdigit() for word in phrase):
        return words, f"codes : {_quoted(code_term(phrase))}"
    return (words,)


def _forms(words: list[str], similar: Similar) -> list[str]:
    """For each word: itself, words like it, cut in two, run into the one before or after."""
    return [
        _any(
            _quoted(form)
            for form in (word, *similar(word), *splits(word), before + word, word + after)
        )
        for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False)
    ]


def splits(word: str) -> tuple[str, ...]:
    """`word` cut in two by a stray space of the recogniser, for words that are no number."""
    if not word.isalpha():
        return ()
    return tuple(f"{word[:cut]} {word[cut:]}" for cut in range(1, len(word)))


def _words(phrase: Phrase) -> str:
    return _quoted(" ".join(word.folded for word in phrase))


def _quoted(words: str) -> str:
    return '"' + words.replace('"', '""') + '"'


def _any(parts: Iterable[str]) -> str:
    return _combined(" OR ", parts)


def _all(parts: Iterable[str]) -> str:
    return _combined(" AND ", parts)


def _combined(operator: str, parts: Iterable[str]) -> str:
    given = list(dict.fromkeys(part for part in parts if part))
    return f"({operator.join(given)})" if given else ""
