"""The index of several nodes: Elasticsearch 8, with our own analysis in front of it.

One alias names the index in use; its mapping names the version that wrote it.
"""

import base64
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

from search import _elastic_query, _elastic_schema
from search._records import record
from search._views import view_of
from search.errors import IndexDamagedError, IndexUnavailableError
from search.highlight import Marker, marker
from search.limits import LOOSE_BELOW, MAX_LIMIT, MAX_WINDOW, PUT_CHUNK
from search.query import Question, parse
from search.types import Hit, IndexDocument, Query, Results

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

REQUEST_SECONDS = 30
RETRIES = 2
REFRESH = "200ms"
"""How long what was written may stay unseen; `put` waits for it."""
_NEWEST = ({"placed": "desc"},)
_BEST = ({"_score": "desc"}, *_NEWEST)
_SHOWN = "shown"


class ElasticIndex:
    """`search.types.Index` on a cluster, under the alias `name`; made at first use.

    Raises `IndexDamagedError` for an index of another version: `clear` and rebuild.
    """

    def __init__(self, client: "Elasticsearch", name: str) -> None:
        self._client = client
        self._name = name
        self._is_checked = False

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
            max_retries=RETRIES,
            retry_on_timeout=True,
        )
        return cls(client, name)

    def put(self, documents: Iterable[IndexDocument]) -> None:
        """Add or replace documents by id, `PUT_CHUNK` to a request."""
        given = iter(documents)
        while chunk := list(islice(given, PUT_CHUNK)):
            self._bulk([action for document in chunk for action in _put(document)])

    def remove(self, ids: Collection[str]) -> None:
        """Forget documents; unknown ids are no error."""
        if ids:
            self._bulk([{"delete": {"_id": id_}} for id_ in ids])

    def search(self, query: Query) -> Results:
        """Answer a question; see `search.query` for what may be typed."""
        question = parse(query.text)
        first = max(0, query.offset)
        size = max(0, min(query.limit, MAX_LIMIT, MAX_WINDOW - first))
        marks = marker(question)
        asked = _elastic_query.matching(question, query)
        total = self._count(asked)
        best = self._ask(_elastic_query.ranked(asked, question, total), _BEST, first, size)
        hits = [_hit(one, marks, similar=False) for one in best]
        if _has_words(question) and total < LOOSE_BELOW:
            loose = _elastic_query.matching_loosely(question, query)
            more = self._ask(loose, _NEWEST, max(0, first - total), size - len(hits))
            hits += [_hit(one, marks, similar=True) for one in more]
            total += self._count(loose)
        return Results(total, tuple(hits))

    def ids(self) -> Iterable[str]:
        """Every id held."""
        from elasticsearch.helpers import scan

        self._prepare()
        with _coded():
            return [str(one["_id"]) for one in scan(self._client, index=self._name, _source=False)]

    def clear(self) -> None:
        """Begin an empty index and let the alias name it; the old one goes."""
        with _coded():
            old = self._behind_alias()
            self._begin(old)
            for name in old:
                self._client.indices.delete(index=name, ignore_unavailable=True)

    def forget(self) -> None:
        """Take the index away whole, with its alias."""
        with _coded():
            for name in self._behind_alias():
                self._client.indices.delete(index=name)
        self._is_checked = False

    def _count(self, body: Mapping[str, Any]) -> int:
        self._prepare()
        with _coded():
            return int(self._client.count(index=self._name, query=dict(body))["count"])

    def _ask(
        self, body: Mapping[str, Any], order: Sequence[Mapping[str, str]], first: int, size: int
    ) -> list[Mapping[str, Any]]:
        if size <= 0:
            return []
        with _coded():
            answer = self._client.search(
                index=self._name,
                query=dict(body),
                sort=[dict(one) for one in order],
                track_scores=True,
                track_total_hits=False,
                from_=first,
                size=size,
                source_includes=[_SHOWN],
            )
        return list(answer["hits"]["hits"])

    def _bulk(self, operations: list[Mapping[str, Any]]) -> None:
        self._prepare()
        with _coded():
            answer = self._client.bulk(index=self._name, operations=operations, refresh="wait_for")
        if answer["errors"]:
            failed = [one for item in answer["items"] for one in item.values() if "error" in one]
            if failed:
                raise IndexUnavailableError(detail=str(failed[0]["error"])[:300])

    def _prepare(self) -> None:
        """Make the index where there is none; refuse one of another version."""
        if self._is_checked:
            return
        with _coded():
            if not self._behind_alias():
                self._begin(())
            for name, about in self._client.indices.get_mapping(index=self._name).items():
                version = about["mappings"].get("_meta", {}).get("version")
                if version != _elastic_schema.VERSION:
                    raise IndexDamagedError(detail=f"{name}: version {version}")
            # Of nodes that begin at once, one waits for the shard while the others find its name.
            self._client.cluster.health(
                index=self._name,
                wait_for_status="yellow",
                wait_for_no_initializing_shards=True,
                wait_for_events="languid",
                timeout=f"{REQUEST_SECONDS // 2}s",
            )
        self._is_checked = True

    def _begin(self, old: Collection[str]) -> None:
        """Make an empty index; of two nodes that begin at once the first one's stays."""
        from elasticsearch import BadRequestError

        name = f"{self._name}-{time.time_ns() if old else 0:020}"
        try:
            self._client.indices.create(
                index=name,
                mappings=dict(_elastic_schema.MAPPING),
                settings={"refresh_interval": REFRESH, "number_of_shards": 1},
                aliases={} if old else {self._name: {"is_write_index": True}},
            )
        except BadRequestError as error:
            if error.error != "resource_already_exists_exception":
                raise
        if old:
            gone = [{"remove": {"index": one, "alias": self._name}} for one in old]
            added = {"add": {"index": name, "alias": self._name, "is_write_index": True}}
            self._client.indices.update_aliases(actions=[*gone, added])

    def _behind_alias(self) -> tuple[str, ...]:
        if not self._client.indices.exists_alias(name=self._name):
            return ()
        return tuple(self._client.indices.get_alias(name=self._name))


def _basic(user: str, password: str) -> str:
    """The client itself encodes ASCII only; RFC 7617 names UTF-8."""
    return base64.b64encode(f"{user}:{password}".encode()).decode("ascii")


def _has_words(question: Question) -> bool:
    return any(not clause.excluded for clause in question.clauses)


def _put(document: IndexDocument) -> Iterator[Mapping[str, Any]]:
    """A changed document keeps its place among the newest, as a file that is corrected does."""
    fields = _elastic_schema.fields(record(document))
    yield {"update": {"_id": document.id, "retry_on_conflict": 5}}
    yield {"doc": fields, "upsert": fields | {"placed": time.time_ns()}}


def _hit(found: Mapping[str, Any], marks: Marker, *, similar: bool) -> Hit:
    shown = found["_source"][_SHOWN]
    view = view_of(shown["head"], shown["pages"], marks, similar=similar)
    score = 0.0 if similar else float(found["_score"])
    return Hit(found["_id"], score, view.page, view.snippet)


@contextmanager
def _coded() -> Iterator[None]:
    from elasticsearch import ApiError, TransportError
    from elasticsearch.exceptions import UnsupportedProductError

    try:
        yield
    except (ApiError, TransportError, UnsupportedProductError) as error:
        raise IndexUnavailableError(detail=str(error)[:300]) from error
