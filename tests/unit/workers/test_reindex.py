"""The index beside the records: away it costs nothing but lateness, and it is always made whole."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from archive import ledger
from archive.models import Document, IndexPass, Receipt, StageRun
from archive.services.indexing import begin_pass, last_pass, open_pass
from archive.stages import Stage
from archive.states import PassKind, RunState
from archive.stores.errors import BlobMissingError
from search import Fts5Index, IndexRefusedError, IndexUnavailableError, Query
from tests.making import make_document
from tests.unit.workers.conftest import MakeWorker, plan
from workers import reindex
from workers.house import House
from workers.loop import Worker
from workers.outcome import Outcome
from workers.reindex import compare_some, keep_index, rebuild_some, reindex_lost
from workers.stages.documents import index, index_document

Filed = Callable[[int], list[Document]]


def never() -> bool:
    """Whether the time of a slice is over."""
    return False


class Away:
    """An index whose server is away while told so; it counts who asks."""

    def __init__(self, real: Any) -> None:
        self._real = real
        self.is_away = True
        self.tries = 0

    def __getattr__(self, name: str) -> Any:
        self.tries += 1
        if self.is_away:
            raise IndexUnavailableError(detail="away")
        return getattr(self._real, name)


@pytest.fixture
def filed(receipt: Receipt, house: House) -> Filed:
    """Documents that are in the index, each by a run that is done."""

    def make(count: int) -> list[Document]:
        made = [make_document(receipt, number) for number in range(1, count + 1)]
        for document in made:
            plan(receipt, Stage.INDEX, "document", document.pk)
            house.index.put([index_document(document, house)])
        now = timezone.now()
        StageRun.objects.update(state=RunState.DONE, finished_at=now, attempt=1)
        return made

    return make


def nothing(_run: StageRun, _house: House) -> Outcome:
    """A stage that works."""
    return Outcome(lambda _: None)


def test_an_index_that_is_away_for_hours_kills_no_run(receipt: Receipt, house: House) -> None:
    """One try a minute for all of them, uncounted; then each is put once."""
    away = Away(house.index)
    papers = [make_document(receipt, number) for number in (1, 2, 3)]
    runs = [plan(receipt, Stage.INDEX, "document", paper.pk) for paper in papers]
    other = plan(receipt)
    stages = {Stage.INDEX: index, "open": nothing}
    worker = Worker(replace(house, index=away), stages, owner="test")  # type: ignore[arg-type]
    for _minute in range(180):
        worker.drain()
        StageRun.objects.filter(stage=Stage.INDEX).update(not_before=None)
    other.refresh_from_db()
    assert other.state == RunState.DONE
    assert away.tries == 180
    for run in runs:
        run.refresh_from_db()
        assert (run.state, run.strikes, run.attempt) == (RunState.READY, 0, 0)
        assert run.error_code == "index_unavailable"
    away.is_away = False
    worker.drain()
    assert set(house.index.ids()) == {paper.pk for paper in papers}
    assert not ledger.open_runs().exists()


def test_what_was_struck_is_not_put_to_rest(receipt: Receipt, house: House) -> None:
    """Only what waits for nothing else rests with the others."""
    runs = [plan(receipt, Stage.INDEX, "document", f"D{number}") for number in range(2)]
    StageRun.objects.filter(pk=runs[0].pk).update(strikes=1)
    ledger.rest_stage(Stage.INDEX, code="away", message="", wait_seconds=60)
    assert list(ledger.resting_runs()) == [runs[1]]


def test_lost_entries_are_made_due_in_slices(
    filed: Filed, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the index lost comes back, what only it holds goes; what is sound is left alone."""
    monkeypatch.setattr(reindex, "SLICE", 2)
    papers = filed(7)
    lost = {papers[0].pk, papers[3].pk, papers[6].pk}
    house.index.remove(lost)
    strangers = [
        replace(index_document(papers[0], house), id=id_) for id_ in ("A0", "D261121", "Z9")
    ]
    house.index.put(strangers)
    StageRun.objects.filter(subject_id=papers[0].pk).update(state=RunState.DEAD, strikes=3)
    compare_some(house, begin_pass(PassKind.COMPARE), is_over=never)
    due = ledger.open_runs(stage=Stage.INDEX).values_list("subject_id", flat=True)
    assert set(due) == lost
    assert set(house.index.ids()) == {paper.pk for paper in papers} - lost
    walk = last_pass(PassKind.COMPARE)
    assert walk is not None
    assert (walk.seen, walk.found) == (7, 3)


def test_a_comparison_comes_once_a_day(filed: Filed, house: House) -> None:
    """And goes on where the last slice ended."""
    filed(3)
    keep_index(house)
    assert IndexPass.objects.get().finished_at
    keep_index(house)
    assert IndexPass.objects.count() == 1
    IndexPass.objects.update(finished_at=timezone.now() - dt.timedelta(days=2))
    keep_index(house)
    assert IndexPass.objects.count() == 2


def test_a_rebuild_is_gone_on_with_after_a_stop(
    filed: Filed, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slices of a few papers, each noted; the last one exchanges the indexes."""
    monkeypatch.setattr(reindex, "SLICE", 3)
    monkeypatch.setattr(reindex, "FILL", 2)
    papers = filed(8)
    house.index.remove([papers[5].pk])  # lost: the rebuild brings it back
    begin_pass(PassKind.REBUILD)
    slices = 0
    while walk := open_pass(PassKind.REBUILD):
        turns = iter((False, True))
        rebuild_some(house, walk, is_over=lambda turns=turns: next(turns))
        slices += 1
        assert slices < 12
        assert house.index.search(Query("")).total == (7 if open_pass(PassKind.REBUILD) else 8)
    assert slices > 4
    done = last_pass(PassKind.REBUILD)
    assert done is not None
    assert (done.seen, done.found) == (8, 8)
    assert set(house.index.ids()) == {paper.pk for paper in papers}
    assert not ledger.open_runs().exists()


def test_a_rebuild_that_somebody_took_away_begins_anew(filed: Filed, house: House) -> None:
    """The records say half, the index has nothing: nothing is left out."""
    papers = filed(4)
    walk = begin_pass(PassKind.REBUILD)
    walk.cursor = papers[2].pk
    walk.save()
    rebuild_some(house, walk, is_over=never)
    assert house.index.count() == 4


def test_one_paper_that_cannot_be_read_keeps_no_other_out(
    filed: Filed, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own run is due and will say why; one that the server refuses likewise."""
    papers = filed(4)
    bad, refused = papers[1].pk, papers[2].pk

    def read(document: Document, house: House) -> Any:
        if document.pk == bad:
            raise BlobMissingError
        return index_document(document, house)

    class Picky(Away):
        is_away = False

        def fill(self, documents: Iterable[Any]) -> None:
            given = list(documents)
            if any(one.id == refused for one in given):
                raise IndexRefusedError
            self._real.fill(given)

    monkeypatch.setattr(reindex, "index_document", read)
    picky = Picky(house.index)
    picky.is_away = False
    rebuild_some(replace(house, index=picky), begin_pass(PassKind.REBUILD), is_over=never)  # type: ignore[arg-type]
    assert set(house.index.ids()) == {papers[0].pk, papers[3].pk}
    due = ledger.open_runs(stage=Stage.INDEX).values_list("subject_id", flat=True)
    assert set(due) == {bad, refused}


def test_an_older_index_is_rebuilt_by_itself(
    filed: Filed, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was put into the old one while the new one was filled is put once more."""
    papers = filed(3)
    old = Fts5Index(tmp_path / "index.sqlite")
    old.put([index_document(paper, house) for paper in papers])
    StageRun.objects.update(finished_at=timezone.now() - dt.timedelta(days=1))
    begin_pass(PassKind.REBUILD)
    StageRun.objects.filter(subject_id=papers[1].pk).update(finished_at=timezone.now())
    with monkeypatch.context() as newer:
        newer.setattr("search._schema.VERSION", 99)
        reindex_lost(replace(house, index=old))
        assert last_pass(PassKind.REBUILD)
        assert not old.is_older()
        assert old.count() == 3
    due = ledger.open_runs(stage=Stage.INDEX).values_list("subject_id", flat=True)
    assert list(due) == [papers[1].pk]


def test_only_what_was_found_once_is_filled(filed: Filed, house: House, receipt: Receipt) -> None:
    """A paper on its way, whose text is not read, enters by its own run."""
    filed(2)
    coming = make_document(receipt, 9)
    plan(receipt, Stage.INDEX, "document", coming.pk)
    rebuild_some(house, begin_pass(PassKind.REBUILD), is_over=never)
    assert house.index.count() == 2


def test_the_archive_is_anchored_while_the_index_is_away(
    receipt: Receipt, house: House, worker: MakeWorker
) -> None:
    """What rests is no work under way."""
    from archive.models import AuditHead
    from workers.upkeep import _anchor_when_quiet

    def away(_run: StageRun, _house: House) -> Outcome:
        raise IndexUnavailableError

    plan(receipt, Stage.INDEX, "document", "D1")
    worker(**{Stage.INDEX: away}).drain()
    assert ledger.open_runs().exists()
    _anchor_when_quiet(house)
    head = AuditHead.objects.latest("day")
    assert head.anchored_seq == head.last_seq > 0
