"""From the chances of each step to strings of digits (connectionist temporal classification)."""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from ocr.digits.limits import BEAM, BEGIN, DIGITS, ENDS, LETTERS, MAX_DIGITS, READINGS, SYMBOLS
from ocr.digits.types import DigitReading

Chances = NDArray[np.float32]
"""(steps, classes): of nothing and of the first symbols at each step, rows that add up to 1."""
_QUIET = 0.998
"""Chance of nothing from which a step adds no symbol to any string."""
_FAINT = 4e-3
"""Symbols less likely at a step are not followed."""
_HOPELESS = 1e-4
"""Strings so much less likely than the best are not kept."""
_RARE = 0.15
"""How much rarer letters are behind real numbers than behind those that the network learnt on."""
_PRINT = BEGIN + ENDS


def strings(chances: Chances) -> dict[str, float]:
    """Strings of digits, at most one letter behind them, and their chances.

    A beam over prefixes. Print beside the place is followed like what is written, so that it is
    told from it, and then left out. Source: Hannun et al., "First-Pass Large Vocabulary Continuous
    Speech Recognition using Bi-Directional Recurrent DNNs", 2014, algorithm 1, without a language.
    """
    beam = {"": (1.0, 0.0)}
    for row in chances.tolist():
        nothing = row[0]
        if nothing >= _QUIET:
            beam = {text: ((quiet + loud) * nothing, 0.0) for text, (quiet, loud) in beam.items()}
            continue
        beam = _next(beam, nothing, dict(zip(SYMBOLS, row[1:], strict=False)))
    whole: dict[str, float] = defaultdict(float)
    for text, (silent, sounding) in beam.items():
        if silent + sounding > 0:
            whole[text.strip(_PRINT)] += silent + sounding
    return _with_rare_letters(whole)


def _with_rare_letters(whole: dict[str, float]) -> dict[str, float]:
    """Chances as they are where letters are as rare as on real papers: an open 6 is no c."""
    total = sum(whole.values())
    rare = {
        text: chance * (_RARE if text[-1:].isalpha() else 1.0) for text, chance in whole.items()
    }
    left = sum(rare.values())
    return {text: chance * total / left for text, chance in rare.items()} if left else {}


def _next(
    beam: dict[str, tuple[float, float]], nothing: float, chances: dict[str, float]
) -> dict[str, tuple[float, float]]:
    """The beam after one step. Each string: its chance ending in nothing, and in its last symbol.

    What stands behind the print that ends a place belongs to the notation, whatever it looks like.
    """
    silent: dict[str, float] = defaultdict(float)
    sounding: dict[str, float] = defaultdict(float)
    follow = [(symbol, chance) for symbol, chance in chances.items() if chance > _FAINT]
    for text, (quiet, loud) in beam.items():
        both, last = quiet + loud, text[-1:]
        if last and last in ENDS:
            silent[text] += both
            continue
        silent[text] += both * nothing
        if last:
            sounding[text] += loud * chances[last]
        for symbol, chance in follow:
            if _may_follow(text, symbol):
                sounding[text + symbol] += chance * (quiet if last == symbol else both)
    whole = {text: silent[text] + sounding[text] for text in {**silent, **sounding}}
    least = _HOPELESS * max(whole.values())
    kept = sorted((text for text in whole if whole[text] >= least), key=whole.__getitem__)
    return {text: (silent[text], sounding[text]) for text in reversed(kept[-BEAM:])}


def _may_follow(text: str, symbol: str) -> bool:
    """Print, then digits, then at most one letter, then print."""
    last = text[-1:]
    if symbol == BEGIN:
        return not text
    if symbol in ENDS:
        return True
    if symbol in LETTERS:
        return last.isdecimal()
    return (
        symbol in DIGITS
        and (not last or last not in LETTERS)
        and len(text.lstrip(BEGIN)) < MAX_DIGITS
    )


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
