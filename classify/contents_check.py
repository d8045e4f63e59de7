"""A dossier compared with its table of contents: what is there, what is missing, what is extra.

Numbers and days of old papers are by hand and often unread, lists shorten abstracts, and sheets
are numbered by pencil: no one sign decides. Each pair of an entry and a paper is weighed by all
that both say; pairs are taken from the heaviest down, then what is left between two sure neighbours
is taken in its order. Doubtful is what the order alone says, and a pair with a rival of its weight.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from classify._text import distance, fold, likeness, squeeze
from classify.contents import Entry
from classify.limits import MAX_CONTENTS_PAPERS

_ENOUGH = 1.0
"""Weight from which an entry and a paper are the same: the same number, or the same day and
sheet, or an abstract with two letters of three in common (measured: bench.contents)."""
_RIVAL = 0.3
"""Another pair that weighs less by no more than this might as well be the right one."""
_NOT_AGAINST = -0.6
"""Weight down to which an entry and a paper at the same place of the order may be the same."""
_SAME_NUMBER, _OTHER_NOTATION, _SAME_NOTATION = 3.0, 0.8, 0.5
_NEAR_NUMBER, _OTHER_NUMBER = -0.5, -1.6
_SAME_DAY, _NEAR_DAY, _OTHER_DAY = 0.9, -0.25, -1.0
_SAME_SHEET = 0.5
_FEW_LETTERS = 6
"""An abstract of fewer groups of three letters says nothing."""
_CONTAINED = 13
"""Groups from which a text that lies wholly within the other speaks for it."""
_MOST_LEAPT = 20
"""A longer leap is a misread ordinal, not so many lost rows."""
_LEADS = ("vv", "veviec")
_ISO = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper of the dossier, as read or corrected; what is not known is empty."""

    id: str
    number: str = ""
    issued_on: str = ""
    """ISO."""
    abstract: str = ""
    kind: str = ""
    """Its printed name: lists write it before the abstract."""
    sheet: int = 0
    """1-based, of its first page among the sheets of the dossier; 0 where nobody can say."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that the list and the paper have differently, or that only the list has."""

    field: str
    """number or issued_on."""
    listed: str
    read: str
    """Empty where it was not read."""


@dataclass(frozen=True, slots=True)
class Found:
    """An entry and its paper."""

    entry: int
    """0-based place in the list as read."""
    paper: str
    weight: float
    is_doubtful: bool
    """Taken for its place in the order, alone or among others that weigh the same."""
    differs: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a list and a dossier have in common. Entries by 0-based place, papers by id."""

    found: tuple[Found, ...]
    missing: tuple[int, ...]
    unlisted: tuple[str, ...]
    unread: tuple[int, ...]
    """Ordinals that the list leaps over: rows that the reader may have lost."""


def compare_contents(entries: Sequence[Entry], papers: Sequence[Paper]) -> Comparison:
    """Compare a list with the papers of its dossier, these in the order of the file.

    Raises nothing. Entries and papers after the first `MAX_CONTENTS_PAPERS` are not looked at.
    """
    entries, papers = entries[:MAX_CONTENTS_PAPERS], papers[:MAX_CONTENTS_PAPERS]
    weights = _weights(entries, papers)
    taken = _heaviest(weights)
    by_place = _by_place(taken, weights, len(entries), len(papers))
    pairs = sorted((taken | by_place).items())
    return Comparison(
        found=tuple(
            Found(
                entry,
                papers[paper].id,
                round(weights[entry, paper], 3),
                entry in by_place or _has_rival(entry, paper, taken, weights),
                tuple(_differences(entries[entry], papers[paper])),
            )
            for entry, paper in pairs
        ),
        missing=tuple(sorted(set(range(len(entries))) - {entry for entry, _ in pairs})),
        unlisted=tuple(
            paper.id for at, paper in enumerate(papers) if at not in {place for _, place in pairs}
        ),
        unread=tuple(_leaps(entries)),
    )


Weights = Mapping[tuple[int, int], float]
"""(place of the entry, place of the paper) -> weight."""


def _weights(entries: Sequence[Entry], papers: Sequence[Paper]) -> Weights:
    listed = [(entry, _number(entry.number), _threes(_said(entry.abstract))) for entry in entries]
    read = [
        (
            paper,
            _number(paper.number),
            [_threes(_said(text)) for text in (paper.abstract, paper.kind + paper.abstract)],
        )
        for paper in papers
    ]
    return {
        (i, j): _by_number(number, other)
        + _by_day(entry.issued_on, paper.issued_on)
        + max(_by_abstract(said, one) for one in texts)
        + _by_sheet(entry.sheet, paper.sheet)
        for i, (entry, number, said) in enumerate(listed)
        for j, (paper, other, texts) in enumerate(read)
    }


def _heaviest(weights: Weights) -> dict[int, int]:
    """Entry -> paper, the heaviest pairs first; of equals the nearest in order."""
    order = sorted(weights, key=lambda pair: (-weights[pair], abs(pair[0] - pair[1]), pair))
    taken: dict[int, int] = {}
    used: set[int] = set()
    for entry, paper in order:
        if weights[entry, paper] < _ENOUGH:
            break
        if entry not in taken and paper not in used:
            taken[entry] = paper
            used.add(paper)
    return taken


def _has_rival(entry: int, paper: int, taken: Mapping[int, int], weights: Weights) -> bool:
    """Whether two entries or two papers might change places and weigh as much."""
    least = weights[entry, paper] - _RIVAL
    mates = {other: at for at, other in taken.items()}
    last_row, last_place = max(weights)

    def is_free(row: int, place: int) -> bool:
        """Whether nothing heavier holds either of them elsewhere."""
        held = weights[row, place] + _RIVAL
        at, other = taken.get(row), mates.get(place)
        return (at is None or weights[row, at] <= held) and (
            other is None or weights[other, place] <= held
        )

    rivals = [(entry, other) for other in range(last_place + 1) if other != paper]
    rivals += [(other, paper) for other in range(last_row + 1) if other != entry]
    return any(weights[pair] >= max(least, _ENOUGH) and is_free(*pair) for pair in rivals)


def _by_place(
    taken: Mapping[int, int], weights: Weights, entries: int, papers: int
) -> dict[int, int]:
    """What is left between neighbours, as many entries as papers, in its order.

    Only where something was found: an order without any anchor proves nothing.
    """
    if not taken:
        return {}
    anchors = [(-1, -1), *_rising(taken), (entries, papers)]
    found: dict[int, int] = {}
    for (entry, paper), (next_entry, next_paper) in pairwise(anchors):
        rows = [row for row in range(entry + 1, next_entry) if row not in taken]
        left = [at for at in range(paper + 1, next_paper) if at not in set(taken.values())]
        pairs = list(zip(rows, left, strict=False))
        if len(rows) == len(left) and all(weights[pair] >= _NOT_AGAINST for pair in pairs):
            found |= dict(pairs)
    return found


def _rising(taken: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    """The pairs that keep the order."""
    last = -1
    for entry, paper in sorted(taken.items()):
        if paper > last:
            last = paper
            yield entry, paper


@dataclass(frozen=True, slots=True)
class _Number:
    digits: str
    notation: str
    """Squeezed letters after the digits; lists often leave them out."""


def _number(text: str) -> _Number:
    match = re.match(r"\W*(?:so\s*:?)?\s*(\d[\dOo ]*(?:\s*/\s*(?:19|20)\d\d\b)?)?", fold(text))
    digits = (match[1] or "") if match else ""
    rest = fold(text)[match.end() :] if match else fold(text)
    return _Number(re.sub(r"\s", "", digits).replace("o", "0").lstrip("0"), squeeze(rest))


def _by_number(one: _Number, other: _Number) -> float:
    alike = bool(one.notation and other.notation) and likeness(one.notation, other.notation) > 0
    silent = not (one.notation and other.notation)
    if not (one.digits and other.digits):
        return _SAME_NOTATION if alike else 0.0
    if one.digits == other.digits:
        return _SAME_NUMBER if alike or silent else _OTHER_NOTATION
    near = (
        min(len(one.digits), len(other.digits)) > 1 and distance(one.digits, other.digits, 1) == 1
    )
    return _NEAR_NUMBER if near else _OTHER_NUMBER


def _by_day(one: str, other: str) -> float:
    if not (_ISO.fullmatch(one) and _ISO.fullmatch(other)):
        return 0.0
    same = sum(a == b for a, b in zip(one.split("-"), other.split("-"), strict=True))
    return (_OTHER_DAY, _OTHER_DAY, _NEAR_DAY, _SAME_DAY)[same]


def _said(text: str) -> str:
    """An abstract as it is compared: letters and digits alone, without "V/v" and "Về việc"."""
    said = squeeze(text)
    for lead in _LEADS:
        said = said.removeprefix(lead)
    return said


def _by_abstract(one: frozenset[str], other: frozenset[str]) -> float:
    shorter = min(len(one), len(other))
    if shorter < _FEW_LETTERS:
        return 0.0
    common = len(one & other)
    within = 0.9 * common / shorter if shorter >= _CONTAINED else 0.0
    return 4 * max(2 * common / (len(one) + len(other)), within) - 1.6


def _threes(text: str) -> frozenset[str]:
    """Its groups of three letters: two texts share them but for the letters misread."""
    return frozenset(text[at : at + 3] for at in range(len(text) - 2))


def _by_sheet(listed: str, sheet: int) -> float:
    match = re.search(r"\d+", listed)
    return _SAME_SHEET if match and sheet and int(match[0]) == sheet else 0.0


def _differences(entry: Entry, paper: Paper) -> Iterator[Difference]:
    one, other = _number(entry.number), _number(paper.number)
    if one.digits and one.digits != other.digits:
        yield Difference("number", entry.number, paper.number if other.digits else "")
    if _ISO.fullmatch(entry.issued_on) and entry.issued_on != paper.issued_on:
        yield Difference("issued_on", entry.issued_on, paper.issued_on)


def _leaps(entries: Sequence[Entry]) -> Iterator[int]:
    """Ordinals left out between two that follow each other; a list that begins anew leaps none."""
    for one, other in pairwise([0, *(entry.ordinal for entry in entries)]):
        if 1 < other - one <= _MOST_LEAPT:
            yield from range(one + 1, other)
