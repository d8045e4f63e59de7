"""The course: made papers of every kind, in three noise levels, with some wordings kept apart."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from classify._matching import OTHER
from classify.features import NONE, look
from classify.training.compose import compose
from classify.training.loose import compose_unknown
from classify.training.trainer import Example, example_of
from classify.training.wordings import Wording, wording_of
from classify.types import Reference

NOISE = (0.0, 0.01, 0.03, 0.06, 0.1)
MATTERS = "abstracts"
"""Among the prose: what acts are about, for kinds that may be about anything."""
_OF_ANYTHING = frozenset(
    {
        *(f"VB{n:02}" for n in (1, 2, 3, 7, 8, 9, 10, 14, 16, 18, 28)),
        *(f"QP{n:02}" for n in range(3, 9)),
    }
)
UNTAUGHT = frozenset({"TP-ANH", "TP-KHAC"})
"""A photograph and "something else" have no wording: people say so."""
_MANY = {
    OTHER: 6, "VB02": 7, "VB03": 2, "VB07": 4, "VB28": 4, "VB10": 2, "VB14": 2, "VB16": 2,
    "TP-DON": 2, NONE: 3,
}  # fmt: skip
"""How many times more often than a rare paper: an office issues ten decisions on this and that for
one that allots land, and what a word of the abstract weighs must know it."""
_APART = 4
"""Every so manieth wording is kept apart for the examination."""

Prose = Mapping[str, Sequence[str]]
"""Lines of real texts by kind, and by "" for any office paper."""


def wordings_for(reference: Reference) -> list[Wording]:
    """The wordings of the kinds that can be taught."""
    return [wording_of(kind) for kind in reference.kinds if kind.code not in UNTAUGHT]


def kept(wording: Wording, *, apart: bool) -> Wording:
    """Either the wordings kept apart or the rest, where a kind has enough of them."""

    def part(texts: tuple[str, ...]) -> tuple[str, ...]:
        chosen = tuple(t for i, t in enumerate(texts) if (i % _APART == _APART - 1) == apart)
        return chosen if len(texts) >= _APART else texts

    return replace(
        wording, titles=part(wording.titles), abstracts=part(wording.abstracts),
        body=wording.body if apart else part(wording.body),
    )  # fmt: skip


def _on(wording: Wording, matter: str) -> Wording:
    lead = {"VB28": "V/v ", "VB02": "Về việc ", "VB16": "Về việc "}.get(wording.code, "")
    return replace(wording, abstracts=(lead + matter,))


def made_papers(
    reference: Reference,
    wordings: Sequence[Wording],
    *,
    each: int,
    seed: int,
    prose: Prose | None = None,
) -> Iterator[Example]:
    """`each` first pages of every kind, five times as many outside the catalogue and of none."""
    rng = random.Random(seed)  # noqa: S311  made papers, no secrets
    prose = prose or {}
    for wording in wordings:
        times = _MANY.get(wording.code, 1)
        lines = prose.get(wording.code) or prose.get("", ())
        matters = prose.get(MATTERS, ()) if wording.code in _OF_ANYTHING else ()
        for _ in range(each * times):
            named = _on(wording, rng.choice(matters)) if matters and rng.random() < 0.5 else wording
            pages = compose(named, rng, noise=rng.choice(NOISE), prose=lines)
            seen = look(pages, reference)
            if seen:
                yield example_of(seen, wording.code)
    for _ in range(each * _MANY[NONE]):
        seen = look([compose_unknown(rng, wordings)], reference)
        if seen:
            yield example_of(seen, NONE)
