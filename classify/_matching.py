"""What a first page's name, number and references say of each kind: rules on wording."""

import re
from dataclasses import dataclass
from functools import lru_cache

from classify import _echo
from classify._first import FirstPage
from classify._layout import Layout
from classify._numbers import Number
from classify._outside import known_name
from classify._text import capitals, fold, letters, likeness, squeeze
from classify.types import Kind, KindGuess, Reference

OTHER = "KHAC"
"""The code of a document that is none of the catalogue's kinds."""

OUTSIDE = 0.78
"""The most that a kind outside the catalogue reaches: under `policy.KIND`, for a person to see."""
_LETTER = "công văn"
_BEGINS = 0.85
"""The score of a phrase that begins a title."""
ENOUGH = 0.4
"""Below this a guess is not made."""

NORMATIVE = "C"
ADMINISTRATIVE = "A"

_NOT_THE_SHORTER = ("chuong trinh phoi hop", "de nghi", "ban thanh ly", "bien ban thanh ly")
"""Titles that begin with a kind's name and are not that kind."""

_NUMBERED = re.compile(r"\s+so\s*[:.]?\s*\d+/")
"""A name that bears its own number: "ÁN LỆ SỐ 43/2021/AL"."""

_NEEDS_DOSSIER = re.compile(r"\bho so\b")


@dataclass(frozen=True, slots=True)
class Match:
    """A kind whose wording the page holds."""

    kind: Kind
    score: float
    phrase: str
    reason: str
    begins: bool = True
    """Whether the phrase begins the title, rather than standing inside it."""


def rank_of(match: Match, first: FirstPage) -> tuple[float, bool, int, float]:
    """Specific groups before administrative ones, then what begins the title, then length.

    What a citizen writes (group H) bears no number of an office: with one, the office's own kind
    of the same name is meant (giấy ủy quyền, biên bản).
    """
    group = match.kind.group[:1]
    tier = {ADMINISTRATIVE: 0.0, NORMATIVE: 0.5}.get(group, 1.0)
    if group == "H" and first.head.number:
        tier = -0.5
    return tier, match.begins, len(squeeze(match.phrase)), match.score


_GATHERS = frozenset(
    {"KQ-VB", "KQ-BHYT", "KQ-KT", "TP-YT", "TP-HD", "TP-DSHC", "TP-BBH", "TP-BVTK", "XL-TT"}
)
"""Kinds that gather papers of several names; a clerk says the name that is printed."""


def form_of(match: Match) -> str:
    """The kind's plain form; where its title is a synonym ("THƠ MỜI" of giấy mời), the synonym."""
    kind = match.kind
    named = kind.group[:1] == ADMINISTRATIVE or kind.code in _GATHERS
    if named and not likeness(match.phrase, kind.form):
        return match.phrase.lower() if capitals(match.phrase) > 0.8 else kind.form
    return kind.form


def same_type(part: str, abbreviation: str) -> bool:
    return squeeze(part) == squeeze(abbreviation)


def title_phrases(kind: Kind) -> list[str]:
    """Those of the kind's phrases that are printed as a title: in capitals."""
    return [phrase for phrase in kind.titles if capitals(phrase) >= 0.85 and len(phrase) > 2]


def match_of(kind: Kind, first: FirstPage) -> Match | None:
    group = kind.group[:1]
    if kind.form == _LETTER or kind.code == OTHER:
        return _match_letter(kind, first)
    if group == NORMATIVE and not _is_normative(kind, first.number):
        return None
    if group in (ADMINISTRATIVE, NORMATIVE):
        return _match_named(kind, first)
    return _match_titled(kind, first) or _match_decided(kind, first)


def _is_normative(kind: Kind, number: Number | None) -> bool:
    """A resolution, decision or directive is normative only with a year slot in its number."""
    if kind.abbreviation in ("NQ", "QĐ", "CT"):
        return bool(number and number.year and number.notation)
    return True


def _match_named(kind: Kind, first: FirstPage) -> Match | None:
    """Administrative and normative kinds: the first title row is the name, or begins with it."""
    phrases = title_phrases(kind) or [kind.form.upper()]
    best: Match | None = None
    for phrase in phrases:
        score, how = _named_score(phrase, kind, first)
        if score and (best is None or score > best.score):
            best = Match(kind, score, phrase, how)
    return best or _by_notation(kind, first)


def _named_score(phrase: str, kind: Kind, first: FirstPage) -> tuple[float, str]:
    rows = first.title.capitals
    if not rows:
        return 0.0, ""
    text = rows[0].text
    like = likeness(text, phrase)
    if like:
        sure = 0.93 if like == 1 else 0.88
        return sure * trust_of(rows[0].confidence), f"Tên loại ở giữa trang: “{text}”."
    if not squeeze(text).startswith(squeeze(phrase)):
        return 0.0, ""
    if fold(text).startswith(_NOT_THE_SHORTER) or fold(text).find("hop dong") > 0:
        return 0.0, ""
    number = first.number
    fits = number is not None and same_type(number.type_part, kind.abbreviation)
    if number and not fits and number.notation:
        return 0.0, ""
    return (0.85 if fits else 0.7), f"Dòng tên bắt đầu bằng “{phrase}”."


def trust_of(confidence: float) -> float:
    return 0.7 + 0.3 * min(1.0, max(confidence, 0.0) / 0.9)


def _by_notation(kind: Kind, first: FirstPage) -> Match | None:
    """No title could be read: the abbreviation in the number says the kind."""
    number = first.number
    if first.title.capitals or number is None or not kind.abbreviation or "(" in kind.abbreviation:
        return None
    if first.title.reference or not same_type(number.type_part, kind.abbreviation):
        return None
    return Match(
        kind, 0.6, kind.abbreviation, f"Không đọc được tên loại; ký hiệu “{number.notation}”."
    )


def _match_titled(kind: Kind, first: FirstPage) -> Match | None:
    """Forms, certificates and the like: a phrase of theirs begins or fills the title's rows."""
    rows = first.title.capitals
    best: Match | None = None
    for count in range(1, min(len(rows), 4) + 1):
        text = " ".join(run.text for run in rows[:count])
        trust = trust_of(min(run.confidence for run in rows[:count]))
        for phrase in title_phrases(kind):
            score = _phrase_score(phrase, text) * trust
            if score and (best is None or score > best.score):
                begins = score >= _BEGINS * trust
                best = Match(kind, score, phrase, f"Tên giấy tờ: “{text}”.", begins)
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


def _match_decided(kind: Kind, first: FirstPage) -> Match | None:
    """A decision or notice of a special sort: its abbreviation fits and its abstract says so."""
    number, rows = first.number, first.title.capitals
    forms = {"QĐ": "quyet dinh", "TB": "thong bao", "GP": "giay phep", "BB": "bien ban"}
    form = forms.get(kind.abbreviation)
    if form is None or not rows or not likeness(rows[0].text, form):
        return None
    if number and number.year:
        return None
    abstract = squeeze(first.abstract)
    for phrase in title_phrases(kind):
        said = re.sub(r"^veviec", "", squeeze(phrase))
        if len(said) >= 6 and said in abstract:
            return Match(
                kind, 0.9, phrase, f"Tên loại “{rows[0].text}” và trích yếu có “{phrase.lower()}”."
            )
    return None


def _match_letter(kind: Kind, first: FirstPage) -> Match | None:
    """Special công văn of a dossier: V/v with one of its phrases, and a dossier spoken of."""
    if kind.code == OTHER or kind.group[:1] == ADMINISTRATIVE or not first.title.reference:
        return None
    text = " ".join(run.text for run in first.title.reference)
    if not _NEEDS_DOSSIER.search(fold(text)):
        return None
    for phrase in kind.titles:
        said = squeeze(re.sub(r"(?i)^v/v\s*", "", phrase))
        if len(said) >= 4 and squeeze(re.sub(r"(?i)^v/v\s*", "", text)).startswith(said):
            return Match(kind, 0.7, phrase, f"Trích yếu bắt đầu bằng “{phrase}”.")
    return None


def letter_of(first: FirstPage, reference: Reference) -> KindGuess | None:
    """Công văn has no name of kind: V/v under the number, or Kính gửi without a title."""
    kind = next(
        (k for k in reference.kinds if k.form == _LETTER and k.group[:1] == ADMINISTRATIVE), None
    )
    if kind is None:
        return None
    greeted = greets(first.layout)
    reasons, score = [], 0.0
    rows = first.title.capitals
    if rows and first.title.reference and rows[0].box.y0 < first.title.reference[0].box.y0:
        return None
    if first.title.reference:
        score, reasons = 0.75, ["Có “V/v” dưới số, ký hiệu."]
    if greeted and not first.title.capitals:
        score = max(0.55, score + 0.1)
        reasons.append("Có “Kính gửi” và không có tên loại.")
    if first.head.number:
        score += 0.1
    if first.title.capitals and score:
        score -= 0.15
    if score < 0.6 or not (first.head.number or first.head.nation):
        return None
    return KindGuess(kind.code, kind.name, kind.form, round(min(score, 0.97), 3), tuple(reasons))


def greets(layout: Layout) -> bool:
    return any(run.folded.startswith("kinh gui") for run in layout.runs if layout.down(run) < 0.55)


def other_of(first: FirstPage, reference: Reference) -> KindGuess | None:
    """A document of no catalogued kind: it has a head and a printed name."""
    rows = first.title.capitals
    head = first.head
    evidence = sum(1 for part in (head.nation, head.motto, head.number, head.date) if part)
    numbered = _NUMBERED.search(rows[0].folded) if rows else None
    evidence += numbered is not None
    if not rows or not evidence or rows[0].confidence < 0.4:
        return None
    text = rows[0].text
    plain = text[: numbered.start()] if numbered else text
    usual = known_name(plain)
    name = usual.capitalize() if usual else _printed_name(plain, reference)
    if len(letters(name)) < 4:
        return None
    score = min(0.5 + 0.12 * evidence, OUTSIDE) * trust_of(rows[0].confidence)
    return KindGuess(
        OTHER, name, name.lower(), round(score, 3),
        (f"Có tên in “{rows[0].text}”, không thuộc danh mục loại giấy tờ.",),
    )  # fmt: skip


def name_on(first: FirstPage, reference: Reference) -> str | None:
    """The name that a page prints, in ordinary case; None where it prints none."""
    if not first.title.capitals:
        return None
    text = first.title.capitals[0].text
    usual = known_name(text)
    return usual or _printed_name(text, reference).lower() or None


def _printed_name(text: str, reference: Reference) -> str:
    """The name of a kind as printed; marks that capitals lost come from the catalogue's words."""
    clean = re.sub(r"\s+", " ", re.sub(r"[^\w\s,\-–/]", "", text)).strip(" ,-–/_")
    return _echo.mend(clean.capitalize(), _wordings(reference.kinds), few=1)


@lru_cache(maxsize=4)
def _wordings(kinds: tuple[Kind, ...]) -> _echo.Votes:
    return _echo.count([text for kind in kinds for text in (kind.name, *kind.titles)])
