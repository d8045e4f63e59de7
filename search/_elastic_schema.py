"""A document as Elasticsearch keeps it: our own words, cut at spaces and nothing else."""

from collections.abc import Mapping
from typing import Any

from search import _schema
from search._records import Record

VERSION = 2
"""Raised with every change of the mapping, or of `search.analysis`: another one is not written."""
READABLE = 1
"""The oldest version whose mapping this one's questions can be asked of."""

COLUMNS = tuple(name for name in _schema.COLUMNS if name != "labels")
READ = tuple(name for name in COLUMNS if name not in ("codes", "opening"))
"""What a word without a field is looked for in."""
BEGINNING = "^"
"""Stands before a document's own number, so that one can ask for how it begins."""
GAP = 100
"""Places between two columns of one field: no phrase and no nearness reaches across."""

_WORDS = {
    "type": "text",
    "analyzer": "whitespace",
    "norms": False,
    "position_increment_gap": GAP,
}
MAPPING: Mapping[str, Any] = {
    "dynamic": "strict",
    "properties": {
        **dict.fromkeys((*COLUMNS, "all", "tones"), _WORDS),
        "id": {"type": "keyword"},
        "status": {"type": "keyword"},
        "access": {"type": "keyword"},
        "kind_code": {"type": "keyword"},
        "issued_on": {"type": "date", "format": "strict_date"},
        "placed": {"type": "long"},
        "shown": {"type": "object", "enabled": False},
    },
}
"""`shown` is what a hit shows; it is kept and not searched."""


def fields(given: Record) -> dict[str, Any]:
    """The values of the mapping but for `placed`."""
    value = dict(zip(_schema.DOCUMENT_COLUMNS, given.row, strict=True))
    words = _schema.words(given.row, given.pages)
    columns = dict(zip(_schema.COLUMNS, words.folded, strict=True))
    number = f"{BEGINNING} {columns['number']}" if columns["number"] else ""
    return {
        **{name: columns[name] for name in COLUMNS},
        "number": number,
        "all": [columns[name] for name in READ],
        "tones": words.exact,
        "id": value["id"],
        "status": value["status"],
        "access": value["access"],
        "kind_code": value["kind"],
        "issued_on": value["issued_on"],
        "shown": {
            "head": [value["number"], value["abstract"], value["issuer"]],
            "pages": list(given.pages),
        },
    }
