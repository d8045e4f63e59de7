"""Data folders for processes that tests start: each with records of its own, wherever they lie."""

import atexit
import contextlib
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
URL = "TANGTHU_DATABASE_URL"


def environment_of(home: Path, **more: str) -> dict[str, str]:
    """The environment of a process that works on this data folder."""
    environment = os.environ | {
        "TANGTHU_HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    if os.environ.get(URL):
        environment[URL] = _database_of(home)
    return environment | more


@contextlib.contextmanager
def records_of(home: Path) -> Iterator[Any]:
    """A connection to the records past the product, committed and closed at the end."""
    if os.environ.get(URL):
        import psycopg

        with psycopg.connect(_database_of(home)) as db:
            yield db
        return
    with contextlib.closing(sqlite3.connect(home / "records.sqlite")) as db, db:
        yield db


def copy_home(source: Path, target: Path) -> None:
    """Copy a data folder and its records; nobody may work on it meanwhile."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("bell"))
    if os.environ.get(URL):
        _database_of(source)
        _make_database(_name_of(target), like=_name_of(source))
        _MADE.add(target)


_MADE: set[Path] = set()


def _database_of(home: Path) -> str:
    """The database of this data folder, made at first and dropped when the tests are over."""
    if home not in _MADE:
        _make_database(_name_of(home))
        _MADE.add(home)
    return urlsplit(os.environ[URL])._replace(path=f"/{_name_of(home)}").geturl()


def _name_of(home: Path) -> str:
    return f"home_{hashlib.sha256(str(home).encode()).hexdigest()[:16]}"


def _make_database(name: str, *, like: str = "template1") -> None:
    import psycopg

    _drop_database(name)
    with psycopg.connect(os.environ[URL], autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
    atexit.register(_drop_database, name)


def _drop_database(name: str) -> None:
    import psycopg

    with (
        contextlib.suppress(psycopg.Error),
        psycopg.connect(os.environ[URL], autocommit=True) as db,
    ):
        db.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
