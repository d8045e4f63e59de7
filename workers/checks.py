"""What is odd about a document beside the records: warnings for the person who checks."""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from archive.models import Document
from archive.states import DocumentStatus
from catalogue.types import KindEntry
from classify import Named, Remark, check_fields, check_names
from workers.contents import contents_remarks
from workers.house import House
from workers.views import field_values

_WITH_LETTERS = "AC"
"""Groups whose kinds have their abbreviation in the notation: administrative and normative."""
_PAPERS = 200
"""Papers of one dossier that are compared at most."""


def remarks(document: Document, house: House) -> list[dict[str, Any]]:
    """Return what a person should look at, as reasons; none of it stops a document."""
    found = [*_own(document, house), *_same_number(document), *_dossiers(document)]
    return [
        {"code": f"check_{remark.code}", "field": remark.field, "message": remark.message}
        for remark in found
    ] + list(contents_remarks(document))


def _own(document: Document, house: House) -> list[Remark]:
    entry = house.catalogue().kind(document.kind_code) if document.kind_code else None
    today = timezone.localdate()
    return check_fields(field_values(document), abbreviation=_letters(entry), today=today)


def _letters(entry: KindEntry | None) -> str:
    return entry.abbreviation if entry and entry.group[:1] in _WITH_LETTERS else ""


def _same_number(document: Document) -> Iterator[Remark]:
    """A body gives each number once a year (NĐ 30/2020 PL I): another paper has it already."""
    if not document.number or not document.issuer or document.issued_on is None:
        return
    others = Document.objects.filter(
        number=document.number,
        issuer=document.issuer,
        issued_on__year=document.issued_on.year,
    ).exclude(pk=document.pk)
    other = others.exclude(status=DocumentStatus.REFUSED).first()
    if other:
        yield Remark(
            "number_again",
            "number",
            f"Đã có giấy tờ {other.pk} cùng số, cùng cơ quan, cùng năm. "
            "Hãy xem có phải bản trùng hay đọc nhầm số.",
        )


def _dossiers(document: Document) -> Iterator[Remark]:
    for dossier in document.dossiers.all():
        papers = dossier.documents.exclude(status=DocumentStatus.REFUSED)[:_PAPERS]
        yield from check_names([_named(paper) for paper in papers])


def _named(paper: Document) -> Named:
    values = field_values(paper)
    return Named(paper.pk, _text(values.get("subject_id")), _text(values.get("subject_name")))


def _text(value: object) -> str | None:
    return str(value) if value else None
