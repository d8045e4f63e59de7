"""Learning from what people stood for: documents of the archive, and examples given."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from archive.models import Document
from archive.services.learning import judged_documents, labelled_documents, words_on
from classify.features import look
from classify.learnt import FieldModel
from classify.model import shipped_model
from classify.training.refield import FieldVerdict, relearn_fields
from classify.training.relearn import USUAL, Effort, Lesson, Verdict, relearn
from classify.training.said import FieldLesson, Said, field_lesson
from classify.types import Kind, Reference
from imaging.errors import CodedError
from workers.hand_learning import LearntHands, hands_in_use, learn_hands
from workers.house import House
from workers.reference import reference_of
from workers.views import document_pages, kind_guess, page_views

MOST_LAID_OUT = 300
"""Papers whose layouts are kept in memory while labels of own fields are learnt."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """What there is to learn from."""

    lessons: tuple[Lesson, ...]
    documents: int
    examples: int
    unreadable: int
    """Documents whose page texts could not be had."""


@dataclass(frozen=True, slots=True)
class LearntFields:
    """What came of learning fields."""

    verdict: FieldVerdict
    model: FieldModel
    """In use from now on."""
    documents: int
    unreadable: int
    version: str
    previous: str


@dataclass(frozen=True, slots=True)
class Learnt:
    """What came of it."""

    verdict: Verdict
    lessons: Lessons
    version: str
    """Of the model in use from now on; "1" is the shipped one."""
    previous: str
    fields: LearntFields
    hands: LearntHands | None
    """None where nothing reads digits on this machine."""


def gather(
    house: House, reference: Reference, *, tick: Callable[[], None] = lambda: None
) -> Lessons:
    """Take every document that a person stood for, and every example, apart."""
    lessons, unreadable, documents = [], 0, 0
    for document in labelled_documents(house.confirm_account):
        tick()
        try:
            seen = look(page_views(document_pages(document), house), reference)
        except CodedError:
            unreadable += 1
            continue
        if seen and document.kind_code:
            documents += 1
            lessons.append(_lesson(document, seen))
    given = list(house.examples.lessons(reference))
    return Lessons((*lessons, *given), documents, len(given), unreadable)


def _lesson(document: Document, seen: Any) -> Lesson:
    return Lesson(document.pk, str(document.kind_code), seen, document.machine_kind_code)


def learn(
    house: House, *, effort: Effort = USUAL, tick: Callable[[], None] = lambda: None
) -> Learnt:
    """Train on everything; switch only where the new model is better. Writes no record."""
    reference = reference_of(house.catalogue())
    lessons = gather(house, reference, tick=tick)
    current = house.kind_models.current()
    verdict = relearn(
        current, lessons.lessons, reference, added=added_kinds(reference), effort=effort
    )
    run = dt.datetime.now(dt.UTC).isoformat()
    version = current.version
    if verdict.model:
        version = house.kind_models.switch(verdict.model, run=run)
    fields = learn_fields(house, reference, run=run, tick=tick)
    hands = learn_hands(house, run=run, tick=tick)
    return Learnt(verdict, lessons, version, current.version, fields, hands)


def gather_fields(
    house: House, reference: Reference, *, tick: Callable[[], None] = lambda: None
) -> tuple[list[FieldLesson], int]:
    """Every document on whose fields a person said a word, found anew; and how many could not be.

    Read again by the program as it is today, so that what is learnt fits how it reads now. A hand
    is known from the record: pictures are not opened.
    """
    lessons: list[FieldLesson] = []
    unreadable = laid_out = 0
    for document in judged_documents(house.confirm_account):
        tick()
        said = {
            name: Said(word.value, word.looked_at, word.handwritten)
            for name, word in words_on(document).items()
        }
        try:
            views = page_views(document_pages(document), house)
        except CodedError:
            unreadable += 1
            continue
        lesson = field_lesson(document.pk, views, kind_guess(document), reference, said)
        laid_out += bool(lesson.heads)
        lessons.append(lesson if laid_out <= MOST_LAID_OUT else replace(lesson, heads=()))
    return lessons, unreadable


def learn_fields(
    house: House,
    reference: Reference,
    *,
    run: str = "",
    tick: Callable[[], None] = lambda: None,
) -> LearntFields:
    """Learn how far fields may be believed, agencies' words, labels; switch where it is better."""
    lessons, unreadable = gather_fields(house, reference, tick=tick)
    current = house.field_models.current()
    verdict = relearn_fields(current, lessons, promise=house.promise)
    version = current.version
    if verdict.model:
        version = house.field_models.switch(verdict.model, run=run)
    model = verdict.model or current
    return LearntFields(verdict, model, len(lessons), unreadable, version, current.version)


@dataclass(frozen=True, slots=True)
class InUse:
    """What learning has come to, for people to see."""

    kinds_version: str
    fields_version: str
    trusted_anew: tuple[str, ...]
    """Fields whose trust was learnt here."""
    mends: tuple[str, ...]
    offers: tuple[str, ...]
    agencies: int
    papers: int
    """Papers that fields were learnt from."""
    labels: tuple[tuple[str, str, str], ...]
    """Kind, field, learnt words."""
    hands_version: str
    hand_papers: int
    """Papers whose hands were learnt from."""


def in_use(house: House) -> InUse:
    """What was learnt and is used now."""
    model, hands = house.field_models.current(), hands_in_use(house)
    return InUse(
        house.kind_models.current().version,
        model.version,
        tuple(sorted(model.layers)),
        tuple(sorted(model.mends)),
        tuple(sorted(model.proposes)),
        len(model.agencies),
        len(model.card.get("lessons", ())),
        tuple((code, of.name, of.labels[0]) for code, fields in model.labels.items()
              for of in fields),
        hands.version,
        int(hands.card.get("papers", 0)),
    )  # fmt: skip


def added_kinds(reference: Reference) -> tuple[Kind, ...]:
    """The catalogue's kinds that the shipped model does not know."""
    shipped = set(shipped_model().classes)
    return tuple(kind for kind in reference.kinds if kind.code not in shipped)
