"""When a value is sure: what a person need not look at hard.

A field is sure when its calibrated confidence reaches the least that keeps the promised error, and
nothing speaks against it: a hand, a check that failed. The figures stand in `calibration.json`,
made by `bench/calibrate.py`; docs/classify.md holds the table. By rule (TT 01/2023/TT-VPCP) a
person confirms every field of a result all the same: sure says which need no hard look.
"""

from enum import StrEnum

from classify import _calibration

KIND = 0.95
"""The least confidence at which a kind is sure: calibrated, so that 98 of 100 are right."""

NEVER_SURE_BY_HAND = True
"""What the reader of print makes of handwriting is sure to nobody. Digits read by their own reader
pass by its own chances (`classify/_by_hand.py`, docs/handwriting.md)."""

MARKS = 0.6
"""The least confidence at which a seal or a signature is sure: they are seen, not read."""

_MARKS = frozenset(("has_seal", "has_signature"))


class Promise(StrEnum):
    """How many of the fields passed as sure may be wrong."""

    STRICT = "0.01"
    """One in a hundred."""
    USUAL = "0.02"
    """Two in a hundred."""
    LOOSE = "0.05"
    """Five in a hundred."""


DEFAULT = Promise.STRICT
"""What is promised unless somebody chooses otherwise."""


def is_sure(
    name: str, confidence: float, *, handwritten: bool = False, promise: Promise = DEFAULT
) -> bool:
    """Whether a value read with this confidence may pass without a person's hard look."""
    if handwritten and NEVER_SURE_BY_HAND:
        return False
    if name in _MARKS:
        return confidence >= MARKS
    return confidence >= _calibration.least(name, promise)
