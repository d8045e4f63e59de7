"""The end of a document: signature block (box 7) and recipients (box 9b)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from classify import _columns
from classify._layout import Layout, Row, Run, join, lay_out, trimmed
from classify._offices import has_capacity, is_title, snap_title, title_text
from classify._persons import has_letters, has_surname, looks_like_name, name_text
from classify._text import capitals, fold, letters
from classify._words import OFFICE_WORDS
from classify.limits import MAX_PAGES_SEARCHED, MAX_RECIPIENTS
from classify.types import PageView

_ABOVE = 0.4
"""Share of the page's height above "Nơi nhận" in which a block may stand that precedes it."""
_HIGHER = 3
"""Rows above "Nơi nhận" in which a title's first lines may stand."""


@dataclass(frozen=True)
class Signature:
    """One signature block."""

    name: Run | None
    name_text: str | None
    name_mended: bool
    """Whether a lost letter or mark was put back."""
    title: Run | None
    title_text: str | None
    title_mended: bool
    several: bool = False
    """Whether several sign side by side: their names and titles are parted by "; "."""
    guessed: bool = False
    """Whether the title is only what stands above the name, no office that we know."""


@dataclass(frozen=True)
class Ending:
    """The end of the main document."""

    layout: Layout
    signature: Signature | None
    recipients: tuple[Run, ...]
    places: tuple[str, ...]
    """The recipients, an entry each."""


def _marks_end(page: PageView) -> bool:
    for line in page.text.lines:
        folded = fold(line.text).lstrip(" .,:;-_'\"`“”|*")
        if folded.startswith(("noi nhan", "n noi nhan", "moi nhan")):
            return True
        if has_capacity(line.text) and capitals(line.text) > 0.6:
            return True
    return False


def find_ending(pages: Sequence[PageView]) -> Ending | None:
    """The first page with "Nơi nhận" or a signature block that yields a name, else the last.

    Annexes and drafts come after the signature, so the first signed end is the main document's.
    """
    texts = [page for page in pages[:MAX_PAGES_SEARCHED] if page.text.lines]
    candidates = [page for page in texts if _marks_end(page)]
    best: Ending | None = None
    for page in (*candidates[:4], *(p for p in texts[-2:] if p not in candidates)):
        ending = _ending_of(page)
        if ending.signature and ending.signature.name:
            return ending
        if best is None and (ending.signature or ending.recipients):
            best = ending
    return best


def _ending_of(page: PageView) -> Ending:
    layout = lay_out(page)
    start = _recipients_row(layout)
    recipients, places = _recipients(layout, start) if start is not None else ((), ())
    return Ending(layout, _signature(layout, start), recipients, places)


def _recipients_row(layout: Layout) -> int | None:
    for index, row in enumerate(layout.rows):
        for run in row.runs:
            if layout.across(run) < 0.45 and _is_recipients_head(run):
                return index
    return None


def _is_recipients_head(run: Run) -> bool:
    folded = run.folded.lstrip(" .,:;-_'\"`“”|*")
    return folded.startswith(("noi nhan", "moi nhan", "n noi nhan", "noi nhan"))


def _recipients(layout: Layout, start: int) -> tuple[tuple[Run, ...], tuple[str, ...]]:
    """Lines of the left column under "Nơi nhận:", continued lines joined to their entry."""
    head = next(run for run in layout.rows[start].runs if _is_recipients_head(run))
    lines: list[Run] = []
    last = head
    for row in layout.rows[start + 1 :]:
        left = [run for run in row.runs if abs(run.box.x0 - head.box.x0) < 0.06 * layout.width]
        if not left:
            continue
        if left[0].box.y0 - last.box.y1 > 2.5 * head.height:
            break
        last = left[0]
        if letters(last.text):
            lines.append(last)
    return tuple(lines[:MAX_RECIPIENTS]), _entries([run.text for run in lines])


def _entries(lines: list[str]) -> tuple[str, ...]:
    entries: list[str] = []
    for line in lines[:MAX_RECIPIENTS]:
        dashed = re.match(r"^[\W_]{0,3}[-–—~+]\s*|^[-–—~_+.]+\s*", line)
        text = re.sub(r"^[\W_]+", "", line).strip(" ;.,")
        if dashed or not entries:
            entries.append(text)
        else:
            entries[-1] = f"{entries[-1]} {text}"
    return tuple(entry for entry in entries if entry)


def _right_runs(rows: Sequence[Row], layout: Layout) -> list[Run]:
    runs = [trimmed(run) for row in rows for run in row.runs]
    return [run for run in runs if run.box.x0 > 0.4 * layout.width and layout.across(run) > 0.52]


def _signature(layout: Layout, start: int | None) -> Signature | None:
    """The block at the lower right: from the title's lines down to the name."""
    beside = _columns.find(layout)
    if beside:
        return _side_by_side(beside)
    rows = layout.rows[_raised(layout, start) :] if start is not None else layout.rows
    found = _block(rows, layout, titled=start is None)
    if start is None or (found and found.name):
        return found
    above = [row for row in layout.rows[:start] if layout.rows[start].box.y0 - row.box.y0
             < _ABOVE * layout.height]  # fmt: skip
    return _joint(above) or _block(above, layout, titled=True) or found


def _raised(layout: Layout, start: int) -> int:
    """The row where the block begins: a title's first lines may stand above "Nơi nhận"."""
    for _ in range(_HIGHER):
        above = layout.rows[start - 1] if start else None
        if above is None or not any(is_title(run) for run in _right_runs([above], layout)):
            break
        start -= 1
    return start


def _side_by_side(columns: Sequence[_columns.Column]) -> Signature:
    """Several who sign beside each other, left to right."""
    names = [name_text(column.name)[0] for column in columns]
    titles = [title_text(column.titles)[0] for column in columns if column.titles]
    printed = [run for column in columns for run in column.titles]
    return Signature(
        join([column.name for column in columns]), "; ".join(names), name_mended=False,
        title=join(printed), title_text="; ".join(titles), title_mended=True, several=True,
    )  # fmt: skip


def _joint(rows: Sequence[Row]) -> Signature | None:
    """Two bodies signing side by side: two names at one height."""
    for row in reversed(rows):
        names = [run for run in row.runs if looks_like_name(run.text) and has_surname(run.text)]
        if len(names) == 2:
            text = "; ".join(name_text(run)[0] for run in names)
            return Signature(join(names), text, name_mended=True, title=None, title_text=None,
                             title_mended=False, several=True)  # fmt: skip
    return None


def _block(rows: Sequence[Row], layout: Layout, *, titled: bool) -> Signature | None:
    runs = _right_runs(rows, layout)
    begin = next((i for i, run in enumerate(runs) if is_title(run)), None)
    if begin is None and titled:
        return _lone_name(runs)
    block = runs[begin:] if begin is not None else runs
    titles = _title_lines(block) if begin is not None else []
    after = block[len(titles) :]
    name = _find_name(after)
    if name is None and not titles:
        return None
    if not titles and name:
        return _of_unknown_office(runs, name)
    more = _titles_below(after, name)
    title, mended = title_text(titles)
    if more and snap_title(titles[-1].text if titles else "")[0].startswith("KT. "):
        title, mended = title_text([*titles, *more])[0], True
    elif more:
        title, mended = ", ".join(filter(None, (title, title_text(more)[0]))), True
    titles = [*titles, *more]
    text, repaired = name_text(name) if name else (None, False)
    return Signature(name, text, repaired, join(titles) if titles else None, title or None, mended)


def _of_unknown_office(runs: Sequence[Run], name: Run) -> Signature:
    """A name under capitals that are no office we know: "CHẤP HÀNH VIÊN" of another law."""
    titles = [
        run
        for run in runs[: runs.index(name)]
        if capitals(run.text) > 0.85 and len(letters(run.text)) > 4 and run.confidence > 0.6
        and abs(run.middle_x - name.middle_x) < 6 * name.height
    ]  # fmt: skip
    text, repaired = name_text(name)
    title = title_text(titles)[0] if titles else None
    return Signature(name, text, repaired, join(titles) if titles else None, title,
                     title_mended=True, guessed=True)  # fmt: skip


def _lone_name(runs: list[Run]) -> Signature | None:
    """A person's name as the last words at the right: its title was lost under the seal."""
    read = [run for run in runs if has_letters(run.text) and run.confidence > 0.5]
    if not read or not looks_like_name(read[-1].text) or not has_surname(read[-1].text):
        return None
    return Signature(read[-1], name_text(read[-1])[0], name_mended=True, title=None,
                     title_text=None, title_mended=False)  # fmt: skip


def _title_lines(block: list[Run]) -> list[Run]:
    """The title's rows: the first and the rows in capitals close below."""
    found = [block[0]]
    for run in block[1:6]:
        last = found[-1]
        if run.box.y0 - last.box.y1 > 2.2 * last.height or run.box.y0 < last.box.y0:
            break
        if len(letters(run.text)) < 4 or capitals(run.text) < 0.7 or run.confidence < 0.3:
            break
        if abs(run.middle_x - last.middle_x) > 6 * last.height:
            break
        found.append(run)
    return found


def _titles_below(runs: list[Run], name: Run | None) -> list[Run]:
    """Rows of the title parted from its first by the seal: offices in capitals above a name."""
    if name is None:
        return []
    return [
        run
        for run in runs
        if run.box.y1 <= name.box.y0 + name.height
        and run is not name
        and capitals(run.text) > 0.85
        and any(word in f" {run.folded} " for word in OFFICE_WORDS)
    ]


def _find_name(runs: list[Run]) -> Run | None:
    """The first run that looks like a person's name, one with a known family name first."""
    named = [run for run in runs if looks_like_name(run.text)]
    known = [run for run in named if has_surname(run.text)]
    return next(iter(known or named), None)
