"""Verbs of subjects and dossiers."""

import re

from archive.models import Dossier, Subject
from archive.states import SubjectKind

PERSON = re.compile(r"\d{12}|\d{9}")
ORGANISATION = re.compile(r"\d{10}(-\d{3})?")


def subject_for(identifier: str, *, name: str = "") -> Subject:
    """Return the subject with this identifier, made where it is new; a name is never overwritten.

    12 digits: personal identifier; 9: the old card; 10, or 10-3: tax or business number (FACTS g).
    """
    subject, _made = Subject.objects.get_or_create(
        identifier=identifier, defaults={"name": name[:200], "kind": kind_of(identifier)}
    )
    if name and not subject.name:
        subject.name = name[:200]
        subject.save(update_fields=["name"])
    return subject


def kind_of(identifier: str) -> SubjectKind:
    """Tell a person from an organisation by the form of the identifier."""
    if PERSON.fullmatch(identifier):
        return SubjectKind.PERSON
    if ORGANISATION.fullmatch(identifier):
        return SubjectKind.ORGANISATION
    return SubjectKind.UNKNOWN


def dossier_for(code: str, *, procedure: str = "", subject: Subject | None = None) -> Dossier:
    """Return the dossier with this code, made where it is new, completed where it was bare."""
    dossier, _made = Dossier.objects.get_or_create(code=code)
    changed = []
    if procedure and not dossier.procedure_code:
        dossier.procedure_code = procedure
        changed.append("procedure_code")
    if subject and dossier.subject_id is None:
        dossier.subject = subject
        changed.append("subject")
    if changed:
        dossier.save(update_fields=changed)
    return dossier
