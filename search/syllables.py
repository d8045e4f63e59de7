"""Whether a folded word can be a Vietnamese syllable.

A recogniser's misreading seldom is one ("quyel", "blnh"), while real syllables one letter apart are
other words, often other people ("bình", "minh"). So only a pair of which one is no syllable is
taken for the same word. The parts are those of standard orthography without tones and marks.
"""

import re

_ONSET = "b|ch?|d|gh?|gi|h|kh?|l|m|nh?|ng(?=[aou])|ngh(?=[ei])|ph?|q(?=u)|r|s|t[hr]?|v|x"
_OPEN = "a[iouy]?|e[ou]?|i[au]?|ieu|o[aei]?|oa[ioy]|oeo|u[aeiouy]?|ua[iouy]|ueo|uo[iu]|uya|uyu|y"
_CLOSED = "(?:a|e|i|ie|o|oa|oe|oo|u|ua|ue|ui|uo|uy)(?:ch?|m|ng?|nh|p|t)|uye[nt]"
_SYLLABLE = re.compile(f"(?:{_ONSET})?(?:{_CLOSED}|{_OPEN})|ye(?:[mntu]|ng)")


def is_syllable(word: str) -> bool:
    """Whether `word`, folded, is spelt as a syllable is; roughly, for it knows no dictionary."""
    return _SYLLABLE.fullmatch(word) is not None
