"""A question as an FTS5 MATCH expression.

Every word is quoted and made of letters and digits alone (`analysis.WORD`), so no typed character
ever reaches FTS5's own syntax. bm25 adds up every phrase of the expression that a row holds, so
nearness is rewarded by an alternative that asks for nothing more: `dat OR "thu hoi dat"`.
"""

from collections.abc import Callable, Iterable
from itertools import islice, pairwise

from search.abbreviations import Phrase
from search.query import Clause, Field, Question

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


def code_term(parts: Phrase) -> str:
    """A whole number as one word of the index: 05/QĐ-UBND is 5/qd/ubnd."""
    return "/".join(part.folded for part in parts)


def wanted(question: Question) -> str:
    """The expression for what must be there; empty where nothing must."""
    clauses = [clause for clause in question.clauses if not clause.excluded]
    rewards = _beside(clauses)
    return _all(
        _any(_alternatives(clause) + rewards.get(place, ())) for place, clause in enumerate(clauses)
    )


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


def in_title(question: Question) -> str:
    """The expression for rows that have every word in their number or abstract."""
    return _all(
        _any(f"{_TITLE} : {_words(phrase)}" for phrase in clause.alternatives)
        for clause in _free(question)
    )


def in_tone(question: Question) -> str:
    """The expression, for the table `tones`, for every toned word in the very tone typed."""
    return _all(
        _any(_quoted(" ".join(word.exact for word in phrase)) for phrase in clause.alternatives)
        for clause in _free(question)
        if any(word.exact != word.folded for phrase in clause.alternatives for word in phrase)
    )


def excluded(question: Question) -> str:
    """The expression for what must not be there; empty where all may."""
    return _any(
        part for clause in question.clauses if clause.excluded for part in _alternatives(clause)
    )


def _free(question: Question) -> list[Clause]:
    """The clauses that are not held to a field."""
    return [clause for clause in question.clauses if not clause.excluded and clause.field is None]


def _alternatives(clause: Clause) -> tuple[str, ...]:
    return tuple(part for phrase in clause.alternatives for part in _parts(phrase, clause.field))


def _parts(phrase: Phrase, field: Field | None) -> tuple[str, ...]:
    words = _words(phrase)
    numbered = phrase[0].folded.isdigit()
    if field is Field.NUMBER and numbered:
        return (f"number : ^ {words}",)  # so:15 is number 15, not a part of it
    if field is not None:
        return (f"{_COLUMNS[field]} : {words}",)
    if numbered and len(phrase) > 1:
        return words, f"codes : {_quoted(code_term(phrase))}"
    return (words,)


def _beside(clauses: list[Clause]) -> dict[int, tuple[str, ...]]:
    """For the place of each word after another: the two side by side."""
    return {
        place: (_words(left.alternatives[0] + right.alternatives[0]),)
        for place, (left, right) in enumerate(pairwise(clauses), start=1)
        if left.field is None and right.field is None
    }


def _forms(words: list[str], similar: Similar) -> list[str]:
    """For each word: itself, words like it, cut in two, run into the one before or after."""
    return [
        _any(
            _quoted(form)
            for form in (word, *similar(word), *_splits(word), before + word, word + after)
        )
        for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False)
    ]


def _splits(word: str) -> tuple[str, ...]:
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
