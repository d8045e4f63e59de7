"""The abstract as a field: rows under the title or the rows of "V/v", tidied and mended."""

import re
from collections.abc import Sequence

from classify import _echo
from classify._case import is_in_capitals, ordinary, own_wording
from classify._cover import cover_title, is_cover
from classify._fields import certainty, nothing, seen
from classify._layout import Run, join
from classify._text import capitals, fold, likeness, sentence, squeeze
from classify.kinds import FirstPage
from classify.limits import MAX_LABEL_PAGES
from classify.types import Alternative, FieldValue, Kind, PageView, Reference
from ocr.types import Word

_BELIEVED = 0.5
"""Confidence under which a letter that stands alone is no word."""
_NAMED_BY_FORM = frozenset(("luật", "bộ luật", "pháp lệnh"))
_HOLE = 1.3
"""In letter heights: a gap within a centred row in which a word may have been lost."""


def _abstract_runs(first: FirstPage, kind: Kind | None) -> tuple[Run, ...]:
    title = first.title
    if kind and kind.group[:1] in "BDEFG" and not _tells_subject(title.follows):
        return (
            () if kind.abbreviation not in ("QĐ", "TB") else (*title.capitals[1:], *title.follows)
        )
    if title.reference and not title.follows and len(title.capitals) <= 1:
        return title.reference
    rows = title.capitals
    if not rows:
        return title.reference
    used = _title_rows_used(rows, kind)
    return (*rows[used:], *title.follows)


def _tells_subject(runs: Sequence[Run]) -> bool:
    """Whether the rows under a certificate's title are an abstract, not its first lines."""
    return bool(runs) and runs[0].folded.startswith(("ve viec", "v/v", "(v/v"))


def _title_rows_used(rows: Sequence[Run], kind: Kind | None) -> int:
    """How many rows in capitals are the name of the kind; what follows is abstract."""
    if kind is None:
        return 1
    if kind.group[:1] in "AC":
        return 1
    texts = [" ".join(run.text for run in rows[:count]) for count in range(1, len(rows) + 1)]
    phrases = [phrase for phrase in kind.titles if capitals(phrase) > 0.8]
    for count, text in enumerate(texts, 1):
        if any(likeness(text, phrase) or squeeze(phrase) in squeeze(text) for phrase in phrases):
            return count
    return 1


def abstract_field(
    first: FirstPage, kind: Kind | None, reference: Reference, pages: Sequence[PageView]
) -> FieldValue:
    """What the paper is about, on one line in ordinary case."""
    cover = first.head.nation is None and is_cover(first.layout)
    runs = cover_title(first.layout) if cover else _abstract_runs(first, kind)
    if not runs:
        return nothing("Không thấy trích yếu.")
    whole = join(runs)
    read = text = tidy_abstract(" ".join(word.text for word in whole.words if not _is_stray(word)))
    body = _body(pages, whole)
    if not first.layout.born_digital:
        text = _echo.unslip(_echo.mend(text, _echo.count(body)))
    other = (Alternative(read, certainty(whole, 0.5)),) if read != text else ()
    if is_in_capitals(text):
        wording = own_wording(text, "\n".join(page.text.text for page in pages[:MAX_LABEL_PAGES]))
        known = (*reference.provinces, *wording)
        text = ordinary(text, known, communes=reference.communes, bodies=False)
    text = _law_named(text, kind)
    reason = "Dưới số, ký hiệu (V/v)." if runs[0] in first.title.reference else "Dưới tên loại."
    holed = any(run.widest_gap > _HOLE for run in runs)
    reason += " Có khoảng trống giữa dòng, có thể sót chữ." if holed else ""
    return seen(text, whole, reason, printed=whole.text, alternatives=other,
        strength=0.9 if holed else 1.0, agreed=_echo.share(text, body),
    )  # fmt: skip


def _law_named(text: str, kind: Kind | None) -> str:
    """A law's name with its first word: "LUẬT" / "ĐẤT ĐAI" is Luật Đất đai.

    What a law does to others is no name: "Sửa đổi, bổ sung một số điều của Luật Đất đai".
    """
    form = kind.form if kind else ""
    if form not in _NAMED_BY_FORM or fold(text).startswith(
        ("sua doi", "ve ", fold(form), "bai bo")
    ):
        return text
    return f"{form.capitalize()} {sentence(text)}"


def _is_stray(word: Word) -> bool:
    """A single letter that the reader itself hardly believes: a speck between two words."""
    return len(word.text) == 1 and word.text.isalpha() and word.confidence < _BELIEVED


def _body(pages: Sequence[PageView], title: Run) -> list[str]:
    """The lines of a document without its title's own."""
    return [
        line.text
        for page in pages[:MAX_LABEL_PAGES]
        for line in page.text.lines
        if page.number != title.page or line.box.y0 >= title.box.y1
    ]


def tidy_abstract(text: str) -> str:
    """One line, the opening words as they must have been printed, no stray marks at the ends."""
    clean = re.sub(r"\s+", " ", text.replace("Ð", "Đ")).strip(" .:;_*|'`~=—-")
    if re.match(r"\(\s*(?:v\s*/|ve viec)", fold(clean)):
        clean = clean[1:].removesuffix(")").strip()
    folded = fold(clean)
    if re.match(r"^v\s*/\s*(?:v\b|\s)", folded) or folded.startswith("vv "):
        rest = re.sub(r"^(?i:v\s*/?\s*v?\b)\s*[:.]?\s*", "", clean).lstrip("/ ")
        return f"V/v {rest}"
    match = re.match(r"^\W*(?:ve ?viec|va viec|ve vie[ck]|e viec)\b\s*[:.]?\s*", folded)
    if match or folded.startswith("veviec"):
        rest = clean[match.end() :] if match else clean[6:].strip()
        return f"Về việc {rest}"
    if clean.startswith("việc "):
        return f"Về {clean}"  # a name begins with a capital: the word before it was lost
    return sentence(clean)
