"""Records turned into the values that the libraries read, and back."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from archive.models import Document, Page
from archive.sealed import read_sealed
from archive.states import DocumentStatus, FileRole, PageState
from classify.hands import hand_to_json
from classify.types import FieldValue, KindGuess, PageView, Pictures
from imaging import rotate_quarter
from imaging.types import Box, Code, Pixels
from ocr import page_text_from_bytes
from ocr.types import GateReport, Mark, MarkKind, PageText, TextSource
from workers.house import House


def page_views(pages: Iterable[Page], house: House) -> list[PageView]:
    """Return pages as the classifier looks at them, with their texts from the store."""
    return [page_view(page, page_text(page, house)) for page in pages]


def page_view(page: Page, text: PageText) -> PageView:
    """Join a page's record with its text."""
    return PageView(
        number=page.number,
        text=text,
        is_blank=page.state == PageState.BLANK,
        codes=tuple(
            Code(text=code["text"], format=code["format"], box=Box(*code["box"]))
            for code in page.codes
        ),
        marks=tuple(
            Mark(kind=MarkKind(mark["kind"]), box=Box(*mark["box"]), confidence=mark["confidence"])
            for mark in page.marks
        ),
        is_born_digital=text.source == TextSource.BORN_DIGITAL,
    )


def page_pictures(pages: Iterable[Page], house: House) -> Pictures:
    """Return where the upright pictures of pages come from: the file as received."""
    by_number = {page.number: page for page in pages}

    def picture(number: int) -> Pixels:
        page = by_number[number]
        image = house.originals.source(page.receipt.sha256).page(number)
        return rotate_quarter(image.pixels, page.rotation)

    return picture


def page_text(page: Page, house: House) -> PageText:
    """Return a page's text; a blank or failed page has none but keeps its size."""
    if page.text_sha256:
        return page_text_from_bytes(read_text(page, house))
    return PageText(
        width=page.width,
        height=page.height,
        dpi=page.dpi,
        rotation=page.rotation,
        skew=page.skew,
        lines=(),
        source=TextSource.NONE,
    )


def read_text(page: Page, house: House) -> bytes:
    """Return a page's text: from `work/` until the seal, from the archive after it."""
    document = page.document
    if document is None or document.status != DocumentStatus.ARCHIVED:
        return house.work.read(page.text_sha256)
    sealed = json.loads(
        read_sealed(document, FileRole.TEXT, archive=house.archive, vault=house.vault)
    )
    return json.dumps(sealed["pages"][str(page.number)]).encode()


def gate_columns(report: GateReport) -> dict[str, Any]:
    """Turn the gate's report into the page's columns."""
    return {
        "width": report.width,
        "height": report.height,
        "dpi": report.dpi,
        "rotation": report.rotation,
        "verdict": report.verdict.value,
        "problems": [asdict(problem) for problem in report.problems],
        "codes": [asdict(code) | {"box": list(code.box)} for code in report.codes],
        "marks": [
            {"kind": mark.kind.value, "box": list(mark.box), "confidence": mark.confidence}
            for mark in report.marks
        ],
    }


def document_pages(document: Document) -> list[Page]:
    """Return a document's pages in their order."""
    return list(
        Page.objects.select_related("document", "receipt").filter(
            receipt=document.receipt_id,
            number__gte=document.first_page,
            number__lte=document.last_page,
        )
    )


def kind_guess(document: Document) -> KindGuess:
    """Return what a document is as its record says."""
    return KindGuess(
        code=document.kind_code,
        name=document.kind_name,
        form=document.form,
        confidence=document.kind_confidence,
        reasons=tuple(document.kind_reasons),
    )


def field_row(name: str, field: FieldValue) -> dict[str, Any]:
    """Turn the library's field into the record's columns."""
    return {
        "name": name,
        "value": field.value,
        "as_printed": field.as_printed,
        "confidence": round(field.confidence, 4),
        "sure": field.sure,
        "handwritten": field.handwritten,
        "alternatives": [
            {"value": other.value, "confidence": other.confidence} for other in field.alternatives
        ],
        "page": field.page,
        "box": list(field.box) if field.box else None,
        "reason": field.reason[:500],
        "hand": hand_to_json(field.hand) if field.hand else None,
    }


def field_values(document: Document) -> Mapping[str, Any]:
    """Return the values of a document's fields by name."""
    return {field.name: field.value for field in document.fields.all()}
