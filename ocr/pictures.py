"""Pictures on a page of real text: a scanned paper beside typed lines, read where it has print."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from imaging.types import Box, Pixels
from ocr import limits
from ocr.engine import Engine
from ocr.layout import union
from ocr.read import read_page
from ocr.types import Line

_TOUCHING: Final = 0.004
"""Share of the width within which pictures are strips of one."""


def regions_of_pictures(
    boxes: Iterable[Box], *, width: int, height: int, words: Sequence[Box]
) -> list[Box]:
    """Where pictures may hold print that the page's own text (`words`) does not.

    Strips of one picture are joined. Left out: what is too small for a line of print, and what
    lies under the page's own text (letterheads, watermarks, backgrounds).
    """
    whole = Box(0, 0, width, height)
    joined = _joined([_clipped(box, whole) for box in boxes], reach=_TOUCHING * width)
    smallest = limits.MIN_PICTURE_SHARE * width
    return [
        box
        for box in joined
        if min(box.x1 - box.x0, box.y1 - box.y0) >= smallest
        and sum(_holds(box, word) for word in words) <= limits.MAX_WORDS_ON_PICTURE
    ]


def read_pictures(
    pixels: Pixels, regions: Sequence[Box], *, dpi: int, engine: Engine
) -> list[tuple[Line, ...]]:
    """The lines of each region that has print, in pixels of the page.

    Logos, photographs and signatures give scraps; a region without enough letters that the engine
    is sure of gives nothing. Raises what the engine raises.
    """
    found = []
    for x0, y0, x1, y1 in regions:
        text = read_page(pixels[y0:y1, x0:x1].copy(), dpi=dpi, rotation=0, engine=engine)
        sure = sum(
            len(word.text)
            for line in text.lines
            for word in line.words
            if word.confidence >= limits.SURE_OF_PICTURE
        )
        if sure >= limits.MIN_PICTURE_LETTERS:
            found.append(tuple(_moved(line, x0, y0) for line in text.lines))
    return found


def _moved(line: Line, across: int, down: int) -> Line:
    words = tuple(replace(word, box=_shifted(word.box, across, down)) for word in line.words)
    return replace(line, words=words, box=_shifted(line.box, across, down))


def _shifted(box: Box, across: int, down: int) -> Box:
    return Box(box.x0 + across, box.y0 + down, box.x1 + across, box.y1 + down)


def _clipped(box: Box, whole: Box) -> Box:
    x0, y0 = max(whole.x0, box.x0), max(whole.y0, box.y0)
    return Box(x0, y0, max(x0, min(whole.x1, box.x1)), max(y0, min(whole.y1, box.y1)))


def _joined(boxes: list[Box], *, reach: float) -> list[Box]:
    """Boxes that touch or overlap made one, until none does."""
    joined: list[Box] = []
    for box in boxes:
        own = box
        while touching := [other for other in joined if _touch(own, other, reach)]:
            joined = [other for other in joined if other not in touching]
            own = union([own, *touching])
        joined.append(own)
    return joined


def _touch(a: Box, b: Box, reach: float) -> bool:
    across = min(a.x1, b.x1) - max(a.x0, b.x0)
    down = min(a.y1, b.y1) - max(a.y0, b.y0)
    return across >= -reach and down >= -reach


def _holds(box: Box, word: Box) -> bool:
    x, y = (word.x0 + word.x1) / 2, (word.y0 + word.y1) / 2
    return box.x0 <= x < box.x1 and box.y0 <= y < box.y1
