"""Where learnt models lie: one file a version, and a pointer to the one in use.

The pointer is replaced atomically, so a reader sees the old model or the new one. Nothing is
deleted: `back` returns to the one before, to the shipped one at last.
"""

import json
import logging
import os
import re
from dataclasses import dataclass
from pathlib import Path

from classify.errors import ModelFileError, NoEarlierModelError
from classify.model import KindModel, load_model, shipped_model, to_bytes

log = logging.getLogger(__name__)

_POINTER = "current.json"
_VERSION = re.compile(r"\d+\.\d+(?:-\d+)?")


@dataclass(frozen=True, slots=True)
class _Kept:
    stamp: tuple[int, int, int]
    model: KindModel


class ModelShelf:
    """The learnt models below one folder; made when first written to."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._kept: _Kept | None = None

    def current(self) -> KindModel:
        """The model in use; the shipped one where none was learnt, or where its file is spoilt.

        Looks at the pointer each time, so that a running worker takes up what was learnt.
        """
        pointer = self._root / _POINTER
        try:
            status = pointer.stat()
        except OSError:
            return shipped_model()
        stamp = (status.st_mtime_ns, status.st_ino, status.st_size)
        if self._kept is None or self._kept.stamp != stamp:
            self._kept = _Kept(stamp, self._load())
        return self._kept.model

    def _load(self) -> KindModel:
        line = self.line()
        if not line:
            return shipped_model()
        try:
            return load_model(self._file(line[-1]))
        except ModelFileError:
            log.exception("kind model unusable", extra={"version": line[-1]})
            return shipped_model()

    def problem(self) -> str | None:
        """Why the learnt model is not used although one is pointed to; None where all is well."""
        line = self.line()
        try:
            if line:
                load_model(self._file(line[-1]))
        except ModelFileError as error:
            return error.message
        return None

    def line(self) -> tuple[str, ...]:
        """Versions switched to, the one in use last; empty is the shipped one."""
        try:
            found = json.loads((self._root / _POINTER).read_text(encoding="utf-8"))["line"]
        except (OSError, ValueError, KeyError, TypeError):
            return ()
        return tuple(v for v in found if isinstance(v, str) and _VERSION.fullmatch(v))

    def switch(self, model: KindModel) -> str:
        """Write a model and use it from now on; returns its version, made unique."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        version = model.version
        count = 1
        while self._file(version).exists():
            count += 1
            version = f"{model.version}-{count}"
        _write(self._file(version), to_bytes(model))
        self._point((*self.line(), version))
        return version

    def back(self) -> str:
        """Use the model before this one again; returns its version ("" is the shipped one).

        Raises NoEarlierModelError where the shipped one is in use.
        """
        line = self.line()
        if not line:
            raise NoEarlierModelError
        self._point(line[:-1])
        return line[-2] if len(line) > 1 else ""

    def _file(self, version: str) -> Path:
        return self._root / f"kinds-{version}.npz"

    def _point(self, line: tuple[str, ...]) -> None:
        text = json.dumps({"line": list(line)})
        _write(self._root / _POINTER, text.encode())


def _write(path: Path, content: bytes) -> None:
    """Bytes first, name second."""
    temporary = path.with_suffix(".tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
