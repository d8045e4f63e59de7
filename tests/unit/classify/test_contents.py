"""A dossier's table of contents read as an index."""

from collections.abc import Callable

import pytest

from classify import PageView
from classify.contents import read_contents

PageMaker = Callable[..., PageView]
Place = tuple[str, float, float]

HEADS: list[Place] = [
    ("^MỤC LỤC VĂN BẢN, TÀI LIỆU", 0.5, 0.08),
    ("Số TT", 0.03, 0.13), ("Số và ký hiệu", 0.12, 0.13), ("Ngày tháng", 0.31, 0.13),
    ("Trích yếu nội dung", 0.47, 0.13), ("Tác giả", 0.77, 0.13), ("Tờ số", 0.89, 0.13),
]  # fmt: skip


def _row(y: float, *cells: str) -> list[Place]:
    places = (0.04, 0.12, 0.31, 0.45, 0.77, 0.9)
    return [(text, x, y) for text, x in zip(cells, places, strict=False) if text]


def test_rows_over_several_lines_and_pages(page: PageMaker) -> None:
    """An entry goes on until the next number in order; a table goes on over the page."""
    first = page(1, [
        *HEADS,
        *_row(0.2, "1", "12/QĐ-UBND", "05/3/2010", "Quyết định phê duyệt", "UBND", "1-3"),
        *_row(0.22, "", "", "", "kế hoạch kiểm tra", "huyện", ""),
        *_row(0.26, "2", "71/CV-CC", "1/4/10", "V/v treo băng rôn", "CC", "4"),
    ])  # fmt: skip
    second = page(2, _row(0.05, "3", "", "", "Báo cáo quý", "", "5"))
    entries = read_contents([first, second])
    assert [entry.ordinal for entry in entries] == [1, 2, 3]
    one, two, three = entries
    assert (one.number, one.issued_on) == ("12/QĐ-UBND", "2010-03-05")
    assert (one.abstract, one.issuer) == ("Quyết định phê duyệt kế hoạch kiểm tra", "UBND huyện")
    assert (two.number, two.issued_on, two.sheet) == ("71/CV-CC", "2010-04-01", "4")
    assert (three.page, three.number, three.abstract) == (2, "", "Báo cáo quý")


def test_heads_over_two_rows_and_close_together(page: PageMaker) -> None:
    """A head over two rows, and two that stand so near that they read as one."""
    entries = read_contents([page(1, [
        ("^MỤC LỤC VĂN BẢN, TÀI LIỆU", 0.5, 0.08),
        ("Số", 0.04, 0.13), ("Số và ký hiệu", 0.12, 0.13), ("Ngày", 0.33, 0.13),
        ("Trích yếu nội dung Tác giả", 0.5, 0.13), ("Tờ số", 0.89, 0.13),
        ("TT", 0.04, 0.15), ("tháng", 0.33, 0.15), ("văn bản", 0.52, 0.15),
        *_row(0.2, "1", "12/QĐ-UBND", "05/3/2010", "Quyết định phê duyệt", "", "1-3"),
    ])])  # fmt: skip
    (one,) = entries
    assert (one.number, one.issued_on, one.sheet) == ("12/QĐ-UBND", "2010-03-05", "1-3")
    assert one.abstract == "Quyết định phê duyệt"


@pytest.mark.parametrize(
    ("printed", "number", "day"),
    [
        ("12/QĐ-UBND ngày 05/3/2010", "12/QĐ-UBND", "2010-03-05"),
        ("12/QĐ-UBND 05/3/2010", "12/QĐ-UBND", "2010-03-05"),
        ("12/2010/QĐ-UBND", "12/2010/QĐ-UBND", ""),
        ("05/3/2010", "", "2010-03-05"),
    ],
)
def test_number_and_day_in_one_column(page: PageMaker, printed: str, number: str, day: str) -> None:
    """Older lists print "Số, ký hiệu và ngày tháng" as one column."""
    (one,) = read_contents([page(1, [*HEADS, *_row(0.2, "1", printed, "", "Quyết định", "", "1")])])
    assert (one.number, one.issued_on) == (number, day)


def test_other_pages_give_nothing(page: PageMaker, decision: list[Place]) -> None:
    """A paper, and an empty page, are no index."""
    assert read_contents([page(1, decision), page(2)]) == ()
