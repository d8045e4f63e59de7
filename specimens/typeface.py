"""Sets a finished page in another typeface, line by line at the width that it had."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from types import MappingProxyType

from specimens.fonts import Face, text_width
from specimens.page import Page, Text, Word


class Typeface(StrEnum):
    """What a paper is set in."""

    SERIF = "serif"
    """The metric twin of Times New Roman, as the rule asks."""
    SANS = "sans"
    """The metric twin of Arial: cards, forms of companies."""
    TYPEWRITER = "typewriter"
    """Letters of one width: papers from before computers."""


_IN_SANS: Mapping[Face, Face] = MappingProxyType(
    {
        Face.REGULAR: Face.SANS,
        Face.ITALIC: Face.SANS,
        Face.BOLD: Face.SANS_BOLD,
        Face.BOLD_ITALIC: Face.SANS_BOLD,
    }
)
_IN_TYPEWRITER: Mapping[Face, Face] = MappingProxyType(
    {
        Face.REGULAR: Face.MONO,
        Face.ITALIC: Face.MONO,
        Face.BOLD: Face.MONO_BOLD,
        Face.BOLD_ITALIC: Face.MONO_BOLD,
        Face.SANS: Face.MONO,
        Face.SANS_BOLD: Face.MONO_BOLD,
    }
)
_FACES: Mapping[Typeface, Mapping[Face, Face]] = MappingProxyType(
    {Typeface.SERIF: {}, Typeface.SANS: _IN_SANS, Typeface.TYPEWRITER: _IN_TYPEWRITER}
)


def set_in(page: Page, typeface: Typeface) -> Page:
    """The same page in another typeface; each line is made smaller until it fits its old width."""
    faces = _FACES[typeface]
    if not faces:
        return page
    items = (_reset(item, faces) if isinstance(item, Text) else item for item in page.items)
    return replace(page, items=tuple(items))


def _reset(line: Text, faces: Mapping[Face, Face]) -> Text:
    """One space between words that had one; a word after a wider gap keeps its place."""
    first, last = line.words[0], line.words[-1]
    width = last.x + text_width(last.text, last.face, line.size) - first.x
    words = [Word(word.x, word.text, faces.get(word.face, word.face)) for word in line.words]
    unit = sum(text_width(word.text, word.face, 1.0) for word in words)
    unit += (len(words) - 1) * text_width(" ", words[0].face, 1.0)
    size = min(line.size, width / unit)
    placed = [words[0]]
    for before, old, new in zip(line.words, line.words[1:], words[1:], strict=False):
        gap = old.x - before.x - text_width(before.text, before.face, line.size)
        ahead = placed[-1]
        close = ahead.x + text_width(f"{ahead.text} ", ahead.face, size)
        placed.append(new._replace(x=max(close, old.x) if gap > line.size else close))
    return replace(line, words=tuple(placed), size=size)
