"""The counter's page goes before the back-file, through all of its stages."""

import pytest

from archive.lanes import Lane
from archive.models import Account, Receipt, StageRun
from archive.services.intake import Intake, accept_file, open_batch
from archive.services.pages import Opened, record_opened
from archive.stages import Stage
from tests.making import make_batch, make_receipt
from tests.unit.workers.conftest import MakeWorker
from workers.house import House
from workers.outcome import Outcome

pytestmark = pytest.mark.django_db
PAGES = 40


def test_a_page_from_the_counter_is_read_next(
    account: Account, house: House, worker: MakeWorker
) -> None:
    """Given while a long back-file runs, it is opened and looked at before the file's next page."""
    done: list[tuple[int, str]] = []

    def note(run: StageRun) -> None:
        done.append((run.receipt_id, run.stage))

    def opened(run: StageRun, _house: House) -> Outcome:
        note(run)
        facts = Opened(media_type="image/png", page_count=1, is_signed=False)
        return Outcome(lambda _: record_opened(run.receipt, facts))

    def looked(run: StageRun, _house: House) -> Outcome:
        note(run)
        return Outcome(lambda _: None)

    old = make_receipt(make_batch(account, lane=Lane.BACKFILE), house)
    record_opened(old, Opened(media_type="image/tiff", page_count=PAGES, is_signed=False))
    both = worker(**{Stage.OPEN.value: opened, Stage.GATE.value: looked})
    assert both.step()
    batch = open_batch(Intake(name="quầy"), account)
    given = accept_file(batch, "một trang.png", "5" * 64, 10)
    assert both.step()
    assert both.step()
    assert both.step()
    assert done == [
        (old.pk, Stage.GATE),
        (given.pk, Stage.OPEN),
        (given.pk, Stage.GATE),
        (old.pk, Stage.GATE),
    ]


def test_the_batch_says_that_it_is_back_file(account: Account) -> None:
    """As the command line's --backfile does."""
    batch = open_batch(Intake(name="hồ sơ cũ", lane=Lane.BACKFILE), account)
    accept_file(batch, "a.pdf", "6" * 64, 10)
    assert StageRun.objects.get(receipt=Receipt.objects.get(batch=batch)).lane == Lane.BACKFILE
