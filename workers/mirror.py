"""A folder that is the same on every node: its files lie in the records, each node has a copy.

Libraries go on reading a plain folder. What was learnt changes a few times a month, so a look at
the hashes every half a minute is enough, and no page waits for one.
"""

import hashlib
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from archive.services.nodes import (
    alone_at_learning,
    share_files,
    shared_content,
    shared_hashes,
)
from archive.stores.cipher import KeyShelf

LOOK_SECONDS = 30.0
PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600
POINTERS = ("current.json",)
"""Written last: they name the files that must be there already."""


class Mirror:
    """This node's copy of a shared folder."""

    def __init__(
        self,
        root: Path,
        folder: str,
        keys: KeyShelf,
        *,
        patterns: tuple[str, ...],
        alone: Callable[[], AbstractContextManager[None]] = alone_at_learning,
    ) -> None:
        """`folder`: its name in the records; `patterns`: which files of `root` belong to it."""
        self._root = root
        self._folder = folder
        self._keys = keys
        self._patterns = patterns
        self._alone = alone
        self._seen: dict[str, str] = {}
        self._due = 0.0

    @property
    def is_shared(self) -> bool:
        """Whether the records hold anything of it."""
        return bool(shared_hashes(self._folder))

    def refresh(self) -> None:
        """Take up what another node changed; looks at most twice a minute."""
        now = time.monotonic()
        if now >= self._due:
            self.pull()
            self._due = now + LOOK_SECONDS

    def pull(self) -> None:
        """Take up what the records hold now."""
        shared = shared_hashes(self._folder)
        if shared == self._seen:
            return
        for name in sorted(shared, key=_pointers_last):
            path = self._root / name
            if _hash_of(path) != shared[name]:
                _write(path, shared_content(self._folder, name, self._keys))
        self._seen = shared

    def push(self) -> None:
        """Give the other nodes what this one changed."""
        shared = shared_hashes(self._folder)
        here = {str(path.relative_to(self._root)): path for path in self._files()}
        changed = {
            name: path.read_bytes()
            for name, path in here.items()
            if _hash_of(path) != shared.get(name)
        }
        if changed:
            share_files(self._folder, changed, self._keys)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Change the folder while no other node does: from the newest state, and for all."""
        with self._alone():
            self.pull()
            yield
            self.push()

    def _files(self) -> list[Path]:
        return [path for pattern in self._patterns for path in sorted(self._root.glob(pattern))]


@contextmanager
def nobody_else() -> Iterator[None]:
    """Changing what only this node has."""
    yield


def _pointers_last(name: str) -> tuple[bool, str]:
    return name.rpartition("/")[2] in POINTERS, name


def _hash_of(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: several processes of a node may do the same at once."""
    path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}.tmp")
    draft.touch(mode=PRIVATE_FILE)
    draft.write_bytes(content)
    draft.replace(path)
