"""Writes to the server: into the index in use and the one beside it, and what came of them."""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from search import _elastic_schema
from search._records import record
from search.errors import IndexRefusedError, IndexUnavailableError
from search.types import IndexDocument

MISSING = "index_not_found_exception"
_PASSING = frozenset({403, 408, 409, 429})
"""Refusals that pass: a disk that filled up, a time limit, a conflict, too much at once."""
_SERVER_FAULT = 500
_NOT_FOUND = 404


class Order(NamedTuple):
    """One write to one document: what is done, and the body of an update."""

    action: Mapping[str, Mapping[str, Any]]
    body: Mapping[str, Any] | None = None


def putting(document: IndexDocument, aliases: Sequence[str]) -> Iterator[Order]:
    """A changed document keeps its place among the newest, as a file that is corrected does."""
    fields = _elastic_schema.fields(record(document))
    body = {"doc": fields, "upsert": fields | {"placed": time.time_ns()}}
    for alias in aliases:
        yield Order({"update": _update(alias, document.id)}, body)


def filling(document: IndexDocument, alias: str, placed: int | None) -> Order:
    """One that is there already only gets its place."""
    place = {"placed": time.time_ns() if placed is None else placed}
    known = {} if placed is None else place
    fields = _elastic_schema.fields(record(document))
    body = {"doc": known, "upsert": fields | place}
    return Order({"update": _update(alias, document.id)}, body)


def removing(id_: str, aliases: Sequence[str]) -> Iterator[Order]:
    """Take one out of each."""
    for alias in aliases:
        yield Order({"delete": {"_index": alias, "_id": id_}})


def lines(orders: Sequence[Order]) -> list[Mapping[str, Any]]:
    """The orders as the server reads them."""
    return [line for order in orders for line in order if line is not None]


def missing_aliases(orders: Sequence[Order], answer: Mapping[str, Any]) -> set[str]:
    """The aliases that were written to and name nothing.

    Raises IndexUnavailableError for what may pass, IndexRefusedError for what will not.
    """
    missing: set[str] = set()
    for order, item in zip(orders, answer["items"], strict=True):
        (done,) = item.values()
        error = done.get("error")
        if error is None:
            continue
        if done["status"] == _NOT_FOUND and error["type"] == MISSING:
            missing |= {str(about["_index"]) for about in order.action.values()}
            continue
        passes = done["status"] in _PASSING or done["status"] >= _SERVER_FAULT
        kind = IndexUnavailableError if passes else IndexRefusedError
        raise kind(detail=f"{done['status']} {error['type']}")
    return missing


def _update(alias: str, id_: str) -> Mapping[str, Any]:
    return {"_index": alias, "_id": id_, "retry_on_conflict": 5}
