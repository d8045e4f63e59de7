"""Databases that no node may write into: refused by the first command, nothing is laid down."""

import json
import secrets
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

pytest.importorskip("psycopg")
import psycopg

from tests.homes import environment_of

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.services, pytest.mark.timeout(300)]
MADE = "LC_CTYPE 'C' TEMPLATE template0"


def first_command(home: Path, url: str) -> dict[str, str]:
    """What the first command on a database is told."""
    done = subprocess.run(
        [sys.executable, "-m", "config", "search", "giấy", "--json"],
        cwd=ROOT, env=environment_of(home, TANGTHU_DATABASE_URL=url),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    told: dict[str, str] = json.loads(done.stdout)["error"]
    return told


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(f"ENCODING 'LATIN1' LC_COLLATE 'C' {MADE}", id="another encoding"),
        pytest.param(
            "LOCALE_PROVIDER icu ICU_LOCALE 'vi' LC_COLLATE 'C.UTF-8' " + MADE,
            id="ICU under the name C.UTF-8",
        ),
    ],
)
def test_a_database_that_keeps_or_sorts_texts_otherwise(
    postgres: str, tmp_path: Path, made: str
) -> None:
    name = f"t{secrets.token_hex(6)}"
    with psycopg.connect(postgres, autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name} {made}")  # type: ignore[call-overload]
    url = urlsplit(postgres)._replace(path=f"/{name}").geturl()
    assert first_command(tmp_path / "home", url)["code"] == "records_unfit"
    with psycopg.connect(url) as db:
        found = db.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert found == (0,)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda url: url._replace(path="/khong-co"), id="no such database"),
        pytest.param(
            lambda url: url._replace(netloc=f"ai@{url.netloc.split('@')[1]}"), id="nobody"
        ),
        pytest.param(lambda url: url._replace(netloc="tangthu@127.0.0.1:1"), id="no server"),
    ],
)
def test_a_server_that_does_not_let_us_in(postgres: str, tmp_path: Path, change: object) -> None:
    url = change(urlsplit(postgres)).geturl()  # type: ignore[operator]
    told = first_command(tmp_path / "home", url)
    assert told["code"] == "records_unreachable"
    assert "TANGTHU_DATABASE_URL" in told["message"]
