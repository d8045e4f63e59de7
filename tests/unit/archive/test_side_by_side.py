"""Where the records let several write at once, no run is claimed twice and the chain has no fork.

SQLite lets one write at a time and needs none of this; PostgreSQL does.
"""

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from archive import ledger
from archive.models import Account, AuditEvent, AuditHead, Receipt, StageRun
from archive.services.audit import record_event
from archive.stages import ALONE, Stage
from archive.states import RunState
from archive.tags import Tag
from archive.verify import check_audit
from proof.types import What
from tests.making import make_batch
from workers.house import House

pytestmark = [
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="these records take one writer at a time"
    ),
    pytest.mark.django_db(transaction=True),
]
TOGETHER = 6


def _at_once(do: Callable[[int], Any]) -> list[Any]:
    start = threading.Barrier(TOGETHER)

    def run(number: int) -> Any:
        try:
            connection.ensure_connection()
            start.wait()
            return do(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(TOGETHER) as pool:
        return list(pool.map(run, range(TOGETHER)))


def _receipts(count: int) -> list[Receipt]:
    batch = make_batch(Account.objects.get(username="tai-may"))
    return [
        Receipt.objects.create(batch=batch, position=at, untrusted_name="a", sha256=f"{at:064}")
        for at in range(count)
    ]


def test_every_run_is_claimed_once() -> None:
    """Six claims at a time on sixty runs."""
    (receipt,) = _receipts(1)
    ledger.plan_runs(
        ledger.Plan(Stage.GATE, "page", str(number), receipt.pk) for number in range(60)
    )

    def claim(owner: int) -> list[int]:
        taken = []
        while (run := ledger.claim_run(f"w{owner}")) is not None:
            taken.append(run.pk)
        return taken

    claimed = Counter(pk for taken in _at_once(claim) for pk in taken)
    assert len(claimed) == 60
    assert set(claimed.values()) == {1}


def test_a_file_is_sealed_by_one_at_a_time() -> None:
    """Of its documents' seals never two run side by side, whoever claims."""
    receipts = _receipts(3)
    ledger.plan_runs(
        ledger.Plan(Stage.SEAL, "document", f"{receipt.pk}-{number}", receipt.pk)
        for receipt in receipts
        for number in range(8)
    )

    def work(owner: int) -> int:
        done = 0
        while StageRun.objects.filter(state=RunState.READY).exists():
            run = ledger.claim_run(f"w{owner}")
            if run is None:
                continue
            held = StageRun.objects.filter(
                state=RunState.RUNNING, stage__in=ALONE, receipt=run.receipt_id
            )
            assert held.count() == 1
            ledger.finish_run(run)
            done += 1
        return done

    assert sum(_at_once(work)) == 24


def test_the_chain_has_no_fork(house: House) -> None:
    """Events of several processes stand one after the other, also on a day's first event."""
    AuditEvent.objects.all().delete()
    AuditHead.objects.all().delete()
    record_event(Tag.BATCH_OPENED, actor="machine", subject="batch:0")
    yesterday = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
    AuditEvent.objects.all().delete()
    AuditHead.objects.all().update(day=yesterday, first_seq=1, last_seq=0, hash="0" * 64)

    def write(_: int) -> None:
        for number in range(20):
            record_event(Tag.BATCH_OPENED, actor="machine", subject=f"batch:{number}")

    _at_once(write)
    assert AuditEvent.objects.count() == TOGETHER * 20
    found = check_audit(house.archive).problems
    # Of the made-up yesterday and of the anchors that nobody wrote it may speak.
    assert [
        one for one in found if one.what is not What.ANCHOR_MISSING and one.id != "audit:0"
    ] == []
