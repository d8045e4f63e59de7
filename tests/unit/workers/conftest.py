"""What the workers' tests share: one batch, one file, a worker in this process."""

from collections.abc import Callable

import pytest

from archive import ledger
from archive.models import Account, Batch, Receipt, StageRun
from tests.making import make_batch, make_receipt
from workers.house import House
from workers.loop import Worker
from workers.outcome import StageWork

MakeWorker = Callable[..., Worker]


@pytest.fixture
def batch(account: Account) -> Batch:
    """One open batch."""
    return make_batch(account)


@pytest.fixture
def receipt(batch: Batch, house: House) -> Receipt:
    """One received file."""
    return make_receipt(batch, house)


@pytest.fixture
def worker(house: House) -> MakeWorker:
    """Make a worker on stages of the test's own."""

    def make(**stages: StageWork) -> Worker:
        return Worker(house, stages, owner="test")

    return make


def plan(
    receipt: Receipt, stage: str = "open", subject: str = "receipt", id_: str = ""
) -> StageRun:
    """Plan one run and return its row."""
    ledger.plan_runs([ledger.Plan(stage, subject, id_ or str(receipt.pk), receipt.pk)])
    return StageRun.objects.latest("pk")


def work_off(worker: Worker) -> None:
    """Work until nothing is due; what waits for another try does not wait."""
    while worker.step():
        StageRun.objects.update(not_before=None)
