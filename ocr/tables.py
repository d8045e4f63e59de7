"""Ruled tables: their cells are read one below the other, not across the rules.

Engines lose a tenth of the characters in ruled tables to rules taken for letters and to rows read
across cells (docs/ocr.md). The test for a table is strict, for a false one costs more than it
brings: thin rules, closed cells that fill their boxes, at least two rows and two columns.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from imaging.types import Box, Pixels
from ocr._connected import connected
from ocr.types import Line

_INK: Final = 170
_RULE_PIXELS: Final = 60
"""Shortest rule, in pixels of a clean page: three small letters high."""
_THICK_PIXELS: Final = 9
_MIN_CELL_PIXELS: Final = 24
_MIN_FILL: Final = 0.9
_MIN_COVERED: Final = 0.75
_MAX_CELL_SHARE: Final = 0.5
_MIN_CELLS: Final = 4
_PAD: Final = 6
_LEADING: Final = 36
"""White between two cells in the ribbon, in pixels."""


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table of a clean page."""

    box: Box
    cells: tuple[Box, ...]
    """Insides of the cells, row by row from the left."""


@dataclass(frozen=True, slots=True)
class Ribbon:
    """Cells stacked into one column, and where each came from."""

    grey: Pixels
    places: tuple[tuple[Box, int], ...]
    """For each cell that holds ink: its cut on the page, and its top in the ribbon."""

    def on_page(self, lines: Iterable[Line]) -> list[Line]:
        """Lines of the ribbon put back on the page, cell by cell."""
        return [
            _moved(line, cut, top)
            for line in lines
            for cut, top in self.places
            if top <= (line.box.y0 + line.box.y1) / 2 < top + (cut.y1 - cut.y0)
        ]


def find_tables(grey: Pixels) -> list[Table]:
    """The ruled tables of a clean page, top to bottom."""
    grid = _grid(grey)
    stats = connected(grid).stats
    tables = [
        _table(grid, Box(int(x), int(y), int(x + width), int(y + height)))
        for x, y, width, height, _ in stats[1:]
        if width > 4 * _MIN_CELL_PIXELS and height > 2 * _MIN_CELL_PIXELS
    ]
    return sorted((table for table in tables if table), key=lambda table: table.box.y0)


def without_cells(grey: Pixels, tables: list[Table]) -> Pixels:
    """The page with the cells and the rules between them painted over; all else stays."""
    page = grey.copy()
    for table in tables:
        for x0, y0, x1, y1 in table.cells:
            page[max(0, y0 - _PAD) : y1 + _PAD, max(0, x0 - _PAD) : x1 + _PAD] = 255
    return page


def ribbon_of(grey: Pixels, tables: list[Table]) -> Ribbon | None:
    """The cells with ink, one below the other; None where all are empty."""
    cuts = [
        cut for table in tables for cell in table.cells if (cut := _ink_box(grey, cell)) is not None
    ]
    if not cuts:
        return None
    width = max(cut.x1 - cut.x0 for cut in cuts) + 2 * _LEADING
    height = sum(cut.y1 - cut.y0 + _LEADING for cut in cuts) + _LEADING
    ribbon = np.full((height, width), 255, np.uint8)
    places = []
    top = _LEADING
    for cut in cuts:
        piece = grey[cut.y0 : cut.y1, cut.x0 : cut.x1]
        ribbon[top : top + piece.shape[0], _LEADING : _LEADING + piece.shape[1]] = piece
        places.append((cut, top))
        top += piece.shape[0] + _LEADING
    return Ribbon(ribbon, tuple(places))


def by_table(lines: Iterable[Line], tables: list[Table]) -> list[list[Line]]:
    """Lines of cells, table by table, in the order in which they come."""
    kept = list(lines)
    return [
        [line for line in kept if table.box.y0 <= line.box.y0 < table.box.y1] for table in tables
    ]


def _grid(grey: Pixels) -> Pixels:
    """1 on thin rules, gaps of broken ones closed."""
    ink = cv2.threshold(grey, _INK, 1, cv2.THRESH_BINARY_INV)[1]
    across = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, _RULE_PIXELS), np.uint8))
    down = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((_RULE_PIXELS, 1), np.uint8))
    solid = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((_THICK_PIXELS,) * 2, np.uint8))
    rules = cv2.bitwise_or(across, down)
    rules[solid > 0] = 0
    rules = cv2.dilate(rules, np.ones((3, 3), np.uint8))
    return np.asarray(cv2.morphologyEx(rules, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8)), np.uint8)


def _table(grid: Pixels, box: Box) -> Table | None:
    """The table in a box of rules that hang together, or None where it is none."""
    inside = 1 - grid[box.y0 : box.y1, box.x0 : box.x1]
    framed = cv2.copyMakeBorder(inside, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    stats = connected(framed, connectivity=4).stats
    cells = []
    covered = 0
    for x, y, width, height, area in stats[2:]:  # the first is the rules, the second the outside
        if min(width, height) < _MIN_CELL_PIXELS or area < _MIN_FILL * width * height:
            continue
        if area > _MAX_CELL_SHARE * grid.size:
            return None
        left, top = box.x0 + int(x) - 1, box.y0 + int(y) - 1
        cells.append(Box(left, top, left + int(width), top + int(height)))
        covered += int(area)
    if covered < _MIN_COVERED * inside.size or not _is_lattice(cells):
        return None
    return Table(box, tuple(_row_by_row(cells)))


def _is_lattice(cells: list[Box]) -> bool:
    """At least two rows and two columns of cells that share their edges."""
    if len(cells) < _MIN_CELLS:
        return False
    tops = _repeated(cell.y0 for cell in cells)
    lefts = _repeated(cell.x0 for cell in cells)
    return tops >= 2 and lefts >= 2


def _repeated(edges: Iterable[int]) -> int:
    """How many edges, to within some pixels, are those of two cells or more."""
    groups: list[list[int]] = []
    for edge in sorted(edges):
        if groups and edge - groups[-1][-1] <= _THICK_PIXELS:
            groups[-1].append(edge)
        else:
            groups.append([edge])
    return sum(len(group) >= 2 for group in groups)


def _row_by_row(cells: list[Box]) -> list[Box]:
    ordered: list[Box] = []
    row: list[Box] = []
    for cell in sorted(cells, key=lambda cell: cell.y0):
        if row and cell.y0 - row[0].y0 > _THICK_PIXELS:
            ordered += sorted(row)
            row = []
        row.append(cell)
    return ordered + sorted(row)


def _ink_box(grey: Pixels, cell: Box) -> Box | None:
    """The part of a cell that holds ink, with a little white around; None where it is empty."""
    inside = grey[cell.y0 : cell.y1, cell.x0 : cell.x1] < _INK
    # What the grid's own edge left of the rules is no ink of the cell.
    inside[:2], inside[-2:], inside[:, :2], inside[:, -2:] = False, False, False, False
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    if len(rows) < 4 or len(columns) < 3:
        return None
    return Box(
        max(cell.x0 + 2, cell.x0 + int(columns[0]) - _PAD),
        max(cell.y0 + 2, cell.y0 + int(rows[0]) - _PAD),
        min(cell.x1 - 2, cell.x0 + int(columns[-1]) + 1 + _PAD),
        min(cell.y1 - 2, cell.y0 + int(rows[-1]) + 1 + _PAD),
    )


def _moved(line: Line, cut: Box, top: int) -> Line:
    across, down = cut.x0 - _LEADING, cut.y0 - top
    words = tuple(replace(word, box=_shift(word.box, across, down)) for word in line.words)
    return replace(line, words=words, box=_shift(line.box, across, down))


def _shift(box: Box, across: int, down: int) -> Box:
    return Box(
        max(0, box.x0 + across),
        max(0, box.y0 + down),
        max(1, box.x1 + across),
        max(1, box.y1 + down),
    )
