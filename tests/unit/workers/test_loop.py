"""The loop: whatever a stage does, the ledger tells the truth and the others go on."""

from typing import Any

import pytest
from django.db import OperationalError, ProgrammingError

from archive import ledger
from archive.errors import LeaseLostError
from archive.models import Batch, Document, Page, Receipt, StageRun
from archive.services.intake import stop_file
from archive.states import DocumentStatus, PageState, ReceiptState, RunState
from archive.stores.errors import BlobDamagedError, BlobMissingError, DiskFullError
from imaging.errors import CodedError, CorruptFileError, ProgramFailedError, ProgramMissingError
from tests.making import make_document, make_page, make_receipt
from tests.unit.workers.conftest import MakeWorker, plan, work_off
from workers.house import House
from workers.loop import EnvironmentFault
from workers.outcome import Outcome, StageWork


def failing(error: Exception) -> StageWork:
    """A stage that always ends so."""

    def stage(run: StageRun, house: House) -> Outcome:
        raise error

    return stage


def renaming(run: StageRun, _house: House) -> Outcome:
    """A stage with an effect that can be seen: the batch gets another name."""
    return Outcome(lambda _: rename(run.receipt.batch_id))


def rename(batch: int) -> None:
    """The effect."""
    Batch.objects.filter(pk=batch).update(name="done")


def test_effects_and_the_end_of_a_run_are_one(receipt: Receipt, worker: MakeWorker) -> None:
    """Done, with its effect; the bytes were kept before the row that names them."""
    seen: list[str] = []

    def stage(_run: StageRun, house: House) -> Outcome:
        def apply(kept: tuple[str, ...]) -> None:
            seen.extend(kept)
            assert [house.work.read(name) for name in kept] == [b"one", b"two"]

        return Outcome(apply, blobs=(b"one", b"two"))

    run = plan(receipt)
    assert worker(open=stage).step()
    run.refresh_from_db()
    assert (run.state, run.owner, run.attempt, len(seen)) == (RunState.DONE, "", 1, 2)
    assert not worker(open=stage).step()


def test_an_effect_that_breaks_leaves_nothing(receipt: Receipt, worker: MakeWorker) -> None:
    """Neither half an effect nor a closed run."""

    def stage(run: StageRun, _house: House) -> Outcome:
        def apply(_: tuple[str, ...]) -> None:
            rename(run.receipt.batch_id)
            raise KeyError(run.pk)

        return Outcome(apply)

    run = plan(receipt)
    worker(open=stage).step()
    run.refresh_from_db()
    assert (run.state, run.strikes) == (RunState.READY, 1)
    assert Batch.objects.get().name == "lô"


def test_a_bad_file_ends_and_the_batch_goes_on(
    batch: Batch, house: House, worker: MakeWorker
) -> None:
    """One is stopped with its code and sentence; the next is done."""
    bad, good = (make_receipt(batch, house) for _ in range(2))
    runs = [plan(receipt) for receipt in (bad, good)]

    def stage(run: StageRun, house: House) -> Outcome:
        if run.receipt_id == bad.pk:
            raise CorruptFileError
        return renaming(run, house)

    work_off(worker(open=stage))
    states = [StageRun.objects.get(pk=run.pk).state for run in runs]
    assert states == [RunState.FAILED, RunState.DONE]
    bad.refresh_from_db()
    assert (bad.state, bad.code) == (ReceiptState.STOPPED, "corrupt_file")
    assert bad.message == CorruptFileError.message
    assert Batch.objects.get().name == "done"


@pytest.mark.parametrize("error", [ProgramFailedError(), BlobMissingError(), BlobDamagedError()])
def test_what_may_pass_is_tried_again_and_then_given_up(
    receipt: Receipt, worker: MakeWorker, error: CodedError
) -> None:
    """Three strikes, then the page keeps its place as failed; lost bytes stop one file only."""
    page = make_page(receipt, state=PageState.PENDING)
    run = plan(receipt, "gate", "page", str(page.pk))
    doing = worker(gate=failing(error))
    for strikes in (1, 2):
        assert doing.step()
        run.refresh_from_db()
        assert (run.state, run.strikes) == (RunState.READY, strikes)
        assert not doing.step()  # it waits
        StageRun.objects.update(not_before=None)
    assert doing.step()
    run.refresh_from_db()
    page.refresh_from_db()
    assert (run.state, run.error_code) == (RunState.DEAD, error.code)
    assert (page.state, page.error_code) == (PageState.FAILED, error.code)


def test_a_bug_is_a_strike_with_its_trace(
    receipt: Receipt, worker: MakeWorker, caplog: pytest.LogCaptureFixture
) -> None:
    """The worker lives, the log tells where it broke, the person hears no technical word."""
    run = plan(receipt)
    worker(open=failing(ZeroDivisionError("oops"))).step()
    run.refresh_from_db()
    assert (run.state, run.strikes, run.error_code) == (RunState.READY, 1, "internal")
    assert "oops" not in run.error_message
    (record,) = [one for one in caplog.records if one.getMessage() == "stage broke"]
    assert record.exc_info
    assert record.exc_info[0] is ZeroDivisionError


@pytest.mark.parametrize("error", [DiskFullError(), ProgramMissingError()])
def test_a_fault_of_the_machine_is_no_fault_of_the_paper(
    receipt: Receipt, worker: MakeWorker, error: CodedError
) -> None:
    """Given back unharmed, a whole night long; mended, it goes on."""
    run = plan(receipt)
    for _ in range(ledger.MAX_ATTEMPTS + 10):
        with pytest.raises(EnvironmentFault) as caught:
            worker(open=failing(error)).step()
        assert caught.value.error is error
    run.refresh_from_db()
    assert (run.state, run.strikes, run.error_code) == (RunState.READY, 0, error.code)
    worker(open=failing(ProgramFailedError())).step()
    StageRun.objects.update(not_before=None)
    worker(open=renaming).step()
    run.refresh_from_db()
    assert run.state == RunState.DONE


def test_a_full_disk_while_keeping_bytes(
    receipt: Receipt, worker: MakeWorker, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The effect is not written where its bytes are not kept."""

    def stage(run: StageRun, _house: House) -> Outcome:
        return Outcome(lambda _: rename(run.receipt.batch_id), blobs=(b"x",))

    def full(*_: Any) -> None:
        raise DiskFullError

    run = plan(receipt)
    monkeypatch.setattr(type(house.work), "put", full)
    with pytest.raises(EnvironmentFault):
        worker(open=stage).step()
    run.refresh_from_db()
    assert (run.state, Batch.objects.get().name) == (RunState.READY, "lô")


def test_a_run_that_only_sees_its_machine_die_must_end(
    receipt: Receipt, worker: MakeWorker
) -> None:
    """A file that takes the whole machine down at each start is given up without a look."""
    run = plan(receipt)
    for _ in range(ledger.MAX_ATTEMPTS):
        assert ledger.claim_run("dead")
        ledger.release_runs()
    worker(open=failing(AssertionError("looked at"))).step()
    run.refresh_from_db()
    receipt.refresh_from_db()
    assert (run.state, run.error_code) == (RunState.DEAD, "too_many_attempts")
    assert receipt.state == ReceiptState.STOPPED


def test_a_lost_lease_discards_the_effects(receipt: Receipt, worker: MakeWorker) -> None:
    """Another worker has the run by now: nothing of this one's is written."""

    def stage(run: StageRun, house: House) -> Outcome:
        StageRun.objects.filter(pk=run.pk).update(attempt=run.attempt + 1, owner="other")
        return renaming(run, house)

    run = plan(receipt)
    assert worker(open=stage).step()
    run.refresh_from_db()
    assert (run.state, run.owner, run.strikes) == (RunState.RUNNING, "other", 0)
    assert Batch.objects.get().name == "lô"


@pytest.mark.parametrize(
    "error",
    [
        CorruptFileError(),
        ProgramFailedError(),
        ProgramMissingError(),
        LeaseLostError(),
        Page.DoesNotExist(),
    ],
)
def test_a_file_stopped_meanwhile_takes_no_worker_down(
    receipt: Receipt, worker: MakeWorker, error: Exception
) -> None:
    """Another page stopped the file and its rows are gone: whatever breaks here is over."""

    def stage(run: StageRun, _house: House) -> Outcome:
        stop_file(run.receipt, code="other", message="Dừng.")
        raise error

    run = plan(receipt)
    assert worker(open=stage).step()
    run.refresh_from_db()
    receipt.refresh_from_db()
    assert run.state == RunState.SUPERSEDED
    assert receipt.code == "other"


def give_up_on(document: Document, stage: str, worker: MakeWorker) -> Document:
    """Let one stage of a document fail on its input."""
    plan(document.receipt, stage, "document", document.pk)
    worker(**{stage: failing(CorruptFileError())}).step()
    document.refresh_from_db()
    return document


def test_a_document_that_was_given_up_waits_for_a_person(
    receipt: Receipt, worker: MakeWorker
) -> None:
    """With the reason; without a kind its fields are still read."""
    document = give_up_on(make_document(receipt), "classify", worker)
    assert document.status == DocumentStatus.WAITING
    assert document.waiting == [{"code": "corrupt_file", "message": CorruptFileError.message}]
    assert StageRun.objects.filter(stage="extract", state=RunState.READY).exists()


def test_an_index_that_fails_holds_no_paper_up(receipt: Receipt, worker: MakeWorker) -> None:
    """The record stands; only finding it must wait."""
    archived = make_document(receipt, status=DocumentStatus.ARCHIVED)
    assert give_up_on(archived, "index", worker).status == DocumentStatus.ARCHIVED


def test_records_that_are_away_are_no_fault_of_a_stage(
    receipt: Receipt, worker: MakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run rests without a strike and uncounted, once they answer again; others count."""
    waited: list[None] = []
    monkeypatch.setattr("workers.loop.wait_for_records", lambda: waited.append(None))
    run = plan(receipt)
    worker(open=failing(away())).step()
    run.refresh_from_db()
    assert (run.state, run.strikes, run.attempt) == (RunState.READY, 0, 0)
    assert (run.error_code, len(waited)) == ("records_away", 1)
    StageRun.objects.update(not_before=None)
    worker(open=failing(ProgrammingError("no such table"))).step()
    run.refresh_from_db()
    assert (run.state, run.strikes) == (RunState.READY, 1)


def test_records_that_answer_and_cannot_write_are_not_asked_without_end(
    receipt: Receipt, worker: MakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their disk is full: the worker pauses before each further try."""
    paused: list[float] = []
    real, refusals = ledger.rest_run, iter((away(), away()))

    def full(*words: object, **more: object) -> None:
        if error := next(refusals, None):
            raise error
        real(*words, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("workers.loop.wait_for_records", lambda: None)
    monkeypatch.setattr("workers.loop.time.sleep", paused.append)
    monkeypatch.setattr(ledger, "rest_run", full)
    run = plan(receipt)
    worker(open=failing(away())).step()
    run.refresh_from_db()
    assert (run.error_code, len(paused)) == ("records_away", 2)


def away() -> OperationalError:
    """As each kind of records says that it is busy."""
    busy = OperationalError("database is locked")
    busy.__cause__ = Deadlock()
    return busy


class Deadlock(Exception):  # noqa: N818  as psycopg names it
    """One of the two that waited for each other."""

    sqlstate = "40P01"
