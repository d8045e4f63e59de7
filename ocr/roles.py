"""What each line is on its page: print of the document, page number, footer, stamp, overlay.

Stamps and what signing software draws over a page are no sentences of the document: they are kept
as blocks of their own after everything else, so that no sentence runs through them.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median
from typing import Final

from imaging.types import Box
from ocr.layout import split_at_gaps, union
from ocr.types import OUTSIDE_TEXT, Line, LineRole

_HEAD, _FOOT = 0.12, 0.9
"""Shares of the height above and below which page numbers and footers stand."""
_NUMBER: Final = re.compile(r"[-–—~.\s]*(\d{1,4}|[ivxIVX]{1,6})[-–—~.\s]*")
_NUMBER_OF: Final = re.compile(
    r"(trang|page)\s*:?\s*\d{1,4}(\s*([/|]|trên|of)\s*\d{1,4})?", re.IGNORECASE
)
_FOOTER_GAP: Final = 1.6
"""Heights of a line between a footer and the print above it."""
_FOOTER_SMALL: Final = 0.9
_SIGNED: Final = re.compile(
    r"(ký (bởi|số bởi)|người ký|thời gian ký|ngày ký|email|e-mail|cơ quan|chức vụ"
    r"|(digitally )?signed by|signature (not )?valid|reason|location)\s*:",
    re.IGNORECASE,
)
_SIGNED_SURELY: Final = re.compile(
    r"(ký (bởi|số bởi)|người ký|thời gian ký|(digitally )?signed by|signature (not )?valid)",
    re.IGNORECASE,
)
_MOMENT: Final = re.compile(
    r"\W*(\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{4}[./-]\d{2}[./-]\d{2})\s*T?\d{1,2}:\d{2}(:\d{2})?.{0,8}"
    r"|\W*\+0?7:?00\W*"
)
_REACH_DOWN: Final = 1.9
"""Heights of a line from one line of an overlay or stamp to the next, top to top."""
_STAMPED: Final = re.compile(
    r"\W*((công văn|văn bản) đ[ếêe]n\b.{0,6}|đ[ếêe]n số|sao y( bản chính)?|bản sao|bản chính"
    r"|hỏa tốc( hẹn giờ)?|thượng khẩn|khẩn|tuyệt mật|tối mật|mật|đã (thu|trả|nhận|xử lý)\b.*)\W*",
    re.IGNORECASE,
)
_ARRIVED: Final = re.compile(r"\W*(công văn|văn bản)?\s*đ[ếêe]n\b.{0,12}", re.IGNORECASE)
_ARRIVED_ROW: Final = re.compile(r"\W*(số|ngày|giờ|chuyển|lưu)\b.*", re.IGNORECASE)
_SEAL_SHARE: Final = 0.7
"""The share of a line that must lie in a seal for its lettering."""
_PRINT_SURE: Final = 0.8
"""Print crossed by a seal is mostly read surer than this; a seal's own lettering hardly ever."""


def with_roles(
    lines: Sequence[Line], *, width: int, height: int, seals: Sequence[Box] = ()
) -> tuple[Line, ...]:
    """The lines with their roles, those outside the text last, each group in a block of its own.

    `lines` are in reading order; `width` and `height` are the page's and `seals` the boxes of its
    seals, in the same pixels. A line of which only a part is no print is parted at its wide gaps.
    """
    pieces = _parted(lines, seals)
    roles = _outside_roles(pieces, width=width, height=height, seals=seals)
    inside = [piece for piece, role in zip(pieces, roles, strict=True) if role is None]
    marked = _margins([_joined(piece) for piece in _rejoined(inside)], height)
    last = max((line.block for line in marked), default=-1)
    outside = [(piece, role) for piece, role in zip(pieces, roles, strict=True) if role is not None]
    return (*marked, *_gathered(outside, last + 1))


class _Piece:
    """A part of a line, and the line that it is of."""

    __slots__ = ("line", "source")

    def __init__(self, line: Line, source: int) -> None:
        self.line = line
        self.source = source


def _parted(lines: Sequence[Line], seals: Sequence[Box]) -> list[_Piece]:
    """Lines parted at wide gaps where a part might be no print of the document."""
    pieces = []
    for number, line in enumerate(lines):
        parts = split_at_gaps(line)
        doubtful = any(_might_be_outside(part, seals) for part in parts)
        pieces += [_Piece(part, number) for part in (parts if doubtful else [line])]
    return pieces


def _might_be_outside(line: Line, seals: Sequence[Box]) -> bool:
    text = line.text
    patterns = (_SIGNED, _SIGNED_SURELY, _MOMENT, _STAMPED, _ARRIVED)
    return any(pattern.match(text) for pattern in patterns) or any(
        _share_in(line.box, seal) > 0 for seal in seals
    )


def _rejoined(pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    """Pieces of one line, where all of it or what is left of it is print."""
    groups: list[list[_Piece]] = []
    for piece in pieces:
        if groups and groups[-1][-1].source == piece.source:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return groups


def _joined(pieces: Sequence[_Piece]) -> Line:
    words = tuple(word for piece in pieces for word in piece.line.words)
    return replace(pieces[0].line, words=words, box=union(word.box for word in words))


# -- outside the text ------------------------------------------------------------------------


def _outside_roles(
    pieces: Sequence[_Piece], *, width: int, height: int, seals: Sequence[Box]
) -> list[LineRole | None]:
    lines = [piece.line for piece in pieces]
    roles: list[LineRole | None] = [
        LineRole.STAMP if _is_lettering(line, seals) or _is_stamp(line, width) else None
        for line in lines
    ]
    for index in _arrival(lines, height):
        roles[index] = LineRole.STAMP
    for index in _overlay(lines, width):
        roles[index] = LineRole.OVERLAY
    return roles


def _share_in(box: Box, other: Box) -> float:
    across = min(box.x1, other.x1) - max(box.x0, other.x0)
    down = min(box.y1, other.y1) - max(box.y0, other.y0)
    if across <= 0 or down <= 0:
        return 0.0
    return across * down / max(1, (box.x1 - box.x0) * (box.y1 - box.y0))


def _is_lettering(line: Line, seals: Sequence[Box]) -> bool:
    inside = any(_share_in(line.box, seal) >= _SEAL_SHARE for seal in seals)
    return inside and line.confidence < _PRINT_SURE


def _is_stamp(line: Line, width: int) -> bool:
    """A short line in capitals that is nothing but a stamp's words."""
    if line.box.x1 - line.box.x0 > 0.4 * width or not _STAMPED.fullmatch(line.text):
        return False
    letters = [letter for letter in line.text if letter.isalpha()]
    return sum(map(str.isupper, letters)) > 0.8 * len(letters)


def _arrival(lines: Sequence[Line], height: int) -> set[int]:
    """The incoming-document stamp of a registry: ĐẾN, with rows for number and day below."""
    found: set[int] = set()
    for index, line in enumerate(lines):
        if line.box.y0 > 0.5 * height or not _ARRIVED.fullmatch(line.text):
            continue
        if not _has_capital_den(line.text):
            continue
        rows = {
            other
            for other, below in enumerate(lines)
            if _ARRIVED_ROW.fullmatch(below.text) and _is_below(line, below, 6.0)
        }
        if rows:
            found |= rows | {index}
    return found


def _has_capital_den(text: str) -> bool:
    return re.search(r"Đ[ẾÊE]N", text) is not None


def _is_below(upper: Line, lower: Line, reach: float) -> bool:
    """Whether a line stands right below another: near, and within its width or nearly."""
    tall = upper.box.y1 - upper.box.y0
    down = lower.box.y0 - upper.box.y0
    middle = (lower.box.x0 + lower.box.x1) / 2
    return 0 < down <= reach * tall and upper.box.x0 - 4 * tall < middle < upper.box.x1 + 4 * tall


def _overlay(lines: Sequence[Line], width: int) -> set[int]:
    """What signing software drew: rows that say who signed and when, and the rows among them."""
    seeds = [
        index
        for index, line in enumerate(lines)
        if line.box.x1 - line.box.x0 < 0.5 * width
        and (_SIGNED_SURELY.match(line.text) or _MOMENT.fullmatch(line.text))
    ]
    found: set[int] = set()
    for seed in seeds:
        found |= _column_around(lines, seed, width)
    return found


def _column_around(lines: Sequence[Line], seed: int, width: int) -> set[int]:
    """The seed and the rows right above and below it that begin at the same place."""
    tall = lines[seed].box.y1 - lines[seed].box.y0
    column = sorted(
        (
            index
            for index, line in enumerate(lines)
            if abs(line.box.x0 - lines[seed].box.x0) <= 0.7 * tall
            and line.box.x1 - line.box.x0 < 0.5 * width
            and 0.6 * tall <= line.box.y1 - line.box.y0 <= 1.8 * tall
        ),
        key=lambda index: lines[index].box.y0,
    )
    groups: list[set[int]] = [{column[0]}]
    for above, below in pairwise(column):
        step = lines[below].box.y0 - lines[above].box.y0
        if step > _REACH_DOWN * tall:
            groups.append(set())
        groups[-1].add(below)
    return next(group for group in groups if seed in group)


def _gathered(outside: Sequence[tuple[_Piece, LineRole]], first: int) -> list[Line]:
    """Stamps, then overlays, rows of one group in one block, from the top."""
    lines = [replace(piece.line, role=role) for piece, role in outside]
    order = {role: number for number, role in enumerate(sorted(OUTSIDE_TEXT))}
    lines.sort(key=lambda line: (order[line.role], line.box.y0, line.box.x0))
    placed: list[Line] = []
    block = first
    for line in lines:
        if placed and not _hangs_on(placed[-1], line):
            block += 1
        placed.append(replace(line, block=block))
    return placed


def _hangs_on(above: Line, line: Line) -> bool:
    return above.role is line.role and _is_below(above, line, 2 * _REACH_DOWN)


# -- head and foot ---------------------------------------------------------------------------


def _margins(lines: Sequence[Line], height: int) -> list[Line]:
    """The lines with the page's number and footers marked."""
    if not lines:
        return []
    roles = dict.fromkeys(_page_numbers(lines, height), LineRole.PAGE_NUMBER)
    body = [index for index in range(len(lines)) if index not in roles]
    for index in _footers([lines[at] for at in body], height):
        roles[body[index]] = LineRole.FOOTER
    return [
        replace(line, role=roles[index]) if index in roles else line
        for index, line in enumerate(lines)
    ]


def _page_numbers(lines: Sequence[Line], height: int) -> list[int]:
    """A number alone on the first or last row of the page, near its edge."""
    found = []
    for index, line in enumerate(lines):
        if not (_NUMBER.fullmatch(line.text) or _NUMBER_OF.fullmatch(line.text)):
            continue
        others = [other.box for other in lines if other is not line]
        top = line.box.y1 < _HEAD * height and all(line.box.y1 <= box.y0 + 4 for box in others)
        foot = line.box.y0 > _FOOT * height and all(line.box.y0 >= box.y1 - 4 for box in others)
        if (top or foot) and others:
            found.append(index)
    return found[:1]


def _footers(lines: Sequence[Line], height: int) -> list[int]:
    """Rows below all others at the page's foot, smaller than the print or naming the page."""
    if len(lines) < 4:
        return []
    usual = median(line.box.y1 - line.box.y0 for line in lines)
    low = [index for index, line in enumerate(lines) if line.box.y0 > _FOOT * height]
    if not low:
        return []
    top = min(lines[index].box.y0 for index in low)
    above = max((line.box.y1 for index, line in enumerate(lines) if index not in low), default=0)
    named = any(_NUMBER_OF.search(lines[index].text) for index in low)
    small = median(lines[index].box.y1 - lines[index].box.y0 for index in low)
    apart = top - above > _FOOTER_GAP * usual
    return low if apart and (named or small < _FOOTER_SMALL * usual) else []
