"""What is known around a paper weighs what a pen wrote on it, each piece with its evidence."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify import Around, Fields, FieldValue, Listed, Mention, Neighbour
from classify._hand_order import bounds_of, count_of, holds_length, padded
from classify._names_alike import same_body
from classify.hands import hand_from_json, hand_to_json, register_of, weigh_hands
from classify.policy import Promise
from classify.types import Hand, Slot
from imaging.types import Box

BODY = "Ủy ban nhân dân tỉnh Huế"
_BOX = Box(0, 0, 50, 20)


def _printed(value: str | None, *, sure: bool = True) -> FieldValue:
    return FieldValue(value, value, 0.99, sure=sure, page=1, box=_BOX, reason="in")


def _number(readings: dict[str, float], shape: str = "{}/QĐ-UBND", printed: str = "") -> FieldValue:
    slot = Slot("number", _BOX, tuple(readings.items()))
    hand = Hand((slot,), shape, "QĐ-UBND", printed, "", "Viết tay.", certain=True)
    return FieldValue(None, None, 0, sure=False, page=1, box=_BOX, reason="", handwritten=True,
                      hand=hand)  # fmt: skip


def _day(day: dict[str, float], month: dict[str, float], cites: str = "") -> FieldValue:
    slots = (Slot("day", _BOX, tuple(day.items())), Slot("month", _BOX, tuple(month.items())))
    hand = Hand(slots, "2025", "", "", cites, "Viết tay.", certain=True)
    return FieldValue(None, None, 0, sure=False, page=1, box=_BOX, reason="", handwritten=True,
                      hand=hand)  # fmt: skip


def _paper(number: FieldValue, day: FieldValue) -> dict[str, FieldValue]:
    notation, issuer = _printed("QĐ-UBND"), _printed(BODY)
    return {"number": number, "issued_on": day, "notation": notation, "issuer": issuer}


def _weighed(fields: Fields, **around: object) -> dict[str, FieldValue]:
    return weigh_hands(fields, Around(**around), Promise.STRICT)  # type: ignore[arg-type]


def _rising(*counts: int, after: int = 2, letters: str = "QĐ-UBND") -> tuple[Neighbour, ...]:
    """Sure neighbours with these numbers, the last `after` of them behind the paper."""
    before = len(counts) - after
    places = [*range(-before, 0), *range(1, after + 1)]
    return tuple(
        Neighbour(place, f"{count}/{letters}", "", BODY)
        for place, count in zip(places, counts, strict=True)
    )


def test_neighbours_on_both_sides_bound_a_number() -> None:
    """The slash taken for a last 1 is put right by the order, and told."""
    paper = _paper(_number({"77": 0.62, "71": 0.36}), _printed("2025-03-07"))
    number = _weighed(paper, orders=(_rising(66, 69, 73, 75),))["number"]
    assert number.value == "71/QĐ-UBND"
    assert "Theo thứ tự quét, số này nằm giữa 69 và 73." in number.reason
    assert [other.value for other in number.alternatives] == ["77/QĐ-UBND"]


def test_falling_order_is_learnt_as_well() -> None:
    """Piles are scanned from the top: the newest first."""
    paper = _paper(_number({"77": 0.62, "71": 0.36}), _printed("2025-03-07"))
    assert _weighed(paper, orders=(_rising(75, 73, 69, 66),))["number"].value == "71/QĐ-UBND"


def test_without_an_order_nothing_is_weighed() -> None:
    """Numbers that go up and down say nothing."""
    paper = _paper(_number({"77": 0.62, "71": 0.36}), _printed("2025-03-07"))
    number = _weighed(paper, orders=(_rising(69, 12, 73, 70),))["number"]
    assert number.value == "77/QĐ-UBND"
    assert "thứ tự" not in number.reason


@pytest.mark.parametrize("letters", ["TTr-SYT", "GP-UBND"])
def test_other_registers_do_not_count(letters: str) -> None:
    """Each sort of paper has numbers of its own."""
    paper = _paper(_number({"77": 0.62, "71": 0.36}), _printed("2025-03-07"))
    order = _rising(66, 69, 73, 75, letters=letters)
    assert _weighed(paper, orders=(order,))["number"].value == "77/QĐ-UBND"


def test_what_breaks_the_order_is_never_sure_and_says_so() -> None:
    """However clearly it was read, and although print says the same."""
    clear = _paper(_number({"84": 0.9998}, printed="84"), _printed("2025-03-07"))
    assert _weighed(clear)["number"].sure
    number = _weighed(clear, orders=(_rising(66, 69, 73, 75),))["number"]
    assert (number.value, number.sure) == ("84/QĐ-UBND", False)
    assert "Trái thứ tự quét: theo các giấy bên cạnh thì số này nằm giữa 69 và 73." in number.reason
    assert number.hand is not None
    assert number.hand.alone == "84/QĐ-UBND", "neighbours do not take from what it is to others"


def test_neighbours_on_both_sides_may_make_a_number_sure() -> None:
    """A number that nothing else names may lack its last 1; bounds on both sides exclude that."""
    paper = _paper(_number({"71": 0.9998}), _printed("2025-03-07"))
    assert not _weighed(paper)["number"].sure
    number = _weighed(paper, orders=(_rising(66, 69, 73, 75),))["number"]
    assert number.sure
    assert number.hand is not None
    assert number.hand.alone == "", "a paper sure by its neighbours is no context for them"


def test_a_single_pair_of_neighbours_is_too_little() -> None:
    """One step shows no order that may be held against a clear reading."""
    paper = _paper(_number({"84": 0.9998}, printed="84"), _printed("2025-03-07"))
    assert _weighed(paper, orders=(_rising(69, 73, after=1),))["number"].sure


def test_a_later_paper_that_cites_it_weighs() -> None:
    """Number, day and body fit: told with the paper that says so."""
    paper = _paper(_number({"77": 0.6, "71": 0.3}), _day({"05": 0.5, "08": 0.4}, {"3": 0.99}))
    cited = Mention("71/QĐ-UBND", "2025-03-08", "UBND tỉnh Huế", "cites", "90/TB-UBND")
    weighed = _weighed(paper, mentions=(cited,))
    assert weighed["number"].value == "71/QĐ-UBND"
    assert weighed["issued_on"].value == "2025-03-08"
    told = "Văn bản 90/TB-UBND dẫn “71/QĐ-UBND” ngày 08/03/2025, khớp số này."
    assert told in weighed["number"].reason


@pytest.mark.parametrize(
    "cited",
    [
        Mention("71/QĐ-UBND", "2025-09-08", BODY, "cites", "X"),
        Mention("71/QĐ-UBND", "2025-03-08", "Ủy ban nhân dân tỉnh Quảng Trị", "cites", "X"),
        Mention("71/QĐ-UBND", "", "", "register", "X"),
    ],
)
def test_a_naming_of_another_paper_says_nothing(cited: Mention) -> None:
    """The same number of another day or body, or where neither is said."""
    paper = _paper(_number({"77": 0.6, "71": 0.3}), _day({"05": 0.5, "08": 0.4}, {"3": 0.99}))
    assert _weighed(paper, mentions=(cited,))["number"].value == "77/QĐ-UBND"


def test_a_citation_of_its_day_and_body_lets_a_number_be_sure() -> None:
    paper = _paper(_number({"71": 0.9998}), _printed("2025-03-08"))
    cited = Mention("71/QĐ-UBND", "2025-03-08", BODY, "cites", "90/TB-UBND")
    assert _weighed(paper, mentions=(cited,))["number"].sure


def test_of_two_numbers_that_are_named_for_its_day_neither_is_sure() -> None:
    """A body issues several papers a day: which of them this is the names do not tell."""
    paper = _paper(_number({"71": 0.995, "77": 0.004}), _printed("2025-03-08"))
    both = tuple(
        Mention(f"{count}/QĐ-UBND", "2025-03-08", BODY, "cites", "X") for count in (71, 77)
    )
    assert _weighed(paper, mentions=both[:1])["number"].sure
    assert not _weighed(paper, mentions=both)["number"].sure
    listed = (Listed("71/QĐ-UBND", ""), Listed("77/QĐ-UBND", ""))
    assert not _weighed(paper, contents=listed)["number"].sure


def test_a_register_weighs() -> None:
    paper = _paper(_number({"77": 0.6, "71": 0.3}), _printed("2025-03-08"))
    line = Mention("71/QĐ-UBND", "2025-03-08", BODY, "register", "Sổ đăng ký")
    number = _weighed(paper, mentions=(line,))["number"]
    assert number.value == "71/QĐ-UBND"
    assert "Sổ đăng ký văn bản" in number.reason


def test_the_contents_read_later_weigh_as_those_read_before() -> None:
    paper = _paper(_number({"77": 0.6, "71": 0.3}), _printed("2025-03-08"))
    weighed = _weighed(paper, contents=(Listed("71/QĐ-UBND", ""),))
    assert weighed["number"].value == "71/QĐ-UBND"


def test_days_of_one_register_go_with_its_numbers() -> None:
    """However the papers lie: the printed number tells between which days it was issued."""
    paper = _paper(_printed("71/QĐ-UBND"), _day({"08": 0.55, "03": 0.43}, {"3": 0.999}))
    order = (
        Neighbour(1, "66/QĐ-UBND", "2025-03-02", BODY),
        Neighbour(2, "75/QĐ-UBND", "2025-03-05", BODY),
    )
    day = _weighed(paper, orders=(order,))["issued_on"]
    assert day.value == "2025-03-03"
    assert "Theo số của các giấy cùng sổ, ngày này nằm giữa 02/03/2025 và 05/03/2025" in day.reason


def test_a_clear_day_before_what_is_cited_is_never_sure() -> None:
    """It stays the value, for it was read so, and the person is told why it is doubted."""
    paper = _paper(_number({}), _day({"11": 0.9999}, {"5": 0.9999}, cites="2025-05-14"))
    day = _weighed(paper)["issued_on"]
    assert (day.value, day.sure) == ("2025-05-11", False)
    assert "trước ngày 14/05/2025" in day.reason


def test_a_clear_day_after_the_scan_is_never_sure() -> None:
    paper = _paper(_number({}), _day({"11": 0.9999}, {"5": 0.9999}))
    assert _weighed(paper, today=date(2025, 5, 11))["issued_on"].sure
    day = _weighed(paper, today=date(2025, 5, 10))["issued_on"]
    assert not day.sure
    assert "sau ngày quét 10/05/2025" in day.reason


def test_a_mended_notation_is_kept_in_the_number() -> None:
    paper = _paper(_number({"71": 0.99}), _printed("2025-03-08"))
    paper["notation"] = _printed("QĐ-SYT")
    assert _weighed(paper)["number"].value == "71/QĐ-SYT"


def test_weighing_again_says_the_same() -> None:
    """From what the record keeps: nothing adds up over runs."""
    paper = _paper(_number({"77": 0.6, "71": 0.3}), _day({"05": 0.5, "08": 0.4}, {"3": 0.99}))
    order = (_rising(66, 69, 73, 75),)
    first = _weighed(paper, orders=order)
    kept = {
        name: value if value.hand is None else _reread(value)
        for name, value in {**paper, **first}.items()
    }
    assert _weighed(kept, orders=order) == first


def _reread(value: FieldValue) -> FieldValue:
    assert value.hand is not None
    hand = hand_from_json(hand_to_json(value.hand))
    assert hand == value.hand
    return value


@given(st.lists(st.integers(1, 999), min_size=2, max_size=8, unique=True))
def test_bounds_hold_what_lies_between(counts: list[int]) -> None:
    """In a rising row the number left out lies within the bounds of the others."""
    rising = sorted(counts)
    middle = len(rising) // 2
    order = [
        Neighbour(place - middle, f"{count}/QĐ-UBND", "", "")
        for place, count in enumerate(rising)
        if place != middle
    ]
    bounds = bounds_of(order, count_of)
    if bounds is not None:
        count = padded(str(rising[middle]))
        assert bounds.low < count
        assert not bounds.high or count < bounds.high


def test_length_is_held_only_between_two() -> None:
    order = [Neighbour(place, f"{count}/QĐ-UBND", "", "") for place, count in
             ((-2, 60), (-1, 66), (1, 75), (2, 80))]  # fmt: skip
    bounds = bounds_of(order, count_of)
    assert holds_length(bounds, "71")
    assert not holds_length(bounds, "7")
    assert not holds_length(bounds_of(order[:2], count_of), "71")


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ("UBND tỉnh Huế", "Ủy ban nhân dân tỉnh Huế", True),
        ("Ủy ban nhân dân tỉnh", "UỶ BAN NHÂN DÂN TỈNH HUẾ", True),
        ("Sở Y tế", "Sở Xây dựng", False),
        ("", "Sở Xây dựng", None),
    ],
)
def test_bodies_by_their_usual_names(one: str, other: str, *, wanted: bool | None) -> None:
    assert same_body(one, other) is wanted


@pytest.mark.parametrize(
    ("number", "register"),
    [
        ("14/QĐ-UBND", "qd-ubnd"), ("014/2025/QĐ-UBND", "qd-ubnd"), ("{}/QĐ-UBND", "qd-ubnd"),
        ("15-KH/TU", "kh/tu"), ("QĐ-UBND", ""),
    ],
)  # fmt: skip
def test_registers(number: str, register: str) -> None:
    assert register_of(number) == register
