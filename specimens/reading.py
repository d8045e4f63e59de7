"""Pages for measuring readers: each with its printed lines, by seed, in named conditions.

The tests and benches of the reader draw from here; what a page says and what of it lies in a table
or under a seal is read from the same items that are drawn, so the truth cannot differ.
"""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from specimens.blocks import NumberStyle
from specimens.degrade import Faults, Light, Pixels, degrade
from specimens.draw import line_box, render
from specimens.errors import BadRequestError
from specimens.limits import MAX_CLEAN_PAGES
from specimens.page import Page, Rule, Seal, Text
from specimens.paper import PaperOptions
from specimens.papers import TEMPLATES, make_paper
from specimens.typeface import Typeface, set_in


class Condition(StrEnum):
    """How a page came to be an image."""

    CLEAN = "clean200"
    """Straight from the printer's driver at 200 dpi."""
    SCAN200 = "scan200"
    """An office scanner at 200 dpi: a little skew, noise, shade and dust, JPEG."""
    SCAN300 = "scan300"
    """The same at 300 dpi."""
    PHOTO = "photo"
    """A telephone held over the sheet on a desk: perspective, shadow."""
    POOR = "poor"
    """150 dpi, skewed, blurred, faint, the back shining through, hard JPEG."""
    TURNED = "turned"
    """SCAN300 fed sideways or upside down."""


class Region(StrEnum):
    """Where on its page a line stands."""

    BODY = "body"
    """Anywhere else."""
    TABLE = "table"
    """In a cell of a ruled table."""
    SEAL = "seal"
    """Crossed by a seal."""


@dataclass(frozen=True, slots=True)
class TruthLine:
    """One printed line of a page."""

    text: str
    region: Region


@dataclass(frozen=True, slots=True)
class ReadingPage:
    """A page image and what is printed on it."""

    name: str
    condition: Condition
    pixels: Pixels
    """(height, width, 3) uint8 RGB, as the scanner gives it."""
    dpi: int
    turns: int
    """Clockwise quarter turns by which the sheet lies wrong: 2 is upside down."""
    lines: tuple[TruthLine, ...]

    @property
    def text(self) -> str:
        """The printed lines, one a line."""
        return "\n".join(line.text for line in self.lines)


_TEMPLATES = tuple(sorted(set(TEMPLATES) - {"KQ-CC"}))
"""All but the card, which is no page."""
_MOST_SERIF = (*(Typeface.SERIF,) * 6, Typeface.SANS, Typeface.TYPEWRITER)
_DPI = {Condition.CLEAN: 200, Condition.SCAN200: 200, Condition.POOR: 150, Condition.PHOTO: 250}


def reading_pages(
    count: int, *, seed: int = 1, conditions: Sequence[Condition] = tuple(Condition)
) -> Iterator[ReadingPage]:
    """Yield `count` distinct pages, each in every condition asked for.

    One in four has its number by hand, one in eight each is set in a sans face or typewritten.
    Raises BadRequestError over 2,000 pages, FontMissingError.
    """
    if not 0 <= count <= MAX_CLEAN_PAGES:
        raise BadRequestError(detail=f"{count} pages")
    for index in range(count):
        template = _TEMPLATES[index % len(_TEMPLATES)]
        choice = random.Random(f"reading-{seed}-{index}")  # noqa: S311  drawing, not secrets
        style = choice.choice((*(NumberStyle.PRINTED,) * 3, NumberStyle.HAND))
        options = PaperOptions(number_style=style, seal_strength=choice.uniform(0.5, 0.95))
        paper = make_paper(template, seed=seed * 10_000 + index, options=options)
        page = set_in(choice.choice(paper.pages), choice.choice(_MOST_SERIF))
        for condition in conditions:
            yield _scanned(f"{template}-{seed}-{index:04d}", page, condition, choice)


def _scanned(name: str, page: Page, condition: Condition, choice: random.Random) -> ReadingPage:
    dpi = _DPI.get(condition, 300)
    faults = _faults(condition, choice)
    pixels = degrade(render(page, dpi), faults, seed=choice.randrange(1 << 30))
    lines = tuple(TruthLine(line.text, _region(line, page)) for line in page.lines)
    return ReadingPage(name, condition, pixels, dpi, faults.quarter_turns, lines)


def _faults(condition: Condition, choice: random.Random) -> Faults:
    if condition is Condition.CLEAN:
        return Faults()
    if condition is Condition.PHOTO:
        return Faults(
            tilt=choice.uniform(0.01, 0.04),
            desk=90,
            noise=4.0,
            blur=0.7,
            light=Light(choice.uniform(0.15, 0.4), choice.uniform(0, 90)),
            jpeg_quality=80,
        )
    if condition is Condition.POOR:
        return Faults(
            skew=choice.choice((-1, 1)) * choice.uniform(2, 5),
            noise=9.0,
            blur=0.6,
            light=Light(choice.uniform(0.15, 0.35), choice.uniform(0, 90)),
            bleed=choice.uniform(0.05, 0.12),
            faint=choice.uniform(0.1, 0.3),
            jpeg_quality=40,
        )
    return Faults(
        skew=choice.uniform(-2, 2),
        noise=6.0,
        light=Light(choice.uniform(0.0, 0.12), choice.uniform(0, 90)),
        specks=30,
        quarter_turns=choice.choice((1, 2, 3)) if condition is Condition.TURNED else 0,
        jpeg_quality=60,
    )


def _region(line: Text, page: Page) -> Region:
    x0, y0, x1, y1 = (edge / 4 for edge in line_box(line, 288))  # 288 dpi: quarters of a point
    for item in page.items:
        if isinstance(item, Seal):
            nearest_x = min(max(item.centre.x, x0), x1)
            nearest_y = min(max(item.centre.y, y0), y1)
            if math.dist((nearest_x, nearest_y), item.centre) < item.radius:
                return Region.SEAL
    uprights = [
        item.start.x
        for item in page.items
        if isinstance(item, Rule)
        and item.start.x == item.end.x
        and min(item.start.y, item.end.y) <= (y0 + y1) / 2 <= max(item.start.y, item.end.y)
    ]
    between = any(x <= x0 + 1 for x in uprights) and any(x >= x1 - 1 for x in uprights)
    return Region.TABLE if between else Region.BODY
