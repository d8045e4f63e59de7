"""An index that is rebuilt while papers are filed and searched, for both backends."""

import threading
from collections.abc import Callable

from search import Index, IndexDocument, Query

ROUNDS = 3


def assert_never_missed(index: Index, make: Callable[[str], IndexDocument]) -> None:
    """File and search in threads of their own while the index is rebuilt again and again.

    Whatever was there before a question was asked must be in its answer.
    """
    recorded = list(index.ids())
    """Papers whose records are there: each before it is filed, as in the product."""
    filed = list(recorded)
    over, missed, broken = threading.Event(), set[str](), list[Exception]()

    def guarded(turn: Callable[[int], None]) -> None:
        number = 0
        while not over.is_set():
            number += 1
            try:
                turn(number)
            except Exception as error:  # noqa: BLE001  told by the test
                broken.append(error)
                over.set()

    def file(number: int) -> None:
        id_ = f"N{number:05}"
        recorded.append(id_)
        index.put([make(id_)])
        filed.append(id_)

    def search(_: int) -> None:
        known = list(filed)[-150:]
        found = index.search(Query("thong bao", limit=200))
        missed.update(set(known) - {hit.id for hit in found.hits})

    threads = [threading.Thread(target=guarded, args=(turn,)) for turn in (file, search)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(ROUNDS):
            rebuild(index, recorded, make)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert broken == []
    assert missed == set()
    assert set(index.ids()) == set(filed)


def rebuild(index: Index, recorded: list[str], make: Callable[[str], IndexDocument]) -> None:
    """Fill a new index in slices from the records as each slice finds them, and exchange it."""
    assert index.begin_rebuild()
    after = ""
    while known := sorted(id_ for id_ in list(recorded) if id_ > after)[:20]:
        index.fill([make(id_) for id_ in index.lacking(known)])
        after = known[-1]
    index.finish_rebuild()
