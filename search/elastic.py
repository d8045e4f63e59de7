"""The index of several nodes: Elasticsearch 8, with our own analysis in front of it."""

import base64
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from search import _elastic_names, _elastic_query, _elastic_schema
from search._elastic_bulk import Order, filling, lines, missing_aliases, putting, removing
from search._elastic_names import Names
from search._views import view_of
from search.errors import (
    IndexDamagedError,
    IndexNewerError,
    IndexRefusedError,
    IndexUnavailableError,
)
from search.highlight import Marker, marker
from search.limits import IDS_AT_ONCE, LOOSE_BELOW, MAX_LIMIT, MAX_WINDOW, PUT_CHUNK
from search.query import Question, parse
from search.types import Hit, IndexDocument, Query, Results

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

T = TypeVar("T")
REQUEST_SECONDS = 10
"""A run that is refused rests; none holds its worker for long."""
SEARCH_SECONDS = 5
"""As long as a person waits for one question."""
AWAY_SECONDS = 5.0
"""After a question that found nobody, how long others are not kept waiting for the same."""
_NEVER = frozenset({400, 413})
"""Answers that will be the same at the next try."""
_NEWEST = ({"placed": "desc"},)
_BEST = ({"_score": "desc"}, *_NEWEST)
_SHOWN = "shown"


class ElasticIndex:
    """`search.types.Index` on a cluster, under the alias `name`; made at first use.

    Raises `IndexDamagedError` for an index that is too old to be read: `clear` and rebuild.
    """

    def __init__(
        self, client: "Elasticsearch", name: str, *, version: int = _elastic_schema.VERSION
    ) -> None:
        self._client = client
        self._names = Names(name, version)
        self._in_use = ""
        """The alias that questions go to; empty: to be found out."""
        self._away_until = 0.0
        self._puts = self._seen = 0
        """How often something was put, and how many of those puts a question can see already."""

    @classmethod
    def connect(
        cls,
        url: str,
        name: str,
        *,
        user: str = "",
        password: str = "",
        ca_file: str | None = None,
    ) -> "ElasticIndex":
        """Connect to a server with bounded time and tries; nothing is asked of it yet."""
        from elasticsearch import Elasticsearch

        trusted: dict[str, Any] = {"ca_certs": ca_file} if ca_file else {}
        client = Elasticsearch(
            url,
            **trusted,
            basic_auth=_basic(user, password) if user else None,
            request_timeout=REQUEST_SECONDS,
            max_retries=1,
            retry_on_timeout=False,
        )
        return cls(client, name)

    def put(self, documents: Iterable[IndexDocument]) -> None:
        """Add or replace documents by id, `PUT_CHUNK` to a request.

        They are kept when it returns. This object finds them at once, others within a second or
        at their first question after half a minute without any: the server's own rule. Whoever
        files papers does not wait until somebody could look for them.
        """
        given, both = iter(documents), (self._names.mine, self._names.beside)
        while chunk := list(islice(given, PUT_CHUNK)):
            orders = [order for document in chunk for order in putting(document, both)]
            self._write(orders, is_seen=False)
            self._puts += 1

    def remove(self, ids: Collection[str]) -> None:
        """Forget documents; unknown ids are no error. Nobody finds them when it returns."""
        both = (self._names.mine, self._names.beside)
        if ids:
            self._write([order for id_ in ids for order in removing(id_, both)], is_seen=True)

    def search(self, query: Query) -> Results:
        """Answer a question; see `search.query` for what may be typed."""
        question = parse(query.text)
        if time.monotonic() < self._away_until:
            raise IndexUnavailableError(detail="away a moment ago")
        try:
            return self._asked(lambda index: self._search(index, question, query))
        except IndexUnavailableError:
            self._away_until = time.monotonic() + AWAY_SECONDS
            raise

    def _search(self, index: str, question: Question, query: Query) -> Results:
        first = max(0, query.offset)
        size = max(0, min(query.limit, MAX_LIMIT, MAX_WINDOW - first))
        marks = marker(question)
        asked = _elastic_query.matching(question, query)
        total = self._matching(index, asked)
        best = self._ask(index, _elastic_query.ranked(asked, question, total), _BEST, first, size)
        hits = [_hit(one, marks, similar=False) for one in best]
        if _has_words(question) and total < LOOSE_BELOW:
            loose = _elastic_query.matching_loosely(question, query)
            more = self._ask(index, loose, _NEWEST, max(0, first - total), size - len(hits))
            hits += [_hit(one, marks, similar=True) for one in more]
            total += self._matching(index, loose)
        return Results(total, tuple(hits))

    def ids(self) -> Iterable[str]:
        """Every id held."""
        after = ""
        while found := self.ids_after(after, IDS_AT_ONCE):
            yield from found
            after = found[-1]

    def ids_after(self, after: str, limit: int) -> list[str]:
        """The next ids held after one, in order; none at the end."""
        answer = self._asked(
            lambda index: self._client.search(
                index=index,
                query={"range": {"id": {"gt": after}}},
                sort=[{"id": "asc"}],
                track_total_hits=False,
                size=min(limit, MAX_WINDOW),
                source=False,
            )
        )
        return [str(one["_id"]) for one in answer["hits"]["hits"]]

    def count(self) -> int:
        """How many documents are held."""
        return self._asked(lambda index: self._matching(index, {"match_all": {}}))

    def is_older(self) -> bool:
        """Whether the index in use is of an older version and must be rebuilt."""
        self._in_use = ""
        return self._prepare() != self._names.mine

    def clear(self) -> None:
        """Begin an empty index and let the aliases name it; the old one goes."""
        names = self._names
        with _coded():
            old = _elastic_names.every(self._client, names)
            in_use = _elastic_names.behind(self._client, names.any)
            if in_use:
                self._refuse_newer()
                for name in _elastic_names.behind(self._client, names.beside):
                    self._client.indices.delete(index=name)
                _elastic_names.create(self._client, names, (names.beside,), in_use=in_use)
                _elastic_names.exchange(self._client, names)
            for name in old:
                self._client.indices.delete(index=name, ignore_unavailable=True)
        self._in_use = ""

    def forget(self) -> None:
        """Take the index away whole, with its aliases."""
        with _coded():
            for name in _elastic_names.every(self._client, self._names):
                self._client.indices.delete(index=name, ignore_unavailable=True)
        self._in_use = ""

    def begin_rebuild(self) -> bool:
        """Make an empty index beside the one in use; False where one is being filled already."""
        self._prepare()
        names = self._names
        with _coded():
            in_use = _elastic_names.behind(self._client, names.any)
            if _elastic_names.behind(self._client, names.beside):
                return False
            return _elastic_names.create(self._client, names, (names.beside,), in_use=in_use)

    def lacking(self, ids: Collection[str]) -> set[str]:
        """Those of the ids that the new index does not hold yet."""
        if not ids:
            return set()
        with _coded():
            answer = self._client.mget(index=self._names.beside, ids=list(ids), source=False)
        return {str(one["_id"]) for one in answer["docs"] if not one.get("found")}

    def fill(self, documents: Iterable[IndexDocument]) -> None:
        """Add to the new index what it lacks, each document in its place of the old one."""
        given, beside = iter(documents), self._names.beside
        while chunk := list(islice(given, PUT_CHUNK)):
            places = self._places([document.id for document in chunk])
            orders = [filling(one, beside, places.get(one.id)) for one in chunk]
            if self._bulk(orders, is_seen=False):
                raise IndexUnavailableError(detail="no rebuild under way")

    def finish_rebuild(self) -> None:
        """Let the new index be the one in use, in one step."""
        with _coded():
            if _elastic_names.behind(self._client, self._names.beside):
                self._client.indices.refresh(index=self._names.beside)
                _elastic_names.exchange(self._client, self._names)
        self._in_use = ""

    def tidy(self) -> None:
        """Delete the indexes that are not in use any more."""
        with _coded():
            for name in _elastic_names.leftovers(self._client, self._names):
                self._client.indices.delete(index=name, ignore_unavailable=True)

    def _places(self, ids: list[str]) -> dict[str, int]:
        """The places of documents among the newest, in the index in use."""
        answer = self._asked(
            lambda index: self._client.mget(index=index, ids=ids, source_includes=["placed"])
        )
        return {
            str(one["_id"]): int(one["_source"]["placed"])
            for one in answer["docs"]
            if one.get("found")
        }

    def _write(self, orders: list[Order], *, is_seen: bool) -> None:
        """Write into the index in use and the one beside it, as far as they are of this version.

        One that is not there yet will be filled from the records as they are now.
        """
        for _ in range(2):
            self._prepare()
            missing = self._bulk(orders, is_seen=is_seen)
            if not {self._names.mine, self._names.beside} <= missing:
                return
            self._in_use = ""
        raise IndexUnavailableError(detail="of an older version, and no rebuild under way")

    def _bulk(self, orders: list[Order], *, is_seen: bool) -> set[str]:
        """Write; return the aliases that name nothing."""
        with _coded():
            answer = self._client.bulk(
                operations=lines(orders),
                require_alias=True,
                refresh=is_seen,
            )
        return missing_aliases(orders, answer.body) if answer["errors"] else set()

    def _asked(self, ask: Callable[[str], T]) -> T:
        """Ask the index in use; once more where its alias names nothing any more, for another node
        moved it. The name is handed over: another thread may be finding it out anew, and no name
        at all means every index of the cluster.
        """
        from elasticsearch import NotFoundError

        index = self._prepare()
        with _coded():
            try:
                self._see()
                return ask(index)
            except NotFoundError:
                self._in_use = ""
                return ask(self._prepare())

    def _see(self) -> None:
        """Let what this object put be found, in the index beside too: that may be in use next."""
        puts = self._puts
        if self._seen < puts:
            both = f"{self._names.any},{self._names.beside}"
            self._client.indices.refresh(index=both, ignore_unavailable=True)
            self._seen = puts

    def _matching(self, index: str, body: Mapping[str, Any]) -> int:
        patient = self._client.options(request_timeout=SEARCH_SECONDS, max_retries=0)
        return int(patient.count(index=index, query=dict(body))["count"])

    def _ask(
        self,
        index: str,
        body: Mapping[str, Any],
        order: Sequence[Mapping[str, str]],
        first: int,
        size: int,
    ) -> list[Mapping[str, Any]]:
        if size <= 0:
            return []
        answer = self._client.options(request_timeout=SEARCH_SECONDS, max_retries=0).search(
            index=index,
            query=dict(body),
            sort=[dict(one) for one in order],
            track_scores=True,
            track_total_hits=False,
            from_=first,
            size=size,
            source_includes=[_SHOWN],
        )
        return list(answer["hits"]["hits"])

    def _prepare(self) -> str:
        """The alias in use. Make the index where there is none; refuse one newer or too old."""
        names, known = self._names, self._in_use
        if known == names.mine:
            return known
        with _coded():
            if not _elastic_names.behind(self._client, names.any):
                _elastic_names.create(self._client, names, (names.any, names.mine), in_use=())
            version = self._refuse_newer()
            if version < _elastic_schema.READABLE:
                raise IndexDamagedError(detail=f"version {version}")
            if not known:
                self._await_shard()
        in_use = names.mine if version == names.version else names.any
        self._in_use = in_use
        return in_use

    def _await_shard(self) -> None:
        """Of nodes that begin at once, one makes the index while the others find its name."""
        self._client.cluster.health(
            index=self._names.any,
            wait_for_status="yellow",
            wait_for_no_initializing_shards=True,
            wait_for_events="languid",
            timeout=f"{REQUEST_SECONDS // 2}s",
        )

    def _refuse_newer(self) -> int:
        """The version of the index in use. Raises IndexNewerError."""
        found = _elastic_names.versions(self._client, self._names.any)
        version = max(found.values(), default=0)
        if version > self._names.version:
            raise IndexNewerError(detail=f"version {version}")
        return version


def _basic(user: str, password: str) -> str:
    """The client itself encodes ASCII only; RFC 7617 names UTF-8."""
    return base64.b64encode(f"{user}:{password}".encode()).decode("ascii")


def _has_words(question: Question) -> bool:
    return any(not clause.excluded for clause in question.clauses)


def _hit(found: Mapping[str, Any], marks: Marker, *, similar: bool) -> Hit:
    shown = found["_source"][_SHOWN]
    view = view_of(shown["head"], shown["pages"], marks, similar=similar)
    score = 0.0 if similar else float(found["_score"])
    return Hit(found["_id"], score, view.page, view.snippet)


@contextmanager
def _coded() -> Iterator[None]:
    """Name a fault without its words: the server's own sentence may quote what was asked."""
    from elasticsearch import ApiError, TransportError
    from elasticsearch.exceptions import UnsupportedProductError

    try:
        yield
    except ApiError as error:
        kind = IndexRefusedError if error.status_code in _NEVER else IndexUnavailableError
        raise kind(detail=f"{error.status_code} {error.error}"[:200]) from error
    except (TransportError, UnsupportedProductError) as error:
        raise IndexUnavailableError(detail=f"{type(error).__name__} {error}"[:200]) from error
