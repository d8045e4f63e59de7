"""A page being set in text space: lines of words at places, spoilt as they are put."""

import random
from dataclasses import dataclass, field

from classify.training.noise import dirt, spoil
from classify.types import PageView
from imaging.types import Box
from ocr.types import Line, PageText, TextSource, Word

WIDTH, HEIGHT = 1654, 2339
"""Pixels of an A4 page at 200 dpi."""
_LINE = 78
"""Letters of a line of text."""


@dataclass
class Sheet:
    """A page being set: lines of words at places."""

    rng: random.Random
    noise: float
    width: int = WIDTH
    height: int = HEIGHT
    y: float = 0.05
    lines: list[Line] = field(default_factory=list)
    done: list[PageView] = field(default_factory=list)

    def put(self, text: str, x: float, *, size: float = 0.0125, centred: bool = True) -> None:
        """Set one printed line at the present height; `x` is its middle, or its left edge."""
        words = text.split()
        if not words:
            return
        tall = size * self.height
        letter = tall * (0.62 if text.isupper() else 0.46)
        length = sum(len(word) for word in words) * letter + (len(words) - 1) * 0.32 * tall
        left = x * self.width - (length / 2 if centred else 0)
        top = int(self.y * self.height + self.rng.gauss(0, 1))
        made = []
        for word in words:
            right = left + len(word) * letter
            made.append(Word(word, Box(int(left), top, int(right), int(top + tall)), 0.95))
            left = right + 0.32 * tall
        spoilt = spoil(made, self.noise, self.rng)
        if spoilt:
            box = Box(spoilt[0].box.x0, top, spoilt[-1].box.x1, int(top + tall))
            self.lines.append(Line(tuple(spoilt), box))

    def turn(self) -> None:
        """Put this page away and begin the next."""
        self.done.append(finished(self))
        self.lines, self.y = [], 0.05

    def row(self, text: str, x: float, *, size: float = 0.0125, centred: bool = True) -> None:
        """Set one line and go to the next."""
        self.put(text, x, size=size, centred=centred)
        self.y += 1.55 * size

    def block(self, text: str, *, left: float = 0.14, size: float = 0.0118) -> None:
        """Set a text over as many lines as it takes; "|" parts the cells of a table's row."""
        if "|" in text:
            cells = text.split("|")
            for index, cell in enumerate(cells):
                self.put(cell, 0.1 + 0.82 * (index + 0.5) / len(cells), size=size * 0.9)
            self.y += 2 * size
            return
        line = ""
        for word in text.split():
            if len(line) + len(word) > _LINE:
                self.row(line, left, size=size, centred=False)
                line = ""
            line = f"{line} {word}".strip()
        self.row(line, left, size=size, centred=False)


def finished(sheet: Sheet) -> PageView:
    """The page as set so far, with what offices stamp on it and the dirt of scanners."""
    rng = sheet.rng
    if rng.random() < 0.12:
        _incoming_stamp(sheet)
    if rng.random() < 0.3 * min(1.0, 8 * sheet.noise):
        for _ in range(rng.randint(1, 6)):
            sheet.y = rng.uniform(0.01, 0.95)
            sheet.put(dirt(rng), rng.uniform(0.05, 0.95))
    lines = tuple(line for line in sheet.lines if line.box.y1 < sheet.height)
    source = TextSource.OCR if lines else TextSource.NONE
    text = PageText(sheet.width, sheet.height, 200, 0, 0.0, lines, source)
    return PageView(len(sheet.done) + 1, text)


def _incoming_stamp(sheet: Sheet) -> None:
    """The stamp of an incoming paper, in the left of the head or beside the title."""
    sheet.y = sheet.rng.choice((0.012, 0.16, 0.2))
    for text in ("ĐẾN", f"Số: {sheet.rng.randint(10, 900)}", "Ngày: ......", "Chuyển:"):
        sheet.row(text, 0.16, size=0.009)
