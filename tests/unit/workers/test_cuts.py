"""Cuts moved by a person: every rule, twice, against others, and killed in between."""

from typing import Any

import pytest
from django.contrib.auth.models import Group

from archive import ledger
from archive.errors import (
    ArchiveError,
    CutsBusyError,
    CutsChangedError,
    CutsFixedError,
    CutsInvalidError,
    CutsWholeError,
    NotAllowedError,
    WrongStateError,
)
from archive.models import (
    Account,
    AuditEvent,
    Batch,
    CutPlan,
    Document,
    Dossier,
    Field,
    Page,
    Receipt,
    StageRun,
)
from archive.services import cuts as verbs
from archive.services.cuts import (
    PageRange,
    Proposal,
    Recut,
    cuts_by_people,
    cuts_seen,
    propose_cuts,
    recut_file,
)
from archive.services.documents import (
    Cut,
    confirm_document,
    correct_document,
    correct_kind,
    plan_document,
    record_fields,
    record_kind,
    refuse_document,
)
from archive.services.people import add_account
from archive.services.sealing import is_named_in_work
from archive.stages import Stage
from archive.states import BatchState, DocumentStatus, PageState, Protection, Role, RunState
from archive.tags import Tag
from tests.making import make_batch, make_page, make_receipt
from workers.house import House
from workers.loop import Worker
from workers.stages import STAGES

PAGES = 6
PROPOSED = Proposal(
    cuts=(
        Cut(2, 3, dossier="H01", subject="079204000001", confidence=0.97, reason="sau tờ"),
        Cut(4, 4, dossier="H01", subject="079204000001", confidence=0.9, reason="quốc hiệu"),
        Cut(5, 6, dossier="H01", subject="079204000001", confidence=0.7, reason="số 1"),
    ),
    sheets=(1,),
)


@pytest.fixture
def receipt(account: Account, house: House) -> Receipt:
    """A file of six pages, a sheet before three documents that were read and wait."""
    receipt = make_receipt(make_batch(account, dossier_code="LO"), house, page_count=PAGES)
    for number in range(1, PAGES + 1):
        make_page(receipt, number)
    propose_cuts(receipt, PROPOSED)
    for document in Document.objects.all():
        settle(document)
    StageRun.objects.all().delete()
    Batch.objects.update(state=BatchState.FINISHED)
    receipt.refresh_from_db()
    return receipt


def settle(document: Document, **changes: Any) -> None:
    """As after reading: of a plain kind, waiting for a person."""
    given = {"status": DocumentStatus.WAITING, "protection": Protection.ORDINARY}
    Document.objects.filter(pk=document.pk).update(
        **given, kind_code="VB02", machine_kind_code="VB02", kind_name="quyết định", **changes
    )


def read(name: str, value: str) -> dict[str, Any]:
    """A field as the machine reads it."""
    return {"name": name, "value": value, "confidence": 0.5, "sure": False}


def papers() -> list[Document]:
    return list(Document.objects.order_by("first_page"))


def ranges() -> list[tuple[int, int]]:
    return [(paper.first_page, paper.last_page) for paper in papers()]


def cut(receipt: Receipt, account: Account, *wanted: tuple[int, int], seen: str = "") -> Recut:
    """Cut as a person does who has just looked."""
    pages = [PageRange(*one) for one in wanted]
    return recut_file(receipt, account, pages, seen=seen or cuts_seen(papers()))


def state() -> list[Any]:
    """Everything that a refused change must leave alone."""
    rows: list[Any] = []
    for model in (Document, Field, Page, StageRun, AuditEvent, Receipt, Batch, CutPlan):
        rows += list(model.objects.order_by("pk").values())
    return rows


def refused(error: type[ArchiveError], receipt: Receipt, account: Account, *wanted: Any) -> str:
    """The change is refused with this error and nothing is written; return its sentence."""
    before = state()
    with pytest.raises(error) as caught:
        cut(receipt, account, *wanted)
    assert caught.type is error
    assert before == state()
    return caught.value.message


def test_what_stays_keeps_its_id_and_the_rest_is_read_anew(
    receipt: Receipt, account: Account
) -> None:
    """Join the last two: the first is untouched, the others give way to one, read from its kind."""
    first, second, third = papers()
    plan_document(Stage.RENDER, second)
    done = cut(receipt, account, (2, 3), (4, 6))
    kept, made = papers()
    assert kept.pk == first.pk
    assert done == Recut((first.pk,), (second.pk, third.pk), (made.pk,))
    assert ranges() == [(2, 3), (4, 6)]
    assert {p.number: p.document_id for p in receipt.pages.all()} == {
        1: None, 2: first.pk, 3: first.pk, 4: made.pk, 5: made.pk, 6: made.pk,
    }  # fmt: skip
    runs = {(r.subject_id, r.stage): r.state for r in StageRun.objects.all()}
    assert runs == {
        (second.pk, "render"): RunState.SUPERSEDED,
        (second.pk, "index"): RunState.READY,
        (third.pk, "index"): RunState.READY,
        (made.pk, "classify"): RunState.READY,
    }
    assert made.protection == Protection.IDENTITY, "as strict as can be until its kind is known"
    assert [d.code for d in made.dossiers.all()] == ["H01"]
    assert made.subject is not None
    assert made.subject.identifier == "079204000001"


def test_the_batch_works_again_and_both_words_are_kept(receipt: Receipt, account: Account) -> None:
    """The machine's proposal stays beside the person's; who, when, before and after are told."""
    before = papers()
    cut(receipt, account, (2, 2), (3, 6))
    plan = CutPlan.objects.get(receipt=receipt)
    assert [c["first_page"] for c in plan.proposed["cuts"]] == [2, 4, 5]
    assert plan.proposed["cuts"][2]["reason"] == "số 1"
    assert plan.wanted == [[2, 2], [3, 6]]
    assert (plan.changed_by, plan.changed_at is None) == (account, False)
    assert list(cuts_by_people()) == [(receipt.pk, [2, 4, 5], [2, 3])]
    assert Batch.objects.get().state == BatchState.PROCESSING
    event = AuditEvent.objects.get(tag=Tag.FILE_RECUT)
    assert event.actor == account.username
    assert event.detail["before"] == [[d.pk, d.first_page, d.last_page] for d in before]
    assert event.detail["after"] == [[d.pk, d.first_page, d.last_page] for d in papers()]
    undone = AuditEvent.objects.filter(tag=Tag.DOCUMENT_UNDONE).values_list("subject", flat=True)
    assert set(undone) == {f"document:{d.pk}" for d in before}


def test_pages_can_be_left_out_and_given(receipt: Receipt, account: Account) -> None:
    """A sheet goes to the document behind it, another page to none."""
    cut(receipt, account, (1, 3), (5, 6))
    assert ranges() == [(1, 3), (5, 6)]
    assert receipt.pages.get(number=4).document is None
    assert [d.code for d in papers()[0].dossiers.all()] == ["H01"]


@pytest.mark.parametrize(
    "wanted",
    [[], [(2, 7)], [(0, 3)], [(3, 2)], [(2, 4), (4, 6)], [(2, 3), (2, 3)]],
)
def test_pages_twice_backwards_beyond_or_none_are_refused(
    receipt: Receipt, account: Account, wanted: list[tuple[int, int]]
) -> None:
    refused(CutsInvalidError, receipt, account, *wanted)


def test_order_does_not_matter(receipt: Receipt, account: Account) -> None:
    cut(receipt, account, (4, 6), (2, 3))
    assert ranges() == [(2, 3), (4, 6)]


def test_twice_is_once(receipt: Receipt, account: Account) -> None:
    """The form sent again, from what was seen before: nothing more happens."""
    seen = cuts_seen(papers())
    cut(receipt, account, (2, 3), (4, 6), seen=seen)
    before = state()
    again = cut(receipt, account, (2, 3), (4, 6), seen=seen)
    assert (again.removed, again.made) == ((), ())
    assert before == state()


def test_saving_what_the_machine_proposed_stands_for_it(receipt: Receipt, account: Account) -> None:
    """Nothing changes but that a person said so: a lesson, and safe from newer versions."""
    before = papers()
    done = cut(receipt, account, (2, 3), (4, 4), (5, 6))
    assert (done.removed, done.made) == ((), ())
    assert before == papers()
    assert CutPlan.objects.get().wanted == [[2, 3], [4, 4], [5, 6]]
    assert not StageRun.objects.exists()


def test_somebody_else_was_faster(receipt: Receipt, account: Account) -> None:
    """Cuts saved after the person looked are not undone by them."""
    seen = cuts_seen(papers())
    cut(receipt, account, (2, 3), (4, 6))
    with pytest.raises(CutsChangedError) as caught:
        cut(receipt, account, (2, 4), (5, 6), seen=seen)
    assert "Hãy xem cách chia hiện tại" in caught.value.message
    assert ranges() == [(2, 3), (4, 6)]


def test_a_correction_meanwhile_counts_where_it_would_be_touched(
    receipt: Receipt, account: Account
) -> None:
    """Of the document that changes: a conflict. Of another: none."""
    seen = cuts_seen(papers())
    correct_document(papers()[0], account, {"issuer": "UBND xã"})
    with pytest.raises(CutsChangedError):
        cut(receipt, account, (2, 2), (3, 3), (4, 4), (5, 6), seen=seen)
    cut(receipt, account, (2, 3), (4, 6), seen=seen)
    assert ranges() == [(2, 3), (4, 6)]


@pytest.mark.parametrize("seen", ["", "nonsense", "D1:2-3:1 D2:4-4:1 D3:5-6:1"])
def test_who_has_not_looked_changes_nothing(receipt: Receipt, account: Account, seen: str) -> None:
    with pytest.raises(CutsChangedError):
        recut_file(receipt, account, [PageRange(1, 6)], seen=seen)
    assert ranges() == [(2, 3), (4, 4), (5, 6)]


def test_confirmed_signed_sealed_and_refused_are_borders(
    receipt: Receipt, account: Account
) -> None:
    """Their pages stay, in words; what lies between them may still be cut."""
    first, _second, third = papers()
    confirm_document(first, account)
    refuse_document(third, account, reason="mờ")
    said = refused(CutsFixedError, receipt, account, (2, 2), (3, 4), (5, 6))
    assert said.startswith("Trang 2–3: ")
    refused(CutsFixedError, receipt, account, (2, 3), (4, 6))
    Document.objects.filter(pk=third.pk).update(status=DocumentStatus.ARCHIVED)
    refused(CutsFixedError, receipt, account, (2, 3), (4, 4))
    StageRun.objects.filter(stage=Stage.SIGN).delete()
    cut(receipt, account, (1, 1), (2, 3), (4, 4), (5, 6))
    assert ranges() == [(1, 1), (2, 3), (4, 4), (5, 6)]


def test_what_is_signed_and_not_yet_sealed_is_a_border(receipt: Receipt, account: Account) -> None:
    Document.objects.filter(first_page=2).update(signed_sha256="1" * 64)
    refused(CutsFixedError, receipt, account, (2, 4), (5, 6))


def test_while_the_file_is_being_sealed_it_waits(receipt: Receipt, account: Account) -> None:
    """The seal of the last document takes the original along: none is added behind its back."""
    plan_document(Stage.SEAL, papers()[0])
    refused(CutsBusyError, receipt, account, (1, 1), (2, 3), (4, 4), (5, 6))


@pytest.mark.parametrize("change", [{"is_born_digital": True}, {"received_sealed": True}])
def test_what_is_kept_whole_is_not_cut(
    receipt: Receipt, account: Account, change: dict[str, bool]
) -> None:
    Receipt.objects.update(**change)
    refused(CutsWholeError, receipt, account, (2, 6))


def test_a_file_that_is_not_separated_is_not_cut(account: Account, house: House) -> None:
    receipt = make_receipt(make_batch(account), house, page_count=2)
    with pytest.raises(WrongStateError):
        cut(receipt, account, (1, 2))


def test_leaving_out_the_last_open_paper_lets_the_file_be_kept(
    receipt: Receipt, account: Account
) -> None:
    """Nothing waits any more: the file as received is sealed."""
    first, second, _third = papers()
    Document.objects.filter(pk__in=(first.pk, second.pk)).update(status=DocumentStatus.ARCHIVED)
    cut(receipt, account, (2, 3), (4, 4))
    assert StageRun.objects.filter(stage=Stage.KEEP, subject_id=str(receipt.pk)).exists()


ROLES = [(Role.OPERATOR, True), (Role.CHECKER, True), (Role.SIGNER, False), (Role.CLERK, False)]


@pytest.mark.parametrize(("role", "may"), ROLES)
def test_who_scans_and_who_checks_may_cut(receipt: Receipt, role: Role, *, may: bool) -> None:
    made = add_account("x", full_name="X", unit="", roles=[role], actor="machine")
    if may:
        cut(receipt, made, (2, 3), (4, 6))
        assert ranges() == [(2, 3), (4, 6)]
    else:
        refused(NotAllowedError, receipt, made, (2, 3), (4, 6))


def test_batches_of_another_unit_are_not_cut(receipt: Receipt) -> None:
    Batch.objects.update(unit="Xã Một")
    made = add_account("x", full_name="X", unit="Xã Hai", roles=[Role.CHECKER], actor="machine")
    receipt.refresh_from_db()
    refused(NotAllowedError, receipt, made, (2, 3), (4, 6))


def test_identity_papers_are_cut_by_those_who_see_them(receipt: Receipt, account: Account) -> None:
    """Joining one to an ordinary paper would show it to whoever sees ordinary ones."""
    account.groups.set(Group.objects.filter(name=Role.OPERATOR))
    account = Account.objects.get(pk=account.pk)
    Document.objects.filter(first_page=4).update(protection=Protection.IDENTITY)
    said = refused(NotAllowedError, receipt, account, (2, 4), (5, 6))
    assert "nhờ người kiểm tra" in said
    cut(receipt, account, (2, 2), (3, 3), (4, 4), (5, 6))
    assert ranges() == [(2, 2), (3, 3), (4, 4), (5, 6)]


def test_what_a_person_said_goes_over(receipt: Receipt, account: Account) -> None:
    """Kind and corrections stay with the document that begins there; the rest is set aside."""
    first = papers()[0]
    for name, page in (("number", 2), ("signer_name", 3)):
        Field.objects.create(document=first, name=name, value="máy", machine_value="máy", page=page)
    correct_document(first, account, {"number": "12/QĐ-UBND", "signer_name": "Trần Thị Mẫu"})
    correct_kind(
        first, account, code="VB28", name="công văn", form="công văn",
        protection=Protection.ORDINARY,
    )  # fmt: skip
    cut(receipt, account, (2, 2), (3, 3), (4, 4), (5, 6))
    head, tail = papers()[:2]
    guess: dict[str, Any] = {
        "kind_code": "VB02",
        "kind_name": "quyết định",
        "form": None,
        "kind_reasons": [],
    }
    record_kind(head, protection=Protection.ORDINARY, kind_confidence=0.8, **guess)
    record_fields(head, [read("number", "13/QĐ"), read("issuer", "x")])
    head.refresh_from_db()
    assert (head.kind_code, head.machine_kind_code) == ("VB28", "VB02")
    number = head.fields.get(name="number")
    assert (number.value, number.machine_value, number.corrected_by) == (
        "12/QĐ-UBND", "13/QĐ", account,
    )  # fmt: skip
    assert head.number == "12/QĐ-UBND"
    assert head.fields.get(name="issuer").value == "x"
    assert not tail.fields.exists()
    assert CutPlan.objects.get().set_aside == [
        {
            "document": first.pk, "field": "signer_name", "machine_value": "máy",
            "value": "Trần Thị Mẫu", "by": account.username,
        }
    ]  # fmt: skip


def test_a_newer_separator_does_not_undo_a_person(receipt: Receipt, account: Account) -> None:
    """Its proposal is kept, the documents are not touched."""
    cut(receipt, account, (2, 6))
    before = papers()
    propose_cuts(receipt, Proposal((Cut(1, 1), Cut(2, 4), Cut(5, 6))))
    assert before == papers()
    assert [c["last_page"] for c in CutPlan.objects.get().proposed["cuts"]] == [1, 4, 6]
    assert CutPlan.objects.get().wanted == [[2, 6]]


def test_a_newer_separator_moves_what_nobody_touched(receipt: Receipt, account: Account) -> None:
    """What was corrected or confirmed is a border; the proposal is fitted in between."""
    corrected = papers()[1]
    correct_document(corrected, account, {"issuer": "UBND xã"})
    propose_cuts(receipt, Proposal((Cut(2, 5), Cut(6, 6))))
    assert ranges() == [(2, 3), (4, 4), (5, 5), (6, 6)]
    assert papers()[1].pk == corrected.pk


def test_the_same_proposal_twice_changes_nothing(receipt: Receipt) -> None:
    before = papers()
    propose_cuts(receipt, PROPOSED)
    assert before == papers()
    assert not StageRun.objects.exists()


def test_bytes_of_a_document_undone_are_swept(
    receipt: Receipt, account: Account, house: House
) -> None:
    """Its unsigned PDF is needed no more; the original and the texts are."""
    pdf, text = house.work.put(b"pdf").sha256, house.work.put(b"text").sha256
    Document.objects.filter(first_page=4).update(pdf_sha256=pdf)
    Page.objects.filter(number=4).update(text_sha256=text)
    cut(receipt, account, (2, 3), (5, 6))
    assert not is_named_in_work(pdf)
    assert is_named_in_work(text)
    assert is_named_in_work(receipt.sha256)


def test_killed_before_the_commit_nothing_happened(
    receipt: Receipt, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever breaks at the last step, all of it is undone."""
    before = state()

    def broken(*_of: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(verbs, "plan_keeping", broken)
    with pytest.raises(KeyboardInterrupt):
        cut(receipt, account, (2, 6))
    assert before == state()


@pytest.fixture
def indexer(house: House) -> Worker:
    """A worker that only indexes."""
    return Worker(house, {Stage.INDEX: STAGES[Stage.INDEX]}, owner="test")


def test_undone_documents_leave_the_index(
    receipt: Receipt, account: Account, house: House, indexer: Worker
) -> None:
    """Through the ledger: a worker killed before does it when it comes back."""
    for paper in papers():
        plan_document(Stage.INDEX, paper)
    while indexer.step():
        pass
    gone = papers()[1:]
    cut(receipt, account, (2, 3), (4, 6))
    StageRun.objects.exclude(stage=Stage.INDEX).delete()
    assert {paper.pk for paper in gone} <= set(house.index.ids())
    run = ledger.claim_run("killed")
    assert run is not None
    ledger.release_runs()
    while indexer.step():
        pass
    assert not {paper.pk for paper in gone} & set(house.index.ids())


def test_a_late_entry_is_taken_back(
    receipt: Receipt, account: Account, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run read the document, then a person cut it anew, then the run wrote its entry."""
    paper = papers()[1]
    plan_document(Stage.INDEX, paper)
    worker = Worker(house, {Stage.INDEX: slow_index(receipt, account, monkeypatch)}, owner="test")
    assert worker.step()
    assert paper.pk not in set(house.index.ids())
    assert StageRun.objects.filter(state=RunState.SUPERSEDED, subject_id=paper.pk).exists()


def slow_index(receipt: Receipt, account: Account, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The stage, with a person who cuts between its reading and its writing."""
    from workers.stages import documents

    told = iter([None])
    read = documents.index_document

    def and_then(document: Document, house: House) -> Any:
        entry = read(document, house)
        for _ in told:
            cut(receipt, account, (2, 3), (4, 6))
        return entry

    monkeypatch.setattr(documents, "index_document", and_then)
    return STAGES[Stage.INDEX]


def test_a_stage_under_way_loses_its_document(
    receipt: Receipt, account: Account, house: House
) -> None:
    """Its fence fails: no effect, no strike, no error."""
    paper = papers()[1]
    plan_document(Stage.CHECK, paper)

    def stage(run: StageRun, house: House) -> Any:
        cut(receipt, account, (2, 3), (4, 6))
        return STAGES[Stage.CHECK](run, house)

    assert Worker(house, {Stage.CHECK: stage}, owner="test").step()
    run = StageRun.objects.get(stage=Stage.CHECK)
    assert (run.state, run.strikes) == (RunState.SUPERSEDED, 0)


def test_a_person_at_the_old_document_is_told(receipt: Receipt, account: Account) -> None:
    """Correcting, confirming or refusing what was cut anew meanwhile is a conflict, not a crash."""
    paper = papers()[1]
    cut(receipt, account, (2, 3), (4, 6))
    with pytest.raises(WrongStateError):
        correct_document(paper, account, {"issuer": "x"})
    with pytest.raises(WrongStateError):
        confirm_document(paper, account)
    assert not Page.objects.filter(state=PageState.FAILED).exists()
    assert Dossier.objects.filter(code="H01").exists()
