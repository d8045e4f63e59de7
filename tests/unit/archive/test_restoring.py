"""Records that came from an older dump: refused, owned up to, and the trail is whole again."""

import datetime as dt
from pathlib import Path

import pytest

from archive.errors import NotAllowedError, RecordsBehindError, RecordsNotBehindError, WorkLostError
from archive.ledger import open_runs
from archive.models import Account, AuditEvent, AuditHead, Document, Page, Receipt
from archive.services.anchoring import anchor_audit
from archive.services.audit import last_event, record_event
from archive.services.documents import Cut, make_documents
from archive.services.intake import Intake, accept_file, open_batch
from archive.services.restoring import check_not_behind, note_restored
from archive.states import ReceiptState
from archive.stores import LocalArchiveStore
from archive.tags import Tag
from archive.verify import check_audit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def archive(tmp_path: Path) -> LocalArchiveStore:
    """With an anchor on the trail's end."""
    return LocalArchiveStore(tmp_path / "archive")


def events(count: int) -> None:
    """What happens on a day."""
    for number in range(count):
        record_event(Tag.SEARCH_MADE, actor="ai", subject=f"index{number}", detail={"total": 1})


def restore(to: int) -> None:
    """The records as an older dump had them."""
    AuditEvent.objects.filter(seq__gt=to).delete()
    for head in AuditHead.objects.all():
        last = AuditEvent.objects.filter(day=head.day).order_by("-seq").first()
        if last is None:
            head.delete()
        else:
            head.last_seq, head.hash = last.seq, last.hash
            head.anchored_seq = min(head.anchored_seq, to)
            head.save()


def test_records_of_today_pass(archive: LocalArchiveStore, account: Account) -> None:
    """Anchored or not; and there is nothing to own up to."""
    events(3)
    check_not_behind(archive)
    anchor_audit(archive)
    check_not_behind(archive)
    with pytest.raises(RecordsNotBehindError):
        note_restored(archive, account, reason="thử", is_work_lost=False)


def test_older_records_are_refused_until_somebody_owns_up(
    archive: LocalArchiveStore, account: Account
) -> None:
    """No anchor is written meanwhile; then the trail goes on behind the last one, whole."""
    events(2)
    anchor_audit(archive)
    dumped = last_event()
    events(4)
    anchor_audit(archive)
    lost = last_event()
    restore(dumped)
    with pytest.raises(RecordsBehindError):
        check_not_behind(archive)
    events(1)
    there = dict(archive.anchors())
    assert not anchor_audit(archive)
    assert dict(archive.anchors()) == there
    restore(dumped)

    done = note_restored(archive, account, reason="cháy", is_work_lost=False)
    assert (done.first, done.last, done.files) == (dumped + 1, lost, 0)
    check_not_behind(archive)
    assert anchor_audit(archive)
    found = check_audit(archive)
    assert found.problems == []
    assert f"số {dumped + 1} đến {lost}" in " ".join(found.notes)
    assert found.promise.seq == lost + 1


def test_a_day_that_was_lost_whole(
    archive: LocalArchiveStore, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event opens its own day behind the lost ones."""
    now = dt.datetime.now(dt.UTC)
    monkeypatch.setattr("archive.services.audit.clock", lambda: now)
    events(2)
    anchor_audit(archive)
    dumped = last_event()
    now += dt.timedelta(days=1)
    events(2)
    anchor_audit(archive)
    restore(dumped)
    now += dt.timedelta(days=1)
    note_restored(archive, account, reason="cháy", is_work_lost=False)
    events(2)
    anchor_audit(archive)
    assert check_audit(archive).problems == []


def test_who_may_not_owns_up_to_nothing(archive: LocalArchiveStore, account: Account) -> None:
    """Nothing is written."""
    before = last_event()
    nobody = Account.objects.create(username="nobody")
    with pytest.raises(NotAllowedError):
        note_restored(archive, nobody, reason="thử", is_work_lost=True)
    assert last_event() == before


def test_lost_work_is_asked_for_again(archive: LocalArchiveStore, account: Account) -> None:
    """Papers that waited go with their file; what was sealed stays; the same bytes are taken once
    more, by the same command too.
    """
    intake = Intake("Lô", sources=("a.pdf",))
    batch = open_batch(intake, account)
    read = accept_file(batch, "a.pdf", "ab" * 32, 7)
    opened = accept_file(batch, "b.pdf", "bc" * 32, 7)
    sealed = accept_file(batch, "c.pdf", "cd" * 32, 7)
    Receipt.objects.filter(pk=sealed.pk).update(received_sealed=True, state=ReceiptState.DONE)
    for receipt in (read, opened, sealed):
        Page.objects.create(receipt=receipt, number=1)
    waits, kept = (make_documents(receipt, [Cut(1, 1)])[0] for receipt in (read, sealed))
    dumped = last_event()
    events(1)
    anchor_audit(archive)
    restore(dumped)

    done = note_restored(archive, account, reason="cháy", is_work_lost=True)
    assert done.files == 2
    assert not Document.objects.filter(pk=waits.pk).exists()
    assert Document.objects.filter(pk=kept.pk).exists()
    assert list(Page.objects.values_list("receipt", flat=True)) == [sealed.pk]
    states = Receipt.objects.filter(pk__in=(read.pk, opened.pk)).values_list("state", "code")
    assert set(states) == {(ReceiptState.STOPPED, WorkLostError.code)}
    assert not open_runs(receipt__in=(read, opened)).exists()
    again = accept_file(open_batch(intake, account), "a.pdf", "ab" * 32, 7)
    assert (again.state, again.batch_id != batch.pk) == (ReceiptState.RECEIVED, True)
