"""Behind a TLS proxy: what the web server takes for the scheme and for who asks."""

import http.client
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.test import Client
from waitress import create_server, wasyncore

from config.commands.serve import door_of
from config.errors import SettingError
from config.options import read_options

SAID = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}


def tell(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """A page that says how it was asked."""
    start("200 OK", [("Content-Type", "text/plain")])
    return [f"{environ['wsgi.url_scheme']} {environ['REMOTE_ADDR']}".encode()]


@contextmanager
def served(**settings: str) -> Iterator[int]:
    """The web server's port, with the door that these settings make."""
    server = create_server(tell, host="127.0.0.1", port=0, **door_of(read_options(settings)))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server.effective_port
    finally:
        # In its own thread, which then has nothing left to wait for.
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
        thread.join(10)
        server.task_dispatcher.shutdown()


def ask(port: int) -> str:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    line.request("GET", "/", headers=SAID)
    told = line.getresponse().read().decode()
    line.close()
    return told


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, "http 127.0.0.1"),
        ({"TANGTHU_SECURE_COOKIES": "1"}, "https 127.0.0.1"),
        ({"TANGTHU_TRUSTED_PROXY": "127.0.0.1"}, "https 203.0.113.7"),
        ({"TANGTHU_TRUSTED_PROXY": "*"}, "https 203.0.113.7"),
        ({"TANGTHU_TRUSTED_PROXY": "192.0.2.9"}, "http 127.0.0.1"),
    ],
)
def test_only_the_named_proxy_is_believed(settings: dict[str, str], expected: str) -> None:
    """Else anybody could write another's address into the trail, or try passwords for ever."""
    with served(**settings) as port:
        assert ask(port) == expected


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(SettingError):
        read_options({"TANGTHU_TRUSTED_PROXY": "proxy.internal"})


@pytest.mark.django_db
@pytest.mark.parametrize(("is_https", "status"), [(True, 401), (False, 403)])
def test_a_form_that_came_by_tls_is_taken_by_a_page_that_knows(
    is_https: bool,  # noqa: FBT001  pytest names it
    status: int,
) -> None:
    """A browser names the origin of a form; a page that takes itself for http refuses https."""
    client = Client(enforce_csrf_checks=True)
    token = client.get("/dang-nhap/").cookies["csrftoken"].value
    form = {"username": "a", "password": "b", "csrfmiddlewaretoken": token}
    said = {"Origin": "https://testserver", "Referer": "https://testserver/"}
    answer = client.post("/dang-nhap/", form, secure=is_https, headers=said)
    assert answer.status_code == status
