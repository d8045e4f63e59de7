"""The page of health: what is well, what is not and what to do next; counts, no paper."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from django.test import Client
from django.utils import timezone

from archive.lanes import Lane
from archive.models import Account, Receipt, StageRun, WorkerSeen
from archive.services import seeing
from archive.services.indexing import begin_pass
from archive.states import PassKind, ReceiptState, Role, RunState
from search import IndexUnavailableError
from tests.making import make_batch, make_document, make_receipt, make_sealed
from tests.unit.workers.conftest import plan
from web.health import BAD, DUE, GOOD, health_of, span
from workers.health import LOOKOUT
from workers.house import House
from workers.presence import say_present, version_here

AsRole = Callable[..., Client]


@pytest.fixture(autouse=True)
def forget_kept() -> Iterator[None]:
    """What was kept from the test before."""
    LOOKOUT._looked_at = float("-inf")
    yield
    LOOKOUT._looked_at = float("-inf")


@pytest.fixture
def receipt(account: Account, house: House) -> Receipt:
    """One received file."""
    return make_receipt(make_batch(account), house)


@pytest.fixture
def worker_seen(db: None) -> None:
    """A worker that said so a moment ago."""
    seeing.note_seen("may-1:7", node="may-1", lanes=("counter",), version=version_here())


def test_all_is_well(as_role: AsRole, house: House, worker_seen: None) -> None:
    """Said in one sentence, with every component."""
    shown = as_role(Role.SUPERVISOR).get("/suc-khoe/").content.decode()
    assert "Mọi thứ đang chạy tốt" in shown
    for words in ("Cơ sở dữ liệu", "Chỉ mục tìm kiếm", "Kho lưu trữ", "Ổ đĩa", "Tại quầy", "may-1",
                  "Không có việc nào hỏng", version_here()):  # fmt: skip
        assert words in shown
    assert "Máy chủ hàng đợi" not in shown


def test_what_is_away_says_what_to_do(
    as_role: AsRole, house: House, worker_seen: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise IndexUnavailableError

    monkeypatch.setattr(type(house.index), "count", away)
    shown = as_role(Role.ADMIN).get("/suc-khoe/").content.decode()
    assert "1 điều cần xem" in shown
    assert "việc nhận, đọc và lưu vẫn chạy" in shown
    assert "mã index_unavailable" in shown


def test_a_broker_is_looked_at_where_one_is_set(house: House, worker_seen: None) -> None:
    def away() -> None:
        raise IndexUnavailableError

    (state,) = [
        one
        for one in health_of(replace(house, reach_broker=away)).states
        if one.name == "Máy chủ hàng đợi"
    ]
    assert state.tone == BAD
    assert "không mất" in state.text


def test_queues_tell_how_long_the_oldest_waits(receipt: Receipt, house: House) -> None:
    """By lane; a person at the counter waits five minutes at most before somebody is told."""
    for number in range(3):
        plan(receipt, "gate", "page", str(number))
    StageRun.objects.update(lane=Lane.COUNTER)
    old = timezone.now() - dt.timedelta(minutes=12)
    first = StageRun.objects.order_by("pk")[0]
    StageRun.objects.filter(pk=first.pk).update(created_at=old)
    found = health_of(house)
    counter = next(one for one in found.lanes if one.name == "Tại quầy")
    assert (counter.runs, counter.oldest, counter.tone) == (3, "12 phút", DUE)
    assert [one.tone for one in found.states if one.name.startswith("Hàng")] == [DUE]
    (workers,) = [one for one in found.states if one.name == "Tiến trình xử lý"]
    assert workers.tone == BAD
    assert found.tone == BAD


def test_failures_of_the_day_by_code(receipt: Receipt, house: House, as_role: AsRole) -> None:
    """With the sentence and the steps; what is older than a day is not told."""
    now = timezone.now()
    for number, (stage, code, hours) in enumerate(
        (("gate", "too_dark", 1), ("clean", "too_dark", 2), ("sign", "pin_wrong", 30))
    ):
        run = plan(receipt, stage, "page", str(number))
        StageRun.objects.filter(pk=run.pk).update(
            state=RunState.DEAD,
            error_code=code,
            error_message="Trang quá tối. Hãy quét lại.",
            finished_at=now - dt.timedelta(hours=hours),
        )
    (failure,) = health_of(house).failures
    assert (failure.code, failure.runs) == ("too_dark", 2)
    assert failure.stages == "làm sạch trang, xem chất lượng và dấu mật"
    shown = as_role(Role.ARCHIVIST).get("/suc-khoe/").content.decode()
    assert "Trang quá tối. Hãy quét lại." in shown
    assert health_of(house).waiting.given_up == 3


def test_what_waits_and_what_is_overdue(receipt: Receipt, house: House) -> None:
    make_document(receipt, status="waiting")
    held = make_receipt(
        receipt.batch,
        house,
        state=ReceiptState.HELD,
        decide_by=timezone.now() - dt.timedelta(days=1),
    )
    found = health_of(house)
    assert (found.waiting.for_person, found.waiting.held_overdue) == (1, 1)
    assert "Tệp có dấu mật" in [one.name for one in found.states if one.tone == BAD]
    assert held.untrusted_name not in str(found)


def test_the_copies_and_a_rebuild_are_told(account: Account, house: House) -> None:
    make_sealed(account, house)
    begin_pass(PassKind.REBUILD)
    found = health_of(house)
    assert [one.place for one in found.copies] == [house.archive.place]
    (rebuild,) = [one for one in found.states if one.name == "Dựng lại chỉ mục"]
    assert rebuild.tone == GOOD


def test_workers_say_that_they_live(transactional_db: None) -> None:
    """Anew each minute under their name; who was not seen for a week is forgotten."""
    long_ago = timezone.now() - dt.timedelta(days=9)
    seeing.note_seen("old:1", node="old", lanes=(), version="0")
    WorkerSeen.objects.update(seen_at=long_ago)
    say_present("may-1:7", ("counter", "batch"))
    say_present("may-1:7", ("counter", "batch"))
    (seen,) = WorkerSeen.objects.all()
    assert (seen.owner, seen.lanes, seen.version) == ("may-1:7", "counter,batch", version_here())


def test_a_machine_of_another_version_is_marked(house: House, db: None) -> None:
    seeing.note_seen("may-2:1", node="may-2", lanes=("backfile",), version="khác")
    (node,) = health_of(house).nodes
    assert node.is_other_version
    assert (node.workers, node.lanes) == (1, "hồ sơ cũ")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 giây"), (59.9, "59 giây"), (60, "1 phút"), (7199, "1 giờ"), (90_000, "1 ngày")],
)
def test_a_span_in_its_largest_unit(seconds: float, said: str) -> None:
    assert span(seconds) == said
