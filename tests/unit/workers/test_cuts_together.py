"""Several people at one file at once, where the records let several write: one wins, none is lost.

SQLite lets one write at a time and needs none of this; PostgreSQL does.
"""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from archive.errors import ArchiveError
from archive.models import Account, Document, Page, Receipt
from archive.services.cuts import PageRange, Proposal, cuts_seen, propose_cuts, recut_file
from archive.services.documents import Cut, confirm_document
from archive.states import DocumentStatus, Protection
from archive.verify import check_audit
from archive.writing import writing
from tests.making import make_batch, make_page, make_receipt
from workers.house import House

pytestmark = [
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="these records take one writer at a time"
    ),
    pytest.mark.django_db(transaction=True),
]
Deed = Callable[[], object]


@pytest.fixture
def receipt(house: House) -> Receipt:
    """A file of eight pages, two to a document."""
    account = Account.objects.get(username="tai-may")
    receipt = make_receipt(make_batch(account), house, page_count=8)
    for number in range(1, 9):
        make_page(receipt, number)
    with writing():
        propose_cuts(receipt, Proposal(tuple(Cut(at, at + 1) for at in (1, 3, 5, 7))))
    Document.objects.update(status=DocumentStatus.WAITING, protection=Protection.ORDINARY)
    receipt.refresh_from_db()
    return receipt


def together(*deeds: Deed) -> Counter[str]:
    """Do it all at once; count what came of it, by the code of the error or "done"."""
    start = threading.Barrier(len(deeds))

    def do(deed: Deed) -> str:
        try:
            connection.ensure_connection()
            start.wait()
            deed()
        except ArchiveError as error:
            return error.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(deeds)) as pool:
        return Counter(pool.map(do, deeds))


def cutting(receipt: Receipt, *wanted: tuple[int, int]) -> Deed:
    account = Account.objects.get(username="tai-may")
    seen = cuts_seen(Document.objects.order_by("first_page"))
    ranges = [PageRange(*pages) for pages in wanted]
    return lambda: recut_file(receipt, account, ranges, seen=seen)


def whole() -> bool:
    """Whether every page is in exactly the document whose range holds it."""
    return all(
        page.document is not None
        and page.document.first_page <= page.number <= page.document.last_page
        for page in Page.objects.select_related("document")
    )


def test_of_several_who_cut_one_wins(receipt: Receipt, house: House) -> None:
    """The others are told that it changed; nothing of theirs is there."""
    wanted = [((1, 4), (5, 8)), ((1, 2), (3, 8)), ((1, 6), (7, 8)), ((1, 8),)]
    came = together(*(cutting(receipt, *ranges) for ranges in wanted))
    assert came == {"done": 1, "cuts_changed": 3}
    stands = tuple(Document.objects.order_by("first_page").values_list("first_page", "last_page"))
    assert stands in wanted
    assert whole()
    assert check_audit(house.archive).problems == []


def test_the_same_request_from_several_is_done_once(receipt: Receipt) -> None:
    """Sent twice by an impatient hand: both are content, one did it."""
    came = together(*(cutting(receipt, (1, 4), (5, 8)) for _ in range(4)))
    assert came == {"done": 4}
    assert Document.objects.count() == 2


def test_confirmed_and_cut_at_once(receipt: Receipt) -> None:
    """Whichever comes first, nobody stands for a document that is not there."""
    account = Account.objects.get(username="tai-may")
    paper = Document.objects.get(first_page=1)
    came = together(
        cutting(receipt, (1, 4), (5, 6), (7, 8)), lambda: confirm_document(paper, account)
    )
    assert came["done"] == 1
    assert sum(came.values()) == 2
    assert (Document.objects.count() == 3) != Document.objects.filter(pk=paper.pk).exists()
    assert whole()
