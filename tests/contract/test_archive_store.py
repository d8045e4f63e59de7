"""What every archive store promises."""

import hashlib
import io
import os
import secrets
import time
from abc import ABC, abstractmethod
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.stores import ArchiveStore, DataKey, Form, LocalArchiveStore
from archive.stores.errors import (
    BlobConflictError,
    BlobDamagedError,
    BlobMismatchError,
    BlobMissingError,
    KeyMismatchError,
    RetentionNotOverError,
    StoreUnavailableError,
)
from archive.stores.limits import CHUNK_BYTES
from proof.types import What

TODAY = datetime.now(UTC).date()  # a real server's clock decides what may be locked
UNTIL = TODAY + timedelta(days=365)
KEY = DataKey.make()


def sha(data: bytes) -> str:
    """A blob's name."""
    return hashlib.sha256(data).hexdigest()


class ArchiveStoreContract(ABC):
    """Run against each side."""

    @abstractmethod
    @pytest.fixture
    def store(self, tmp_path: Path) -> ArchiveStore:
        """An empty store."""

    @pytest.mark.parametrize("cipher", [None, KEY], ids=["plain", "encrypted"])
    @pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES, 2_500_000])
    def test_gives_back_what_it_took(
        self, store: ArchiveStore, size: int, cipher: DataKey | None
    ) -> None:
        """Both forms, from bytes as from a file, twice without harm."""
        data = os.urandom(size)
        for source in (data, io.BytesIO(data)):
            stored = store.put(sha(data), source, retain_until=UNTIL, cipher=cipher)
            assert (sha(data), size) == (stored.sha256, stored.size)
        assert data == store.read(sha(data), cipher=cipher)
        assert size == store.size(sha(data))
        assert [sha(data)] == list(store.names())
        assert store.check(sha(data)) is None
        assert store.check(sha(data), cipher=cipher) is None

    def test_seeks(self, store: ArchiveStore) -> None:
        """A PDF reader seeks in both forms."""
        data = os.urandom(CHUNK_BYTES + 100)
        for cipher in (None, KEY):
            store.put(sha(data), data, retain_until=UNTIL, cipher=cipher)
            with store.open(sha(data), cipher=cipher) as file:
                file.seek(CHUNK_BYTES - 5)
                assert data[CHUNK_BYTES - 5 :][:10] == file.read(10)

    def test_refuses_bytes_of_another_name(self, store: ArchiveStore) -> None:
        """Verified before the name appears, whether or not the name is there already."""
        with pytest.raises(BlobMismatchError):
            store.put(sha(b"right"), b"wrong", retain_until=UNTIL)
        assert not store.exists(sha(b"right"))
        store.put(sha(b"right"), b"right", retain_until=UNTIL)
        with pytest.raises(BlobMismatchError):
            store.put(sha(b"right"), b"wrong", retain_until=UNTIL)
        assert store.read(sha(b"right")) == b"right"

    def test_missing(self, store: ArchiveStore) -> None:
        """What is not there says so."""
        name = sha(b"never put")
        assert not store.exists(name)
        for ask in (store.read, store.open, store.size, store.retain_until):
            with pytest.raises(BlobMissingError):
                ask(name)
        problem = store.check(name)
        assert problem is not None
        assert (name, What.BLOB_MISSING) == (problem.id, problem.what)
        store.delete(name, TODAY)

    def test_refuses_to_delete_before_the_end(self, store: ArchiveStore) -> None:
        """The last day of retention is still retention."""
        store.put(sha(b"x"), b"x", retain_until=UNTIL)
        for day in (TODAY, UNTIL):
            with pytest.raises(RetentionNotOverError):
                store.delete(sha(b"x"), day)
        assert store.read(sha(b"x")) == b"x"
        assert store.retain_until(sha(b"x")) == UNTIL

    def test_retention_only_grows(self, store: ArchiveStore) -> None:
        """A second seal may lengthen, never shorten."""
        store.put(sha(b"x"), b"x", retain_until=UNTIL)
        store.put(sha(b"x"), b"x", retain_until=TODAY)
        assert store.retain_until(sha(b"x")) == UNTIL
        longer = UNTIL + timedelta(days=1)
        store.put(sha(b"x"), b"x", retain_until=longer)
        assert longer == store.retain_until(sha(b"x"))

    def test_kept_without_end(self, store: ArchiveStore) -> None:
        """No date is not no retention."""
        store.put(sha(b"x"), b"x", retain_until=None)
        with pytest.raises(RetentionNotOverError):
            store.delete(sha(b"x"), date(2099, 1, 1))

    def test_both_forms_live_side_by_side(self, store: ArchiveStore) -> None:
        """A plain paper found to need protection is sealed anew under the same name."""
        store.put(sha(b"x"), b"x", retain_until=UNTIL)
        assert frozenset({Form.PLAIN}) == store.forms(sha(b"x"))
        store.put(sha(b"x"), b"x", retain_until=UNTIL, cipher=KEY)
        assert frozenset(Form) == store.forms(sha(b"x"))
        assert [sha(b"x")] == list(store.names())
        assert b"x" == store.read(sha(b"x")) == store.read(sha(b"x"), cipher=KEY)

    def test_another_key_is_told_from_damage(self, store: ArchiveStore) -> None:
        """The wrong key says so."""
        store.put(sha(b"x"), b"x", retain_until=UNTIL, cipher=KEY)
        with pytest.raises(KeyMismatchError):
            store.read(sha(b"x"), cipher=DataKey.make())

    def test_anchors_are_write_once_and_in_order(self, store: ArchiveStore) -> None:
        """The same again is fine, another content is refused."""
        store.put_anchor("2026-11-22-0000000009.json", b"b")
        store.put_anchor("2026-11-21-0000000004.json", b"a")
        store.put_anchor("2026-11-21-0000000004.json", b"a")
        with pytest.raises(BlobConflictError):
            store.put_anchor("2026-11-21-0000000004.json", b"forged")
        expected = [("2026-11-21-0000000004.json", b"a"), ("2026-11-22-0000000009.json", b"b")]
        assert expected == list(store.anchors())

    def test_keys_lie_beside_the_blobs(self, store: ArchiveStore) -> None:
        """Re-wrapping replaces."""
        assert store.get_key(sha(b"x")) is None
        store.put_key(sha(b"x"), b"wrapped")
        store.put_key(sha(b"x"), b"wrapped anew")
        assert store.get_key(sha(b"x")) == b"wrapped anew"


class TestLocalArchiveStore(ArchiveStoreContract):
    """The local folder."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> ArchiveStore:
        """An empty folder."""
        return LocalArchiveStore(tmp_path)

    def test_deletes_after_the_end(self, store: ArchiveStore) -> None:
        """Both forms and their notes go."""
        store.put(sha(b"x"), b"x", retain_until=UNTIL)
        store.put(sha(b"x"), b"x", retain_until=UNTIL, cipher=KEY)
        store.delete(sha(b"x"), UNTIL + timedelta(days=1), form=Form.PLAIN)
        assert frozenset({Form.ENCRYPTED}) == store.forms(sha(b"x"))
        store.delete(sha(b"x"), UNTIL + timedelta(days=1))
        assert not store.exists(sha(b"x"))

    def test_plain_papers_need_no_software(self, store: ArchiveStore, tmp_path: Path) -> None:
        """Any archivist reads them in thirty years: the file is the paper, read-only."""
        store.put(sha(b"%PDF"), b"%PDF", retain_until=UNTIL)
        path = tmp_path / "blobs" / sha(b"%PDF")[:2] / sha(b"%PDF")
        assert path.read_bytes() == b"%PDF"
        assert path.stat().st_mode & 0o777 == 0o444

    def test_strange_files_are_named(self, store: ArchiveStore, tmp_path: Path) -> None:
        """What nobody sealed shows among the names, so that a check can call it extra."""
        store.put(sha(b"x"), b"x", retain_until=None)
        blobs = tmp_path / "blobs"
        (blobs / "note.txt").write_bytes(b"?")
        (blobs / "00").mkdir(exist_ok=True)
        (blobs / "00" / ("1" * 64)).write_bytes(b"?")
        (blobs / sha(b"x")[:2] / "y.pdf").write_bytes(b"?")
        expected = {sha(b"x"), "note.txt", "00/" + "1" * 64, f"{sha(b'x')[:2]}/y.pdf"}
        assert set(store.names()) == expected

    def test_lost_note_keeps_for_ever(self, store: ArchiveStore, tmp_path: Path) -> None:
        """Unknown retention is retention without end."""
        store.put(sha(b"x"), b"x", retain_until=TODAY)
        for note in (tmp_path / "retention").rglob("*.json"):
            note.unlink()
        with pytest.raises(RetentionNotOverError):
            store.delete(sha(b"x"), date(2099, 1, 1))


@pytest.mark.services
class TestS3ArchiveStore(ArchiveStoreContract):
    """A real SeaweedFS with Object Lock, a bucket per test."""

    @pytest.fixture(params=["GOVERNANCE", "COMPLIANCE"])
    def store(self, request: pytest.FixtureRequest, seaweed: Any, tmp_path: Path) -> Any:
        """An empty bucket, made by the administrator, used by the application."""
        from archive.stores.s3 import S3ArchiveStore

        where = {
            "endpoint": seaweed.endpoint,
            "bucket": f"t{secrets.token_hex(8)}",
            "mode": request.param,
            "secure": False,
            "spool": tmp_path,
        }
        admin = {"access_key": seaweed.admin_key, "secret_key": seaweed.admin_secret}
        S3ArchiveStore.connect(**where, **admin).prepare()
        user = {"access_key": seaweed.access_key, "secret_key": seaweed.secret_key}
        return S3ArchiveStore.connect(**where, **user)

    def test_the_server_locks(self, store: Any) -> None:
        """Not our courtesy but the server's refusal: the locked version cannot be removed."""
        from minio.error import S3Error

        store.put(sha(b"x"), b"x", retain_until=UNTIL)
        version = store._there(sha(b"x"), Form.PLAIN)
        with pytest.raises(S3Error, match="AccessDenied"):
            store._client.remove_object(store._bucket, version.key, version.version_id)
        with pytest.raises(RetentionNotOverError):
            store._remove(version.key)
        assert store.read(sha(b"x")) == b"x"

    def test_an_overwrite_hides_nothing(self, store: Any) -> None:
        """A newer version or a delete marker: what was sealed is still what is read."""
        store.put(sha(b"sealed"), b"sealed", retain_until=UNTIL)
        store.put_anchor("2026-11-21-0000000001.json", b"anchor")
        for key in (
            store._there(sha(b"sealed"), Form.PLAIN).key,
            "anchors/2026-11-21-0000000001.json",
        ):
            store._client.put_object(store._bucket, key, io.BytesIO(b"forged"), 6)
            store._client.remove_object(store._bucket, key)
        assert store.read(sha(b"sealed")) == b"sealed"
        assert list(store.names()) == [sha(b"sealed")]
        assert store.check(sha(b"sealed")) is None
        assert list(store.anchors()) == [("2026-11-21-0000000001.json", b"anchor")]

    def test_damage_shows(self, store: Any) -> None:
        """An object that does not re-hash is a problem, plain or encrypted, with key or without."""
        for cipher in (None, KEY):
            form = Form.PLAIN if cipher is None else Form.ENCRYPTED
            key = f"blobs/{sha(b'y')[:2]}/{sha(b'y')}{'.enc' if cipher else ''}"
            store._client.put_object(store._bucket, key, io.BytesIO(b"not y"), 5)
            assert form in store.forms(sha(b"y"))
            problem = store.check(sha(b"y"), cipher=cipher)
            assert problem is not None
            assert problem.what == What.BLOB_DAMAGED
        with pytest.raises(BlobDamagedError):
            store.read(sha(b"y"))
        store._client.put_object(store._bucket, "blobs/00/note.txt", io.BytesIO(b"?"), 1)
        assert set(store.names()) == {sha(b"y"), "00/note.txt"}

    def test_deletes_after_the_end(self, store: Any) -> None:
        """What was sealed with a retention already over may go at once."""
        store.put(sha(b"x"), b"x", retain_until=TODAY - timedelta(days=400))
        store.delete(sha(b"x"), TODAY)
        assert not store.exists(sha(b"x"))

    def test_a_dead_server_is_told_soon(self) -> None:
        """Retry later, within seconds, without hanging."""
        from archive.stores.s3 import S3ArchiveStore

        store = S3ArchiveStore.connect(
            endpoint="127.0.0.1:1", bucket="archive", access_key="a", secret_key="b", secure=False
        )
        start = time.monotonic()
        with pytest.raises(StoreUnavailableError):
            store.read(sha(b"x"))
        assert time.monotonic() - start < 3
