"""Vietnamese from before Unicode: text set in TCVN3 (.VnTime) and VNI fonts, decoded.

Such fonts draw Vietnamese letters at the places of Western ones, so the text that a file carries is
"Céng hßa x· héi" (TCVN3: a byte a letter) or "Coäng hoøa xaõ hoäi" (VNI: marks are letters of their
own that follow the vowel). Most papers of agencies were written so until about 2005, many until
2015.
"""

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from ocr._vietnamese import is_syllable, is_vietnamese_letter


class Encoding(StrEnum):
    """How the letters of a text are coded."""

    UNICODE = "unicode"
    """Composed or decomposed."""
    TCVN3 = "tcvn3"
    """TCVN 5712:1993 VN3, called ABC: fonts named .Vn..., capitals in fonts that end in H."""
    VNI = "vni"
    """VNI-Windows: fonts named VNI-..."""


_TCVN3: Final = dict(
    zip(
        "¸µ¶·¹¨¾»¼½Æ©ÊÇÈÉËÐÌÎÏÑªÕÒÓÔÖÝ×ØÜÞãßáâä«èåæçé¬íêëìîóïñòô\xadøõö÷ùýúûüþ®¡¢£¤¥¦§μ",
        "áàảãạăắằẳẵặâấầẩẫậéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợúùủũụưứừửữựýỳỷỹỵđĂÂÊÔƠƯĐà",
        strict=True,
    )
)
"""By the Latin-1 sign at the letter's place; the Greek mu is how some readers name 0xB5."""

_VNI_ALONE: Final = dict(zip("ñíìæóòôöîÑÍÌÆÓÒÔÖÎ", "đíìỉĩịơưỵĐÍÌỈĨỊƠƯỴ", strict=True))
_VNI_TONES: Final = dict(zip("ùøûõï", "\u0301\u0300\u0309\u0303\u0323", strict=True))
_VNI_ROOFS: Final = {
    mark: "\u0302" + tone for mark, tone in zip("âáàåãä", ("", *_VNI_TONES.values()), strict=True)
}
_VNI_BOWLS: Final = {
    mark: "\u0306" + tone for mark, tone in zip("êéèúüë", ("", *_VNI_TONES.values()), strict=True)
}
_VNI_MARKS: Final = {
    "a": {**_VNI_TONES, **_VNI_ROOFS, **_VNI_BOWLS},
    "e": {**_VNI_TONES, **_VNI_ROOFS},
    "o": {**_VNI_TONES, **_VNI_ROOFS},
    "u": _VNI_TONES,
    "y": _VNI_TONES,
    "ơ": _VNI_TONES,
    "ư": _VNI_TONES,
}
"""By the vowel, the sign that follows it and what it puts on the vowel."""

_SYMBOL_FONT: Final = 0xF000
"""Fonts marked as symbols give their letters from here on, in the private area."""
_FONT_OF_TCVN3: Final = re.compile(r"(?:^|\+)\.?vn(?!i\b)[a-z]", re.IGNORECASE)
_FONT_OF_VNI: Final = re.compile(r"(?:^|\+)VNI[- ]?", re.IGNORECASE)
_CAPITAL_FONT: Final = re.compile(r"H(?:,.*|-.*|(?i:bold|italic).*)?$")
_LAST_CODE: Final = 0xFF
_MOST_BEYOND: Final = 0.02
"""Share of letters that legacy fonts have no code for (ộ, ư ...) in a text taken for legacy; a
tenth and more in right text. Decoding right text gives words too, but wrong ones: "hũa"."""
_LEAST_GAIN: Final = 0.15
"""By how much more of the words must be syllables for a text to be taken for legacy."""


def encoding_of_font(name: str) -> Encoding | None:
    """What a font's name says about its letters; None where it says nothing."""
    if _FONT_OF_VNI.search(name):
        return Encoding.VNI
    return Encoding.TCVN3 if _FONT_OF_TCVN3.search(name) else None


def encoding_of(text: str, font_name: str = "") -> Encoding:
    """How a text is coded, by what it reads as; the font's name decides where it is too short.

    A text that reads as well without decoding is not decoded, whatever its font is called: many
    files carry right letters for such fonts.
    """
    beyond = sum(ord(letter) > _LAST_CODE and is_vietnamese_letter(letter) for letter in text)
    if beyond > _MOST_BEYOND * len(text):
        return Encoding.UNICODE
    named = encoding_of_font(font_name)
    plain = _quality(text)
    if named is not None and not text.isascii() and _quality(decode(text, named)) >= plain:
        return named
    best, quality = Encoding.UNICODE, plain + _LEAST_GAIN
    for encoding in (Encoding.TCVN3, Encoding.VNI):
        decoded = _quality(decode(text, encoding))
        if decoded > quality:
            best, quality = encoding, decoded
    return best


def decode(text: str, encoding: Encoding) -> str:
    """The text in NFC."""
    return "".join(decoded_letters(text, encoding))


def decoded_letters(letters: Sequence[str], encoding: Encoding) -> list[str]:
    """As many strings as letters; a mark joins the letter before it and leaves "" at its place."""
    out: list[str] = []
    last = -1
    for letter in letters:
        joined = _joined(out[last], letter, encoding) if last >= 0 else None
        if joined is not None:
            out[last] = joined
            out.append("")
            continue
        out.append(_alone(letter, encoding))
        last = len(out) - 1
    return out


def as_shown(text: str, font_name: str, encoding: Encoding) -> str:
    """Capitals for the fonts of TCVN3 that draw them for every letter (.VnTimeH)."""
    if encoding is Encoding.TCVN3 and _CAPITAL_FONT.search(font_name):
        return text.upper()
    return text


def _alone(letter: str, encoding: Encoding) -> str:
    if encoding is Encoding.UNICODE:
        return unicodedata.normalize("NFC", letter)
    if len(letter) == 1 and _SYMBOL_FONT <= ord(letter) < _SYMBOL_FONT + 0x100:
        letter = chr(ord(letter) - _SYMBOL_FONT)
    table = _TCVN3 if encoding is Encoding.TCVN3 else _VNI_ALONE
    return table.get(letter, letter)


def _joined(before: str, letter: str, encoding: Encoding) -> str | None:
    """The letter before with this mark on it; None where this is no mark for it."""
    if unicodedata.combining(letter[:1]):
        composed = unicodedata.normalize("NFC", before + letter)
        return composed if before.strip() else None
    if encoding is not Encoding.VNI or not letter:
        return None
    mark = _VNI_MARKS.get(before.lower(), {}).get(letter.lower())
    return None if mark is None else unicodedata.normalize("NFC", before + mark)


def _quality(text: str) -> float:
    """The share of words that are Vietnamese in every letter and possible as syllables, 0 to 1.

    Words of plain letters count half: they are the same in every encoding.
    """
    words = [word for word in re.findall(r"[^\W\d_]+(?:[^\w\s,.;:()/-]+\w*)*", text) if word]
    if not words:
        return 0.0
    points = 0.0
    for word in words:
        clean = all(letter.isascii() or is_vietnamese_letter(letter) for letter in word)
        if clean and is_syllable(word):
            points += 0.5 if word.isascii() else 1.0
    return points / len(words)
