"""A dossier's table of contents read as an index: one entry a paper.

The form of the state's archives (Mục lục văn bản, tài liệu): number in order, số và ký hiệu, date,
abstract, author, sheet. Columns are found by their heads, words belong to the column that they
stand in, and an entry begins where the first column bears a number.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from classify._layout import Layout, Row, Run, lay_out
from classify._outside import CONTENTS, folder_paper
from classify.limits import MAX_CONTENTS_ROWS
from classify.types import PageView
from imaging.types import Box
from ocr.types import Word

_HEADS = (
    ("ordinal", r"^(?:so )?(?:tt|thu tu|stt)\b"),
    ("number", r"so.{0,4}ky hieu|so van ban"),
    ("issued_on", r"ngay.{0,3}thang|ngay van ban"),
    ("abstract", r"trich yeu|noi dung|ten loai"),
    ("issuer", r"tac gia|co quan ban hanh"),
    ("sheet", r"to so|trang so|so to|so trang"),
    ("note", r"ghi chu"),
)
"""Column -> what its head says, folded."""
_FEWEST = 3
"""Columns that must be found for the page to be a table of contents."""
_DAY = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*((?:19|20)\d{2}|\d{2})\b")
_CENTURY = 2000


@dataclass(frozen=True, slots=True)
class Entry:
    """One paper that a table of contents names; what was not read is empty."""

    ordinal: int
    number: str
    issued_on: str
    """ISO, or as printed where it is no day."""
    abstract: str
    issuer: str
    sheet: str
    page: int
    """Of the file, where the entry begins."""
    box: Box


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: what it holds, and between which x."""

    name: str
    x0: float
    x1: float


def read_contents(pages: Sequence[PageView]) -> tuple[Entry, ...]:
    """Every entry of the tables of contents among these pages, in order; empty for other pages.

    A table may run over pages that repeat its heads or leave them out. Raises nothing.
    """
    found: list[Entry] = []
    columns: tuple[Column, ...] = ()
    for page in pages:
        layout = lay_out(page)
        own = columns_of(layout)
        if own and folder_paper(layout) == CONTENTS:
            columns = own[0]
        elif not columns:
            continue
        found += _entries(layout, columns, own[1] if own else 0.0)
    return tuple(found[:MAX_CONTENTS_ROWS])


def columns_of(layout: Layout) -> tuple[tuple[Column, ...], float] | None:
    """The columns by their heads, and where the heads end; heads may take three rows."""
    for index, row in enumerate(layout.rows[:40]):
        if not _is_head(row):
            continue
        block = (row, *takewhile(lambda r: not _begins(r), layout.rows[index + 1 : index + 3]))
        heads = dict(_heads(block))
        if "abstract" in heads and len(heads) >= _FEWEST and "number" in heads:
            used = [r for r in block if r is row or _is_head(r)]
            bottom = max(r.box.y1 for r in used)
            return _spread(heads, layout.width), bottom
    return None


def _begins(row: Row) -> bool:
    """Whether an entry begins here: its ordinal stands first."""
    return re.fullmatch(r"\W*\d{1,4}\W*", row.runs[0].text) is not None


def _is_head(row: Row) -> bool:
    return any(re.search(pattern, run.folded) for run in row.runs for _, pattern in _HEADS)


def _heads(rows: Sequence[Row]) -> Iterator[tuple[str, tuple[float, float]]]:
    """Each column's head once. It may take several rows, and two may stand close together."""
    taken: set[str] = set()
    for stack in _stacks(rows):
        found = sorted(
            (match.start(), name)
            for name, pattern in _HEADS
            if name not in taken
            and (match := re.search(pattern, " ".join(run.folded for run in stack)))
        )
        for (start, name), (end, _) in pairwise([*found, (-1, "")]):
            taken.add(name)
            yield name, _extent(stack, start, end) if len(found) > 1 else _extent(stack)


def _stacks(rows: Sequence[Row]) -> list[list[Run]]:
    """Runs of the first row, each with what stands under it alone in the rows below."""
    stacks = [[run] for run in rows[0].runs]
    for row in rows[1:]:
        for run in row.runs:
            over = [stack for stack in stacks if _overlap(stack[0].box, run.box)]
            if not over:
                stacks.append([run])
            elif len(over) == 1:
                over[0].append(run)
    return stacks


def _overlap(one: Box, other: Box) -> bool:
    return one.x0 < other.x1 and other.x0 < one.x1


def _extent(stack: Sequence[Run], start: int = 0, end: int = -1) -> tuple[float, float]:
    """From left to right: of all of it, or of the characters from start to end of its first row."""
    whole = len(stack[0].text)
    part = (
        stack[0].part(start, end if start < end <= whole else whole) if start or end > 0 else None
    )
    boxes = [part.box] if part else [run.box for run in stack]
    return min(box.x0 for box in boxes), max(box.x1 for box in boxes)


def _spread(heads: dict[str, tuple[float, float]], width: int) -> tuple[Column, ...]:
    """Each column reaches half way to its neighbours."""
    order = sorted(heads.items(), key=lambda item: item[1][0])
    edges = [0.0]
    for (_, left), (_, right) in pairwise(order):
        edges.append((left[1] + right[0]) / 2)
    edges.append(float(width))
    return tuple(
        Column(name, edges[index], edges[index + 1]) for index, (name, _) in enumerate(order)
    )


def _entries(layout: Layout, columns: tuple[Column, ...], top: float) -> Iterator[Entry]:
    cells: dict[str, list[Word]] | None = None
    ordinal = 0
    for row in layout.rows:
        if row.box.y0 < top:
            continue
        parts = cells_of(row, columns)
        begins = _ordinal(parts)
        if begins is not None:
            if cells:
                yield _entry(ordinal, cells, layout.number)
            cells, ordinal = parts, begins
        elif cells:
            for name, words in parts.items():
                cells.setdefault(name, []).extend(words)
    if cells:
        yield _entry(ordinal, cells, layout.number)


def cells_of(row: Row, columns: tuple[Column, ...]) -> dict[str, list[Word]]:
    """The words of a row by the column that they stand in."""
    cells: dict[str, list[Word]] = {}
    for word in row.whole.words:
        middle = (word.box.x0 + word.box.x1) / 2
        for column in columns:
            if column.x0 <= middle < column.x1:
                cells.setdefault(column.name, []).append(word)
    return cells


def _ordinal(cells: dict[str, list[Word]]) -> int | None:
    """The number in the first column; a row without one goes on with the entry before."""
    text = "".join(word.text for word in cells.get("ordinal", ()))
    match = re.fullmatch(r"\W*(\d{1,4})\W*", text)
    return int(match[1]) if match else None


def _entry(ordinal: int, cells: dict[str, list[Word]], page: int) -> Entry:
    def said(name: str) -> str:
        return " ".join(word.text for word in cells.get(name, ())).strip(" |_")

    boxes = [word.box for words in cells.values() for word in words]
    number, day = _number_and_day(said("number"), said("issued_on"))
    return Entry(
        ordinal=ordinal,
        number=re.sub(r"\s*([/-])\s*", r"\1", number),
        issued_on=day_of(day),
        abstract=said("abstract"),
        issuer=said("issuer"),
        sheet=said("sheet"),
        page=page,
        box=Box(
            min(box.x0 for box in boxes), min(box.y0 for box in boxes),
            max(box.x1 for box in boxes), max(box.y1 for box in boxes),
        ),
    )  # fmt: skip


def _number_and_day(number: str, day: str) -> tuple[str, str]:
    """The two as they are printed: a day that stands in the number's column is none of it.

    Older lists have one column for both.
    """
    match = None if day else _DAY.search(number)
    before = number[: match.start()] if match else number
    rest = re.sub(r"[\s,(]*(?:ngày)?\s*$", "", before)
    if match is None:
        return rest, day
    return f"{rest} {number[match.end() :].strip(' )')}".strip(), match[0]


def day_of(text: str) -> str:
    """The day that a cell gives, ISO; as printed where it gives none."""
    match = _DAY.search(text)
    if not match:
        return text
    day, month, year = (int(part) for part in match.groups())
    if year < 100:
        year += _CENTURY if year < 50 else _CENTURY - 100
    valid = 1 <= day <= 31 and 1 <= month <= 12
    return f"{year:04}-{month:02}-{day:02}" if valid else text
