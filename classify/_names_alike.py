"""Whether two namings mean one body: "UBND tỉnh Huế" is "Ủy ban nhân dân tỉnh Huế"."""

import re

from classify._text import fold

_SHORT = (
    (r"\bu[yi] ban nhan dan\b", "ubnd"),
    (r"\bhoi dong nhan dan\b", "hdnd"),
    (r"\bthanh pho\b", "tp"),
)
_LONG_ENOUGH = 6
"""Letters of the shorter naming from which it may be a part of the longer one."""


def same_body(one: str, other: str) -> bool | None:
    """Whether they mean one body; None where either is not named."""
    first, second = _bare(one), _bare(other)
    if not first or not second:
        return None
    if first == second:
        return True
    shorter, longer = sorted((first, second), key=len)
    return len(shorter) >= _LONG_ENOUGH and shorter in longer


def _bare(name: str) -> str:
    text = " ".join(fold(name).split())
    for pattern, short in _SHORT:
        text = re.sub(pattern, short, text)
    return re.sub(r"[^a-z0-9]", "", text)
