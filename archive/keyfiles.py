"""Where the keys of classes, and the node's, come from; each in versions, the newest last.

    keys/node.key, keys/node.2.key, ...              the work store's
    keys/class-<name>.key, keys/class-<name>.2.key   one protection class's
    keys/retired/                                    put away: nothing lies under them any more

A version is the secret itself (`tangthu-key/1`), or the secret wrapped by a key in a token
(`tangthu-key/2`).
"""

import base64
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from archive.stores._files import Scratch, make_folder, sync_folder, write_whole
from archive.stores.cipher import DataKey
from archive.stores.errors import KeyDamagedError, KeyFixedError, KeyMissingError, coded
from proof.canonical import canonical_bytes

KEY_FORMAT = "tangthu-key/1"
TOKEN_FORMAT = "tangthu-key/2"  # noqa: S105  a format's name
GIVEN_FORMAT = "tangthu-class-keys/1"
NODE_FORMAT = "tangthu-node-keys/1"
NODE = "node"
CLASS_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}\Z")
_FILE = re.compile(r"(node|class-([a-z0-9][a-z0-9_-]{0,39}))(?:\.([1-9][0-9]{0,3}))?\.key\Z")


class Origin(StrEnum):
    """Where a key lies."""

    FOLDER = "folder"
    """A file in `keys/`."""
    GIVEN = "given"
    """A file or variable that the operator keeps elsewhere."""
    TOKEN = "token"  # noqa: S105  a place
    """A file in `keys/`, wrapped by a key that never leaves a token."""
    RETIRED = "retired"
    """A file in `keys/retired/`."""


@dataclass(frozen=True, slots=True)
class KeyVersion:
    """One version of a key."""

    name: str
    """"node" or the name of a class."""
    version: int
    origin: Origin
    key: DataKey


class Wrapper(Protocol):
    """A key in a token that wraps other keys. Raises `key_token` where the token does not answer.

    One object serves one process; it opens its session when first asked.
    """

    def wrap(self, secret: bytes, bound: bytes) -> dict[str, str]:
        """The secret under the token's key, as JSON values; `bound` must be given again."""
        ...

    def unwrap(self, wrapped: dict[str, str], bound: bytes) -> bytes:
        """The secret again. Raises `key_damaged`."""
        ...


def parsed(data: bytes | str, *expected_formats: str) -> dict[str, Any]:
    """A JSON object of one of these formats. Raises `key_damaged`."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise KeyDamagedError(detail="not JSON") from error
    if not isinstance(value, dict) or value.get("format") not in expected_formats:
        raise KeyDamagedError(detail=f"not {' or '.join(expected_formats)}")
    return value


class FolderKeys:
    """The keys in one folder (0700, files 0600). Safe between processes."""

    def __init__(self, folder: Path, wrapper: Wrapper | None = None) -> None:
        """With a wrapper, keys of classes are made under the token's key; old files stay good."""
        self._folder = folder
        self._wrapper = wrapper
        self._scratch = Scratch(folder / ".tmp", parent_mode=0o700)
        self._known: dict[str, DataKey] = {}

    def names(self) -> list[str]:
        """Of every key that has a version here."""
        return sorted({name for name, _ in self._files(self._folder)})

    def _files(self, folder: Path) -> list[tuple[str, int]]:
        with coded():
            try:
                found = [_FILE.match(path.name) for path in folder.iterdir()]
            except FileNotFoundError:
                return []
        return sorted((m[2] or NODE, int(m[3] or 1)) for m in found if m)

    def versions(self, name: str, *, retired: bool = False) -> list[int]:
        """Version numbers, the newest last."""
        folder = self._folder / "retired" if retired else self._folder
        return [version for key, version in self._files(folder) if key == name]

    def read(self, name: str, version: int, *, retired: bool = False) -> KeyVersion:
        """One version. Raises `key_missing`, `key_damaged`, `key_token`."""
        folder = self._folder / "retired" if retired else self._folder
        path = folder / _file_name(name, version)
        with coded():
            try:
                value = parsed(path.read_bytes(), KEY_FORMAT, TOKEN_FORMAT)
            except FileNotFoundError as error:
                raise KeyMissingError(detail=path.name) from error
        is_wrapped = value["format"] == TOKEN_FORMAT
        origin = Origin.RETIRED if retired else (Origin.TOKEN if is_wrapped else Origin.FOLDER)
        return KeyVersion(name, version, origin, self._key_in(path.name, value))

    def _key_in(self, file_name: str, value: dict[str, Any]) -> DataKey:
        if value["format"] == KEY_FORMAT:
            return _key_of(value.get("secret"), file_name)
        if self._wrapper is None:
            raise KeyMissingError(detail=f"{file_name} needs the token that wraps it")
        if file_name not in self._known:
            secret = self._wrapper.unwrap(value.get("wrapped", {}), file_name.encode())
            self._known[file_name] = _key_of(secret.hex(), file_name)
        return self._known[file_name]

    def make(self, name: str, version: int) -> None:
        """A fresh key; of two processes that make one at once, the first one's stays."""
        file_name = _file_name(name, version)
        secret = DataKey.make().secret
        value: dict[str, Any] = {"format": KEY_FORMAT, "name": file_name, "secret": secret.hex()}
        if self._wrapper is not None and name != NODE:
            wrapped = self._wrapper.wrap(secret, file_name.encode())
            value = {"format": TOKEN_FORMAT, "name": file_name, "wrapped": wrapped}
        data = canonical_bytes(value) + b"\n"
        write_whole(self._scratch, self._folder / file_name, data, mode=0o600, replace=False)

    def retire(self, name: str, version: int) -> None:
        """Put a version away, and clear what killed processes left half-made; idempotent."""
        self._scratch.sweep()
        path = self._folder / _file_name(name, version)
        retired = self._folder / "retired"
        with coded():
            make_folder(retired, 0o700)
            try:
                path.rename(retired / path.name)
            except FileNotFoundError:
                return
            sync_folder(retired)
            sync_folder(self._folder)


class GivenKeys:
    """Keys that the operator keeps elsewhere: never made or put away here.

    A file is read again when it changes: a new version laid into it is known without a restart.
    """

    def __init__(self, text: str, *, format_name: str = GIVEN_FORMAT) -> None:
        """From `{"format": "tangthu-class-keys/1", "keys": [{"class", "version", "secret"}]}`.

        With `tangthu-node-keys/1` the entries have no class. Raises `key_damaged`.
        """
        self._format = format_name
        self._path: Path | None = None
        self._stamp: tuple[int, int, int] | None = None
        self._keys = _given(text, format_name)

    @classmethod
    def in_file(cls, path: Path, *, format_name: str = GIVEN_FORMAT) -> "GivenKeys":
        """From a file. Raises `key_missing`, `key_damaged`."""
        stamp, text = _read_given(path)
        keys = cls(text, format_name=format_name)
        keys._path, keys._stamp = path, stamp
        return keys

    def _now(self) -> dict[str, dict[int, DataKey]]:
        if self._path is not None and _stamp_of(self._path) != self._stamp:
            stamp, text = _read_given(self._path)
            self._keys, self._stamp = _given(text, self._format), stamp
        return self._keys

    def names(self) -> list[str]:
        """Of every key that has a version here."""
        return sorted(self._now())

    def versions(self, name: str) -> list[int]:
        """Version numbers, the newest last."""
        return sorted(self._now().get(name, ()))

    def read(self, name: str, version: int) -> KeyVersion:
        """One version."""
        return KeyVersion(name, version, Origin.GIVEN, self._keys[name][version])

    def refuse(self, name: str) -> KeyFixedError:
        """What to do instead of making a key here."""
        return KeyFixedError(detail=name)


def _stamp_of(path: Path) -> tuple[int, int, int]:
    """Raises `key_missing`."""
    try:
        found = path.stat()
    except OSError as error:
        raise KeyMissingError(detail=f"{path.name}: {error.strerror}") from error
    return found.st_mtime_ns, found.st_ino, found.st_size


def _read_given(path: Path) -> tuple[tuple[int, int, int], str]:
    """Raises `key_missing`, `key_damaged`."""
    stamp = _stamp_of(path)
    try:
        return stamp, path.read_text(encoding="utf-8")
    except OSError as error:
        raise KeyMissingError(detail=f"{path.name}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise KeyDamagedError(detail=path.name) from error


def _given(text: str, format_name: str) -> dict[str, dict[int, DataKey]]:
    keys: dict[str, dict[int, DataKey]] = {}
    for entry in _entries(parsed(text, format_name)):
        name = NODE if format_name == NODE_FORMAT else entry.get("class")
        version = entry.get("version")
        if not isinstance(name, str) or not CLASS_NAME.match(name):
            raise KeyDamagedError(detail="a class key without a class")
        if not isinstance(version, int) or version in keys.setdefault(name, {}):
            raise KeyDamagedError(detail=f"version of the key of {name}")
        keys[name][version] = _key_of(entry.get("secret"), name)
    return keys


def _entries(value: dict[str, Any]) -> Sequence[dict[str, Any]]:
    entries = value.get("keys")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise KeyDamagedError(detail="no list of keys")
    return entries


def _key_of(secret: object, name: str) -> DataKey:
    try:
        return DataKey.of(bytes.fromhex(secret if isinstance(secret, str) else ""))
    except ValueError as error:
        raise KeyDamagedError(detail=name) from error


def _file_name(name: str, version: int) -> str:
    stem = NODE if name == NODE else f"class-{name}"
    return f"{stem}.key" if version == 1 else f"{stem}.{version}.key"


def encoded(data: bytes) -> str:
    """Base64 text."""
    return base64.b64encode(data).decode()
