"""Signers side by side: liên tịch papers, the parties of a contract, secretary and chair."""

from collections.abc import Sequence
from dataclasses import dataclass

from classify._layout import Layout, Run, trimmed
from classify._offices import is_title
from classify._persons import has_surname, looks_like_name
from classify._text import capitals, fold, letters

_REACH = 0.32
"""Share of the page's height above a name in which its title stands."""
_BESIDE = 0.13
"""Share of the page's width by which a title's middle may stand off its name's."""
_LEVEL = 3.0
"""In letter heights: how far two names at one level may be apart."""
_READ = 0.5
"""Confidence from which capitals are a title's line though they hold no office that we know."""
_SECOND = (
    "thu ky", "nguoi ", "ke toan", "can bo", "xac nhan", "thu quy", "dai dien ben b", "ben b",
    "ben mua", "ben thue", "ben nhan", "chung kien", "dai dien", "ben duoc", "thuong truc to",
    "trinh", "to truong", "ghi bien ban",
)  # fmt: skip
"""Folded words that the title begins with of one who signs beside the paper's own signer."""


@dataclass(frozen=True)
class Column:
    """One signer: the name and the lines of capitals above it."""

    name: Run
    titles: tuple[Run, ...]


def find(layout: Layout) -> tuple[Column, ...]:
    """The signers of the lowest row of two names or more, each under a title of its own.

    One who only helps (secretary, party B) is left out; empty where no such row is there.
    """
    for names in reversed(_levels(layout)):
        columns = [Column(name, _titles(layout, name)) for name in names]
        titled = [column for column in columns if column.titles]
        if len(titled) < 2 or not any(map(_is_office, titled)):
            continue
        return tuple(column for column in titled if not _helps(column)) or tuple(titled[-1:])
    return ()


def _levels(layout: Layout) -> list[list[Run]]:
    """Names that stand at one height, left to right."""
    names = [run for run in layout.runs if has_surname(run.text) and looks_like_name(run.text)]
    found: list[list[Run]] = []
    for name in names:
        level = found[-1] if found else []
        near = level and abs(name.box.y0 - level[0].box.y0) < _LEVEL * name.height
        if near and all(_apart(name, other) for other in level):
            level.append(name)
        else:
            found.append([name])
    return [sorted(level, key=lambda run: run.box.x0) for level in found if len(level) > 1]


def _apart(one: Run, other: Run) -> bool:
    return one.box.x0 > other.box.x1 or other.box.x0 > one.box.x1


def _titles(layout: Layout, name: Run) -> tuple[Run, ...]:
    """The lines of capitals above a name, from the first that begins its column's block."""
    top = name.box.y0 - _REACH * layout.height
    above = [
        trimmed(run)
        for run in layout.runs
        if top < run.box.y0 < name.box.y0 - 0.5 * name.height
        and abs(run.middle_x - name.middle_x) < _BESIDE * layout.width
        and run.box.x1 - run.box.x0 < 0.5 * layout.width
        and len(letters(run.text)) > 4
    ]
    found: list[Run] = []
    for run in reversed(above):
        if capitals(run.text) > 0.8 and (run.confidence > _READ or is_title(run)):
            found.insert(0, run)
        elif found and run.box.y1 < found[0].box.y0:
            break
    return tuple(_close(found))


def _close(runs: Sequence[Run]) -> list[Run]:
    """The rows that follow each other closely, from the last one that an office is in."""
    kept: list[Run] = []
    for run in reversed(runs):
        if kept and kept[0].box.y0 - run.box.y1 > 2.2 * run.height:
            break
        kept.insert(0, run)
    return kept


def _is_office(column: Column) -> bool:
    return any(is_title(run) for run in column.titles)


def _helps(column: Column) -> bool:
    said = fold(column.titles[0].text).lstrip(" .-(")
    return said.startswith(_SECOND) and not said.startswith("dai dien ben a")
