"""Lanes and turns: who waits goes first, and no unit keeps another waiting."""

import contextlib
import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from archive import doorbell, ledger
from archive.lanes import LANES, Lane, someone_waits
from archive.models import Account, Batch, Receipt, StageRun, UnitTurn
from archive.states import RunState

pytestmark = pytest.mark.django_db


@contextlib.contextmanager
def rings_to(rung: list[dict[str, int]]) -> Iterator[None]:
    """Hear what the ledger rings."""

    class Ear:
        def ring(self, rings: doorbell.Rings) -> None:
            rung.append(dict(rings))

        def wait(self, _seconds: float) -> bool:
            return False

    before = list(doorbell._bell)
    doorbell.provide(Ear)
    try:
        yield
    finally:
        doorbell._bell[:] = before


def file_of(account: Account, unit: str = "", lane: Lane = Lane.BATCH) -> Receipt:
    """One file of a unit."""
    batch = Batch.objects.create(name="lô", opened_by=account, unit=unit, lane=lane)
    return Receipt.objects.create(batch=batch, position=1, untrusted_name="a", sha256="0" * 64)


def plan(receipt: Receipt, count: int, stage: str = "gate", priority: int = 0) -> None:
    ledger.plan_runs(
        ledger.Plan(stage, "page", str(number), receipt.pk, (str(receipt.pk),), priority=priority)
        for number in range(count)
    )


def claimed(count: int, lanes: tuple[Lane, ...] = LANES) -> list[str]:
    """The units of the next runs."""
    return [run.unit for run in (ledger.claim_run("a", lanes=lanes) for _ in range(count)) if run]


def test_units_take_turns(account: Account) -> None:
    """Ten thousand pages of one keep the twenty of another waiting for one page each, not more."""
    plan(file_of(account, "lớn"), 300)
    assert claimed(3) == ["lớn"] * 3
    plan(file_of(account, "nhỏ"), 4)
    assert claimed(8) == ["lớn", "nhỏ"] * 4
    assert claimed(2) == ["lớn", "lớn"]


def test_a_unit_that_was_away_gets_its_turn_and_no_arrears(account: Account) -> None:
    """What it did not use yesterday is not owed to it."""
    first, second = file_of(account, "a"), file_of(account, "b")
    plan(first, 50)
    plan(second, 1)
    assert claimed(2) == ["a", "b"]
    assert claimed(20) == ["a"] * 20
    plan(second, 20, stage="clean")
    assert sorted(claimed(6)) == ["a"] * 3 + ["b"] * 3


def test_within_a_unit_later_stages_go_first(account: Account) -> None:
    """Turns do not change the way of a paper."""
    receipt = file_of(account, "a")
    plan(receipt, 1, "gate", priority=1)
    plan(receipt, 1, "seal", priority=11)
    plan(file_of(account, "b"), 2)
    stages = [run.stage for run in (ledger.claim_run("w") for _ in range(3)) if run]
    assert stages == ["seal", "gate", "gate"]


def test_a_unit_alone_writes_no_turns(account: Account) -> None:
    """A commune's one machine pays nothing for a province's fairness."""
    plan(file_of(account, "a"), 5)
    claimed(5)
    assert not UnitTurn.objects.exists()


def test_lanes_in_the_order_asked(account: Account) -> None:
    """A worker of some lanes sees no others; the first that has something is served."""
    for lane in Lane:
        plan(file_of(account, lane, lane), 2)
    assert claimed(3) == ["counter", "counter", "batch"]
    assert claimed(2, (Lane.BACKFILE, Lane.COUNTER)) == ["backfile", "backfile"]
    assert claimed(1, (Lane.COUNTER,)) == []
    assert claimed(9) == ["batch", "maintenance", "maintenance"]


def test_what_a_person_asks_for_goes_to_the_counter(account: Account) -> None:
    """And upkeep to maintenance, and the rest where its batch was given."""
    receipt = file_of(account, lane=Lane.BACKFILE)
    plan(receipt, 1, "gate")
    with someone_waits():
        plan(receipt, 1, "sign")
        plan(receipt, 1, "renew")
    plan(receipt, 1, "clean")
    lanes = dict(StageRun.objects.values_list("stage", "lane"))
    assert lanes == {
        "gate": Lane.BACKFILE,
        "sign": Lane.COUNTER,
        "renew": Lane.MAINTENANCE,
        "clean": Lane.BACKFILE,
    }


def test_what_waited_already_moves_to_the_counter_when_asked_for(account: Account) -> None:
    """Asked again for a signature that stands far back."""
    receipt = file_of(account, lane=Lane.BACKFILE)
    plan(receipt, 1, "sign")
    with someone_waits():
        ledger.revive_runs("sign", "page", "0")
    assert StageRun.objects.get().lane == Lane.COUNTER


def test_what_rests_costs_no_claim_and_comes_back(account: Account) -> None:
    """Its time come, it is claimed like any other."""
    plan(file_of(account), 2)
    run = ledger.claim_run("a")
    assert run
    ledger.rest_run(run, code="away", message="Chờ.", wait_seconds=60)
    other = ledger.claim_run("a")
    assert other
    assert other.pk != run.pk
    assert ledger.claim_run("a") is None
    later = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=61)
    again = ledger.claim_run("a", now=later)
    assert again is not None
    assert (again.pk, again.not_before) == (run.pk, None)


def test_a_lease_ends_at_its_ceiling(account: Account) -> None:
    """A heart that beats beside a run that hangs does not keep it for ever."""
    plan(file_of(account), 2)
    ceiling = dt.timedelta(minutes=65)
    old, new = ledger.claim_run("a"), ledger.claim_run("a")
    assert old
    assert new
    begun = dt.datetime.now(dt.UTC) - ceiling
    StageRun.objects.filter(pk=old.pk).update(claimed_at=begun)
    lapsing = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=5)
    StageRun.objects.update(lease_until=lapsing)
    ledger.extend_leases("a", ceiling=ceiling)
    leases = dict(StageRun.objects.values_list("pk", "lease_until"))
    assert leases[old.pk] == lapsing
    assert leases[new.pk] > lapsing


def test_the_next_seal_of_a_file_is_rung_for(
    account: Account, django_capture_on_commit_callbacks: Any
) -> None:
    """Its own ring may have come while the first was under way, and found nothing to claim."""
    receipt = file_of(account, lane=Lane.COUNTER)
    plan(receipt, 3, "seal")
    first = ledger.claim_run("a")
    assert first
    assert ledger.claim_run("b") is None
    rung: list[dict[str, int]] = []
    with rings_to(rung), django_capture_on_commit_callbacks(execute=True):
        ledger.finish_run(first)
    assert rung == [{"counter": 1}]


def test_each_run_that_becomes_due_is_rung_for_after_the_commit(
    account: Account, django_capture_on_commit_callbacks: Any
) -> None:
    """Never within the transaction: who comes at once would find nothing."""
    rung: list[dict[str, int]] = []
    receipt = file_of(account, lane=Lane.COUNTER)
    with rings_to(rung), django_capture_on_commit_callbacks(execute=True):
        plan(receipt, 3)
        assert rung == []
    assert rung == [{"counter": 3}]
    run = ledger.claim_run("a")
    assert run
    rung.clear()
    with rings_to(rung), django_capture_on_commit_callbacks(execute=True):
        ledger.return_run(run, code="disk_full", message="Đầy.")
    assert rung == [{"counter": 1}]


def test_a_lost_run_is_given_back_once(account: Account) -> None:
    """Two who find it lost at once do not both give it back, nor from who has it by now."""
    plan(file_of(account), 1)
    assert ledger.claim_run("dead")
    later = dt.datetime.now(dt.UTC) + 2 * ledger.LEASE
    (seen,), (again,) = ledger.lapsed_runs(later), ledger.lapsed_runs(later)
    assert ledger.mark_lost(seen, code="worker_crashed", message="Dừng.")
    assert not ledger.mark_lost(again, code="worker_crashed", message="Dừng.")
    taken = ledger.claim_run("quick")
    assert taken
    assert not ledger.mark_lost(again, code="worker_crashed", message="Dừng.")
    assert StageRun.objects.get().state == RunState.RUNNING
