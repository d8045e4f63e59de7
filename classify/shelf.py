"""Where learnt models lie: one file a version, and a pointer to the one in use.

The pointer is replaced atomically, so a reader sees the old model or the new one. Nothing is
deleted: `back` returns to the one before, to the shipped one at last.
"""

import json
import logging
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from classify import hand_learnt, learnt
from classify.errors import ModelFileError, NoEarlierModelError
from classify.hand_learnt import HandModel, load_hand_model, shipped_hand_model
from classify.learnt import FieldModel, load_field_model, shipped_field_model
from classify.model import KindModel, load_model, shipped_model, to_bytes

log = logging.getLogger(__name__)

_POINTER = "current.json"
_VERSION = re.compile(r"\d+\.\d+(?:-\d+)?")
_KEEP_TO_OWNER = 0o700


def nobody() -> None:
    """Nobody else writes into the folder."""


class _Versioned(Protocol):
    @property
    def version(self) -> str: ...


M = TypeVar("M", bound=_Versioned)


@dataclass(frozen=True, slots=True)
class _Sort(Generic[M]):
    """One sort of model: what its files are called, how they are read and written."""

    name: str
    """kinds-1.2.npz is (kinds, .npz)."""
    suffix: str
    load: Callable[[Path], M]
    shipped: Callable[[], M]
    to_bytes: Callable[[M], bytes]
    named: Callable[[M, str], M]
    """The model under another version."""


@dataclass(frozen=True, slots=True)
class _Kept(Generic[M]):
    stamp: tuple[int, int, int]
    model: M


class Shelf(Generic[M]):
    """The learnt models of one sort below one folder; made when first written to."""

    def __init__(self, root: Path, sort: _Sort[M], watch: Callable[[], None]) -> None:
        """`watch` is called before the pointer is looked at: it may bring the folder up to date."""
        self._root = root
        self._sort = sort
        self._watch = watch
        self._kept: _Kept[M] | None = None

    def current(self) -> M:
        """The model in use; the shipped one where none was learnt, or where its file is spoilt.

        Looks at the pointer each time, so that a running worker takes up what was learnt.
        """
        self._watch()
        pointer = self._root / _POINTER
        try:
            status = pointer.stat()
        except OSError:
            return self._sort.shipped()
        stamp = (status.st_mtime_ns, status.st_ino, status.st_size)
        if self._kept is None or self._kept.stamp != stamp:
            self._kept = _Kept(stamp, self._load())
        return self._kept.model

    def _load(self) -> M:
        line = self.line()
        if not line:
            return self._sort.shipped()
        try:
            return self._sort.load(self._file(line[-1]))
        except ModelFileError:
            log.exception("learnt model unusable", extra={"version": line[-1]})
            return self._sort.shipped()

    def problem(self) -> str | None:
        """Why the learnt model is not used although one is pointed to; None where all is well."""
        line = self.line()
        try:
            if line:
                self._sort.load(self._file(line[-1]))
        except ModelFileError as error:
            return error.message
        return None

    def line(self) -> tuple[str, ...]:
        """Versions switched to, the one in use last; empty is the shipped one."""
        found = self._pointer().get("line", [])
        return tuple(v for v in found if isinstance(v, str) and _VERSION.fullmatch(v))

    def last_run(self) -> str:
        """When the version in use was switched to, as `switch` was told; empty where unknown."""
        runs = self._pointer().get("runs", [])
        return str(runs[-1]) if runs and self.line() else ""

    def _pointer(self) -> dict[str, list[object]]:
        try:
            found = json.loads((self._root / _POINTER).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        rows = found if isinstance(found, dict) else {}
        return {name: row for name, row in rows.items() if isinstance(row, list)}

    def switch(self, model: M, *, run: str = "") -> str:
        """Write a model and use it from now on; returns its version, made unique.

        `run` says when, so that what one run switched can go back together.
        """
        self._root.mkdir(mode=_KEEP_TO_OWNER, parents=True, exist_ok=True)
        version = model.version
        count = 1
        while self._file(version).exists():
            count += 1
            version = f"{model.version}-{count}"
        named = self._sort.named(model, version)
        _write(self._file(version), self._sort.to_bytes(named))
        self._point((*self.line(), version), (*self._runs(), run))
        return version

    def back(self) -> str:
        """Use the model before this one again; returns its version ("" is the shipped one).

        Raises NoEarlierModelError where the shipped one is in use.
        """
        line = self.line()
        if not line:
            raise NoEarlierModelError
        self._point(line[:-1], self._runs()[:-1])
        return line[-2] if len(line) > 1 else ""

    def _runs(self) -> tuple[str, ...]:
        """A run for each version of the line; versions older than runs have an empty one."""
        runs = [str(run) for run in self._pointer().get("runs", [])]
        missing = len(self.line()) - len(runs)
        return (*[""] * missing, *runs[max(0, -missing) :])

    def _file(self, version: str) -> Path:
        return self._root / f"{self._sort.name}-{version}{self._sort.suffix}"

    def _point(self, line: tuple[str, ...], runs: tuple[str, ...]) -> None:
        text = json.dumps({"line": list(line), "runs": list(runs)})
        _write(self._root / _POINTER, text.encode())


class ModelShelf(Shelf[KindModel]):
    """The learnt models of kinds."""

    def __init__(self, root: Path, watch: Callable[[], None] = nobody) -> None:
        sort = _Sort("kinds", ".npz", load_model, shipped_model, to_bytes, _kinds_named)
        super().__init__(root, sort, watch)


class FieldShelf(Shelf[FieldModel]):
    """What was learnt about fields."""

    def __init__(self, root: Path, watch: Callable[[], None] = nobody) -> None:
        sort = _Sort(
            "fields", ".json", load_field_model, shipped_field_model, learnt.to_bytes, _fields_named
        )
        super().__init__(root, sort, watch)


class HandShelf(Shelf[HandModel]):
    """What was learnt about hands."""

    def __init__(self, root: Path, watch: Callable[[], None] = nobody) -> None:
        sort = _Sort(
            "hands", ".npz", load_hand_model, shipped_hand_model, hand_learnt.to_bytes, _hands_named
        )
        super().__init__(root, sort, watch)


def _hands_named(model: HandModel, version: str) -> HandModel:
    return replace(model, version=version)


def _kinds_named(model: KindModel, version: str) -> KindModel:
    return replace(model, version=version)


def _fields_named(model: FieldModel, version: str) -> FieldModel:
    return replace(model, version=version)


def _write(path: Path, content: bytes) -> None:
    """Bytes first, name second."""
    temporary = path.with_suffix(".tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
