"""What a model of kinds looks at: hashed words of a document's first page, and how well each
kind's own wording fits it.

Two sorts. The *sparse* ones are words by place (name, abstract, labels, body), hashed: a model has
a weight for each of them and each kind. The *shared* ones say how a kind's catalogue row fits the
page (its phrase is the name, its abbreviation stands in the number); their weights are the same for
all kinds, so that they speak for a kind no model has seen.
"""

import math
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from classify._first import FirstPage, first_with_text, open_page
from classify._layout import Layout, Run, lay_out
from classify._matching import (
    ENOUGH,
    OTHER,
    Match,
    greets,
    letter_of,
    match_of,
    other_of,
    rank_of,
    same_type,
    title_phrases,
)
from classify._outside import known_name
from classify._text import capitals, fold, letters, squeeze
from classify.types import Kind, KindGuess, PageView, Reference

SIZE = 1 << 14
"""Places that the sparse features are hashed into."""
NONE = "?"
"""The class of pages that no kind can be given."""
SHARED = (
    "name", "name_inside", "decided", "letter", "notation", "notation_against", "winner",
    "winner_score", "phrase_length", "in_capitals", "in_head", "citizen_numbered", "other_year",
    "letter_score", "other_score", "nothing_fits", "no_name", "no_head", "bias_other", "bias_none",
    "phrase_covers", "first_of_title", "usual_name", "impossible",
    "undecided",
)  # fmt: skip
"""Names of the shared features, in their order."""
_WEIGHTS = {
    "t": 1.6, "T": 1.2, "g": 1.0, "n": 1.0, "h": 0.8, "a": 0.7, "i": 0.35, "l": 0.8, "b": 0.7,
    "c": 0.7, "e": 0.6,
}  # fmt: skip
"""How much each place weighs; its words share this."""
_MOST_WORDS = 350
"""Words of the body that are looked at."""

_BOTH = frozenset({"NQ", "QĐ", "CT", "TB"})
"""Abbreviations that several kinds bear: a year in the number, or the abstract, parts them."""

Vector = NDArray[np.float32]


_OUTSIDE = Kind(OTHER, "Giấy tờ khác", "giấy tờ khác", "", "Z", ())
"""For a catalogue that does not list it: a paper of no kind is always possible."""


@dataclass(frozen=True)
class Look:
    """One document as the model sees it."""

    first: FirstPage
    last: Layout | None
    """The last page's layout, where there are several."""
    matches: tuple[Match, ...]
    """Kinds whose own wording the page holds, the best first."""
    letter: KindGuess | None
    other: KindGuess | None
    tokens: tuple[str, ...]
    """The sparse features by name, for telling a person why."""
    places: NDArray[np.int64]
    values: Vector
    shared: Vector
    """(classes, SHARED): the reference's kinds in their order, OTHER where they lack it, NONE."""
    classes: tuple[str, ...]


def look(pages: Sequence[PageView], reference: Reference) -> Look | None:
    """Take a document apart; None where no page holds a word."""
    view = first_with_text(pages)
    if view is None:
        return None
    first = open_page(view)
    others = [page for page in pages if page is not view and page.text.lines and not page.is_blank]
    last = lay_out(others[-1]) if others else None
    return look_at_first(first, reference, last)


def look_at_first(first: FirstPage, reference: Reference, last: Layout | None = None) -> Look:
    """The same for a first page already taken apart and the layout of the last page."""
    if not any(kind.code == OTHER for kind in reference.kinds):
        reference = replace(reference, kinds=(*reference.kinds, _OUTSIDE))
    found = (match_of(kind, first) for kind in reference.kinds)
    matches = sorted(
        (match for match in found if match and match.score >= ENOUGH),
        key=lambda match: rank_of(match, first),
        reverse=True,
    )
    letter, other = letter_of(first, reference), other_of(first, reference)
    tokens = _tokens(first, last)
    places, values = _hashed(tokens)
    return Look(
        first,
        last,
        tuple(matches),
        letter,
        other,
        tuple(tokens),
        places,
        values,
        _shared(first, reference, matches, letter, other),
        (*(kind.code for kind in reference.kinds), NONE),
    )


def _hashed(tokens: dict[str, float]) -> tuple[NDArray[np.int64], Vector]:
    places, values = np.empty(len(tokens), np.int64), np.empty(len(tokens), np.float32)
    for index, (token, value) in enumerate(tokens.items()):
        code = zlib.crc32(token.encode())
        places[index] = code % SIZE
        values[index] = value if code & 0x80000000 else -value
    return places, values


def _words(text: str) -> list[str]:
    """Folded words; digits become 0, so that a number says no more than its length."""
    return re.sub(r"\d", "0", re.sub(r"[^\w\s]|_", " ", fold(text))).split()


def _grams(words: Sequence[str]) -> list[str]:
    return [*words, *(f"{a} {b}" for a, b in pairwise(words))]


def _tokens(first: FirstPage, last: Layout | None) -> dict[str, float]:
    """Feature -> value: the words of each place share the place's weight."""
    tokens: dict[str, float] = {}
    for place, words in _places(first, last):
        counted = Counter(words)
        if not counted:
            continue
        norm = math.sqrt(sum(math.log1p(n) ** 2 for n in counted.values()))
        for word, n in counted.items():
            tokens[f"{place}:{word}"] = _WEIGHTS[place] * math.log1p(n) / norm
    return tokens


def _places(first: FirstPage, last: Layout | None) -> Iterable[tuple[str, list[str]]]:
    title = [run.text for run in first.title.capitals]
    names = [word for text in title for word in _words(text)]
    run_on = squeeze(" ".join(title))[:70]
    yield "t", [*_grams(_words(title[0])), squeeze(title[0])[:30]] if title else []
    yield "T", _grams(names)
    yield "g", [run_on[i : i + 4] for i in range(len(run_on) - 3)]
    yield "n", _notation(first)
    yield "h", _structure(first)
    yield "a", _grams(_words(" ".join(r.text for r in _abstract(first))))
    yield "i", [word for run in first.head.issuer for word in _words(run.text)]
    yield "l", _labels(first)
    yield "b", _grams(_body(first))
    yield "c", _capital_rows(first.layout, set(title))
    yield "e", _capital_rows(last, set()) if last else []


def _abstract(first: FirstPage) -> tuple[Run, ...]:
    return (*first.title.follows, *first.title.reference)


def _notation(first: FirstPage) -> list[str]:
    number = first.number
    if first.head.number is None or number is None:
        return ["none"]
    parts = [f"type {fold(number.type_part)}"]
    parts += [f"part {fold(part)}" for part in re.split(r"[-/.]", number.notation)[1:3]]
    parts.append("year" if number.year else "no year")
    return parts


def _structure(first: FirstPage) -> list[str]:
    head, layout = first.head, first.layout
    words = sum(len(run.words) for run in layout.runs)
    said = {
        "nation": head.nation,
        "motto": head.motto,
        "centred": head.nation and layout.across(head.nation) < 0.58,
        "issuer": head.issuer,
        "number": head.number,
        "date": head.date,
        "name": first.title.capitals,
        "reference": first.title.reference,
        "greets": greets(layout),
        "landscape": layout.width > layout.height,
    }
    return [
        *(name if value else f"no {name}" for name, value in said.items()),
        f"words {min(9, int(math.log2(words + 1)))}",
    ]


def _below(first: FirstPage) -> float:
    rows = (*first.title.capitals, *first.title.follows)
    return max((run.box.y1 for run in rows), default=0.0)


def _body(first: FirstPage) -> list[str]:
    bottom = _below(first)
    words: list[str] = []
    for run in first.layout.runs:
        if run.box.y0 >= bottom:
            words += _words(run.text)
            if len(words) > _MOST_WORDS:
                break
    return words[:_MOST_WORDS]


def _labels(first: FirstPage) -> list[str]:
    """How the lines begin: forms are known by their labels."""
    bottom = _below(first)
    found = []
    for row in first.layout.rows[:90]:
        words = _words(row.runs[0].text)[:4] if row.box.y0 >= bottom else []
        if len(words) > 1:
            found += [" ".join(words[:2]), " ".join(words[:3])]
    return found


def _capital_rows(layout: Layout | None, known: set[str]) -> list[str]:
    """Words of what stands in capitals besides the name."""
    found: list[str] = []
    for run in layout.runs if layout else ():
        text = run.text
        if text not in known and len(letters(text)) > 3 and capitals(text) > 0.8:
            found += _grams(_words(text))
            if len(found) > 200:
                break
    return found


def _shared(
    first: FirstPage,
    reference: Reference,
    matches: Sequence[Match],
    letter: KindGuess | None,
    other: KindGuess | None,
) -> Vector:
    by_code = {match.kind.code: match for match in matches}
    page = _Page(first)
    winner = _winner(matches, letter, other)
    table = np.zeros((len(reference.kinds) + 1, len(SHARED)), np.float32)
    for row, kind in zip(table, reference.kinds, strict=False):
        facts = _facts(kind, by_code.get(kind.code), page)
        if kind.code == winner[0]:
            facts |= {"winner": 1.0, "winner_score": winner[1]}
        if letter and letter.code == kind.code:
            facts["letter_score"] = letter.confidence
        if kind.code == OTHER:
            facts |= _other_facts(first, matches, other)
        _fill(row, facts)
    _fill(table[-1], page.none_facts(bool(matches) or letter is not None))
    return table


def _fill(row: Vector, facts: dict[str, float]) -> None:
    for name, value in facts.items():
        row[SHARED.index(name)] = value


def _winner(
    matches: Sequence[Match], letter: KindGuess | None, other: KindGuess | None
) -> tuple[str | None, float]:
    if matches:
        return matches[0].kind.code, matches[0].score
    guess = letter or other
    return (guess.code, guess.confidence) if guess else (None, 0.0)


def _other_facts(
    first: FirstPage, matches: Sequence[Match], other: KindGuess | None
) -> dict[str, float]:
    name = first.title.capitals[0].text if first.title.capitals else ""
    return {
        "usual_name": float(bool(name) and known_name(name) is not None),
        "bias_other": 1.0,
        "other_score": other.confidence if other else 0.0,
        "nothing_fits": float(other is not None and not matches),
    }


class _Page:
    """What is asked of a page for every kind, worked out once."""

    def __init__(self, first: FirstPage) -> None:
        self.first = first
        self.number = first.number
        self.names = squeeze(" ".join(run.text for run in first.title.capitals))
        rows = [run for run in first.layout.runs if len(letters(run.text)) > 3]
        self.capital = squeeze(" ".join(r.text for r in rows if capitals(r.text) > 0.7))
        upper = 0.45 * first.layout.height
        self.upper = squeeze(" ".join(run.text for run in rows if run.box.y0 < upper))

    def none_facts(self, fits: bool) -> dict[str, float]:  # noqa: FBT001  one private caller
        """For the class of no kind."""
        head = self.first.head
        return {
            "bias_none": 1.0,
            "no_name": float(not self.names),
            "no_head": float(not (head.nation or head.motto or head.number or head.date)),
            "nothing_fits": float(not fits),
        }


def _facts(kind: Kind, match: Match | None, page: _Page) -> dict[str, float]:
    facts: dict[str, float] = {}
    if match:
        short = len(squeeze(match.phrase))
        which = _sort(match)
        facts[which] = match.score
        facts["phrase_length"] = min(short, 40) / 20
        facts["phrase_covers"] = min(1.0, short / max(len(page.names), 1))
        facts["first_of_title"] = float(page.names.startswith(squeeze(match.phrase)))
    for phrase in title_phrases(kind):
        said = squeeze(phrase)
        if len(said) > 7 and said in page.capital:
            facts["in_capitals"] = 1.0
        if len(said) > 7 and said in page.upper:
            facts["in_head"] = 1.0
    group, number = kind.group[:1], page.number
    if number and number.notation and kind.abbreviation in _BOTH and group in "AC":
        facts["impossible"] = float(bool(number.year) != (group == "C"))
    if not match and kind.abbreviation in _BOTH and group not in "AC":
        facts["undecided"] = 1.0
    if number and number.notation and kind.abbreviation:
        fits = same_type(number.type_part, kind.abbreviation)
        facts["notation" if fits else "notation_against"] = 1.0
    if group == "H" and page.first.head.number:
        facts["citizen_numbered"] = 1.0
    if number and bool(number.year and number.notation) != (group == "C"):
        facts["other_year"] = 1.0
    return facts


def _sort(match: Match) -> str:
    if match.reason.startswith("Tên loại “"):
        return "decided"
    if match.reason.startswith("Trích yếu"):
        return "letter"
    return "name" if match.begins else "name_inside"
