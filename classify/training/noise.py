"""What scanners and readers do to printed words, in text space."""

import random
import unicodedata

from imaging.types import Box
from ocr.types import Word

_LIKE = {
    "O": "0Q", "0": "O", "l": "1I", "I": "l1", "1": "lI", "B": "8", "8": "B", "S": "5", "5": "S",
    "Đ": "DÐ", "đ": "d", "D": "Đ", "d": "đ", "m": "n", "n": "ñm", "u": "ư", "ư": "u", "o": "ơ0",
    "ơ": "o", "h": "b", "e": "c", "c": "e", "t": "f", "g": "ø", "i": "í", "Ộ": "Ô", "Ế": "É",
    "Ị": "I", "Ỉ": "Í", "Ấ": "Á", "Ậ": "Â", ".": ",", ",": ".", "/": "I",
}  # fmt: skip
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_HATS = "\u0302\u0306\u031b"
_DIRT = ("|", "¬", "_", "~", ".", "‘", "ˆ", "=", "“", "¡", "—", "°", "ï", ";", "«", "\\")


def other_mark(letter: str, rng: random.Random) -> str:
    """A vowel whose tone or hat was lost or taken for another."""
    parts = list(unicodedata.normalize("NFD", letter))
    if len(parts) == 1:
        return letter
    at = rng.randrange(1, len(parts))
    pool = _TONES if parts[at] in _TONES else _HATS
    parts[at] = "" if rng.random() < 0.55 else rng.choice(pool)
    return unicodedata.normalize("NFC", "".join(parts))


def misread(text: str, rate: float, rng: random.Random) -> str:
    """A word as a reader gives it that errs on `rate` of the letters; may come out empty."""
    made: list[str] = []
    for letter in text:
        if rng.random() >= (rate * 1.8 if letter.isupper() and not letter.isascii() else rate):
            made.append(letter)
            continue
        kind = rng.random()
        if kind < 0.55 and not letter.isascii():
            made.append(other_mark(letter, rng))
        elif kind < 0.85:
            made.append(rng.choice(_LIKE.get(letter, letter + "i")))
        elif kind < 0.93:
            made.append(letter + rng.choice("iltr'"))
    return "".join(made)


def dirt(rng: random.Random) -> str:
    """A speck that was taken for a word."""
    return "".join(rng.choice(_DIRT) for _ in range(rng.randint(1, 3)))


def spoil(words: list[Word], rate: float, rng: random.Random) -> list[Word]:
    """One line's words after a bad reading: letters changed, words joined, split, lost, specks."""
    made: list[Word] = []
    for word in words:
        text = misread(word.text, rate, rng)
        wrong = text != word.text
        sure = min(0.97, max(0.2, rng.gauss(0.93 - 2.2 * rate - 0.2 * wrong, 0.05)))
        if not text or rng.random() < 0.12 * rate:
            continue
        if made and rng.random() < 0.35 * rate:
            before = made.pop()
            box = Box(before.box.x0, before.box.y0, word.box.x1, word.box.y1)
            made.append(Word(before.text + text, box, sure * 0.9))
        else:
            made.append(Word(text, word.box, sure))
    if made and rng.random() < 1.2 * rate:
        last = made[-1].box
        tall = last.y1 - last.y0
        made.append(Word(dirt(rng), Box(last.x1 + 8, last.y0, last.x1 + 8 + tall, last.y1), 0.35))
    return made
