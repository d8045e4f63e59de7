"""What every work store promises."""

import hashlib
import io
import os
import secrets
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import pytest

from archive.stores import DataKey, LocalWorkStore, WorkStore
from archive.stores._files import Guard
from archive.stores._s3_bucket import client_of
from archive.stores.errors import BadNameError, BlobMissingError
from archive.stores.limits import CHUNK_BYTES
from archive.stores.s3_work import S3WorkStore
from tests.contract.conftest import Seaweed

SIZES = [
    0,
    1,
    CHUNK_BYTES - 1,
    CHUNK_BYTES,
    CHUNK_BYTES + 1,
    2 * CHUNK_BYTES,
    3_000_001,
    5 * CHUNK_BYTES,
]


class WorkStoreContract(ABC):
    """Run against each side."""

    @abstractmethod
    @pytest.fixture
    def store(self, tmp_path: Path) -> WorkStore:
        """An empty store."""

    @pytest.mark.parametrize("size", SIZES)
    def test_gives_back_what_it_took(self, store: WorkStore, size: int) -> None:
        """Any size, about the borders of a chunk too, from bytes as from a file."""
        data = os.urandom(size)
        name = hashlib.sha256(data).hexdigest()
        for source in (data, io.BytesIO(data)):
            stored = store.put(source)
            assert (name, size) == (stored.sha256, stored.size)
        assert data == store.read(name)
        with store.open(name) as file:
            assert data == file.read()

    def test_reads_from_any_place(self, store: WorkStore) -> None:
        """A PDF reader seeks."""
        data = os.urandom(2 * CHUNK_BYTES + 77)
        with store.open(store.put(data).sha256) as file:
            for place in (2 * CHUNK_BYTES + 70, 5, CHUNK_BYTES - 3, 0):
                file.seek(place)
                assert data[place : place + 10] == file.read(10)
            assert len(data) == file.seek(0, io.SEEK_END)
            assert file.read() == b""

    def test_path_is_private_and_passes(self, store: WorkStore) -> None:
        """A tool gets a plain copy that only this user may read, and it goes afterwards."""
        stored = store.put(b"giay khai sinh")
        with store.path(stored.sha256, suffix=".pdf") as path:
            assert path.read_bytes() == b"giay khai sinh"
            assert path.suffix == ".pdf"
            assert path.stat().st_mode & 0o777 == 0o600
            assert path.parent.stat().st_mode & 0o777 == 0o700
        assert not path.exists()

    def test_missing(self, store: WorkStore) -> None:
        """What is not there says so; deleting it is no error."""
        name = "0" * 64
        assert not store.exists(name)
        with pytest.raises(BlobMissingError):
            store.read(name)
        with pytest.raises(BlobMissingError), store.path(name):
            pass
        store.delete(name)

    @pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n"])
    def test_refuses_what_is_no_name(self, store: WorkStore, name: str) -> None:
        """A name can never lead out of the store."""
        with pytest.raises(BadNameError):
            store.open(name)

    def test_delete_erases(self, store: WorkStore) -> None:
        """The work store is erasable."""
        stored = store.put(b"x")
        store.delete(stored.sha256)
        assert not store.exists(stored.sha256)
        assert list(store.names()) == []

    def test_sweep_erases_what_no_row_names(self, store: WorkStore) -> None:
        """Orphans go, named bytes stay."""
        kept, orphan = store.put(b"kept").sha256, store.put(b"orphan").sha256
        assert store.sweep(lambda name: name == kept) == 1
        assert [kept] == list(store.names())
        assert not store.exists(orphan)

    def test_sweep_leaves_a_writer_alone(self, store: WorkStore) -> None:
        """Bytes first, row second: between the two no sweep may come."""
        with store.writing():
            stored = store.put(b"its row comes in a moment")
            assert store.sweep(lambda _name: False) is None
            with store.writing():
                assert store.exists(stored.sha256)
        assert store.exists(stored.sha256)
        assert store.sweep(lambda _name: False) == 1

    def test_sweep_asks_again_alone(self, store: WorkStore) -> None:
        """A row committed between the listing and the lock saves its bytes."""
        stored = store.put(b"just named")
        answers = iter([False, True])
        assert store.sweep(lambda _name: next(answers)) == 0
        assert store.exists(stored.sha256)


class TestLocalWorkStore(WorkStoreContract):
    """The local folder."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> WorkStore:
        """An empty folder."""
        return LocalWorkStore(tmp_path / "work", DataKey.make())

    def test_nothing_plain_on_the_disk(self, store: WorkStore, tmp_path: Path) -> None:
        """Encrypted at rest: no file holds the words."""
        store.put(b"TOI MAT " * 1000)
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert files
        assert all(b"TOI MAT" not in path.read_bytes() for path in files)

    def test_a_strange_file_does_not_stop_the_sweep(self, store: WorkStore, tmp_path: Path) -> None:
        """Not ours, not touched."""
        stored = store.put(b"x")
        stranger = tmp_path / "work" / stored.sha256[:2] / ".DS_Store"
        stranger.write_bytes(b"?")
        assert store.sweep(lambda _name: False) == 1
        assert stranger.exists()

    def test_folder_is_private(self, store: WorkStore, tmp_path: Path) -> None:
        """No other user may list what is under way."""
        store.put(b"x")
        assert (tmp_path / "work").stat().st_mode & 0o777 == 0o700


@pytest.mark.services
class TestS3WorkStore(WorkStoreContract):
    """A bucket of a real server."""

    @pytest.fixture
    def bucket(self, seaweed: Seaweed) -> str:
        """An empty one."""
        name = f"work-{secrets.token_hex(6)}"
        client_of(
            seaweed.endpoint,
            access_key=seaweed.admin_key,
            secret_key=seaweed.admin_secret,
            secure=False,
        ).make_bucket(name)
        return name

    @pytest.fixture
    def store(self, seaweed: Seaweed, bucket: str, tmp_path: Path) -> S3WorkStore:
        """One node's store."""
        return store_in(seaweed, bucket, tmp_path)


def store_in(seaweed: Seaweed, bucket: str, folder: Path, **more: Any) -> S3WorkStore:
    """A store in a bucket, without a grace; its writers keep out of the sweep by a file."""
    return S3WorkStore.connect(
        endpoint=seaweed.endpoint,
        bucket=bucket,
        access_key=seaweed.access_key,
        secret_key=seaweed.secret_key,
        secure=False,
        **{
            "key": DataKey.make(),
            "scratch": folder / "scratch",
            "turnstile": Guard(folder / "lock", parent_mode=0o700),
            "grace_seconds": 0,
            **more,
        },
    )
