"""The audit chain in the records: whole when untouched, broken when a row is touched."""

import datetime as dt

import pytest

from archive.models import AuditEvent, AuditHead
from archive.services.anchoring import anchor_audit
from archive.services.audit import record_event
from archive.tags import Tag
from archive.verify import check_audit
from workers.house import House

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _events(house: House) -> None:
    for number in range(5):
        record_event(Tag.SEARCH_MADE, actor="ai", subject=f"index{number}", detail={"total": 1})


class EmptyStore:
    """A store that holds this test's anchors only."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, bytes]] = []

    def put_anchor(self, name: str, data: bytes) -> None:
        self.kept.append((name, data))

    def anchors(self, after: str = "") -> list[tuple[str, bytes]]:
        return [one for one in self.kept if one[0] > after]


def problems(store: EmptyStore) -> list[str]:
    return [str(problem.what) for problem in check_audit(store).problems]  # type: ignore[arg-type]


def test_an_untouched_chain_is_whole() -> None:
    store = EmptyStore()
    anchor_audit(store)  # type: ignore[arg-type]
    assert problems(store) == []


def test_anchoring_twice_writes_one_anchor() -> None:
    store = EmptyStore()
    assert [anchor_audit(store), anchor_audit(store)] == [True, False]  # type: ignore[arg-type]
    assert len(store.kept) == 1


@pytest.mark.parametrize(
    "change", [{"actor": "ma"}, {"subject": "khác"}, {"tag": "x:y"}, {"detail": {"total": 2}}]
)
def test_a_changed_row_is_told(change: dict[str, object]) -> None:
    """Whatever an event says is covered by its hash."""
    store = EmptyStore()
    anchor_audit(store)  # type: ignore[arg-type]
    seq = AuditEvent.objects.order_by("seq")[2].seq
    AuditEvent.objects.filter(seq=seq).update(**change)
    assert "audit_broken" in problems(store)


def test_a_chain_rewritten_to_its_end_is_told_by_the_anchor() -> None:
    """Somebody who computes every hash anew still cannot change what lies in the store."""
    store = EmptyStore()
    anchor_audit(store)  # type: ignore[arg-type]
    AuditEvent.objects.all().delete()
    AuditHead.objects.all().delete()
    for _ in range(9):
        record_event(Tag.SEARCH_MADE, actor="ma", subject="index")
    assert "audit_broken" in problems(store)


def test_a_cut_tail_is_told() -> None:
    store = EmptyStore()
    AuditEvent.objects.order_by("-seq")[0].delete()
    assert "audit_broken" in problems(store)


def test_a_clock_put_back_does_not_stop_the_trail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Times never go back: the event bears the last one's, and says what the clock said."""
    store = EmptyStore()
    anchor_audit(store)  # type: ignore[arg-type]
    before = AuditEvent.objects.latest("seq").at
    newest = AuditHead.objects.order_by("-day").first()
    assert newest

    class Earlier(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
            return dt.datetime(2020, 1, 1, tzinfo=tz)

    monkeypatch.setattr("archive.services.audit.dt.datetime", Earlier)
    event = record_event(Tag.SEARCH_MADE, actor="ai", subject="index", detail={"total": 1})
    monkeypatch.undo()
    assert (event.seq, event.day) == (newest.last_seq + 1, newest.day)
    assert event.at >= before
    assert event.detail["clock"].startswith("2020-01-01")
    assert problems(store) == []
