"""Learning fields: trust, agencies' words, labels; each on trial, each with a way back."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from catalogue.reference import load_reference
from classify import COMMON, KindGuess, PageView, Reference, extract
from classify._fields import Found, nothing, settle
from classify._vocabulary import use
from classify.errors import FieldModelFileError
from classify.learnt import (
    Agency,
    FieldModel,
    Habit,
    Layer,
    Official,
    Place,
    from_bytes,
    shipped_field_model,
    to_bytes,
)
from classify.policy import Promise
from classify.shelf import FieldShelf
from classify.training.refield import Why, relearn_fields
from classify.training.reliability import Sample, fit
from classify.training.said import FieldLesson, Said, field_lesson
from classify.training.vocabulary import habits, vocabulary
from classify.types import Evidence, FieldValue, Kind, OwnField
from imaging.types import Box
from workers.reference import reference_of

PageMaker = Callable[..., PageView]
GOOD = Evidence(words=0.99, weakest=0.985, every=-0.1, rule=1.0, known=1.0, agreed=1.0)
WEAK = Evidence(words=0.9, weakest=0.7, every=-0.6, rule=0.99)
CC, UB = "Chi cục Thủy lợi tỉnh Quảng Ngãi", "Ủy ban nhân dân xã Suối Mơ"
HEAD = "Lê Hoàng Nam"


def value(text: str | None, evidence: Evidence = GOOD, **changes: object) -> FieldValue:
    """One field as found, before it is weighed."""
    if text is None:
        return nothing("Không thấy.")
    given = FieldValue(text, text, 0.0, sure=False, page=1, box=Box(0, 0, 9, 9), reason="Thấy.",
                       evidence=evidence)  # fmt: skip
    return replace(given, **changes)  # type: ignore[arg-type]


def found(**fields: FieldValue) -> Found:
    """What was found on one paper."""
    rest = {name: nothing("Không thấy.") for name in COMMON}
    return Found(rest | fields, 1.0, "quyết định")


def paper(at: int, /, said: Mapping[str, str | None], **fields: FieldValue) -> FieldLesson:
    """One paper that a person checked; where the value differs it was looked at and changed."""
    of = found(**fields)
    words = {
        name: Said(text, looked_at=of.fields[name].value != text) for name, text in said.items()
    }
    return FieldLesson(f"D{at}", "VB02", of, words, "A")


# --- trust ---


def sample(at: int, *, right: bool, chance: float = 0.97, issuer: str = "a") -> Sample:
    return Sample(f"D{at}", at % 5, Place("quyết định", issuer), chance, seen=False, right=right,
                  weight=1.0, may_pass=True)  # fmt: skip


def test_one_slip_moves_little_and_a_habit_much() -> None:
    """A shift is drawn towards none: one wrong of thirty moves little, six of eight much."""
    slip = fit([sample(at, right=at != 0) for at in range(30)])
    habit = fit([sample(at, right=at > 5) for at in range(8)])
    place = Place("quyết định", "a")
    assert slip.chance(0.97, place, seen=False) > 0.94
    assert habit.chance(0.97, place, seen=False) < 0.8


def test_what_one_agency_does_is_not_held_against_the_others() -> None:
    """The issuer's own shift takes the blame: its papers are doubted, the others' pass."""
    samples = [sample(at, right=False, issuer="xấu") for at in range(6)]
    samples += [sample(at, right=True, issuer="tốt") for at in range(6, 60)]
    layer = fit(samples)
    bad = layer.chance(0.97, Place("quyết định", "xấu"), seen=False)
    good = layer.chance(0.97, Place("quyết định", "tốt"), seen=False)
    assert bad < 0.8
    assert good > 0.95


def test_a_field_that_is_got_wrong_stops_passing() -> None:
    """Papers whose abstract people put right again and again: no longer sure; others stay sure."""
    lessons = [
        paper(at, {"abstract": "Về việc A", "issuer": UB},
              abstract=value("Về việc B"), issuer=value(UB))
        for at in range(16)
    ]  # fmt: skip
    before = settle(lessons[0].found, shipped_field_model(), Promise.STRICT)
    verdict = relearn_fields(shipped_field_model(), lessons)
    assert verdict.model
    assert verdict.trials["abstract"].why is Why.BETTER
    assert verdict.trials["abstract"].after.wrong < verdict.trials["abstract"].before.wrong
    after = settle(lessons[0].found, verdict.model, Promise.STRICT)
    assert (before["abstract"].sure, after["abstract"].sure) == (True, False)
    assert (before["issuer"].sure, after["issuer"].sure) == (True, True)


def test_a_field_that_is_always_right_starts_passing() -> None:
    """Values that people accepted again and again pass; handwriting never does."""
    doubtful = Evidence(words=0.97, weakest=0.9, every=-0.2, rule=0.99)
    lessons = []
    for at in range(40):
        one = paper(at, {"issuer": UB}, issuer=value(UB), signer_name=value(f"Tên {at}", doubtful))
        said = {**one.said, "signer_name": Said(f"Tên {at}", looked_at=True)}
        lessons.append(replace(one, said=said))
    before = settle(lessons[0].found, shipped_field_model(), Promise.STRICT)
    verdict = relearn_fields(shipped_field_model(), lessons)
    assert verdict.model
    assert verdict.trials["signer_name"].switched
    after = settle(lessons[0].found, verdict.model, Promise.STRICT)
    assert (before["signer_name"].sure, after["signer_name"].sure) == (False, True)
    by_hand = dict(lessons[0].found.fields)
    by_hand["signer_name"] = replace(by_hand["signer_name"], handwritten=True)
    hand = settle(replace(lessons[0].found, fields=by_hand), verdict.model, Promise.STRICT)
    assert not hand["signer_name"].sure
    assert hand["signer_name"].confidence <= 0.4


def test_a_handful_of_papers_changes_nothing() -> None:
    """Seven judged values are too few, whatever they say; the answer says so."""
    lessons = [paper(at, {"abstract": "A"}, abstract=value("B")) for at in range(7)]
    verdict = relearn_fields(shipped_field_model(), lessons)
    assert verdict.model is None
    assert verdict.trials["abstract"].why is Why.TOO_FEW


def test_what_is_right_already_stays_as_it_is() -> None:
    """Confirmed papers without a correction make nothing better, so nothing is switched."""
    lessons = [paper(at, {"issuer": UB}, issuer=value(UB)) for at in range(30)]
    verdict = relearn_fields(shipped_field_model(), lessons)
    assert verdict.trials["issuer"].why is Why.NOT_BETTER
    assert verdict.model is None


def test_taught_papers_are_not_asked_again() -> None:
    """Old and new are compared on papers that neither was taught."""
    lessons = [paper(at, {"abstract": "A"}, abstract=value("B")) for at in range(16)]
    model = relearn_fields(shipped_field_model(), lessons).model
    assert model
    again = relearn_fields(model, lessons)
    assert (again.fresh, again.model) == (0, None)


# --- words ---


def of_agency(at: int, **fields: FieldValue) -> FieldLesson:
    """A paper of the irrigation office, right as far as people said."""
    said = {
        "issuer": CC,
        "notation": "QĐ-CCTL",
        "signer_name": HEAD,
        "signer_title": "CHI CỤC TRƯỞNG",
    }
    read = {"issuer": value(CC), "notation": value("QĐ-CCTL"), "signer_name": value(HEAD),
            "signer_title": value("CHI CỤC TRƯỞNG")}  # fmt: skip
    return paper(at, said, **(read | fields))


WORDS = FieldModel(
    "1.1",
    agencies=(
        Agency(CC, 9, {"QĐ-CCTL": 6, "KH-CCTL": 3}, (Official(HEAD, 9, {"CHI CỤC TRƯỞNG": 9}),)),
        Agency(UB, 4, {"QĐ-UBND": 4}, ()),
    ),
    mends=frozenset(("issuer", "notation", "signer_name", "signer_title")),
    proposes=frozenset(("issuer", "notation", "signer_name", "signer_title")),
)  # fmt: skip
LOW = Evidence(words=0.8, weakest=0.6, every=-0.9, rule=1.0)


@pytest.mark.parametrize(
    ("name", "read", "meant"),
    [
        ("signer_name", "Lê Hoảng Nam", HEAD),
        ("notation", "QĐ-CCTI", "QĐ-CCTL"),
        ("issuer", "Chi cục Thủy lợi — tỉnh Quảng Ngãi S6", CC),
        ("signer_title", "CHI CỤC TRƯÒNG", "CHI CỤC TRƯỞNG"),
    ],
)
def test_near_words_are_mended_openly(name: str, read: str, meant: str) -> None:
    """A doubtful value one slip from the agency's word: put right, said so, the read one kept."""
    fields = of_agency(1, **{name: value(read, LOW)}).found.fields
    mended = use(fields, WORDS).fields[name]
    assert (mended.value, mended.as_printed) == (meant, read)
    assert read in [other.value for other in mended.alternatives]
    assert f"máy đọc “{read}”" in mended.reason
    settled = settle(replace(found(), fields=use(fields, WORDS).fields), WORDS, Promise.LOOSE)
    assert not settled[name].sure


def test_the_number_follows_its_notation_and_keeps_its_digits() -> None:
    """The letters after the slash are the same in both; a pen's digits are never touched."""
    fields = of_agency(1, notation=value("QĐ-CCTI", LOW),
                       number=value("17/QĐ-CCTI", LOW, handwritten=True)).found.fields  # fmt: skip
    number = use(fields, WORDS).fields["number"]
    assert (number.value, number.handwritten) == ("17/QĐ-CCTL", True)


def test_a_well_read_value_is_not_replaced() -> None:
    """It stands, is no longer sure, and the agency's word stands beside it."""
    clear = Evidence(words=0.99, weakest=0.98, every=-0.1, rule=1.0)
    fields = of_agency(1, signer_name=value("Lê Hoàng Năm", clear)).found.fields
    kept = use(fields, WORDS).fields["signer_name"]
    assert kept.value == "Lê Hoàng Năm"
    assert [other.value for other in kept.alternatives] == [HEAD]


def test_handwriting_and_other_people_are_left_alone() -> None:
    """A pen's name is not mended; another person's name is nobody's slip."""
    pen = of_agency(1, signer_name=value("Lê Hoảng Nam", LOW, handwritten=True)).found.fields
    assert use(pen, WORDS).fields["signer_name"] == pen["signer_name"]
    other = of_agency(1, signer_name=value("Trần Văn Bình", LOW)).found.fields
    assert use(other, WORDS).fields["signer_name"] == other["signer_name"]


def test_an_unread_signer_is_offered_not_filled_in() -> None:
    """Nothing was read under the stamp: who signed before is offered, the value stays empty."""
    fields = of_agency(1, signer_name=value(None)).found.fields
    name = use(fields, WORDS).fields["signer_name"]
    assert name.value is None
    assert [other.value for other in name.alternatives] == [HEAD]
    lost = of_agency(1, issuer=value("Ủy ban nhân dân", LOW)).found.fields
    assert [o.value for o in use(lost, WORDS).fields["issuer"].alternatives] == [UB]


SHORT = "UBND xã Suối Mơ"


def test_a_spelling_that_people_always_change_is_changed() -> None:
    """Read well, and put otherwise on every paper: so from then on, openly, and never sure."""
    lessons = [paper(at, {"issuer": UB}, issuer=value(SHORT)) for at in range(8)]
    verdict = relearn_fields(shipped_field_model(), lessons)
    assert verdict.model
    assert "issuer" in verdict.model.mends
    issuer = settle(found(issuer=value(SHORT)), verdict.model, Promise.LOOSE)["issuer"]
    assert (issuer.value, issuer.as_printed, issuer.sure) == (UB, SHORT, False)
    assert [other.value for other in issuer.alternatives] == [SHORT]
    assert "8 giấy tờ" in issuer.reason


def test_a_spelling_that_some_keep_is_left_alone() -> None:
    """Where people let it stand now and then it is no habit; a name of a person never is one."""
    lessons = [
        paper(at, {"issuer": UB if at % 3 else SHORT}, issuer=value(SHORT)) for at in range(9)
    ]
    assert habits(lessons) == ()
    named = [paper(at, {"signer_name": "Lê A"}, signer_name=value("Lê B")) for at in range(9)]
    assert habits(named) == ()


def test_another_calibration_puts_learnt_trust_out_of_use() -> None:
    """Shifts fit the figures they were learnt over: with others they are left, and learnt anew."""
    lessons = [paper(at, {"abstract": "A"}, abstract=value("B")) for at in range(16)]
    model = relearn_fields(shipped_field_model(), lessons).model
    assert model
    old = replace(model, calibration="of yesterday")
    assert settle(lessons[0].found, old, Promise.STRICT)["abstract"].sure
    again = relearn_fields(old, lessons)
    assert again.fresh == 16
    assert again.model
    assert not settle(lessons[0].found, again.model, Promise.STRICT)["abstract"].sure


def test_owners_and_single_papers_are_not_learnt() -> None:
    """Kept are officials of agencies on two papers at least: no owner, no applicant, no slip."""
    owner = [
        replace(
            of_agency(at), said={**of_agency(at).said, "subject_name": Said(HEAD, looked_at=True)}
        )
        for at in range(4)
    ]
    assert [agency.officials for agency in vocabulary(owner)] == [()]
    forms = [replace(of_agency(at), group="H") for at in range(4)]
    assert [agency.officials for agency in vocabulary(forms)] == [()]
    assert vocabulary([of_agency(1)]) == ()
    (agency,) = vocabulary([of_agency(at) for at in range(4)])
    assert [official.name for official in agency.officials] == [HEAD]


def test_words_that_help_are_switched_on() -> None:
    """Signers lost under the seal: offered from then on, on papers that were not learnt from."""
    lessons = [of_agency(at) for at in range(6)]
    lessons += [of_agency(at, signer_name=value("Lê Hoảng Nam", LOW)) for at in range(6, 9)]
    lessons += [of_agency(at, signer_name=value(None)) for at in range(9, 14)]
    verdict = relearn_fields(shipped_field_model(), lessons)
    assert verdict.model
    assert "signer_name" in verdict.model.mends & verdict.model.proposes
    assert "notation" not in verdict.model.mends | verdict.model.proposes


def test_words_that_harm_are_not_switched_on() -> None:
    """Two officials one mark apart: mending would put right names wrong, so it stays off."""
    lessons = []
    for at in range(24):
        name = HEAD if at % 3 else "Lê Hoàng Năm"
        said = {"issuer": CC, "signer_name": name, "signer_title": "CHI CỤC TRƯỞNG"}
        lessons.append(
            paper(at, said, issuer=value(CC), signer_name=value(name, LOW),
                  signer_title=value("CHI CỤC TRƯỞNG"))
        )  # fmt: skip
    lone = [of_agency(30 + at, signer_name=value("Lê Hoảng Nam", LOW)) for at in range(2)]
    new = paper(40, {"issuer": CC, "signer_name": "Lê Hoàng Nạm"}, issuer=value(CC),
                signer_name=value("Lê Hoàng Nạm", LOW))  # fmt: skip
    verdict = relearn_fields(shipped_field_model(), [*lessons, *lone, new])
    assert verdict.model is None or "signer_name" not in verdict.model.mends


# --- a new kind's own fields ---

HIVES = Kind("DP-ONG", "Giấy phép nuôi ong lưu động", "giấy phép nuôi ong lưu động", "", "G",
             ("GIẤY PHÉP NUÔI ONG LƯU ĐỘNG",), ("hives", "bee"))  # fmt: skip
GUESS = KindGuess(HIVES.code, HIVES.name, HIVES.form, 0.9, ())


def permit(page: PageMaker, hives: int, bee: str, moved: str) -> PageView:
    """One permit as it is printed."""
    return page(1, [
        ("GIẤY PHÉP NUÔI ONG LƯU ĐỘNG", 0.3, 0.1),
        (f"Số đàn được đặt: {hives}", 0.1, 0.2),
        (f"2. Giống ong: {bee}", 0.1, 0.25),
        (f"Được di chuyển: {moved}", 0.1, 0.3),
    ])  # fmt: skip


def test_a_new_kinds_fields_are_read_by_the_catalogues_labels(page: PageMaker) -> None:
    """Name, label and sort in the catalogue: read without code."""
    described = (
        OwnField("hives", ("Số đàn được đặt",), "number"), OwnField("bee", ("Giống ong",)),
    )  # fmt: skip
    kind = replace(HIVES, described=described)
    fields = extract([permit(page, 40, "ong nội", "có")], GUESS, Reference((kind,)))
    assert (fields["hives"].value, fields["bee"].value) == ("40", "ong nội")


def test_labels_are_learnt_from_what_people_type(page: PageMaker) -> None:
    """The catalogue gives the names alone; five papers that people filled in teach the labels."""
    reference = Reference((HIVES,))
    bees = ("ong nội", "ong ngoại", "ong khoái", "ong nội", "ong ruồi")
    lessons = []
    for at, bee in enumerate(bees):
        said = {"hives": Said(str(40 + at), looked_at=True), "bee": Said(bee, looked_at=True)}
        lessons.append(
            field_lesson(f"D{at}", [permit(page, 40 + at, bee, "có")], GUESS, reference, said)
        )
    asked = permit(page, 77, "ong vò vẽ", "không")
    assert extract([asked], GUESS, reference)["hives"].value is None
    verdict = relearn_fields(shipped_field_model(), lessons)
    assert verdict.model
    fields = extract([asked], GUESS, reference, learnt=verdict.model)
    assert (fields["hives"].value, fields["bee"].value) == ("77", "ong vò vẽ")
    assert "Nhãn học" in fields["hives"].reason


# --- the file ---


def test_a_model_survives_its_file_and_shelf(tmp_path: Path) -> None:
    """Bytes and back; forward and back; a spoilt file falls back to nothing learnt."""
    model = replace(
        WORDS, habits=(Habit("issuer", SHORT, UB, 4),), calibration="abc",
        layers={"number": Layer(0.5, 0.1, {"quyết định": -0.2}, {"a": 0.3})},
        labels={"DP-ONG": (OwnField("hives", ("Số đàn",), "number"),)}, card={"lessons": ["D1"]},
    )  # fmt: skip
    assert from_bytes(to_bytes(model)) == model
    shelf = FieldShelf(tmp_path / "fields")
    assert shelf.current() is shipped_field_model()
    assert shelf.switch(model, run="2026-11-22") == "1.1"
    assert (FieldShelf(tmp_path / "fields").current(), shelf.last_run()) == (model, "2026-11-22")
    (tmp_path / "fields" / "fields-1.1.json").write_bytes(b"{")
    assert FieldShelf(tmp_path / "fields").current() is shipped_field_model()
    assert "learn --back fields" in str(shelf.problem())
    assert shelf.back() == ""
    assert shelf.current() is shipped_field_model()


@pytest.mark.parametrize("content", [b"", b"[]", b'{"format": 9}', b'{"format": 1}', b"\xff"])
def test_a_damaged_file_is_refused(content: bytes) -> None:
    """A coded error, never a traceback."""
    with pytest.raises(FieldModelFileError):
        from_bytes(content)


REFERENCE = reference_of(load_reference())


def test_nothing_learnt_changes_nothing(page: PageMaker, decision: list[tuple[str, float, float]]):
    """Without corrections, fields are those of the shipped calibration, key for key."""
    guess = KindGuess("VB02", "Quyết định", "quyết định", 0.9, ())
    pages = [page(1, decision)]
    assert extract(pages, guess, REFERENCE) == extract(
        pages, guess, REFERENCE, learnt=shipped_field_model()
    )
