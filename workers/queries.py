"""The query service: rights and index together, and what the records say of each hit."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from archive.models import Account, Document
from archive.permissions import access_of, may_see, require
from archive.privacy import mask_numbers
from archive.services.looking import Reader, note_search
from search import Query
from workers.house import House


@dataclass(frozen=True, slots=True)
class Found:
    """One hit with what its record says."""

    document: Document
    score: float
    page: int
    snippet: str
    """Plain text; each found word between U+0002 and U+0003."""


@dataclass(frozen=True, slots=True)
class FoundPage:
    """One page of an answer."""

    total: int
    hits: Sequence[Found]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asks of the archive."""

    text: str
    limit: int = 20
    offset: int = 0
    kind: str | None = None
    issued_from: dt.date | None = None
    issued_to: dt.date | None = None


def search_documents(
    account: Account, asked: Asked, house: House, *, reader: Reader | None = None
) -> FoundPage:
    """Answer a question with what the account may see: rights are checked before any count.

    `reader` says why and from where, for the record. Personal numbers in snippets are masked.

    Raises NotAllowedError, and search.errors.QueryError for a question that cannot be read.
    """
    require(account, "search_documents")
    results = house.index.search(
        Query(
            text=asked.text,
            limit=asked.limit,
            offset=asked.offset,
            kind=asked.kind,
            issued_from=asked.issued_from,
            issued_to=asked.issued_to,
            access=access_of(account),
        )
    )
    ids = [hit.id for hit in results.hits]
    rows = Document.objects.select_related("subject").in_bulk(ids)
    note_search(reader or Reader(account.username), total=results.total, shown=ids)
    hits = [
        Found(rows[hit.id], hit.score, hit.page, mask_numbers(hit.snippet))
        for hit in results.hits
        if hit.id in rows and may_see(account, rows[hit.id])
    ]
    return FoundPage(results.total, hits)
