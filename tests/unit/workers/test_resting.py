"""A service outside that is away: signing rests, all else goes on, nothing is done twice."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from archive import ledger
from archive.models import AuditEvent, Document, Receipt, StageRun
from archive.signing import signatures_in
from archive.signing.errors import ServiceUnavailableError
from archive.signing.levels import Level
from archive.stages import Stage
from archive.states import RunState
from archive.tags import Tag
from tests.making import make_document
from tests.pki import LocalPki, blank_pdf, down
from tests.unit.workers.conftest import MakeWorker, plan, work_off
from workers.house import House
from workers.loop import REST_SECONDS, Worker
from workers.outcome import Outcome
from workers.pool import resting_fault
from workers.stages.output import sign

Paper = Callable[[Level], tuple[Worker, Document, StageRun]]


@pytest.fixture
def paper(receipt: Receipt, house: House, pki: LocalPki) -> Paper:
    """A confirmed paper that is due to be signed, and a worker that signs at a level."""

    def make(level: Level) -> tuple[Worker, Document, StageRun]:
        signers = pki.signers(level)
        at_level = replace(house, signers=lambda: signers)
        document = make_document(receipt, pdf_sha256=house.work.put(blank_pdf()).sha256)
        run = plan(receipt, Stage.SIGN, "document", document.pk)
        return Worker(at_level, {Stage.SIGN: sign}, owner="test"), document, run

    return make


def test_signing_rests_while_the_service_is_away(pki: LocalPki, paper: Paper) -> None:
    """No strike, no signature; when the service is back it is signed once."""
    worker, document, run = paper(Level.LTA)
    with pki.faults.at("/tsa/", down):
        for _ in range(5):
            assert worker.step()
            assert not worker.step()
            ledger.wake_runs()
    run.refresh_from_db()
    document.refresh_from_db()
    assert (run.state, run.strikes, run.attempt) == (RunState.READY, 0, 0)
    assert run.error_code == ServiceUnavailableError.code
    assert document.signed_sha256 == ""
    assert worker.step()
    run.refresh_from_db()
    document.refresh_from_db()
    assert run.state == RunState.DONE
    assert AuditEvent.objects.filter(tag=Tag.DOCUMENT_SIGNED).count() == 1


def test_the_signed_file_carries_the_level(house: House, paper: Paper) -> None:
    """Digitiser, agency, archive timestamp, in this order, in one file."""
    worker, document, _ = paper(Level.LTA)
    assert worker.step()
    document.refresh_from_db()
    fields = [one.field for one in signatures_in(house.work.read(document.signed_sha256))]
    assert fields == ["NguoiSoHoa", "CoQuan", "DauThoiGian1"]
    assert {one.verdict for one in document.signatures.all()} == {"valid"}


def test_a_resting_run_stops_no_drain(receipt: Receipt, worker: MakeWorker) -> None:
    """A worker that drains ends, and whoever waits is told why."""

    def away(_run: StageRun, _house: House) -> Outcome:
        raise ServiceUnavailableError

    run = plan(receipt)
    worker(open=away).drain()
    run.refresh_from_db()
    assert ledger.open_runs().count() == 1
    assert not ledger.due_runs().exists()
    assert run.not_before is not None
    assert (run.not_before - run.created_at).total_seconds() > REST_SECONDS / 2
    fault = resting_fault()
    assert fault is not None
    assert fault.code == ServiceUnavailableError.code


def test_other_work_is_no_rest(receipt: Receipt, worker: MakeWorker) -> None:
    """What was struck is waited for: it is due soon."""

    def broken(_run: StageRun, _house: House) -> Outcome:
        raise RuntimeError

    plan(receipt)
    assert worker(open=broken).step()
    assert ledger.due_runs().exists()
    assert resting_fault() is None
    work_off(worker(open=broken))
