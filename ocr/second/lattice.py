"""The ways in which each piece of a line could read, from all readers and from the language."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from ocr._vietnamese import is_syllable
from ocr.second.align import Match, align
from ocr.second.language import Language
from ocr.second.reader import LineReading
from ocr.second.syllables import core_of, in_case_of, skeleton, token_of
from ocr.second.trace import Seen, Trace
from ocr.types import Word

Reading = tuple[str, ...]
"""Words side by side; none where a reader saw nothing."""

_NAMED_VARIANTS: Final = 24
_RUN_ON: Final = re.compile(r"([^\W\d_]{3,})(\d{1,4}\W*)")
_FIGURES: Final = re.compile(r"(?P<word>([^\W\d_]{3,})?)(?P<rest>.*)")
_NUMBER: Final = re.compile(r"\(?\d+([./]\d+)*[.,;:)]*(/[A-ZĐ][-A-ZĐa-z0-9]*[.,;:)]*)?")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line that all readers part from the rest: mostly one word."""

    start: int
    end: int
    """Words [start, end) of the first reading."""
    first: Reading
    small: Reading | None
    """What the small reader read there; None where it was not asked."""
    script: Reading | None
    span: tuple[int, int]
    """Steps of the small reader's trace, from space to space."""


def pieces_of(
    words: Sequence[Word], small: LineReading | None, script: LineReading | None
) -> list[Piece]:
    """Part a line where all its readings have a space."""
    first = [word.text for word in words]
    seen = small.trace.greedy() if small is not None and small.trace is not None else ()
    small_words = [word.text for word in seen]
    script_words = script.text.split() if script is not None else []
    by_small = align(first, small_words) if seen else []
    by_script = align(first, script_words) if script_words else []
    pieces = []
    for start, end in _parts(len(first), [by_small, by_script]):
        mine = _within(by_small, start, end)
        theirs = _within(by_script, start, end)
        pieces.append(
            Piece(
                start,
                end,
                tuple(first[start:end]),
                _figures_parted(small_words[slice(*mine)]) if seen else None,
                _figures_parted(script_words[slice(*theirs)]) if script_words else None,
                _span(seen, mine, small.trace if small is not None else None),
            )
        )
    return pieces


def _parts(count: int, alignments: Sequence[list[Match]]) -> list[tuple[int, int]]:
    """Stretches of the first reading that no match of any alignment crosses."""
    joined = {place for matches in alignments for m in matches for place in range(m.a0 + 1, m.a1)}
    edges = [place for place in range(count + 1) if place not in joined]
    return list(pairwise(edges))


def _within(matches: list[Match], start: int, end: int) -> tuple[int, int]:
    """The other reading's words that stand for words [start, end).

    A word that only the other reader saw belongs to no stretch, unless it lies inside one.
    """
    inside = [m for m in matches if start <= m.a0 and m.a1 <= end and m.a1 > m.a0]
    if not inside:
        after = [m.b0 for m in matches if m.a0 >= end]
        place = min(after, default=max((m.b1 for m in matches), default=0))
        return place, place
    return min(m.b0 for m in inside), max(m.b1 for m in inside)


def _span(seen: Sequence[Seen], place: tuple[int, int], trace: Trace | None) -> tuple[int, int]:
    if trace is None or not seen:
        return 0, 0
    b0, b1 = place
    start = seen[b0].start if b0 < len(seen) else len(trace.chances)
    end = seen[b1 - 1].end if b1 > b0 else start
    return start, end


def is_kept(piece: Piece, *, opens_line: bool) -> bool:
    """Whether a piece may be changed only where the other readers agree on something else.

    Numbers and codes, capitalised words within a line, and capitals that are no syllables stand
    for names and signs that no model of language knows.
    """
    if len(piece.first) != 1:
        return True
    text = core_of(piece.first[0]).text
    if not text or not all(map(str.isalpha, text)):
        return True
    if text.isupper() and len(text) > 1:
        return not is_syllable(text)
    return text[0].isupper() and not opens_line


def ways_of(piece: Piece, language: Language, *, kept: bool) -> list[Reading]:
    """The ways in which a piece could read; the first reading first."""
    ways = [piece.first]
    for reading in (piece.small, piece.script):
        if not reading:
            continue
        ways.append(reading)
        if len(piece.first) == 1 and len(reading) == 1:
            ways.append((_dressed(reading[0], piece.first[0]),))
    if len(piece.first) == 1 and not kept:
        for reading in list(ways):
            if len(reading) == 1:
                ways += _variants(reading[0], language)
    return list(dict.fromkeys(ways))


def may_become(piece: Piece, way: Reading, language: Language, *, kept: bool) -> bool:
    """Whether a piece may change to a way, however likely.

    A word of the language becomes no other kind of word. Numbers, codes and names change only to
    what both other readers read; or where one of them gives a clean number for figures mixed with
    signs, or a space after a stop.
    """
    if not kept:
        return _all_known(way, language) or not _all_known(piece.first, language)
    if way == piece.small and way == piece.script:
        return True
    return _mends_number(piece.first, way) or _parts_after_stop(piece.first, way)


def _all_known(words: Reading, language: Language) -> bool:
    texts = [core_of(word).text for word in words]
    return all(not text.isalpha() or token_of(text) in language for text in texts)


def _figures_parted(words: Sequence[str]) -> Reading:
    """The words, "ngày05" as "ngày" and "05"."""
    parts: list[str] = []
    for word in words:
        found = _RUN_ON.fullmatch(word)
        parts += found.groups() if found else (word,)
    return tuple(parts)


def _mends_number(first: Reading, way: Reading) -> bool:
    """Whether figures with signs or a space among them became a number, and nothing else did."""
    old, new = _FIGURES.fullmatch("".join(first)), _FIGURES.fullmatch("".join(way))
    if old is None or new is None or old["word"].lower() != new["word"].lower():
        return False
    if not any(map(str.isdigit, old["rest"])) or _NUMBER.fullmatch(new["rest"]) is None:
        return False  # I alone may be a Roman one
    return _NUMBER.fullmatch(old["rest"]) is None or len(first) > len(way) == 1


def _parts_after_stop(first: Reading, way: Reading) -> bool:
    """Whether only spaces came in, each after a stop: "2.Nghị" to "2. Nghị"."""
    if len(way) <= len(first) or "".join(first) != "".join(way):
        return False
    return all(word[-1] in ".,;:" for word in way[:-1])


def _dressed(word: str, like: str) -> str:
    """The letters of one word in the punctuation of another."""
    before, _, after = core_of(like)
    return before + core_of(word).text + after or word


def _variants(word: str, language: Language) -> list[Reading]:
    before, text, after = core_of(word)
    if not text or not text.isalpha():
        return []
    token = token_of(text)
    others = [other for other in language.same_letters(token) if other != token]
    return [(before + in_case_of(other, text) + after,) for other in others[:_NAMED_VARIANTS]]


def same_letters(one: Reading, other: Reading) -> bool:
    """Whether two readings differ in marks alone."""
    return skeleton("".join(one)) == skeleton("".join(other))
