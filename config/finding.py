"""Where the index lies: SQLite in the data folder, or Elasticsearch."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from config.errors import SettingError
from config.secret_file import read_secret
from search import ElasticIndex, Fts5Index, Index

URL = "TANGTHU_ELASTIC_URL"
NAME = "TANGTHU_ELASTIC_INDEX"
USER = "TANGTHU_ELASTIC_USER"
PASSWORD_FILE = "TANGTHU_ELASTIC_PASSWORD_FILE"  # noqa: S105  a setting's name
CA_FILE = "TANGTHU_ELASTIC_CA"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")


@dataclass(frozen=True, slots=True)
class ElasticOptions:
    """An Elasticsearch and the alias on it."""

    url: str
    name: str
    user: str
    password: str
    ca_file: str | None


def read_elastic(environment: Mapping[str, str]) -> ElasticOptions | None:
    """Read where the index lies; None: in SQLite. Raises SettingError."""
    get = environment.get
    url = get(URL, "")
    if not url:
        for name in (NAME, USER, PASSWORD_FILE, CA_FILE):
            if get(name):
                raise SettingError.of(URL, f"một địa chỉ, vì {name} đã đặt")
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.password:
        raise SettingError.of(URL, "một địa chỉ http:// hoặc https://, không kèm mật khẩu")
    name = get(NAME) or "tangthu"
    if not _NAME.fullmatch(name):
        raise SettingError.of(NAME, "chữ thường không dấu, số, gạch ngang")
    if bool(get(USER)) != bool(get(PASSWORD_FILE)):
        raise SettingError.of(PASSWORD_FILE, f"đặt cùng với {USER}")
    return ElasticOptions(
        url, name, get(USER, ""), read_secret(PASSWORD_FILE, get(PASSWORD_FILE)), get(CA_FILE)
    )


def build_index(home: Path, elastic: ElasticOptions | None) -> Index:
    """Return the index that is set."""
    if elastic is None:
        return Fts5Index(home / "index.sqlite")
    return ElasticIndex.connect(
        elastic.url,
        elastic.name,
        user=elastic.user,
        password=elastic.password,
        ca_file=elastic.ca_file,
    )
