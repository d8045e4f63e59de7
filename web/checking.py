"""A person's answers on the check form, taken through the verbs of documents in one transaction."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from archive.errors import KindUnknownError, WrongStateError
from archive.models import Account, Document
from archive.services.documents import (
    confirm_document,
    correct_document,
    correct_kind,
    require_values,
)
from archive.values import Value, normal_value
from archive.writing import writing
from catalogue.types import Catalogue, KindEntry
from web.shown import NO, YES
from workers.house import House
from workers.stages.documents import protection_of, required_fields

PREFIX = "f-"
"""Before a field's name in the form."""
CODE_AT_END = re.compile(r"\(([A-Z0-9-]+)\)\s*$")
OTHER = "KHAC"
"""The paper of no kind: it keeps the name that is printed on it."""
CHOOSE_KIND = "Chưa chọn loại giấy tờ. Hãy chọn loại rồi xác nhận lại."
NAME_CHARS = 200
TRUTHS = {YES: True, NO: False, "": None}


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person sent from the check form."""

    version: int
    """Of the document as the person saw it."""
    kind: str
    """As typed: "Quyết định (VB02)", a code, or a name; empty leaves it."""
    fields: Mapping[str, str]
    looked_at: frozenset[str]
    """Unsure fields that the person passed with Enter."""
    confirms: bool


def read_answers(untrusted: Mapping[str, str], looked_at: list[str]) -> Answers:
    """Read the check form."""
    version = untrusted.get("version", "")
    return Answers(
        version=int(version) if version.isdecimal() else -1,
        kind=untrusted.get("kind", "").strip(),
        fields={
            name.removeprefix(PREFIX): value
            for name, value in untrusted.items()
            if name.startswith(PREFIX)
        },
        looked_at=frozenset(looked_at),
        confirms=untrusted.get("do") == "confirm",
    )


def take_answers(document: Document, account: Account, answers: Answers, house: House) -> None:
    """Correct what was changed and, where asked, confirm.

    Raises NotAllowedError, WrongStateError (also when somebody else changed it meanwhile),
    KindUnknownError, FieldDateError, FieldTooLongError, FieldsMissingError; then nothing is
    written.
    """
    with writing():
        fresh = Document.objects.select_for_update().filter(pk=document.pk).first()
        if fresh is None or fresh.version != answers.version:
            raise WrongStateError
        catalogue = house.catalogue()
        _take_kind(fresh, account, answers.kind, catalogue)
        fresh.refresh_from_db()
        correct_document(fresh, account, _changes(fresh, answers))
        if answers.confirms:
            fresh.refresh_from_db()
            if fresh.kind_code is None:
                raise KindUnknownError(CHOOSE_KIND)
            require_values(fresh, required_fields(fresh.kind_code, catalogue))
            confirm_document(fresh, account)


def _take_kind(document: Document, account: Account, typed: str, catalogue: Catalogue) -> None:
    entry = kind_of(typed, catalogue) if typed else None
    if entry is None or typed == kind_text(document):
        return
    name = entry.name
    if entry.code == OTHER:
        name = CODE_AT_END.sub("", typed).strip()[:NAME_CHARS] or entry.name
    if (entry.code, name) == (document.kind_code, document.kind_name):
        return
    correct_kind(
        document,
        account,
        code=entry.code,
        name=name,
        form=entry.form or None,
        protection=protection_of(entry.code, catalogue),
    )


def kind_of(typed: str, catalogue: Catalogue) -> KindEntry:
    """Return the kind that was typed, by code at the end, by code, or by name.

    Raises KindUnknownError.
    """
    at_end = CODE_AT_END.search(typed)
    code = at_end[1] if at_end else typed
    entry = catalogue.kind(code) or next(
        (kind for kind in catalogue.kinds if kind.name.casefold() == typed.casefold()), None
    )
    if entry is None:
        raise KindUnknownError(detail=typed[:60])
    return entry


def kind_text(document: Document) -> str:
    """Return a document's kind as the form shows and reads it."""
    if document.kind_code is None:
        return ""
    return f"{document.kind_name} ({document.kind_code})"


def _changes(document: Document, answers: Answers) -> dict[str, Value]:
    """What differs from the record, and the unsure values that the person stood for."""
    rows = {field.name: field for field in document.fields.all()}
    changes: dict[str, Value] = {}
    for name, typed in answers.fields.items():
        value = _value(name, typed)
        row = rows.get(name)
        before = row.value if row else None
        stands = row is not None and not row.sure and value is not None
        if value != before or (stands and (answers.confirms or name in answers.looked_at)):
            changes[name] = value
    return changes


def _value(name: str, typed: str) -> Value:
    if name.startswith("has_"):
        return TRUTHS.get(typed)
    return normal_value(name, typed)
