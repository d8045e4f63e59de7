"""What is learnt on one node is used on all, though the library sees plain folders alone."""

from dataclasses import replace
from pathlib import Path

import pytest

from archive.models import SharedFile
from archive.stores import DataKey
from archive.stores.cipher import OneKey
from archive.stores.errors import KeyMismatchError
from classify.model import shipped_model
from classify.shelf import ModelShelf
from config.sharing import LEARNT
from workers import mirror
from workers.mirror import Mirror, nobody_else

KEYS = OneKey(DataKey.make())


class Node:
    """One node's folder and shelf."""

    def __init__(self, root: Path, keys: OneKey = KEYS) -> None:
        self.root = root
        self.mirror = Mirror(root, "models", keys, patterns=LEARNT, alone=nobody_else)
        self.shelf = ModelShelf(root, self.mirror.refresh)

    @property
    def version(self) -> str:
        """Of the model in use, looked up as if half a minute had passed."""
        self.mirror._due = 0.0
        return self.shelf.current().version


@pytest.fixture
def nodes(db: None, tmp_path: Path) -> tuple[Node, Node]:
    """Two, with empty folders."""
    return Node(tmp_path / "a"), Node(tmp_path / "b")


def test_what_one_learns_all_use(nodes: tuple[Node, Node]) -> None:
    """The model and the way back; nothing of it lies in the records in the clear."""
    here, there = nodes
    shipped = there.version
    with here.mirror.changing():
        here.shelf.switch(replace(shipped_model(), version="1.1"))
        (here.root / "examples.json").write_text('[{"kind": "VB02"}]')
    assert (here.version, there.version) == ("1.1", "1.1")
    assert (there.root / "examples.json").read_text() == '[{"kind": "VB02"}]'
    assert not [row for row in SharedFile.objects.all() if b"VB02" in bytes(row.content)]
    with there.mirror.changing():
        there.shelf.back()
    assert (here.version, there.version) == (shipped, shipped)


def test_a_change_begins_from_the_newest_state(nodes: tuple[Node, Node]) -> None:
    """Two nodes that learn one after the other do not undo each other."""
    here, there = nodes
    for node, version in ((here, "1.1"), (there, "1.2")):
        with node.mirror.changing():
            node.shelf.switch(replace(shipped_model(), version=version))
    assert here.version == "1.2"
    assert here.shelf.line() == ("1.1", "1.2")


def test_a_change_that_breaks_reaches_nobody(nodes: tuple[Node, Node]) -> None:
    """Its own node too goes back to what all have."""
    here, there = nodes
    with here.mirror.changing():
        here.shelf.switch(replace(shipped_model(), version="1.1"))

    def broken() -> None:
        with here.mirror.changing():
            here.shelf.switch(replace(shipped_model(), version="1.2"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert there.version == "1.1"
    assert Node(here.root).version == "1.1"


def test_no_page_waits_for_a_look(
    nodes: tuple[Node, Node], django_assert_num_queries: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One question in half a minute, however many papers are classified."""
    node, _ = nodes
    node.shelf.current()
    with django_assert_num_queries(0):  # type: ignore[operator]
        for _ in range(50):
            node.shelf.current()
    now = mirror.time.monotonic() + mirror.LOOK_SECONDS
    monkeypatch.setattr(mirror.time, "monotonic", lambda: now)
    with django_assert_num_queries(1):  # type: ignore[operator]
        node.shelf.current()


def test_another_key_opens_nothing(nodes: tuple[Node, Node], tmp_path: Path) -> None:
    here, _ = nodes
    with here.mirror.changing():
        here.shelf.switch(replace(shipped_model(), version="1.1"))
    with pytest.raises(KeyMismatchError):
        _ = Node(tmp_path / "c", OneKey(DataKey.make())).version
