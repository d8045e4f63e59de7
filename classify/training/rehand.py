"""Learning an office's hands: examined on papers that were left out, switched only where better.

Crops are few and of few writers, so each paper's are examined by a head that was learnt without
them. Drawn lines of many hands stand guard: whoever gets better at the office's and worse at those
is not taken.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from classify.hand_learnt import HandModel
from ocr.digits import Head
from ocr.digits.tune import (
    BIAS_ALONE,
    NOTHING_ASKED,
    Pull,
    Standing,
    Taught,
    examine,
    learn_head,
    network_id,
)

PARTS = 4
"""How many times the papers are divided, each part left out once."""
FEWEST = 20
"""Crops under which nothing is learnt."""
_WORSE = 0.02
"""How much less of the guard the new head may read right."""
_WRONG = 0.01
"""Share of what is read with certainty that may be wrong, where it was less before."""
_PULLS = (Pull(3.0, 0.3), Pull(10.0, 1.0), Pull(30.0, 3.0), BIAS_ALONE)
"""From bold to careful: of those that lose nothing the best is taken."""


class Why(StrEnum):
    """Why the head is used or not."""

    BETTER = "better"
    """More strings right on papers left out, and likelier ones; nothing lost elsewhere."""
    TOO_FEW = "too_few"
    """Too few crops."""
    NOTHING_NEW = "nothing_new"
    """Every crop was learnt from already."""
    NOT_BETTER = "not_better"
    """No more is read right, or what is read is not likelier."""


@dataclass(frozen=True, slots=True)
class HandLesson:
    """One crop with the paper that it is of."""

    id: str
    paper: str
    taught: Taught


@dataclass(frozen=True, slots=True)
class HandVerdict:
    """Old and new beside each other, on crops that the present head was not learnt from."""

    model: HandModel | None
    """The new model where it is better, else None."""
    why: Why
    lessons: int
    fresh: int
    before: Standing = NOTHING_ASKED
    after: Standing = NOTHING_ASKED
    guard_before: Standing = NOTHING_ASKED
    guard_after: Standing = NOTHING_ASKED


def relearn_hand(
    current: HandModel, lessons: Sequence[HandLesson], guard: Sequence[Taught]
) -> HandVerdict:
    """Learn on every crop; give the new head only where it does better. Deterministic.

    `guard` are drawn lines of many hands as the same network sees them: one half is held as it is
    read while the office's are learnt, the other says whether anything was lost.
    """
    network = network_id()
    present = current if current.network == network else HandModel(current.version)
    learnt = set(present.card.get("lessons", ()))
    fresh = {lesson.id for lesson in lessons if lesson.id not in learnt}
    if len(lessons) < FEWEST or not fresh:
        why = Why.TOO_FEW if len(lessons) < FEWEST else Why.NOTHING_NEW
        return HandVerdict(None, why, len(lessons), len(fresh))
    held, kept = guard[::2], guard[1::2]
    asked = [lesson.taught for lesson in lessons if lesson.id in fresh]
    base = HandVerdict(
        None, Why.NOT_BETTER, len(lessons), len(fresh), examine(asked, present.head),
        guard_before=examine(kept, present.head),
    )  # fmt: skip
    tried = {pull: _examined(lessons, fresh, held, pull) for pull in _PULLS}
    order = sorted(_PULLS, key=lambda pull: (-tried[pull].right, tried[pull].loss))
    verdict = replace(base, after=tried[order[0]], guard_after=base.guard_before)
    for pull in order:
        head = learn_head([lesson.taught for lesson in lessons], pull, held)
        trial = replace(base, after=tried[pull], guard_after=examine(kept, head))
        if head is not None and _is_better(trial):
            model = _named(current, head, lessons, pull)
            return replace(trial, model=model, why=Why.BETTER)
    return verdict


def _named(current: HandModel, head: Head, lessons: Sequence[HandLesson], pull: Pull) -> HandModel:
    card = {
        "lessons": [lesson.id for lesson in lessons],
        "papers": len({lesson.paper for lesson in lessons}),
        "pull": pull.weights,
    }
    return HandModel(_next(current.version), head, network_id(), card)


def _is_better(verdict: HandVerdict) -> bool:
    before, after = verdict.before, verdict.after
    lost = (verdict.guard_before.right - verdict.guard_after.right) / max(
        verdict.guard_before.asked, 1
    )
    return (
        after.right > before.right
        and after.loss < before.loss
        and after.sure_wrong <= max(before.sure_wrong, _WRONG * after.sure)
        and lost <= _WORSE
    )


def _examined(
    lessons: Sequence[HandLesson], fresh: set[str], held: Sequence[Taught], pull: Pull
) -> Standing:
    """Each fresh crop asked of a head that was learnt without its paper."""
    parts = divided(lessons)
    whole = NOTHING_ASKED
    for number in range(PARTS):
        asked = [one.taught for one in lessons if parts[one.paper] == number and one.id in fresh]
        if not asked:
            continue
        rest = [one.taught for one in lessons if parts[one.paper] != number]
        whole = whole.and_also(examine(asked, learn_head(rest, pull, held)))
    return whole


def divided(lessons: Sequence[HandLesson]) -> dict[str, int]:
    """Paper -> part, spread evenly by a hash of the ids: a paper's crops stay together."""
    papers = defaultdict(list)
    for lesson in lessons:
        papers[lesson.paper].append(lesson.id)
    order = sorted(papers, key=lambda paper: hashlib.sha256(paper.encode()).digest())
    return {paper: place % PARTS for place, paper in enumerate(order)}


def _next(version: str) -> str:
    shipped, _, count = version.partition(".")
    return f"{shipped}.{int(count.partition('-')[0] or 0) + 1}"
