"""Papers that an archivist gave as examples of a kind."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from archive.stores import WorkStore
from classify.features import look
from classify.training.relearn import Lesson
from classify.types import PageView, Reference
from ocr import page_text_from_json, page_text_to_json
from ocr.types import TextSource

MOST_EXAMPLES = 2_000


class ExampleBook:
    """Papers that an archivist gave as examples of a kind: page texts, encrypted like `work/`."""

    def __init__(self, root: Path, store: WorkStore) -> None:
        self._index = root / "examples.json"
        self._store = store

    @property
    def store(self) -> WorkStore:
        """Where their texts lie."""
        return self._store

    def add(self, code: str, pages: Sequence[PageView]) -> str:
        """Keep one example; the same paper given again replaces what was said of it."""
        content = json.dumps(
            [{"number": page.number, "text": page_text_to_json(page.text)} for page in pages]
        ).encode()
        sha256 = self._store.put(content).sha256
        rows = {row["sha256"]: row for row in self._rows()} | {
            sha256: {"kind": code, "sha256": sha256}
        }
        self._index.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = self._index.with_suffix(".tmp")
        temporary.write_text(json.dumps(list(rows.values())), encoding="utf-8")
        temporary.replace(self._index)
        return sha256

    def _rows(self) -> list[dict[str, str]]:
        if not self._index.exists():
            return []
        found: list[dict[str, str]] = json.loads(self._index.read_text(encoding="utf-8"))
        return found[-MOST_EXAMPLES:]

    def lessons(self, reference: Reference) -> Iterator[Lesson]:
        """Every example as a lesson."""
        for row in self._rows():
            pages = [_view(page) for page in json.loads(self._store.read(row["sha256"]))]
            seen = look(pages, reference)
            if seen:
                name = hashlib.sha256(row["sha256"].encode()).hexdigest()[:12]
                yield Lesson(f"E{name}", row["kind"], seen, None)


def _view(page: dict[str, Any]) -> PageView:
    text = page_text_from_json(page["text"])
    return PageView(
        page["number"], text, is_blank=not text.lines,
        is_born_digital=text.source == TextSource.BORN_DIGITAL,
    )  # fmt: skip
