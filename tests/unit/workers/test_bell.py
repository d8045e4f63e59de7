"""The scaled side's hand: which run a token leads to, when it rests, what it gives back."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import OperationalError

from archive import ledger
from archive.doorbell import Rings
from archive.lanes import LANES, Lane
from archive.models import Account, Receipt, StageRun
from archive.states import ReceiptState, RunState
from archive.stores.errors import DiskFullError
from tests.making import make_batch, make_receipt
from tests.unit.workers.conftest import plan
from workers import recovery
from workers.bell import hand as hands
from workers.bell import limits
from workers.bell.beat import schedule
from workers.bell.broker import CHORE, SWEEP, Broker, Switchboard, settings_of
from workers.bell.hand import Hand
from workers.house import CRASHED, House
from workers.loop import OutOfTime, Worker
from workers.outcome import Outcome, StageWork
from workers.owners import is_dead, machine, owner_name
from workers.recovery import take_back
from workers.upkeep import CHORES

BOARD = Switchboard(Broker("redis://127.0.0.1:1"))


class Bell:
    """A bell that tells what it was rung for."""

    def __init__(self) -> None:
        self.rung: list[dict[str, int]] = []

    def ring(self, rings: Rings) -> None:
        """Remember it."""
        self.rung.append(dict(rings))

    def wait(self, _seconds: float) -> bool:
        """Nobody waits here."""
        return False


@pytest.fixture
def bell() -> Bell:
    """The house's."""
    return Bell()


@pytest.fixture(autouse=True)
def in_a_test(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The test's transaction must stay open; files are closed by the test, not by a clock."""
    monkeypatch.setattr(limits, "IDLE_SECONDS", 60.0)
    yield
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.cancel()


def hand(house: House, bell: Bell, stage: StageWork, *lanes: Lane, over: bool = True) -> Hand:
    """One process of a worker. `over`: asked to stop already, so that it does not rest."""
    furnished = replace(house, doorbell=bell)
    is_over: Any = threading.Event()
    if over:
        is_over.set()
    owner = owner_name()
    worker = Worker(furnished, {"open": stage}, owner=owner)
    return Hand(furnished, worker, owner=owner, lanes=lanes or LANES, board=BOARD, is_over=is_over)


def doing(done: list[int]) -> StageWork:
    """A stage that tells which files it saw."""

    def stage(run: StageRun, _house: House) -> Outcome:
        done.append(run.receipt_id)
        return Outcome(lambda _: None)

    return stage


def file_in(account: Account, house: House, lane: Lane) -> Receipt:
    """One file of a lane, its run due."""
    receipt = make_receipt(make_batch(account, lane=lane), house)
    plan(receipt)
    return receipt


def test_a_token_leads_to_what_is_most_due(account: Account, house: House, bell: Bell) -> None:
    """The counter's run for the back-file's token, which is rung again for whoever is free."""
    old, new = (file_in(account, house, lane) for lane in (Lane.BACKFILE, Lane.COUNTER))
    done: list[int] = []
    process = hand(house, bell, doing(done))
    process.run("backfile")
    assert (done, bell.rung) == ([new.pk], [{"backfile": 1}])
    process.run("backfile")
    assert (done, len(bell.rung)) == ([new.pk, old.pk], 1)
    process.run("counter")  # the surplus
    assert (len(done), len(bell.rung)) == (2, 1)


def test_the_back_file_does_not_starve(account: Account, house: House, bell: Bell) -> None:
    """Under a counter that is never empty every tenth claim begins at the other end."""
    for lane in [Lane.BACKFILE, *[Lane.COUNTER] * 12]:
        file_in(account, house, lane)
    process = hand(house, bell, doing([]))
    lanes = []
    for _ in range(limits.OTHER_END):
        process.run("counter")
        lanes.append(StageRun.objects.filter(state=RunState.DONE).latest("claimed_at").lane)
    assert lanes == ["counter"] * (limits.OTHER_END - 1) + ["backfile"]


def test_a_worker_of_one_lane_sees_no_other(account: Account, house: House, bell: Bell) -> None:
    """Whatever token comes to it."""
    file_in(account, house, Lane.COUNTER)
    done: list[int] = []
    hand(house, bell, doing(done), Lane.BACKFILE).run("backfile")
    assert done == []


def test_an_unfit_machine_rests_and_gives_back(
    account: Account, house: House, bell: Bell, caplog: pytest.LogCaptureFixture
) -> None:
    """With its code in the log; whoever stops it does not wait for its rest."""

    def full(_run: StageRun, _house: House) -> Outcome:
        raise DiskFullError

    file_in(account, house, Lane.BATCH)
    hand(house, bell, full).run("batch")
    run = StageRun.objects.get()
    assert (run.state, run.strikes, run.attempt, run.error_code) == ("ready", 0, 0, "disk_full")
    (record,) = [one for one in caplog.records if one.getMessage() == "machine unfit, resting"]
    assert vars(record)["code"] == "disk_full"


def test_records_that_go_away_in_mid_run_cost_no_strike(
    account: Account, house: House, bell: Bell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that restarts: the run is given back as soon as it answers."""
    file_in(account, house, Lane.BATCH)
    monkeypatch.setattr(hands.connection, "close", lambda: None)

    def away(_worker: Worker, _run: StageRun) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(Worker, "do", away)
    hand(house, bell, doing([])).run("batch")
    run = StageRun.objects.get()
    assert (run.state, run.strikes, run.owner) == (RunState.READY, 0, "")


def test_a_run_that_is_told_to_stop_is_struck(account: Account, house: House, bell: Bell) -> None:
    """With a code of its own; the worker lives."""

    def late(_run: StageRun, _house: House) -> Outcome:
        raise OutOfTime

    file_in(account, house, Lane.BATCH)
    hand(house, bell, late).run("batch")
    run = StageRun.objects.get()
    assert (run.state, run.strikes, run.error_code) == (RunState.READY, 1, "run_too_long")


def test_times_stand_in_one_order() -> None:
    """Told to stop, killed, the lease let go, the message given out again: each before the next."""
    assert (
        ledger.LEASE.total_seconds()
        < limits.SOFT_SECONDS
        < limits.HARD_SECONDS
        < limits.LEASE_CEILING.total_seconds()
        < limits.VISIBILITY_SECONDS
    )
    assert ledger.LEASE.total_seconds() > 3 * ledger.HEARTBEAT_SECONDS
    assert limits.REST_SECONDS < limits.SOFT_SECONDS


def test_celery_is_told_what_we_rely_on() -> None:
    """Late acknowledgement, one message at a time, words alone, no results."""
    told = settings_of(BOARD.broker)
    assert told["task_acks_late"]
    assert told["task_reject_on_worker_lost"]
    assert told["worker_prefetch_multiplier"] == 1
    assert told["accept_content"] == ["json"] == [told["task_serializer"]]
    assert told["task_ignore_result"]
    assert told["result_backend"] is None
    options = told["broker_transport_options"]
    assert options["visibility_timeout"] == limits.VISIBILITY_SECONDS
    assert options["unacked_restore_interval"] == limits.RESTORE_SECONDS


def test_every_chore_has_its_time(house: House) -> None:
    """Each is sent to maintenance as often as the pool does it, and the sweep to every worker."""
    entries = schedule(BOARD)
    chores = {entry["args"][0]: entry for entry in entries.values() if entry["task"] == CHORE}
    assert {name: entry["schedule"] for name, entry in chores.items()} == {
        chore.name: chore.every for chore in CHORES
    }
    assert all(entry["options"]["expires"] <= entry["schedule"] for entry in entries.values())
    (sweep,) = [entry for entry in entries.values() if entry["task"] == SWEEP]
    assert sweep["options"]["queue"].name == "tangthu.house"


def test_an_owner_is_known_to_be_dead_on_its_own_machine_alone() -> None:
    """Its number may be another's by now, and of other machines nothing is known."""
    assert not is_dead(owner_name())
    done = subprocess.run(
        [sys.executable, "-c", "from workers.owners import owner_name; print(owner_name())"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    dead = done.stdout.strip()
    assert is_dead(dead)
    assert not is_dead(dead.replace(machine(), "elsewhere:1"))
    words = owner_name().split(":")
    assert is_dead(":".join([*words[:-2], "1", words[-1]]))  # another process had the number
    for strange in ("", "host:12:3", "host:12:sign", "test"):
        assert not is_dead(strange)


def test_a_lost_run_is_marked_then_struck_then_dead(
    receipt: Receipt, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once may be anybody's fault; four times is its own."""
    run = plan(receipt)
    monkeypatch.setattr(recovery, "is_dead", lambda _owner: True)
    monkeypatch.setattr(recovery, "died_alone", lambda _owner: True)
    seen = []
    for _ in range(4):
        StageRun.objects.update(not_before=None)
        assert ledger.claim_run(owner_name())
        assert take_back() == 1
        run.refresh_from_db()
        seen.append((run.state, run.strikes, run.error_code))
    assert seen == [
        (RunState.READY, 0, CRASHED),
        (RunState.READY, 1, CRASHED),
        (RunState.READY, 2, CRASHED),
        (RunState.DEAD, 3, CRASHED),
    ]
    receipt.refresh_from_db()
    assert receipt.state == ReceiptState.STOPPED


def test_who_lives_is_not_robbed(receipt: Receipt) -> None:
    """Nor who works elsewhere, as long as its lease holds."""
    plan(receipt)
    for owner in (owner_name(), "elsewhere:1:2:3:4"):
        assert ledger.claim_run(owner)
        assert take_back() == 0
        ledger.release_runs()
