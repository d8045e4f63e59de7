"""The printed lines of box 2 joined to bodies: which line begins one, which goes on."""

import re
from itertools import pairwise

from classify._text import fold
from classify._words import BODY_PHRASES, SMALL_WORDS

HEADS = (
    "uy ban nhan dan", "ubnd", "hoi dong nhan dan", "hdnd", "so ", "bo ", "cuc ", "chi cuc",
    "phong ", "ban ", "van phong", "trung tam", "cong an", "truong ", "benh vien", "cong ty",
    "tong cuc", "hoi dong", "dai hoc", "hoc vien", "lien doan", "hoi ", "toa an", "vien ",
    "thanh tra", "chinh phu", "quoc hoi", "thu tuong", "kho bac", "bao hiem", "chi nhanh",
    "tong ", "doan ", "mat tran", "uy ban", "tram ", "to cong tac", "vu ", "thue ", "ngan hang",
    "dang uy", "tinh uy", "thanh uy", "huyen uy", "hat ", "doi ", "nha ", "quy ", "lien minh",
    "dang bo", "quan uy", "thi uy", "buu dien", "to ", "nha may", "tap doan", "hop tac xa",
    "hai quan", "cong doan", "tinh doan", "lien hiep", "quan doi", "quan khu", "bao ", "dai ",
)  # fmt: skip
"""Folded words that a body's name begins with."""

_BARE = frozenset((
    "so", "bo", "cuc", "vu", "ban", "vien", "hoi", "doi", "hat", "tram", "truong", "phong", "thue",
    "doan", "to", "tong cuc", "chi cuc", "trung tam", "chi nhanh", "benh vien", "lien doan",
    "van phong", "hoi dong", "cong ty", "dai hoc", "hoc vien", "ban chi dao", "ban chi huy",
    "ban quan ly", "ban to chuc", "thanh tra", "cong doan", "doan thanh tra", "dang uy", "dang bo",
    "to cong tac", "lien hiep", "nha may",
))  # fmt: skip
"""Sorts of bodies that are none without the words of the next line ("CHI CỤC" / "THUẾ ...")."""

_NO_HEADS = ("phong chong", "phong, chong", "phong chay", "phong khong", "hoi vien", "to chuc",
             "doi voi", "doi ngoai", "doi moi", "ban hanh", "quy hoach", "dai bieu", "bao ve",
             "bao tro", "bao ton", "so huu", "dai dien", "bao cao", "bao dam")  # fmt: skip
"""What looks like the beginning of a body and is a word of one's field of work."""

_OPEN = frozenset(("và", "&", "của", "các", "cho", "về", "với", "khu", "quốc", "xã", "môi"))
"""Words that no body's name ends with ("xã" alone: "BẢO TRỢ XÃ" / "HỘI")."""

_SYLLABLE = re.compile(
    r"^(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?[aeiouy]{1,3}(?:ch|c|m|ng|nh|n|p|t)?$"
)
"""A Vietnamese syllable, folded: what goes on with a name ("VANG"), not a stray "ATTP"."""

_ACROSS = frozenset(
    pair
    for phrase in (*BODY_PHRASES, "xã hội", "môi trường", "thị trường", "thư viện", "cán bộ",
                   "nội bộ", "quân đội", "quốc phòng", "dự phòng", "an toàn", "cơ sở", "trụ sở",
                   "công trường", "phát triển", "Quốc hội", "ủy ban")
    for pair in pairwise(fold(phrase).split())
) - {("uy", "ban")}  # fmt: skip
"""Pairs of words that belong together, folded: they are not parted between two bodies."""


_GLUED = {phrase.upper().replace(" ", ""): phrase.upper() for phrase in BODY_PHRASES}
"""Bodies as readers give them that lose the spaces: "TRUNGTÂM"."""


def is_syllable(word: str) -> bool:
    """Whether a word can be a Vietnamese syllable."""
    return bool(_SYLLABLE.match(fold(word)))


def group_lines(lines: list[str]) -> list[str]:
    """Printed lines joined to bodies: a line that begins no body goes on with the one before."""
    bodies: list[str] = []
    last = ""
    for line in lines:
        clean = re.sub(r"(?<=\s)[JFWZ](?=\s|$)", "", line)
        clean = re.sub(r"\s+", " ", clean).strip(" .,:;_*|'\"`“”-–")
        clean = _GLUED.get(clean, clean)
        if not clean or (bodies and " " not in clean and not _may_follow(clean)):
            continue
        if bodies and last.rstrip().endswith(("-", "–")):
            bodies[-1] = f"{bodies[-1]} - {clean}"
        elif bodies and (_goes_on(bodies[-1], last, clean) or not _begins(clean)):
            bodies[-1] = f"{bodies[-1]} {clean}"
        else:
            bodies.append(clean)
        last = line
    return bodies


def _may_follow(word: str) -> bool:
    """Whether a word alone on its line goes on with a name: a syllable, a zone's number."""
    return is_syllable(word) or bool(re.fullmatch(r"[IVX]{1,6}|\d{1,2}", word))


def _begins(line: str) -> bool:
    folded = fold(line + " ")
    return folded.startswith(HEADS) and not folded.startswith(_NO_HEADS)


def _goes_on(body: str, last: str, line: str) -> bool:
    """Whether a line goes on with a body although it could begin one: "... VÀ MÔI" / "TRƯỜNG"."""
    words, next_words = fold(body).split(), fold(line).split()
    ending = body.rsplit(maxsplit=1)[-1].lower()
    if last.rstrip().endswith((",", "&")) or ending in _OPEN or ending in SMALL_WORDS:
        return True
    if fold(body) in _BARE:
        return not (fold(body) == "van phong" and next_words[0] in ("so", "cuc"))
    pair = (words[-1], next_words[0])
    lone = len(next_words) == 1 and next_words[0] in ("truong", "hoi", "so", "ban", "vien", "phong")
    return lone or (pair in _ACROSS and not _is_whole(line))


def _is_whole(line: str) -> bool:
    """Whether a line is a body's whole name by itself: "ỦY BAN NHÂN DÂN"."""
    folded = fold(line)
    return any(fold(phrase) == folded for phrase in BODY_PHRASES) and len(folded.split()) > 1
