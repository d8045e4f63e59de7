"""The end of a document: signature block (box 7) and recipients (box 9b)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from classify._layout import Layout, Row, Run, join, lay_out
from classify._names import mend_syllable
from classify._text import capitals, fold, letters, likeness, squeeze
from classify._words import OFFICE_WORDS, OFFICES, SURNAMES
from classify.limits import MAX_PAGES_SEARCHED, MAX_RECIPIENTS
from classify.types import PageView

_SURNAMES = frozenset(fold(name) for name in SURNAMES)
_BY_FOLD = {fold(name): name for name in reversed(SURNAMES)}
_BY_TAIL = {fold(name)[1:]: name for name in reversed(SURNAMES) if len(name) >= 4}

_SLIPS = {"Chỉ": "Chi", "Nguyện": "Nguyễn"}
"""Words that readers put for a common part of names and that are hardly names themselves."""

_ABOVE = 0.4
"""Share of the page's height above "Nơi nhận" in which a block may stand that precedes it."""

_PREFIX = re.compile(r"^\W{0,3}(?:(TM|KT|TL|TUQ|T/M|K/T|T/L)\s*[.,]?|(Q)\.)\s*(?=[A-ZÀ-ỸĐ])")
_OFFICES = tuple(squeeze(title) for title in OFFICES)
_RANKS = re.compile(
    r"^(?:(?:BS|BSCK|ThS|TS|PGS|GS|KS|CN|LS|DS|Ths|Bs|Th\.s|BSCKI|BSCKII|Đại tá|Thượng tá|Trung tá|"
    r"Thiếu tá|Đại úy|Thượng tướng|Trung tướng|Thiếu tướng|Đại tướng|Thượng úy)[.,\s]*)+"
)


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
        if _PREFIX.match(line.text.strip()) and capitals(line.text) > 0.6:
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
    return [
        run
        for row in rows
        for run in row.runs
        if run.box.x0 > 0.4 * layout.width and layout.across(run) > 0.52
    ]


def _signature(layout: Layout, start: int | None) -> Signature | None:
    """The block at the lower right: from the title's lines down to the name."""
    rows = layout.rows[start:] if start is not None else layout.rows
    found = _block(rows, layout, titled=start is None)
    if start is None or (found and found.name):
        return found
    above = [row for row in layout.rows[:start] if layout.rows[start].box.y0 - row.box.y0
             < _ABOVE * layout.height]  # fmt: skip
    return _joint(above) or _block(above, layout, titled=True) or found


def _joint(rows: Sequence[Row]) -> Signature | None:
    """Two bodies signing side by side: two names at one height."""
    for row in reversed(rows):
        names = [run for run in row.runs if _looks_like_name(run.text) and _has_surname(run.text)]
        if len(names) == 2:
            text = "; ".join(_name_text(run)[0] for run in names)
            return Signature(join(names), text, name_mended=True, title=None, title_text=None,
                             title_mended=False)  # fmt: skip
    return None


def _block(rows: Sequence[Row], layout: Layout, *, titled: bool) -> Signature | None:
    runs = _right_runs(rows, layout)
    begin = next((i for i, run in enumerate(runs) if _is_title(run)), None)
    if begin is None and titled:
        return _lone_name(runs)
    block = runs[begin:] if begin is not None else runs
    titles = _title_lines(block) if begin is not None else []
    after = block[len(titles) :]
    name = _find_name(after)
    if name is None and not titles:
        return None
    more = _titles_below(after, name)
    title, mended = _title_text(titles)
    if more and _snap_title(titles[-1].text if titles else "")[0].startswith("KT. "):
        title, mended = _title_text([*titles, *more])[0], True
    elif more:
        title, mended = ", ".join(filter(None, (title, _title_text(more)[0]))), True
    titles = [*titles, *more]
    text, repaired = _name_text(name) if name else (None, False)
    return Signature(name, text, repaired, join(titles) if titles else None, title or None, mended)


def _lone_name(runs: list[Run]) -> Signature | None:
    """A person's name as the last words at the right: its title was lost under the seal."""
    read = [run for run in runs if len(letters(run.text)) > 4 and run.confidence > 0.5]
    if not read or not _looks_like_name(read[-1].text) or not _has_surname(read[-1].text):
        return None
    return Signature(read[-1], _name_text(read[-1])[0], name_mended=True, title=None,
                     title_text=None, title_mended=False)  # fmt: skip


def _is_title(run: Run) -> bool:
    text = run.text.strip()
    if len(letters(text)) < 6 or capitals(text) < 0.75:
        return False
    if _PREFIX.match(text):
        return True
    squeezed = squeeze(text)
    return squeezed in _OFFICES or any(
        likeness(squeezed, office) or squeezed.startswith(office) for office in _OFFICES
    )


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


_VOCABULARY = {
    fold(word): word
    for word in " ".join((*OFFICES, "TỈNH HUYỆN XÃ PHƯỜNG UBND HĐND SỞ CỤC")).split()
}


def _mended_words(text: str) -> str:
    """Words of offices whose marks were lost: "CHU TỊCH UBND TINH"."""
    return " ".join(_VOCABULARY.get(fold(word), word) for word in text.split(" "))


def _snap_title(text: str) -> tuple[str, bool]:
    """A line of a title as it must have been printed, and whether it was changed."""
    clean = re.sub(r"\s+", " ", text).strip(" .,:;_*|'\"`“”-–=~").replace("Ð", "Đ")
    prefix = _PREFIX.match(clean)
    lead, rest = "", clean
    if prefix:
        lead = (prefix[1] or prefix[2]).replace("T/M", "TM").replace("K/T", "KT").replace(
            "T/L", "TL"
        ) + ". "
        rest = clean[prefix.end() :]
    best = max(OFFICES, key=lambda title: likeness(title, rest))
    if likeness(best, rest):
        return lead + best, lead + best != clean
    rest = _mended_words(rest)
    return lead + rest, lead + rest != clean


def _title_text(runs: list[Run]) -> tuple[str, bool]:
    """The block on one line; a deputy's line lost under the seal follows from "KT." before it."""
    parts: list[str] = []
    mended = False
    acting: str | None = None
    for run in runs:
        text, changed = _snap_title(run.text)
        if acting and text != _deputy(acting):
            text, changed = _deputy(acting), True
        parts.append(text)
        mended = mended or changed
        acting = text[4:] if text.startswith("KT. ") else None
    if acting:
        parts.append(_deputy(acting))
        mended = True
    return " ".join(parts), mended


def _deputy(office: str) -> str:
    """Who signs for an office under "KT." (ký thay): its deputy; a minister's is THỨ TRƯỞNG."""
    return "THỨ TRƯỞNG" if office == "BỘ TRƯỞNG" else f"PHÓ {office}"


def _find_name(runs: list[Run]) -> Run | None:
    """The first run that looks like a person's name, one with a known family name first."""
    named = [run for run in runs if _looks_like_name(run.text)]
    known = [run for run in named if _has_surname(run.text)]
    return next(iter(known or named), None)


def _bare(text: str) -> str:
    """A name without specks, ranks and degrees before it ("BSCKI.", "Bs.CKI:", "Đại tá")."""
    clean = re.sub(r"^[^\w]+|[^\w]+$", "", text.strip())
    words = clean.split()
    while len(words) > 2 and re.search(r"[.:]", words[0]):
        words.pop(0)
    return _RANKS.sub("", " ".join(words)).strip(" .,")


def _has_surname(text: str) -> bool:
    return fold(_bare(text).split(" ")[0]) in _SURNAMES


def _looks_like_name(text: str) -> bool:
    words = _bare(text).split()
    if not 2 <= len(words) <= 5:
        return False
    if any(not word.isalpha() or len(word) > 7 for word in words):
        return False
    if any(part in f" {fold(_bare(text))} " for part in OFFICE_WORDS):
        return False
    if capitals(" ".join(words)) > 0.7 and len(words) > 1:
        return _has_surname(text) and not _is_office(text)
    good = [word[0].isupper() and word[1:].islower() for word in words if len(word) > 1]
    return all(good[1:]) and len(good) >= 2 and (good[0] or fold(words[0]) in _BY_TAIL)


def _is_office(text: str) -> bool:
    squeezed = squeeze(text)
    return any(likeness(squeezed, office) for office in _OFFICES)


def _name_text(run: Run) -> tuple[str, bool]:
    """The name in ordinary case; a family name that lost its first letter is put back."""
    words = _bare(run.text).split()
    mended = False
    plain = fold(words[0])
    if plain not in _SURNAMES and plain in _BY_TAIL:
        words[0], mended = _BY_TAIL[plain], True
    elif plain in _SURNAMES and words[0].capitalize() not in SURNAMES:
        words[0], mended = _BY_FOLD[plain], True
    shown = [words[0][0].upper() + words[0][1:].lower()]
    sure = [word.confidence for word in run.words][-len(words) :]
    for at, word in enumerate(words[1:], 1):
        syllable = mend_syllable(word, sure[at] if len(sure) == len(words) else run.confidence)
        shown.append(syllable.text)
        mended = mended or syllable.mended
    mended = mended or any(word in _SLIPS for word in shown)
    return " ".join(_SLIPS.get(word, word) for word in shown), mended


def is_known_name(text: str) -> bool:
    """Whether family name and every syllable after it are names in use."""
    first, *rest = text.split() or [""]
    return first in SURNAMES and all(mend_syllable(word, 1.0).known for word in rest)


def is_known_title(text: str) -> bool:
    """Whether a block's lines, capacities left out, are offices that papers print."""
    rest = re.sub(r"\b(?:TM|KT|TL|TUQ|Q)\. ", "", text)
    for office in sorted(OFFICES, key=len, reverse=True):
        rest = rest.replace(office, "")
    return not letters(rest)
