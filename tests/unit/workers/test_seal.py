"""The end of the way: two papers of one file, one plain and one of identity, signed and sealed."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive import ledger
from archive.models import Account, AuditEvent, Document, Receipt, SealedFile, StageRun
from archive.sealed import cipher_of, read_sealed
from archive.services.documents import (
    Cut,
    confirm_document,
    make_documents,
    plan_document,
    refuse_document,
)
from archive.services.sealing import is_named_in_work
from archive.stages import Stage
from archive.states import DocumentStatus, FileRole, PageState, Protection, ReceiptState
from archive.stores import Form
from archive.tags import Tag
from archive.verify import Holdings, verify_all
from ocr import page_text_to_bytes
from ocr.types import PageText, TextSource
from proof.types import What
from specimens import make_paper, render, write_scan_pdf
from tests.making import make_batch, make_page, make_receipt
from tests.unit.workers.conftest import work_off
from workers.house import House
from workers.loop import Worker
from workers.seal import gather_files, put_files
from workers.stages import STAGES

DPI = 100
KINDS = (("VB02", Protection.ORDINARY), ("KQ-CC", Protection.IDENTITY))


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A scanned file of two papers of one page."""
    path = tmp_path_factory.mktemp("scan") / "scan.pdf"
    images = [render(make_paper("VB07", seed=seed).pages[0], DPI) for seed in (1, 2)]
    write_scan_pdf(path, images, dpi=DPI)
    return path.read_bytes()


@pytest.fixture
def file(account: Account, house: House, scan: bytes) -> Iterator[Receipt]:
    """The file as it stands when its two papers were read: classified, with their fields."""
    receipt = make_receipt(
        make_batch(account), house, scan, media_type="application/pdf", page_count=2
    )
    with house.work.path(receipt.sha256) as path:
        size = _size_of(path)
    for number in (1, 2):
        text = PageText(*size, DPI, 0, 0.0, (), TextSource.OCR)
        kept = house.work.put(page_text_to_bytes(text)).sha256
        make_page(receipt, number, width=size[0], height=size[1], dpi=DPI, text_sha256=kept)
    for document, (kind, protection) in zip(
        make_documents(receipt, [Cut(1, 1), Cut(2, 2)]), KINDS, strict=True
    ):
        document.kind_code, document.protection = kind, protection
        document.kind_name = f"giấy {kind}"
        document.save()
        plan_document(Stage.RENDER, document)
    StageRun.objects.exclude(stage=Stage.RENDER).delete()
    yield receipt
    house.originals.forget()


def _size_of(path: Path) -> tuple[int, int]:
    from imaging import open_source

    with open_source(path) as source:
        height, width = source.page(1).pixels.shape[:2]
    return width, height


@pytest.fixture
def worker(house: House) -> Worker:
    """A worker on the real stages."""
    return Worker(house, STAGES, owner="test")


def papers(file: Receipt) -> list[Document]:
    """The file's documents, as the rows are now."""
    return list(Document.objects.filter(receipt=file).order_by("first_page"))


def confirm(file: Receipt, account: Account, worker: Worker) -> None:
    """Let the machine come to the check, and a person pass both papers."""
    work_off(worker)
    assert [one.status for one in papers(file)] == [DocumentStatus.WAITING] * 2
    for document in papers(file):
        confirm_document(document, account)


def problems(house: House) -> list[tuple[str, str]]:
    """What `verify --all` finds."""
    report = verify_all(
        Holdings(house.work, house.archive, house.vault, house.signers().trust_roots)
    )
    return [(one.id, str(one.what)) for one in report.problems]


@pytest.fixture(autouse=True)
def empty_archive(house: House) -> None:
    """Other tests' blobs and anchors lie in the same store, without rows: begin without them."""
    for name in ("blobs", "retention", "anchors", "keyring"):
        shutil.rmtree(house.archive._root / name, ignore_errors=True)  # type: ignore[attr-defined]


def test_both_are_sealed_and_the_file_once_in_the_strictest_class(
    file: Receipt, account: Account, house: House, worker: Worker, scan: bytes
) -> None:
    """Plain papers lie readable, identity papers encrypted; nothing is left under work."""
    confirm(file, account, worker)
    work_off(worker)
    plain, secret = papers(file)
    assert [one.status for one in (plain, secret)] == [DocumentStatus.ARCHIVED] * 2
    received = SealedFile.objects.filter(role=FileRole.RECEIVED, document__receipt=file)
    assert [row.blob.protection for row in received] == [Protection.IDENTITY]
    assert (
        read_sealed(
            received.get().document, FileRole.RECEIVED, archive=house.archive, vault=house.vault
        )
        == scan
    )
    for document, form in ((plain, Form.PLAIN), (secret, Form.ENCRYPTED)):
        roles = {row.role: row for row in document.files.exclude(role=FileRole.RECEIVED)}
        assert set(roles) == {"document", "text", "evidence", "scan", "metadata"}
        for row in roles.values():
            assert house.archive.forms(row.blob_id) == {form}
            assert bool(row.blob.wrapped_key) == (form == Form.ENCRYPTED)
        pdf = read_sealed(document, FileRole.DOCUMENT, archive=house.archive, vault=house.vault)
        assert pdf.startswith(b"%PDF")
        assert {row.field_name for row in document.signatures.all()} != set()
        if form == Form.ENCRYPTED:
            raw = b"".join(
                path.read_bytes()
                for row in roles.values()
                for path in house.archive._root.rglob(f"{row.blob_id}.enc")  # type: ignore[attr-defined]
            )
            assert len(raw) > len(pdf)
            assert b"%PDF" not in raw
            assert b"tangthu-text" not in raw
    assert problems(house) == []
    house.originals.forget()
    house.work.sweep(is_named_in_work)
    assert list(house.work.names()) == []


def test_a_seal_done_again_writes_the_same(
    file: Receipt, account: Account, house: House, worker: Worker
) -> None:
    """Killed after its bytes and before its row: the second time gives the very same names."""
    confirm(file, account, worker)
    while ledger.open_runs(stage=Stage.SIGN).exists():
        worker.step()
    document = papers(file)[1]
    run = StageRun.objects.get(stage=Stage.SEAL, subject_id=document.pk)
    once = gather_files(document, at=run.created_at, house=house)
    put_files(document, once, house)
    names = set(house.archive.names())
    again = gather_files(Document.objects.get(pk=document.pk), at=run.created_at, house=house)
    assert [(one.role, one.data) for one in again] == [(one.role, one.data) for one in once]
    put_files(document, again, house)
    assert set(house.archive.names()) == names


def test_two_papers_of_a_file_are_not_sealed_at_once(
    file: Receipt, account: Account, house: House, worker: Worker
) -> None:
    """Each would take the other for the last, and the file as received would never be sealed."""
    confirm(file, account, worker)
    while ledger.open_runs(stage=Stage.SIGN).exists():
        worker.step()
        ledger.open_runs(stage=Stage.SEAL).update(priority=-1)
    ledger.open_runs().exclude(stage=Stage.SEAL).delete()
    assert ledger.open_runs(stage=Stage.SEAL).count() == 2
    first = ledger.claim_run("one")
    assert first is not None
    assert first.stage == Stage.SEAL
    assert ledger.claim_run("two") is None
    ledger.release_runs()
    work_off(worker)
    file.refresh_from_db()
    assert file.received_sealed


def test_the_record_names_what_was_sealed(
    file: Receipt, account: Account, house: House, worker: Worker
) -> None:
    """The metadata tells of each file; the audit names the metadata."""
    confirm(file, account, worker)
    work_off(worker)
    for document in papers(file):
        record = json.loads(
            read_sealed(document, FileRole.METADATA, archive=house.archive, vault=house.vault)
        )
        told = {role: one["sha256"] for role, one in record["files"].items()}
        rows = document.files.exclude(role=FileRole.METADATA)
        assert told == {row.role: row.blob_id for row in rows}
        assert record["confirmed_by"] == account.username
        for row in document.files.select_related("blob"):
            assert house.archive.check(row.blob_id, cipher=cipher_of(row.blob, house.vault)) is None


@pytest.mark.parametrize("how", ["status", "rows"])
def test_an_archived_paper_that_vanished_is_told(
    file: Receipt, account: Account, house: House, worker: Worker, how: str
) -> None:
    """Whoever takes a paper out of the records past the verbs is found out by the audit."""
    confirm(file, account, worker)
    work_off(worker)
    gone = papers(file)[0]
    id_ = gone.pk
    if how == "status":
        Document.objects.filter(pk=id_).update(status=DocumentStatus.WAITING)
    else:
        gone.files.all().delete()
        gone.delete()
    assert (id_, str(What.RECORD_ALTERED)) in problems(house)


def test_the_last_paper_refused_leaves_the_other_sealed(
    file: Receipt, account: Account, house: House, worker: Worker
) -> None:
    """One refused first, one sealed after: the file as received is sealed with it."""
    work_off(worker)
    first, second = papers(file)
    refuse_document(first, account, reason="nhầm giấy")
    confirm_document(second, account)
    work_off(worker)
    first, second = papers(file)
    assert (first.status, second.status) == (DocumentStatus.REFUSED, DocumentStatus.ARCHIVED)
    file.refresh_from_db()
    assert (file.state, file.received_sealed) == (ReceiptState.DONE, True)
    assert {page.state for page in file.pages.all()} == {PageState.READ}


def test_the_file_is_kept_although_its_last_paper_was_refused(
    file: Receipt, account: Account, house: House, worker: Worker
) -> None:
    """One sealed first, one refused after: the file as received is sealed by itself, once."""
    work_off(worker)
    first, second = papers(file)
    confirm_document(first, account)
    work_off(worker)
    file.refresh_from_db()
    assert not file.received_sealed
    refuse_document(second, account, reason="nhầm giấy")
    work_off(worker)
    file.refresh_from_db()
    assert file.received_sealed
    kept = first.files.get(role=FileRole.RECEIVED)
    assert kept.blob_id == file.sha256
    assert AuditEvent.objects.filter(tag=Tag.FILE_SEALED).count() == 1
    assert problems(house) == []


def test_a_file_of_refused_papers_alone_stays_in_work(
    file: Receipt, account: Account, house: House, worker: Worker
) -> None:
    """Nothing of it was sealed: there is no paper whose class and retention it could take."""
    work_off(worker)
    for document in papers(file):
        refuse_document(document, account, reason="nhầm giấy")
    work_off(worker)
    file.refresh_from_db()
    assert not file.received_sealed
    assert house.work.exists(file.sha256)
