"""The file that a worker looked at last, kept open: its pages come one after the other."""

from contextlib import ExitStack
from pathlib import Path

from archive.stores import WorkStore
from imaging import Source, open_source


class Originals:
    """Plain copies of received files for tools that need a path; at most one at a time.

    Deciphering a file of 2,000 pages anew for each page would cost more than reading it. The copy
    lies in the store's own private folder and goes when another file is asked for, when there is
    nothing to do, and, after a kill, with the next sweep.
    """

    def __init__(self, work: WorkStore) -> None:
        self._work = work
        self._sha256 = ""
        self._stack = ExitStack()
        self._path: Path | None = None
        self._source: Source | None = None

    def path(self, sha256: str) -> Path:
        """Return where the plain copy lies, until the next call for another file or `forget`."""
        if self._path is None or self._sha256 != sha256:
            self.forget()
            self._path = self._stack.enter_context(self._work.path(sha256))
            self._sha256 = sha256
        return self._path

    def source(self, sha256: str) -> Source:
        """Return the file opened as pages; raises imaging's errors."""
        path = self.path(sha256)
        if self._source is None:
            self._source = self._stack.enter_context(open_source(path))
        return self._source

    def forget(self) -> None:
        """Close the file and remove its plain copy."""
        self._path = self._source = None
        self._stack.close()
