"""The pool: workers die and are replaced, what they held is not lost, leftovers are swept."""

import datetime as dt
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive import ledger
from archive.models import Receipt, StageRun
from archive.services.sealing import is_named_in_work
from archive.stages import Stage
from archive.states import DocumentStatus, ReceiptState, RunState
from search.types import IndexDocument
from tests.making import make_document, make_page
from tests.unit.workers.conftest import plan
from workers.house import CRASHED, House
from workers.pool import ENVIRONMENT_EXIT, UNFIT, Fault, Pool, pool_lock
from workers.reindex import reindex_lost

SLEEPER = ("sh", "-c", "exec sleep 60")
MakePool = Callable[..., Pool]


@pytest.fixture
def pool(house: House) -> Iterator[MakePool]:
    """Make a pool of one worker, which is not one of ours; it is stopped after the test."""
    made: list[Pool] = []

    def make(command: tuple[str, ...] = SLEEPER) -> Pool:
        made.append(Pool(house, size=1, command=command))
        return made[-1]

    yield make
    for each in made:
        each.stop()


def tended(pool: Pool, until: Callable[[], bool]) -> Fault | None:
    """Tend the pool until something is so, or it stops of itself."""
    for _ in range(200):
        fault = pool.tend("--drain")
        if fault or until():
            return fault
        time.sleep(0.05)
    pytest.fail("it never came")


def test_a_worker_that_dies_is_replaced_and_its_run_struck(
    receipt: Receipt, pool: MakePool
) -> None:
    """What killed it three times is given up; the pool lives on."""
    run = plan(receipt)
    made = pool()
    for strikes in (1, 2, 3):
        tended(made, lambda: bool(made._children))
        ((owner, child),) = made._children.items()
        StageRun.objects.update(not_before=None)
        assert ledger.claim_run(owner)
        child.kill()
        tended(made, lambda old=owner: old not in made._children)  # type: ignore[misc]
        run.refresh_from_db()
        assert (run.strikes, run.error_code) == (strikes, CRASHED)
    receipt.refresh_from_db()
    assert (run.state, receipt.state) == (RunState.DEAD, ReceiptState.STOPPED)


def test_what_others_hold_is_not_struck(receipt: Receipt, pool: MakePool) -> None:
    """One worker's death is no other's fault."""
    run = plan(receipt)
    assert ledger.claim_run("another")
    made = pool()
    tended(made, lambda: bool(made._children))
    ((owner, child),) = made._children.items()
    child.kill()
    tended(made, lambda: owner not in made._children)
    run.refresh_from_db()
    assert (run.state, run.strikes) == (RunState.RUNNING, 0)


def test_a_fault_of_the_machine_stops_the_pool_with_its_code(
    receipt: Receipt, pool: MakePool
) -> None:
    """A worker that says so by its exit status; the run's row says which fault."""
    run = plan(receipt)
    StageRun.objects.update(error_code="disk_full", error_message="Ổ đĩa đã đầy.")
    fault = pool(("sh", "-c", f"exit {ENVIRONMENT_EXIT}")).drain()
    assert fault == Fault("disk_full", "Ổ đĩa đã đầy.")
    run.refresh_from_db()
    assert (run.state, run.strikes) == (RunState.READY, 0)


def test_a_resting_pool_is_stopped_at_once(receipt: Receipt, pool: MakePool) -> None:
    """Nobody waits half a minute for a machine that waits for its disk."""
    plan(receipt)
    made = pool(("sh", "-c", f"exit {ENVIRONMENT_EXIT}"))
    began = time.monotonic()
    made.serve(lambda: time.monotonic() - began > 1.0)
    assert 1.0 < time.monotonic() - began < 15.0
    assert made._started < 5  # it rested


def test_workers_that_cannot_even_start_do_not_turn_for_ever(
    receipt: Receipt, pool: MakePool
) -> None:
    """No run is theirs to strike, so the pool itself must end, with a sentence."""
    plan(receipt)
    assert pool(("sh", "-c", "exit 1")).drain() == UNFIT


def test_a_stopped_pool_gives_back_what_it_held(receipt: Receipt, pool: MakePool) -> None:
    """Without a strike: somebody switched the machine off."""
    run = plan(receipt)
    made = pool()
    tended(made, lambda: bool(made._children))
    ((owner, child),) = made._children.items()
    assert ledger.claim_run(owner)
    made.stop()
    run.refresh_from_db()
    assert (run.state, run.owner, run.strikes) == (RunState.READY, "", 0)
    assert child.poll() is not None


def test_a_pool_begins_by_taking_back_and_sweeping(
    receipt: Receipt, house: House, pool: MakePool
) -> None:
    """Whatever runs at the start was held by the dead; bytes without a row are left over."""
    run = plan(receipt)
    assert ledger.claim_run("dead")
    orphan = house.work.put(b"left over").sha256
    pool().begin()
    run.refresh_from_db()
    assert run.state == RunState.READY
    assert not house.work.exists(orphan)
    assert house.work.exists(receipt.sha256)


def test_the_sweep_leaves_what_rows_name(receipt: Receipt, house: House) -> None:
    """Originals until they are sealed, texts and PDFs until their document is; no day longer."""
    document = make_document(receipt, status=DocumentStatus.WAITING)
    names = {name: house.work.put(name.encode()).sha256 for name in ("text", "clean", "pdf", "sig")}
    page = make_page(
        receipt, document=document, text_sha256=names["text"], clean_sha256=names["clean"]
    )
    document.pdf_sha256, document.signed_sha256 = names["pdf"], names["sig"]
    document.save()
    house.work.sweep(is_named_in_work)
    assert set(house.work.names()) == {receipt.sha256, *names.values()}
    page.clean_sha256 = ""
    page.save()
    document.status = DocumentStatus.ARCHIVED
    document.save()
    house.work.sweep(is_named_in_work)
    assert set(house.work.names()) == {receipt.sha256}
    receipt.received_sealed = True
    receipt.save()
    house.work.sweep(is_named_in_work)
    assert set(house.work.names()) == set()


def test_one_pool_a_data_folder(tmp_path: Path) -> None:
    """The second is told; the lock of one that was killed is free."""
    lock = tmp_path / "run" / "pool.lock"
    with pool_lock(lock) as first, pool_lock(lock) as second:
        assert (first, second) == (True, False)
    program = (
        "import fcntl, os, signal, sys; f = open(sys.argv[1], 'w'); "
        "fcntl.flock(f, fcntl.LOCK_EX); os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", program, lock], check=False).returncode == -9
    with pool_lock(lock) as third:
        assert third


def entry(id_: str) -> IndexDocument:
    """Something found in the index."""
    return IndexDocument(
        id=id_, status="archived", access="ordinary", unit="", kind=None, kind_name="",
        number=None, abstract=None, issuer=None, signer=None, subject=None, issued_on=None,
        pages=("giấy",),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("held", "state"), [((), "ready"), (("D1",), "ready"), (("its own",), "done")]
)
def test_a_lost_entry_is_made_anew(
    receipt: Receipt, house: House, held: tuple[str, ...], state: str
) -> None:
    """The newest entry of each document that the index lacks; what only the index holds goes."""
    document = make_document(receipt)
    for key in ("old", "new"):
        ledger.plan_runs(
            [ledger.Plan(Stage.INDEX, "document", document.pk, receipt.pk, inputs=(key,))]
        )
    StageRun.objects.update(state=RunState.DONE, finished_at=dt.datetime.now(dt.UTC))
    house.index.put([entry(document.pk if id_ == "its own" else id_) for id_ in held])
    reindex_lost(house)
    states = list(StageRun.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["done", state]
    assert set(house.index.ids()) <= {document.pk}
