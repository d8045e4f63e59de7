"""A service outside that is away: signing rests, all else goes on, nothing is done twice."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from archive import ledger
from archive.models import AuditEvent, Document, Receipt, StageRun
from archive.services.sealing import is_named_in_work
from archive.signing import signatures_in
from archive.signing.errors import ServiceUnavailableError
from archive.signing.levels import Level
from archive.stages import Stage
from archive.states import DocumentStatus, RunState
from archive.tags import Tag
from tests.making import make_document
from tests.pki import LocalPki, blank_pdf, down
from tests.unit.archive.signing.test_levels import signed
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


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda data: data.replace(b" 0 0 595 ", b" 0 0 594 ", 1), "signature_invalid"),
        (lambda data: data[: len(data) // 3], "signed_file_unreadable"),
        (lambda _: b"%PDF-1.7 not one", "signed_file_unreadable"),
    ],
)
def test_a_file_that_came_with_a_bad_signature_is_kept_safe(
    receipt: Receipt,
    house: House,
    pki: LocalPki,
    spoil: Callable[[bytes], bytes],
    code: str,
) -> None:
    """It is not archived and not lost: a code, a person who is told, the bytes as they came."""
    good = signed(pki, pki.profile(Level.B))
    bad = spoil(good)
    assert bad != good
    receipt.sha256 = house.work.put(bad).sha256
    receipt.is_signed = True
    receipt.save()
    document = make_document(receipt, is_born_digital=True, pdf_sha256=receipt.sha256)
    run = plan(receipt, Stage.SIGN, "document", document.pk)
    signers = pki.signers()
    at_level = replace(house, signers=lambda: signers)
    assert Worker(at_level, {Stage.SIGN: sign}, owner="test").step()
    run.refresh_from_db()
    document.refresh_from_db()
    assert (run.state, run.error_code) == (RunState.FAILED, code)
    assert document.status == DocumentStatus.WAITING
    assert [one["code"] for one in document.waiting] == [code]
    assert house.work.read(receipt.sha256) == bad
    assert is_named_in_work(receipt.sha256)


def test_what_came_signed_tells_whose_it_is(receipt: Receipt, house: House, pki: LocalPki) -> None:
    """The rows name store, holder, issuer and proven time; the evidence is kept for the seal."""
    data = signed(pki, pki.profile(Level.LTA))
    receipt.sha256 = house.work.put(data).sha256
    receipt.is_signed = True
    receipt.save()
    document = make_document(receipt, is_born_digital=True, pdf_sha256=receipt.sha256)
    plan(receipt, Stage.SIGN, "document", document.pk)
    signers = pki.signers()
    assert Worker(replace(house, signers=lambda: signers), {Stage.SIGN: sign}, owner="test").step()
    document.refresh_from_db()
    assert document.signed_sha256 == receipt.sha256
    rows = {row.field_name: row for row in document.signatures.all()}
    assert {row.trust_store for row in rows.values()} == {"official"}
    assert [rows[name].holder for name in ("NguoiSoHoa", "CoQuan")] == ["officer", "agency"]
    assert all(row.timestamped_at and row.issuer for row in rows.values())
    assert document.proven_until is not None
    kept = json.loads(house.work.read(document.evidence_sha256))
    assert [one["verdict"] for one in kept["signatures"]] == ["valid", "valid"]
    assert [one["verdict"] for one in kept["timestamps"]] == ["valid"]
