"""Labels of own fields, learnt from where the values that people typed stand on the page."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from classify._own import SORTS, own_field
from classify._text import fold, letters
from classify.training.said import FieldLesson, same
from classify.types import OwnField

LEAST = 3
"""Papers on which the same words must stand before a value."""


class LabelScore(NamedTuple):
    """What labels learnt from other papers do on papers that they were not learnt from."""

    asked: int
    gained: int
    """Values read that were not read before, and right."""
    wrong: int
    """Values read that are not what the person said."""


def learnt_labels(lessons: Sequence[FieldLesson]) -> dict[str, tuple[OwnField, ...]]:
    """Kind -> own fields with the words that stand before their values on enough papers."""
    counted: dict[tuple[str, str], Counter[tuple[str, str]]] = defaultdict(Counter)
    shown: dict[str, str] = {}
    for lesson in lessons:
        for name, hints in lesson.hints.items():
            endings = {(sort, ending) for sort, label in hints for ending in _endings(label, shown)}
            counted[lesson.code or "", name].update(endings)
    found: dict[str, list[OwnField]] = defaultdict(list)
    for (code, name), counts in sorted(counted.items()):
        best = _best(counts)
        if best:
            found[code].append(OwnField(name, (shown[best[1]],), best[0]))
    return {code: tuple(fields) for code, fields in found.items()}


def _endings(label: str, shown: dict[str, str]) -> Iterator[str]:
    """The last words of what stands before a value, folded; how each is printed is noted."""
    words = label.split()
    for start in range(len(words)):
        text = " ".join(words[start:])
        if len(letters(text)) > 2:
            shown.setdefault(fold(text), text)
            yield fold(text)


def _best(counts: Counter[tuple[str, str]]) -> tuple[str, str] | None:
    """The longest words that stand before nearly all values; text before narrower sorts."""
    most = max(counts.values(), default=0)
    if most < LEAST:
        return None
    order = list(SORTS)
    often = [key for key, count in counts.items() if count >= max(LEAST, 0.8 * most)]
    return min(often, key=lambda key: (order.index(key[0]), -len(key[1].split()), key[1]))


def score_labels(lessons: Sequence[FieldLesson]) -> Mapping[tuple[str, str], LabelScore]:
    """Each paper read with the labels that the others teach."""
    scores: dict[tuple[str, str], LabelScore] = {}
    by_code: dict[str, list[FieldLesson]] = defaultdict(list)
    for lesson in lessons:
        if lesson.code and lesson.heads:
            by_code[lesson.code].append(lesson)
    for code, group in by_code.items():
        if not any(lesson.hints for lesson in group):
            continue
        for at, lesson in enumerate(group):
            others = _others(group, at)
            taught = {one.name: one for one in learnt_labels(others).get(code, ())}
            for name in taught:
                key = (code, name)
                scores[key] = _plus(scores.get(key), lesson, name, taught)
    return scores


_WHOLE = 60
"""Papers of one kind up to which each is left out alone."""


def _others(group: Sequence[FieldLesson], at: int) -> list[FieldLesson]:
    if len(group) <= _WHOLE:
        return [*group[:at], *group[at + 1 :]]
    return [lesson for lesson in group if lesson.part != group[at].part]


def _plus(
    score: LabelScore | None,
    lesson: FieldLesson,
    name: str,
    taught: Mapping[str, OwnField],
) -> LabelScore:
    asked, gained, wrong = score or LabelScore(0, 0, 0)
    said = lesson.said.get(name)
    before = lesson.found.fields.get(name)
    if said is None or (before is not None and before.value is not None):
        return LabelScore(asked, gained, wrong)
    value = own_field(name, lesson.heads, {}, taught).value
    right = same(name, value, said.value)
    return LabelScore(
        asked + 1, gained + (right and value is not None), wrong + (value is not None and not right)
    )
