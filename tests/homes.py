"""Data folders for processes that tests start: each with all that belongs to it, in either mode.

What a folder's records and stores hold can be read and harmed here past the product, wherever
it lies.
"""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests import scaled, staff

ROOT = Path(__file__).resolve().parents[1]


def environment_of(home: Path, **more: str) -> dict[str, str]:
    """The environment of a process that works on this data folder."""
    own = {
        "TANGTHU_HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    return os.environ | own | scaled.environment_of(home) | more


@contextlib.contextmanager
def records_of(home: Path) -> Iterator[Any]:
    """A connection to the records past the product, committed and closed at the end."""
    url = scaled.environment_of(home).get(scaled.DATABASE)
    if url:
        import psycopg

        with psycopg.connect(url) as db:
            yield db
        return
    with contextlib.closing(sqlite3.connect(home / "records.sqlite")) as db, db:
        yield db


def copy_home(source: Path, target: Path) -> None:
    """Copy a data folder and all that belongs to it; whoever works for it is sent home first."""
    staff.dismiss(source)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("bell"))
    scaled.copy(source, target)


class Kept:
    """The files of one of a data folder's stores, harmed as its disk may harm them."""

    def __init__(self, home: Path, part: str) -> None:
        """`part`: `archive` or `work`."""
        self._root = home / part
        self._bucket = scaled.bucket_of(home, part) if scaled.mode() else None
        self._above = "work/" if self._bucket and part == "work" else ""

    def read(self, key: str) -> bytes:
        """What lies under a name, as `blobs/ab/ab...` in the archive."""
        if self._bucket:
            return self._bucket.read(self._above + key)
        return (self._root / key).read_bytes()

    def write(self, key: str, data: bytes) -> None:
        """Other bytes in its place, or new ones."""
        if self._bucket:
            self._bucket.write(self._above + key, data)
            return
        path = self._root / key
        path.parent.mkdir(exist_ok=True)
        if path.exists():
            path.chmod(0o600)
        path.write_bytes(data)

    def remove(self, key: str) -> None:
        """Nothing in its place."""
        if self._bucket:
            self._bucket.remove(self._above + key)
        else:
            (self._root / key).unlink()

    def flip(self, key: str) -> None:
        """One bit in the middle."""
        data = bytearray(self.read(key))
        data[len(data) // 2] ^= 1
        self.write(key, bytes(data))
