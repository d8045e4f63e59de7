"""Reads of personal data: a reason first, an event always, and the person may know who looked."""

from collections.abc import Callable

import pytest
from django.test import Client

from archive.models import AuditEvent, Document
from archive.privacy import mask_identifier, mask_numbers
from archive.services.looking import Purpose, Reader, looks_at, note_search
from archive.services.subjects import subject_for
from archive.states import Protection, Role
from archive.tags import Tag
from tests.unit.web.conftest import field

AsRole = Callable[..., Client]
MakeDocument = Callable[..., Document]
PERSON = "079204000123"


@pytest.fixture
def archivist(as_role: AsRole) -> Client:
    return as_role(Role.ARCHIVIST)


@pytest.fixture
def identity(archived: MakeDocument) -> Document:
    """A sealed identity paper of PERSON."""
    fields = (field("subject_id", PERSON), field("number", "15/GKS"), field("issuer", "UBND"))
    document = archived(protection=Protection.IDENTITY, fields=fields)
    document.subject = subject_for(PERSON)
    document.save()
    return document


def reads(document: Document) -> list[tuple[str, str, str]]:
    """What the trail says of the looks at a document."""
    events = AuditEvent.objects.filter(subject=f"document:{document.pk}", tag=Tag.DOCUMENT_READ)
    return [
        (event.detail["what"], event.detail["purpose"], event.detail["dossier"])
        for event in events.order_by("seq")
    ]


def test_a_paper_of_a_person_is_shown_for_a_reason_only(
    archivist: Client, identity: Document
) -> None:
    """Page, picture and file alike; one click gives the reason for the session."""
    for path in ("", "trang/1.jpg", "tep.pdf"):
        answer = archivist.get(f"/giay-to/{identity.pk}/{path}")
        assert "Vì sao xem giấy tờ này?" in answer.content.decode()
    assert reads(identity) == []
    path = f"/giay-to/{identity.pk}/"
    answer = archivist.post(
        "/vi-sao/", {"purpose": "giải quyết hồ sơ", "dossier": "H49.1", "tiep": path}
    )
    assert (answer.status_code, answer["Location"]) == (302, path)
    assert archivist.get(path).status_code == 200
    assert archivist.get(f"{path}trang/1.jpg")["Content-Type"] == "image/jpeg"
    assert archivist.get(f"{path}tep.pdf").content.startswith(b"%PDF")
    assert reads(identity) == [
        ("xem trên trang", "giải quyết hồ sơ", "H49.1"),
        ("tải tệp đã ký", "giải quyết hồ sơ", "H49.1"),
    ]


def test_a_picture_asked_for_by_itself_is_a_look(archivist: Client, identity: Document) -> None:
    """Whoever goes past the page leaves a trace, once."""
    archivist.post("/vi-sao/", {"purpose": "thanh tra, kiểm tra"})
    for _ in range(2):
        archivist.get(f"/giay-to/{identity.pk}/trang/1.jpg")
    assert reads(identity) == [("xem ảnh trang", "thanh tra, kiểm tra", "")]


def test_an_ordinary_paper_without_a_person_needs_no_question(
    archivist: Client, archived: MakeDocument
) -> None:
    """The look is recorded all the same."""
    document = archived()
    assert archivist.get(f"/giay-to/{document.pk}/").status_code == 200
    assert reads(document) == [("xem trên trang", "tra cứu", "")]


def test_a_checker_is_not_asked_what_the_system_knows(
    as_role: AsRole, waiting: MakeDocument
) -> None:
    document = waiting(protection=Protection.IDENTITY)
    assert as_role(Role.CHECKER).get(f"/giay-to/{document.pk}/").status_code == 200
    assert reads(document) == [("xem trên trang", "kiểm tra số hóa", "")]


@pytest.mark.parametrize("said", [{}, {"khac": "abc"}, {"purpose": "x"}])
def test_a_reason_says_something(archivist: Client, said: dict[str, str]) -> None:
    assert archivist.post("/vi-sao/", said).status_code == 422


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "x"])
def test_the_question_leads_nowhere_else(archivist: Client, elsewhere: str) -> None:
    answer = archivist.post("/vi-sao/", {"khac": "lý do của tôi", "tiep": elsewhere})
    assert answer["Location"] == "/"


def test_numbers_are_masked_until_somebody_asks(archivist: Client, identity: Document) -> None:
    """In the fields and beside the subject; showing them is an event."""
    archivist.post("/vi-sao/", {"purpose": "trả lời người dân"})
    beside = archivist.get(f"/giay-to/{identity.pk}/").content.decode()
    assert PERSON not in beside
    assert beside.count("0xx*****0123") == 2
    answer = archivist.post(f"/giay-to/{identity.pk}/hien-so/")
    assert answer.content.decode().count(PERSON) == 2
    (event,) = AuditEvent.objects.filter(tag=Tag.DOCUMENT_REVEALED)
    assert event.detail["purpose"] == "trả lời người dân"
    assert "subject_id" in event.detail["fields"]


def test_masks() -> None:
    """A person's number, the old card's; never an organisation's, never money or a date."""
    masked = [mask_identifier(one) for one in ("079204000123", "024000123", "0301234567", "")]
    assert masked == ["0xx*****0123", "0xx**0123", "0301234567", ""]
    assert mask_numbers("số \x02079204000123\x03, ngày 01/02/2024, 1.000.000.000 đồng") == (
        "số \x020xx*****0123\x03, ngày 01/02/2024, 1.000.000.000 đồng"
    )
    assert mask_numbers("1234567890123 0301234567 15/QĐ-UBND") == (
        "1234567890123 0301234567 15/QĐ-UBND"
    )


def test_the_person_may_know_who_looked(
    archivist: Client, as_role: AsRole, identity: Document
) -> None:
    """Looks, and lists that only named the paper; the asking is in the trail too."""
    archivist.post("/vi-sao/", {"purpose": "giải quyết hồ sơ", "dossier": "H49.1"})
    archivist.get(f"/giay-to/{identity.pk}/")
    note_search(Reader("ai-do", address="10.0.0.9"), total=1, shown=[identity.pk])
    shown = archivist.get("/nguoi-xem/", {"chu-the": PERSON}).content.decode()
    for told in ("giải quyết hồ sơ", "H49.1", "ai-do", "10.0.0.9", "127.0.0.1", identity.pk):
        assert told in shown
    (asked,) = AuditEvent.objects.filter(tag=Tag.LOOKS_ASKED)
    assert asked.detail["documents"] == [identity.pk]
    assert PERSON not in str(asked.detail)
    assert as_role(Role.CLERK).get("/nguoi-xem/").status_code == 403
    asker = Reader("x", Purpose.ANSWER)
    assert [look.tag for look in looks_at(PERSON, asker)] == ["document:read", "search:made"]
    assert looks_at("079204999999", asker) == []
