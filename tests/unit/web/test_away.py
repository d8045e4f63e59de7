"""Records that are away: a sentence and 503, whoever meets them, and no question to them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client


class Stopped(Exception):  # noqa: N818  as psycopg names it
    """The server is being stopped."""

    sqlstate = "57P01"


def _stopped(*_: object, **__: object) -> Any:
    error = OperationalError("database is locked")
    error.__cause__ = Stopped()
    raise error


@pytest.mark.django_db
@pytest.mark.parametrize("place", ["web.desk.batches_under_way", "web.context._places"])
def test_a_page_says_that_the_records_are_away(
    as_role: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """In the view as well as while the page is drawn."""
    client = as_role()
    client.raise_request_exception = False
    monkeypatch.setattr(place, _stopped)
    answer = client.get("/")
    assert answer.status_code == 503
    assert "records_away" in answer.content.decode()
    assert "Traceback" not in answer.content.decode()


@pytest.mark.django_db
def test_the_api_says_it_by_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """As one JSON document."""
    monkeypatch.setattr("api.auth.client_of", _stopped)
    client = Client(raise_request_exception=False)
    answer = client.get("/api/v1/documents/D1", headers={"Authorization": "Bearer tt_x"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "records_away")
