"""Capitals to ordinary case: names of bodies, titles printed in capitals, names of places.

The lists are wordings of the state's organisation (Luật Tổ chức chính quyền địa phương, decrees
on ministries and departments), in the case that official papers use in running text.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from classify._text import capitals, fold, sentence
from classify._words import ACRONYMS, BODY_PHRASES, SMALL_WORDS

_PLACE_WORDS = (
    "tỉnh", "thành phố", "huyện", "quận", "thị xã", "thị trấn", "phường", "xã", "đặc khu",
)  # fmt: skip

_LONGEST_PLACE = 4
"""Words of the longest names of places."""
_NO_NAMES = frozenset(("năm", "giai", "đoạn", "nhiệm", "kỳ", "quý", "tháng", "thuộc", "hội"))
"""Words that end a place's name: "xã Bình Sơn năm 2025", and "hội" of "xã hội"."""
_ARTICLE = re.compile(r"\b(?:Điều|Khoản|Điểm|Mục|Chương)\b(?! (?:\d|[IVX]+\b))")
"""Parts of a law, which take a capital with their number alone: "một số điều", "Điều 5"."""
_VOWEL = re.compile("[aeiouy]")
_LOOSE = frozenset((
    "Ủy ban", "Văn phòng", "Trung tâm", "Hội đồng", "Hội đồng xét", "Lao động", "Cảnh sát",
    "Kinh tế", "Bệnh viện", "Trạm Y tế", "Giáo dục và Đào tạo", "Ban Quản lý", "Trung tâm Y tế",
))  # fmt: skip
"""Words of letterheads that in a title are no body's name."""


@lru_cache(maxsize=32)
def _phrases(
    extra: tuple[str, ...], *, bodies: bool
) -> dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]]:
    """Phrases by the folded first word, longest first."""
    found: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    usual = BODY_PHRASES if bodies else [one for one in BODY_PHRASES if one not in _LOOSE]
    for phrase in {*usual, *extra}:
        words = tuple(re.findall(r"[^\W_]+", phrase))
        if words:
            low = tuple(fold(word) for word in words)
            found.setdefault(low[0], []).append((low, words))
    for options in found.values():
        options.sort(key=lambda pair: -len(pair[0]))
    return found


def _cased_phrases(words: list[str], extra: tuple[str, ...], *, bodies: bool) -> list[str | None]:
    """For each word the case a known phrase gives it, or None.

    Phrases of two words and more are known without their marks: capitals lose them first.
    """
    known = _phrases(extra, bodies=bodies)
    low = [fold(word) for word in words]
    cased: list[str | None] = [None] * len(words)
    index = 0
    while index < len(words):
        for phrase, shown in known.get(low[index], ()):
            if tuple(low[index : index + len(phrase)]) != phrase:
                continue
            if len(phrase) > 1 or shown[0].lower() == words[index].lower():
                cased[index : index + len(phrase)] = shown
                index += len(phrase) - 1
                break
        index += 1
    return cased


def _place_starts(low: list[str]) -> dict[int, int]:
    """Index of the first word of each place's own name -> number of words of its type."""
    starts: dict[int, int] = {}
    for index in range(len(low)):
        for place in _PLACE_WORDS:
            words = place.split()
            if low[index : index + len(words)] == words:
                starts[index + len(words)] = len(words)
    return starts


@lru_cache(maxsize=4)
def _by_fold(names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name in names:
        found[fold(name)] = (*found.get(fold(name), ()), name)
    return found


def _place_name(words: list[str], communes: tuple[str, ...]) -> tuple[str, ...]:
    """The words at the head of a list that are a commune's name, as the list of communes has it."""
    known = _by_fold(communes)
    for count in range(min(_LONGEST_PLACE, len(words)), 0, -1):
        printed = " ".join(words[:count])
        same = known.get(fold(printed), ())
        if same:
            right = [name for name in same if name.lower() == printed.lower()] or list(same)
            return tuple((right[0] if len(right) == 1 else printed.title()).split())
    return ()


def ordinary(
    text: str, known: Iterable[str] = (), *, communes: tuple[str, ...] = (), bodies: bool = True
) -> str:
    """A text printed in capitals in the case of running text.

    Known phrases (bodies, `known`: places, the paper's own wording) keep their case; after a word
    for a place ("tỉnh", "xã") the name of a commune, else up to four words, take capitals; the
    rest is lower case. Without `bodies` only what is a body wherever it stands is known for one:
    "kinh tế" is an office's field in a letterhead and two plain words in a title.
    """
    pieces = re.findall(r"[^\W_]+|[\W_]+", text)
    at = [index for index, piece in enumerate(pieces) if piece[0].isalnum()]
    words = [pieces[index] for index in at]
    cased = _cased_phrases(words, tuple(known), bodies=bodies)
    low = [word.lower() for word in words]
    starts = _place_starts(low)
    naming = 0
    for index, word in enumerate(words):
        if index in starts:
            naming = _LONGEST_PLACE
            name = _place_name(words[index:], communes)
            if name and cased[index] is None:
                cased[index : index + len(name)] = name
                naming = len(name)
        if low[index] in _NO_NAMES:
            naming = 0
        shown = cased[index]
        if shown is None:
            shown = _single(word, low[index : index + 2], naming=naming > 0)
        naming = naming - 1 if naming and low[index] not in SMALL_WORDS else 0
        if at[index] + 1 < len(pieces) and re.search(r"[,;:\-–(]", pieces[at[index] + 1]):
            naming = 0
        pieces[at[index]] = shown
    return sentence("".join(pieces).strip())


def _single(word: str, low: list[str], *, naming: bool) -> str:
    if word.upper() in ACRONYMS and word.isupper():
        return word
    if any(letter.isdigit() for letter in word) or (
        word.isupper() and not _VOWEL.search(fold(word))
    ):
        return word
    if naming and low[0] not in (*SMALL_WORDS, "tỉnh", "huyện", "xã") and low != ["thành", "phố"]:
        return low[0].capitalize()
    return low[0]


def is_in_capitals(text: str) -> bool:
    """Whether a text is printed in capitals (a reader may miss one in ten)."""
    return capitals(text) >= 0.85


def own_wording(title: str, body: str, longest: int = 9) -> tuple[str, ...]:
    """Phrases of a title in capitals as the paper's own body writes them: names in their case.

    Only phrases that the body prints with a capital inside a sentence are of use.
    """
    flat = re.sub(r"\s+", " ", body)
    folded = fold(flat)
    words = re.findall(r"[^\W_]+", title)
    found: list[str] = []
    index = 0
    while index < len(words):
        step = 1
        for count in range(min(longest, len(words) - index), 1, -1):
            phrase = _as_written(flat, folded, words[index : index + count])
            if phrase:
                found.append(phrase)
                step = count
                break
        index += step
    return tuple(found)


def _as_written(flat: str, folded: str, words: list[str]) -> str | None:
    needle = fold(" ".join(words))
    start = folded.find(needle)
    while start >= 0:
        seen = flat[start : start + len(needle)]
        if seen.lower() == " ".join(words).lower() and capitals(seen) < 0.5:
            return _ARTICLE.sub(lambda match: match[0].lower(), seen)
        start = folded.find(needle, start + 1)
    return None
