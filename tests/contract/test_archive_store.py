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

from archive.stores import (
    ArchiveStore,
    CopiedArchiveStore,
    DataKey,
    Form,
    LocalArchiveStore,
    Note,
)
from archive.stores.copies import copy_blob
from archive.stores.errors import (
    BlobConflictError,
    BlobDamagedError,
    BlobMismatchError,
    BlobMissingError,
    BucketUnfitError,
    KeyMismatchError,
    LegalHoldError,
    RetentionNotOverError,
    StoreUnavailableError,
)
from archive.stores.limits import CHUNK_BYTES, S3_PART_BYTES
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
        assert list(store.anchors("2026-11-21-0000000003.json")) == expected
        assert list(store.anchors("2026-11-21-0000000004.json")) == expected[1:]
        assert list(store.anchors("2026-11-22-0000000009.json")) == []

    def test_a_hold_outlasts_the_retention(self, store: ArchiveStore) -> None:
        """Whatever the date: held means kept, in every form; lifted, the old rule is back."""
        with pytest.raises(BlobMissingError):
            store.set_hold(sha(b"x"), on=True)
        past = TODAY - timedelta(days=400)
        store.put(sha(b"x"), b"x", retain_until=past)
        store.put(sha(b"x"), b"x", retain_until=past, cipher=KEY)
        assert store.set_hold(sha(b"x"), on=True) == ()
        assert store.set_hold(sha(b"x"), on=True) == ()
        for form in (None, *Form):
            with pytest.raises(LegalHoldError):
                store.delete(sha(b"x"), TODAY, form=form)
        assert store.noted(sha(b"x"), form=Form.PLAIN).legal_hold
        assert store.read(sha(b"x")) == store.read(sha(b"x"), cipher=KEY) == b"x"
        assert store.set_hold(sha(b"x"), on=False) == ()
        store.delete(sha(b"x"), TODAY)
        assert not store.exists(sha(b"x"))

    @pytest.mark.parametrize("cipher", [None, KEY], ids=["plain", "encrypted"])
    def test_adopts_what_another_copy_holds(
        self, store: ArchiveStore, tmp_path: Path, cipher: DataKey | None
    ) -> None:
        """Byte for byte, without any key, with the retention that lay beside it."""
        data = os.urandom(CHUNK_BYTES + 5)
        form = Form.PLAIN if cipher is None else Form.ENCRYPTED
        other = LocalArchiveStore(tmp_path / "other")
        other.put(sha(data), data, retain_until=UNTIL, cipher=cipher)
        for _ in range(2):
            note = copy_blob(sha(data), form, source=other, target=store)
        assert store.read(sha(data), cipher=cipher) == data
        assert store.noted(sha(data), form=form) == note
        assert store.retain_until(sha(data), form=form) == UNTIL
        with (
            store.open_stored(sha(data), form=form) as here,
            other.open_stored(sha(data), form=form) as there,
        ):
            assert here.read() == there.read()

    def test_adopts_nothing_under_a_false_name(self, store: ArchiveStore) -> None:
        """What is not what its note or its name says stays outside."""
        for given, noted in ((b"wrong", b"right"), (b"wrong", b"wrong")):
            note = Note(sha(noted), len(noted), UNTIL)
            with pytest.raises(BlobMismatchError):
                store.adopt(sha(b"right"), given, form=Form.PLAIN, note=note)
        assert not store.exists(sha(b"right"))

    def test_adopting_mends_a_held_one_and_keeps_its_hold(
        self, store: ArchiveStore, tmp_path: Path
    ) -> None:
        """A hold that one copy learnt of first is not lost by mending from the other."""
        other = LocalArchiveStore(tmp_path / "other")
        other.put(sha(b"x"), b"x", retain_until=UNTIL)
        store.put(sha(b"x"), b"x", retain_until=UNTIL)
        store.set_hold(sha(b"x"), on=True)
        copy_blob(sha(b"x"), Form.PLAIN, source=other, target=store)
        assert store.noted(sha(b"x"), form=Form.PLAIN).legal_hold

    def test_a_destroyed_key_is_gone(self, store: ArchiveStore) -> None:
        """Every version of it: shredding leaves nothing to open the blob with."""
        store.put_key(sha(b"x"), b"wrapped")
        store.put_key(sha(b"x"), b"wrapped anew")
        store.drop_key(sha(b"x"))
        store.drop_key(sha(b"x"))
        assert store.get_key(sha(b"x")) is None

    def test_a_fit_place_has_no_faults(self, store: ArchiveStore) -> None:
        """What `doctor` asks."""
        assert store.faults() == []
        assert store.place

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
        return LocalArchiveStore(tmp_path / "archive")

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
        path = tmp_path / "archive" / "blobs" / sha(b"%PDF")[:2] / sha(b"%PDF")
        assert path.read_bytes() == b"%PDF"
        assert path.stat().st_mode & 0o777 == 0o444

    def test_strange_files_are_named(self, store: ArchiveStore, tmp_path: Path) -> None:
        """What nobody sealed shows among the names, so that a check can call it extra."""
        store.put(sha(b"x"), b"x", retain_until=None)
        blobs = tmp_path / "archive" / "blobs"
        (blobs / "note.txt").write_bytes(b"?")
        (blobs / "00").mkdir(exist_ok=True)
        (blobs / "00" / ("1" * 64)).write_bytes(b"?")
        (blobs / sha(b"x")[:2] / "y.pdf").write_bytes(b"?")
        expected = {sha(b"x"), "note.txt", "00/" + "1" * 64, f"{sha(b'x')[:2]}/y.pdf"}
        assert set(store.names()) == expected

    def test_lost_note_keeps_for_ever(self, store: ArchiveStore, tmp_path: Path) -> None:
        """Unknown retention is retention without end."""
        store.put(sha(b"x"), b"x", retain_until=TODAY)
        for note in (tmp_path / "archive" / "retention").rglob("*.json"):
            note.unlink()
        with pytest.raises(RetentionNotOverError):
            store.delete(sha(b"x"), date(2099, 1, 1))


class TestCopiedArchiveStore(ArchiveStoreContract):
    """Two folders as one store."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> ArchiveStore:
        """Two empty folders."""
        return CopiedArchiveStore(
            [
                LocalArchiveStore(tmp_path / "one"),
                LocalArchiveStore(tmp_path / "two", place="folder:two"),
            ]
        )


def make_bucket(
    seaweed: Any,
    spool: Path,
    *,
    mode: str = "GOVERNANCE",
    sse: str = "",
    make: bool = True,
    as_admin: bool = False,
    names: dict[Path, str] = {},  # noqa: B006  one bucket a test that makes none
) -> Any:
    """An empty bucket, made by the administrator, used by the application."""
    from archive.stores.s3 import S3ArchiveStore

    fresh = f"t{secrets.token_hex(8)}"
    where = {
        "endpoint": seaweed.endpoint,
        "bucket": fresh if make else names.setdefault(spool, fresh),
        "mode": mode,
        "secure": False,
        "spool": spool,
        "sse": sse,
    }
    admin = {"access_key": seaweed.admin_key, "secret_key": seaweed.admin_secret}
    user = {"access_key": seaweed.access_key, "secret_key": seaweed.secret_key}
    if make:
        S3ArchiveStore.connect(**where, **admin).prepare()
    return S3ArchiveStore.connect(**where, **(admin if as_admin else user))


@pytest.mark.services
class TestS3ArchiveStore(ArchiveStoreContract):
    """A real SeaweedFS with Object Lock, a bucket per test."""

    @pytest.fixture(params=["GOVERNANCE", "COMPLIANCE"])
    def store(self, request: pytest.FixtureRequest, seaweed: Any, tmp_path: Path) -> Any:
        """An empty bucket."""
        return make_bucket(seaweed, tmp_path, mode=request.param)

    def test_the_server_locks(self, store: Any) -> None:
        """Not our courtesy but the server's refusal: the locked version cannot be removed."""
        from minio.error import S3Error

        store.put(sha(b"x"), b"x", retain_until=UNTIL)
        version = store._there(sha(b"x"), Form.PLAIN)
        with pytest.raises(S3Error, match="AccessDenied"):
            store._bucket.client.remove_object(store._bucket.name, version.key, version.version_id)
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
            store._bucket.client.put_object(store._bucket.name, key, io.BytesIO(b"forged"), 6)
            store._bucket.client.remove_object(store._bucket.name, key)
        assert store.read(sha(b"sealed")) == b"sealed"
        assert list(store.names()) == [sha(b"sealed")]
        assert store.check(sha(b"sealed")) is None
        assert list(store.anchors()) == [("2026-11-21-0000000001.json", b"anchor")]

    def test_damage_shows(self, store: Any) -> None:
        """An object that does not re-hash is a problem, plain or encrypted, with key or without."""
        for cipher in (None, KEY):
            form = Form.PLAIN if cipher is None else Form.ENCRYPTED
            key = f"blobs/{sha(b'y')[:2]}/{sha(b'y')}{'.enc' if cipher else ''}"
            store._bucket.client.put_object(store._bucket.name, key, io.BytesIO(b"not y"), 5)
            assert form in store.forms(sha(b"y"))
            problem = store.check(sha(b"y"), cipher=cipher)
            assert problem is not None
            assert problem.what == What.BLOB_DAMAGED
        with pytest.raises(BlobDamagedError):
            store.read(sha(b"y"))
        store._bucket.client.put_object(
            store._bucket.name, "blobs/00/note.txt", io.BytesIO(b"?"), 1
        )
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

    def test_a_mended_object_is_read(self, store: Any) -> None:
        """A damaged version that its lock keeps does not hide the sound one brought from a copy."""
        bucket = store._bucket
        for cipher in (None, KEY):
            form = Form.PLAIN if cipher is None else Form.ENCRYPTED
            key = f"blobs/{sha(b'y')[:2]}/{sha(b'y')}{'.enc' if cipher else ''}"
            bucket.client.put_object(bucket.name, key, io.BytesIO(b"not y"), 5)
            (rotten,) = bucket.versions(key)[:1]
            bucket.lock(rotten, datetime.now(UTC) + timedelta(days=30))
            sound = LocalArchiveStore(store._bucket._spool_folder / f"sound-{form}")
            sound.put(sha(b"y"), b"y", retain_until=UNTIL, cipher=cipher)
            copy_blob(sha(b"y"), form, source=sound, target=store)
            assert store.read(sha(b"y"), cipher=cipher) == b"y"
            assert store.check(sha(b"y"), cipher=cipher) is None
            assert store.retain_until(sha(b"y"), form=form) == UNTIL

    def test_a_large_file_goes_by_parts(self, store: Any) -> None:
        """And comes back whole."""
        data = os.urandom(2 * S3_PART_BYTES + 7)
        store.put(sha(data), data, retain_until=UNTIL)
        assert store.read(sha(data)) == data
        version = store._there(sha(data), Form.PLAIN)
        stat = store._bucket.client.stat_object(store._bucket.name, version.key)
        assert stat.etag.endswith("-3")

    def test_a_second_copy_on_s3(self, store: Any, tmp_path: Path) -> None:
        """A folder here and a bucket there: the same bytes in both, either one enough."""
        here = LocalArchiveStore(tmp_path / "here")
        both = CopiedArchiveStore([here, store])
        stored = both.put(sha(b"x"), b"x", retain_until=UNTIL, cipher=KEY)
        assert stored.missing_in == ()
        assert here.noted(sha(b"x"), form=Form.ENCRYPTED) == store.noted(
            sha(b"x"), form=Form.ENCRYPTED
        )
        (tmp_path / "here" / "blobs" / sha(b"x")[:2] / f"{sha(b'x')}.enc").unlink()
        assert both.read(sha(b"x"), cipher=KEY) == b"x"

    def test_the_server_encrypts_too(self, seaweed: Any, tmp_path: Path) -> None:
        """Beside our own encryption, by setting."""
        store = make_bucket(seaweed, tmp_path, sse="s3")
        store.put(sha(b"x"), b"x", retain_until=UNTIL)
        version = store._there(sha(b"x"), Form.PLAIN)
        stat = store._bucket.client.stat_object(store._bucket.name, version.key)
        assert stat.metadata["x-amz-server-side-encryption"] == "AES256"
        assert store.read(sha(b"x")) == b"x"

    def test_a_bucket_that_does_not_lock_is_named(self, seaweed: Any, tmp_path: Path) -> None:
        """Missing, without lock, without versions, or locking more than it should."""
        from minio.objectlockconfig import DAYS, ObjectLockConfig

        store = make_bucket(seaweed, tmp_path, make=False)
        admin = make_bucket(seaweed, tmp_path, make=False, as_admin=True)
        assert "Chưa có bucket" in store.faults()[0]
        admin._bucket.client.make_bucket(store._bucket.name)
        told = " ".join(store.faults())
        assert "không có Object Lock" in told
        assert "versioning" in told
        with pytest.raises(StoreUnavailableError):
            admin.prepare()
        greedy = make_bucket(seaweed, tmp_path, as_admin=True)
        greedy.prepare(default_days=400)
        config = ObjectLockConfig("GOVERNANCE", 400, DAYS)
        greedy._bucket.client.set_object_lock_config(greedy._bucket.name, config)
        assert "tự khóa mọi tệp 400 ngày" in greedy.faults()[0]

    @pytest.mark.parametrize("versions", [False, True], ids=["plain", "versions without a lock"])
    def test_a_bucket_that_does_not_lock_takes_nothing(
        self, seaweed: Any, tmp_path: Path, *, versions: bool
    ) -> None:
        """Refused at the first touch, whatever is to be written; the bucket stays empty."""
        from minio.versioningconfig import ENABLED, VersioningConfig

        store = make_bucket(seaweed, tmp_path, make=False)
        client = make_bucket(seaweed, tmp_path, make=False, as_admin=True)._bucket.client
        client.make_bucket(store._bucket.name)
        if versions:
            client.set_bucket_versioning(store._bucket.name, VersioningConfig(ENABLED))
        for write in (
            lambda: store.put(sha(b"x"), b"x", retain_until=UNTIL),
            lambda: store.put_anchor("2026-11-21-0000000001.json", b"anchor"),
            lambda: store.put_key(sha(b"x"), b"wrapped"),
        ):
            with pytest.raises(BucketUnfitError) as caught:
                write()
            assert "Object Lock" in caught.value.message
        assert list(client.list_objects(store._bucket.name, recursive=True)) == []
