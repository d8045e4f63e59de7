"""Titles of signers: capacities ("KT.", "TL."), offices, the lines of a block as one text."""

import re
from collections.abc import Sequence
from functools import lru_cache

from classify._layout import Run
from classify._text import capitals, distance, fold, letters, squeeze
from classify._words import OFFICES

_PREFIX = re.compile(
    r"^\W{0,3}(?:(TM|KT|TL|TUQ|T/M|K/T|T/L|T\.M|K\.T|T\.L)\s*[.,]?|(Q)\.)\s*(?=[A-ZÀ-ỸĐ])"
)
_BY_SQUEEZE = {squeeze(office): office for office in OFFICES}
_DEPUTY = ("PHÓ ", "THỨ TRƯỞNG")
_HARDLY_READ = 0.6
"""Confidence under which a line behind "KT." is the deputy's, whatever was read of it."""
_SHORT = 4
"""Letters under which a word may differ by one, else by two."""
_EDITS = 2
"""Letters of an office that may be misread."""
_LEAST = 6
"""Letters that a title has at least."""
_BODIES = ("TỈNH", "HUYỆN", "XÃ", "PHƯỜNG", "THÀNH PHỐ", "UBND TỈNH", "UBND HUYỆN", "UBND XÃ",
           "HĐND", "UBND", "SỞ", "CỤC", "BAN THƯỜNG VỤ", "BAN THƯỜNG TRỰC", "BAN CHẤP HÀNH",
           "THƯỜNG TRỰC", "TỈNH ỦY", "ĐẢNG ỦY", "CÔNG AN")  # fmt: skip
"""Words of bodies beside an office."""


def has_capacity(text: str) -> bool:
    """Whether a line begins with a capacity: "TM. ỦY BAN NHÂN DÂN"."""
    return bool(_PREFIX.match(text.strip()))


def is_title(run: Run) -> bool:
    """Whether a run is a line that a signer's title begins with."""
    text = run.text.strip()
    if len(letters(text)) < _LEAST or capitals(text) < 0.75:
        return False
    if _PREFIX.match(text):
        return True
    said = " ".join(_words(text))
    return _office_like(text) is not None or any(
        said.startswith(f"{fold(office)} ") for office in OFFICES
    )


def is_office(text: str) -> bool:
    """Whether a text is an office as papers print it."""
    return _office_like(text) is not None


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", fold(text))


@lru_cache(maxsize=4096)
def _office_like(text: str) -> str | None:
    """The office that a line is, a letter or two misread; None where it is none."""
    same = text if text in OFFICES else _BY_SQUEEZE.get(squeeze(text))
    if same:
        return same
    words = _words(text)
    near = [(edits, office) for office in OFFICES if (edits := _apart(words, office)) is not None]
    return min(near)[1] if near else None


def _apart(words: Sequence[str], office: str) -> int | None:
    """Edits between a line's words and an office, word for word; None where a word is another."""
    wanted = _words(office)
    if len(words) != len(wanted):
        return None
    total = 0
    for read, meant in zip(words, wanted, strict=True):
        limit = 1 if len(meant) < _SHORT else 2
        edits = distance(read, meant, limit)
        if edits > limit or read[0] + meant[0] in ("ph", "hp"):
            return None
        total += edits
    return total if total <= _EDITS else None


_PHRASES = sorted((*OFFICES, *_BODIES), key=len, reverse=True)


def _mended_words(text: str) -> str:
    """Offices within a line whose marks were lost: "CHU TỊCH UBND TINH"; other words stay."""
    words = text.split(" ")
    low = [fold(word).strip(".,;:") for word in words]
    index = 0
    while index < len(words):
        step = 1
        for phrase in _PHRASES:
            wanted = phrase.split(" ")
            there = low[index : index + len(wanted)] == [fold(word) for word in wanted]
            alone = len(wanted) == 1 and words[index] != _plain(words[index])
            if there and not alone:
                tails = [word[len(word.rstrip(".,;:")) :] for word in words[index:]]
                shown = [word + tail for word, tail in zip(wanted, tails, strict=False)]
                words[index : index + len(wanted)] = shown
                step = len(wanted)
                break
        index += step
    return " ".join(words)


def _plain(word: str) -> str:
    return fold(word).upper()


def snap_title(text: str) -> tuple[str, bool]:
    """A line of a title as it must have been printed, and whether it was changed."""
    clean = re.sub(r"\s+", " ", text).strip(" .,:;_*|'\"`“”-–=~").replace("Ð", "Đ")
    prefix = _PREFIX.match(clean)
    lead, rest = "", clean
    if prefix:
        lead = re.sub(r"[/.]", "", prefix[1] or prefix[2]) + ". "
        rest = clean[prefix.end() :]
    office = _office_like(rest)
    shown = lead + (office or _mended_words(rest))
    return shown, shown != clean


def title_text(runs: Sequence[Run]) -> tuple[str, bool]:
    """The block on one line; a deputy's line lost under the seal follows from "KT." before it."""
    parts: list[str] = []
    mended = False
    acting: str | None = None
    for run in runs:
        text, changed = snap_title(run.text)
        if acting and not text.startswith((*_DEPUTY, "KT. ", "TL. ", "TUQ. ")):
            again = text.endswith(acting)  # "KT. GIÁM ĐỐC" / "GIÁM ĐỐC": "PHÓ" was lost
            near = _apart(_words(text), deputy(acting)) is not None
            if again or near or run.confidence < _HARDLY_READ:
                text, changed, acting = deputy(acting), True, None
        elif acting:
            acting = None
        parts.append(text)
        mended = mended or changed
        acting = text[4:] if text.startswith("KT. ") else acting
    if acting:
        parts.append(deputy(acting))
        mended = True
    return " ".join(parts), mended


def deputy(office: str) -> str:
    """Who signs for an office under "KT." (ký thay): its deputy; a minister's is THỨ TRƯỞNG."""
    return "THỨ TRƯỞNG" if office.startswith("BỘ TRƯỞNG") else f"PHÓ {office}"


def is_known_title(text: str) -> bool:
    """Whether a block's lines, capacities left out, are offices that papers print."""
    rest = re.sub(r"\b(?:TM|KT|TL|TUQ|Q)\. ", "", text)
    for office in (*sorted(OFFICES, key=len, reverse=True), *_BODIES):
        rest = rest.replace(office, "")
    return not letters(rest)
