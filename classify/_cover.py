"""Covers of dossiers (TCVN 9251): their labels, and the dossier's title as the abstract."""

from classify._layout import Layout, Run
from classify._text import capitals, letters

_LABELS = (
    "ma ho so", "phong so", "muc luc so", "ho so so", "thoi han bao", "gom", "tu ngay", "don vi",
)  # fmt: skip
_ENOUGH = 3
"""Labels from which a page is a cover."""
_READ = 0.5
"""Confidence under which a row is no part of a title."""
_MOST_ROWS = 6
_PITCH = 2.4
"""Heights of a row between it and the next of one title."""


def _begins(run: Run, labels: tuple[str, ...]) -> bool:
    return run.folded.lstrip(" .,:;-_").startswith(labels)


def is_cover(layout: Layout) -> bool:
    """Whether a page is the cover of a dossier."""
    seen = {label for label in _LABELS for run in layout.runs if _begins(run, (label,))}
    return len(seen) >= _ENOUGH


def cover_title(layout: Layout) -> tuple[Run, ...]:
    """The rows of the dossier's title: what stands right above "Từ ngày ... đến ngày ..."."""
    rows = layout.rows
    end = next((at for at, row in enumerate(rows) if _begins(row.whole, ("tu ngay",))), len(rows))
    found: list[Run] = []
    for row in reversed(rows[:end]):
        run = row.whole
        if len(letters(run.text)) < len(run.text) / 2:
            continue  # specks and leader dots
        if found and found[0].box.y0 - run.box.y1 > _PITCH * run.height:
            break
        if run.confidence < _READ:
            break
        if capitals(run.text) > 0.8 or _begins(run, _LABELS):
            break
        found.insert(0, run)
        if len(found) == _MOST_ROWS:
            break
    return tuple(found)
