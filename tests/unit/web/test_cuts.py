"""The strip: what each role sees of a file's cuts, and how they are moved without script."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from archive.models import Account, AuditEvent, Batch, Document, Page, Receipt
from archive.services.cuts import PageRange, Proposal, cuts_seen, propose_cuts, recut_file
from archive.services.documents import Cut, confirm_document
from archive.states import DocumentStatus, PageState, Protection, Role
from archive.tags import Tag
from tests.making import make_page, make_receipt
from tests.unit.web.conftest import picture
from web.strip import Choice
from workers.house import House

AsRole = Callable[..., Client]
PEOPLE = tuple(role for role in Role if role != Role.CLIENT)
SEES = {
    Role.OPERATOR: True, Role.CHECKER: True, Role.SIGNER: True, Role.ARCHIVIST: True,
    Role.CLERK: False, Role.SUPERVISOR: False, Role.ADMIN: False,
}  # fmt: skip
CUTS = {Role.OPERATOR, Role.CHECKER}


@pytest.fixture
def receipt(batch: Batch, house: House) -> Receipt:
    """A sheet, a decision of two pages, an identity card, a blank page at its end."""
    data = picture("strip", "PNG")
    receipt = make_receipt(batch, house, data, page_count=5, untrusted_name="quét.png")
    for number in range(1, 6):
        state = PageState.BLANK if number == 5 else PageState.READ
        make_page(receipt, number, state=state, width=310, height=438)
    proposal = Proposal(
        (Cut(2, 3, confidence=0.97, reason="Trang đầu sau tờ phân tách."), Cut(4, 5)), sheets=(1,)
    )
    propose_cuts(receipt, proposal)
    settle(2, "VB02", "quyết định", Protection.ORDINARY)
    settle(4, "KQ-CC", "thẻ căn cước", Protection.IDENTITY)
    receipt.refresh_from_db()
    return receipt


def settle(first: int, code: str, name: str, protection: Protection) -> None:
    Document.objects.filter(first_page=first).update(
        kind_code=code, machine_kind_code=code, kind_name=name, protection=protection,
        status=DocumentStatus.WAITING, number="079204000001",
    )  # fmt: skip


def where(receipt: Receipt) -> str:
    return f"/tep/{receipt.pk}/chia/"


def seen() -> str:
    return cuts_seen(Document.objects.order_by("first_page"))


def ranges() -> list[tuple[int, int]]:
    return list(Document.objects.order_by("first_page").values_list("first_page", "last_page"))


def ticks(body: str) -> dict[str, Any]:
    """What a browser without script would send as the page stands."""
    inputs = re.findall(r"<input [^>]*>", body)
    sent = [
        (re.findall(r'name="(\w+)"', one), re.findall(r'value="([^"]*)"', one))
        for one in inputs
        if "hidden" in one or " checked" in one
    ]
    return {
        name: [value[0] for [other], value in sent if other == name]
        for name in ("cat", "bo", "seen")
    }


@pytest.mark.parametrize("role", PEOPLE)
def test_who_sees_and_who_moves(as_role: AsRole, receipt: Receipt, role: Role) -> None:
    """Those who work with batches see; who scans and who checks may save."""
    client = as_role(role)
    answer = client.get(where(receipt))
    assert answer.status_code == (200 if SEES[role] else 404)
    body = answer.content.decode()
    assert ("Lưu cách chia" in body) == (role in CUTS)
    given = {"cat": ["2", "3"], "bo": ["1", "4", "5"], "seen": seen()}
    status = client.post(where(receipt), given).status_code
    assert status == (403 if SEES[role] else 404) or role in CUTS


def test_the_strip_shows_pages_kinds_and_reasons(as_role: AsRole, receipt: Receipt) -> None:
    """Every page in order, sheets and blanks as such, why each cut is there, how sure."""
    body = as_role(Role.CHECKER).get(where(receipt)).content.decode()
    assert re.findall(r'id="trang-(\d)"', body) == list("12345")
    assert "Tờ phân tách" in body
    assert "Trang trống" in body
    assert "(chắc 97%): Trang đầu sau tờ phân tách." in body
    assert "Quyết định" in body


def test_what_the_page_says_is_what_stands(as_role: AsRole, receipt: Receipt) -> None:
    """Sent as it came, without script, the form changes nothing."""
    client = as_role(Role.CHECKER)
    before = list(Document.objects.values())
    given = ticks(client.get(where(receipt)).content.decode())
    assert given == {"cat": ["2", "4"], "bo": ["1"], "seen": [seen()]}
    answer = client.post(where(receipt), given, follow=True)
    assert "Cách chia giữ nguyên" in answer.content.decode()
    assert before == list(Document.objects.values())


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.CHECKER])
def test_identity_papers_are_no_small_pictures(
    as_role: AsRole, receipt: Receipt, role: Role
) -> None:
    """A neutral card; who may see the paper asks for it page by page, and that is recorded."""
    client = as_role(role)
    body = client.get(where(receipt)).content.decode()
    checker = role == Role.CHECKER
    shown = re.findall(r'trang/(\d)\.jpg"[^>]*>\n\s*</div>|trang/(\d)\.jpg', body)
    assert {one or other for one, other in shown} == (
        {"1", "2", "3", "4"} if checker else {"2", "3"}
    )
    folded = re.findall(r"<details.*?</details>", body, re.DOTALL)
    assert len(folded) == (2 if checker else 0)
    assert "Thẻ căn cước" in body
    assert "079204000001" not in body.replace('<span class="number">079204000001</span>', "", 1)


def test_pictures_by_right(as_role: AsRole, receipt: Receipt, house: House) -> None:
    """An ordinary page for those who search; the rest for those who see identity papers."""
    paths = [f"{where(receipt)}trang/{number}.jpg" for number in (1, 2, 4, 5, 9)]
    source_of_one(receipt, house)
    operator, checker = as_role(Role.OPERATOR), as_role(Role.CHECKER)
    assert [operator.get(path).status_code for path in paths] == [404, 200, 404, 404, 404]
    assert not AuditEvent.objects.filter(tag__in=(Tag.FILE_READ, Tag.DOCUMENT_READ)).exists()
    assert [checker.get(path).status_code for path in paths] == [200, 200, 200, 404, 404]
    looks = AuditEvent.objects.filter(tag__in=(Tag.FILE_READ, Tag.DOCUMENT_READ)).order_by("seq")
    identity = Document.objects.get(first_page=4)
    assert [(look.tag, look.subject) for look in looks] == [
        (Tag.FILE_READ, f"file:{receipt.pk}"),
        (Tag.DOCUMENT_READ, f"document:{identity.pk}"),
    ]
    for path in paths[:3]:
        answer = checker.get(path)
        assert answer["Cache-Control"] == "no-store"
        assert answer["Content-Type"] == "image/jpeg"


def source_of_one(receipt: Receipt, house: House) -> None:
    """Every page is the file's one picture; the file really has one page."""
    Page.objects.filter(receipt=receipt).update(rotation=0)
    data = picture("five", "TIFF")
    from io import BytesIO

    from PIL import Image

    one = Image.open(BytesIO(data))
    target = BytesIO()
    one.save(target, "TIFF", save_all=True, append_images=[one] * 4)
    stored = house.work.put(target.getvalue())
    Receipt.objects.filter(pk=receipt.pk).update(sha256=stored.sha256, media_type="image/tiff")


def test_a_person_joins_and_cuts(as_role: AsRole, receipt: Receipt) -> None:
    """Plain ticks and a button; the answer says in words what was done."""
    client = as_role(Role.CHECKER)
    given = {"cat": ["2", "3"], "bo": ["1"], "seen": seen()}
    answer = client.post(where(receipt), given)
    assert (answer.status_code, answer["Location"]) == (302, where(receipt))
    assert ranges() == [(2, 2), (3, 5)]
    body = client.get(where(receipt)).content.decode()
    assert "lập lại 2 giấy tờ" in body
    assert "do người chia đặt" in body
    assert "Máy đang đọc giấy tờ của tệp này" in body
    assert 'hx-trigger="every 2s"' in client.get(f"{where(receipt)}trang-thai/").content.decode()


def test_a_sheet_is_given_to_the_document_behind_it(as_role: AsRole, receipt: Receipt) -> None:
    given = {"cat": ["4"], "seen": seen()}
    as_role(Role.CHECKER).post(where(receipt), given)
    assert ranges() == [(1, 3), (4, 5)]


def test_somebody_was_faster(as_role: AsRole, receipt: Receipt, account: Account) -> None:
    """A sentence, the cuts as they stand now, and nothing overwritten."""
    client = as_role(Role.CHECKER)
    given = {"cat": ["2"], "bo": ["1"], "seen": seen()}
    recut_file(receipt, account, [PageRange(2, 4)], seen=seen())
    answer = client.post(where(receipt), given)
    assert answer.status_code == 409
    body = answer.content.decode()
    assert 'role="alert"' in body
    assert "Hãy xem cách chia hiện tại rồi sửa lại." in body
    assert ticks(body) == {"cat": ["2"], "bo": ["1", "5"], "seen": [seen()]}
    assert ranges() == [(2, 4)]


def test_what_could_not_be_taken_is_not_lost(as_role: AsRole, receipt: Receipt) -> None:
    """An operator may not join an identity paper: told why, the ticks stay."""
    answer = as_role(Role.OPERATOR).post(where(receipt), {"cat": [], "bo": ["1"], "seen": seen()})
    body = answer.content.decode()
    assert answer.status_code == 403
    assert "nhờ người kiểm tra" in body
    assert ticks(body)["cat"] == []
    assert ranges() == [(2, 3), (4, 5)]


def test_nothing_left_is_refused(as_role: AsRole, receipt: Receipt) -> None:
    given = {"bo": ["1", "2", "3", "4", "5"], "seen": seen()}
    answer = as_role(Role.CHECKER).post(where(receipt), given)
    assert (answer.status_code, "ít nhất một giấy tờ" in answer.content.decode()) == (400, True)


@pytest.mark.parametrize("junk", [{"cat": ["x", "-1", "99999999"]}, {"bo": [" 1", "²"]}, {}])
def test_junk_is_nobodys_tick(as_role: AsRole, receipt: Receipt, junk: dict[str, Any]) -> None:
    answer = as_role(Role.CHECKER).post(where(receipt), junk)
    assert answer.status_code == 409
    assert ranges() == [(2, 3), (4, 5)]


def test_confirmed_papers_have_no_handles(
    as_role: AsRole, receipt: Receipt, account: Account
) -> None:
    """Its pages bear no box, its borders are sent by themselves, and it says why."""
    confirm_document(Document.objects.get(first_page=2), account)
    client = as_role(Role.CHECKER)
    body = client.get(where(receipt)).content.decode()
    assert "đã xác nhận, giữ nguyên trang" in body
    assert set(re.findall(r'id="(cat-\d|bo-\d)"', body)) == {"cat-5", "bo-1", "bo-4", "bo-5"}
    assert ticks(body)["cat"] == ["2", "4"]
    client.post(where(receipt), {"cat": ["2", "4", "5"], "bo": ["1"], "seen": seen()})
    assert ranges() == [(2, 3), (4, 4), (5, 5)]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"is_born_digital": True}, "giữ nguyên, không chia"),
        ({"received_sealed": True}, "đã lưu kho trọn vẹn"),
        ({"page_count": 1}, "chỉ có một trang"),
        ({"state": "received"}, "chưa đọc xong"),
    ],
)
def test_files_that_cannot_be_cut_say_why(
    as_role: AsRole, receipt: Receipt, change: dict[str, Any], why: str
) -> None:
    Receipt.objects.filter(pk=receipt.pk).update(**change)
    body = as_role(Role.CHECKER).get(where(receipt)).content.decode()
    assert why in body
    assert "Lưu cách chia" not in body


def test_forged_requests_are_refused(receipt: Receipt, account: Account) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(account)
    answer = client.post(where(receipt), {"cat": ["2"], "seen": seen()})
    assert answer.status_code == 403
    assert ranges() == [(2, 3), (4, 5)]


def test_strangers_and_other_units_learn_nothing(
    client: Client, as_role: AsRole, receipt: Receipt
) -> None:
    """Not even that the file exists."""
    for path in (where(receipt), f"{where(receipt)}trang/2.jpg", f"{where(receipt)}trang-thai/"):
        assert client.get(path)["Location"].startswith("/dang-nhap/")
    Batch.objects.update(unit="Xã Một")
    other = as_role(Role.CHECKER, unit="Xã Hai")
    for path in (where(receipt), f"{where(receipt)}trang/2.jpg", "/tep/999999/chia/"):
        assert other.get(path).status_code == 404
    assert other.post(where(receipt), {"cat": ["2"], "seen": seen()}).status_code == 404


def test_it_is_reached_from_the_batch_and_from_the_check(as_role: AsRole, receipt: Receipt) -> None:
    client = as_role(Role.CHECKER)
    batch = client.get(f"/lo/{receipt.batch_id}/").content.decode()
    assert f'href="{where(receipt)}"' in batch
    paper = Document.objects.get(first_page=2)
    page = client.get(f"/giay-to/{paper.pk}/").content.decode()
    assert f'href="{where(receipt)}#trang-2"' in page
    clerk = as_role(Role.CLERK).get(f"/giay-to/{paper.pk}/").content.decode()
    assert "/chia/" not in clerk


@pytest.mark.parametrize(
    ("cuts", "out", "expected"),
    [
        ((), (), [(1, 4)]),
        ((1, 3), (), [(1, 2), (3, 4)]),
        ((), (1,), [(2, 4)]),
        ((), (2,), [(1, 1), (3, 4)]),
        ((2,), (2, 3), [(1, 1), (4, 4)]),
        ((), (1, 2, 3, 4), []),
        ((9,), (7,), [(1, 4)]),
    ],
)
def test_ticks_become_ranges(
    cuts: tuple[int, ...], out: tuple[int, ...], expected: list[tuple[int, int]]
) -> None:
    """A page left out ends what stands before it; behind it a document begins by itself."""
    assert expected == Choice(frozenset(cuts), frozenset(out)).ranges(4)
