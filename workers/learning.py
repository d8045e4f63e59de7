"""Learning kinds from what people stood for: documents of the archive, and examples given."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from archive.models import Document
from archive.services.learning import labelled_documents
from classify.features import look
from classify.model import shipped_model
from classify.training.relearn import USUAL, Effort, Lesson, Verdict, relearn
from classify.types import Kind, Reference
from imaging.errors import CodedError
from workers.house import House
from workers.reference import reference_of
from workers.views import document_pages, page_views


@dataclass(frozen=True, slots=True)
class Lessons:
    """What there is to learn from."""

    lessons: tuple[Lesson, ...]
    documents: int
    examples: int
    unreadable: int
    """Documents whose page texts could not be had."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """What came of it."""

    verdict: Verdict
    lessons: Lessons
    version: str
    """Of the model in use from now on; "1" is the shipped one."""
    previous: str


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
    version = current.version
    if verdict.model:
        version = house.kind_models.switch(verdict.model)
    return Learnt(verdict, lessons, version, current.version)


def added_kinds(reference: Reference) -> tuple[Kind, ...]:
    """The catalogue's kinds that the shipped model does not know."""
    shipped = set(shipped_model().classes)
    return tuple(kind for kind in reference.kinds if kind.code not in shipped)
