"""Chores are done when they are due, one at a time, whatever became of the others."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.utils import timezone

from archive.models import AuditHead, Batch, Receipt
from archive.states import BatchState, RunState
from archive.stores.errors import StoreUnavailableError
from tests.making import make_batch
from tests.unit.workers.conftest import plan
from workers import upkeep
from workers.house import House
from workers.upkeep import CHORES, Chore, Upkeep


class Clock:
    """A clock that only a test moves."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """The upkeep's clock."""
    made = Clock()
    monkeypatch.setattr(upkeep, "time", made)
    return made


def test_a_resting_pool_closes_batches_and_anchors(
    receipt: Receipt, house: House, clock: Clock
) -> None:
    """Nobody waits for what came by the web page; it is finished all the same."""
    Batch.objects.update(state=BatchState.PROCESSING)
    run = plan(receipt)
    keeper = Upkeep(house, CHORES)
    keeper.step()
    assert Batch.objects.get().state == BatchState.PROCESSING
    run.state = RunState.DONE
    run.save()
    clock.now += 2 * upkeep.MINUTE
    for _ in CHORES:
        keeper.step()
    assert Batch.objects.get().state == BatchState.FINISHED
    head = AuditHead.objects.latest("day")
    assert head.anchored_seq == head.last_seq > 0


def test_a_batch_that_nobody_feeds_any_more_is_closed(receipt: Receipt, house: House) -> None:
    """After a day without a file; one that is fed slowly stays open, however old."""
    fed, left = receipt.batch, make_batch(receipt.batch.opened_by)
    long_ago = timezone.now() - dt.timedelta(hours=25)
    Batch.objects.update(state=BatchState.RECEIVING, opened_at=long_ago)
    [chore] = [one for one in CHORES if one.name == "batches"]
    upkeep.do_chore(chore, house)
    assert Batch.objects.get(pk=left.pk).state == BatchState.FINISHED
    assert Batch.objects.get(pk=fed.pk).state == BatchState.RECEIVING
    Receipt.objects.update(received_at=long_ago)
    upkeep.do_chore(chore, house)
    assert Batch.objects.get(pk=fed.pk).state == BatchState.FINISHED


def test_sessions_that_ended_are_forgotten(house: House, db: None) -> None:
    """One that lasts stays."""
    for key, hours in (("ended", -1), ("lasts", 1)):
        until = timezone.now() + dt.timedelta(hours=hours)
        Session.objects.create(session_key=key, session_data="", expire_date=until)
    [chore] = [one for one in CHORES if one.name == "sessions"]
    upkeep.do_chore(chore, house)
    assert set(Session.objects.values_list("session_key", flat=True)) == {"lasts"}


@pytest.mark.parametrize("fault", [StoreUnavailableError(detail="away"), OperationalError("busy")])
def test_a_chore_that_fails_keeps_no_other(house: House, clock: Clock, fault: Exception) -> None:
    """It is tried again when it is due again; meanwhile the others have their turn."""
    done: list[str] = []

    def fail(_: House) -> None:
        done.append("failed")
        raise fault

    keeper = Upkeep(
        house, [Chore("bad", 10, fail), Chore("good", 10, lambda _: done.append("good"))]
    )
    keeper.step()
    assert done == []
    clock.now += 10
    for _ in range(5):
        keeper.step()
    assert sorted(done) == ["failed", "good"]
    clock.now += 10
    for _ in range(5):
        keeper.step()
    assert sorted(done) == ["failed", "failed", "good", "good"]
