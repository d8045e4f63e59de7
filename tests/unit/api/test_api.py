"""The portal's endpoints: who may ask, what is answered, and what is written down of it."""

import time
from typing import Any

import pytest
from django.core import signing
from django.test import Client

from api.auth import Scope
from api.views import LINK_LIFE, LINK_SALT
from archive.models import Account, ApiClient, AuditEvent, Document, ReuseRecord, SealedFile
from archive.services.people import add_client, revoke_client
from archive.states import DocumentStatus, Protection
from archive.tags import Tag
from tests.making import SUBJECT, make_sealed
from workers.house import House

ASKED = {
    "subject": SUBJECT,
    "procedure": "1.000894",
    "dossier": "H29.16-261121-0007",
    "purpose": "Đăng ký kết hôn",
}
WHY = {"dossier": ASKED["dossier"], "purpose": ASKED["purpose"]}


@pytest.fixture
def paper(account: Account, house: House) -> Document:
    """A sealed marital-status certificate."""
    return make_sealed(account, house, data=b"%PDF a paper")


def caller(*scopes: Scope) -> Client:
    """A machine with a fresh key of these scopes."""
    _row, key = add_client(f"cổng {ApiClient.objects.count()}", scopes, actor="test")
    return Client(headers={"Authorization": f"Bearer {key}"})


def error_of(response: Any, status: int) -> dict[str, str]:
    """The body of a refusal, which has one shape."""
    assert response.status_code == status, response.content
    (body,) = response.json().values()
    assert set(response.json()) == {"error"}
    assert set(body) == {"code", "message"}
    assert body["message"].endswith(".")
    return dict(body)


def last_event(tag: Tag) -> AuditEvent:
    """The newest event of a tag."""
    return AuditEvent.objects.filter(tag=tag).latest("seq")


ADDRESSES = ["/api/v1/reusable", "/api/v1/documents/D1", "/api/v1/documents/D1/link"]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("header", [None, "Bearer tt_wrong", "Bearer ", "Basic eDp5", "Bearer ổ"])
def test_a_stranger_is_refused(db: None, address: str, header: str | None) -> None:
    """No key and a wrong key are the same refusal, before anything is looked up."""
    client = Client(headers={"Authorization": header} if header else {})
    send = client.post if address.endswith("link") else client.get
    assert error_of(send(address), 401)["code"] == "key_refused"


def test_a_withdrawn_key_is_refused(db: None) -> None:
    """From the moment of withdrawal."""
    row, key = add_client("cổng", [Scope.REUSE], actor="test")
    client = Client(headers={"Authorization": f"Bearer {key}"})
    assert client.get("/api/v1/reusable", ASKED).status_code == 200
    revoke_client(row, actor="test")
    assert error_of(client.get("/api/v1/reusable", ASKED), 401)["code"] == "key_refused"


def test_keys_are_kept_hashed_only(db: None) -> None:
    """Whoever reads the records cannot ask as the portal."""
    row, key = add_client("cổng", [Scope.REUSE], actor="test")
    row.refresh_from_db()
    kept = [str(getattr(row, field.name)) for field in row._meta.fields]
    assert not [value for value in kept if key in value or key[12:] in value]
    assert key not in str(list(AuditEvent.objects.values()))


@pytest.mark.parametrize("needed", [Scope.REUSE, Scope.DOCUMENT, Scope.FILE])
def test_a_key_does_what_it_was_given_for(paper: Document, needed: Scope) -> None:
    """Every other scope does not help."""
    client = caller(*(scope for scope in Scope if scope != needed))
    response = {
        Scope.REUSE: lambda: client.get("/api/v1/reusable", ASKED),
        Scope.DOCUMENT: lambda: client.get(f"/api/v1/documents/{paper.pk}", WHY),
        Scope.FILE: lambda: client.post(
            f"/api/v1/documents/{paper.pk}/link", WHY, content_type="application/json"
        ),
    }[needed]()
    assert error_of(response, 403)["code"] == "scope_missing"
    assert not ReuseRecord.objects.exists()


def test_the_reuse_question_is_answered_and_written_down(paper: Document) -> None:
    """Verdicts and no file; the audit says for which dossier and why, and what was offered."""
    answer = caller(Scope.REUSE).get("/api/v1/reusable", ASKED).json()
    parts = {part["code"]: part for part in answer["components"]}
    assert parts["HN"]["verdict"] == "reusable"
    assert [one["id"] for one in parts["HN"]["candidates"]] == [paper.pk]
    assert parts["TT"]["verdict"] == "missing"
    event = last_event(Tag.REUSE_ASKED)
    assert event.actor == f"client:{ApiClient.objects.get().pk}"
    assert event.detail == {
        "purpose": ASKED["purpose"],
        "address": "127.0.0.1",
        "dossier": ASKED["dossier"],
        "offered": [paper.pk],
    }
    assert SUBJECT not in str(list(AuditEvent.objects.values("subject", "detail")))


def test_a_lost_file_is_not_offered_as_reusable(paper: Document, house: House) -> None:
    """The bytes are looked at when the question is asked."""
    SealedFile.objects.all().delete()
    answer = caller(Scope.REUSE).get("/api/v1/reusable", ASKED).json()
    verdicts = {part["code"]: part["candidates"] for part in answer["components"]}["HN"]
    assert [(one["id"], one["verdict"]) for one in verdicts] == [(paper.pk, "unfit")]


def test_an_unknown_procedure_says_so(db: None) -> None:
    """With its own code, not an empty answer that reads like "nothing held"."""
    response = caller(Scope.REUSE).get("/api/v1/reusable", ASKED | {"procedure": "9.999999"})
    assert error_of(response, 404)["code"] == "procedure_unknown"


@pytest.mark.parametrize("missing", sorted(ASKED))
def test_a_missing_parameter_is_named(db: None, missing: str) -> None:
    """Purpose and dossier as much as the question itself; nothing is written."""
    asked = {name: value for name, value in ASKED.items() if name != missing}
    error = error_of(caller(Scope.REUSE).get("/api/v1/reusable", asked), 422)
    assert error["code"] == "bad_request"
    assert missing in error["message"]
    assert not AuditEvent.objects.filter(tag=Tag.REUSE_ASKED).exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [("subject", "' or 1=1"), ("purpose", "x"), ("on", "hôm qua"), ("dossier", "d" * 41)],
)
def test_a_wrong_parameter_is_named_and_not_repeated(db: None, name: str, value: str) -> None:
    """What was in it may be personal, and goes nowhere."""
    error = error_of(caller(Scope.REUSE).get("/api/v1/reusable", ASKED | {name: value}), 422)
    assert name in error["message"]
    assert value not in error["message"] or len(value) == 1


def test_one_document(paper: Document) -> None:
    """Its metadata, and the look is written down with its purpose."""
    answer = caller(Scope.DOCUMENT).get(f"/api/v1/documents/{paper.pk}", WHY).json()
    assert (answer["id"], answer["status"]) == (paper.pk, "archived")
    assert answer["sha256"] == paper.files.get().blob_id
    event = last_event(Tag.DOCUMENT_READ)
    assert event.subject == f"document:{paper.pk}"
    assert event.detail == {**WHY, "address": "127.0.0.1", "what": "thông tin giấy tờ (API)"}


@pytest.mark.parametrize(
    "change",
    [
        {"status": DocumentStatus.REFUSED},
        {"protection": Protection.IDENTITY},
        {"pk": "D000000AAAAAAAA"},
    ],
    ids=["refused", "identity", "unknown"],
)
def test_what_may_not_be_seen_is_not_there(paper: Document, change: dict[str, str]) -> None:
    """Unknown, refused and forbidden look the same; nothing is written of a look or a reuse."""
    wanted = change.pop("pk", paper.pk)
    Document.objects.filter(pk=paper.pk).update(**change)
    client = caller(Scope.DOCUMENT, Scope.FILE)
    look = client.get(f"/api/v1/documents/{wanted}", WHY)
    link = client.post(f"/api/v1/documents/{wanted}/link", WHY, content_type="application/json")
    assert error_of(look, 404) == error_of(link, 404)
    assert not AuditEvent.objects.filter(tag=Tag.DOCUMENT_READ).exists()
    assert not ReuseRecord.objects.exists()


def test_an_identity_paper_needs_its_scope(paper: Document) -> None:
    """And is given to a key that has it."""
    Document.objects.filter(pk=paper.pk).update(protection=Protection.IDENTITY)
    client = caller(Scope.DOCUMENT, Scope.IDENTITY)
    assert client.get(f"/api/v1/documents/{paper.pk}", WHY).status_code == 200


def linked(client: Client, paper: Document) -> dict[str, Any]:
    """Ask for a link and be given one."""
    response = client.post(
        f"/api/v1/documents/{paper.pk}/link", WHY, content_type="application/json"
    )
    assert response.status_code == 200, response.content
    return dict(response.json())


def test_a_link_gives_the_file_and_leaves_a_receipt(paper: Document) -> None:
    """Who took which bytes for which dossier, and that they were fetched; the link needs no key."""
    answer = linked(caller(Scope.FILE), paper)
    record = ReuseRecord.objects.get(pk=answer["receipt"])
    assert (record.document_id, record.dossier_code) == (paper.pk, WHY["dossier"])
    assert record.purpose == WHY["purpose"]
    assert record.sha256 == answer["sha256"] == paper.files.get().blob_id
    assert last_event(Tag.REUSE_LINKED).detail["receipt"] == record.pk
    response = Client().get(answer["url"])
    assert response.content == b"%PDF a paper"
    assert response["Cache-Control"] == "no-store"
    assert last_event(Tag.REUSE_FETCHED).detail["receipt"] == record.pk


def test_a_lost_file_is_the_machines_fault(paper: Document, house: House) -> None:
    """Told with its code and a sentence, not as a broken page; the fetch is not written down."""
    url = linked(caller(Scope.FILE), paper)["url"]
    sha256 = paper.files.get().blob_id
    (path,) = house.archive._root.glob(f"blobs/*/{sha256}")  # type: ignore[attr-defined]
    path.unlink()
    assert error_of(Client().get(url), 503)["code"] == "blob_missing"
    assert not AuditEvent.objects.filter(tag=Tag.REUSE_FETCHED).exists()


def test_an_altered_or_foreign_token_opens_nothing(paper: Document) -> None:
    """Not even one that this machine signed for something else."""
    url = linked(caller(Scope.FILE), paper)["url"]
    altered = url[:-1] + ("A" if url[-1] != "A" else "B")
    foreign = "/api/v1/files/" + signing.dumps(ReuseRecord.objects.get().pk, salt="other")
    for address in (altered, foreign, "/api/v1/files/x"):
        assert error_of(Client().get(address), 404)["code"] == "link_expired"
    assert not AuditEvent.objects.filter(tag=Tag.REUSE_FETCHED).exists()


def test_a_link_ends(paper: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five minutes, and not one second more."""
    url = linked(caller(Scope.FILE), paper)["url"]
    late = time.time() + LINK_LIFE.total_seconds() + 2
    monkeypatch.setattr(time, "time", lambda: late)
    assert error_of(Client().get(url), 404)["code"] == "link_expired"


def test_a_withdrawn_key_leaves_no_open_links(paper: Document) -> None:
    """Whoever may not ask may not fetch either."""
    url = linked(caller(Scope.FILE), paper)["url"]
    revoke_client(ApiClient.objects.get(), actor="test")
    assert error_of(Client().get(url), 404)["code"] == "link_expired"


@pytest.mark.parametrize("missing", ["dossier", "purpose"])
def test_no_file_without_a_dossier_and_a_purpose(paper: Document, missing: str) -> None:
    """Reuse is for a dossier, with a reason; anything else is refused and named."""
    body = {name: value for name, value in WHY.items() if name != missing}
    response = caller(Scope.FILE).post(
        f"/api/v1/documents/{paper.pk}/link", body, content_type="application/json"
    )
    assert missing in error_of(response, 422)["message"]
    assert not ReuseRecord.objects.exists()


def test_a_waiting_or_revoked_paper_has_no_link(paper: Document) -> None:
    """Only what is sealed and still stands is handed on."""
    client = caller(Scope.FILE)
    for change in ({"status": DocumentStatus.WAITING}, {"revoked_on": paper.issued_on}):
        Document.objects.filter(pk=paper.pk).update(status=DocumentStatus.ARCHIVED)
        Document.objects.filter(pk=paper.pk).update(**change)
        response = client.post(
            f"/api/v1/documents/{paper.pk}/link", WHY, content_type="application/json"
        )
        assert error_of(response, 404)["code"] == "not_found"
    assert not ReuseRecord.objects.exists()


def test_the_description_is_served_and_whole(db: None) -> None:
    """openapi.json without a key: every path, with what may be answered."""
    told = Client().get("/api/v1/openapi.json").json()
    assert set(told["paths"]) == {
        "/api/v1/reusable",
        "/api/v1/documents/{document_id}",
        "/api/v1/documents/{document_id}/link",
        "/api/v1/files/{untrusted_token}",
    }
    answers = told["paths"]["/api/v1/reusable"]["get"]["responses"]
    assert {"200", "401", "403", "404", "422"} <= set(answers)
    assert LINK_SALT not in str(told)
