"""The order in which a page's lines are read.

Vietnamese administrative papers (ND 30/2020/ND-CP, annex I) have two columns twice: the issuer
beside the national title at the top, the recipients beside the signature at the end. Engines join
the two across the gap; a reader reads the left column, then the right.
"""

from dataclasses import replace
from itertools import pairwise
from statistics import median
from typing import Final, NamedTuple

from imaging.types import Box
from ocr.types import Line, Word

_GAP_OF_SPACING: Final = 3.0
_GAP_OF_HEIGHT: Final = 1.3
_SHARED_ROW: Final = 0.4


def union(boxes: list[Box]) -> Box:
    """The smallest box that holds all."""
    return Box(
        min(box.x0 for box in boxes),
        min(box.y0 for box in boxes),
        max(box.x1 for box in boxes),
        max(box.y1 for box in boxes),
    )


def in_reading_order(lines: list[Line], *, width: int) -> tuple[Line, ...]:
    """Lines split at column gaps, blocks numbered from 0 in reading order.

    `lines` come as the engine grouped them (`block` is its own number); `width` is the page's.
    """
    pieces = [piece for line in lines for piece in split_at_gaps(line)]
    blocks = _blocks(pieces, width)
    ordered = _cut(blocks)
    return tuple(
        replace(line, block=number) for number, block in enumerate(ordered) for line in block.lines
    )


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
    return [
        Line(tuple(piece), union([word.box for word in piece]), block=line.block)
        for piece in pieces
    ]


class _Block(NamedTuple):
    lines: tuple[Line, ...]
    box: Box


def _block(lines: list[Line]) -> _Block:
    return _Block(tuple(lines), union([line.box for line in lines]))


def _blocks(pieces: list[Line], width: int) -> list[_Block]:
    """The engine's blocks, cut into the columns that its lines were split into."""
    gathered: dict[int, list[Line]] = {}
    for piece in pieces:
        gathered.setdefault(piece.block, []).append(piece)
    return [block for lines in gathered.values() for block in _columns(lines, width)]


def _columns(lines: list[Line], width: int) -> list[_Block]:
    """Runs of rows that share a gap become two blocks, every other row stays as it is."""
    blocks: list[_Block] = []
    run: list[list[Line]] = []
    plain: list[Line] = []
    for row in rows_of(lines):
        if run and _corridor([*run, row], width) is None:
            blocks += _two_columns(run, width)
            run = []
        if len(row) == 2 or run:
            if plain:
                blocks.append(_block(plain))
                plain = []
            run.append(row)
        else:
            plain += row
    if run:
        blocks += _two_columns(run, width)
    if plain:
        blocks.append(_block(plain))
    return blocks


def _two_columns(run: list[list[Line]], width: int) -> list[_Block]:
    corridor = _corridor(run, width)
    lines = [line for row in run for line in row]
    if corridor is None:
        return [_block(lines)]
    left = [line for line in lines if line.box.x1 <= corridor[0] + 1]
    right = [line for line in lines if line.box.x1 > corridor[0] + 1]
    return [_block(side) for side in (left, right) if side]


def _corridor(rows: list[list[Line]], width: int) -> tuple[int, int] | None:
    """The upright strip near the middle that no line of the rows crosses, or None."""
    split = [row for row in rows if len(row) == 2]
    if not split or any(len(row) > 2 for row in rows):
        return None
    left = max(row[0].box.x1 for row in split)
    right = min(row[1].box.x0 for row in split)
    for row in rows:
        if len(row) != 1:
            continue
        box = row[0].box
        if (box.x0 + box.x1) / 2 < (left + right) / 2:
            left = max(left, box.x1)
        else:
            right = min(right, box.x0)
    in_middle = 0.2 * width < (left + right) / 2 < 0.8 * width
    return (left, right) if in_middle and right - left > 0.01 * width else None


def rows_of(lines: list[Line]) -> list[list[Line]]:
    """Lines that stand beside one another, top to bottom, each row left to right."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (line.box.y0 + line.box.y1, line.box.x0)):
        if rows and _beside(rows[-1][-1].box, line.box):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.box.x0) for row in rows]


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
