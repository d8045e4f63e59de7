"""The vault: keys of classes wrap the data keys of blobs; the node's key encrypts `work/`.

Losing `keys/` loses the work store and every encrypted blob, whatever else is left: it is backed
up apart from the data. Versions of a key, and where they come from: `archive.keyfiles`.
"""

import base64
import secrets
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from archive.keyfiles import (
    CLASS_NAME,
    KEY_FORMAT,
    NODE,
    FolderKeys,
    GivenKeys,
    KeyVersion,
    Origin,
    Wrapper,
    encoded,
    parsed,
)
from archive.stores.cipher import DataKey
from archive.stores.errors import (
    KeyDamagedError,
    KeyMismatchError,
    KeyMissingError,
)
from proof.canonical import canonical_bytes

__all__ = ["KEY_FORMAT", "NODE", "WRAPPED_FORMAT", "Vault", "class_of", "key_id_of"]

WRAPPED_FORMAT = "tangthu-wrapped-key/1"
_NONCE_BYTES = 12


class Vault:
    """The keys of one node. Safe between processes: each sees at once what another has made."""

    def __init__(
        self,
        folder: Path,
        *,
        given: GivenKeys | None = None,
        given_node: GivenKeys | None = None,
        wrapper: Wrapper | None = None,
    ) -> None:
        """Name the folder; it and its keys are made when first asked for.

        Where keys of classes, or the node's, are given, none of these is ever made here; old ones
        in the folder still open.
        """
        self._files = FolderKeys(folder, wrapper)
        self._given = given
        self._given_node = given_node
        self._found: dict[bytes, KeyVersion] = {}

    @property
    def node_key(self) -> DataKey:
        """The newest key of the work store, made at the first start. Raises `key_damaged`."""
        return self.current(NODE).key

    def _given_for(self, name: str) -> GivenKeys | None:
        return self._given_node if name == NODE else self._given

    def new_data_key(self) -> DataKey:
        """A fresh key for one blob."""
        return DataKey.make()

    def current(self, name: str) -> KeyVersion:
        """The newest version of a key: what is wrapped now; made where there is none.

        Raises `key_missing` for a key without a version where keys are given.
        """
        _check(name)
        given = self._given_for(name)
        if given is not None:
            versions = given.versions(name)
            if not versions:
                raise KeyMissingError(detail=f"no key given for {name}")
            return given.read(name, versions[-1])
        if not self._files.versions(name):
            self._files.make(name, 1)
        return self._read(name, self._files.versions(name)[-1])

    def _read(self, name: str, version: int) -> KeyVersion:
        found = self._files.read(name, version)
        self._found[found.key.key_id] = found
        return found

    def rotate(self, name: str) -> KeyVersion:
        """Make a new version of a key. Raises `key_fixed` where keys are given.

        What lies under the older ones still opens; `archive.services.rotation` wraps it anew.
        """
        _check(name)
        given = self._given_for(name)
        if given is not None:
            raise given.refuse(name)
        newest = [*self._files.versions(name), *self._files.versions(name, retired=True), 0]
        self._files.make(name, max(newest) + 1)
        return self.current(name)

    def retire(self, version: KeyVersion) -> bool:
        """Put a version away; whether it was ours to put away, and not the newest."""
        if version.origin in (Origin.GIVEN, Origin.RETIRED):
            return False
        if version.key.key_id == self.current(version.name).key.key_id:
            return False
        self._files.retire(version.name, version.version)
        return True

    def names(self) -> list[str]:
        """Of the node's key and of every class that has one."""
        given = self._given.names() if self._given else []
        return sorted({NODE, *self._files.names(), *given})

    def versions(self, name: str, *, retired: bool = False) -> Iterator[KeyVersion]:
        """Every version of a key, those in use from the oldest to the newest, then the retired.

        Raises `key_damaged`, `key_token`.
        """
        for number in self._files.versions(name):
            yield self._read(name, number)
        given = self._given_for(name)
        if given is not None:
            for number in given.versions(name):
                yield given.read(name, number)
        if retired:
            for number in self._files.versions(name, retired=True):
                yield self._files.read(name, number, retired=True)

    def find(self, name: str, key_id: bytes) -> KeyVersion:
        """The version with this id, even a retired one. Raises `key_missing`, `key_mismatch`."""
        _check(name)
        if key_id in self._found and self._found[key_id].name == name:
            return self._found[key_id]
        is_any = False
        for version in self.versions(name, retired=True):
            is_any = True
            if version.key.key_id == key_id:
                self._found[key_id] = version
                return version
        if not is_any:
            raise KeyMissingError(detail=name)
        raise KeyMismatchError(detail=f"no version of {name} has the id {key_id.hex()}")

    def wrap(self, data_key: DataKey, class_name: str) -> bytes:
        """The data key under the newest key of a class, which is made when the class is new."""
        key = self.current(class_name).key
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = AESGCM(key.secret).encrypt(nonce, data_key.secret, _bound(class_name, key))
        return canonical_bytes(
            {
                "format": WRAPPED_FORMAT,
                "class": class_name,
                "class_key": key.key_id.hex(),
                "nonce": encoded(nonce),
                "wrapped": encoded(sealed),
            }
        )

    def unwrap(self, wrapped: bytes) -> DataKey:
        """The data key again. Raises `key_missing`, `key_mismatch`, `key_damaged`, `key_token`."""
        value = parsed(wrapped, WRAPPED_FORMAT)
        name = class_of(wrapped)
        key = self.find(name, bytes.fromhex(key_id_of(wrapped))).key
        try:
            nonce, sealed = (base64.b64decode(value[part]) for part in ("nonce", "wrapped"))
            return DataKey.of(AESGCM(key.secret).decrypt(nonce, sealed, _bound(name, key)))
        except (KeyError, ValueError, TypeError, InvalidTag) as error:
            raise KeyDamagedError(detail="a wrapped key does not authenticate") from error

    def rewrap(self, wrapped: bytes, class_name: str) -> bytes:
        """The same data key under another class, or under its class's newest key."""
        return self.wrap(self.unwrap(wrapped), class_name)

    def is_newest(self, wrapped: bytes) -> bool:
        """Whether a data key lies under the newest key of its class."""
        return self.current(class_of(wrapped)).key.key_id.hex() == key_id_of(wrapped)


class NodeKeys:
    """The node's key as the work store asks for it: see `archive.stores.cipher.KeyShelf`."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    @property
    def current(self) -> DataKey:
        """What new files are encrypted under."""
        return self._vault.node_key

    def find(self, key_id: bytes) -> DataKey | None:
        """An older key."""
        try:
            return self._vault.find(NODE, key_id).key
        except (KeyMissingError, KeyMismatchError):
            return None


def class_of(wrapped: bytes) -> str:
    """The class whose key wraps this data key. Raises `key_damaged`."""
    name = parsed(wrapped, WRAPPED_FORMAT).get("class")
    if not isinstance(name, str):
        raise KeyDamagedError(detail="no class in a wrapped key")
    return name


def key_id_of(wrapped: bytes) -> str:
    """The id, in hexadecimal, of the class key that wraps this data key. Raises `key_damaged`."""
    key_id = parsed(wrapped, WRAPPED_FORMAT).get("class_key")
    try:
        return bytes.fromhex(key_id if isinstance(key_id, str) else "?").hex()
    except ValueError as error:
        raise KeyDamagedError(detail="no class key in a wrapped key") from error


def _check(name: str) -> None:
    if not CLASS_NAME.match(name):
        raise KeyDamagedError(detail="not a class name")


def _bound(class_name: str, key: DataKey) -> bytes:
    return f"{WRAPPED_FORMAT}\n{class_name}\n{key.key_id.hex()}".encode()
