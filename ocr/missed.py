"""Lines that the engine's own layout passed over, found by their ink and read one by one.

A seal's ring that touches a heading, a stamp, or a picture beside a line makes the engine take the
line for a drawing: it gives no words there, or a few that it does not believe. The ink is still
that of letters. Each such row is cut out and read alone, where the engine reads it well. So are
single words and figures that it dropped: the page's number, a word between two written by hand.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.types import Box, Pixels
from ocr._connected import connected
from ocr.engine import Recogniser, Segmentation
from ocr.layout import union
from ocr.types import Line, Word

# Lengths are pixels of a clean page, whose small letters are `limits.TARGET_X_HEIGHT` high.
_INK: Final = 150
_LETTER_HEIGHT: Final = (9, 64)
_MAX_LETTER_WIDTH: Final = 90
_MIN_LETTER_AREA: Final = 12
_WORD_GAP: Final = 41
_MIN_ROW: Final = (60, 14)
"""Width and height."""
_MAX_ROW_HEIGHT: Final = 80
_MIN_FILL: Final = 0.4
_PAD: Final = 8
_MARGIN: Final = 20
_BELIEVED: Final = 0.5
"""Words of the first reading that are less sure leave their ink unread."""
_TAKEN: Final = 0.6
"""Mean confidence from which a row read alone counts."""
_MAX_ROWS: Final = 24
"""A page with more is a picture, and reading each row would cost more than the page did."""
_SMALL_HEIGHT: Final = (10, 50)
_SMALL_WIDTH: Final = (3, 76)
_SMALL_FILL: Final = (0.12, 0.9)
_SMALL_GAP: Final = 25
_MAX_SMALL: Final = 40
_SURE_WORD, _SURE_SIGN = 0.55, 0.8
"""How sure a dropped word, and one of a single sign, must be to be taken."""


class _Row(NamedTuple):
    x0: int
    y0: int
    x1: int
    y1: int


def with_missed_lines(
    grey: Pixels, lines: Sequence[Line], *, dpi: int, recogniser: Recogniser
) -> list[Line]:
    """The lines, and those that were missed; doubtful words give way to a surer reading.

    `grey` is a clean page, (height, width) uint8, and `lines` what the engine read of it, in its
    pixels. Raises what the recogniser raises.
    """
    rows = _unread_rows(grey, lines)
    if len(rows) > _MAX_ROWS:
        return list(lines)
    found = list(lines)
    for row in rows:
        again = _read_alone(grey, row, dpi=dpi, recogniser=recogniser)
        if again is not None and again.confidence >= _TAKEN:
            found = _with_row(found, again)
    return _with_dropped_words(grey, found, dpi=dpi, recogniser=recogniser)


def _with_dropped_words(
    grey: Pixels, lines: Sequence[Line], *, dpi: int, recogniser: Recogniser
) -> list[Line]:
    """The lines with the single words and figures that stand outside every word read."""
    found = list(lines)
    pieces = _small_pieces(grey, found)
    for piece in pieces if len(pieces) <= _MAX_SMALL else ():
        alone = _without_words(grey, piece, found)
        again = _read_alone(alone, piece, dpi=dpi, recogniser=recogniser)
        words = tuple(word for word in again.words if _is_sure(word)) if again else ()
        if words:
            found = _with_row(found, Line(words, union(word.box for word in words)))
    return found


def _small_pieces(grey: Pixels, lines: Sequence[Line]) -> list[_Row]:
    """Letter-like spots outside every word that was read, gathered to words."""
    stats = connected((grey < _INK).astype(np.uint8)).stats
    x, y, width, height, area = stats[1:].T
    filled = area / np.maximum(width * height, 1)
    fits = (height >= _SMALL_HEIGHT[0]) & (height <= _SMALL_HEIGHT[1])
    fits &= (width >= _SMALL_WIDTH[0]) & (width <= _SMALL_WIDTH[1])
    fits &= (filled > _SMALL_FILL[0]) & (filled < _SMALL_FILL[1])
    fits &= ~_read(grey.shape, lines, 0.0)[y + height // 2, x + width // 2]
    spots = np.zeros(grey.shape, np.uint8)
    for left, top, across, down, _ in stats[1:][fits]:
        spots[top : top + down, left : left + across + _SMALL_GAP] = 1
    joined = connected(spots, connectivity=4).stats
    return [
        _Row(int(x), int(y), max(int(x + width) - _SMALL_GAP, int(x) + 1), int(y + height))
        for x, y, width, height, _ in joined[1:]
        if height < _LETTER_HEIGHT[1]
    ]


def _without_words(grey: Pixels, row: _Row, lines: Sequence[Line]) -> Pixels:
    """The page around a row, the words beside it that were read painted over; white elsewhere."""
    near = (
        slice(max(0, row.y0 - _PAD), row.y1 + _PAD),
        slice(max(0, row.x0 - _PAD), row.x1 + _PAD),
    )
    page = np.full_like(grey, 255)
    page[near] = np.where(_read(grey.shape, lines, 0.0)[near], 255, grey[near])
    return page


def _is_sure(word: Word) -> bool:
    signs = sum(map(str.isalnum, word.text))
    return word.confidence >= (_SURE_SIGN if signs == 1 else _SURE_WORD)


def _unread_rows(grey: Pixels, lines: Sequence[Line]) -> list[_Row]:
    """Rows of letter-like ink where no believed word stands, top to bottom."""
    ink = (grey < _INK).astype(np.uint8)
    letters = _unread_letters(ink, lines)
    joined = cv2.morphologyEx(letters, cv2.MORPH_CLOSE, np.ones((1, _WORD_GAP), np.uint8))
    joined = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    stats = connected(joined).stats
    rows = [
        _Row(int(x), int(y), int(x + width), int(y + height))
        for x, y, width, height, area in stats[1:]
        if width >= _MIN_ROW[0]
        and _MIN_ROW[1] <= height <= _MAX_ROW_HEIGHT
        and area > _MIN_FILL * width * height
    ]
    believed = _believed(ink.shape, lines)
    grown = [_grown(ink, believed, row) for row in rows]
    return sorted(set(grown), key=lambda row: (row.y0, row.x0))


def _unread_letters(ink: Pixels, lines: Sequence[Line]) -> Pixels:
    """1 on the ink of spots that may be letters and lie in no believed word."""
    labels, stats = connected(ink)
    x, y, width, height, area = stats.T
    fits = (height >= _LETTER_HEIGHT[0]) & (height <= _LETTER_HEIGHT[1])
    fits &= (width <= _MAX_LETTER_WIDTH) & (area >= _MIN_LETTER_AREA)
    fits[0] = False  # the paper
    down, across = ink.shape
    middle = (np.minimum(y + height // 2, down - 1), np.minimum(x + width // 2, across - 1))
    fits &= ~_believed(ink.shape, lines)[middle]
    return np.asarray(fits[labels], np.uint8)


def _believed(shape: tuple[int, ...], lines: Sequence[Line]) -> NDArray[np.bool_]:
    return _read(shape, lines, _BELIEVED)


def _read(shape: tuple[int, ...], lines: Sequence[Line], least: float) -> NDArray[np.bool_]:
    """True in words read that are at least so sure, and a little around them."""
    mask = np.zeros(shape, np.bool_)
    for line in lines:
        for word in line.words:
            if word.confidence >= least:
                x0, y0, x1, y1 = word.box
                mask[max(0, y0 - 3) : y1 + 3, max(0, x0 - 3) : x1 + 3] = True
    return mask


def _grown(ink: Pixels, believed: NDArray[np.bool_], row: _Row) -> _Row:
    """The row out to a wide gap or a believed word: letters that touch a seal stand beside it."""
    band = slice(row.y0, row.y1)
    inked = np.asarray(ink[band].any(axis=0), np.bool_)
    barred = np.asarray(np.greater(believed[band].mean(axis=0), 0.5), np.bool_)
    reach = row.y1 - row.y0
    return _Row(
        row.x0 - _run(inked[: row.x0][::-1], barred[: row.x0][::-1], reach),
        row.y0,
        row.x1 + _run(inked[row.x1 :], barred[row.x1 :], reach),
        row.y1,
    )


def _run(inked: NDArray[np.bool_], barred: NDArray[np.bool_], reach: int) -> int:
    """How far ink goes on without a gap of `reach` columns or a bar."""
    stops = np.flatnonzero(barred)
    columns = np.flatnonzero(inked[: stops[0]] if stops.size else inked)
    if not columns.size or columns[0] > reach:
        return 0
    gaps = np.flatnonzero(np.diff(columns) > reach)
    return int(columns[gaps[0] if gaps.size else -1]) + 1


def _read_alone(grey: Pixels, row: _Row, *, dpi: int, recogniser: Recogniser) -> Line | None:
    """The row as one line in pixels of `grey`, or None where it reads as nothing."""
    top, left = max(0, row.y0 - _PAD), max(0, row.x0 - _PAD)
    cut = grey[top : row.y1 + _PAD, left : row.x1 + _PAD]
    framed = cv2.copyMakeBorder(
        cut, _MARGIN, _MARGIN, _MARGIN, _MARGIN, cv2.BORDER_CONSTANT, value=255
    )
    read = recogniser.lines(np.asarray(framed, np.uint8), dpi=dpi, segmentation=Segmentation.LINE)
    words = tuple(
        replace(word, box=_shifted(word.box, left - _MARGIN, top - _MARGIN, grey.shape))
        for line in read
        for word in line.words
        if word.confidence > 0 and any(map(str.isalnum, word.text))
    )
    if not words:
        return None
    return Line(words, union(word.box for word in words))


def _shifted(box: Box, across: int, down: int, shape: tuple[int, ...]) -> Box:
    x0, y0 = max(0, box.x0 + across), max(0, box.y0 + down)
    x1, y1 = min(shape[1], box.x1 + across), min(shape[0], box.y1 + down)
    return Box(x0, y0, max(x1, x0 + 1), max(y1, y0 + 1))


def _with_row(lines: list[Line], row: Line) -> list[Line]:
    """The lines with the row in place of less sure words that stand where it does."""
    kept: list[Line] = []
    for line in lines:
        words = tuple(word for word in line.words if not _gives_way(word, row))
        if words == line.words:
            kept.append(line)
        elif words:
            kept.append(replace(line, words=words, box=union(word.box for word in words)))
    home = next((line for line in kept if _is_beside(line, row)), None)
    if home is None:
        block = max((line.block for line in lines), default=0) + 1
        return [*kept, replace(row, block=block)]
    members = sorted((*home.words, *row.words), key=lambda word: word.box.x0)
    joined = replace(home, words=tuple(members), box=union((home.box, row.box)))
    return [joined if line is home else line for line in kept]


def _is_beside(line: Line, row: Line) -> bool:
    """Whether a row goes on where a line ends, or fills a hole in it."""
    one, other = line.box, row.box
    height = min(one.y1 - one.y0, other.y1 - other.y0)
    level = min(one.y1, other.y1) - max(one.y0, other.y0) > height / 2
    return level and max(one.x0, other.x0) - min(one.x1, other.x1) < height


def _gives_way(word: Word, row: Line) -> bool:
    x, y = (word.box.x0 + word.box.x1) / 2, (word.box.y0 + word.box.y1) / 2
    inside = row.box.x0 <= x < row.box.x1 and row.box.y0 <= y < row.box.y1
    return inside and word.confidence < row.confidence
