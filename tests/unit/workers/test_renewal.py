"""Proof of sealed papers is renewed before it weakens: once, whole, and nothing is overwritten."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from archive import ledger
from archive.errors import NotFoundError
from archive.examine import proof_problems
from archive.export import Exporter
from archive.models import (
    Account,
    ArchivedBlob,
    AuditEvent,
    Batch,
    Document,
    LegalHold,
    Renewal,
    StageRun,
)
from archive.sealed import blobs_of, read_sealed, read_version, sealed_file
from archive.services.levelling import held_blobs
from archive.services.looking import Reader
from archive.services.protection import misplaced_blobs, wanted_protection
from archive.services.renewing import due_for_renewal, plan_renewals
from archive.services.sealing import is_named_in_work
from archive.signing.levels import Level
from archive.stages import UPKEEP, Stage
from archive.states import DocumentStatus, FileRole, Protection, ReceiptState, RunState
from archive.tags import Tag
from archive.verify import Holdings, verify_documents
from config import pools
from config.cli import main
from config.pools import Drained
from proof.folder import check_folder
from proof.kept import ProofFileError, check_kept, evidence_kept, known_since
from proof.signatures import check_file
from proof.timestamps import TimestampReason
from proof.types import What
from proof.verdicts import Verdict
from tests.making import make_document, make_receipt
from tests.pki import LocalPki, blank_pdf, down
from tests.unit.archive.signing.test_levels import signed
from tests.unit.workers.conftest import plan
from workers import house as houses
from workers.house import House
from workers.loop import Worker
from workers.stages import STAGES
from workers.upkeep import plan_due_renewals

Sealed = Callable[..., tuple[House, Document]]
NOW = dt.datetime.now(dt.UTC)
LATE = dt.datetime(2035, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def sealed(batch: Batch, house: House, pki: LocalPki) -> Sealed:
    """A paper signed and sealed by the real stages, digitised or come signed."""

    def make(
        level: Level = Level.LTA, *, came_signed: bool = False, timestamps: str = "tsa-ending"
    ) -> tuple[House, Document]:
        signers = pki.signers(level, timestamps=timestamps)
        here = replace(house, signers=lambda: signers)
        data = signed(pki, pki.profile(Level.B)) if came_signed else blank_pdf()
        receipt = make_receipt(
            batch,
            house,
            data,
            state=ReceiptState.DONE,
            media_type="application/pdf",
            page_count=1,
            is_signed=came_signed,
            is_born_digital=came_signed,
        )
        work = house.work.put(data).sha256
        document = make_document(receipt, pdf_sha256=work, is_born_digital=came_signed)
        plan(receipt, Stage.SIGN, "document", document.pk)
        work_off(here)
        document.refresh_from_db()
        assert document.status == DocumentStatus.ARCHIVED
        return here, document

    return make


def work_off(house: House) -> None:
    """Do every run that is due, but reindexing."""
    StageRun.objects.filter(stage=Stage.INDEX).delete()
    worker = Worker(house, STAGES, owner="test")
    while worker.step():
        StageRun.objects.filter(stage=Stage.INDEX).delete()


def later(house: House, pki: LocalPki) -> House:
    """The house with a timestamp service whose certificate lasts."""
    signers = pki.signers(Level.LTA)
    return replace(house, signers=lambda: signers)


def problems(house: House, document: Document) -> list[object]:
    """What `tangthu verify` says of a document."""
    fresh = Document.objects.get(pk=document.pk)
    holdings = Holdings(house.work, house.archive, house.vault, house.signers().trust_roots)
    return list(verify_documents([fresh], holdings).problems)


def renew_now(house: House, document: Document) -> None:
    """Plan and do one renewal."""
    plan_renewals([document])
    work_off(house)
    document.refresh_from_db()


def test_a_digitised_paper_gets_one_more_timestamp(sealed: Sealed, pki: LocalPki) -> None:
    """A new file whose beginning is the old one; both lie in the archive; verify is content."""
    here, document = sealed()
    old = sealed_file(document, FileRole.DOCUMENT).blob_id
    before = here.archive.read(old, cipher=None)
    assert document.proven_until == dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
    assert not problems(here, document)
    there = later(here, pki)
    renew_now(there, document)
    newest = read_sealed(document, FileRole.DOCUMENT, archive=here.archive, vault=here.vault)
    assert newest.startswith(before)
    assert len(list(PdfFileReader(BytesIO(newest)).embedded_timestamp_signatures)) == 2
    rooms = {"archive": here.archive, "vault": here.vault}
    assert read_version(document, old, **rooms) == before
    assert (
        read_version(document, sealed_file(document, FileRole.DOCUMENT).blob_id, **rooms) == newest
    )
    with pytest.raises(NotFoundError):
        read_version(make_document(document.receipt, first_page=2), old, **rooms)
    assert document.proven_until is not None
    assert document.proven_until.year == 2030
    assert not problems(there, document)
    row = Renewal.objects.get(document=document)
    assert (row.number, row.old_id, row.role) == (1, old, "document")


def test_the_new_record_names_the_old_one(sealed: Sealed, pki: LocalPki) -> None:
    """The trail tells of the renewal, and the facts of the paper are as they were."""
    here, document = sealed()
    first = read_sealed(document, FileRole.METADATA, archive=here.archive, vault=here.vault)
    first_name = sealed_file(document, FileRole.METADATA).blob_id
    renew_now(later(here, pki), document)
    again = read_sealed(document, FileRole.METADATA, archive=here.archive, vault=here.vault)
    record, before = json.loads(again), json.loads(first)
    assert [one["record"] for one in record.pop("renewals")] == [first_name]
    record["files"].pop("document"), before["files"].pop("document")
    assert record == before
    event = AuditEvent.objects.get(tag=Tag.DOCUMENT_RENEWED)
    assert event.detail["record"] == sealed_file(document, FileRole.METADATA).blob_id


def test_what_came_signed_stays_byte_for_byte(sealed: Sealed, pki: LocalPki) -> None:
    """Its proof lies beside it, is renewed there, and outlives the first authority."""
    here, document = sealed(came_signed=True)
    before = sealed_file(document, FileRole.DOCUMENT).blob_id
    assert document.proven_until is None
    renew_now(here, document)
    assert document.proven_until == dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
    there = later(here, pki)
    renew_now(there, document)
    assert sealed_file(document, FileRole.DOCUMENT).blob_id == before
    kept = read_sealed(document, FileRole.PROOF, archive=here.archive, vault=here.vault)
    data = read_sealed(document, FileRole.DOCUMENT, archive=here.archive, vault=here.vault)
    found = check_kept(kept, data, pki.trust, now=LATE)
    assert [one.verdict for one in found] == [Verdict.VALID] * 2
    assert not problems(there, document)
    other = check_kept(kept, data + b"\n", pki.trust, now=LATE)
    assert {one.reason for one in other} == {TimestampReason.OTHER_DIGEST}
    assert Renewal.objects.filter(document=document).count() == 2


def test_beside_a_file_its_proof_makes_it_outlive_its_signers(
    sealed: Sealed, pki: LocalPki, tmp_path: Path
) -> None:
    """By the proof and the evidence kept with it, offline, after the signers' certificates."""
    here, document = sealed(came_signed=True)
    renew_now(later(here, pki), document)
    kept = read_sealed(document, FileRole.PROOF, archive=here.archive, vault=here.vault)
    data = _data(here, document)
    late = dt.datetime(2037, 1, 1, tzinfo=dt.UTC)
    alone = check_file(data, pki.trust, now=late).signatures
    assert Verdict.VALID not in {one.verdict for one in alone}
    since = known_since(check_kept(kept, data, pki.trust, now=late))
    found = check_file(
        data, pki.trust, now=late, evidence=evidence_kept(kept), known_at=since
    ).signatures
    assert [(one.verdict, one.timestamped_at) for one in found] == [(Verdict.VALID, since)] * 2


def test_an_exported_folder_checks_its_proof(sealed: Sealed, pki: LocalPki, tmp_path: Path) -> None:
    """`tangthu-verify` finds proof that is not the document's, without database or service."""
    here, document = sealed(came_signed=True)
    renew_now(later(here, pki), document)
    exporter = Exporter(here.archive, here.vault, pki.trust.roots, Reader("test"))
    folder = exporter.one(document, tmp_path / "out").path
    asked = len(pki.faults.asked)
    report = check_folder(folder, trust_roots=pki.trust.roots)
    assert not report.problems
    assert not [note for note in report.unchecked if document.pk in note]
    assert len(pki.faults.asked) == asked
    (folder / "documents" / document.pk / "proof.json").write_bytes(b"{}")
    whats = {one.what for one in check_folder(folder, trust_roots=pki.trust.roots).problems}
    assert What.SIGNATURE_INVALID in whats


def test_a_kept_proof_cannot_be_shortened_or_changed(sealed: Sealed, pki: LocalPki) -> None:
    """The newest token is over all before it."""
    here, document = sealed(came_signed=True)
    renew_now(here, document)
    renew_now(later(here, pki), document)
    kept = read_sealed(document, FileRole.PROOF, archive=here.archive, vault=here.vault)
    data = read_sealed(document, FileRole.DOCUMENT, archive=here.archive, vault=here.vault)
    value = json.loads(kept)
    value["entries"] = value["entries"][1:]
    cut = check_kept(json.dumps(value).encode(), data, pki.trust)
    assert cut[0].reason is TimestampReason.OTHER_DIGEST
    value = json.loads(kept)
    value["entries"][0]["material"]["crls"] = []
    changed = check_kept(json.dumps(value).encode(), data, pki.trust)
    assert changed[-1].reason is TimestampReason.OTHER_DIGEST
    for junk in (b"", b"{}", b"[]", b'{"format":"tangthu-proof/1","entries":[]}'):
        with pytest.raises(ProofFileError):
            check_kept(junk, data, pki.trust)


def test_verify_tells_a_proof_that_does_not_hold(sealed: Sealed, pki: LocalPki) -> None:
    """A proof of another paper's bytes is an alarm, whatever the rows say."""
    here, document = sealed(came_signed=True)
    renew_now(here, document)
    kept = read_sealed(document, FileRole.PROOF, archive=here.archive, vault=here.vault)
    assert list(proof_problems(kept, b"other", pki.trust))
    assert not list(proof_problems(kept, _data(here, document), pki.trust))


def _data(house: House, document: Document) -> bytes:
    return read_sealed(document, FileRole.DOCUMENT, archive=house.archive, vault=house.vault)


def test_only_what_weakens_soon_is_due(sealed: Sealed) -> None:
    """Days before the end, by setting; without an archive timestamp only where B-LTA is set."""
    _, ending = sealed()
    _, plain = sealed(Level.B)
    due = due_for_renewal(NOW, days=365, archives=False)
    assert list(due) == [ending]
    assert not due_for_renewal(NOW, days=5, archives=False).exists()
    assert set(due_for_renewal(NOW, days=365, archives=True)) == {ending, plain}


def test_the_chore_plans_each_end_once(sealed: Sealed, pki: LocalPki) -> None:
    """A service whose own certificate ends soon is not asked again and again."""
    here, document = sealed()
    assert plan_due_renewals(here) == 1
    assert plan_due_renewals(here) == 0  # it is under way
    work_off(here)
    assert len(check_file(_data(here, document), pki.trust).stamps) == 2
    plan_due_renewals(here)
    work_off(here)
    assert Renewal.objects.count() == 1


def test_nothing_is_planned_without_a_service(house: House, sealed: Sealed) -> None:
    """A house that signs at B-B with no service set asks nobody."""
    sealed()
    assert plan_due_renewals(house) == 0


def test_renewal_rests_while_the_service_is_away(sealed: Sealed, pki: LocalPki) -> None:
    """Nothing is lost; the paper stays sealed as it was."""
    here, document = sealed()
    plan_renewals([document])
    with pki.faults.at("/tsa/", down):
        work_off(here)
    run = StageRun.objects.get(stage=Stage.RENEW)
    assert (run.state, run.strikes) == (RunState.READY, 0)
    assert not problems(here, document)
    ledger.wake_runs()
    work_off(here)
    assert Renewal.objects.count() == 1


def exhaust(worker: Worker) -> None:
    """Work until nothing is due."""
    while worker.step():
        pass


class KilledError(BaseException):
    """The machine stops here."""


@pytest.mark.parametrize("stage", sorted(UPKEEP))
@pytest.mark.parametrize("moment", ["claimed", "computed", "kept"])
def test_a_kill_leaves_one_renewal(sealed: Sealed, pki: LocalPki, stage: str, moment: str) -> None:
    """Killed anywhere and done again: one new file, nothing extra in the archive."""
    here, document = sealed()
    there = later(here, pki)
    plan_renewals([document])
    names = set(here.archive.names())

    def stop(seen: str, where: str) -> None:
        if (seen, where) == (moment, stage):
            raise KilledError

    dying = Worker(there, STAGES, owner="dying", observe=stop)
    with pytest.raises(KilledError):
        exhaust(dying)
    ledger.release_runs()
    here.work.sweep(is_named_in_work)
    work_off(there)
    document.refresh_from_db()
    assert Renewal.objects.count() == 1
    assert len(set(here.archive.names()) - names) == 2  # the file and its record
    assert not problems(there, document)


def test_what_was_replaced_goes_the_way_of_its_paper(
    sealed: Sealed, pki: LocalPki, account: Account
) -> None:
    """Older files and records are protected, held and shredded with the paper."""
    here, document = sealed()
    old = {sealed_file(document, role).blob_id for role in (FileRole.DOCUMENT, FileRole.METADATA)}
    renew_now(later(here, pki), document)
    now = {sealed_file(document, role).blob_id for role in (FileRole.DOCUMENT, FileRole.METADATA)}
    assert not old & now
    found = ArchivedBlob.objects.filter(blobs_of([document.pk]))
    assert old | now <= set(found.values_list("pk", flat=True))
    LegalHold.objects.create(document=document, reason="thanh tra", placed_by=account)
    assert old <= set(held_blobs().values_list("pk", flat=True))
    Document.objects.filter(pk=document.pk).update(protection=Protection.IDENTITY)
    assert old <= set(misplaced_blobs().values_list("pk", flat=True))
    for blob in ArchivedBlob.objects.filter(pk__in=old):
        assert wanted_protection(blob) is Protection.IDENTITY


def test_giving_up_keeps_the_paper_sealed(sealed: Sealed) -> None:
    """A renewal that cannot be made is told in the trail; the paper is as it was."""
    here, document = sealed()

    def broken(_run: StageRun, _house: House) -> None:
        raise RuntimeError

    plan_renewals([document])
    worker = Worker(here, {**STAGES, Stage.RENEW: broken}, owner="test")  # type: ignore[dict-item]
    while worker.step():
        StageRun.objects.update(not_before=None)
    document.refresh_from_db()
    assert StageRun.objects.get(stage=Stage.RENEW).state == RunState.DEAD
    assert document.status == DocumentStatus.ARCHIVED
    assert document.waiting == []


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., tuple[int, dict[str, Any]]]]:
    """`tangthu renew --json` in a house, its work done in this process."""

    def run(here: House, *words: str) -> tuple[int, dict[str, Any]]:
        def drain(*, size: int, tick: Callable[[], None]) -> Drained:
            work_off(here)
            tick()
            return Drained(worked=size > 0)

        monkeypatch.setattr(pools, "drain_here", drain)
        houses.current.cache_clear()
        monkeypatch.setattr(houses, "_builders", [lambda: here])
        capsys.readouterr()
        status = main(["renew", *words, "--json"])
        return status, json.loads(capsys.readouterr().out)

    yield run
    houses.current.cache_clear()


Command = Callable[..., tuple[int, dict[str, Any]]]


def test_the_command_renews_what_is_due(sealed: Sealed, pki: LocalPki, command: Command) -> None:
    """Once; the second time nothing is due, and a paper named is renewed all the same."""
    here, document = sealed()
    there = later(here, pki)
    status, told = command(there)
    assert (status, told["due"], told["failed"]) == (0, 1, [])
    assert told["renewed"] == [{"id": document.pk, "proven_until": "2030-12-31T00:00:00+00:00"}]
    assert command(there) == (0, {"due": 0, "renewed": [], "failed": []})
    status, told = command(there, document.pk)
    assert (status, len(told["renewed"])) == (0, 1)
    assert not problems(there, document)


def test_the_command_says_what_stops_it(
    house: House, sealed: Sealed, pki: LocalPki, command: Command
) -> None:
    """A service that is away, no service, a paper that is not there: each by its code."""
    here, _ = sealed()
    with pki.faults.at("/tsa/", down):
        assert command(here)[1]["error"]["code"] == "signing_service_unavailable"
    assert command(house)[1]["error"]["code"] == "setting_invalid"
    assert command(here, "D000000AAAAAAAA")[1]["error"]["code"] == "not_found"
