"""What the words of a reading should have been, by a transcription of their page."""

from collections.abc import Sequence
from typing import NamedTuple

from bench.score import best_place, fold
from ocr.second.align import align

MAX_RATE = 0.45
"""A printed line with more errors than this share of its letters is not in the reading."""


class Place(NamedTuple):
    """A word of a reading: its line and its place there."""

    line: int
    word: int


class Group(NamedTuple):
    """Words of a reading that stand for words of the transcription; either may be none."""

    places: tuple[Place, ...]
    truth: tuple[str, ...]


class _Spot(NamedTuple):
    start: int
    end: int
    place: Place
    text: str


def groups_of(truth: str, lines: Sequence[Sequence[str]]) -> list[Group]:
    """For each printed line found in the reading, longest first, its words beside those read.

    Words in no group are not in the transcription: seals, hand notes, noise.
    """
    spots, text = _spots(lines)
    groups: list[Group] = []
    for printed in sorted(filter(None, map(fold, truth.splitlines())), key=len, reverse=True):
        distance, start, end = best_place(printed, text)
        if distance >= len(printed):
            continue
        if distance < MAX_RATE * len(printed):
            inside = [spot for spot in spots if _overlap(spot, start, end)]
            words = printed.split()
            groups += [
                Group(
                    tuple(spot.place for spot in inside[match.a0 : match.a1]),
                    tuple(words[match.b0 : match.b1]),
                )
                for match in align([spot.text for spot in inside], words)
            ]
        text = text[:start] + "\x00" * (end - start) + text[end:]
    return groups


def _spots(lines: Sequence[Sequence[str]]) -> tuple[list[_Spot], str]:
    spots: list[_Spot] = []
    text = ""
    for number, line in enumerate(lines):
        for index, word in enumerate(line):
            folded = fold(word) or "?"
            text += " " if text else ""
            spots.append(_Spot(len(text), len(text) + len(folded), Place(number, index), folded))
            text += folded
    return spots, text


def _overlap(spot: _Spot, start: int, end: int) -> bool:
    return min(end, spot.end) - max(start, spot.start) >= (spot.end - spot.start) / 2
