"""Numbers written out in words: "hai mươi lăm", "hai nghìn không trăm hai mươi lăm", folded."""

_UNITS = {
    "khong": 0, "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "sau": 6,
    "bay": 7, "tam": 8, "chin": 9, "gieng": 1,
}  # fmt: skip
_SCALES = {"nghin": 1000, "ngan": 1000, "tram": 100}
_FILLERS = frozenset(("linh", "le", "mung", "mong"))
"""Words that stand for an empty place or before a day of the first ten."""


def number_of(words: str) -> int | None:
    """The number that folded words say, None where they say none: "hai muoi lam" is 25."""
    total, part = 0, None
    for word in words.split():
        if word in _FILLERS:
            continue
        if word in _SCALES:
            total += (1 if part is None else part) * _SCALES[word]
            part = None
        elif word in ("muoi", "chuc"):
            part = 10 if part is None else part * 10
        elif word == "chap":
            part = 12
        elif word in _UNITS:
            part = _UNITS[word] if part is None else part + _UNITS[word]
        else:
            return None
    return None if part is None and total == 0 else total + (part or 0)
