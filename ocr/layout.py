"""The order in which a page's lines are read.

Vietnamese administrative papers (ND 30/2020/ND-CP, annex I) have two columns twice: the issuer
beside the national title at the top, the recipients beside the signature at the end. Engines join
the two across the gap or mix their lines; a reader reads the left column, then the right. Elsewhere
a wide gap parts a label from its value or the cells of a table, and the row is kept together.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Final, NamedTuple, Self

from imaging.types import Box
from ocr.types import Line, Word

_GAP_OF_SPACING: Final = 3.0
_GAP_OF_HEIGHT: Final = 1.3
_SHARED_ROW: Final = 0.4
_MIN_CORRIDOR: Final = 0.008
_MAX_RUN_ROWS: Final = 30
_TEXT_CENTRE: Final = 0.53
"""Share of the width at which titles are centred: 30 mm of margin on the left, 15 to 20 right."""
_SURE: Final = 0.5
"""Words less sure than this (seal lettering, strokes of a signature) part no columns."""
_RIGHT_OF_HEADER: Final = re.compile(r"c[ộo]ng h[òoà]|đ[ộo]c lập|ngày .*tháng", re.IGNORECASE)
_LEFT_OF_SIGNATURE: Final = re.compile(r"n[ơo]i nh[ậâ]n", re.IGNORECASE)


def union(boxes: Iterable[Box]) -> Box:
    """The smallest box that holds all of at least one."""
    x0s, y0s, x1s, y1s = zip(*boxes, strict=True)
    return Box(min(x0s), min(y0s), max(x1s), max(y1s))


def in_reading_order(
    lines: Sequence[Line], *, width: int, tables: Sequence[Sequence[Line]] = ()
) -> tuple[Line, ...]:
    """The lines with both two-column parts untangled, blocks numbered from 0 in reading order.

    `lines` come as the engine grouped them (`block` is its own number); `width` is the page's.
    `tables` are the lines of ruled tables, cell by cell: each stays together in its own order.
    """
    runs = _two_column_runs(lines, width)
    taken = {id(word) for run in runs for line in run.lines for word in line.words}
    rest = [line for line in lines if id(line.words[0]) not in taken]
    blocks = [block for run in runs for block in run.blocks()] + _engine_blocks(rest, runs)
    blocks += [_block(table) for table in tables if table]
    return tuple(
        replace(line, block=number)
        for number, block in enumerate(_cut(blocks))
        for line in block.lines
    )


def rows_of(lines: Iterable[Line]) -> list[list[Line]]:
    """Lines that stand beside one another, top to bottom, each row left to right."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (line.box.y0 + line.box.y1, line.box.x0)):
        if rows and any(_beside(other.box, line.box) for other in rows[-1]):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.box.x0) for row in rows]


def split_at_gaps(line: Line) -> list[Line]:
    """A line cut where the space is much wider than between its other words."""
    words = sorted(line.words, key=lambda word: word.box.x0)
    gaps = [right.box.x0 - left.box.x1 for left, right in pairwise(words)]
    if not gaps:
        return [line]
    height = median(word.box.y1 - word.box.y0 for word in words)
    spacing = max(1.0, median(gaps)) if len(gaps) > 2 else 0.35 * height
    widest = max(_GAP_OF_SPACING * spacing, _GAP_OF_HEIGHT * height)
    pieces: list[list[Word]] = [[words[0]]]
    for gap, word in zip(gaps, words[1:], strict=True):
        if gap > widest:
            pieces.append([])
        pieces[-1].append(word)
    return [_line(piece, line.block) for piece in pieces]


def _line(words: Sequence[Word], block: int = 0) -> Line:
    return Line(tuple(words), union(word.box for word in words), block=block)


class _Block(NamedTuple):
    lines: tuple[Line, ...]
    box: Box


def _block(lines: Sequence[Line]) -> _Block:
    return _Block(tuple(lines), union(line.box for line in lines))


# -- two columns -----------------------------------------------------------------------------


class _Corridor(NamedTuple):
    """An upright strip that parts two columns."""

    left: int
    right: int

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2

    def narrowed(self, row: list[Line]) -> Self:
        """What is left of it beside the lines of a row."""
        left, right = self
        for line in row:
            if line.confidence < _SURE:
                continue
            if _centre(line) < self.middle:
                left = max(left, line.box.x1)
            else:
                right = min(right, line.box.x0)
        return type(self)(left, right)


@dataclass
class _Run:
    """Rows that stand in two columns."""

    rows: list[list[Line]]
    corridor: _Corridor

    @property
    def lines(self) -> list[Line]:
        return [line for row in self.rows for line in row]

    @property
    def top(self) -> int:
        return min(line.box.y0 for line in self.rows[0])

    def blocks(self) -> list[_Block]:
        """The left column, then the right; what stands in one row of a column is one line."""
        return [
            _block([_line([word for line in row for word in line.words]) for row in rows_of(side)])
            for side in _sides(self.lines, self.corridor.middle)
            if side
        ]

    def takes(self, row: list[Line], width: int) -> bool:
        """Whether a row below belongs to it: the corridor stays open and no title begins."""
        open_still = _is_open(self.corridor.narrowed(row), width)
        return open_still and len(self.rows) < _MAX_RUN_ROWS and not self._is_title(row, width)

    def _is_title(self, row: list[Line], width: int) -> bool:
        """A lone line on the right that is centred on the text area, not on its column."""
        sure = [line for line in row if line.confidence >= _SURE]
        left, right = _sides(sure, self.corridor.middle)
        if left or len(right) != 1:
            return False
        column = [_centre(line) for line in _sides(self.rows[0], self.corridor.middle)[1]]
        from_column = abs(_centre(right[0]) - median(column))
        return from_column > abs(_centre(right[0]) - _TEXT_CENTRE * width)


def _centre(line: Line) -> float:
    return (line.box.x0 + line.box.x1) / 2


def _sides(lines: list[Line], middle: float) -> tuple[list[Line], list[Line]]:
    left = [line for line in lines if _centre(line) < middle]
    return left, [line for line in lines if _centre(line) >= middle]


def _two_column_runs(lines: Sequence[Line], width: int) -> list[_Run]:
    rows = rows_of(piece for line in lines for piece in split_at_gaps(line))
    runs: list[_Run] = []
    current: _Run | None = None
    for row in rows:
        if current is not None:
            if current.takes(row, width):
                current.rows.append(row)
                current.corridor = current.corridor.narrowed(row)
                continue
            current = None
        start = _start_of_columns(row, width)
        if start is not None:
            current = _Run([row], start)
            runs.append(current)
    return runs


def _is_open(corridor: _Corridor, width: int) -> bool:
    return corridor.right - corridor.left > _MIN_CORRIDOR * width


def _start_of_columns(row: list[Line], width: int) -> _Corridor | None:
    """The widest gap of a row, where both sides look like the head of a column."""
    if len(row) < 2:
        return None
    gaps = [_Corridor(left.box.x1, right.box.x0) for left, right in pairwise(row)]
    corridor = max(gaps, key=lambda gap: gap.right - gap.left)
    if not 0.2 * width < corridor.middle < 0.8 * width or not _is_open(corridor, width):
        return None
    left, right = (" ".join(line.text for line in side) for side in _sides(row, corridor.middle))
    heads = _is_capital(right) and (_is_capital(left) or bool(_LEFT_OF_SIGNATURE.search(left)))
    return corridor if heads or _RIGHT_OF_HEADER.search(right) else None


def _is_capital(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    return len(letters) > 3 and sum(map(str.isupper, letters)) > 0.7 * len(letters)


# -- blocks ----------------------------------------------------------------------------------


def _engine_blocks(lines: list[Line], runs: list[_Run]) -> list[_Block]:
    """The engine's blocks, parted where a run of two columns stands between their lines."""
    gathered: dict[tuple[int, int], list[Line]] = {}
    for line in lines:
        above = sum(run.top <= line.box.y0 for run in runs)
        gathered.setdefault((line.block, above), []).append(line)
    return [_block(members) for members in gathered.values()]


def _beside(one: Box, other: Box) -> bool:
    shared = min(one.y1, other.y1) - max(one.y0, other.y0)
    return shared > _SHARED_ROW * min(one.y1 - one.y0, other.y1 - other.y0)


def _cut(blocks: list[_Block]) -> list[_Block]:
    """Blocks in reading order: bands from the top, in each band columns from the left."""
    if len(blocks) < 2:
        return blocks
    bands = _groups(blocks, vertical=True)
    if len(bands) > 1:
        return [block for band in bands for block in _cut(band)]
    columns = _groups(blocks, vertical=False)
    if len(columns) > 1:
        return [block for column in columns for block in _cut(column)]
    return sorted(blocks, key=lambda block: (block.box.y0, block.box.x0))


def _groups(blocks: list[_Block], *, vertical: bool) -> list[list[_Block]]:
    """Blocks whose extents overlap along one axis, group by group."""

    def start(block: _Block) -> int:
        return block.box.y0 if vertical else block.box.x0

    def end(block: _Block) -> int:
        return block.box.y1 if vertical else block.box.x1

    groups: list[list[_Block]] = []
    reach = 0
    for block in sorted(blocks, key=start):
        # A tail of a letter reaching into the next band joins nothing.
        slack = min(8, (end(block) - start(block)) // 3)
        if groups and start(block) + slack < reach:
            groups[-1].append(block)
        else:
            groups.append([block])
        reach = max(reach, end(block))
    return groups
