"""A dossier compared with its table of contents: the stage, and what it says to a person."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from archive.models import ContentsList, Document, Page, StageRun
from archive.services.contents import (
    REMARK,
    is_outdated,
    lists_over,
    papers_of,
    record_comparison,
)
from archive.states import PageState
from classify import (
    CONTENTS,
    COVER,
    Comparison,
    Entry,
    Listed,
    Paper,
    compare_contents,
    read_contents,
)
from classify.types import PageView
from imaging.types import Box
from workers.house import House
from workers.outcome import Outcome

NAMED = 8
"""Entries or papers that one sentence names; the rest are counted."""
EMPTY: dict[str, Any] = {"found": [], "missing": [], "unlisted": [], "unread": []}
FIELDS = {"number": "số", "issued_on": "ngày"}


def entry_rows(pages: Sequence[PageView]) -> list[dict[str, Any]]:
    """Read a table of contents into rows for its record."""
    return [asdict(entry) | {"box": list(entry.box)} for entry in read_contents(pages)]


def entries_of(contents: ContentsList) -> list[Entry]:
    """Return the record's rows as the library's values."""
    return [Entry(**row | {"box": Box(*row["box"])}) for row in contents.entries]


def listed_with(document: Document) -> list[Listed]:
    """What the tables of contents over a paper name; none where no table was read yet."""
    return [
        Listed(entry.number, entry.issued_on)
        for contents in lists_over(document)
        for entry in entries_of(contents)
    ]


def papers_under(document: Document) -> list[str]:
    """The papers that a table of contents, just read, is of."""
    contents = ContentsList.objects.select_related("document__receipt").filter(document=document)
    return [paper.pk for one in contents for paper in papers_of(one)]


def compare(run: StageRun, house: House) -> Outcome:  # noqa: ARG001  records alone are needed
    """Compare a list with the papers that are there now."""
    contents = (
        ContentsList.objects.select_related("document__receipt")
        .filter(document=run.subject_id)
        .first()
    )
    if contents is None or is_outdated(run):
        return Outcome(lambda _: None)
    papers = [paper for paper in papers_of(contents) if paper.kind_name not in (CONTENTS, COVER)]
    entries = entries_of(contents)
    result = result_json(compare_contents(entries, _papers(papers)))
    remarks: dict[str, list[dict[str, Any]]] = {paper.pk: [] for paper in papers}
    remarks[contents.document_id] = []
    for document, reason in said(contents.document_id, contents.entries, result):
        remarks[document].append(reason)
    return Outcome(lambda _: record_comparison(contents, result, remarks))


def _papers(documents: Sequence[Document]) -> list[Paper]:
    """The papers with the sheet that each begins at: pages that are not blank, counted on."""
    receipts = {document.receipt_id for document in documents}
    filled: dict[int, list[int]] = defaultdict(list)
    pages = Page.objects.filter(receipt__in=receipts).exclude(state=PageState.BLANK)
    for receipt, number in pages.values_list("receipt", "number").order_by("receipt", "number"):
        filled[receipt].append(number)
    found, sheet = [], 1
    for document in documents:
        found.append(
            Paper(
                id=document.pk,
                number=document.number,
                issued_on=document.issued_on.isoformat() if document.issued_on else "",
                abstract=document.abstract,
                kind=document.kind_name,
                sheet=sheet,
            )
        )
        sheet += sum(
            document.first_page <= number <= document.last_page
            for number in filled[document.receipt_id]
        )
    return found


def result_json(comparison: Comparison) -> dict[str, Any]:
    """Turn a comparison into what the record keeps."""
    return {
        "found": [
            {
                "entry": one.entry,
                "document": one.paper,
                "doubtful": one.is_doubtful,
                "differs": [asdict(difference) for difference in one.differs],
            }
            for one in comparison.found
        ],
        "missing": list(comparison.missing),
        "unlisted": list(comparison.unlisted),
        "unread": list(comparison.unread),
    }


Said = Iterator[tuple[str, dict[str, Any]]]
"""A document's id, and a reason to look at it."""


def said(document_id: str, entries: Sequence[Mapping[str, Any]], result: Mapping[str, Any]) -> Said:
    """What a comparison says to people, of the list and of each paper: warnings, never more."""
    yield from _of_the_list(document_id, entries, result)
    for one in result["found"]:
        yield from _of_a_found(entries[one["entry"]], one)
    for unlisted in result["unlisted"]:
        yield (
            unlisted,
            _reason(
                "unlisted",
                "Mục lục hồ sơ không có giấy tờ này. Hãy xem giấy có đúng hồ sơ, số có đúng không.",
            ),
        )


def _of_the_list(
    document_id: str, entries: Sequence[Mapping[str, Any]], result: Mapping[str, Any]
) -> Said:
    missing = [entries[at] for at in result["missing"]]
    if missing:
        named = _some(f"{row['ordinal']} ({name_of(row)})" for row in missing)
        yield (
            document_id,
            _reason(
                "missing",
                f"Mục lục có {len(missing)} mục chưa thấy giấy tờ: {named}. "
                "Hãy tìm bản giấy, hoặc sửa số, ngày đã đọc.",
            ),
        )
    if result["unlisted"]:
        yield (
            document_id,
            _reason(
                "extra",
                f"Có {len(result['unlisted'])} giấy tờ trong hồ sơ không ghi trong mục lục.",
            ),
        )
    if result["unread"]:
        leaps = _some(map(str, result["unread"]))
        yield (
            document_id,
            _reason(
                "unread",
                f"Mục lục nhảy số thứ tự {leaps}: có thể máy đọc sót dòng. Hãy xem ảnh trang.",
            ),
        )


def _of_a_found(row: Mapping[str, Any], found: Mapping[str, Any]) -> Said:
    if found["doubtful"]:
        yield (
            found["document"],
            _reason(
                "doubtful",
                f"Theo thứ tự thì đây là mục {row['ordinal']} của mục lục ({name_of(row)}). "
                "Hãy xem có đúng không.",
            ),
        )
    for one in found["differs"]:
        listed, read = _shown(one["listed"]), _shown(one["read"])
        seen = f"máy đọc “{read}”" if read else "máy chưa đọc được"
        where = f"Mục lục (mục {row['ordinal']}) ghi {FIELDS[one['field']]}"
        yield (
            found["document"],
            _reason(
                "differs",
                f"{where} “{listed}”, {seen}. Hãy so với bản giấy.",
                field=one["field"],
            ),
        )


def _reason(code: str, message: str, *, field: str = "") -> dict[str, Any]:
    reason = {"code": f"{REMARK}_{code}", "message": message}
    return reason | {"field": field} if field else reason


def name_of(row: Mapping[str, Any]) -> str:
    """How a person calls an entry: by its number, else its day, else what it is about."""
    day = _shown(row["issued_on"])
    return str(row["number"] or (day and f"ngày {day}") or row["abstract"][:60] or "không đọc được")


def _shown(value: str) -> str:
    """A value as a person reads it: an ISO day as dd/mm/yyyy."""
    parts = value.split("-")
    if len(parts) == 3 and all(part.isdecimal() for part in parts) and len(parts[0]) == 4:
        return "/".join(reversed(parts))
    return value


def _some(names: Iterable[str]) -> str:
    every = list(names)
    rest = len(every) - NAMED
    return ", ".join(every[:NAMED]) + (f" và {rest} mục nữa" if rest > 0 else "")


def contents_remarks(document: Document) -> Iterator[dict[str, Any]]:
    """What the stored comparisons say of one document."""
    for contents in lists_over(document):
        result = contents.result or EMPTY
        for named, reason in said(contents.document_id, contents.entries, result):
            if named == document.pk:
                yield reason
