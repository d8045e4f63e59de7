"""The ledger: one run a key, a fence on the attempt, strikes apart from attempts."""

import datetime as dt

import pytest

from archive import ledger
from archive.errors import LeaseLostError
from archive.lanes import Lane
from archive.models import Account, Batch, Receipt, StageRun
from archive.states import RunState

pytestmark = pytest.mark.django_db


@pytest.fixture
def receipt(account: Account) -> Receipt:
    batch = Batch.objects.create(name="lô", opened_by=account)
    return Receipt.objects.create(batch=batch, position=1, untrusted_name="a.pdf", sha256="0" * 64)


def plan(receipt: Receipt, stage: str = "gate", priority: int = 0, inputs: str = "x") -> None:
    ledger.plan_runs(
        [ledger.Plan(stage, "page", "1", receipt.pk, inputs=(inputs,), priority=priority)]
    )


def claim(owner: str = "a") -> StageRun:
    run = ledger.claim_run(owner)
    assert run is not None
    return run


def test_the_same_work_is_planned_once(receipt: Receipt) -> None:
    """Equal stage, subject and key are one row, however often they are planned."""
    plan(receipt)
    plan(receipt)
    plan(receipt, inputs="y")
    assert StageRun.objects.count() == 2


def test_a_run_is_held_by_one_worker(receipt: Receipt) -> None:
    """What one worker claimed no other gets."""
    plan(receipt)
    assert claim("a").owner == "a"
    assert ledger.claim_run("b") is None


def test_later_stages_go_first(receipt: Receipt) -> None:
    """A paper leaves work/ as early as it can."""
    plan(receipt, "gate", priority=1)
    plan(receipt, "seal", priority=11)
    assert claim().stage == "seal"


def test_the_attempt_is_counted_at_the_claim(receipt: Receipt) -> None:
    """A worker that dies has still used its attempt."""
    plan(receipt)
    assert claim().attempt == 1
    ledger.release_runs()
    assert claim().attempt == 2


def test_a_lapsed_lease_is_taken_over_and_the_late_worker_writes_nothing(receipt: Receipt) -> None:
    """The fence: whoever finishes with an old attempt is refused."""
    plan(receipt)
    late = claim("slow")
    later = dt.datetime.now(dt.UTC) + ledger.LEASE * 2
    (lapsed,) = ledger.lapsed_runs(later)
    assert ledger.mark_lost(lapsed, code="worker_crashed", message="Dừng.")
    taken = claim("quick")
    with pytest.raises(LeaseLostError):
        ledger.finish_run(late)
    ledger.finish_run(taken)
    assert StageRun.objects.get().state == RunState.DONE


def test_a_heartbeat_keeps_the_lease(receipt: Receipt) -> None:
    """A worker that still beats is not robbed."""
    plan(receipt)
    run = claim("a")
    StageRun.objects.update(lease_until=dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1))
    ledger.extend_leases("a")
    assert ledger.claim_run("b") is None
    ledger.finish_run(run)


def test_strikes_end_a_run_and_stops_of_the_machine_do_not(receipt: Receipt) -> None:
    """Twenty power cuts are no strike; three faults of its own are the end."""
    plan(receipt)
    for _ in range(20):
        claim()
        ledger.release_runs()
    dead = [
        ledger.strike_run(claim(), code="broken", message="hỏng", wait_seconds=-1)
        for _ in range(ledger.MAX_STRIKES)
    ]
    assert dead == [False, False, True]
    assert StageRun.objects.get().state == RunState.DEAD


def test_a_struck_run_waits_before_it_is_tried_again(receipt: Receipt) -> None:
    """A fault that may pass is given time to pass."""
    plan(receipt)
    ledger.strike_run(claim(), code="broken", message="hỏng", wait_seconds=60)
    assert ledger.claim_run("a") is None


def test_a_superseded_run_cannot_be_finished(receipt: Receipt) -> None:
    """What a secrecy mark stopped writes nothing more."""
    plan(receipt)
    run = claim()
    ledger.supersede_runs(receipt=receipt)
    with pytest.raises(LeaseLostError):
        ledger.finish_run(run)


def test_the_counter_goes_before_the_back_file(account: Account, receipt: Receipt) -> None:
    """A page that somebody waits for is next, whatever its stage and however long the back-file."""
    batch = Batch.objects.create(name="hồ sơ cũ", opened_by=account, lane=Lane.BACKFILE)
    old = Receipt.objects.create(batch=batch, position=1, untrusted_name="b", sha256="1" * 64)
    for number in range(50):
        plan(old, "recognise", priority=3, inputs=f"page {number}")
    plan(old, "seal", priority=11)
    assert claim().receipt_id == old.pk  # under way
    plan(receipt, "open", priority=0)
    assert claim().receipt_id == receipt.pk
    plan(receipt, "gate", priority=1)
    assert claim().receipt_id == receipt.pk
    assert claim().receipt_id == old.pk
