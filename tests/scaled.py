"""The scaled side of a data folder under test: a database, buckets, an index, a broker of its own.

TANGTHU_TEST_MODE says which side the tests of whole processes run on: unset, the embedded one;
`scaled-rabbitmq` and `scaled-redis`, all of the scaled side over that broker; `scaled-loop`, its
stores with the embedded loop. The servers are those of `script/services.py`, or stand in
TANGTHU_TEST_POSTGRES and so on.
"""

import atexit
import contextlib
import functools
import hashlib
import io
import json
import os
import secrets
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from catalogue.types import Protection
from tests.servers import S3_ADMIN, S3_APP

ROOT = Path(__file__).resolve().parents[1]
MODE = "TANGTHU_TEST_MODE"
MODES = ("scaled-rabbitmq", "scaled-redis", "scaled-loop")
DATABASE = "TANGTHU_DATABASE_URL"
ELASTIC = "TANGTHU_ELASTIC_URL"
PARTS = {"archive": "S3", "work": "WORK_S3"}
"""The two stores, and how their settings begin."""
FILER = 3
"""SeaweedFS's own door lies so many ports above its S3 one."""


def mode() -> str:
    """One of MODES, or nothing where the tests run embedded."""
    found = os.environ.get(MODE, "")
    if found and found not in MODES:
        raise ValueError(f"{MODE}: {' | '.join(MODES)}")
    return found


def broker() -> str:
    """The name of the broker's server; nothing where the loop is in the process."""
    return mode().removeprefix("scaled-").replace("loop", "")


@functools.cache
def address(name: str) -> str:
    """Where a server of the tests answers."""
    said = os.environ.get(f"TANGTHU_TEST_{name.upper()}")
    if said:
        return said
    words = [sys.executable, str(ROOT / "script" / "services.py"), "address", name]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()


def name_of(home: Path) -> str:
    """What everything of this data folder is called on the servers."""
    return f"home{hashlib.sha256(str(home).encode()).hexdigest()[:16]}"


def environment_of(home: Path) -> dict[str, str]:
    """The settings of this data folder's own parts of the servers, made when first asked for.

    PostgreSQL and Elasticsearch may also be asked for by the product's own variables, without
    the rest.
    """
    found: dict[str, str] = {}
    if mode() or os.environ.get(DATABASE):
        found[DATABASE] = database_of(home)
    if mode() or os.environ.get(ELASTIC):
        found |= _index(home)
    if mode():
        found |= _buckets(home) | cluster_keys(home / "cluster")
    if broker():
        found |= _broker(home)
    return found


def database_of(home: Path) -> str:
    """Its database."""
    url = os.environ.get(DATABASE) or address("postgres")
    name = name_of(home)
    _once(home, "database", lambda: make_database(url, name))
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def make_database(url: str, name: str, *, like: str = "template1") -> None:
    """Make a database, and drop it when the tests are over."""
    import psycopg

    _drop_database(url, name)
    with psycopg.connect(url, autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
    atexit.register(_drop_database, url, name)


def _drop_database(url: str, name: str) -> None:
    import psycopg

    with contextlib.suppress(psycopg.Error), psycopg.connect(url, autocommit=True) as db:
        db.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _index(home: Path) -> dict[str, str]:
    url, name = os.environ.get(ELASTIC) or address("elastic"), name_of(home)
    _once(home, "index", lambda: atexit.register(forget_index, url, name))
    return {ELASTIC: url, "TANGTHU_ELASTIC_INDEX": name}


def forget_index(url: str, name: str) -> None:
    """Take an index away, and whatever stands behind its alias."""
    from search import ElasticIndex, IndexUnavailableError

    with contextlib.suppress(IndexUnavailableError):
        ElasticIndex.connect(url, name).forget()


def _buckets(home: Path) -> dict[str, str]:
    key, secret = S3_APP
    found = {}
    for part, prefix in PARTS.items():
        bucket = bucket_of(home, part)
        _once(home, bucket.name, bucket.make)
        found |= {
            f"TANGTHU_{prefix}_ENDPOINT": address("seaweed"),
            f"TANGTHU_{prefix}_BUCKET": bucket.name,
            f"TANGTHU_{prefix}_ACCESS_KEY": key,
            f"TANGTHU_{prefix}_SECRET_KEY": secret,
            f"TANGTHU_{prefix}_SECURE": "0",
        }
    return found


def bucket_of(home: Path, part: str) -> "Bucket":
    """Its archive, with Object Lock, or its work store, without."""
    return Bucket(f"{name_of(home)}-{part}", locks=part == "archive")


def cluster_keys(folder: Path) -> dict[str, str]:
    """The keys that every node of a house is given, made where they are missing."""
    made = {
        "TANGTHU_NODE_KEY_FILE": json.dumps(
            {"format": "tangthu-node-keys/1", "keys": [{"version": 1, "secret": _secret()}]}
        ),
        "TANGTHU_CLASS_KEYS_FILE": json.dumps(
            {
                "format": "tangthu-class-keys/1",
                "keys": [
                    {"class": str(one), "version": 1, "secret": _secret()}
                    for one in Protection
                    if one is not Protection.ORDINARY
                ],
            }
        ),
        "TANGTHU_COOKIE_KEY_FILE": _secret(),
    }
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    paths = {name: folder / name.removeprefix("TANGTHU_").lower() for name in made}
    for name, path in paths.items():
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(made[name])
    return {name: str(path) for name, path in paths.items()}


def _secret() -> str:
    return secrets.token_hex(32)


def _broker(home: Path) -> dict[str, str]:
    return {"TANGTHU_BROKER_URL": address(broker()), "TANGTHU_BROKER_PREFIX": name_of(home)}


class Bucket:
    """A bucket past the product, as the administrator of the server sees it."""

    def __init__(self, name: str, *, locks: bool) -> None:
        self.name = name
        self._locks = locks

    @property
    def _client(self) -> Any:
        return _client(address("seaweed"))

    def make(self) -> None:
        """Make it, and take it away when the tests are over."""
        self._client.make_bucket(self.name, object_lock=self._locks)
        atexit.register(self._wipe)

    def _wipe(self) -> None:
        host, _, port = address("seaweed").partition(":")
        url = f"http://{host}:{int(port) + FILER}/buckets/{self.name}?recursive=true"
        with contextlib.suppress(OSError):
            # Locks bind S3's callers; this is the disk.
            urllib.request.urlopen(urllib.request.Request(url, method="DELETE"), timeout=30)

    def copy_to(self, other: "Bucket") -> None:
        """Copy every object as it is now, without its lock: the copy is there to be harmed."""
        other.make()
        for each in list(self._client.list_objects(self.name, recursive=True)):
            key = each.object_name
            other._put(key, self.read(key), self._notes(key))

    def read(self, key: str) -> bytes:
        """The bytes of an object."""
        answer = self._client.get_object(self.name, key)
        try:
            data: bytes = answer.read()
        finally:
            answer.close()
            answer.release_conn()
        return data

    def write(self, key: str, data: bytes) -> None:
        """Put other bytes in an object's place, with what was noted of it; or new ones."""
        notes = self._notes(key)
        self.remove(key)
        self._put(key, data, notes)

    def _put(self, key: str, data: bytes, notes: dict[str, str]) -> None:
        self._client.put_object(self.name, key, io.BytesIO(data), len(data), metadata=notes)

    def _notes(self, key: str) -> dict[str, str]:
        """What was noted of an object; nothing of one that is not there."""
        from minio.error import S3Error

        try:
            pairs = self._client.stat_object(self.name, key).metadata.items()
        except S3Error:
            return {}
        return {name: value for name, value in pairs if name.lower().startswith("x-amz-meta-")}

    def remove(self, key: str) -> None:
        """Take an object away with all its versions."""
        found = self._client.list_objects(self.name, key, include_version=self._locks)
        for each in list(found):
            self._client.remove_object(self.name, each.object_name, each.version_id)


@functools.cache
def _client(endpoint: str) -> Any:
    from archive.stores.s3 import client_of

    key, secret = S3_ADMIN
    return client_of(endpoint, access_key=key, secret_key=secret, secure=False)


_DONE: set[tuple[Path, str]] = set()


def _once(home: Path, what: str, make: Callable[[], object]) -> None:
    if (home, what) not in _DONE:
        make()
        _DONE.add((home, what))


def copy(source: Path, target: Path) -> None:
    """Give a copied data folder its own copy of what the servers hold; nobody may work on it.

    The index is not copied: the next worker builds it anew.
    """
    if mode() or os.environ.get(DATABASE):
        database_of(source)
        url = os.environ.get(DATABASE) or address("postgres")
        _once(target, "database", lambda: make_database(url, name_of(target), like=name_of(source)))
    if mode():
        for part in PARTS:
            given, taken = bucket_of(source, part), bucket_of(target, part)
            _once(target, taken.name, functools.partial(given.copy_to, taken))
