"""What every archive store promises."""

import hashlib
import io
import os
from abc import ABC, abstractmethod
from datetime import date, timedelta
from pathlib import Path

import pytest

from archive.stores import ArchiveStore, DataKey, Form, LocalArchiveStore
from archive.stores.errors import (
    BlobConflictError,
    BlobMismatchError,
    BlobMissingError,
    KeyMismatchError,
    RetentionNotOverError,
)
from archive.stores.limits import CHUNK_BYTES
from proof.types import What

TODAY = date(2026, 11, 21)
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

    def test_lost_note_keeps_for_ever(self, store: ArchiveStore, tmp_path: Path) -> None:
        """Unknown retention is retention without end."""
        store.put(sha(b"x"), b"x", retain_until=TODAY)
        for note in (tmp_path / "retention").rglob("*.json"):
            note.unlink()
        with pytest.raises(RetentionNotOverError):
            store.delete(sha(b"x"), date(2099, 1, 1))
