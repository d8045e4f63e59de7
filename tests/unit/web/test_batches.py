"""Feeding batches: each file its receipt, bad ones a sentence, and the batch ends by itself."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from archive.models import Account, Batch, Document, Receipt, StageRun
from archive.services import intake
from archive.states import BatchState, ReceiptState, Role
from tests.making import make_batch, make_page, make_receipt
from workers.house import House

AsRole = Callable[..., Client]
MakeDocument = Callable[..., Document]
JSON = {"Accept": "application/json"}


@pytest.fixture
def operator(house: House, as_role: AsRole) -> Client:
    return as_role(Role.OPERATOR)


def file(name: str = "to-1.png", data: bytes = b"\x89PNG rest") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def opened(client: Client, **said: str) -> str:
    answer = client.post("/lo/moi/", said, headers=JSON)
    assert answer.status_code == 201
    url: str = answer.json()["url"]
    return url


def add(client: Client, url: str, upload: Any) -> tuple[int, dict[str, Any]]:
    answer = client.post(f"{url}tep/", {"file": upload}, headers=JSON)
    return answer.status_code, answer.json()


def test_files_one_at_a_time_each_get_a_receipt(operator: Client) -> None:
    """The promise: name, size and hash come back when the bytes are safe."""
    url = opened(operator, name="Sáng thứ hai", dossier="H01.01.01-1", subject="001099000001")
    status, receipt = add(operator, url, file())
    assert (status, receipt["taken"], receipt["name"]) == (201, True, "to-1.png")
    row = Receipt.objects.get(sha256=receipt["sha256"])
    assert (row.batch.dossier_code, row.state) == ("H01.01.01-1", ReceiptState.RECEIVED)
    assert not row.batch.confirm
    assert operator.post(f"{url}dong/")["Location"] == url
    shown = operator.get(url).content.decode()
    assert row.sha256[:12] in shown
    assert 'hx-trigger="every 2s"' in shown


def test_an_empty_file_is_told_and_the_batch_goes_on(operator: Client) -> None:
    url = opened(operator)
    status, receipt = add(operator, url, SimpleUploadedFile("rong.pdf", b""))
    assert (status, receipt["taken"]) == (201, False)
    assert "Tệp rỗng" in receipt["message"]
    assert add(operator, url, file())[1]["taken"]
    assert "Tệp rỗng" in operator.get(url).content.decode()


def test_the_same_file_sent_again_gets_the_same_receipt(operator: Client) -> None:
    """A file that was sent again after a broken line is not filed twice."""
    url = opened(operator)
    assert add(operator, url, file())[1]["sha256"] == add(operator, url, file())[1]["sha256"]
    assert Receipt.objects.count() == 1


def test_without_script_one_form_does_it_all(operator: Client) -> None:
    files = [file("a.png", b"one"), file("b.png", b"two"), file("c.png", b"")]
    answer = operator.post("/lo/moi/", {"name": "Không script", "files": files})
    assert answer.status_code == 302
    batch = Batch.objects.get()
    assert (batch.state, batch.receipts.count()) == (BatchState.PROCESSING, 3)


def test_a_name_with_markup_or_folders_is_only_a_name(operator: Client) -> None:
    url = opened(operator)
    add(operator, url, file("../../<img src=x onerror=alert(1)>.png"))
    shown = operator.get(url).content.decode()
    assert "<img src=x" not in shown
    assert Receipt.objects.get().untrusted_name == "<img src=x onerror=alert(1)>.png"


def test_a_closed_batch_takes_no_more(operator: Client) -> None:
    url = opened(operator)
    add(operator, url, file())
    operator.post(f"{url}dong/")
    answer = operator.post(f"{url}tep/", {"file": file("b.png", b"two")})
    assert answer.status_code == 409


def test_a_request_without_a_file_is_told(operator: Client) -> None:
    status, said = add(operator, opened(operator), "")
    assert (status, "chọn tệp" in said["message"]) == (400, True)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"procedure": "9.999999"}, "không có thủ tục này"),
        ({"subject": "12345"}, "Số định danh gồm 12 chữ số"),
        ({"dossier": "H" * 41}, "40"),
    ],
)
def test_wrong_answers_open_no_batch(operator: Client, said: dict[str, str], sentence: str) -> None:
    refused = operator.post("/lo/moi/", said, headers=JSON)
    assert refused.status_code == 422
    [[why]] = refused.json()["errors"].values()
    assert sentence in why
    page = operator.post("/lo/moi/", said)
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert not Batch.objects.exists()


def test_the_batch_ends_when_nothing_is_left_to_do(operator: Client) -> None:
    """The polled part closes it and stops asking."""
    url = opened(operator)
    add(operator, url, file())
    operator.post(f"{url}dong/")
    assert "every 2s" in operator.get(f"{url}tien-do/").content.decode()
    StageRun.objects.all().delete()
    over = operator.get(f"{url}tien-do/").content.decode()
    assert "every 2s" not in over
    assert "máy đã xong" in over
    assert Batch.objects.get().state == BatchState.FINISHED


def test_the_list_leads_to_documents_one_may_open(as_role: AsRole, waiting: MakeDocument) -> None:
    """An operator sees that an identity paper is there, not its number, and no way in."""
    document = waiting(kind="KQ-CC", protection="identity")
    url = f"/lo/{document.receipt.batch_id}/"
    shown = as_role(Role.OPERATOR).get(url).content.decode()
    assert document.kind_name in shown
    assert document.number not in shown
    assert document.pk not in shown
    assert document.pk in as_role(Role.OPERATOR, Role.CHECKER).get(url).content.decode()


def test_first_page_shows_reasons_and_what_is_under_way(
    as_role: AsRole, waiting: MakeDocument
) -> None:
    waiting()
    shown = as_role(Role.CHECKER).get("/").content.decode()
    assert "Chờ người kiểm tra trước khi ký." in shown
    assert "Lô thử" in as_role(Role.OPERATOR).get("/dang-lam/").content.decode()


@pytest.mark.parametrize(
    ("what", "state"), [("huy", ReceiptState.DESTROYED), ("tra-lai", ReceiptState.HANDED_BACK)]
)
def test_a_held_file_is_decided_about_once(
    as_role: AsRole, held: Receipt, what: str, state: ReceiptState
) -> None:
    """Asked once more before; afterwards there is nothing left to decide."""
    archivist = as_role(Role.ARCHIVIST)
    path = f"/tep/{held.pk}/quyet-dinh/"
    assert held.untrusted_name in archivist.get(path, {"viec": what}).content.decode()
    held.refresh_from_db()
    assert held.state == ReceiptState.HELD
    assert archivist.post(path, {"viec": "xem"}).status_code == 302
    assert archivist.post(path, {"viec": what}).status_code == 302
    held.refresh_from_db()
    assert held.state == state
    assert archivist.post(path, {"viec": what}).status_code == 404


def test_the_list_of_batches_leafs(operator: Client, batch: Batch) -> None:
    shown = operator.get("/lo/", {"trang": "khong"}).content.decode()
    assert "Lô thử" in shown
    assert isinstance(intake.finish_batch(batch), bool)


def test_the_first_page_asks_as_much_for_twenty_batches_as_for_one(
    house: House, as_role: AsRole, account: Account
) -> None:
    """It is asked every three seconds by every desk."""
    client = as_role(Role.OPERATOR)

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/dang-lam/").status_code == 200
        return len(asked)

    def add() -> None:
        batch = make_batch(account)
        make_page(make_receipt(batch, house, page_count=2), 1)
        Batch.objects.filter(pk=batch.pk).update(state=BatchState.RECEIVING)

    add()
    one = questions()
    for _ in range(19):
        add()
    shown = client.get("/dang-lam/").content.decode()
    assert shown.count("1 tệp · 1/1 trang đã đọc") == 20
    assert questions() == one
