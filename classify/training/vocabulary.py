"""The vocabulary of agencies, from papers that people stood for.

Only what public papers of agencies say about agencies is kept: their names, their notations, and
the officials who signed for them. A signer is an official only with an office's title under an
agency's name, and never the person that the paper is about; owners, applicants and the parties of
contracts are not learnt. What a single paper says may be a slip, so it is not kept either.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from classify._labels import looks_like_person
from classify._offices import is_known_title
from classify._text import fold
from classify._vocabulary import FIELDS, Used, use
from classify.learnt import Agency, FieldModel, Habit, Official
from classify.limits import MAX_AGENCIES
from classify.training.said import PARTS, FieldLesson, same

_OF_AGENCIES = tuple("ABCEFG")
"""Groups of kinds that agencies issue: applications, components and contracts are not."""
_SPELT = ("issuer", "notation", "signer_title")
"""Fields of which people's own spelling is learnt: never a person's name."""
_HABIT = 3
"""Papers on which people must have put the same in place of the same."""
_NEARLY = 0.9
"""Share of the papers with a spelling on which it must have been so."""
LEAST = 2
"""Papers that must say a word before it is an agency's own."""


@dataclass(slots=True)
class _Gathered:
    """What the papers of one agency say."""

    names: Counter[str] = field(default_factory=Counter)
    notations: Counter[str] = field(default_factory=Counter)
    officials: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


def vocabulary(lessons: Sequence[FieldLesson]) -> tuple[Agency, ...]:
    """The agencies of these papers, those with the most papers first."""
    gathered: dict[str, _Gathered] = defaultdict(_Gathered)
    for lesson in lessons:
        issuer = _text(lesson, "issuer")
        if issuer:
            _take(lesson, issuer, gathered[fold(issuer)])
    agencies = [agency for of in gathered.values() if (agency := _agency(of))]
    agencies.sort(key=lambda agency: (-agency.papers, agency.name))
    return tuple(agencies[:MAX_AGENCIES])


def habits(lessons: Sequence[FieldLesson]) -> tuple[Habit, ...]:
    """Spellings of agencies that people put others in place of, nearly every time they met them."""
    met: Counter[tuple[str, str]] = Counter()
    changed: Counter[tuple[str, str, str]] = Counter()
    for lesson in lessons:
        for name in _SPELT:
            said, read = lesson.said.get(name), lesson.found.fields[name].value
            if said is None or said.handwritten or not isinstance(read, str):
                continue
            met[name, read] += 1
            if isinstance(said.value, str) and said.value and not same(name, read, said.value):
                changed[name, read, said.value] += 1
    return tuple(
        Habit(name, read, meant, papers)
        for (name, read, meant), papers in sorted(changed.items())
        if papers >= _HABIT and papers >= _NEARLY * met[name, read]
    )


def _take(lesson: FieldLesson, issuer: str, to: _Gathered) -> None:
    to.names[issuer] += 1
    if notation := _text(lesson, "notation"):
        to.notations[notation] += 1
    name, title = _text(lesson, "signer_name"), _text(lesson, "signer_title")
    if name and title and is_official(lesson, name, title):
        to.officials[name][title] += 1


def _text(lesson: FieldLesson, name: str) -> str:
    """What a person said of a field; of a paper where nobody did, nothing."""
    said = lesson.said.get(name)
    return said.value if said and isinstance(said.value, str) else ""


def is_official(lesson: FieldLesson, name: str, title: str) -> bool:
    """Whether a signer signed for an agency, and is not whom the paper is about."""
    if lesson.group not in _OF_AGENCIES:
        return False
    people = {
        fold(str(said.value)) for field, said in lesson.said.items()
        if said.value and (field.endswith("_name") or field == "subject") and field != "signer_name"
    }  # fmt: skip
    return looks_like_person(name) and is_known_title(title) and fold(name) not in people


def _agency(of: _Gathered) -> Agency | None:
    name, papers = of.names.most_common(1)[0]
    if papers < LEAST:
        return None
    officials = (
        Official(person, titles.total(), dict(titles))
        for person, titles in sorted(of.officials.items())
        if titles.total() >= LEAST
    )
    notations = {text: count for text, count in sorted(of.notations.items()) if count >= LEAST}
    return Agency(name, of.names.total(), notations, tuple(officials))


def drawn(model: FieldModel, lessons: Sequence[FieldLesson]) -> FieldModel:
    """The model with the vocabulary and the habits of these papers."""
    return replace(model, agencies=vocabulary(lessons), habits=habits(lessons))


class WordScore(NamedTuple):
    """What the vocabulary of other papers does to one field's values."""

    gained: int = 0
    """Wrong before, right with it."""
    lost: int = 0
    """Right before, wrong with it."""
    offered: int = 0
    """Values beside which it put other readings."""
    offered_right: int = 0
    """Of these, where the value was wrong or missing and the right one was among them."""


def use_unseen(
    lessons: Sequence[FieldLesson], model: FieldModel, *, left_out: int | None = None
) -> dict[str, Used]:
    """Every paper with the vocabulary of papers of the other parts.

    Papers of the part `left_out` teach nothing at all; they are given with all others' words.
    """
    used = {}
    for part in range(PARTS):
        asked = [lesson for lesson in lessons if lesson.part == part]
        if not asked:
            continue
        rest = [lesson for lesson in lessons if lesson.part not in (part, left_out)]
        known = drawn(model, rest)
        used.update({lesson.id: use(lesson.found.fields, known) for lesson in asked})
    return used


EVERYTHING = FieldModel("0", mends=frozenset(FIELDS), proposes=frozenset(FIELDS))
"""A model that mends and offers whatever its vocabulary knows, for the comparison."""


def score_words(lessons: Sequence[FieldLesson], asked: frozenset[str]) -> Mapping[str, WordScore]:
    """What the vocabulary does on papers that it was not drawn from; `asked` are the ids asked."""
    scores = dict.fromkeys(FIELDS, WordScore())
    used = use_unseen(lessons, EVERYTHING)
    for lesson in lessons:
        if lesson.id in asked:
            for name in FIELDS:
                scores[name] = _plus(scores[name], name, lesson, used[lesson.id])
    return scores


def _plus(score: WordScore, name: str, lesson: FieldLesson, used: Used) -> WordScore:
    said = lesson.said.get(name)
    if said is None:
        return score
    before, after = lesson.found.fields[name], used.fields[name]
    was, is_ = (same(name, value.value, said.value) for value in (before, after))
    new = [other for other in after.alternatives if other not in before.alternatives]
    offers = bool(new) and after.value == before.value
    right = not was and any(same(name, other.value, said.value) for other in new)
    return WordScore(
        score.gained + (is_ and not was),
        score.lost + (was and not is_),
        score.offered + offers,
        score.offered_right + (offers and right),
    )
