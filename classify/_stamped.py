"""A signer's name from a rubber stamp in red ink beside the seal, which readers take off as ink."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from classify._body_lines import is_syllable
from classify._persons import bare, has_surname, is_known_name, looks_like_name
from classify._signer import Signature
from classify._text import fold
from classify._words import SURNAMES
from classify.types import Alternative, FieldValue, Strips
from imaging.types import Box, Pixels
from ocr.types import Mark, MarkKind

_RED = 30
"""Red over green and blue from which ink is a stamp's, 0 to 255."""
_BESIDE_MM, _BELOW_MM = 45.0, 48.0
"""How far from a title's middle and foot the stamp stands."""
_NARROWEST_MM, _LOWEST_MM, _HIGHEST_MM = 15.0, 2.5, 16.0
"""A name's size on paper, turned by the hand that stamped it."""
_REACH_MM = (3.0, 1.2)
"""Letters of one name are this close, across and down."""
_RIM_MM = 0.6
"""What of a seal's ink lies outside its box."""
_TURNED = 12
"""Degrees that a stamp stands turned at most."""
_TALL = 48
"""Pixels of a line that the readers like best."""
_MARGIN = 16
_SMALLEST = 40
"""Pixels each way under which a place holds no name."""
_USUAL, _REST = 3, 3
"""Words of a name as most are, and the fewest that a stamp's reading is believed for."""
_MOST = 6
"""Other readings that are kept."""
_AGREED, _ALONE = 0.6, 0.4
"""Confidence of a name that two readers give, and of one that one does."""


@dataclass(frozen=True, slots=True)
class Strip:
    """The stamp's line, straightened: dark on white."""

    picture: Pixels
    box: Box
    """On the page."""


def stamped_name(
    picture: Pixels,
    signature: Signature,
    marks: Sequence[Mark],
    page: int,
    dpi: int,
    read: Strips | None,
) -> FieldValue | None:
    """The name as a field, never sure; without a value where no reader gives a name; None where
    no red line stands under the title.
    """
    strip = find_strip(picture, signature, marks, dpi)
    if strip is None:
        return None
    height, width = strip.picture.shape
    inside = Box(_MARGIN, _MARGIN, width - _MARGIN, height - _MARGIN)
    readings = read(strip.picture, inside) if read else ()
    votes = Counter(names[0] for text in readings if len(names := names_in(text)) == 1)
    known = [name for name, _ in votes.most_common() if is_known_name(name)]
    others = [name for text in readings for name in names_in(text)]
    rest = tuple(
        Alternative(name, _ALONE / 2) for name in dict.fromkeys(others) if name not in known[:1]
    )[:_MOST]
    why = "Tên đóng dấu bằng mực đỏ dưới chức vụ"
    field = FieldValue(
        None, " | ".join(readings) or None, 0.0, sure=False, page=page, box=strip.box,
        reason=f"{why}, không đọc được. Hãy nhập theo ảnh.", alternatives=rest,
    )  # fmt: skip
    if not known:
        return field
    sure = _AGREED if votes[known[0]] > 1 else _ALONE
    why = f"{why}, đọc lại từ ảnh, cần người xem."
    return replace(field, value=known[0], confidence=sure, reason=why)


def names_in(text: str) -> list[str]:
    """The persons' names that a reading of a stamp may mean, the commonest family name first.

    A family name whose first letter the seal covers is one of those that end so: "õ Hoàng Thử" is
    Võ, "ó Hoàng Thử" Võ, Đỗ, Hồ and others.
    """
    words = re.sub(r"[^\w. ]", " ", text).replace(".", ". ").split()
    words = words[1:] if len(words) > _USUAL and len(words[0].strip(".")) < _REST else words
    first, _, rest = bare(" ".join(words)).partition(" ")
    return [name for surname in _surnames(first) if (name := _person(f"{surname} {rest}"))]


def _surnames(first: str) -> list[str]:
    """What a first word may be: itself, or the family names of which it is the end."""
    if has_surname(first):
        return [first]
    tail = first.lower()
    whole = [name for name in SURNAMES if len(name) > 1 and name[1:] == tail]
    return whole or [name for name in SURNAMES if tail and fold(name)[1:] == fold(tail)]


def _person(said: str) -> str | None:
    said = said[:1].upper() + said[1:]
    if not looks_like_name(said) or len(said.split()) < _REST:
        return None
    parts = [part[0].upper() + part[1:].lower() for part in said.split()]
    if not all(map(is_syllable, parts)):
        return None
    if parts[0] not in SURNAMES:
        same = [name for name in SURNAMES if fold(name) == fold(parts[0])]
        parts[0] = same[0] if len(same) == 1 else parts[0]
    return " ".join(parts)


def find_strip(
    picture: Pixels, signature: Signature, marks: Sequence[Mark], dpi: int
) -> Strip | None:
    """The red line of a name's size under a title, the seals' rounds left out."""
    if picture.ndim != 3 or signature.title is None:
        return None
    mm, title = dpi / 25.4, signature.title.box
    middle = (title.x0 + title.x1) / 2
    left, top = max(0, round(middle - _BESIDE_MM * mm)), title.y1
    part = picture[top : round(top + _BELOW_MM * mm), left : round(middle + _BESIDE_MM * mm)]
    if min(part.shape[:2]) < _SMALLEST:
        return None
    red = np.ascontiguousarray(part).astype(np.int16)
    depth = np.clip(red[..., 0] - np.maximum(red[..., 1], red[..., 2]), 0, 255).astype(np.uint8)
    mask = np.where(depth >= _RED, 255, 0).astype(np.uint8)
    for mark in marks:
        if mark.kind is MarkKind.SEAL:
            _rub_out(mask, mark.box, left, top, mm)
    place = _widest(mask, mm)
    if place is None:
        return None
    x, y, width, height = place
    box = Box(left + x, top + y, left + x + width, top + y + height)
    line = _straight(depth, mask, place, mm)
    return Strip(line, box) if line is not None else None


def _rub_out(mask: Pixels, seal: Box, left: int, top: int, mm: float) -> None:
    radius = max(seal.x1 - seal.x0, seal.y1 - seal.y0) / 2 + _RIM_MM * mm
    centre = (round((seal.x0 + seal.x1) / 2 - left), round((seal.y0 + seal.y1) / 2 - top))
    cv2.circle(mask, centre, round(radius), 0, -1)


def _widest(mask: Pixels, mm: float) -> tuple[int, int, int, int] | None:
    """x, y, width, height of the widest ink of a name's size."""
    reach = np.ones((max(1, round(_REACH_MM[1] * mm)), max(1, round(_REACH_MM[0] * mm))), np.uint8)
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, reach)
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found = [
        (int(x), int(y), int(width), int(height))
        for x, y, width, height, _ in stats[1:]
        if width >= _NARROWEST_MM * mm and _LOWEST_MM * mm <= height <= _HIGHEST_MM * mm
    ]
    return max(found, key=lambda place: place[2], default=None)


def _straight(
    depth: Pixels, mask: Pixels, place: tuple[int, int, int, int], mm: float
) -> Pixels | None:
    """The line turned level, cut close, brought to the height that readers like."""
    x, y, width, height = place
    pad = round(1.5 * mm)
    part = (slice(max(0, y - pad), y + height + pad), slice(max(0, x - pad), x + width + pad))
    own = np.asarray(cv2.dilate(mask[part], np.ones((3, 3), np.uint8)), dtype=np.uint8)
    if not own.any():
        return None
    full = max(float(np.percentile(depth[part][own > 0], 80)), 1.0)
    shown = 255 - np.clip(depth[part].astype(np.float32) * (255 / full), 0, 255)
    line = np.where(own > 0, shown, 255).astype(np.uint8)
    line = _turned(line, _slant(own))
    rows, columns = np.nonzero(line < 128)
    if len(rows) == 0:
        return None
    tight = line[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    wide = max(1, round(tight.shape[1] * _TALL / tight.shape[0]))
    small = cv2.resize(tight, (wide, _TALL), interpolation=cv2.INTER_AREA)
    framed = cv2.copyMakeBorder(
        small, _MARGIN, _MARGIN, _MARGIN, _MARGIN, cv2.BORDER_CONSTANT, value=255
    )
    return np.asarray(framed, dtype=np.uint8)


def _slant(mask: Pixels) -> int:
    """Degrees by which the line rises: where its ink falls most unevenly on rows."""
    y, x = np.nonzero(mask)
    step = max(1, len(y) // 4000)
    y, x = y[::step], x[::step]

    def unevenness(angle: int) -> float:
        turn = np.deg2rad(angle)
        rows = y * np.cos(turn) + x * np.sin(turn)
        counts = np.bincount((rows - rows.min()).astype(int))
        return float((counts.astype(np.float64) ** 2).sum())

    return max(range(-_TURNED, _TURNED + 1), key=unevenness)


def _turned(line: Pixels, degrees: int) -> Pixels:
    height, width = line.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    return np.asarray(cv2.warpAffine(line, turn, (width, height), borderValue=255), dtype=np.uint8)
