"""What a pen wrote is weighed again with what becomes known; what people typed is kept to learn."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from archive.models import (
    Account,
    AuditEvent,
    Batch,
    Document,
    Field,
    HandCrop,
    Mention,
    OpenHand,
    Receipt,
    StageRun,
)
from archive.services.contents import record_contents
from archive.services.documents import (
    confirm_document,
    correct_document,
    correct_kind,
    refuse_document,
)
from archive.services.hands import (
    MOST_WEIGHINGS,
    crop_tally,
    erase_crops,
    plan_weighing,
    plan_weighing_beside,
    plan_weighing_in,
    plan_weighing_of,
    record_mentions,
)
from archive.services.sealing import is_named_in_work
from archive.stages import Stage
from archive.states import DocumentStatus, Protection, RunState
from archive.tags import Tag
from classify import CONTENTS
from classify.hand_learnt import HandModel
from classify.hands import hand_to_json
from classify.shelf import HandShelf
from classify.training.rehand import Why
from classify.types import Hand, Slot
from config.learning_hands import told_hands
from imaging.types import Box
from ocr.digits import HandDigits, Head, digit_reader
from ocr.digits.guard import guard
from ocr.digits.tune import examine, network_id
from tests.making import make_batch, make_document, make_page, make_receipt
from tests.unit.workers.conftest import work_off
from workers import hands
from workers.hand_learning import learn_hands
from workers.hand_reader import reader_of
from workers.house import House
from workers.loop import Worker
from workers.outcome import Outcome
from workers.stages import STAGES

BODY = "Ủy ban nhân dân tỉnh Huế"
PLACE = Box(40, 30, 70, 44)
LETTERS = "QĐ-UBND"


def _nothing(run: StageRun, house: House) -> Outcome:
    return Outcome(lambda _: None)


@pytest.fixture
def worker(house: House) -> Worker:
    """A worker at the stages of hands alone."""
    stages = dict.fromkeys(STAGES, _nothing)
    stages |= {one: STAGES[one] for one in (Stage.WEIGH, Stage.LESSON)}
    return Worker(house, stages, owner="test")


def number_hand(readings: Mapping[str, float], *, printed: str = "") -> dict[str, Any]:
    slot = Slot("number", PLACE, tuple(readings.items()))
    told = "Chữ số viết tay."
    return hand_to_json(Hand((slot,), f"{{}}/{LETTERS}", LETTERS, printed, "", told, certain=True))


def day_hand(day: Mapping[str, float], month: Mapping[str, float]) -> dict[str, Any]:
    slots = (Slot("day", PLACE, tuple(day.items())), Slot("month", PLACE, tuple(month.items())))
    return hand_to_json(Hand(slots, "2025", "", "", "", "Ngày viết tay.", certain=True))


def paper(batch: Batch, house: House, number: str | Mapping[str, float], **of: Any) -> Document:
    """A paper that waits; its number as printed, or as a hand's readings."""
    receipt = make_receipt(batch, house, data=of.pop("data", None))
    make_page(receipt)
    given = {
        "status": DocumentStatus.WAITING, "protection": Protection.ORDINARY, "issuer": BODY,
        "kind_name": "quyết định", "waiting": [{"code": "check_due", "message": "Chờ."}],
    }  # fmt: skip
    given["number"] = number if isinstance(number, str) else ""
    document = make_document(receipt, **given | of)
    values: dict[str, dict[str, Any]] = {
        "notation": {"value": LETTERS, "sure": True}, "issuer": {"value": BODY, "sure": True},
        "issued_on": {"value": "2025-03-08", "sure": True},
    }  # fmt: skip
    if isinstance(number, str):
        values["number"] = {"value": number, "sure": True}
    else:
        best = max(number, key=lambda one: number[one])
        values["number"] = {
            "value": f"{best}/{LETTERS}", "handwritten": True, "hand": number_hand(number),
            "confidence": number[best], "page": 1, "box": [30, 30, 90, 44],
        }  # fmt: skip
        OpenHand.objects.create(document=document, register="qd-ubnd", year=2025)
    Field.objects.bulk_create(
        Field(document=document, name=name, **value) for name, value in values.items()
    )
    return document


def value_of(document: Document, name: str = "number") -> Field:
    return Field.objects.get(document=document, name=name)


DOUBT = {"77": 0.62, "71": 0.36}


def test_neighbours_that_come_later_are_counted(
    account: Account, house: House, worker: Worker
) -> None:
    """A batch in order: the doubtful paper is weighed when those behind it are sure."""
    batch = make_batch(account)
    before = [paper(batch, house, f"{count}/{LETTERS}") for count in (64, 66, 69)]
    doubtful = paper(batch, house, DOUBT)
    after = [paper(batch, house, f"{count}/{LETTERS}") for count in (73, 75)]
    assert before
    plan_weighing_beside(after[-1])
    work_off(worker)
    field = value_of(doubtful)
    assert field.value == f"71/{LETTERS}"
    assert field.machine_value == field.value
    assert "nằm giữa 69 và 73" in field.reason
    assert not field.sure
    doubtful.refresh_from_db()
    assert doubtful.number == f"71/{LETTERS}"
    assert AuditEvent.objects.get(tag=Tag.DOCUMENT_WEIGHED).detail == {"fields": ["number"]}
    assert StageRun.objects.filter(stage=Stage.CHECK, subject_id=doubtful.pk).exists()
    assert StageRun.objects.filter(stage=Stage.INDEX, subject_id=doubtful.pk).exists()


def test_what_is_known_already_changes_nothing(
    account: Account, house: House, worker: Worker
) -> None:
    """Weighed twice it says the same, and no check or index is planned for nothing."""
    batch = make_batch(account)
    doubtful = paper(batch, house, DOUBT)
    plan_weighing([doubtful.pk])
    work_off(worker)
    first = StageRun.objects.exclude(stage=Stage.WEIGH).count()
    plan_weighing([doubtful.pk])
    work_off(worker)
    assert StageRun.objects.exclude(stage=Stage.WEIGH).count() == first
    assert StageRun.objects.filter(stage=Stage.WEIGH).count() == 2


def test_weighing_ends(account: Account, house: House, worker: Worker) -> None:
    """One run waits at a time, and a paper is weighed so often and no more."""
    doubtful = paper(make_batch(account), house, DOUBT)
    for _ in range(3):
        plan_weighing([doubtful.pk])
    assert StageRun.objects.filter(stage=Stage.WEIGH).count() == 1
    for _ in range(2 * MOST_WEIGHINGS):
        work_off(worker)
        plan_weighing([doubtful.pk])
    assert StageRun.objects.filter(stage=Stage.WEIGH).count() == MOST_WEIGHINGS


def test_papers_do_not_make_each_other_sure(account: Account, house: House, worker: Worker) -> None:
    """Of doubtful papers beside each other none is context for another, and no run follows."""
    batch = make_batch(account)
    rows = [paper(batch, house, {f"7{at}": 0.97, "99": 0.02}) for at in range(1, 6)]
    plan_weighing([one.pk for one in rows])
    work_off(worker)
    assert StageRun.objects.filter(stage=Stage.WEIGH, state=RunState.READY).count() == 0
    assert StageRun.objects.filter(stage=Stage.WEIGH).count() == len(rows)
    assert not any("thứ tự" in value_of(one).reason for one in rows)


def test_what_a_person_typed_stays(account: Account, house: House, worker: Worker) -> None:
    """And it is context for those beside it."""
    batch = make_batch(account)
    for count in (64, 66):
        paper(batch, house, f"{count}/{LETTERS}")
    typed, doubtful = paper(batch, house, DOUBT), paper(batch, house, DOUBT)
    paper(batch, house, f"73/{LETTERS}")
    correct_document(typed, account, {"number": f"69/{LETTERS}"})
    work_off(worker)
    assert value_of(typed).value == f"69/{LETTERS}"
    assert value_of(doubtful).value == f"71/{LETTERS}"
    assert "nằm giữa 69 và 73" in value_of(doubtful).reason


@pytest.mark.parametrize("end", ["confirmed", "refused", "signed"])
def test_what_is_over_is_left_alone(
    account: Account, house: House, worker: Worker, end: str
) -> None:
    """A paper that somebody stood for, refused, or that is signed is not weighed."""
    doubtful = paper(make_batch(account), house, DOUBT)
    plan_weighing([doubtful.pk])
    if end == "confirmed":
        confirm_document(doubtful, account)
    elif end == "refused":
        refuse_document(doubtful, account, reason="mờ")
    else:
        Document.objects.update(signed_sha256="0" * 64)
    before = value_of(doubtful)
    record_mentions(
        paper(make_batch(account), house, f"90/{LETTERS}"), [naming("71/QĐ-UBND", "2025-03-08")]
    )
    StageRun.objects.filter(stage=Stage.WEIGH).update(state=RunState.READY)
    work_off(worker)
    after = value_of(doubtful)
    assert (after.value, after.reason) == (before.value, before.reason)


def naming(number: str, day: str, issuer: str = BODY, how: str = "cites") -> dict[str, Any]:
    on = dt.date.fromisoformat(day)
    return {"how": how, "number": number, "register": "qd-ubnd", "issued_on": on, "issuer": issuer}


def test_a_later_citation_weighs_a_paper_that_waits(
    account: Account, house: House, worker: Worker
) -> None:
    """Filed later, of another batch: its grounds name number, day and body."""
    doubtful = paper(make_batch(account), house, DOUBT)
    other = paper(make_batch(account), house, DOUBT)
    Field.objects.filter(document=other, name="issued_on").update(value="2025-04-01")
    later = paper(make_batch(account), house, f"90/{LETTERS}")
    new = record_mentions(later, [naming("71/QĐ-UBND", "2025-03-08", "UBND tỉnh Huế")])
    plan_weighing_of(new)
    work_off(worker)
    assert value_of(doubtful).value == f"71/{LETTERS}"
    assert f"Văn bản 90/{LETTERS} dẫn “71/QĐ-UBND” ngày 08/03/2025" in value_of(doubtful).reason
    assert value_of(other).value == f"77/{LETTERS}", "issued on another day"
    assert record_mentions(later, [naming("71/QĐ-UBND", "2025-03-08", "UBND tỉnh Huế")]) == []


def test_a_citing_paper_that_not_all_may_see_is_called_by_its_id(
    account: Account, house: House, worker: Worker
) -> None:
    doubtful = paper(make_batch(account), house, DOUBT)
    later = paper(make_batch(account), house, "90/X", protection=Protection.IDENTITY)
    plan_weighing_of(record_mentions(later, [naming("71/QĐ-UBND", "2025-03-08")]))
    work_off(worker)
    assert later.pk in value_of(doubtful).reason
    assert "90/X" not in value_of(doubtful).reason


def test_contents_read_after_the_paper_weigh_it(
    account: Account, house: House, worker: Worker
) -> None:
    """Today as then: the table of contents may be the last sheet of the pile."""
    receipt = make_receipt(make_batch(account), house, page_count=2)
    doubtful = paper(make_batch(account), house, DOUBT)
    Document.objects.filter(pk=doubtful.pk).update(receipt=receipt)
    listing = make_document(receipt, 2, kind_name=CONTENTS, status=DocumentStatus.WAITING)
    row = {
        "ordinal": 1, "number": f"71/{LETTERS}", "issued_on": "2025-03-08", "abstract": "",
        "issuer": "", "sheet": "", "page": 2, "box": [0, 0, 9, 9],
    }  # fmt: skip
    record_contents(listing, [row])
    plan_weighing_in([Document.objects.get(pk=doubtful.pk)])
    work_off(worker)
    field = value_of(doubtful)
    assert field.value == f"71/{LETTERS}"
    assert "Mục lục hồ sơ có ghi số này." in field.reason


def test_the_query_around_a_paper_is_bounded(
    account: Account, house: House, django_assert_max_num_queries: Any
) -> None:
    """However many papers lie beside it."""
    batch = make_batch(account)
    for count in range(1, 40):
        paper(batch, house, f"{count}/{LETTERS}")
    doubtful = paper(batch, house, DOUBT)
    fields = hands.read_fields(doubtful)
    with django_assert_max_num_queries(10):
        around = hands.around_of(doubtful, fields)
    assert [len(order) for order in around.orders] == [12]
    assert [one.number for one in around.orders[0]][:2] == [f"39/{LETTERS}", f"38/{LETTERS}"]


def png(ink: int = 0) -> bytes:
    page = np.full((140, 100, 3), 255, np.uint8)
    page[PLACE.y0 : PLACE.y1, PLACE.x0 + 8 : PLACE.x0 + 11] = (200, 60, ink)
    return cv2.imencode(".png", page)[1].tobytes()


@pytest.fixture
def typed(account: Account, house: House) -> Document:
    """An ordinary paper whose number by hand a person may type."""
    document = paper(make_batch(account), house, DOUBT, data=png())
    Receipt.objects.update(media_type="image/png", page_count=1)
    return document


class TestCrops:
    """Places with what a person said stands there."""

    def test_what_a_person_types_is_kept_with_its_place(
        self, account: Account, house: House, worker: Worker, typed: Document
    ) -> None:
        """The cutting, the place in it, the readings; encrypted in `work/`, left by sweeps."""
        correct_document(typed, account, {"number": f"171/{LETTERS}"})
        work_off(worker)
        crop = HandCrop.objects.get()
        assert (crop.slot, crop.label, crop.document) == ("number", "171", typed)
        assert crop.readings == [["77", 0.62], ["71", 0.36]]
        picture, place = hands.open_crop(crop, house)
        assert picture.shape == (14 + 2 * 21, 30 + 2 * 21, 3)
        assert place.y1 - place.y0 == 14
        assert (picture[place.y0 + 2, place.x0 + 9] == (0, 60, 200)).all()
        assert is_named_in_work(crop.sha256)
        house.work.sweep(is_named_in_work)
        hands.open_crop(crop, house)
        assert crop_tally().crops == 1
        assert crop_tally().misread == 1
        assert Tag.CROPS_KEPT in AuditEvent.objects.values_list("tag", flat=True)

    def test_one_that_is_confirmed_as_read_is_kept(
        self, account: Account, worker: Worker, typed: Document
    ) -> None:
        correct_document(typed, account, {"number": f"77/{LETTERS}"})
        confirm_document(typed, account)
        work_off(worker)
        assert [(crop.label, crop_tally().misread) for crop in HandCrop.objects.all()] == [
            ("77", 0)
        ]

    def test_none_of_papers_that_tell_of_persons(
        self, account: Account, worker: Worker, typed: Document
    ) -> None:
        """Nor of one that turns out to be such, nor with a mark of secrecy."""
        correct_document(typed, account, {"number": f"71/{LETTERS}"})
        work_off(worker)
        assert HandCrop.objects.exists()
        correct_kind(
            typed, account, code="KQ-KS", name="giấy khai sinh", form=None,
            protection=Protection.IDENTITY,
        )  # fmt: skip
        assert not HandCrop.objects.exists()
        correct_document(typed, account, {"number": f"72/{LETTERS}"})
        work_off(worker)
        assert not HandCrop.objects.exists()

    def test_none_where_a_mark_was_read(
        self, account: Account, worker: Worker, typed: Document
    ) -> None:
        Field.objects.create(document=typed, name="secrecy", value="MẬT")
        correct_document(typed, account, {"number": f"71/{LETTERS}"})
        work_off(worker)
        assert not HandCrop.objects.exists()

    def test_a_refused_paper_teaches_nothing(
        self, account: Account, worker: Worker, typed: Document
    ) -> None:
        correct_document(typed, account, {"number": f"71/{LETTERS}"})
        work_off(worker)
        refuse_document(typed, account, reason="nhầm")
        assert not HandCrop.objects.exists()

    def test_the_machines_own_account_is_nobodys_word(
        self, house: House, worker: Worker, typed: Document
    ) -> None:
        """In a batch that confirms by itself."""
        Batch.objects.update(confirm=True)
        Field.objects.filter(name="number").update(sure=True)
        machine = Account.objects.get(username=house.confirm_account)
        confirm_document(typed, machine)
        work_off(worker)
        assert not HandCrop.objects.exists()

    def test_they_are_erased_when_asked(
        self, account: Account, house: House, worker: Worker, typed: Document
    ) -> None:
        """Rows at once, bytes with the next sweep."""
        correct_document(typed, account, {"number": f"71/{LETTERS}"})
        work_off(worker)
        sha256 = HandCrop.objects.get().sha256
        assert erase_crops(account) == 1
        house.work.sweep(is_named_in_work)
        assert sha256 not in house.work.names()

    def test_a_picture_that_is_gone_is_no_fault(
        self, account: Account, house: House, worker: Worker, typed: Document
    ) -> None:
        """Sealed and swept before the run came."""
        correct_document(typed, account, {"number": f"71/{LETTERS}"})
        house.work.sweep(lambda _: False)
        house.originals.forget()
        work_off(worker)
        assert not HandCrop.objects.exists()
        assert not StageRun.objects.filter(state=RunState.FAILED).exists()


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("2025-03-08", {"day": "08", "month": "3"}),
        ("2025-01-08", {"day": "08", "month": "01"}),
        ("2025-11-28", {"day": "28", "month": "11"}),
        ("2024-03-08", {}),
    ],
)
def test_labels_of_days(value: str, wanted: dict[str, str]) -> None:
    """As the rule writes them where the machine saw neither; none where the year is another."""
    hand = hands.hand_from_json(day_hand({"5": 0.9}, {"6": 0.9}))
    assert hands.labels_of(hand, value) == wanted


def test_labels_as_the_machine_saw_them() -> None:
    hand = hands.hand_from_json(day_hand({"5": 0.8, "8": 0.1}, {"03": 0.9}))
    assert hands.labels_of(hand, "2025-03-08") == {"day": "8", "month": "03"}


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("171/QĐ-UBND", {"number": "171"}),
        (" 05/QĐ-SYT", {"number": "05"}),
        ("12a/QĐ-UBND", {"number": "12a"}),
        ("không số", {}),
        ("171", {}),
    ],
)
def test_labels_of_numbers(typed: str, wanted: dict[str, str]) -> None:
    hand = hands.hand_from_json(number_hand({"77": 0.9}))
    assert hands.labels_of(hand, typed) == wanted


def test_mentions_are_kept_of_what_is_certain_alone(account: Account, house: House) -> None:
    document = paper(make_batch(account), house, "1/QĐ-UBND")
    record_mentions(document, [naming("71/QĐ-UBND", "2025-03-08")])
    document.refresh_from_db()
    assert [str(one) for one in Mention.objects.all()] == ["71/QĐ-UBND"]


class TestLearning:
    """What people typed for hands, learnt."""

    def test_crops_are_gathered_and_told(
        self, account: Account, house: House, worker: Worker, typed: Document
    ) -> None:
        """One crop is too few; the machine says so, and nothing is switched."""
        correct_document(typed, account, {"number": f"71/{LETTERS}"})
        work_off(worker)
        learnt = learn_hands(house)
        assert learnt is not None
        assert (learnt.verdict.why, learnt.verdict.model) == (Why.TOO_FEW, None)
        assert learnt.verdict.lessons <= 1
        assert (learnt.version, learnt.unreadable) == ("1", 0)
        assert "mới có" in told_hands(learnt)

    def test_a_crop_that_is_lost_is_left_out(
        self, account: Account, house: House, worker: Worker, typed: Document
    ) -> None:
        correct_document(typed, account, {"number": f"71/{LETTERS}"})
        work_off(worker)
        house.work.sweep(lambda _: False)
        learnt = learn_hands(house)
        assert learnt is not None
        assert (learnt.unreadable, learnt.verdict.lessons) == (1, 0)

    def test_what_was_learnt_reads_from_now_on(self, tmp_path: Path) -> None:
        """And the shipped reader again where it was learnt over another network, or taken back."""
        shelf = HandShelf(tmp_path)
        assert reader_of(shelf) is digit_reader()
        reader = digit_reader()
        assert isinstance(reader, HandDigits)
        line = next(iter(guard(reader)))
        wide, classes = line.seen.features.shape[1], line.seen.chances.shape[1]
        head = Head(np.zeros((wide, classes), np.float32), np.zeros(classes, np.float32))
        shelf.switch(HandModel("1.1", head, network_id()))
        tuned = reader_of(shelf)
        assert tuned is not None
        assert tuned is not digit_reader()
        assert reader_of(shelf) is tuned
        shelf.switch(HandModel("1.2", head, "another network"))
        assert reader_of(shelf) is digit_reader()

    def test_the_guard_fits_the_shipped_network(self) -> None:
        """Drawn lines that it reads for the most part; each label is one that it may say."""
        reader = digit_reader()
        assert isinstance(reader, HandDigits)
        lines = list(guard(reader))
        assert len(lines) > 150
        assert examine(lines, None).right > len(lines) / 2
