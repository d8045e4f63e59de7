"""From the chances of each step to strings of digits (connectionist temporal classification)."""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from ocr.digits.limits import BEAM, MAX_DIGITS, READINGS
from ocr.digits.types import DigitReading

Chances = NDArray[np.float32]
"""(steps, 11): of nothing and of the digits 0 to 9 at each step, rows that add up to 1."""
_QUIET = 0.999
"""Chance of nothing from which a step adds no digit to any string."""
_FAINT = 2e-3
"""Digits less likely at a step are not followed."""


def strings(chances: Chances) -> dict[str, float]:
    """Strings of digits and their chances, by a beam over prefixes.

    Source: Hannun et al., "First-Pass Large Vocabulary Continuous Speech Recognition using
    Bi-Directional Recurrent DNNs", 2014, algorithm 1, without a language.
    """
    beam = {"": (1.0, 0.0)}
    for row in chances.astype(float):
        nothing = float(row[0])
        if nothing >= _QUIET:
            beam = {text: ((quiet + loud) * nothing, 0.0) for text, (quiet, loud) in beam.items()}
            continue
        follow = [(str(digit), float(row[digit + 1])) for digit in range(10)]
        follow = [(digit, chance) for digit, chance in follow if chance > _FAINT]
        beam = _next(beam, nothing, row, follow)
    whole = {text: silent + sounding for text, (silent, sounding) in beam.items()}
    return {text: chance for text, chance in whole.items() if chance > 0}


def _next(
    beam: dict[str, tuple[float, float]],
    nothing: float,
    row: NDArray[np.float64],
    follow: list[tuple[str, float]],
) -> dict[str, tuple[float, float]]:
    """The beam after one step. Each string: its chance ending in nothing, and in its last digit."""
    silent: dict[str, float] = defaultdict(float)
    sounding: dict[str, float] = defaultdict(float)
    for text, (quiet, loud) in beam.items():
        whole = quiet + loud
        silent[text] += whole * nothing
        if text:
            sounding[text] += loud * float(row[int(text[-1]) + 1])
        if len(text) >= MAX_DIGITS:
            continue
        for digit, chance in follow:
            sounding[text + digit] += chance * (quiet if text.endswith(digit) else whole)
    kept = sorted(
        {*silent, *sounding}, key=lambda text: silent[text] + sounding[text], reverse=True
    )
    return {text: (silent[text], sounding[text]) for text in kept[:BEAM]}


def readings(found: dict[str, float]) -> tuple[DigitReading, ...]:
    """The best strings, each with how much of all readings shares each of its digits."""
    total = sum(found.values())
    if total <= 0:
        return ()
    best = sorted(found, key=lambda text: found[text], reverse=True)[:READINGS]
    return tuple(
        DigitReading(text, round(min(1.0, found[text]), 5), _shares(text, found, total))
        for text in best
    )


def _shares(text: str, found: dict[str, float], total: float) -> tuple[float, ...]:
    return tuple(
        round(
            sum(
                chance
                for other, chance in found.items()
                if len(other) == len(text) and other[place] == digit
            )
            / total,
            4,
        )
        for place, digit in enumerate(text)
    )
