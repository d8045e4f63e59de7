"""A dossier against its table of contents: each sign weighs, none decides."""

import random
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify import Comparison, Entry, Paper, compare_contents
from classify.limits import MAX_CONTENTS_PAPERS
from imaging.types import Box

BOX = Box(0, 0, 1, 1)
SCHOOL = "Quyết định về việc phê duyệt kế hoạch sửa chữa trường tiểu học xã Suối Thử"
ROAD = "Tờ trình xin chủ trương mở rộng đường liên thôn Đông Mẫu"
REPORT = "Báo cáo kết quả thu ngân sách quý một"


def entry(ordinal: int, **of: Any) -> Entry:
    blank = dict.fromkeys(("number", "issued_on", "abstract", "issuer", "sheet"), "")
    return Entry(ordinal, **blank | of, page=1, box=BOX)


def found(result: Comparison) -> dict[int, str]:
    return {one.entry: one.paper for one in result.found}


LIST = [
    entry(1, number="12/QĐ-UBND", issued_on="2010-03-05", abstract=SCHOOL, sheet="1-3"),
    entry(2, number="71/TTr-UBND", issued_on="2010-04-01", abstract=ROAD, sheet="4"),
    entry(3, number="08/BC-UBND", issued_on="2010-04-09", abstract=REPORT, sheet="5"),
]
PAPERS = [
    Paper("A", "12/QĐ-UBND", "2010-03-05", SCHOOL, "quyết định", 1),
    Paper("B", "71/TTr-UBND", "2010-04-01", ROAD, "tờ trình", 4),
    Paper("C", "08/BC-UBND", "2010-04-09", REPORT, "báo cáo", 5),
]


def test_everything_is_there() -> None:
    """Nothing missing, nothing extra, nothing to say, in whatever order the papers lie."""
    for papers in (PAPERS, PAPERS[::-1]):
        result = compare_contents(LIST, papers)
        assert found(result) == {0: "A", 1: "B", 2: "C"}
        assert (result.missing, result.unlisted, result.unread) == ((), (), ())
        assert not any(one.differs or one.is_doubtful for one in result.found)


def test_missing_and_extra() -> None:
    """A paper that was not scanned, and one that belongs elsewhere."""
    stray = Paper("X", "99/KH-UBND", "2011-01-07", "Kế hoạch phòng cháy rừng mùa khô")
    result = compare_contents(LIST, [PAPERS[0], stray, PAPERS[2]])
    assert (found(result), result.missing, result.unlisted) == ({0: "A", 2: "C"}, (1,), ("X",))


@pytest.mark.parametrize(
    "listed",
    [
        {"number": "12"},
        {"number": "Số: 12/QĐ-UBND"},
        {"number": "012/QĐ-UBND"},
        {"number": "12 /QD-UBND"},
        {"number": "12/QĐ-UBNĐ"},
        {"issued_on": "2010-03-05", "sheet": "1"},
        {"abstract": "Phê duyệt kế hoạch sửa chữa trường tiểu học xã Suối Thử"},
        {"abstract": "QĐ phê duyệt ké hoach sữa chữa trường tiều học xã Suôi Thứ"},
        {"abstract": "V/v phê duyệt kế hoạch sửa chữa trường tiểu học", "issued_on": "2010-03-05"},
        {"number": "72/QĐ-UBND", "issued_on": "2010-03-05", "abstract": SCHOOL},
    ],
)
def test_one_strong_sign_or_several_weak_ones(listed: dict[str, str]) -> None:
    """Lists shorten, readers misread: the paper is found all the same."""
    assert found(compare_contents([entry(1, **listed)], [PAPERS[0]])) == {0: "A"}


@pytest.mark.parametrize(
    "listed",
    [
        {},
        {"number": "13/QĐ-UBND"},
        {"number": "71/TTr-UBND", "abstract": ROAD},
        {"issued_on": "2010-03-05"},
        {"sheet": "1"},
        {"number": "/QĐ-UBND"},
        {"abstract": "Quyết định"},
        {"number": "900/QĐ-UBND", "abstract": SCHOOL},
    ],
)
def test_weak_signs_alone_do_not_find(listed: dict[str, str]) -> None:
    """A day, a sheet, a notation, a short word; a serial decision with another number."""
    result = compare_contents([entry(1, **listed)], [PAPERS[0]])
    assert (result.found, result.missing, result.unlisted) == ((), (0,), ("A",))


def test_a_number_given_by_two_bodies() -> None:
    """The abstract tells which is which."""
    listed = [entry(1, number="12", abstract=ROAD), entry(2, number="12", abstract=SCHOOL)]
    papers = [Paper("A", "12/QĐ-UBND", "", SCHOOL), Paper("B", "12/TTr-UBND", "", ROAD)]
    assert found(compare_contents(listed, papers)) == {0: "B", 1: "A"}


def test_papers_that_say_the_same_are_taken_in_order_and_doubted() -> None:
    """Three decisions of one wording, no number read: who is who only the order says."""
    listed = [entry(at, abstract=SCHOOL) for at in (1, 2, 3)]
    papers = [Paper(name, "", "", SCHOOL) for name in "ABC"]
    result = compare_contents(listed, papers)
    assert found(result) == {0: "A", 1: "B", 2: "C"}
    assert all(one.is_doubtful for one in result.found)
    numbered = [entry(at, number=f"{at}1/QĐ-UBND", abstract=SCHOOL) for at in (1, 2, 3)]
    papers = [Paper(name, f"{at}1/QĐ-UBND", "", SCHOOL) for at, name in enumerate("ABC", 1)]
    assert not any(one.is_doubtful for one in compare_contents(numbered, papers).found)


def test_each_paper_is_found_once() -> None:
    """Two entries of the same words: one is missing."""
    result = compare_contents([LIST[0], LIST[0]], [PAPERS[0]])
    assert (found(result), result.missing) == ({0: "A"}, (1,))


def test_what_the_list_says_otherwise() -> None:
    """Number and day as listed beside what was read; unread ones are filled by nobody."""
    papers = [
        Paper("A", "17/QĐ-UBND", "2010-03-05", SCHOOL),
        Paper("B", "/TTr-UBND", "", ROAD),
        Paper("C", "08/BC-UBND", "2010-04-19", REPORT),
    ]
    result = compare_contents(LIST, papers)
    said = {one.paper: [(d.field, d.listed, d.read) for d in one.differs] for one in result.found}
    assert said == {
        "A": [("number", "12/QĐ-UBND", "17/QĐ-UBND")],
        "B": [("number", "71/TTr-UBND", ""), ("issued_on", "2010-04-01", "")],
        "C": [("issued_on", "2010-04-09", "2010-04-19")],
    }


def test_between_two_sure_neighbours_the_order_speaks_and_is_doubted() -> None:
    """Nothing was read of the second paper; something else was read of another one's second."""
    unread = [PAPERS[0], Paper("U"), PAPERS[2]]
    result = compare_contents(LIST, unread)
    assert found(result) == {0: "A", 1: "U", 2: "C"}
    assert [one.is_doubtful for one in result.found] == [False, True, False]
    other = Paper("U", "55/KH-UBND", "2012-01-01", "Kế hoạch phòng cháy rừng mùa khô")
    assert compare_contents(LIST, [PAPERS[0], other, PAPERS[2]]).missing == (1,)


def test_without_any_anchor_the_order_says_nothing() -> None:
    """Three entries and three papers of which nothing was read are not the same for that."""
    result = compare_contents(LIST, [Paper("U"), Paper("V"), Paper("W")])
    assert (result.found, result.missing) == ((), (0, 1, 2))


def test_rows_that_the_reader_may_have_lost() -> None:
    """An ordinal leapt over is told; a second table that begins anew is none."""
    listed = [entry(1), entry(2), entry(5), entry(1), entry(2), entry(400)]
    assert compare_contents(listed, []).unread == (3, 4)


def test_a_list_of_nothing_and_a_dossier_of_nothing() -> None:
    assert compare_contents([], []) == Comparison((), (), (), ())
    assert compare_contents([], PAPERS).unlisted == ("A", "B", "C")
    assert compare_contents(LIST, []).missing == (0, 1, 2)


words = st.text(max_size=40)


@given(
    st.lists(st.tuples(words, words, words, words), max_size=6),
    st.lists(st.tuples(words, words, words), max_size=6),
)
def test_every_entry_and_every_paper_has_one_answer(
    listed: list[tuple[str, ...]], read: list[tuple[str, ...]]
) -> None:
    """Whatever was read: found once, missing or extra; nothing is lost, nothing raised."""
    entries = [
        entry(at, number=row[0], issued_on=row[1], abstract=row[2], sheet=row[3])
        for at, row in enumerate(listed, 1)
    ]
    papers = [Paper(str(at), *row) for at, row in enumerate(read)]
    result = compare_contents(entries, papers)
    pairs = found(result)
    assert sorted([*pairs, *result.missing]) == list(range(len(entries)))
    assert sorted([*pairs.values(), *result.unlisted]) == sorted(paper.id for paper in papers)
    assert len(set(pairs.values())) == len(pairs)


def test_a_thick_dossier_is_compared_in_seconds() -> None:
    """Two hundred papers; what is above the limit is left, not waited for."""
    draw = random.Random(4)  # noqa: S311  a test
    syllables = SCHOOL.split() + ROAD.split() + REPORT.split()
    texts = [" ".join(draw.choices(syllables, k=14)) for _ in range(200)]
    listed = [entry(at, number=f"{at}/QĐ-UBND", abstract=text) for at, text in enumerate(texts, 1)]
    papers = [Paper(str(at), "", "", text) for at, text in enumerate(texts)]
    begun = time.process_time()
    result = compare_contents(listed, papers)
    assert time.process_time() - begun < 5
    assert found(result) == {at: str(at) for at in range(200)}
    many = [Paper(str(at)) for at in range(MAX_CONTENTS_PAPERS + 5)]
    assert len(compare_contents([], many).unlisted) == MAX_CONTENTS_PAPERS
