"""The node's keys: made once, kept in a private folder, used to wrap the keys of blobs.

    keys/node.key            encrypts the work store
    keys/class-<name>.key    wraps the data keys of one protection class

Losing `keys/` loses the work store and every encrypted blob, whatever else is left: it is backed
up apart from the data.
"""

import base64
import json
import re
import secrets
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from archive.stores._files import Scratch, write_whole
from archive.stores.cipher import DataKey
from archive.stores.errors import (
    KeyDamagedError,
    KeyMismatchError,
    KeyMissingError,
    coded,
)
from proof.canonical import canonical_bytes

KEY_FORMAT = "tangthu-key/1"
WRAPPED_FORMAT = "tangthu-wrapped-key/1"
_CLASS_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}\Z")
_NONCE_BYTES = 12


class Vault:
    """The keys in one folder (0700, files 0600). Safe between processes."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; it and the node's key are made when first asked for."""
        self._folder = folder
        self._classes: dict[str, DataKey] = {}

    @cached_property
    def node_key(self) -> DataKey:
        """The key of the work store, made at the first start. Raises `key_damaged`."""
        return self._read_or_make("node.key")

    def new_data_key(self) -> DataKey:
        """A fresh key for one blob."""
        return DataKey.make()

    def wrap(self, data_key: DataKey, class_name: str) -> bytes:
        """The data key under the key of a class, which is made when it is new."""
        key = self._class_key(class_name, make=True)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = AESGCM(key.secret).encrypt(nonce, data_key.secret, _bound(class_name, key))
        return canonical_bytes(
            {
                "format": WRAPPED_FORMAT,
                "class": class_name,
                "class_key": key.key_id.hex(),
                "nonce": base64.b64encode(nonce).decode(),
                "wrapped": base64.b64encode(sealed).decode(),
            }
        )

    def unwrap(self, wrapped: bytes) -> DataKey:
        """The data key again. Raises `key_missing`, `key_mismatch`, `key_damaged`."""
        value = _parsed(wrapped, WRAPPED_FORMAT)
        key = self._class_key(class_of(wrapped), make=False)
        if value.get("class_key") != key.key_id.hex():
            raise KeyMismatchError(detail="wrapped under another class key")
        try:
            nonce, sealed = (base64.b64decode(value[name]) for name in ("nonce", "wrapped"))
            secret = AESGCM(key.secret).decrypt(nonce, sealed, _bound(value["class"], key))
            return DataKey.of(secret)
        except (KeyError, ValueError, TypeError, InvalidTag) as error:
            raise KeyDamagedError(detail="a wrapped key does not authenticate") from error

    def rewrap(self, wrapped: bytes, class_name: str) -> bytes:
        """The same data key under another class: moving a blob without touching its bytes."""
        return self.wrap(self.unwrap(wrapped), class_name)

    def _class_key(self, class_name: str, *, make: bool) -> DataKey:
        if not _CLASS_NAME.match(class_name):
            raise KeyDamagedError(detail="not a class name")
        if class_name not in self._classes:
            name = f"class-{class_name}.key"
            key = self._read_or_make(name) if make else self._read(name)
            self._classes[class_name] = key
        return self._classes[class_name]

    def _read_or_make(self, name: str) -> DataKey:
        try:
            return self._read(name)
        except KeyMissingError:
            self._make(name)
            return self._read(name)

    def _read(self, name: str) -> DataKey:
        with coded():
            try:
                data = (self._folder / name).read_bytes()
            except FileNotFoundError as error:
                raise KeyMissingError(detail=name) from error
        try:
            return DataKey.of(bytes.fromhex(_parsed(data, KEY_FORMAT)["secret"]))
        except (KeyError, TypeError, ValueError) as error:
            raise KeyDamagedError(detail=name) from error

    def _make(self, name: str) -> None:
        """Of two processes that make a key at once, the first one's stays."""
        value = {"format": KEY_FORMAT, "name": name, "secret": DataKey.make().secret.hex()}
        scratch = Scratch(self._folder / ".tmp", parent_mode=0o700)
        data = canonical_bytes(value) + b"\n"
        write_whole(scratch, self._folder / name, data, mode=0o600, replace=False)


def class_of(wrapped: bytes) -> str:
    """The class whose key wraps this data key. Raises `key_damaged`."""
    name = _parsed(wrapped, WRAPPED_FORMAT).get("class")
    if not isinstance(name, str):
        raise KeyDamagedError(detail="no class in a wrapped key")
    return name


def _bound(class_name: str, key: DataKey) -> bytes:
    return f"{WRAPPED_FORMAT}\n{class_name}\n{key.key_id.hex()}".encode()


def _parsed(data: bytes, expected_format: str) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise KeyDamagedError(detail="not JSON") from error
    if not isinstance(value, dict) or value.get("format") != expected_format:
        raise KeyDamagedError(detail=f"not {expected_format}")
    return value
