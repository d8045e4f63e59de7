"""Coming in: by password, slowed down after failures; by a link, once; never past the door."""

import pytest
from django.test import Client

from archive.models import Account, AuditEvent
from archive.services import people
from archive.states import Role
from archive.tags import Tag
from web.throttle import MAX_FOR_ACCOUNT

PASSWORD = "mot hai ba bon nam"


@pytest.fixture
def clerk(db: None) -> Account:
    made = people.add_account(
        "chuyen-vien", full_name="Lê Thị Mẫu", unit="", roles=[Role.CLERK], actor="machine"
    )
    people.set_password(made, PASSWORD, actor="machine")
    return made


def sign_in(client: Client, password: str, **more: str) -> int:
    answers = {"username": "chuyen-vien", "password": password} | more
    return client.post("/dang-nhap/", answers).status_code


def sign_ins() -> int:
    return AuditEvent.objects.filter(tag=Tag.ACCOUNT_SIGNED_IN).count()


def test_password_opens_and_is_recorded(client: Client, clerk: Account) -> None:
    """A right password leads to the first page and leaves one event."""
    assert sign_in(client, PASSWORD) == 302
    assert client.get("/").status_code == 200
    assert sign_ins() == 1


def test_wrong_password_says_so_and_opens_nothing(client: Client, clerk: Account) -> None:
    answer = client.post("/dang-nhap/", {"username": "chuyen-vien", "password": "sai"})
    assert answer.status_code == 401
    assert "chưa đúng" in answer.content.decode()
    assert client.get("/").status_code == 302
    assert sign_ins() == 0


def test_failures_slow_down_even_the_right_password(client: Client, clerk: Account) -> None:
    """After so many failures the door stays shut, whatever is typed."""
    for _ in range(MAX_FOR_ACCOUNT):
        assert sign_in(client, "sai") == 401
    answer = client.post("/dang-nhap/", {"username": "chuyen-vien", "password": PASSWORD})
    assert answer.status_code == 429
    assert "15 phút" in answer.content.decode()


def test_success_forgets_failures(client: Client, clerk: Account) -> None:
    for _ in range(MAX_FOR_ACCOUNT - 1):
        sign_in(client, "sai")
    assert sign_in(client, PASSWORD) == 302
    client.post("/dang-xuat/")
    assert sign_in(client, "sai") == 401


def test_next_leads_within_this_site_only(client: Client, clerk: Account) -> None:
    answers = {"username": "chuyen-vien", "password": PASSWORD, "next": "https://xau.example/"}
    assert client.post("/dang-nhap/", answers)["Location"] == "/"
    assert client.post("/dang-nhap/", answers | {"next": "/tim/?q=x"})["Location"] == "/tim/?q=x"


def test_link_works_once_and_looking_at_it_uses_nothing(client: Client, clerk: Account) -> None:
    """A preview that fetches the link must not use it up; a second use must fail."""
    link = f"/vao/{people.issue_ticket(clerk)}/"
    assert client.get(link).status_code == 200
    assert client.get("/").status_code == 302
    assert client.post(link)["Location"] == "/"
    assert client.get("/").status_code == 200
    again = Client().post(link)
    assert again.status_code == 404
    assert "Hãy xin liên kết mới" in again.content.decode()
    assert sign_ins() == 1


def test_sign_out_closes(client: Client, clerk: Account) -> None:
    client.force_login(clerk)
    assert client.get("/dang-xuat/").status_code == 405
    client.post("/dang-xuat/")
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("path", ["/dang-nhap/", "/dang-xuat/", "/lo/moi/", "/quan-tri/may/"])
def test_forms_without_their_token_are_refused(clerk: Account, path: str) -> None:
    """Cross-site requests do nothing, and the page says what to do."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(clerk)
    answer = client.post(path, {"username": "chuyen-vien", "password": PASSWORD})
    assert answer.status_code == 403
    assert "tải lại trang" in answer.content.decode()


def test_password_of_one_own_account(client: Client, clerk: Account) -> None:
    """A short password is refused with a sentence; a good one is taken and keeps the session."""
    client.force_login(clerk)
    short = {"new_password1": "ngan", "new_password2": "ngan"}
    assert client.post("/tai-khoan/", short).status_code == 422
    good = {"new_password1": "nam bon ba hai mot", "new_password2": "nam bon ba hai mot"}
    assert client.post("/tai-khoan/", good).status_code == 302
    assert client.get("/tai-khoan/").status_code == 200
    clerk.refresh_from_db()
    assert clerk.check_password("nam bon ba hai mot")
