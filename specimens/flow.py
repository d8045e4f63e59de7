"""The typesetter: runs words into lines, lines into pages, by the layout of NĐ 30/2020 PL I."""

from collections.abc import Sequence
from enum import StrEnum

from specimens.errors import BadRequestError
from specimens.fonts import Face, text_width
from specimens.limits import MAX_PAGES_A_PAPER
from specimens.page import (
    BLACK,
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    Colour,
    Item,
    Page,
    Point,
    Rule,
    Text,
    Tint,
    Word,
)

LEADING = 1.22
"""Line height over type size."""
INDENT = 28.0
"""First line of a paragraph, points (1 cm)."""
BODY = 13.5
"""Bodies are set in 13 to 14 points."""

_HEAVIER = {Face.REGULAR: Face.BOLD, Face.ITALIC: Face.BOLD_ITALIC, Face.SANS: Face.SANS_BOLD}


class Align(StrEnum):
    """How a line stands in its column."""

    LEFT = "left"
    """Ragged on the right."""
    CENTRE = "centre"
    """Around the column's middle."""
    RIGHT = "right"
    """Ragged on the left."""
    JUSTIFY = "justify"
    """Both edges straight, the last line ragged."""


Token = tuple[str, Face]


def tokens(text: str, face: Face) -> list[Token]:
    """Split text into words; what stands between pairs of ** is set in the heavier face."""
    found: list[Token] = []
    for index, part in enumerate(text.split("**")):
        style = _HEAVIER.get(face, face) if index % 2 else face
        found.extend((word, style) for word in part.split())
    return found


def _natural(line: Sequence[Token], size: float) -> float:
    widths = sum(text_width(word, face, size) for word, face in line)
    return widths + sum(text_width(" ", face, size) for _, face in line[:-1])


def wrap(
    words: Sequence[Token], width: float, size: float, first: float = 0.0
) -> list[list[Token]]:
    """Break words into lines no wider than `width` points; `first` is the first line's indent."""
    lines: list[list[Token]] = [[]]
    used = first
    for word, face in words:
        length = text_width(word, face, size)
        gap = text_width(" ", face, size) if lines[-1] else 0.0
        if lines[-1] and used + gap + length > width:
            lines.append([])
            used, gap = 0.0, 0.0
        lines[-1].append((word, face))
        used += gap + length
    return lines


def balanced_width(words: Sequence[Token], width: float, size: float) -> float:
    """Return the least width that takes no more lines than `width` does: no word left alone."""
    lines = len(wrap(words, width, size))
    while lines > 1 and len(wrap(words, width - 4, size)) == lines:
        width -= 4
    return width


def set_line(
    line: Sequence[Token],
    left: float,
    right: float,
    baseline: float,
    size: float,
    align: Align = Align.LEFT,
    colour: Colour = BLACK,
) -> Text:
    """Place the words of one line between two edges."""
    natural = _natural(line, size)
    slack = right - left - natural
    x = left
    if align is Align.CENTRE:
        x += slack / 2
    elif align is Align.RIGHT:
        x += slack
    stretch = slack / (len(line) - 1) if align is Align.JUSTIFY and len(line) > 1 else 0.0
    words = []
    for word, face in line:
        words.append(Word(x, word, face))
        x += text_width(word, face, size) + text_width(" ", face, size) + stretch
    return Text(tuple(words), baseline, size, colour)


class Flow:
    """A paper under composition: a cursor that runs down a page and on to the next."""

    def __init__(self, *, numbered: bool = True) -> None:
        self.y = TOP
        self._numbered = numbered
        self._pages: list[list[Item]] = [[]]

    def put(self, *items: Item) -> None:
        """Draw on the page in hand without moving the cursor."""
        self._pages[-1].extend(items)

    def skip(self, points: float) -> None:
        """Leave white space."""
        self.y += points

    def need(self, points: float) -> None:
        """Go to a new page unless `points` of height are left on this one."""
        if self.y + points > BOTTOM:
            self.new_page()

    def new_page(self) -> None:
        """Begin a page; from the second on its number stands at the top centre."""
        if len(self._pages) >= MAX_PAGES_A_PAPER:
            raise BadRequestError(detail="paper too long")
        self._pages.append([])
        self.y = TOP
        if self._numbered:
            number = [(str(len(self._pages)), Face.REGULAR)]
            self.put(set_line(number, LEFT, RIGHT, TOP - 12, 13, Align.CENTRE))

    def block(  # noqa: PLR0913  one call sets one block, every argument named
        self,
        text: str,
        *,
        left: float = LEFT,
        right: float = RIGHT,
        size: float = BODY,
        face: Face = Face.REGULAR,
        align: Align = Align.LEFT,
        indent: float = 0.0,
        gap: float = 0.0,
    ) -> None:
        """Set a text in a column at the cursor, breaking pages where it must.

        A new line in the text is a new line on the page. Points throughout.
        """
        for part in text.split("\n"):
            for index, line in enumerate(wrap(tokens(part, face), right - left, size, indent)):
                self.need(size * LEADING)
                self.y += size * LEADING
                if line:
                    start = left + (indent if index == 0 else 0.0)
                    self.put(set_line(line, start, right, self.y - size * 0.22, size, align))
            self._loosen_last(align, left)
        self.skip(gap)

    def _loosen_last(self, align: Align, left: float) -> None:
        """Set a justified paragraph's last line anew, ragged."""
        last = self._pages[-1][-1] if self._pages[-1] else None
        if align is not Align.JUSTIFY or not isinstance(last, Text):
            return
        line = [(word.text, word.face) for word in last.words]
        start = last.words[0].x if last.words else left
        self._pages[-1][-1] = set_line(line, start, RIGHT, last.baseline, last.size)

    def paragraph(self, text: str, *, face: Face = Face.REGULAR, size: float = BODY) -> None:
        """Set a justified, indented paragraph with the space after it that the layout asks for."""
        self.block(text, face=face, size=size, align=Align.JUSTIFY, indent=INDENT, gap=4.5)

    def heading(self, text: str) -> None:
        """Set a section's title in bold; it never stands alone at the foot of a page."""
        self.need(5 * BODY)
        self.block(text, face=Face.BOLD, gap=4)

    def centred(
        self,
        text: str,
        *,
        face: Face = Face.BOLD,
        size: float = BODY,
        left: float = LEFT,
        right: float = RIGHT,
        gap: float = 0.0,
    ) -> None:
        """Set lines around the middle of a column."""
        self.block(text, face=face, size=size, align=Align.CENTRE, left=left, right=right, gap=gap)

    def rule_under(self, width: float, *, left: float = LEFT, right: float = RIGHT) -> None:
        """Draw the short rule that stands beneath an issuer, the tiêu ngữ or an abstract."""
        middle = (left + right) / 2
        y = self.y + 3.0
        self.put(Rule(Point(middle - width / 2, y), Point(middle + width / 2, y)))
        self.skip(5.0)

    def field(self, label: str, value: str, *, size: float = BODY, left: float = LEFT) -> None:
        """Set "label: value", the value in bold as issued papers print it, dotted where empty."""
        shown = f"**{value}**" if value else "." * 60
        self.block(f"{label}: {shown}", size=size, left=left, gap=3.5)

    def field_row(self, *pairs: tuple[str, str], size: float = BODY) -> None:
        """Set several "label: value" side by side, in columns of equal width."""
        self.need(size * LEADING)
        top, step = self.y, (RIGHT - LEFT) / len(pairs)
        for index, (label, value) in enumerate(pairs):
            self.y = top
            self.field(label, value, size=size, left=LEFT + step * index)

    def table(
        self, rows: Sequence[Sequence[str]], shares: Sequence[float], *, size: float = 12.0
    ) -> None:
        """Set a ruled table; the first row is its head. `shares` divide the text width."""
        total = sum(shares)
        edges = [LEFT]
        for share in shares:
            edges.append(edges[-1] + (RIGHT - LEFT) * share / total)
        for index, row in enumerate(rows):
            self._row(row, edges, size, head=index == 0)
        self.skip(8.0)

    def _row(self, row: Sequence[str], edges: Sequence[float], size: float, *, head: bool) -> None:
        face = Face.BOLD if head else Face.REGULAR
        pad = 4.0
        cells = [
            wrap(tokens(text, face), edges[i + 1] - edges[i] - 2 * pad, size)
            for i, text in enumerate(row)
        ]
        height = max(len(cell) for cell in cells) * size * LEADING + 2 * pad
        self.need(height)
        top, bottom = self.y, self.y + height
        if head:
            self.put(Tint(Point(edges[0], top), Point(edges[-1], bottom), (236, 236, 236)))
        for i, cell in enumerate(cells):
            align = Align.CENTRE if head or i == 0 else Align.LEFT
            for step, line in enumerate(cell):
                baseline = top + pad + (step + 1) * size * LEADING - size * 0.22
                if line:
                    self.put(
                        set_line(line, edges[i] + pad, edges[i + 1] - pad, baseline, size, align)
                    )
        for x in edges:
            self.put(Rule(Point(x, top), Point(x, bottom)))
        for y in (top, bottom):
            self.put(Rule(Point(edges[0], y), Point(edges[-1], y)))
        self.y = bottom

    def pages(self) -> tuple[Page, ...]:
        """Return the pages set so far."""
        return tuple(Page(tuple(items)) for items in self._pages)
