"""The check form: what changed is taken, what was stood for is sure, what is wrong is told."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from archive.models import Account, Document, StageRun
from archive.services import documents
from archive.states import DocumentStatus, Protection, Role

AsRole = Callable[..., Client]
MakeDocument = Callable[..., Document]


@pytest.fixture
def checker(as_role: AsRole) -> Client:
    return as_role(Role.CHECKER)


def answers(document: Document, **changed: str) -> dict[str, Any]:
    """The form as the page shows it, with what a person changed."""
    form = {
        "version": str(document.version),
        "kind": f"{document.kind_name} ({document.kind_code})" if document.kind_code else "",
        "f-number": "15/QĐ-UBND",
        "f-issued_on": "05/03/2024",
        "f-issuer": "Ủy ban nhân dân xã Mẫu",
        "f-abstract": "Về việc cấp phép xây dựng",
        "f-has_seal": "có",
        "do": "save",
    }
    return form | {name.replace("f_", "f-", 1): value for name, value in changed.items()}


def send(client: Client, document: Document, **changed: str) -> tuple[int, str]:
    answer = client.post(f"/giay-to/{document.pk}/kiem-tra/", answers(document, **changed))
    document.refresh_from_db()
    return answer.status_code, answer.content.decode()


def field_of(document: Document, name: str) -> Any:
    return document.fields.get(name=name)


def test_saving_without_a_change_changes_nothing(checker: Client, waiting: MakeDocument) -> None:
    """What a person only looked past keeps the machine's doubt."""
    document = waiting()
    assert send(checker, document)[0] == 302
    assert document.version == 1
    assert not field_of(document, "abstract").sure
    assert document.fields.exclude(corrected_by=None).count() == 0


def test_a_correction_is_kept_beside_what_the_machine_read(
    checker: Client, waiting: MakeDocument
) -> None:
    document = waiting()
    send(checker, document, f_number="16/QĐ-UBND", f_has_seal="không")
    number, seal = field_of(document, "number"), field_of(document, "has_seal")
    assert (number.value, number.machine_value, number.sure) == ("16/QĐ-UBND", "15/QĐ-UBND", True)
    assert (seal.value, seal.machine_value) == (False, True)
    assert (document.number, document.version) == ("16/QĐ-UBND", 2)
    assert "máy đọc: 15/QĐ-UBND" in checker.get(f"/giay-to/{document.pk}/").content.decode()


def test_enter_makes_an_unsure_field_sure(checker: Client, waiting: MakeDocument) -> None:
    document = waiting()
    send(checker, document, looked_at="abstract")
    assert field_of(document, "abstract").sure


def test_confirming_stands_for_every_value(checker: Client, waiting: MakeDocument) -> None:
    """After it the document waits for its signature; the checker, who may not sign, plans none."""
    document = waiting()
    assert send(checker, document, do="confirm")[0] == 302
    assert field_of(document, "abstract").sure
    assert document.confirmed_at is not None
    assert [reason["code"] for reason in document.waiting] == ["signature_due"]
    assert not StageRun.objects.filter(stage="sign").exists()


def test_who_checks_and_signs_needs_one_key(as_role: AsRole, waiting: MakeDocument) -> None:
    document = waiting()
    Document.objects.filter(pk=document.pk).update(pdf_sha256="1" * 64)
    send(as_role(Role.CHECKER, Role.SIGNER), document, do="confirm")
    assert StageRun.objects.filter(stage="sign", subject_id=document.pk).exists()


@pytest.mark.parametrize("typed", ["05/09/2026", "5/9/2026", "2026-09-05", "05-09-2026"])
def test_days_are_taken_as_people_write_them(
    checker: Client, waiting: MakeDocument, typed: str
) -> None:
    document = waiting()
    assert send(checker, document, f_issued_on=typed)[0] == 302
    assert field_of(document, "issued_on").value == "2026-09-05"
    assert document.issued_on == dt.date(2026, 9, 5)


@pytest.mark.parametrize("typed", ["31/02/2026", "hôm qua", "2026-13-01", "1/1/26"])
def test_a_day_that_is_none_is_told_and_nothing_is_written(
    checker: Client, waiting: MakeDocument, typed: str
) -> None:
    """The sentence names the field, and everything typed stays on the form."""
    document = waiting()
    status, page = send(checker, document, f_issued_on=typed, f_number="99/QĐ", do="confirm")
    assert status == 422
    assert "Ngày ban hành: Ngày chưa đúng" in page
    assert f'value="{typed}"' in page
    assert 'value="99/QĐ"' in page
    assert (document.version, document.confirmed_at) == (1, None)
    assert field_of(document, "number").value == "15/QĐ-UBND"


@pytest.mark.parametrize(
    ("typed", "kept"), [("1950", "1950"), ("5/9/1950", "1950-09-05"), ("31/02/1950", None)]
)
def test_a_year_alone_will_do_for_a_birthday(
    checker: Client, waiting: MakeDocument, typed: str, kept: str | None
) -> None:
    """Old papers print the year alone; a whole day must still be one."""
    document = waiting()
    assert send(checker, document, f_date_of_birth=typed)[0] == (302 if kept else 422)
    values = list(document.fields.filter(name="date_of_birth").values_list("value", flat=True))
    assert values == ([kept] if kept else [])


def test_what_needs_a_look_stands_first(checker: Client, waiting: MakeDocument) -> None:
    """Then what the machine is sure of; what is empty and not asked for is folded away."""
    shown = checker.get(f"/giay-to/{waiting(kind='KQ-HN').pk}/").content.decode()
    places = [shown.index(f'id="f-{name}"') for name in ("abstract", "number")]
    assert places == sorted(places)
    assert shown.index('<details class="rest">') > places[-1]


def test_a_value_too_long_for_its_column_is_told(checker: Client, waiting: MakeDocument) -> None:
    document = waiting()
    status, page = send(checker, document, f_number="1" * 101)
    assert (status, "quá dài" in page) == (422, True)


def test_required_fields_must_be_there_before_confirming(
    checker: Client, waiting: MakeDocument
) -> None:
    """They may be saved without, never confirmed; the sentence names them."""
    document = waiting()
    status, page = send(checker, document, f_number="", do="confirm")
    assert (status, "Còn thiếu: Số, ký hiệu" in page) == (422, True)
    assert document.confirmed_at is None
    assert send(checker, document, f_number="")[0] == 302
    assert document.number == ""


def test_a_paper_changed_meanwhile_is_not_overwritten(
    checker: Client, waiting: MakeDocument
) -> None:
    document = waiting()
    stale = answers(document, f_number="1/QĐ")
    send(checker, document, f_number="2/QĐ")
    late = checker.post(f"/giay-to/{document.pk}/kiem-tra/", stale)
    assert late.status_code == 409
    assert "tải lại trang" in late.content.decode()
    document.refresh_from_db()
    assert document.number == "2/QĐ"


def test_kind_is_chosen_from_the_catalogue_and_brings_its_protection(
    checker: Client, waiting: MakeDocument
) -> None:
    """A paper found to be an identity card is protected from that moment on."""
    document = waiting()
    assert send(checker, document, kind="Thẻ căn cước (KQ-CC)")[0] == 302
    assert (document.kind_code, document.machine_kind_code) == ("KQ-CC", "VB02")
    assert document.protection == Protection.IDENTITY
    status, page = send(checker, document, kind="Giấy bay lên trời")
    assert (status, "chọn một loại trong danh sách" in page) == (422, True)
    assert 'value="Giấy bay lên trời"' in page


def test_a_paper_of_no_kind_keeps_its_printed_name(checker: Client, waiting: MakeDocument) -> None:
    document = waiting()
    send(checker, document, kind="Giấy khen (KHAC)")
    assert (document.kind_code, document.kind_name) == ("KHAC", "Giấy khen")
    version = document.version
    send(checker, document, kind="Giấy khen (KHAC)")
    assert document.version == version


def test_confirming_asks_for_a_kind(checker: Client, waiting: MakeDocument) -> None:
    """What nobody named is not signed."""
    document = waiting()
    Document.objects.filter(pk=document.pk).update(kind_code=None, kind_name="không rõ")
    status, page = send(checker, document, kind="", do="confirm")
    assert (status, "Hãy chọn loại" in page) == (422, True)
    assert document.confirmed_at is None
    assert send(checker, document, kind="", do="save")[0] == 302


def test_a_corrected_identifier_finds_its_owner(checker: Client, waiting: MakeDocument) -> None:
    """Reuse asks by the owner; a corrected identifier must lead to the right one."""
    document = waiting(kind="KQ-HN")
    send(checker, document, f_subject_id="001099000001")
    assert document.subject is not None
    assert document.subject.identifier == "001099000001"


def test_a_refusal_needs_a_reason(checker: Client, waiting: MakeDocument) -> None:
    document = waiting()
    path = f"/giay-to/{document.pk}/tu-choi/"
    assert checker.post(path, {"reason": " "}).status_code == 422
    assert checker.post(path, {"reason": "Bản chụp mờ"}).status_code == 302
    document.refresh_from_db()
    assert document.status == DocumentStatus.REFUSED
    assert "Bản chụp mờ" in checker.get(f"/giay-to/{document.pk}/").content.decode()
    assert checker.post(path, {"reason": "nữa"}).status_code == 409


def test_signing_what_another_checked(
    as_role: AsRole, waiting: MakeDocument, account: Account
) -> None:
    """The signer finds it among what waits for a signature, and signs with one key."""
    document = waiting()
    Document.objects.filter(pk=document.pk).update(pdf_sha256="1" * 64)
    signer = as_role(Role.SIGNER)
    assert document.pk not in signer.get("/").content.decode()
    documents.confirm_document(document, account)
    StageRun.objects.all().delete()
    assert document.pk in signer.get("/").content.decode()
    assert "Ký</button>" in signer.get(f"/giay-to/{document.pk}/").content.decode()
    assert signer.post(f"/giay-to/{document.pk}/ky/").status_code == 302
    assert StageRun.objects.filter(stage="sign", subject_id=document.pk).exists()
    busy = signer.get(f"/giay-to/{document.pk}/").content.decode()
    assert "Máy đang làm" in busy
    assert "Ký</button>" not in busy


def test_archived_papers_are_not_changed(checker: Client, archived: MakeDocument) -> None:
    document = archived()
    assert 'id="check"' not in checker.get(f"/giay-to/{document.pk}/").content.decode()
    assert send(checker, document, f_number="1/X")[0] == 409
    assert document.number == "15/QĐ-UBND"


def test_a_field_by_hand_is_shown_large_with_its_other_readings(
    checker: Client, waiting: MakeDocument
) -> None:
    """The place on the page is there to be cut out; each other reading has its key."""
    by_hand = {
        "name": "number",
        "value": "84/QĐ-UBND",
        "as_printed": "Số: /QĐ-UBND",
        "sure": False,
        "confidence": 0.8,
        "page": 1,
        "box": [20, 50, 110, 70],
        "handwritten": True,
        "alternatives": [{"value": "34/QĐ-UBND", "confidence": 0.1}],
    }
    document = waiting(fields=(by_hand,))
    shown = checker.get(f"/giay-to/{document.pk}/").content.decode()
    assert '<canvas class="crop" data-crop="number"' in shown
    assert '<kbd>Alt</kbd>+<kbd>1</kbd> <button type="button" class="plain"' in shown
    assert ">34/QĐ-UBND</button>" in shown


def test_print_is_not_shown_large(checker: Client, waiting: MakeDocument) -> None:
    """Only what a pen wrote is cut out."""
    document = waiting()
    assert "<canvas" not in checker.get(f"/giay-to/{document.pk}/").content.decode()
