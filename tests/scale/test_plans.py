"""No page and no API call asks the records what grows with the archive.

Every address of the URLconf is visited over 100,000 documents; each question that it put is asked
once more for how much it reads, by EXPLAIN ANALYZE.
"""

import json
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.core import signing
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from api.views import LINK_SALT
from archive.models import Account, ApiClient, Batch, Document, Receipt, ReuseRecord
from archive.services import people
from archive.states import BatchState, DocumentStatus, ReceiptState, Role
from tests.scale.grown import DOCUMENTS, grow
from workers.house import House

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="only its planner tells what a question reads"
    ),
]
MOST_QUERIES = 45
"""A document with its history, pages, cuts and fields asks most; no list asks for each row."""
MOST_ROWS = 5_000
"""Rows that one question may read; a list shows 50, and a count goes to 1,000."""
ROWS_OF = {"chat-luong/": 10_000, "suc-khoe/": 50_000, "": 20_000, "ky/": 20_000}
"""Where the newest papers that people judged are counted, as many in any archive; and what is
under way, or waits for people: both grow with the work and not with the archive.
"""
WORDS = {"procedure": "1.004222", "dossier": "H000000001", "purpose": "giải quyết hồ sơ"}


@dataclass(slots=True)
class Seen:
    """One visit."""

    route: str
    status: int
    queries: int
    milliseconds: float
    rows: int = 0
    """Read by the question that reads most."""
    faults: list[str] = field(default_factory=list)


def test_no_question_grows_with_the_archive(house: House, account: Account) -> None:
    """Of every page and every API call; an address without a visit here fails."""
    began = time.monotonic()
    grow(account, int(os.environ.get("PLANS_DOCUMENTS", DOCUMENTS)))
    built = time.monotonic() - began
    visits = dict(_visits(account))
    assert sorted(set(_routes()) - set(visits)) == []
    seen = [_visit(route, visit) for route, visit in sorted(visits.items())]
    out = os.environ.get("PLANS_OUT")
    if out:
        Path(out).write_text(_table(seen, built), encoding="utf-8")
    assert [f"{one.route}: {one.status}" for one in seen if one.status == 500] == []  # bytes: 503
    assert [f"{one.route}: {fault}" for one in seen for fault in one.faults] == []
    assert {one.route: one.queries for one in seen if one.queries > MOST_QUERIES} == {}


def _routes(patterns: Any = None, before: str = "") -> Iterator[str]:
    for one in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _routes(one.url_patterns, route)
        elif isinstance(one, URLPattern):
            yield route


def _visits(account: Account) -> Iterator[tuple[str, Any]]:
    """What to do at each address: a function that asks and gives the answer."""
    everything = people.add_account(
        "tat-ca", full_name="Tất cả", unit="", roles=list(Role), actor="machine"
    )
    waiting = Document.objects.filter(status=DocumentStatus.WAITING)
    checked = waiting.filter(confirmed_at__isnull=False).first()
    unchecked = waiting.filter(confirmed_at=None).last()
    archived = Document.objects.filter(status=DocumentStatus.ARCHIVED).last()
    batch = Batch.objects.filter(state=BatchState.FINISHED).last()
    opened = Batch.objects.create(name="mở", opened_by=everything, state=BatchState.RECEIVING)
    held = Receipt.objects.filter(state=ReceiptState.HELD).first()
    assert None not in (checked, unchecked, archived, batch, held)
    values = {
        "receipt_id": archived.receipt_id, "batch_id": batch.pk, "document_id": archived.pk,
        "number": 1, "account_id": account.pk, "client_id": ApiClient.objects.get().pk,
        "untrusted_token": people.issue_ticket(account),
    }  # fmt: skip
    posts: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "dang-xuat/": ({}, {}),
        "tep/<int:receipt_id>/quyet-dinh/": ({"viec": "huy"}, {"receipt_id": held.pk}),
        "lo/moi/": ({"name": "lô mới"}, {}),
        "lo/<int:batch_id>/tep/": ({}, {"batch_id": opened.pk}),
        "lo/<int:batch_id>/dong/": ({}, {"batch_id": opened.pk}),
        "giay-to/<str:document_id>/hien-so/": ({}, {}),
        "giay-to/<str:document_id>/kiem-tra/": (
            {"version": "1", "f-number": "7"}, {"document_id": unchecked.pk},
        ),
        "giay-to/<str:document_id>/tu-choi/": ({"reason": "mờ"}, {"document_id": unchecked.pk}),
        "giay-to/<str:document_id>/ky/": ({}, {"document_id": checked.pk}),
        "ky/": ({"giay-to": checked.pk}, {}),
        "quan-tri/tai-khoan/": ({"username": "a-moi", "full_name": "A"}, {}),
        "quan-tri/tai-khoan/<int:account_id>/": ({"full_name": "A", "is_active": "on"}, {}),
        "quan-tri/tai-khoan/<int:account_id>/lien-ket/": ({}, {}),
        "quan-tri/may/": ({"name": "m", "scopes": ["reuse"]}, {}),
        "quan-tri/may/<int:client_id>/thu-hoi/": ({}, {}),
        "vao/<str:untrusted_token>/": ({}, {}),
    }  # fmt: skip
    gets = {"tim/": {"q": "giấy phép"}, "nguoi-xem/": {"chu-the": archived.subject.identifier}}
    _, key = people.add_client(
        "cổng khác", ["reuse", "document", "file", "identity"], actor="machine"
    )
    token = signing.dumps(ReuseRecord.objects.first().pk, salt=LINK_SALT)
    for route in _routes():
        if route.startswith("api/"):
            yield route, _api(route, key, archived, token)
        else:
            data, other = posts.get(route, (None, {}))
            yield (
                route,
                _page(_client(everything), _path(route, values | other), gets.get(route), data),
            )


def _client(account: Account) -> Client:
    """Somebody who came in and said why."""
    client = Client(raise_request_exception=False)
    client.force_login(account)
    client.post("/vi-sao/", {"purpose": "giải quyết hồ sơ", "dossier": "H1", "tiep": "/"})
    return client


def _path(route: str, values: dict[str, Any]) -> str:
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found[1]]), route)


def _page(client: Client, path: str, asked: Any, given: Any) -> Any:
    def visit() -> list[HttpResponse]:
        answers: list[Any] = [client.get(path, asked or {})]
        if given is not None:
            answers.append(client.post(path, given))
        return answers

    return visit


def _api(route: str, key: str, document: Document, token: str) -> Any:
    values = {"document_id": document.pk, "untrusted_token": token}
    path = _path(route, values)
    client = Client(raise_request_exception=False)
    head = {"HTTP_AUTHORIZATION": f"Bearer {key}"}
    asked = WORDS | {"subject": document.subject.identifier if document.subject else ""}

    def visit() -> list[HttpResponse]:
        if path.endswith("/link"):
            given = json.dumps(WORDS)
            return [client.post(path, given, content_type="application/json", **head)]  # type: ignore[list-item, arg-type]
        return [client.get(path, asked, **head)]  # type: ignore[list-item, arg-type]

    return visit


def _visit(route: str, visit: Any) -> Seen:
    """Go there and come back: what a visit writes is undone."""
    mark = transaction.savepoint()
    began = time.monotonic()
    with CaptureQueriesContext(connection) as caught:
        answers = visit()
    took = 1000 * (time.monotonic() - began)
    seen = Seen(route, max(one.status_code for one in answers), len(caught), took / len(answers))
    transaction.savepoint_rollback(mark)
    for question in {one["sql"] for one in caught.captured_queries}:
        if not question.lstrip(" (").startswith(("SELECT", "WITH", "UPDATE", "DELETE")):
            continue
        rows = _rows_read(question)
        seen.rows = max(seen.rows, rows)
        if rows > ROWS_OF.get(route, MOST_ROWS):
            seen.faults.append(f"{rows} rows read by {question[:600]}")
    return seen


def _rows_read(question: str) -> int:
    """How many rows one question reads or sorts; what it writes is undone."""
    mark = transaction.savepoint()
    try:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + question.replace("%", "%%"), ())
            told = cursor.fetchone()[0]
        return _most((told if isinstance(told, list) else json.loads(told))[0]["Plan"])
    finally:
        transaction.savepoint_rollback(mark)


def _most(node: dict[str, Any]) -> int:
    """The most rows that any node of a plan looked at."""
    looked = node["Actual Rows"]
    looked += node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return max([int(looked * node["Actual Loops"]), *map(_most, node.get("Plans", ()))])


def _table(seen: list[Seen], built: float) -> str:
    lines = ["| address | questions | rows read by the largest | ms |", "|---|---|---|---|"]
    lines += [
        f"| `{one.route}` | {one.queries} | {one.rows} | {one.milliseconds:.0f} |" for one in seen
    ]
    lines += ["", f"{DOCUMENTS:,} documents made in {built:.0f} s on {connection.vendor}.", ""]
    return "\n".join(lines)
