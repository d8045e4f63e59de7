"""Geometry: the words of a page as runs in rows, left to right and top to bottom."""

import math
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import median

from classify._text import fold, letters
from classify.limits import MAX_WORDS_PER_PAGE
from classify.types import PageView
from imaging.types import Box
from ocr.types import OUTSIDE_TEXT, Word

_WIDE_GAP = 1.7
"""In letter heights: white space within a row that parts two columns. Justified text stays
under 1.2; the columns of a heading are apart by 2 or more."""

_COLUMN_HEADS = ("cong hoa xa hoi", "doc lap - tu do", "doc lap tu do", "dang cong san viet nam")
"""What begins the right column of a heading even where the gap before it is narrow."""


def union(boxes: Iterable[Box]) -> Box:
    """The smallest box around all."""
    all_boxes = list(boxes)
    return Box(
        min(box.x0 for box in all_boxes),
        min(box.y0 for box in all_boxes),
        max(box.x1 for box in all_boxes),
        max(box.y1 for box in all_boxes),
    )


@dataclass(frozen=True)
class Run:
    """Words that follow each other, with their text and the way back from text to words."""

    words: tuple[Word, ...]
    page: int

    @cached_property
    def text(self) -> str:
        """The words with single spaces between."""
        return " ".join(word.text for word in self.words)

    @cached_property
    def folded(self) -> str:
        """The text without case and marks, index for index."""
        return fold(self.text)

    @cached_property
    def box(self) -> Box:
        """The union of the words' boxes."""
        return union(word.box for word in self.words)

    @cached_property
    def _starts(self) -> list[int]:
        starts, place = [], 0
        for word in self.words:
            starts.append(place)
            place += len(word.text) + 1
        return starts

    def part(self, start: int, end: int) -> "Run | None":
        """The words that the characters from start to end (exclusive) touch."""
        if end <= start or not self.words:
            return None
        first = bisect_right(self._starts, start) - 1
        last = bisect_right(self._starts, end - 1) - 1
        return Run(self.words[first : last + 1], self.page)

    @property
    def middle_x(self) -> float:
        """Of the box."""
        return (self.box.x0 + self.box.x1) / 2

    @property
    def height(self) -> float:
        """The usual height of its words, pixels."""
        return median(word.box.y1 - word.box.y0 for word in self.words)

    @property
    def confidence(self) -> float:
        """The mean of the words' confidences, weighed by length."""
        weight = sum(len(word.text) for word in self.words)
        return sum(word.confidence * len(word.text) for word in self.words) / max(weight, 1)

    @cached_property
    def widest_gap(self) -> float:
        """The widest gap between two of its words, in letter heights; less than 0 is an overlap."""
        gaps = (b.box.x0 - a.box.x1 for a, b in pairwise(self.words))
        return max(gaps, default=0) / max(self.height, 1)

    @property
    def weakest(self) -> float:
        """The lowest confidence of its words."""
        return min(word.confidence for word in self.words)


def join(runs: Sequence[Run]) -> Run:
    """Runs of one page in reading order as one."""
    return Run(tuple(word for run in runs for word in run.words), runs[0].page)


def trimmed(run: Run) -> Run:
    """Without the specks and rules that readers make into words at either end."""
    words = list(run.words)
    while len(words) > 1 and not letters(words[0].text) and not words[0].text[0].isdigit():
        words.pop(0)
    while (
        len(words) > 1 and not re.search(r"[^\W_]", words[-1].text) and words[-1].text not in "-–"
    ):
        words.pop()
    return Run(tuple(words), run.page)


@dataclass(frozen=True)
class Row:
    """What stands at one height of the page, left to right."""

    runs: tuple[Run, ...]

    @cached_property
    def whole(self) -> Run:
        """All of it as one run."""
        return join(self.runs)

    @cached_property
    def box(self) -> Box:
        """The union of its runs' boxes."""
        return union(run.box for run in self.runs)


@dataclass(frozen=True)
class Layout:
    """One page laid out. Pixels are the upright page's; `rows` run down the page."""

    number: int
    width: int
    height: int
    rows: tuple[Row, ...]
    born_digital: bool = False

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """Every run, row after row."""
        return tuple(run for row in self.rows for run in row.runs)

    def down(self, run: Run | Row) -> float:
        """How far down the page its top is, 0 to 1."""
        return run.box.y0 / self.height

    def across(self, run: Run) -> float:
        """How far across the page its middle is, 0 to 1."""
        return run.middle_x / self.width


@dataclass
class _Open:
    """A row being filled."""

    centre: float
    height: float
    words: list[tuple[float, Word]]


def _level(word: Word, slope: float) -> float:
    """The centre's height as if the page had no skew left."""
    box = word.box
    return (box.y0 + box.y1) / 2 + (box.x0 + box.x1) / 2 * slope


def _in_rows(words: list[Word], slope: float) -> list[list[Word]]:
    rows: list[_Open] = []
    for centre, word in sorted(((_level(word, slope), word) for word in words), key=lambda p: p[0]):
        height = word.box.y1 - word.box.y0
        row = rows[-1] if rows else None
        if row and centre - row.centre < 0.5 * max(min(row.height, height), 0.6 * row.height):
            row.words.append((centre, word))
            count = len(row.words)
            row.centre += (centre - row.centre) / count
            row.height += (height - row.height) / count
        else:
            rows.append(_Open(centre, height, [(centre, word)]))
    return [sorted((w for _, w in row.words), key=lambda w: w.box.x0) for row in rows]


def _parted(words: list[Word], page: int) -> tuple[Run, ...]:
    """A row's words cut at wide gaps and at the heads of a right column."""
    tall = median(word.box.y1 - word.box.y0 for word in words)
    cuts = [0]
    for index in range(1, len(words)):
        if words[index].box.x0 - words[index - 1].box.x1 > _WIDE_GAP * tall:
            cuts.append(index)
        elif words[index].text[0].isupper() and fold(words[index].text) in ("cong", "doc", "dang"):
            rest = fold(" ".join(word.text for word in words[index : index + 5]))
            if rest.startswith(_COLUMN_HEADS) and (
                words[index].text.isupper() or rest.startswith("doc")
            ):
                cuts.append(index)
    ends = [*cuts[1:], len(words)]
    return tuple(Run(tuple(words[a:b]), page) for a, b in zip(cuts, ends, strict=True))


def lay_out(view: PageView, share: float = 1.0) -> Layout:
    """A page's words in rows and runs, what was laid over the document left out.

    Skew left in the page is taken out of the rows.

    `share` of less than 1 lays out only so much of the page from its top.
    """
    text = view.text
    floor = share * max(text.height, 1)
    lines = [line for line in text.lines if line.box.y0 <= floor and line.role not in OUTSIDE_TEXT]
    words = [word for line in lines for word in line.words if word.text.strip()]
    slope = math.tan(math.radians(text.skew)) if abs(text.skew) < 15 else 0.0
    rows = _in_rows(words[:MAX_WORDS_PER_PAGE], slope)
    return Layout(
        number=view.number,
        width=max(text.width, 1),
        height=max(text.height, 1),
        rows=tuple(Row(_parted(row, view.number)) for row in rows),
        born_digital=view.is_born_digital,
    )
