"""A dossier and its table of contents in the records: compared whenever either changes."""

import datetime as dt
from typing import Any

import pytest

from archive.models import Account, AuditEvent, Batch, ContentsList, Document, Receipt, StageRun
from archive.services.contents import plan_comparison_of, record_contents
from archive.services.cuts import PageRange, cuts_seen, recut_file
from archive.services.documents import (
    confirm_document,
    correct_document,
    plan_document,
    record_fields,
    refuse_document,
)
from archive.services.intake import Intake, accept_file, open_batch
from archive.services.subjects import dossier_for
from archive.stages import Stage
from archive.states import DocumentStatus, Protection, ReceiptState, RunState
from archive.tags import Tag
from classify import CONTENTS, COVER
from imaging.errors import CorruptFileError
from tests.making import make_batch, make_document, make_page, make_receipt
from tests.unit.workers.conftest import work_off
from workers.contents import contents_remarks
from workers.house import House
from workers.loop import Worker
from workers.outcome import Outcome
from workers.stages import STAGES

ROWS = (
    ("1", "12/QĐ-UBND", "2010-03-05", "Quyết định phê duyệt kế hoạch sửa chữa trường tiểu học"),
    ("2", "71/TTr-UBND", "2010-04-01", "Tờ trình xin chủ trương mở rộng đường liên thôn"),
)


def row(ordinal: str, number: str, day: str, abstract: str) -> dict[str, Any]:
    return {
        "ordinal": int(ordinal), "number": number, "issued_on": day, "abstract": abstract,
        "issuer": "", "sheet": "", "page": 1, "box": [0, 0, 9, 9],
    }  # fmt: skip


@pytest.fixture
def receipt(account: Account, house: House) -> Receipt:
    """A file of four pages that was separated."""
    batch = make_batch(account)
    receipt = make_receipt(batch, house, page_count=4, state=ReceiptState.DONE)
    for number in range(1, 5):
        make_page(receipt, number)
    return receipt


@pytest.fixture
def comparer(house: House) -> Worker:
    """A worker that compares, and does nothing else that it finds."""
    return Worker(house, {Stage.COMPARE: STAGES[Stage.COMPARE]}, owner="test")


def paper(receipt: Receipt, first: int, name: str = "văn bản", **of: Any) -> Document:
    """A paper that was read and waits."""
    given = {
        "kind_name": name, "status": DocumentStatus.WAITING, "protection": Protection.ORDINARY,
        "waiting": [{"code": "check_due", "message": "Chờ."}],
    }  # fmt: skip
    return make_document(receipt, first, **given | of)


def listing(receipt: Receipt, first: int = 1) -> Document:
    """The table of contents of two papers."""
    document = paper(receipt, first, CONTENTS)
    record_contents(document, [row(*one) for one in ROWS])
    return document


def first_paper(receipt: Receipt, at: int = 2, **of: Any) -> Document:
    given: dict[str, Any] = {"number": "12/QĐ-UBND", "abstract": ROWS[0][3]}
    given["issued_on"] = dt.date(2010, 3, 5)
    return paper(receipt, at, **given | of)


def compared(comparer: Worker) -> dict[str, Any]:
    """Let the stage run; return the newest result."""
    StageRun.objects.exclude(stage=Stage.COMPARE).delete()
    work_off(comparer)
    result: dict[str, Any] | None = ContentsList.objects.latest("compared_at").result
    assert result is not None
    return result


def codes(document: Document) -> list[str]:
    document.refresh_from_db()
    return [reason["code"] for reason in document.waiting]


def test_found_missing_and_extra(receipt: Receipt, comparer: Worker) -> None:
    """Told on the list, and on the paper that it does not name; covers are no papers."""
    contents = listing(receipt)
    known = first_paper(receipt)
    stray = paper(receipt, 3, number="99/KH-UBND", issued_on=dt.date(2012, 1, 1))
    paper(receipt, 4, COVER)
    result = compared(comparer)
    assert [(one["entry"], one["document"]) for one in result["found"]] == [(0, known.pk)]
    assert (result["missing"], result["unlisted"]) == ([1], [stray.pk])
    assert codes(contents) == ["check_due", "check_contents_missing", "check_contents_extra"]
    assert "2 (71/TTr-UBND)" in contents.waiting[1]["message"]
    assert codes(stray) == ["check_due", "check_contents_unlisted"]
    assert codes(known) == ["check_due"]
    event = AuditEvent.objects.get(tag=Tag.CONTENTS_COMPARED)
    assert event.detail == {"found": 1, "missing": 1, "unlisted": 1}


def test_a_correction_compares_anew(receipt: Receipt, account: Account, comparer: Worker) -> None:
    """The number put right: the warning goes, and nothing else of the reasons."""
    contents = listing(receipt)
    stray = paper(
        receipt, 2, number="17/TTr-UBND", abstract="Kế hoạch phòng cháy rừng mùa khô",
        issued_on=dt.date(2010, 4, 1),
    )  # fmt: skip
    assert compared(comparer)["unlisted"] == [stray.pk]
    correct_document(stray, account, {"number": "71/TTr-UBND", "abstract": ROWS[1][3]})
    result = compared(comparer)
    assert (result["unlisted"], result["missing"]) == ([], [0])
    assert codes(stray) == ["check_due"]
    correct_document(stray, account, {"number": "17/TTr-UBND", "abstract": "Kế hoạch cháy rừng"})
    assert compared(comparer)["unlisted"] == [stray.pk]
    assert codes(contents) == ["check_due", "check_contents_missing", "check_contents_extra"]


def test_what_the_list_knows_of_an_unread_number(receipt: Receipt, comparer: Worker) -> None:
    """The clerk is told what to compare the handwriting with; nothing is filled in."""
    listing(receipt)
    unread = first_paper(receipt, number="")
    compared(comparer)
    assert codes(unread) == ["check_due", "check_contents_differs"]
    reason = unread.waiting[1]
    assert reason["field"] == "number"
    assert "ghi số “12/QĐ-UBND”, máy chưa đọc được" in reason["message"]
    assert unread.number == ""


def test_warnings_never_block(receipt: Receipt, account: Account, comparer: Worker) -> None:
    """A paper not listed is confirmed like any other, and keeps what it was confirmed with."""
    listing(receipt)
    stray = paper(receipt, 2, number="99/KH-UBND")
    compared(comparer)
    assert codes(stray) == ["check_due", "check_contents_unlisted"]
    confirm_document(stray, account)
    plan_comparison_of(stray)
    compared(comparer)
    assert codes(stray) == ["signature_due"]


def test_the_check_says_what_was_compared_before_it(receipt: Receipt, comparer: Worker) -> None:
    """Whichever of the two comes first."""
    listing(receipt)
    stray = paper(receipt, 2, number="99/KH-UBND", waiting=[], status=DocumentStatus.PROCESSING)
    compared(comparer)
    assert codes(stray) == []
    assert [reason["code"] for reason in contents_remarks(stray)] == ["check_contents_unlisted"]


def test_a_refused_paper_is_missing(receipt: Receipt, account: Account, comparer: Worker) -> None:
    listing(receipt)
    known = first_paper(receipt)
    compared(comparer)
    refuse_document(known, account, reason="mờ")
    assert compared(comparer)["missing"] == [0, 1]


def test_cutting_compares_anew(receipt: Receipt, account: Account, comparer: Worker) -> None:
    """Joined to another, a listed paper is gone until the new one is read."""
    listing(receipt)
    known = first_paper(receipt)
    paper(receipt, 3, number="99/KH-UBND")
    assert compared(comparer)["found"][0]["document"] == known.pk
    seen = cuts_seen(Document.objects.order_by("first_page"))
    recut_file(receipt, account, [PageRange(1, 1), PageRange(2, 3)], seen=seen)
    made = Document.objects.get(first_page=2)
    result = compared(comparer)
    assert (result["missing"], result["unlisted"]) == ([0, 1], [made.pk])
    given = {"number": "12/QĐ-UBND", "abstract": ROWS[0][3], "issued_on": "2010-03-05"}
    record_fields(
        made,
        [
            {"name": name, "value": value, "confidence": 0.9, "sure": True}
            for name, value in given.items()
        ],
    )
    assert compared(comparer)["found"][0]["document"] == made.pk


def test_a_list_that_is_cut_away_is_gone(receipt: Receipt, account: Account) -> None:
    """With its document; its comparison under way has nothing to do."""
    listing(receipt)
    first_paper(receipt)
    seen = cuts_seen(Document.objects.order_by("first_page"))
    recut_file(receipt, account, [PageRange(1, 2)], seen=seen)
    assert not ContentsList.objects.exists()


def test_no_list_no_work(receipt: Receipt, account: Account) -> None:
    known = first_paper(receipt)
    correct_document(known, account, {"number": "13/QĐ-UBND"})
    assert not StageRun.objects.filter(stage=Stage.COMPARE).exists()


def test_of_many_that_wait_the_last_alone_works(receipt: Receipt, comparer: Worker) -> None:
    """A dossier of a hundred papers is compared once, after the last was read."""
    listing(receipt)
    known = first_paper(receipt)
    for _ in range(5):
        plan_comparison_of(known)
    runs = StageRun.objects.filter(stage=Stage.COMPARE)
    assert runs.count() == 6
    assert all(run.priority < 5 for run in runs), "after everything that is being read"
    compared(comparer)
    assert AuditEvent.objects.filter(tag=Tag.CONTENTS_COMPARED).count() == 1
    assert set(runs.values_list("state", flat=True)) == {RunState.DONE}


def test_killed_before_its_commit_it_comes_again(
    receipt: Receipt, house: House, comparer: Worker
) -> None:
    """Nothing is written by halves; done twice it says the same."""

    class KilledError(BaseException):
        pass

    def kill(moment: str, stage: str) -> None:
        if moment == "kept":
            raise KilledError

    contents = listing(receipt)
    first_paper(receipt)
    dying = Worker(house, {Stage.COMPARE: STAGES[Stage.COMPARE]}, owner="x", observe=kill)
    with pytest.raises(KilledError):
        dying.step()
    assert ContentsList.objects.get().result is None
    StageRun.objects.update(state=RunState.READY)
    first = compared(comparer)
    before = contents.waiting
    StageRun.objects.filter(stage=Stage.COMPARE).update(state=RunState.READY)
    assert compared(comparer) == first
    contents.refresh_from_db()
    assert len(contents.waiting) == len(before) + 1


def test_given_up_it_leaves_the_document_alone(receipt: Receipt, house: House) -> None:
    """A warning that could not be made is no reason to stop anything."""
    contents = listing(receipt)

    def broken(run: StageRun, house: House) -> Outcome:
        raise CorruptFileError

    work_off(Worker(house, {Stage.COMPARE: broken}, owner="test"))
    assert codes(contents) == ["check_due"]


class TestScope:
    """What a list is compared with."""

    def test_a_dossier_over_several_files(
        self, account: Account, house: House, comparer: Worker
    ) -> None:
        """Every paper of the dossier, whatever batch it came in; none of another dossier."""
        dossier = dossier_for("H01")
        files = [make_receipt(make_batch(account), house) for _ in range(3)]
        contents = paper(files[0], 1, CONTENTS)
        contents.dossiers.add(dossier)
        record_contents(contents, [row(*one) for one in ROWS])
        far, other = first_paper(files[1], 1), paper(files[2], 1, number="71/TTr-UBND")
        far.dossiers.add(dossier)
        other.dossiers.add(dossier_for("H02"))
        plan_comparison_of(far)
        result = compared(comparer)
        assert [one["document"] for one in result["found"]] == [far.pk]
        assert (result["missing"], result["unlisted"]) == ([1], [])

    def test_a_list_scanned_as_a_file_of_its_own(
        self, account: Account, house: House, comparer: Worker
    ) -> None:
        """A folder of files without a dossier's code: the papers of the batch."""
        batch = make_batch(account)
        listing(make_receipt(batch, house))
        known = first_paper(make_receipt(batch, house), 1)
        plan_comparison_of(known)
        assert compared(comparer)["found"][0]["document"] == known.pk

    def test_two_such_lists_in_a_batch(
        self, account: Account, house: House, comparer: Worker
    ) -> None:
        """Nobody can say whose the papers are: each is compared with its own file."""
        batch = make_batch(account)
        listing(make_receipt(batch, house))
        known = first_paper(make_receipt(batch, house), 1)
        listing(make_receipt(batch, house))
        plan_comparison_of(known)
        compared(comparer)
        assert [one.result["unlisted"] for one in ContentsList.objects.all() if one.result] == [
            [], [],
        ]  # fmt: skip

    def test_a_paper_linked_later(self, account: Account, house: House, comparer: Worker) -> None:
        """The same bytes fed again under the dossier: linked, and compared."""
        dossier = dossier_for("H01")
        contents = paper(make_receipt(make_batch(account), house), 1, CONTENTS)
        contents.dossiers.add(dossier)
        record_contents(contents, [row(*one) for one in ROWS])
        old = make_receipt(make_batch(account), house, state=ReceiptState.DONE)
        known = first_paper(old, 1)
        assert compared(comparer)["found"] == []
        batch = open_batch(Intake(name="lô", dossier_code="H01"), account)
        accept_file(batch, "lần nữa.pdf", old.sha256, 1)
        assert compared(comparer)["found"][0]["document"] == known.pk


def test_extraction_reads_the_list(
    receipt: Receipt, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A paper named as a table of contents gives its entries to the record; another gives none."""
    from workers.stages import documents

    monkeypatch.setattr(documents, "entry_rows", lambda _: [row(*one) for one in ROWS])
    contents, other = paper(receipt, 1, CONTENTS), first_paper(receipt)
    for document in (contents, other):
        plan_document(Stage.EXTRACT, document)
    worker = Worker(house, {Stage.EXTRACT: STAGES[Stage.EXTRACT]}, owner="test")
    assert worker.step()
    assert worker.step()
    assert [row.document_id for row in ContentsList.objects.all()] == [contents.pk]
    assert StageRun.objects.filter(stage=Stage.COMPARE, state=RunState.READY).exists()
    assert Batch.objects.count() == 1
