"""Secrecy stamps: MẬT, TỐI MẬT, TUYỆT MẬT. Papers that bear one may not enter.

Two looks: at the ink of the page's top before anything is read, and at the recognised text. A paper
that speaks about secrecy is no secret; only the words standing alone are a mark.
"""

import re
import unicodedata
from itertools import islice

import cv2
import pytesseract

from imaging.types import Box, Pixels
from ocr import _stamps
from ocr import gate_limits as limits
from ocr.types import Line, PageText, SecretMark

LEVELS = {"MAT": "MẬT", "TOIMAT": "TỐI MẬT", "TUYETMAT": "TUYỆT MẬT"}
"""The marks by their bare letters."""
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


def _read(picture: Pixels) -> str:
    """What Tesseract reads in one straightened line; empty where it cannot."""
    height = limits.STAMP_READ_HEIGHT
    width = max(1, round(picture.shape[1] * height / picture.shape[0]))
    grown = cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC)
    framed = cv2.copyMakeBorder(grown, 20, 20, 30, 30, cv2.BORDER_CONSTANT, value=255)
    try:
        text = pytesseract.image_to_string(
            framed, lang="vie", config="--psm 7", timeout=limits.STAMP_READ_SECONDS
        )
    except (pytesseract.TesseractError, pytesseract.TesseractNotFoundError, RuntimeError):
        return ""
    return str(text).strip()


def find_secret_mark(upright_pixels: Pixels, dpi: int) -> SecretMark | None:
    """The secrecy stamp in the top half of an upright page, or None.

    `upright_pixels` is RGB (or grey); the box is in its pixels. Only pieces of ink with the shape
    of a stamp are read, one by one.
    """
    for layer in _stamps.layers(upright_pixels, dpi):
        likely = (one for one in _stamps.of_layer(layer) if one.is_red or one.is_framed)
        for candidate in islice(likely, limits.STAMP_READS):
            level = level_of(_read(candidate.picture))
            if level is not None:
                return SecretMark(level, candidate.box, 0.95)
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
    for line in page.lines:
        text = line.text
        if line.box.y0 > page.height * limits.TEXT_TOP or len(text) > limits.TEXT_LONGEST:
            continue
        plain = re.sub(r"[^\w\s]", " ", text).strip()
        level = level_of(plain) if _capital(plain) else None
        if level is not None and _alone(line, page):
            return SecretMark(level, Box(*line.box), round(min(0.95, line.confidence), 3))
    return None
