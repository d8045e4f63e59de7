"""A dossier's table of contents as its pages show it: what was found, missing, not listed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from archive.models import Account, Batch, ContentsList, Document
from archive.permissions import may_see
from web.access import may
from web.desk import Row
from web.shown import text_of


@dataclass(frozen=True, slots=True)
class EntryShown:
    """One entry of a list."""

    ordinal: int
    number: str
    day: str
    abstract: str
    sheet: str
    row: Row | None
    """The paper that it names; None where none was found."""
    is_doubtful: bool
    """Taken for its place in the order alone."""
    differs: bool
    """Whether the paper was read otherwise."""


@dataclass(frozen=True, slots=True)
class ContentsShown:
    """One list beside the papers of its dossier."""

    row: Row
    """The table of contents itself."""
    dossiers: tuple[str, ...]
    entries: tuple[EntryShown, ...]
    """Every one; empty where the account may not see the list."""
    listed: int
    found: int
    unlisted: tuple[Row, ...]
    unread: tuple[int, ...]
    is_compared: bool

    @property
    def missing(self) -> tuple[EntryShown, ...]:
        """Entries without a paper."""
        return tuple(entry for entry in self.entries if entry.row is None)

    @property
    def is_whole(self) -> bool:
        """Whether there is nothing to warn of."""
        return self.found == self.listed and not self.unlisted and not self.unread


def contents_of_batch(batch: Batch, account: Account) -> list[ContentsShown]:
    """Return the lists among a batch's papers, in their order."""
    lists = ContentsList.objects.filter(document__receipt__batch=batch)
    lists = lists.select_related("document__receipt")
    return [
        _shown(contents, account)
        for contents in lists.order_by("document__receipt__position", "document__first_page")
    ]


def contents_of(document: Document, account: Account) -> ContentsShown | None:
    """Return the list that a document holds; None where it is no table of contents."""
    contents = ContentsList.objects.select_related("document").filter(document=document).first()
    return _shown(contents, account) if contents else None


def _shown(contents: ContentsList, account: Account) -> ContentsShown:
    result: dict[str, Any] = contents.result or {}
    found = {one["entry"]: one for one in result.get("found", ())}
    unlisted = result.get("unlisted", [])
    rows = _rows([*unlisted, *(one["document"] for one in found.values())], account)
    own = Row(contents.document, _is_open(contents.document, account))
    entries = [_entry(entry, found.get(at), rows) for at, entry in enumerate(contents.entries)]
    return ContentsShown(
        row=own,
        dossiers=tuple(contents.document.dossiers.values_list("code", flat=True)),
        entries=tuple(entries) if own.is_open else (),
        listed=len(entries),
        found=sum(entry.row is not None for entry in entries),
        unlisted=tuple(rows[document] for document in unlisted if document in rows),
        unread=tuple(result.get("unread", ())),
        is_compared=contents.result is not None,
    )


def _rows(ids: Iterable[str], account: Account) -> dict[str, Row]:
    """The papers that are still there, by id."""
    papers = Document.objects.select_related("receipt").in_bulk(list(ids))
    return {pk: Row(paper, _is_open(paper, account)) for pk, paper in papers.items()}


def _is_open(document: Document, account: Account) -> bool:
    return may(account, "search_documents") and may_see(account, document)


def _entry(entry: dict[str, Any], found: dict[str, Any] | None, rows: dict[str, Row]) -> EntryShown:
    return EntryShown(
        ordinal=entry["ordinal"],
        number=entry["number"],
        day=text_of("issued_on", entry["issued_on"]),
        abstract=entry["abstract"],
        sheet=entry["sheet"],
        row=rows.get(found["document"]) if found else None,
        is_doubtful=bool(found and found["doubtful"]),
        differs=bool(found and found["differs"]),
    )
