"""Where the records lie: SQLite in the data folder, or PostgreSQL."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from config.errors import RecordsUnfitError, RecordsUnreachableError, SettingError
from config.secret_file import read_secret

URL = "TANGTHU_DATABASE_URL"
PASSWORD_FILE = "TANGTHU_DATABASE_PASSWORD_FILE"  # noqa: S105  a setting's name
CONNECT_SECONDS = 10
MOST_PORT = 65_535
POSTGRES_PORT = 5432
PREPARE_AFTER = 5
"""How often a question is asked of a connection until the server keeps its plan."""
SERVER = {
    "lock_timeout": "60s",
    "idle_in_transaction_session_timeout": "20s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
"""What each of our sessions asks of the server."""
LEAST_VERSION = 13_00_00
SORTED = ("-", "B", "Z", "a", "a b", "ab", "b", "z", "Đ", "đ", "ư", "ừ")
"""By code point, as SQLite sorts: lists and their pages are the same in both modes. Asked by what
the server does: a database of the ICU provider bears the name C.UTF-8 and sorts otherwise.
"""


@dataclass(frozen=True, slots=True)
class PostgresOptions:
    """A PostgreSQL server and the database on it."""

    host: str
    """A name, an address, or the folder of a socket."""
    port: int
    name: str
    user: str
    password: str
    ssl_mode: str
    """As libpq's sslmode; `prefer` where the URL says nothing."""


def read_postgres(environment: Mapping[str, str]) -> PostgresOptions | None:
    """Read `postgresql://user@host:port/name?sslmode=...`; the password stands in a file.

    None: not set, the records lie in SQLite. Raises SettingError.
    """
    url = environment.get(URL)
    if not url:
        if environment.get(PASSWORD_FILE):
            raise SettingError.of(URL, "địa chỉ cơ sở dữ liệu, vì tệp mật khẩu đã đặt")
        return None
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in ("postgresql", "postgres") or not name or not parts.username:
        raise SettingError.of(URL, "dạng postgresql://người-dùng@máy:5432/tên")
    if parts.password:
        raise SettingError.of(URL, f"địa chỉ không có mật khẩu; mật khẩu để trong {PASSWORD_FILE}")
    query = dict(pair.partition("=")[::2] for pair in parts.query.split("&") if pair)
    return PostgresOptions(
        host=query.get("host") or parts.hostname or "",
        port=_port(url),
        name=name,
        user=unquote(parts.username),
        password=read_secret(PASSWORD_FILE, environment.get(PASSWORD_FILE)),
        ssl_mode=query.get("sslmode", "prefer"),
    )


def databases(home: Path, postgres: PostgresOptions | None) -> dict[str, dict[str, Any]]:
    """Return Django's DATABASES."""
    if postgres is None:
        return {"default": _sqlite(home)}
    return {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": postgres.host,
            "PORT": postgres.port,
            "NAME": postgres.name,
            "USER": postgres.user,
            "PASSWORD": postgres.password,
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {
                "connect_timeout": CONNECT_SECONDS,
                "sslmode": postgres.ssl_mode,
                "application_name": "tangthu",
                # What is asked again and again is planned once, in a session of its own.
                "server_side_binding": True,
                "prepare_threshold": PREPARE_AFTER,
                # A server that is gone without a word is noticed, and so is a node: what it holds
                # is let go, and who stopped in the middle of writing does not hold up the others.
                "keepalives_idle": 10,
                "keepalives_interval": 5,
                "keepalives_count": 3,
                "options": " ".join(f"-c {name}={value}" for name, value in SERVER.items()),
            },
        }
    }


def check_server() -> None:
    """Refuse a server whose texts would be kept or sorted otherwise than in SQLite.

    Raises RecordsUnfitError, RecordsUnreachableError; writes nothing.
    """
    from django.db import OperationalError, connection

    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('server_version_num')::int, pg_encoding_to_char(encoding),"
                " datcollate FROM pg_database WHERE datname = current_database()"
            )
            version, encoding, collation = cursor.fetchone()
            is_fit = version >= LEAST_VERSION and encoding == "UTF8" and _sorts(cursor)
    except OperationalError as error:
        raise RecordsUnreachableError(detail=" ".join(str(error).split())[:200]) from error
    if not is_fit:
        raise RecordsUnfitError(detail=f"version {version}, {encoding}, collation {collation}")


def _sorts(cursor: Any) -> bool:
    """Whether the database sorts texts by code point."""
    cursor.execute(
        "SELECT array_agg(one ORDER BY one) FROM unnest(%s::text[]) AS one", [list(SORTED)]
    )
    return tuple(cursor.fetchone()[0]) == SORTED


def _sqlite(home: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": home / "records.sqlite",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }


def _port(url: str) -> int:
    try:
        return urlsplit(url).port or POSTGRES_PORT
    except ValueError as error:
        raise SettingError.of(URL, f"cổng từ 1 đến {MOST_PORT}") from error
