"""Where the records lie: half a setting is refused, a server that sorts otherwise too."""

import json
import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import OperationalError, connection

from config import records
from config.errors import RecordsUnfitError, RecordsUnreachableError, SettingError
from config.records import PASSWORD_FILE, URL, check_server, databases, read_postgres
from imaging.errors import Category

needs_server = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="the records lie in SQLite here"
)


def test_nothing_set_is_sqlite(tmp_path: Path) -> None:
    """The default of one machine, written through to the disk."""
    assert read_postgres({}) is None
    (made,) = databases(tmp_path, None).values()
    assert made["NAME"] == tmp_path / "records.sqlite"
    assert "synchronous=FULL" in made["OPTIONS"]["init_command"]


def test_an_address_is_read_whole(tmp_path: Path) -> None:
    """User, host, port, name, TLS; the password from its file."""
    secret = tmp_path / "password"
    secret.write_text("bí mật\n", encoding="utf-8")
    url = "postgresql://t%C3%A0ng@db.local:6543/kho?sslmode=verify-full"
    options = read_postgres({URL: url, PASSWORD_FILE: str(secret)})
    assert options is not None
    (made,) = databases(tmp_path, options).values()
    assert (made["USER"], made["HOST"], made["PORT"]) == ("tàng", "db.local", 6543)
    assert (made["NAME"], made["PASSWORD"]) == ("kho", "bí mật")
    assert made["OPTIONS"]["sslmode"] == "verify-full"


@pytest.mark.parametrize(
    "environment",
    [
        {URL: "mysql://u@h/n"},
        {URL: "postgresql://u@h/"},
        {URL: "postgresql://h/n"},
        {URL: "postgresql://u@h:99999/n"},
        {URL: "postgresql://u@h/n", PASSWORD_FILE: "/nowhere/at/all"},
        {PASSWORD_FILE: "/etc/hostname"},
    ],
)
def test_half_a_setting_is_refused(environment: dict[str, str]) -> None:
    """With the variable's name and what it needs."""
    with pytest.raises(SettingError, match="TANGTHU_DATABASE"):
        read_postgres(environment)


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    """Addresses end up in lists of processes and in logs."""
    with pytest.raises(SettingError, match=PASSWORD_FILE) as caught:
        read_postgres({URL: "postgresql://u:matkhau@h/n"})
    assert "matkhau" not in str(caught.value)


@needs_server
@pytest.mark.django_db
def test_a_server_that_sorts_otherwise_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the mend; other servers are in tests/contract/test_unfit_records.py."""
    check_server()
    monkeypatch.setattr(records, "SORTED", ("b", "a"))
    with pytest.raises(RecordsUnfitError) as caught:
        check_server()
    assert caught.value.category is Category.ENVIRONMENT
    assert "C.UTF-8" in caught.value.message


@needs_server
@pytest.mark.django_db
def test_a_server_that_is_away_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a fault of the environment, with the port and without a trace."""
    from django.db.utils import ConnectionHandler

    settings = connection.settings_dict | {"PORT": 1, "NAME": urlsplit(os.environ[URL]).path[1:]}
    away = ConnectionHandler({"default": settings})["default"]
    monkeypatch.setattr("django.db.connection", away)
    with pytest.raises(RecordsUnreachableError):
        check_server()


@pytest.mark.parametrize(
    ("vendor", "code"), [("postgresql", "records_unreachable"), ("sqlite", "internal")]
)
def test_a_server_that_goes_away_under_a_command_is_named(
    vendor: str, code: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It may be back in a minute: no fault of the program."""
    from config.cli import main
    from config.commands import search

    def run(_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(search, "run", run)
    monkeypatch.setattr("django.db.connection.vendor", vendor)
    assert main(["search", "x", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == code
