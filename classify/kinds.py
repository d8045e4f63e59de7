"""What a document is: the title line, the notation of its number, V/v and Kính gửi."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from classify import _echo
from classify._header import Head, read_head
from classify._layout import Layout, lay_out
from classify._numbers import Number
from classify._text import capitals, fold, letters, likeness, squeeze
from classify._title import Title, find_title
from classify.types import Kind, KindGuess, PageView, Reference

UNKNOWN = "không rõ"
OTHER = "KHAC"
"""The code of a document that is none of the catalogue's kinds."""

_OUTSIDE = 0.78
"""The most that a kind outside the catalogue reaches: under `policy.KIND`, for a person to see."""
_LETTER = "công văn"
_BEGINS = 0.85
"""The score of a phrase that begins a title."""
_ENOUGH = 0.4
"""Below this a guess is not made."""

_NORMATIVE = "C"
_ADMINISTRATIVE = "A"

_NOT_THE_SHORTER = ("chuong trinh phoi hop", "de nghi", "ban thanh ly", "bien ban thanh ly")
"""Titles that begin with a kind's name and are not that kind."""

_NUMBERED = re.compile(r"\s+so\s*[:.]?\s*\d+/")
"""A name that bears its own number: "ÁN LỆ SỐ 43/2021/AL"."""

_NEEDS_DOSSIER = re.compile(r"\bho so\b")


@dataclass(frozen=True)
class FirstPage:
    """A first page taken apart once, for classifying and extracting alike."""

    layout: Layout
    head: Head
    title: Title

    @property
    def number(self) -> Number | None:
        """The số/ký hiệu as understood."""
        return self.head.number.number if self.head.number else None

    @property
    def abstract(self) -> str:
        """Title rows after the first, the abstract's rows and V/v, as one text."""
        runs = (*self.title.capitals[1:], *self.title.follows, *self.title.reference)
        return " ".join(run.text for run in runs)


@dataclass(frozen=True, slots=True)
class _Match:
    kind: Kind
    score: float
    phrase: str
    reason: str
    begins: bool = True
    """Whether the phrase begins the title, rather than standing inside it."""


def open_page(view: PageView) -> FirstPage:
    """Take a first page apart."""
    layout = lay_out(view)
    head = read_head(layout)
    return FirstPage(layout, head, find_title(layout, head))


def first_with_text(pages: Sequence[PageView]) -> PageView | None:
    """The first page that is not blank and holds words."""
    for page in pages:
        if not page.is_blank and any(line.words for line in page.text.lines):
            return page
    return None


def classify(pages: Sequence[PageView], reference: Reference) -> KindGuess:
    """Say what the document on these pages is. Never raises on what a page holds."""
    view = first_with_text(pages)
    if view is None:
        return unknown("Trang không có chữ đọc được. Hãy xem ảnh và chọn loại giấy tờ.")
    return classify_first(open_page(view), reference)


def unknown(reason: str) -> KindGuess:
    """No kind, and why."""
    return KindGuess(None, UNKNOWN, None, 0.0, (reason,))


def classify_first(first: FirstPage, reference: Reference) -> KindGuess:
    """Say what a document is from its first page."""
    matches = [
        match
        for match in (_match(kind, first) for kind in reference.kinds)
        if match and match.score >= _ENOUGH
    ]
    if matches:
        return _chosen(max(matches, key=lambda match: _rank(match, first)), first)
    letter = _letter(first, reference)
    if letter:
        return letter
    return _other(first, reference) or unknown(
        "Không thấy tên loại, số ký hiệu hay bố cục của văn bản. Hãy chọn loại giấy tờ."
    )


def _rank(match: _Match, first: FirstPage) -> tuple[float, bool, int, float]:
    """Specific groups before administrative ones, then what begins the title, then length.

    What a citizen writes (group H) bears no number of an office: with one, the office's own kind
    of the same name is meant (giấy ủy quyền, biên bản).
    """
    group = match.kind.group[:1]
    tier = {_ADMINISTRATIVE: 0.0, _NORMATIVE: 0.5}.get(group, 1.0)
    if group == "H" and first.head.number:
        tier = -0.5
    return tier, match.begins, len(squeeze(match.phrase)), match.score


def _chosen(match: _Match, first: FirstPage) -> KindGuess:
    confidence = match.score
    reasons = [match.reason]
    number = first.number
    if number and match.kind.abbreviation and _same_type(number.type_part, match.kind.abbreviation):
        confidence = min(0.99, confidence + 0.05)
        reasons.append(f"Ký hiệu “{number.notation}” có chữ viết tắt “{match.kind.abbreviation}”.")
    kind = match.kind
    return KindGuess(kind.code, kind.name, _form(match), round(confidence, 3), tuple(reasons))


def _form(match: _Match) -> str:
    """The kind's plain form; where its title is a synonym ("THƠ MỜI" of giấy mời), the synonym."""
    kind = match.kind
    if kind.group[:1] == _ADMINISTRATIVE and not likeness(match.phrase, kind.form):
        return match.phrase.lower() if capitals(match.phrase) > 0.8 else kind.form
    return kind.form


def _same_type(part: str, abbreviation: str) -> bool:
    return squeeze(part) == squeeze(abbreviation)


def _title_phrases(kind: Kind) -> list[str]:
    """Those of the kind's phrases that are printed as a title: in capitals."""
    return [phrase for phrase in kind.titles if capitals(phrase) >= 0.85 and len(phrase) > 2]


def _match(kind: Kind, first: FirstPage) -> _Match | None:
    group = kind.group[:1]
    if kind.form == _LETTER or kind.code == OTHER:
        return _match_letter(kind, first)
    if group == _NORMATIVE and not _is_normative(kind, first.number):
        return None
    if group in (_ADMINISTRATIVE, _NORMATIVE):
        return _match_named(kind, first)
    return _match_titled(kind, first) or _match_decided(kind, first)


def _is_normative(kind: Kind, number: Number | None) -> bool:
    """A resolution, decision or directive is normative only with a year slot in its number."""
    if kind.abbreviation in ("NQ", "QĐ", "CT"):
        return bool(number and number.year and number.notation)
    return True


def _match_named(kind: Kind, first: FirstPage) -> _Match | None:
    """Administrative and normative kinds: the first title row is the name, or begins with it."""
    phrases = _title_phrases(kind) or [kind.form.upper()]
    best: _Match | None = None
    for phrase in phrases:
        score, how = _named_score(phrase, kind, first)
        if score and (best is None or score > best.score):
            best = _Match(kind, score, phrase, how)
    return best or _by_notation(kind, first)


def _named_score(phrase: str, kind: Kind, first: FirstPage) -> tuple[float, str]:
    rows = first.title.capitals
    if not rows:
        return 0.0, ""
    text = rows[0].text
    like = likeness(text, phrase)
    if like:
        sure = 0.93 if like == 1 else 0.88
        return sure * _trust(rows[0].confidence), f"Tên loại ở giữa trang: “{text}”."
    if not squeeze(text).startswith(squeeze(phrase)):
        return 0.0, ""
    if fold(text).startswith(_NOT_THE_SHORTER) or fold(text).find("hop dong") > 0:
        return 0.0, ""
    number = first.number
    fits = number is not None and _same_type(number.type_part, kind.abbreviation)
    if number and not fits and number.notation:
        return 0.0, ""
    return (0.85 if fits else 0.7), f"Dòng tên bắt đầu bằng “{phrase}”."


def _trust(confidence: float) -> float:
    return 0.7 + 0.3 * min(1.0, max(confidence, 0.0) / 0.9)


def _by_notation(kind: Kind, first: FirstPage) -> _Match | None:
    """No title could be read: the abbreviation in the number says the kind."""
    number = first.number
    if first.title.capitals or number is None or not kind.abbreviation or "(" in kind.abbreviation:
        return None
    if first.title.reference or not _same_type(number.type_part, kind.abbreviation):
        return None
    return _Match(
        kind, 0.6, kind.abbreviation, f"Không đọc được tên loại; ký hiệu “{number.notation}”."
    )


def _match_titled(kind: Kind, first: FirstPage) -> _Match | None:
    """Forms, certificates and the like: a phrase of theirs begins or fills the title's rows."""
    rows = first.title.capitals
    best: _Match | None = None
    for count in range(1, min(len(rows), 4) + 1):
        text = " ".join(run.text for run in rows[:count])
        trust = _trust(min(run.confidence for run in rows[:count]))
        for phrase in _title_phrases(kind):
            score = _phrase_score(phrase, text) * trust
            if score and (best is None or score > best.score):
                begins = score >= _BEGINS * trust
                best = _Match(kind, score, phrase, f"Tên giấy tờ: “{text}”.", begins)
    return best


def _phrase_score(phrase: str, text: str) -> float:
    like = likeness(text, phrase)
    if like:
        return 0.95 if like == 1 else 0.88
    short, long = squeeze(phrase), squeeze(text)
    if len(short) <= 4:
        return _BEGINS if text.startswith(phrase + " ") else 0.0
    if long.startswith(short):
        return _BEGINS
    if short in long and len(short) >= 0.35 * len(long) and len(short) > 8:
        return 0.75
    return 0.0


def _match_decided(kind: Kind, first: FirstPage) -> _Match | None:
    """A decision or notice of a special sort: its abbreviation fits and its abstract says so."""
    number, rows = first.number, first.title.capitals
    forms = {"QĐ": "quyet dinh", "TB": "thong bao", "GP": "giay phep", "BB": "bien ban"}
    form = forms.get(kind.abbreviation)
    if form is None or not rows or not likeness(rows[0].text, form):
        return None
    if number and number.year:
        return None
    abstract = squeeze(first.abstract)
    for phrase in _title_phrases(kind):
        said = re.sub(r"^veviec", "", squeeze(phrase))
        if len(said) >= 6 and said in abstract:
            return _Match(
                kind, 0.9, phrase, f"Tên loại “{rows[0].text}” và trích yếu có “{phrase.lower()}”."
            )
    return None


def _match_letter(kind: Kind, first: FirstPage) -> _Match | None:
    """Special công văn of a dossier: V/v with one of its phrases, and a dossier spoken of."""
    if kind.code == OTHER or kind.group[:1] == _ADMINISTRATIVE or not first.title.reference:
        return None
    text = " ".join(run.text for run in first.title.reference)
    if not _NEEDS_DOSSIER.search(fold(text)):
        return None
    for phrase in kind.titles:
        said = squeeze(re.sub(r"(?i)^v/v\s*", "", phrase))
        if len(said) >= 4 and squeeze(re.sub(r"(?i)^v/v\s*", "", text)).startswith(said):
            return _Match(kind, 0.7, phrase, f"Trích yếu bắt đầu bằng “{phrase}”.")
    return None


def _letter(first: FirstPage, reference: Reference) -> KindGuess | None:
    """Công văn has no name of kind: V/v under the number, or Kính gửi without a title."""
    kind = next(
        (k for k in reference.kinds if k.form == _LETTER and k.group[:1] == _ADMINISTRATIVE), None
    )
    if kind is None:
        return None
    greets = _greets(first.layout)
    reasons, score = [], 0.0
    rows = first.title.capitals
    if rows and first.title.reference and rows[0].box.y0 < first.title.reference[0].box.y0:
        return None
    if first.title.reference:
        score, reasons = 0.75, ["Có “V/v” dưới số, ký hiệu."]
    if greets and not first.title.capitals:
        score = max(0.55, score + 0.1)
        reasons.append("Có “Kính gửi” và không có tên loại.")
    if first.head.number:
        score += 0.1
    if first.title.capitals and score:
        score -= 0.15
    if score < 0.6 or not (first.head.number or first.head.nation):
        return None
    return KindGuess(kind.code, kind.name, kind.form, round(min(score, 0.97), 3), tuple(reasons))


def _greets(layout: Layout) -> bool:
    return any(run.folded.startswith("kinh gui") for run in layout.runs if layout.down(run) < 0.55)


def _other(first: FirstPage, reference: Reference) -> KindGuess | None:
    """A document of no catalogued kind: it has a head and a printed name."""
    rows = first.title.capitals
    head = first.head
    evidence = sum(1 for part in (head.nation, head.motto, head.number, head.date) if part)
    numbered = _NUMBERED.search(rows[0].folded) if rows else None
    evidence += numbered is not None
    if not rows or not evidence or rows[0].confidence < 0.4:
        return None
    text = rows[0].text
    name = _printed_name(text[: numbered.start()] if numbered else text, reference)
    if len(letters(name)) < 4:
        return None
    score = min(0.5 + 0.12 * evidence, _OUTSIDE) * _trust(rows[0].confidence)
    return KindGuess(
        OTHER, name, name.lower(), round(score, 3),
        (f"Có tên in “{rows[0].text}”, không thuộc danh mục loại giấy tờ.",),
    )  # fmt: skip


def _printed_name(text: str, reference: Reference) -> str:
    """The name of a kind as printed; marks that capitals lost come from the catalogue's words."""
    clean = re.sub(r"\s+", " ", re.sub(r"[^\w\s,\-–/]", "", text)).strip(" ,-–/_")
    return _echo.mend(clean.capitalize(), _wordings(reference.kinds), few=1)


@lru_cache(maxsize=4)
def _wordings(kinds: tuple[Kind, ...]) -> _echo.Votes:
    return _echo.count([text for kind in kinds for text in (kind.name, *kind.titles)])
