"""Several writers at the same papers: no deadlock, no lost effect, nothing twice, the chain whole.

Where one writes at a time (SQLite) there is nothing to race; on PostgreSQL there is.
"""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from archive import ledger
from archive.errors import ArchiveError
from archive.ledger import Plan, extend_leases, plan_runs
from archive.models import Account, AuditEvent, Batch, Document, Receipt, StageRun
from archive.services import documents, intake, people
from archive.services.audit import record_event
from archive.services.cuts import PageRange, Proposal, cuts_seen, propose_cuts, recut_file
from archive.services.documents import Cut
from archive.services.looking import Reader, note_search
from archive.stages import Stage
from archive.states import DocumentStatus, Protection, ReceiptState, Role
from archive.tags import Tag
from archive.verify import check_audit
from archive.writing import writing
from proof.types import What
from tests.making import make_batch, make_page, make_receipt
from workers.house import House, current

pytestmark = [
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="these records take one writer at a time"
    ),
    pytest.mark.django_db(transaction=True),
]
Deed = Callable[[], object]
WRITERS = 8


def _race(deeds: list[Deed]) -> list[object]:
    """Do all at once; a refusal is an answer, anything else breaks the test."""
    start = threading.Barrier(len(deeds))

    def run(deed: Deed) -> object:
        try:
            connection.ensure_connection()
            start.wait()
            return deed()
        except ArchiveError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def _account() -> Account:
    return Account.objects.get(username="tai-may")


def _is_whole() -> bool:
    """Whether the chain has no gap and no fork; anchors nobody wrote."""
    found = check_audit(current().archive).problems
    return [one for one in found if one.what is not What.ANCHOR_MISSING] == []


def test_the_same_bytes_are_filed_once(house: House) -> None:
    """From eight batches at once: one receipt is the file, the others are its duplicates."""
    batches = [make_batch(_account(), dossier_code=f"H{at}") for at in range(WRITERS)]
    _race([
        lambda batch=batch: intake.accept_file(batch, "a.png", "a" * 64, 1)  # type: ignore[misc]
        for batch in batches
    ])  # fmt: skip
    states = list(Receipt.objects.values_list("state", flat=True))
    assert states.count(ReceiptState.RECEIVED) == 1
    assert states.count(ReceiptState.DUPLICATE) == WRITERS - 1
    assert StageRun.objects.filter(stage=Stage.OPEN).count() == 1
    assert _is_whole()


def test_one_command_given_twice_is_one_batch(house: House) -> None:
    """Both find the same unfinished batch; each file has one receipt, each its own place."""
    asked = intake.Intake("lô", sources=("/a",))

    def ingest() -> Batch:
        batch = intake.open_batch(asked, _account())
        for number in range(6):
            intake.accept_file(batch, f"{number}.png", f"{number:064}", 1)
        intake.close_receiving(batch)
        intake.finish_batch(batch)
        return batch

    _race([ingest] * WRITERS)
    batch = Batch.objects.get()
    assert sorted(batch.receipts.values_list("position", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert batch.state != "finished"
    assert _is_whole()


@pytest.mark.parametrize("seed", range(4))
def test_everybody_at_one_file(house: House, seed: int) -> None:
    """Confirmed, corrected, refused, cut, read anew and searched for at once, in any order."""
    account = _account()
    receipt = make_receipt(make_batch(account), house, state=ReceiptState.DONE, page_count=12)
    for number in range(1, 13):
        make_page(receipt, number)
    with writing():
        propose_cuts(receipt, Proposal(tuple(Cut(at, at + 1) for at in range(1, 12, 2))))
    Document.objects.update(status=DocumentStatus.WAITING, protection=Protection.ORDINARY)
    papers = list(Document.objects.order_by("first_page"))
    seen = cuts_seen(papers)
    chance = random.Random(seed)  # noqa: S311  a test's order
    deeds: list[Deed] = [
        lambda: recut_file(receipt, account, [PageRange(1, 12)], seen=seen),
        lambda: recut_file(receipt, account, [PageRange(1, 6), PageRange(7, 12)], seen=seen),
        lambda: intake.accept_file(make_batch(account), "b", receipt.sha256, 1),
        lambda: note_search(Reader("tai-may"), total=1, shown=[papers[0].pk]),
        lambda: [extend_leases("w") for _ in range(20)],
        lambda: [ledger.claim_run("w") for _ in range(20)],
    ]
    for paper in papers:
        deeds += [
            lambda paper=paper: documents.confirm_document(paper, account),  # type: ignore[misc]
            lambda paper=paper: documents.confirm_document(paper, account),  # type: ignore[misc]
            lambda paper=paper: documents.correct_document(  # type: ignore[misc]
                paper, account, {"number": "7"}
            ),
        ]
    deeds.append(lambda: documents.refuse_document(papers[0], account, reason="mờ"))
    chance.shuffle(deeds)
    _race(deeds)
    pages = sorted(
        page
        for first, last in Document.objects.values_list("first_page", "last_page")
        for page in range(first, last + 1)
    )
    assert pages == list(range(1, 13))
    for paper in Document.objects.filter(confirmed_at__isnull=False):
        runs = StageRun.objects.filter(subject_id=paper.pk, stage=Stage.RENDER)
        assert paper.status == DocumentStatus.REFUSED or runs.exists()
    assert _is_whole()


def test_the_chain_of_many_hands(house: House) -> None:
    """Accounts, sign-ins, keys and heartbeats beside it: every event is there, in one line."""
    before = AuditEvent.objects.count()

    def events() -> None:
        for number in range(15):
            record_event(Tag.BATCH_OPENED, actor="machine", subject=f"batch:{number}")

    def accounts(number: int) -> None:
        made = people.add_account(
            f"a{number}", full_name="A", unit="", roles=[Role.CLERK], actor="machine"
        )
        people.redeem_ticket(people.issue_ticket(made))
        people.add_client(f"m{number}", ["reuse"], actor="machine")

    deeds: list[Deed] = [events] * 4
    deeds += [lambda number=number: accounts(number) for number in range(4)]  # type: ignore[misc]
    assert [one for one in _race(deeds) if one is not None] == []
    assert AuditEvent.objects.count() - before == 4 * 15 + 4 * 4
    assert _is_whole()


def test_one_link_lets_one_in(house: House) -> None:
    """A ticket that eight use at once is used once; a name that eight want is given once."""
    token = people.issue_ticket(_account())
    answers = _race([lambda: people.redeem_ticket(token)] * WRITERS)
    assert sum(isinstance(one, Account) for one in answers) == 1
    answers = _race([
        lambda: people.add_account("ai", full_name="", unit="", roles=[], actor="machine")
    ] * WRITERS)  # fmt: skip
    assert sum(isinstance(one, Account) for one in answers) == 1


def test_a_claim_that_meets_a_locked_file_waits_for_nobody(house: House) -> None:
    """It leaves the run, and takes it when the file is free."""
    receipt = make_receipt(make_batch(_account()), house)
    plan_runs([Plan(Stage.SEAL, "document", "D1", receipt.pk)])
    held, over = threading.Event(), threading.Event()

    def hold() -> None:
        with writing():
            Receipt.objects.select_for_update(no_key=True).get(pk=receipt.pk)
            held.set()
            over.wait(10)

    def claim() -> object:
        held.wait(10)
        found = ledger.claim_run("w")
        over.set()
        return found

    assert _race([hold, claim]) == [None, None]
    assert ledger.claim_run("w") is not None
