"""What a document is: the catalogue's wording and the trained model, weighed together."""

import re
from collections.abc import Sequence
from dataclasses import replace

from classify._first import FirstPage, first_with_text, open_page
from classify._layout import Layout
from classify._matching import OTHER, form_of, name_on, same_type
from classify._outside import copy_block, folder_paper
from classify._text import fold, letters
from classify.features import NONE, Look, look, look_at_first
from classify.limits import MAX_DOCUMENT_PAGES
from classify.model import KindModel, shipped_model
from classify.types import Kind, KindGuess, PageView, Reference

__all__ = ["OTHER", "UNKNOWN", "FirstPage", "classify", "classify_first", "first_with_text",
           "open_page", "unknown"]  # fmt: skip

UNKNOWN = "không rõ"
_ENOUGH = 0.4
"""Below this confidence a guess is not made."""
_OF_ANY_NAME = frozenset({"KQ-KHAC", "TP-KHAC"})
"""Kinds of the catalogue for what else there is: their form is the name that is printed."""
_COPY = 0.96
"""How sure a copy's block is, which has two signs: its name and its number."""
_COPY_ALONE = 0.8
"""How sure a copy's name is without its number: under `policy.KIND`, for a person to see."""
_OUTSIDE = 0.78
"""The most that a kind outside the catalogue reaches: under `policy.KIND`, for a person to see."""
_FEW_WORDS = 4
_FOREIGN_WORDS = 12
"""From so many words on, a page with hardly a Vietnamese letter is in another language."""
_FOREIGN_SHARE = 0.12
_NOISE_SHARE = 0.45
_VIETNAMESE = re.compile("[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]")
_ASK = "Hãy xem ảnh và chọn loại giấy tờ."


def classify(
    pages: Sequence[PageView], reference: Reference, model: KindModel | None = None
) -> KindGuess:
    """Say what the document on these pages is. Never raises on what a page holds.

    `model` None is the shipped one.
    """
    if len(pages) > MAX_DOCUMENT_PAGES:
        return unknown(
            f"Tệp dài {len(pages)} trang mà không thấy chỗ tách văn bản. Hãy tách rồi chọn loại."
        )
    seen = look(pages, reference)
    if seen is None:
        return unknown(f"Trang không có chữ đọc được. {_ASK}")
    return _decided(seen, reference, model or shipped_model())


def unknown(reason: str) -> KindGuess:
    """No kind, and why."""
    return KindGuess(None, UNKNOWN, None, 0.0, (reason,))


def classify_first(
    first: FirstPage, reference: Reference, model: KindModel | None = None
) -> KindGuess:
    """Say what a document is from its first page."""
    return _decided(look_at_first(first, reference), reference, model or shipped_model())


def _decided(seen: Look, reference: Reference, model: KindModel) -> KindGuess:
    by_rule = _folder(seen) or _copy(seen, reference)
    if by_rule:
        return by_rule
    refused = _refusal(seen)
    if refused:
        return unknown(refused)
    shares = model.probabilities(seen)
    best = int(shares.argmax())
    code = seen.classes[best]
    confidence = model.confidence(float(shares[best]))
    if code == NONE or confidence < _ENOUGH:
        return unknown(f"Không thấy tên loại, số ký hiệu hay bố cục của văn bản nào. {_ASK}")
    if code == OTHER:
        return _outside(seen, confidence)
    guess = _named(seen, reference.kinds[best], confidence, model)
    if code in _OF_ANY_NAME:
        return replace(guess, form=name_on(seen.first, reference) or guess.form)
    return guess


def _refusal(seen: Look) -> str | None:
    """Why a page is none that may be named: hardly a word, another language, noise."""
    words = [w.text for run in seen.first.layout.runs for w in run.words if letters(w.text)]
    if len(words) < _FEW_WORDS:
        return f"Trang hầu như không có chữ (ảnh, bản vẽ hay trang trống). {_ASK}"
    if _is_headed(seen.first) or seen.matches:
        return None
    long = [word.lower() for word in words if len(letters(word)) > 1]
    if len(long) < 0.5 * _NOISE_SHARE * len(words):
        return f"Chữ trên trang không thành lời (nhiễu hoặc ảnh). {_ASK}"
    marked = sum(1 for word in long if _VIETNAMESE.search(word))
    if len(long) >= _FOREIGN_WORDS and marked < _FOREIGN_SHARE * len(long):
        return f"Trang không phải tiếng Việt hoặc không đọc được. {_ASK}"
    return None


def _folder(seen: Look) -> KindGuess | None:
    """A dossier's cover or table of contents."""
    folder = folder_paper(seen.first.layout)
    if folder is None:
        return None
    why = "Có các mục của bìa hồ sơ, mục lục hồ sơ."
    return KindGuess(OTHER, folder, folder.lower(), _OUTSIDE, (why,))


def _copy(seen: Look, reference: Reference) -> KindGuess | None:
    """A copy (NĐ 30/2020 Điều 25) by its block on the last page, or on the only one.

    It bears the form of what it copies, as a clerk says it, where that name can be read.
    """
    block = copy_block(seen.last or seen.first.layout) or copy_block(seen.first.layout)
    short, numbered = block or ("", False)
    kind = next((one for one in reference.kinds if short and one.abbreviation == short), None)
    if kind is None:
        return None
    sign = kind.titles[0] if kind.titles else kind.name
    reasons = [f"Có “{sign}” và số có ký hiệu “{short}”." if numbered else f"Có “{sign}”."]
    original = next((one for one in seen.matches if one.kind.group[:1] in "AC"), None)
    form = form_of(original) if original else kind.form
    if original:
        reasons.append(f"Là bản sao của: {form}.")
    sure = _COPY if numbered else _COPY_ALONE
    return KindGuess(kind.code, kind.name, form, sure, tuple(reasons))


def _is_headed(first: FirstPage) -> bool:
    head = first.head
    return bool(head.nation or head.motto or head.number)


def _outside(seen: Look, confidence: float) -> KindGuess:
    """A document of no catalogued kind, with its printed name."""
    other = seen.other
    if other is None:
        return unknown(f"Giấy tờ không thuộc danh mục và không đọc được tên. {_ASK}")
    sure = min(confidence, _OUTSIDE)
    return KindGuess(OTHER, other.name, other.form, round(sure, 3), other.reasons)


def _named(seen: Look, kind: Kind, confidence: float, model: KindModel) -> KindGuess:
    match = next((match for match in seen.matches if match.kind is kind), None)
    reasons = [match.reason] if match else []
    if not match and seen.letter and seen.letter.code == kind.code:
        reasons += seen.letter.reasons
    number = seen.first.number
    if number and kind.abbreviation and same_type(number.type_part, kind.abbreviation):
        reasons.append(f"Ký hiệu “{number.notation}” có chữ viết tắt “{kind.abbreviation}”.")
    said = _as_printed(seen.first.layout, model.evidence(seen, kind.code))
    if said:
        reasons.append("Lời văn thường gặp của loại này: " + ", ".join(said) + ".")
    if not reasons:
        reasons.append("Giống các giấy tờ cùng loại đã học.")
    form = form_of(match) if match else kind.form
    confidence = min(confidence, model.most_sure(kind.code))
    return KindGuess(kind.code, kind.name, form, round(confidence, 3), tuple(reasons))


def _as_printed(layout: Layout, folded: Sequence[str]) -> list[str]:
    """Folded words as the page prints them."""
    found = []
    for words in folded:
        for run in layout.runs:
            at = fold(run.text).find(words)
            if at >= 0:
                found.append(f"“{run.text[at : at + len(words)]}”")
                break
    return found
