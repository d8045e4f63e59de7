"""Names of signers: what looks like one, ranks and degrees left out, lost marks put back."""

import re

from classify._body_lines import is_syllable
from classify._layout import Run
from classify._names import mend_syllable
from classify._offices import is_office
from classify._text import capitals, fold, letters
from classify._words import SURNAMES

_SURNAMES = frozenset(fold(name) for name in SURNAMES)
_BY_FOLD = {fold(name): name for name in reversed(SURNAMES)}
_BY_TAIL = {fold(name)[1:]: name for name in reversed(SURNAMES) if len(name) >= 4}

_SLIPS = {"Chỉ": "Chi", "Nguyện": "Nguyễn"}
"""Words that readers put for a common part of names and that are hardly names themselves."""

_RANKS = re.compile(
    r"^(?:(?:BSCKII|BSCKI|BSCK|BSNT|BS|Bs|ThS|Ths|ThạcSĩ|Th\.s|TSKH|TS|PGS|GS|KS|CN|LS|DS|CK|CKI|CKII|II|I|"
    r"NGND|NGƯT|TTND|TTƯT|Ông|Bà|Đ/c|"
    r"Thạc sĩ|Tiến sĩ|Bác sĩ|Kỹ sư|Luật sư|Dược sĩ|"
    r"(?:Đại|Thượng|Trung|Thiếu) (?:tướng|tá|úy)|Đô đốc)\b[.,:\s]*)+"
)
_RANKS_ALONE = re.compile(r"(?i)^(?:đại|thượng|trung|thiếu) (?:tướng|tá|úy)\s+")
_OFFICES = (
    " chu tich ", " giam doc ", " truong phong ", " truong ban ", " pho truong ", " pho chu ",
    " pho giam ", " uy vien ", " van phong ", " bi thu ", " noi nhan ", " ky ten ", " ho ten ",
    " ho va ten ", " ubnd ", " hdnd ", " uy ban ", " hoi dong ", " nhan dan ", " cong an ",
    " tham phan ", " ke toan ", " quoc hoi ", " chinh phu ", " ky ghi ", " dong dau ", " da ky ",
    " dai dien ", " can bo ", " cong chung ", " ban hanh ", " thu ky ", " thu quy ", " cong ty ",
    " trung tam ", " vien truong ", " cuc truong ", " pho vu ", " ban thuong ", " xac nhan ",
    " thanh pho ", " tinh uy ", " dang uy ", " viet nam ", " ha noi ", " quang ngai ",
)  # fmt: skip
"""Folded pairs of words that offices and hints hold; single ones are parts of names too: Trương
Thu Huyền, Bùi Quốc Tính, Lê Thanh Phong."""
_LONGEST = 7
"""Letters of the longest syllable ("Nghiêng")."""
_WORDS = 5


def bare(text: str) -> str:
    """A name without specks, ranks and degrees before it ("BSCKI.", "Bs.CKI:", "Đại tá")."""
    clean = re.sub(r"^[^\w]+|[^\w]+$", "", text.strip())
    words = clean.split()
    while len(words) > 2 and re.search(r"[.:]", words[0]):
        words.pop(0)
    clean = _RANKS_ALONE.sub("", " ".join(words))
    return _RANKS.sub("", clean).strip(" .,")


def has_surname(text: str) -> bool:
    """Whether its first word is a family name in use, marks or none."""
    return fold(bare(text).split(" ")[0]) in _SURNAMES


def looks_like_name(text: str) -> bool:
    """Whether a text can be a person's name."""
    words = [word.replace("’", "").replace("'", "") for word in bare(text).split()]
    if not 2 <= len(words) <= _WORDS:
        return False
    if any(not word.isalpha() or len(word) > _LONGEST for word in words):
        return False
    if any(part in f" {fold(' '.join(words))} " for part in _OFFICES):
        return False
    if capitals(" ".join(words)) > 0.7:
        return has_surname(text) and not is_office(text) and all(map(is_syllable, words))
    good = [word[0].isupper() and word[1:].islower() for word in words if len(word) > 1]
    return all(good[1:]) and len(good) >= 2 and (good[0] or fold(words[0]) in _BY_TAIL)


def name_text(run: Run) -> tuple[str, bool]:
    """The name in ordinary case; a family name that lost its first letter is put back."""
    words = bare(run.text).split()
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
    people = [part.strip() for part in text.split(";")]
    return all(_is_known(person) for person in people)


def _is_known(text: str) -> bool:
    first, *rest = text.split() or [""]
    return first in SURNAMES and all(mend_syllable(word, 1.0).known for word in rest)


def has_letters(text: str) -> bool:
    """Whether a run holds enough letters to be a name."""
    return len(letters(text)) > 4
