"""Accounts and machines: made, changed, withdrawn; secrets are shown once."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from archive.models import Account, ApiClient, AuditEvent
from archive.services.people import client_of
from archive.states import Role
from archive.tags import Tag

AsRole = Callable[..., Client]
NEW = {
    "username": "le.thi.mau",
    "full_name": "Lê Thị Mẫu",
    "unit": "Xã Một",
    "roles": ["checker", "clerk"],
}


@pytest.fixture
def admin(as_role: AsRole) -> Client:
    return as_role(Role.ADMIN)


def roles_of(account: Account) -> set[str]:
    return set(account.groups.values_list("name", flat=True))


def test_a_new_account_comes_in_by_its_link(admin: Client) -> None:
    """No password is ever chosen for a person; the link works once and is recorded."""
    shown = admin.post("/quan-tri/tai-khoan/", NEW).content.decode()
    link = re.search(r"/vao/[\w-]+/", shown)
    assert link
    account = Account.objects.get(username="le.thi.mau")
    assert (roles_of(account), account.has_usable_password()) == ({"checker", "clerk"}, False)
    person = Client()
    assert person.post(link[0]).status_code == 302
    assert "Lê Thị Mẫu" in person.get("/").content.decode()
    assert AuditEvent.objects.filter(tag=Tag.TICKET_ISSUED).count() == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"username": "có dấu"}, "không dấu"),
        ({"username": "x"}, "từ 3 ký tự"),
        ({"full_name": ""}, "bắt buộc"),
        ({"roles": ["client"]}, "client"),
    ],
)
def test_wrong_answers_make_no_account(
    admin: Client, change: dict[str, object], sentence: str
) -> None:
    answer = admin.post("/quan-tri/tai-khoan/", NEW | change)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Account.objects.filter(full_name="Lê Thị Mẫu").exists()


def test_a_name_is_taken_once_whatever_its_case(admin: Client) -> None:
    admin.post("/quan-tri/tai-khoan/", NEW)
    again = admin.post("/quan-tri/tai-khoan/", NEW | {"username": "LE.THI.MAU"})
    assert (again.status_code, "Tên này đã có" in again.content.decode()) == (422, True)


def test_roles_are_taken_and_given(admin: Client) -> None:
    admin.post("/quan-tri/tai-khoan/", NEW)
    account = Account.objects.get(username="le.thi.mau")
    path = f"/quan-tri/tai-khoan/{account.pk}/"
    assert 'value="checker"' in admin.get(path).content.decode()
    change = {"full_name": "Lê Thị Mẫu", "unit": "", "roles": ["signer"], "is_active": "on"}
    assert admin.post(path, change).status_code == 302
    assert roles_of(account) == {"signer"}


def test_a_locked_account_is_out_at_once(admin: Client) -> None:
    """Its session ends, its open links die, and no new link is given."""
    link = re.search(r"/vao/[\w-]+/", admin.post("/quan-tri/tai-khoan/", NEW).content.decode())
    account = Account.objects.get(username="le.thi.mau")
    person = Client()
    person.force_login(account)
    admin.post(f"/quan-tri/tai-khoan/{account.pk}/", {"full_name": "Lê", "roles": ["clerk"]})
    assert person.get("/").status_code == 302
    assert link
    assert Client().post(link[0]).status_code == 404
    assert admin.post(f"/quan-tri/tai-khoan/{account.pk}/lien-ket/").status_code == 404


def test_administrators_do_not_lock_themselves_out(admin: Client) -> None:
    own = Account.objects.get(pk=admin.session["_auth_user_id"])
    for change in ({"roles": ["clerk"], "is_active": "on"}, {"roles": ["admin"]}):
        answer = admin.post(f"/quan-tri/tai-khoan/{own.pk}/", {"full_name": "A"} | change)
        assert (answer.status_code, "chính mình" in answer.content.decode()) == (422, True)
    assert roles_of(own) == {"admin"}


def test_a_key_is_shown_once_and_kept_hashed(admin: Client) -> None:
    shown = admin.post("/quan-tri/may/", {"name": "Cổng DVC", "scopes": ["reuse", "file"]})
    key = re.search(r'value="(tt_[\w-]+)"', shown.content.decode())
    assert key
    client = client_of(key[1])
    assert client is not None
    assert client.scopes == ["file", "reuse"]
    listed = admin.get("/quan-tri/").content.decode()
    assert key[1] not in listed
    assert "Hỏi giấy tờ dùng lại được" in listed
    assert admin.post(f"/quan-tri/may/{client.pk}/thu-hoi/").status_code == 302
    assert client_of(key[1]) is None
    assert admin.post(f"/quan-tri/may/{client.pk}/thu-hoi/").status_code == 404


def test_a_machine_needs_a_scope_and_a_name_of_its_own(admin: Client) -> None:
    assert admin.post("/quan-tri/may/", {"name": "Cổng"}).status_code == 422
    good = {"name": "Cổng", "scopes": ["reuse"]}
    assert admin.post("/quan-tri/may/", good).status_code == 200
    again = admin.post("/quan-tri/may/", good)
    assert (again.status_code, "Tên này đã có" in again.content.decode()) == (422, True)
    assert ApiClient.objects.count() == 1


def test_scopes_are_the_apis() -> None:
    """The words on the page name exactly what the API knows."""
    from api.auth import Scope
    from web.words import SCOPE

    assert {scope.value for scope in Scope} == set(SCOPE)
