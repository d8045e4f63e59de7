"""A dossier against its table of contents, as its batch and its papers show it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from archive.models import Batch, ContentsList, Document
from archive.services.contents import record_comparison, record_contents
from archive.states import DocumentStatus, Protection, Role
from classify import CONTENTS
from config.commands.ingest import report
from tests.making import make_document, make_page, make_receipt
from workers.house import House

AsRole = Callable[..., Client]

ENTRIES = [
    {
        "ordinal": ordinal, "number": number, "issued_on": day, "abstract": abstract,
        "issuer": "UBND", "sheet": "1", "page": 1, "box": [0, 0, 9, 9],
    }
    for ordinal, number, day, abstract in (
        (1, "12/QĐ-UBND", "2010-03-05", "Phê duyệt kế hoạch"),
        (2, "71/TTr-UBND", "2010-04-01", "<b>Xin chủ trương</b>"),
        (3, "", "", "Giấy không số"),
    )
]  # fmt: skip


@pytest.fixture
def papers(batch: Batch, house: House) -> dict[str, Document]:
    """A list, the paper of its first entry, an identity paper that it does not name."""
    receipt = make_receipt(batch, house, untrusted_name="hồ sơ.pdf", page_count=3)
    for number in (1, 2, 3):
        make_page(receipt, number)
    seen = {"status": DocumentStatus.WAITING, "protection": Protection.ORDINARY}
    made = {
        "list": make_document(receipt, 1, kind_name=CONTENTS, **seen),
        "found": make_document(receipt, 2, kind_name="quyết định", number="13/QĐ-UBND", **seen),
        "extra": make_document(
            receipt, 3, kind_name="thẻ căn cước", number="079204000001",
            **seen | {"protection": Protection.IDENTITY},
        ),
    }  # fmt: skip
    record_contents(made["list"], ENTRIES)
    return made


def compare(papers: dict[str, Document], **changes: Any) -> None:
    """What the stage writes."""
    differs = [{"field": "number", "listed": "12/QĐ-UBND", "read": "13/QĐ-UBND"}]
    found = {"entry": 0, "document": papers["found"].pk, "doubtful": False, "differs": differs}
    result = {"found": [found], "missing": [1, 2], "unlisted": [papers["extra"].pk], "unread": [4]}
    record_comparison(ContentsList.objects.get(), result | changes, {})


def batch_page(client: Client, batch: Batch) -> str:
    body: str = client.get(f"/lo/{batch.pk}/").content.decode()
    return body.partition("Đối chiếu mục lục hồ sơ")[2].partition("Biên nhận")[0]


def test_a_batch_without_a_list_says_nothing(as_role: AsRole, batch: Batch) -> None:
    body = as_role(Role.CHECKER).get(f"/lo/{batch.pk}/").content.decode()
    assert "Đối chiếu mục lục hồ sơ" not in body


def test_found_missing_and_extra(
    as_role: AsRole, batch: Batch, papers: dict[str, Document]
) -> None:
    """Each missing entry as printed, each paper that is not listed, what may be misread."""
    compare(papers)
    shown = batch_page(as_role(Role.CHECKER), batch)
    assert "Thấy 1/3 mục · 1 giấy tờ ngoài mục lục · có thể sót dòng số 4" in shown
    assert "<strong>71/TTr-UBND</strong> ngày 01/04/2010" in shown
    assert "Giấy không số" in shown
    assert "<b>Xin" not in shown
    assert f"/giay-to/{papers['extra'].pk}/" in shown


def test_before_it_was_compared(as_role: AsRole, batch: Batch, papers: dict[str, Document]) -> None:
    """Nothing is called missing that nobody has looked for."""
    shown = batch_page(as_role(Role.CHECKER), batch)
    assert "3 mục, máy đang so" in shown
    assert "Chưa thấy giấy tờ" not in shown
    page = as_role(Role.CHECKER).get(f"/giay-to/{papers['list'].pk}/").content.decode()
    assert "chưa thấy" not in page


def test_everything_there(as_role: AsRole, batch: Batch, papers: dict[str, Document]) -> None:
    found = [
        {"entry": at, "document": papers["found"].pk, "doubtful": False, "differs": []}
        for at in range(3)
    ]
    compare(papers, found=found, missing=[], unlisted=[], unread=[])
    assert "Cả 3 mục đều có giấy tờ" in batch_page(as_role(Role.CHECKER), batch)


def test_what_one_may_not_see_stays_unseen(
    as_role: AsRole, batch: Batch, papers: dict[str, Document]
) -> None:
    """An operator learns that a paper is extra, and its kind; no number, no way to it."""
    compare(papers)
    operator = as_role(Role.OPERATOR)
    shown = batch_page(operator, batch)
    assert "Thẻ căn cước" in shown
    assert papers["extra"].pk not in shown
    assert "079204000001" not in shown
    Document.objects.filter(pk=papers["list"].pk).update(protection=Protection.IDENTITY)
    shown = batch_page(operator, batch)
    assert "Thấy 1/3 mục" in shown
    assert "71/TTr-UBND" not in shown


def test_the_list_shows_each_entry_beside_its_paper(
    as_role: AsRole, papers: dict[str, Document]
) -> None:
    compare(papers)
    client = as_role(Role.CHECKER)
    page = client.get(f"/giay-to/{papers['list'].pk}/").content.decode()
    entries = page.partition('class="entries"')[2].partition("</section>")[0]
    rows = entries.split("<li ")[1:]
    assert f"/giay-to/{papers['found'].pk}/" in rows[0]
    assert "khác giấy tờ" in rows[0]
    assert ["chưa thấy" in row for row in rows] == [False, True, True]
    assert "Mục lục hồ sơ" not in client.get(f"/giay-to/{papers['found'].pk}/").content.decode()


def test_a_paper_cut_away_meanwhile_is_not_shown(
    as_role: AsRole, batch: Batch, papers: dict[str, Document]
) -> None:
    """Until it is compared anew the entry counts as missing; no link leads nowhere."""
    compare(papers)
    gone = papers["found"].pk
    papers["found"].delete()
    assert gone not in batch_page(as_role(Role.CHECKER), batch)
    assert as_role(Role.CHECKER).get(f"/giay-to/{papers['list'].pk}/").status_code == 200


def test_the_command_line_tells_it(batch: Batch, papers: dict[str, Document]) -> None:
    """Under `contents`: entries by their printed ordinal, papers by id."""
    assert report(batch).data["contents"][0]["found"] is None
    compare(papers)
    answer = report(batch)
    [told] = answer.data["contents"]
    assert (told["id"], told["file"], told["entries"]) == (papers["list"].pk, "hồ sơ.pdf", 3)
    assert [(one["entry"], one["id"]) for one in told["found"]] == [(1, papers["found"].pk)]
    assert told["missing"][0] == {
        "entry": 2, "number": "71/TTr-UBND", "issued_on": "2010-04-01",
        "abstract": "<b>Xin chủ trương</b>",
    }  # fmt: skip
    assert told["missing"][1]["number"] is None
    assert (told["unlisted"], told["unread"]) == ([papers["extra"].pk], [4])
    assert "thấy 1/3 mục, 1 giấy tờ ngoài mục lục" in answer.text
    assert answer.status == 0
