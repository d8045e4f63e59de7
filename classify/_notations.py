"""The letters after the slash, mended: readers lose the bar of Đ, the case of C, a letter.

What may be mended is closed: the kinds' abbreviations (NĐ 30/2020 Phụ lục III), the bodies' usual
ones, and for a body of its own the initials of the name printed above the number.
"""

import re
from typing import NamedTuple

from classify._text import distance, fold, squeeze
from classify.types import Kind

_PARTS = (
    "UBND", "HĐND", "VPUBND", "TTg", "CP", "QH", "UBTVQH", "CTN", "TW", "TU", "HU", "BTC", "BNV",
    "BTP", "BCA", "BQP", "BNG", "BYT", "BXD", "BCT", "BGDĐT", "BGTVT", "BKHCN", "BKHĐT", "BLĐTBXH",
    "BNNMT", "BNNPTNT", "BTNMT", "BTTTT", "BVHTTDL", "BDTTG", "NHNN", "TANDTC", "VKSNDTC", "VPCP",
    "SGDĐT", "SYT", "STC", "SNV", "STP", "SXD", "SCT", "SGTVT", "SKHCN", "SKHĐT", "SLĐTBXH",
    "SNNMT", "SNNPTNT", "STNMT", "STTTT", "SVHTTDL", "SVHTT", "LĐLĐ", "BHXH", "CAT", "KTTH", "BCĐ",
    "NQ", "QĐ", "CT", "QC", "QyĐ", "TC", "TB", "HD", "CTr", "KH", "PA", "ĐA", "DA", "BC", "BB",
    "TTr", "HĐ", "CĐ", "BGN", "BTT", "GUQ", "GM", "GGT", "GNP", "PG", "PC", "PB", "TT", "NĐ",
    "TTLT", "VBHN", "ĐN", "TLHĐ", "CTPH",
)  # fmt: skip
"""Parts of notations as they are written."""
_KNOWN = frozenset(_PARTS)
_BY_FOLD: dict[str, str | None] = {}
for _part in _PARTS:
    _BY_FOLD[fold(_part)] = None if fold(_part) in _BY_FOLD else _part
_FIRST = {"Q8": "QĐ", "QB": "QĐ", "Q0": "QĐ", "QO": "QĐ", "QĐĐ": "QĐ", "TTT": "TTr", "ITr": "TTr"}
"""What readers put for the type before the dash."""
_SAME_SHAPE = frozenset("coskuvwxzp")
"""Small letters of which only the size tells them from capitals."""
_ALIKE = frozenset(("IT", "TI", "IL", "LI", "DĐ", "ĐD", "CG", "GC", "OĐ", "OC", "VY", "YV", "1T",
                    "8B", "5S", "0O", "6G", "6S", "PF", "NH", "HN", "BR", "ÂA", "ĂA",
                    "ÁA"))  # fmt: skip
"""Letters that readers take for one another: read, then meant."""
_SORTS = frozenset(("so", "ubnd", "uy", "hoi", "cuc", "chi", "cong", "van", "phong", "ban", "bo",
                    "trung", "truong", "benh", "kho", "bao"))  # fmt: skip
"""Words that a body's own name begins with, behind its parent's."""
_LEAST = 3
"""Letters that a body's own abbreviation must have to be mended by its name."""


class Notation(NamedTuple):
    """A notation as it must have been printed."""

    text: str
    mended: bool
    confirmed: bool
    """Whether every part of it is known: by list, kind, or the issuer's initials."""
    completed: bool = False
    """Whether the kind's letters were lost and put before it by the grammar: never sure."""


def restore(text: str, kind: Kind | None, issuer: str) -> Notation | None:
    """A notation of which a pen left the end: its head is the kind's letters, or the body's.

    "B-CCTKV.XII" of a thông báo was "TB-CCTKV.XII", "AT-PV01" of CÔNG AN TỈNH "CAT-PV01". None
    where nothing that is known ends so; what is restored is never sure.
    """
    head, dash, rest = text.partition("-")
    if kind and kind.abbreviation and "(" not in kind.abbreviation:
        wanted = kind.abbreviation
        if not dash:
            known = spelled_by(head, initials(issuer)) or head in _KNOWN
            return _restored(f"{wanted}-{head}") if known and head != wanted else None
        near = wanted.endswith(head[-1:]) or distance(head, wanted, 1) <= 1
        return _restored(f"{wanted}-{rest}") if near else None
    if not dash:
        return None
    heads = [part for part in _of_body(issuer) if _ends_alike(part, head)]
    best = max(heads, key=lambda part: (part in _KNOWN, len(part)), default=None)
    return _restored(f"{best}-{rest}") if best else None


def _restored(text: str) -> Notation:
    return Notation(text, mended=True, confirmed=False, completed=True)


def _of_body(issuer: str) -> list[str]:
    """The abbreviations that a body may have: its initials without "VÀ", from the first on."""
    words = [word for word in re.findall(r"[^\W_]+", issuer) if fold(word) != "va"]
    whole = "".join(word[0] for word in words).upper()
    starts = [at for at, word in enumerate(words) if fold(word) in _SORTS]
    return [whole[at:end] for at in {0, *starts} for end in range(at + 2, len(whole) + 1)]


def _ends_alike(part: str, head: str) -> bool:
    """Whether what was read ends as an abbreviation does: all but its first letters."""
    shared = 0
    while shared < min(len(part), len(head)) and part[-1 - shared] == head[-1 - shared]:
        shared += 1
    return shared >= max(2, len(part) - 2) and len(head) <= len(part) + 1


def mend_notation(text: str, kind: Kind | None, issuer: str, *, certain: bool = False) -> Notation:
    """A notation mended; `issuer` is the body's name as printed above the number.

    Letters that the reader is `certain` of are not changed for the body's initials alone.
    """
    pieces = re.split(r"([-/,.&])", text)
    shown = [piece if index % 2 else _mended(piece) for index, piece in enumerate(pieces)]
    shown[0] = _type_part(shown, kind)
    if kind and len(shown) == 1 and shown[0] != kind.abbreviation and _has_letters(kind):
        shown = [kind.abbreviation, "-", *shown]
    for index in range(0, len(shown), 2):
        if shown[index] not in _KNOWN and not certain:
            shown[index] = _by_initials(shown[index], initials(issuer))
    found = "".join(shown)
    letters = [part for part in shown[::2] if part]
    sure = bool(letters) and all(
        part in _KNOWN or spelled_by(part, initials(issuer)) or _numbered(part) for part in letters
    )
    return Notation(found, found != text, sure, completed=found.endswith(f"-{text}"))


def _has_letters(kind: Kind) -> bool:
    """Whether papers of a kind have its letters before their body's (all but công văn)."""
    return kind.group[:1] == "A" and bool(kind.abbreviation) and "(" not in kind.abbreviation


def _numbered(part: str) -> bool:
    """A known part with a number of its own: "QH15", "BCĐ138"."""
    bare = part.rstrip("0123456789")
    return bare != part and bare in _KNOWN


def _mended(part: str) -> str:
    small = {letter for letter in part if letter.islower()}
    if part not in _KNOWN and small and small <= _SAME_SHAPE and len(part) > len(small):
        part = part.upper()
    known = _BY_FOLD.get(fold(part))
    return known if known and part not in _KNOWN else part


def _type_part(parts: list[str], kind: Kind | None) -> str:
    """The part before the first dash as the title says: "ĐC-UBND" of a báo cáo is "BC-UBND"."""
    head = parts[0]
    if len(parts) > 1 and parts[1] == "-":
        head = _FIRST.get(head, head)
        wanted = kind.abbreviation if kind and kind.group[:1] in "AC" else ""
        if not wanted or "(" in wanted or head == wanted:
            return head
        near = len(head) == len(wanted) and distance(head, wanted, 1) <= 1
        if squeeze(head) == squeeze(wanted) or near:
            return wanted
    return head


def initials(name: str) -> str:
    """The first letters of a name's words, in capitals: of "CHI CỤC AN TOÀN" "CCAT"."""
    return "".join(word[0] for word in re.findall(r"[^\W_]+", name)).upper()


def spelled_by(part: str, letters: str) -> bool:
    """Whether an abbreviation's letters follow each other, gaps allowed, in a name's initials."""
    rest = iter(fold(letters))
    return len(part) > 1 and all(letter in rest for letter in fold(part))


def _by_initials(part: str, letters: str) -> str:
    """A body's own abbreviation with one misread letter put right, where the name spells it so."""
    if len(part) < _LEAST or spelled_by(part, letters):
        return part
    found = {
        part[:at] + pair[1] + part[at + 1 :]
        for at, letter in enumerate(part)
        for pair in _ALIKE
        if pair[0] == letter
    }
    right = [other for other in found if spelled_by(other, letters)]
    return right[0] if len(right) == 1 else part
