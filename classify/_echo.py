"""Marks that a reader lost in a title, put back from the paper's own body.

A title's words come again in the text below, in print that is larger in number and read more often
right: "sự có tràn dầu" once against "sự cố tràn dầu" five times. Only marks change, never letters
or digits, and only where the neighbours agree.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import partial

from classify._text import fold

_WORD = re.compile(r"[^\W\d_]+")
_MORE = 2
"""How many times more often the other spelling must stand between the same neighbours."""

_FEW = 3
"""How often it must stand there at least: a reader repeats its slips, too."""

_PAIRS = {
    "ổ": r"\b([Tt])[ốồỗôỏ](?= chức\b| công tác\b| trưởng\b| giúp việc\b| dân phố\b)|"
         r"\b([Bb])[ốồỗôỏ](?= (?:sung|nhiệm)\b)|\b([Pp]h)[ốồỗô](?= biến\b)",
    "ổi": r"(?<=[Ss]ửa )(đ)[ốồỗôỏộ]i\b|(?<=[Cc]huyển )(đ)[ốồỗôỏộ]i\b|"
          r"(?<=[Tt]hay )(đ)[ốồỗôỏộ]i\b|(?<=[Tt]rao )(đ)[ốồỗôỏộ]i\b|\b(đ)[ốồỗôộ]i(?= mới\b)",
    "ổng": r"\b([Tt])[ốồỗôộ]ng(?= (?:kết|hợp)\b)",
    "iều": r"\b([Đđ])iểu(?= (?:chỉnh|của|tra|kiện|động|lệ)\b)|\b([Đđ])iêu(?= (?:chỉnh|kiện|lệ)\b)",
    "uyển": r"\b([Tt])uyến(?= (?:dụng|sinh|chọn|công chức|viên chức)\b)|(?<=[Tt]hi )(t)uyến\b",
}  # fmt: skip
"""Pairs of which only one spelling is Vietnamese: right ending -> what readers put for it, its
first letters in a group. "Tố chức", "sửa đối" and "thi tuyến" are no words."""
_MARKED = tuple((re.compile(wrong), right) for right, wrong in _PAIRS.items())

_SLIPS = (
    (re.compile(r"\b([Cc])hỉ (tiết|cục|nhánh|phí|trả|hội|bộ)\b"), r"\1hi \2"),
    (re.compile(r"(?<=\s)[ÌÍĨỊ|¡](?=\s)\s?"), ""),
    (re.compile(r"(?<=[a-zà-ỹ]) -(?=[a-zà-ỹđ]{2})"), " "),
)
"""What readers put for common wordings that are none in Vietnamese, and strokes between words."""


def unslip(text: str) -> str:
    """A title without the slips that readers are known for."""
    for pattern, right in _SLIPS:
        text = pattern.sub(right, text)
    for pattern, ending in _MARKED:
        text = pattern.sub(partial(_ended, ending), text)
    return text


def _ended(ending: str, match: re.Match[str]) -> str:
    """The first letters that a slip's group kept, with the right ending."""
    return f"{match[match.lastindex or 0]}{ending}"


Votes = dict[tuple[str, str, str], Counter[str]]
"""(side, folded neighbour, folded word) -> spellings in lower case."""


def count(body: Iterable[str]) -> Votes:
    """The spellings of each word of a body beside each neighbour."""
    votes: Votes = defaultdict(Counter)
    words = [word.lower() for text in body for word in _WORD.findall(text)]
    plain = [fold(word) for word in words]
    for index in range(len(words) - 1):
        votes["before", plain[index], plain[index + 1]][words[index + 1]] += 1
        votes["after", plain[index + 1], plain[index]][words[index]] += 1
    return votes


def share(title: str, body: Iterable[str]) -> float:
    """How many of a title's words, marks and all, stand in the body as well, 0 to 1."""
    there = {word.lower() for text in body for word in _WORD.findall(text)}
    words = [word.lower() for word in _WORD.findall(title)]
    return sum(word in there for word in words) / max(len(words), 1)


def mend(title: str, votes: Votes, *, few: int = _FEW) -> str:
    """A title with the marks that its body gives its words."""
    found = list(_WORD.finditer(title))
    plain = [fold(match[0]) for match in found]
    pieces, last = [], 0
    for index, match in enumerate(found):
        tally: Counter[str] = Counter()
        if index:
            tally += votes.get(("before", plain[index - 1], plain[index]), Counter())
        if index + 1 < len(found):
            tally += votes.get(("after", plain[index + 1], plain[index]), Counter())
        pieces += [title[last : match.start()], _better(match[0], tally, few)]
        last = match.end()
    return "".join([*pieces, title[last:]])


def _marks(word: str) -> str:
    """Letters and marks apart: "hoá" and "hóa" hold the same."""
    return unicodedata.normalize("NFD", word)


def _better(word: str, tally: Counter[str], few: int) -> str:
    if not tally or (word.isupper() and len(word) <= 4):
        return word
    best, votes = tally.most_common(1)[0]
    own = tally[word.lower()]
    if (
        sorted(_marks(best)) == sorted(_marks(word.lower()))
        or votes < few
        or votes < _MORE * own + 1
    ):
        return word
    if word.isupper():
        return best.upper()
    return best.capitalize() if word[0].isupper() else best
