"""The gate: nothing is read before all was looked at, and secret papers go no further."""

from typing import Any

import pytest

from archive.models import Account, AuditEvent, Document, Page, Receipt, StageRun
from archive.services.intake import decide_held
from archive.services.pages import plan_pages
from archive.services.sealing import is_named_in_work
from archive.stages import Stage
from archive.states import PageState, ReceiptState, RunState
from archive.tags import Tag
from imaging.errors import CorruptFileError
from imaging.types import Box
from ocr.types import GateReport, SecretMark, Verdict
from tests.making import make_document, make_page
from tests.unit.workers.conftest import work_off
from workers.house import House
from workers.loop import Worker
from workers.stages import STAGES
from workers.stages import pages as stages

MARK = SecretMark("MẬT", Box(1, 1, 5, 5), 0.9)
GOOD = GateReport(Verdict.PASS, (), 0, 100, 140, 150, is_blank=False, secret=None)
BLANK = GateReport(Verdict.PASS, (), 0, 100, 140, 150, is_blank=True, secret=None)
SECRET = GateReport(Verdict.PASS, (), 0, 100, 140, 150, is_blank=False, secret=MARK)


@pytest.fixture
def looker(house: House) -> Worker:
    """A worker that gates, and does nothing else that it finds."""
    return Worker(house, {Stage.GATE: STAGES[Stage.GATE]}, owner="test")


def gated(receipt: Receipt, monkeypatch: pytest.MonkeyPatch, *reports: GateReport | None) -> None:
    """Give a file pages that the gate will find so; None is a page that cannot be opened."""
    pages = [
        make_page(receipt, number, state=PageState.PENDING, verdict="")
        for number in range(1, len(reports) + 1)
    ]

    def image(page: Page, _house: House) -> int:
        if reports[page.number - 1] is None:
            raise CorruptFileError
        return page.number

    def inspect(number: Any, **_: object) -> GateReport:
        report = reports[int(number) - 1]
        assert isinstance(report, GateReport)
        return report

    monkeypatch.setattr(stages, "_image", image)
    monkeypatch.setattr(stages, "inspect_page", inspect)
    plan_pages(Stage.GATE, receipt, pages)


def due(stage: str) -> list[int]:
    """Numbers of the pages that a stage is due for."""
    ids = StageRun.objects.filter(stage=stage, state=RunState.READY).values_list("subject_id")
    return sorted(
        Page.objects.filter(pk__in=[int(one) for (one,) in ids]).values_list("number", flat=True)
    )


def test_no_page_is_read_before_every_page_was_looked_at(
    receipt: Receipt, looker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The barrier; a blank page and one that cannot be opened have been looked at too."""
    gated(receipt, monkeypatch, GOOD, BLANK, None, GOOD)
    for _ in range(3):
        assert looker.step()
        assert due(Stage.CLEAN) == []
    assert looker.step()
    assert due(Stage.CLEAN) == [1, 4]
    states = list(receipt.pages.values_list("state", flat=True))
    assert states == ["pending", "blank", "failed", "pending"]


@pytest.mark.parametrize("reports", [(BLANK, BLANK), (None, None), (BLANK, None)])
def test_a_file_without_a_page_to_read_goes_on(
    receipt: Receipt,
    looker: Worker,
    monkeypatch: pytest.MonkeyPatch,
    reports: tuple[GateReport | None, ...],
) -> None:
    """All blank or broken: cut into documents at once, where it is said that there are none."""
    gated(receipt, monkeypatch, *reports)
    looker.step()
    looker.step()
    assert StageRun.objects.filter(stage=Stage.SEPARATE, state=RunState.READY).count() == 1


def assert_forgotten(receipt: Receipt, house: House) -> None:
    """Held: no page, no document, no text, nothing open; the bytes wait, encrypted."""
    receipt.refresh_from_db()
    assert (receipt.state, receipt.code) == (ReceiptState.HELD, "secret_mark")
    assert receipt.decide_by is not None
    assert not Page.objects.filter(receipt=receipt).exists()
    assert not Document.objects.filter(receipt=receipt).exists()
    assert not StageRun.objects.filter(
        receipt=receipt, state__in=(RunState.READY, RunState.RUNNING)
    ).exists()
    assert list(house.index.ids()) == []
    house.work.sweep(is_named_in_work)
    assert list(house.work.names()) == [receipt.sha256]
    event = AuditEvent.objects.get(tag=Tag.FILE_HELD)
    assert event.detail["level"] == "MẬT"


def test_a_mark_at_the_gate_stops_its_file(
    receipt: Receipt,
    looker: Worker,
    house: House,
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On the second page of three, the third not looked at: no way on for any of them."""
    gated(receipt, monkeypatch, GOOD, SECRET, GOOD)
    work_off(looker)
    assert_forgotten(receipt, house)
    assert b"file" in house.work.read(receipt.sha256)
    raw = next(path for path in house.work._root.rglob(receipt.sha256))  # type: ignore[attr-defined]
    assert house.work.read(receipt.sha256) not in raw.read_bytes()
    decide_held(receipt, account, destroy=False)
    house.work.sweep(is_named_in_work)
    assert list(house.work.names()) == []


def test_a_mark_in_the_text_stops_its_file_too(
    receipt: Receipt, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen only when read: what was read of its other pages goes as well."""
    kept = house.work.put(b"text of page one").sha256
    clean = house.work.put(b"picture of page two").sha256
    make_page(receipt, 1, text_sha256=kept)
    second = make_page(receipt, 2, state=PageState.PENDING, clean_sha256=clean)
    make_document(receipt)
    plan_pages(Stage.RECOGNISE, receipt, [second])
    monkeypatch.setattr(stages, "_read", lambda *_: None)
    monkeypatch.setattr(stages, "secret_in_text", lambda _text: MARK)
    work_off(Worker(house, STAGES, owner="test"))
    assert_forgotten(receipt, house)


def test_a_page_read_while_its_file_was_held_leaves_nothing(
    receipt: Receipt, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workers: one still reads page one when the other finds the mark on page two."""
    first, second = (make_page(receipt, number, state=PageState.PENDING) for number in (1, 2))
    plan_pages(Stage.RECOGNISE, receipt, [first, second])
    monkeypatch.setattr(stages, "_read", lambda _run, page, _house: page)
    monkeypatch.setattr(stages, "page_text_to_bytes", lambda _text: b"what page one says")
    other = Worker(house, STAGES, owner="other")

    def secret(page: Page) -> SecretMark | None:
        if page.number == 2:
            return MARK
        assert other.step()
        return None

    monkeypatch.setattr(stages, "secret_in_text", secret)
    assert Worker(house, STAGES, owner="test").step()
    assert_forgotten(receipt, house)
