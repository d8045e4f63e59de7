"""Vietnamese search: analysis, query language, index backends."""

from search.analysis import fold, tokens
from search.elastic import ElasticIndex
from search.errors import (
    IndexDamagedError,
    IndexNewerError,
    IndexRefusedError,
    IndexUnavailableError,
    QueryError,
    SearchError,
)
from search.fts5 import Fts5Index
from search.highlight import matching
from search.query import parse
from search.types import Hit, Index, IndexDocument, Query, Results

__all__ = [
    "ElasticIndex",
    "Fts5Index",
    "Hit",
    "Index",
    "IndexDamagedError",
    "IndexDocument",
    "IndexNewerError",
    "IndexRefusedError",
    "IndexUnavailableError",
    "Query",
    "QueryError",
    "Results",
    "SearchError",
    "fold",
    "matching",
    "parse",
    "tokens",
]
