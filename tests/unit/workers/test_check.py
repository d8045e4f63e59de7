"""The check: what a machine may stand for, and what waits for a person."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import Group

from archive.errors import WrongStateError
from archive.models import Account, Document, Field, StageRun
from archive.services.documents import (
    confirm_document,
    correct_document,
    plan_document,
    record_pdf,
    refuse_document,
    request_signature,
)
from archive.services.people import set_roles
from archive.stages import Stage
from archive.states import DocumentStatus, PageState, Role, RunState
from imaging.errors import ProgramFailedError
from tests.making import make_batch, make_document, make_page, make_receipt
from tests.unit.workers.conftest import work_off
from workers.house import House
from workers.loop import Worker
from workers.outcome import Outcome
from workers.stages import STAGES
from workers.stages.documents import required_fields


@pytest.fixture
def checker(house: House) -> Worker:
    """A worker that checks and does nothing else that it finds."""
    return Worker(house, {Stage.CHECK: STAGES[Stage.CHECK]}, owner="test")


def read(account: Account, house: House, *, confirm: bool = True, **changes: Any) -> Document:
    """A document on which everything was read for sure."""
    receipt = make_receipt(make_batch(account, confirm=confirm), house)
    make_page(receipt)
    given: dict[str, Any] = {
        "kind_code": "VB02",
        "kind_name": "quyết định",
        "kind_confidence": 1.0,
        "pdf_sha256": "1" * 64,
    }
    document = make_document(receipt, **given | changes)
    for name in required_fields("VB02", house.catalogue()):
        Field.objects.create(document=document, name=name, value="x", sure=True)
    return document


def checked(document: Document, checker: Worker) -> Document:
    """Let the stage look at it."""
    plan_document(Stage.CHECK, document)
    StageRun.objects.exclude(stage=Stage.CHECK).delete()
    assert checker.step()
    document.refresh_from_db()
    return document


def codes(document: Document) -> list[str]:
    """Why a person is needed."""
    return [reason["code"] for reason in document.waiting]


def planned(stage: Stage, document: Document) -> bool:
    """Whether a stage is due for it."""
    runs = StageRun.objects.filter(stage=stage, subject_id=document.pk, state=RunState.READY)
    return runs.exists()


def test_without_confirm_everything_waits(account: Account, house: House, checker: Worker) -> None:
    """However sure the machine is."""
    document = checked(read(account, house, confirm=False), checker)
    assert (document.status, codes(document)) == (DocumentStatus.WAITING, ["check_due"])
    assert document.confirmed_at is None
    assert not planned(Stage.SIGN, document)


def test_with_confirm_what_is_sure_is_confirmed_by_the_named_account(
    account: Account, house: House, checker: Worker
) -> None:
    """The local account stands for it, and its keys sign it next."""
    document = checked(read(account, house), checker)
    assert document.confirmed_by == account
    assert codes(document) == ["signature_due"]
    assert planned(Stage.SIGN, document)


@pytest.mark.parametrize("change", [{"sure": False}, {"value": None}, None])
def test_one_doubtful_field_waits(
    account: Account, house: House, checker: Worker, change: dict[str, Any] | None
) -> None:
    """Unsure, unread or not even looked for; and the reason names it."""
    document = read(account, house)
    name = required_fields("VB02", house.catalogue())[0]
    field = Field.objects.filter(document=document, name=name)
    if change is None:
        field.delete()
    else:
        field.update(**change)
    document = checked(document, checker)
    assert [(one["code"], one["field"]) for one in document.waiting] == [("field_unsure", name)]
    assert document.confirmed_at is None


@pytest.mark.parametrize(
    ("page", "code"),
    [({"state": PageState.FAILED}, "page_failed"), ({"verdict": "rescan"}, "rescan")],
)
def test_a_bad_page_waits(
    account: Account, house: House, checker: Worker, page: dict[str, Any], code: str
) -> None:
    """Quality warns and a person decides; the machine does not sign what it could not see."""
    document = read(account, house)
    document.receipt.pages.update(**page)
    assert codes(checked(document, checker)) == [code]


def test_an_unknown_kind_waits(account: Account, house: House, checker: Worker) -> None:
    """Nobody knows which fields it would need."""
    assert codes(checked(read(account, house, kind_code=None), checker)) == ["kind_unknown"]


def test_a_doubtful_kind_waits(account: Account, house: House, checker: Worker) -> None:
    """Which fields it needs, and how long it is kept, hang on it."""
    document = checked(read(account, house, kind_confidence=0.4), checker)
    assert codes(document) == ["kind_unsure"]
    assert document.confirmed_at is None


def test_confirming_needs_the_right(account: Account, house: House, checker: Worker) -> None:
    """An account that lost it stands for nothing, whatever the batch says."""
    set_roles(account, [Role.OPERATOR], actor="test")
    document = checked(read(account, house), checker)
    assert (document.status, codes(document)) == (DocumentStatus.WAITING, ["not_allowed"])
    assert document.confirmed_at is None
    assert not planned(Stage.SIGN, document)


def test_a_checker_confirms_and_does_not_sign(
    account: Account, house: House, checker: Worker
) -> None:
    """Two rights, two people."""
    account.groups.set(Group.objects.filter(name=Role.CHECKER))
    document = checked(read(account, house), checker)
    assert document.confirmed_at is not None
    assert not planned(Stage.SIGN, document)


def test_what_a_person_refused_stays_refused(
    account: Account, house: House, checker: Worker
) -> None:
    """Though the machine was at it when they did."""
    document = read(account, house)
    plan_document(Stage.CHECK, document)

    def check(run: StageRun, house: House) -> Outcome:
        refuse_document(document, account, reason="nhầm giấy")
        return STAGES[Stage.CHECK](run, house)

    Worker(house, {Stage.CHECK: check}, owner="test").step()
    document.refresh_from_db()
    assert (document.status, codes(document)) == (DocumentStatus.REFUSED, ["refused"])
    assert not planned(Stage.SIGN, document)


def test_a_refused_paper_is_never_signed(account: Account, house: House) -> None:
    """Refused between the check and the signature."""
    document = read(account, house)
    confirm_document(document, account)
    assert planned(Stage.SIGN, document)
    refuse_document(document, account, reason="nhầm giấy")
    assert not planned(Stage.SIGN, document)
    with pytest.raises(WrongStateError):
        request_signature(document, account)


def test_a_paper_whose_pdf_could_not_be_made_is_not_signed_without_it(
    account: Account, house: House
) -> None:
    """Confirming makes the PDF due again, and only with it the signature; not the check anew."""
    document = read(account, house, pdf_sha256="")
    plan_document(Stage.RENDER, document)
    StageRun.objects.update(state=RunState.DEAD)
    confirm_document(document, account)
    assert planned(Stage.RENDER, document)
    assert not planned(Stage.SIGN, document)
    record_pdf(document, "1" * 64)
    assert planned(Stage.SIGN, document)
    assert not planned(Stage.CHECK, document)


def test_a_pdf_that_comes_late_is_not_signed_for_a_checker(account: Account, house: House) -> None:
    """Who confirmed may not sign: it waits for somebody who may."""
    account.groups.set(Group.objects.filter(name=Role.CHECKER))
    document = read(account, house, pdf_sha256="")
    confirm_document(document, account)
    record_pdf(document, "1" * 64)
    document.refresh_from_db()
    assert (document.status, codes(document)) == (DocumentStatus.WAITING, ["signature_due"])
    assert not planned(Stage.SIGN, document)


@pytest.mark.parametrize("stage", [Stage.SIGN, Stage.SEAL])
def test_a_person_may_ask_again_for_what_was_given_up(
    account: Account, house: House, stage: Stage
) -> None:
    """The token was not plugged in, the store was away: mended, the same button goes on."""
    document = read(account, house)
    confirm_document(document, account)
    if stage is Stage.SEAL:
        StageRun.objects.filter(stage=Stage.SIGN).update(state=RunState.DONE)
        Document.objects.filter(pk=document.pk).update(
            signed_sha256="0" * 64, signed_at=dt.datetime.now(dt.UTC)
        )
        plan_document(stage, document)
    StageRun.objects.exclude(stage=stage).delete()

    def away(run: StageRun, house: House) -> Outcome:
        raise ProgramFailedError

    work_off(Worker(house, {stage: away, Stage.INDEX: STAGES[Stage.INDEX]}, owner="test"))
    document.refresh_from_db()
    assert codes(document) == ["program_failed"]
    assert not planned(stage, document)
    request_signature(document, account)
    assert planned(stage, document)
    assert StageRun.objects.get(stage=stage).strikes == 0


def test_a_correction_withdraws_the_confirmation(account: Account, house: House) -> None:
    """Nobody stands for values that they have not seen, and they are not signed meanwhile."""
    document = read(account, house)
    confirm_document(document, account)
    work = StageRun.objects.get(stage=Stage.SIGN)
    StageRun.objects.filter(pk=work.pk).update(state=RunState.RUNNING, attempt=1)
    correct_document(document, account, {"issuer": "y"})
    document.refresh_from_db()
    assert (document.confirmed_by, document.confirmed_at) == (None, None)
    assert codes(document) == ["check_due"]
    work.refresh_from_db()
    assert work.state == RunState.SUPERSEDED
    confirm_document(document, account)
    work.refresh_from_db()
    assert (work.state, work.attempt) == (RunState.READY, 1)


def test_saving_nothing_new_leaves_the_confirmation(account: Account, house: House) -> None:
    """Only a change asks for another look."""
    document = read(account, house)
    confirm_document(document, account)
    correct_document(document, account, {"issuer": "x"})
    document.refresh_from_db()
    assert document.confirmed_by == account
    assert planned(Stage.SIGN, document)


def test_a_number_given_twice_is_said_and_does_not_stop(
    account: Account, house: House, checker: Worker
) -> None:
    """The same number of the same body in one year: a warning beside what waits anyway."""
    same: dict[str, Any] = {
        "number": "12/QĐ-UBND",
        "issuer": "Ủy ban nhân dân xã Suối Thử",
        "issued_on": dt.date(2025, 2, 4),
    }
    read(account, house, confirm=False, **same)
    second = checked(read(account, house, confirm=False, **same), checker)
    assert codes(second) == ["check_due", "check_number_again"]
    third = checked(read(account, house, **same | {"issued_on": dt.date(2025, 9, 9)}), checker)
    assert third.confirmed_at is not None
