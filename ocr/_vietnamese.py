"""What Vietnamese letters and syllables look like."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_TONES: Final = "\u0300\u0301\u0303\u0309\u0323"
_BASES: Final = "aăâeêioôơuưy"
_MARKED: Final = frozenset(
    unicodedata.normalize("NFC", base + tone) for base in _BASES for tone in ("", *_TONES)
) | {"đ"}
_VIETNAMESE: Final = frozenset(
    letter for letter in _MARKED | {letter.upper() for letter in _MARKED} if not letter.isascii()
)
_INITIALS: Final = "ngh|ng|gh|gi|kh|nh|ph|qu|th|tr|ch|b|c|d|đ|g|h|k|l|m|n|p|q|r|s|t|v|x|"
_NUCLEI: Final = (
    "iêu|yêu|ươi|ươu|uôi|uyê|oai|oay|oeo|uây|uya|uyu|ươ|iê|yê|uô|uê|uy|uơ|ua|ưa|ia|oa|oă|oe|uâ|"
    "oo|ai|ao|au|ay|âu|ây|eo|êu|iu|oi|ôi|ơi|ui|ưi|ưu|a|ă|â|e|ê|i|o|ô|ơ|u|ư|y"
)
_FINALS: Final = "ch|nh|ng|c|m|n|p|t|"
_SYLLABLE: Final = re.compile(f"(?:{_INITIALS})(?:{_NUCLEI})(?:{_FINALS})")


def is_vietnamese_letter(letter: str) -> bool:
    """Whether a letter is one that only Vietnamese marking makes: ă, đ, ề ... (NFC)."""
    return letter in _VIETNAMESE


@lru_cache(maxsize=16_384)
def is_syllable(word: str) -> bool:
    """Whether a word could be a Vietnamese syllable: initial, nucleus, final, tone aside."""
    bare = "".join(
        letter for letter in unicodedata.normalize("NFD", word.lower()) if letter not in _TONES
    )
    return _SYLLABLE.fullmatch(unicodedata.normalize("NFC", bare)) is not None
