"""Secrecy stamps: MẬT, TỐI MẬT, TUYỆT MẬT. Papers that bear one may not enter.

Two looks: at the ink of the page's top before anything is read, and at the recognised text. A paper
that speaks about secrecy is no secret; only the words standing alone are a mark.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging.types import Box, Pixels
from ocr import _stamps
from ocr import gate_limits as limits
from ocr._stamps import Candidate
from ocr.engine import Recogniser, Segmentation
from ocr.engines import usual_recogniser
from ocr.errors import OcrError
from ocr.types import Line, PageText, SecretMark

LEVELS = {"MAT": "MẬT", "TOIMAT": "TỐI MẬT", "TUYETMAT": "TUYỆT MẬT"}
"""The marks by their bare letters."""
OTHER_WORDS = (
    *("BIMAT", "BAOMAT", "DOMAT", "GIAIMAT", "DAGIAIMAT", "MATTRAN", "BIMATNHANUOC", "MAU"),
    *("LUAT", "PHAPLUAT", "NHAT", "VAT", "VATTU", "DAT", "BAT", "CHAT", "SUTHAT", "MTTQ", "MOTCUA"),
    *("HOATOC", "KHAN", "THUONGKHAN", "DEN", "SAOY", "BANSAO", "TAILIEU", "TOITHIEU", "THUYET"),
)
"""Bare words of stamps and headings that are no mark, however like one they are."""
Likely = tuple[float, str, Candidate]
"""How likely a piece is a mark, of which level, the piece."""
_LOOKALIKES = str.maketrans({"0": "O", "1": "I", "|": "I", "!": "I", "L": "L", "Đ": "D", "đ": "D"})


def bare(text: str) -> str:
    """Capitals without tone marks, blanks, stops: "Tối mật." becomes "TOIMAT"."""
    split = unicodedata.normalize("NFD", text.upper().translate(_LOOKALIKES))
    return "".join(letter for letter in split if "A" <= letter <= "Z")


def _distance(left: str, right: str) -> int:
    """Letters to insert, drop or exchange to make one from the other."""
    row = list(range(len(right) + 1))
    for at, letter in enumerate(left, 1):
        above, row[0] = row[0], at
        for place, other in enumerate(right, 1):
            above, row[place] = (
                row[place],
                min(row[place] + 1, row[place - 1] + 1, above + (letter != other)),
            )
    return row[-1]


def level_of(text: str) -> str | None:
    """The level that a short text is the name of, small reading errors forgiven; else None.

    The longer the words, the more may be wrong in them; MẬT itself must be there letter by letter,
    and must not bear the tone of another word (MẮT, MẶT, MẤT).
    """
    letters = bare(text)
    if letters == "MAT":
        return "MẬT" if _tone_fits(text) else None
    for name, allowed in (("TOIMAT", 1), ("TUYETMAT", 2)):
        if _distance(letters, name) <= allowed and letters[-2:] == "AT":
            return LEVELS[name]
    return None


def _tone_fits(text: str) -> bool:
    """Whether a three-letter word can be MẬT: MẮT, MẶT, MẤT and MÁT are words of their own."""
    marks = set(unicodedata.normalize("NFD", text.upper())) & {
        "\u0301",
        "\u0306",
        "\u0300",
        "\u0303",
    }
    return not marks


def _read(picture: Pixels, recogniser: Recogniser | None) -> str:
    """What is read in one straightened line; empty where it cannot be."""
    height = limits.STAMP_READ_HEIGHT
    width = max(1, round(picture.shape[1] * height / picture.shape[0]))
    grown = cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC)
    framed = cv2.copyMakeBorder(grown, 20, 20, 30, 30, cv2.BORDER_CONSTANT, value=255)
    if recogniser is None:
        return ""
    try:
        lines = recogniser.lines(
            np.asarray(framed, np.uint8), dpi=limits.STAMP_READ_DPI, segmentation=Segmentation.LINE
        )
    except OcrError:
        return ""
    return " ".join(line.text for line in lines)


@cache
def _weights() -> tuple[NDArray[np.float32], ...]:
    with resources.files("ocr").joinpath("stamp.npz").open("rb") as stream:
        stored = np.load(stream)
        return tuple(stored[name].astype(np.float32) for name in ("w1", "b1", "w2", "b2"))


def chances(candidates: Sequence[Candidate]) -> NDArray[np.float32]:
    """(n, 4) for each candidate how likely it is no mark, MẬT, TỐI MẬT, TUYỆT MẬT."""
    first, first_bias, second, second_bias = _weights()
    seen = np.stack([_stamps.features(candidate) for candidate in candidates])
    raw = np.maximum(seen @ first + first_bias, 0) @ second + second_bias
    odds = np.exp(raw - raw.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True), dtype=np.float32)


def _likely(candidates: Sequence[Candidate]) -> list[Likely]:
    """The candidates that may be a mark, the likeliest first, with what they would be."""
    if not candidates:
        return []
    odds = chances(candidates)
    names = tuple(LEVELS.values())
    found = [
        (1 - float(row[0]), names[int(row[1:].argmax())], candidate)
        for row, candidate in zip(odds, candidates, strict=True)
        if 1 - row[0] >= limits.STAMP_DOUBT
    ]
    return sorted(found, key=lambda one: one[0], reverse=True)


def _agrees(read: str, level: str, sure: float) -> bool:
    """Whether a bad reading may be of a level whose shape the piece has.

    The surer the shape, the less of it must have been read. What is at least as near to another
    stamp's word is none.
    """
    if not _mostly_capital(read):
        return False
    letters, name = bare(read), bare(level)
    away = _distance(letters, name)
    if any(_distance(letters, other) <= away for other in OTHER_WORDS):
        return False
    is_certain = sure >= limits.STAMP_CERTAIN
    if name == "MAT":
        if is_certain and re.fullmatch("[IJ]?M.?TI?", letters):
            return True
        return letters.startswith("M") and away <= 1 and _tone_fits(read)
    return away <= len(name) * (limits.STAMP_MISREAD_MOST if is_certain else limits.STAMP_MISREAD)


def _mostly_capital(text: str) -> bool:
    """Whether a reading is in capitals as a stamp is, one or two letters misread in long ones."""
    letters = [letter for letter in text if letter.isalpha()]
    lower = sum(letter.islower() for letter in letters)
    return lower == 0 if len(letters) <= len("MẬT") else 2 * lower <= len(letters)


def _confirmed(likely: Likely, recogniser: Recogniser | None) -> SecretMark | None:
    """A mark where it is read as one, or where its shape is likely and the reading agrees.

    The shape alone never decides: a piece of a seal's rim may have any shape.
    """
    sure, level, candidate = likely
    text = _read(candidate.picture, recogniser)
    read = level_of(text) if _mostly_capital(text) else None
    if read is None and not (sure >= limits.STAMP_LIKELY and _agrees(text, level, sure)):
        return None
    return SecretMark(read or level, candidate.box, round(max(sure, limits.STAMP_READ_SURE), 3))


def _spread_out(likely: Sequence[Likely]) -> list[Likely]:
    """The likeliest few, of one place no more than two cuts as they are and two out of a frame."""
    kept: list[Likely] = []
    for one in likely:
        cuts = [
            other
            for other in kept
            if _overlap(one[2].box, other[2].box) and one[2].is_framed == other[2].is_framed
        ]
        if len(cuts) < limits.STAMP_CUTS:
            kept.append(one)
    return kept[: limits.STAMP_READS]


def _overlap(left: Box, right: Box) -> bool:
    return min(left.x1, right.x1) > max(left.x0, right.x0) and min(left.y1, right.y1) > max(
        left.y0, right.y0
    )


def find_secret_mark(
    upright_pixels: Pixels, dpi: float, *, recogniser: Recogniser | None = None
) -> SecretMark | None:
    """The secrecy stamp in the top half of an upright page, or None.

    `upright_pixels` is RGB (or grey); the box is in its pixels. A small network judges the shape of
    every short line that stands alone or in a frame of its own; `recogniser` (the usual one where
    none is given) reads the likeliest, a few pieces at most. bench/train_stamp.py makes the
    weights.
    """
    candidates = [
        candidate
        for layer in _stamps.layers(upright_pixels, dpi)
        for candidate in _stamps.of_layer(layer)
    ]
    recogniser = recogniser or usual_recogniser()
    for likely in _spread_out(_likely(candidates)):
        mark = _confirmed(likely, recogniser)
        if mark is not None:
            return mark
    return None


def _alone(line: Line, page: PageText) -> bool:
    """Whether nothing else is printed to the left or right of a line."""
    top, bottom = line.box.y0, line.box.y1
    for other in page.lines:
        middle = (other.box.y0 + other.box.y1) / 2
        if other is not line and top <= middle <= bottom:
            gap = max(other.box.x0 - line.box.x1, line.box.x0 - other.box.x1)
            if gap < limits.TEXT_ALONE * (bottom - top):
                return False
    return True


def _capital(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    return bool(letters) and all(letter.isupper() for letter in letters)


def secret_in_text(page: PageText) -> SecretMark | None:
    """A line in the page's top half that is nothing but a secrecy mark in capitals, or None."""
    found = list(_marks_in(page))
    return found[0] if len(found) == 1 else None


def _marks_in(page: PageText) -> Iterator[SecretMark]:
    """Every line of the top half that might be a mark: several are the rows of a list."""
    for line in page.lines:
        text = line.text
        if line.box.y0 > page.height * limits.TEXT_TOP or len(text) > limits.TEXT_LONGEST:
            continue
        plain = re.sub(r"[^\w\s]", " ", text).strip()
        level = level_of(plain) if _capital(plain) else None
        if level is not None and _alone(line, page):
            yield SecretMark(level, Box(*line.box), round(min(0.95, line.confidence), 3))
