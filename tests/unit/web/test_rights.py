"""Every page for every role: what an account may not do it is refused, in words."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from archive.models import Batch, Document, Receipt
from archive.states import DocumentStatus, Protection, Role

AsRole = Callable[..., Client]
MakeDocument = Callable[..., Document]

PEOPLE = tuple(role for role in Role if role != Role.CLIENT)
PAGES: dict[str, set[Role]] = {
    "/": set(PEOPLE),
    "/lo/": set(PEOPLE),
    "/lo/moi/": {Role.OPERATOR},
    "/ky/": {Role.SIGNER},
    "/tim/": set(PEOPLE) - {Role.ADMIN},
    "/chat-luong/": {Role.ARCHIVIST, Role.SUPERVISOR},
    "/suc-khoe/": {Role.ARCHIVIST, Role.SUPERVISOR, Role.ADMIN},
    "/quan-tri/": {Role.ADMIN},
    "/tai-khoan/": set(PEOPLE),
}
LOOKERS = set(PEOPLE) - {Role.ADMIN}


@pytest.mark.parametrize("role", PEOPLE)
def test_pages_open_for_their_roles_alone(as_role: AsRole, role: Role) -> None:
    client = as_role(role)
    got = {path for path in PAGES if client.get(path).status_code == 200}
    assert {path for path, roles in PAGES.items() if role in roles} == got


@pytest.mark.parametrize("role", PEOPLE)
def test_navigation_shows_what_may_be_opened(as_role: AsRole, role: Role) -> None:
    """No entry leads to a refusal."""
    client = as_role(role)
    shown = client.get("/").content.decode()
    for path in ("/ky/", "/tim/", "/chat-luong/", "/suc-khoe/", "/quan-tri/", "/lo/moi/"):
        assert (f'href="{path}"' in shown) == (role in PAGES[path])


def test_strangers_see_the_door_only(client: Client, archived: MakeDocument, batch: Batch) -> None:
    """Without signing in nothing is shown, not even a picture or a polled fragment."""
    document = archived()
    paths = [
        *PAGES,
        f"/lo/{batch.pk}/",
        f"/lo/{batch.pk}/tien-do/",
        f"/giay-to/{document.pk}/",
        f"/giay-to/{document.pk}/trang/1.jpg",
        f"/giay-to/{document.pk}/tep.pdf",
    ]
    for path in paths:
        answer = client.get(path)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/dang-nhap/")
    sent = client.post(f"/giay-to/{document.pk}/kiem-tra/", {"do": "confirm"})
    assert sent["Location"] == "/dang-nhap/?next=/"
    polled = client.get(f"/lo/{batch.pk}/tien-do/", headers={"HX-Request": "true"})
    assert (polled.status_code, polled["HX-Redirect"]) == (204, "/dang-nhap/")


@pytest.mark.parametrize("role", PEOPLE)
def test_ordinary_paper_for_those_who_search(
    as_role: AsRole, archived: MakeDocument, role: Role
) -> None:
    document = archived()
    client = as_role(role)
    for path in ("", "trang/1.jpg", "tep.pdf"):
        status = client.get(f"/giay-to/{document.pk}/{path}").status_code
        assert status == (200 if role in LOOKERS else 403)


@pytest.mark.parametrize("role", PEOPLE)
def test_identity_paper_is_as_if_not_there(
    as_role: AsRole, archived: MakeDocument, role: Role
) -> None:
    """Who may not see identity papers learns nothing, not even that one exists."""
    document = archived(protection=Protection.IDENTITY)
    client = as_role(role)
    sees = role in {Role.CHECKER, Role.SIGNER, Role.ARCHIVIST}
    refused = 403 if role == Role.ADMIN else 404
    for path in ("", "trang/1.jpg", "tep.pdf"):
        status = client.get(f"/giay-to/{document.pk}/{path}").status_code
        assert status == (200 if sees else refused)


ACTIONS: tuple[tuple[str, dict[str, Any], Role], ...] = (
    ("kiem-tra/", {"version": "1", "do": "save"}, Role.CHECKER),
    ("tu-choi/", {"reason": "Ảnh của giấy khác"}, Role.CHECKER),
    ("ky/", {}, Role.SIGNER),
)


@pytest.mark.parametrize("role", PEOPLE)
@pytest.mark.parametrize(("path", "answers", "allowed"), ACTIONS)
def test_deeds_on_a_document(
    as_role: AsRole,
    waiting: MakeDocument,
    role: Role,
    path: str,
    answers: dict[str, Any],
    allowed: Role,
) -> None:
    """Checking and refusing are the checker's, signing the signer's (and only once checked)."""
    document = waiting()
    status = as_role(role).post(f"/giay-to/{document.pk}/{path}", answers).status_code
    right = 409 if allowed == Role.SIGNER else 302  # not checked yet
    assert status == (right if role == allowed else 403)
    document.refresh_from_db()
    refused = role == allowed and path == "tu-choi/"
    assert document.status == (DocumentStatus.REFUSED if refused else DocumentStatus.WAITING)


@pytest.mark.parametrize("role", PEOPLE)
def test_held_papers_are_the_archivists(as_role: AsRole, held: Receipt, role: Role) -> None:
    client = as_role(role)
    is_archivist = role == Role.ARCHIVIST
    path = f"/tep/{held.pk}/quyet-dinh/"
    assert (held.untrusted_name in client.get("/").content.decode()) == is_archivist
    assert client.get(path, {"viec": "huy"}).status_code == (200 if is_archivist else 403)
    status = client.post(path, {"viec": "huy"}).status_code
    assert status == (302 if is_archivist else 403)


@pytest.mark.parametrize("role", PEOPLE)
def test_files_go_into_ones_own_open_batch_alone(as_role: AsRole, batch: Batch, role: Role) -> None:
    """Nobody adds to, or closes, another's batch."""
    client = as_role(role)
    expected = 409 if role == Role.OPERATOR else 403
    for path in ("tep/", "dong/"):
        assert client.post(f"/lo/{batch.pk}/{path}").status_code == expected


def test_batches_of_another_unit_are_not_there(as_role: AsRole, batch: Batch) -> None:
    Batch.objects.filter(pk=batch.pk).update(unit="Xã Một")
    assert as_role(Role.OPERATOR, unit="Xã Hai").get(f"/lo/{batch.pk}/").status_code == 404
    assert as_role(Role.OPERATOR, unit="Xã Một").get(f"/lo/{batch.pk}/").status_code == 200
    assert as_role(Role.CLERK).get(f"/lo/{batch.pk}/").status_code == 404


def test_refusals_say_what_to_do(as_role: AsRole) -> None:
    client = as_role(Role.CLERK)
    assert "Hãy nhờ người có quyền" in client.get("/quan-tri/").content.decode()
    assert "Hãy kiểm tra lại" in client.get("/giay-to/D000000XXXXXXXX/").content.decode()
    assert "Hãy kiểm tra lại" in client.get("/khong-co/").content.decode()


def test_every_page_carries_the_policy_and_stays_out_of_caches(as_role: AsRole) -> None:
    """No inline script or style could run even if one were smuggled in."""
    client = as_role(*PEOPLE)
    for path in (*PAGES, "/khong-co/", "/dang-nhap/"):
        answer = client.get(path)
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer["Cache-Control"] == "no-store"
        body = answer.content.decode()
        assert " style=" not in body
        assert " onclick=" not in body
