"""What every work store promises."""

import hashlib
import io
import os
import secrets
import subprocess
import sys
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from minio import Minio
from minio.versioningconfig import ENABLED, VersioningConfig

from archive.stores import DataKey, LocalWorkStore, WorkStore
from archive.stores._files import Guard
from archive.stores._s3_bucket import client_of
from archive.stores.errors import (
    BadNameError,
    BlobDamagedError,
    BlobMissingError,
    BucketUnfitError,
    KeyMismatchError,
)
from archive.stores.limits import CHUNK_BYTES
from archive.stores.s3_work import S3WorkStore
from tests.contract.conftest import Seaweed
from tests.homes import ROOT

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
        admin_of(seaweed).make_bucket(name)
        return name

    @pytest.fixture
    def store(self, seaweed: Seaweed, bucket: str, tmp_path: Path) -> S3WorkStore:
        """One node's store."""
        return store_in(seaweed, bucket, tmp_path)

    def test_nothing_plain_leaves_the_node(
        self, store: S3WorkStore, bucket: str, seaweed: Seaweed, tmp_path: Path
    ) -> None:
        """The server gets containers, and what passes through the node's disk is one too."""
        words = b"TOI MAT " * 1000
        seen: list[bytes] = []

        class Looking(io.BytesIO):
            def read(self, size: int | None = -1, /) -> bytes:
                seen.extend(p.read_bytes() for p in tmp_path.rglob("scratch/*"))
                return super().read(size)

        name = store.put(Looking(words * 200)).sha256
        assert seen
        held = admin_of(seaweed).get_object(bucket, f"work/{name[:2]}/{name}").read()
        assert not [part for part in (held, *seen) if b"TOI MAT" in part]
        assert list((tmp_path / "scratch").iterdir()) == []

    def test_what_is_written_anew_is_read_on(self, store: S3WorkStore) -> None:
        """A second put of the same bytes makes another container while a reader is inside."""
        data = os.urandom(12 * CHUNK_BYTES)
        name = store.put(data).sha256
        with store.open(name) as file:
            assert data[:10] == file.read(10)
            store.put(data)
            assert data[10:] == file.read()

    def test_a_young_orphan_stays(self, seaweed: Seaweed, bucket: str, tmp_path: Path) -> None:
        """Another node may be about to name it; a put makes it young again."""
        store = store_in(seaweed, bucket, tmp_path, grace_seconds=3600)
        name = store.put(b"its row comes in a moment").sha256
        assert store.sweep(lambda _name: False) == 0
        assert store.exists(name)

    @pytest.mark.parametrize("what", ["lock", "versions", "missing"])
    def test_a_bucket_that_cannot_erase_takes_nothing(
        self, seaweed: Seaweed, tmp_path: Path, what: str
    ) -> None:
        """Refused at the first touch by a code and the mend; nothing is written."""
        bucket, admin = f"unfit-{secrets.token_hex(6)}", admin_of(seaweed)
        if what != "missing":
            admin.make_bucket(bucket, object_lock=what == "lock")
        if what == "versions":
            admin.set_bucket_versioning(bucket, VersioningConfig(ENABLED))
        store = store_in(seaweed, bucket, tmp_path)
        for touch in (lambda: store.put(b"x"), lambda: store.read("0" * 64), store.names):
            with pytest.raises(BucketUnfitError) as caught:
                list(touch() or ())
            assert "Hãy tạo bucket" in caught.value.message
        assert len(store.faults()) == 1
        assert what == "missing" or list(admin.list_objects(bucket, recursive=True)) == []

    def test_another_key_opens_nothing(
        self, store: S3WorkStore, seaweed: Seaweed, bucket: str, tmp_path: Path
    ) -> None:
        """Said as such, not as damage."""
        name = store.put(b"x").sha256
        store.mark("house", b"1")
        other = store_in(seaweed, bucket, tmp_path)
        for read in (lambda: other.read(name), lambda: other.marked("house")):
            with pytest.raises(KeyMismatchError):
                read()
        assert (store.marked("house"), store.marked("none")) == (b"1", None)

    def test_rekey_goes_through_the_bucket(
        self, seaweed: Seaweed, bucket: str, tmp_path: Path
    ) -> None:
        """What lies under the older key is enciphered anew, once."""
        ring = KeyRing(DataKey.make(), DataKey.make())
        old = store_in(seaweed, bucket, tmp_path, key=ring.older)
        names = [old.put(content).sha256 for content in (b"1", b"2")]
        old.mark("house", b"ours")
        store = store_in(seaweed, bucket, tmp_path, key=ring)
        assert (store.rekey(), store.rekey()) == (2, 0)
        new = store_in(seaweed, bucket, tmp_path, key=ring.current)
        assert sorted(new.read(name) for name in names) == [b"1", b"2"]
        assert new.marked("house") == b"ours"

    def test_a_changed_byte_shows(self, store: S3WorkStore, seaweed: Seaweed, bucket: str) -> None:
        """Whoever can write into the bucket cannot change a paper unseen."""
        name = store.put(b"giay khai sinh").sha256
        admin, key = admin_of(seaweed), f"work/{name[:2]}/{name}"
        held = bytearray(admin.get_object(bucket, key).read())
        held[-1] ^= 1
        admin.put_object(bucket, key, io.BytesIO(bytes(held)), len(held))
        with pytest.raises(BlobDamagedError):
            store.read(name)

    @pytest.mark.slow
    def test_memory_stays_flat(self, seaweed: Seaweed, bucket: str, tmp_path: Path) -> None:
        """300 MB go up, come back and are laid out as a file by a process that stays small."""
        done = subprocess.run(
            [sys.executable, "-c", LARGE, seaweed.endpoint, bucket, str(tmp_path)],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        assert int(done.stdout) < MOST_MEMORY_MB


MOST_MEMORY_MB = 96
"""Beside the libraries: a part of 16 MB is held several times while it is signed and sent."""
LARGE = """
import hashlib, resource, sys
from pathlib import Path
from archive.stores._files import hash_of
from tests.contract.conftest import Seaweed
from tests.homes import ROOT
from tests.contract.test_work_store import store_in
store = store_in(Seaweed(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
large = Path(sys.argv[3], "large")
store.put(b"everything that loads later is loaded now")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with large.open("wb") as file:
    for number in range(300):
        file.write(hashlib.sha256(bytes([number % 256])).digest() * 32768)
with large.open("rb") as file:
    name = store.put(file).sha256
with store.open(name) as file:
    assert hash_of(file).sha256 == name
with store.path(name) as path:
    assert path.stat().st_size == large.stat().st_size
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@dataclass(frozen=True)
class KeyRing:
    """A key in two versions."""

    older: DataKey
    current: DataKey

    def find(self, key_id: bytes) -> DataKey | None:
        """The one with this id."""
        found = [key for key in (self.older, self.current) if key.key_id == key_id]
        return found[0] if found else None


def admin_of(seaweed: Seaweed) -> Minio:
    """A client that may make buckets and look into them."""
    return client_of(
        seaweed.endpoint,
        access_key=seaweed.admin_key,
        secret_key=seaweed.admin_secret,
        secure=False,
    )


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
