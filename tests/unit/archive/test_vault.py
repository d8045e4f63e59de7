"""The node's keys."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from archive.stores.errors import KeyDamagedError, KeyMismatchError, KeyMissingError
from archive.vault import Vault, class_of


def test_keys_are_private_and_stay(tmp_path: Path) -> None:
    """Made at the first start, 0600 in 0700, the same ever after."""
    key = Vault(tmp_path / "keys").node_key
    assert key == Vault(tmp_path / "keys").node_key
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "keys" / "node.key").stat().st_mode & 0o777 == 0o600


def test_secret_stays_out_of_repr(tmp_path: Path) -> None:
    """A key must not end up in a log."""
    key = Vault(tmp_path).node_key
    assert key.secret.hex() not in repr(key)
    assert repr(key.secret) not in repr(key)


def test_first_key_wins(tmp_path: Path) -> None:
    """Many processes starting at once end up with one key."""
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: Vault(tmp_path).node_key, range(16)))
    assert len({key.secret for key in keys}) == 1


def test_wrap_and_unwrap(tmp_path: Path) -> None:
    """A data key comes back in another process; the wrapped bytes name the class in the clear."""
    data_key = Vault(tmp_path).new_data_key()
    wrapped = Vault(tmp_path).wrap(data_key, "identity")
    assert data_key == Vault(tmp_path).unwrap(wrapped)
    assert class_of(wrapped) == "identity"
    assert data_key.secret.hex().encode() not in wrapped


def test_rewrap_moves_between_classes(tmp_path: Path) -> None:
    """The same data key under another class."""
    vault = Vault(tmp_path)
    data_key = vault.new_data_key()
    moved = vault.rewrap(vault.wrap(data_key, "identity"), "judicial")
    assert ("judicial", data_key) == (class_of(moved), vault.unwrap(moved))


def test_class_name_is_bound(tmp_path: Path) -> None:
    """A wrapped key cannot be passed off as another class's."""
    vault = Vault(tmp_path)
    wrapped = json.loads(vault.wrap(vault.new_data_key(), "identity"))
    vault.wrap(vault.new_data_key(), "judicial")
    with pytest.raises(KeyMismatchError):
        vault.unwrap(json.dumps({**wrapped, "class": "judicial"}).encode())


def test_altered_wrapped_key(tmp_path: Path) -> None:
    """Authenticated."""
    vault = Vault(tmp_path)
    wrapped = json.loads(vault.wrap(vault.new_data_key(), "identity"))
    for change in ({"nonce": "AAAAAAAAAAAAAAAA"}, {"wrapped": "!"}, {"wrapped": None}):
        with pytest.raises(KeyDamagedError):
            vault.unwrap(json.dumps({**wrapped, **change}).encode())


def test_lost_class_key(tmp_path: Path) -> None:
    """Says that a key is missing, and never makes a new one to read with."""
    wrapped = Vault(tmp_path).wrap(Vault(tmp_path).new_data_key(), "identity")
    (tmp_path / "class-identity.key").unlink()
    with pytest.raises(KeyMissingError):
        Vault(tmp_path).unwrap(wrapped)
    assert not (tmp_path / "class-identity.key").exists()


@pytest.mark.parametrize("data", [b"", b"{}", b'{"format":"tangthu-key/1","secret":"00"}'])
def test_damaged_key_file(tmp_path: Path, data: bytes) -> None:
    """A damaged key is never replaced silently."""
    (tmp_path / "node.key").write_bytes(data)
    with pytest.raises(KeyDamagedError):
        _ = Vault(tmp_path).node_key
    assert data == (tmp_path / "node.key").read_bytes()


@pytest.mark.parametrize("name", ["", "../x", "a/b", "A", "x" * 50])
def test_class_names_are_plain(tmp_path: Path, name: str) -> None:
    """A class name cannot lead out of the folder."""
    vault = Vault(tmp_path / "keys")
    with pytest.raises(KeyDamagedError):
        vault.wrap(vault.new_data_key(), name)
