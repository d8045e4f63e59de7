"""Which way is up, told from the letters' own shapes without reading them.

A small network looks at a square window around each of a few hundred letters and votes for one of
the four quarter turns. Vietnamese helps: most of its marks stand above the letters. Where the vote
is not clear Tesseract's own orientation test is asked. bench/train_orient.py makes the weights.
"""

from functools import cache
from importlib import resources
from typing import NamedTuple

import cv2
import numpy as np
import pytesseract
from numpy.typing import NDArray

from imaging.types import Pixels
from ocr import gate_limits as limits
from ocr import ink

Floats = NDArray[np.float32]


class Turn(NamedTuple):
    """A quarter turn and how sure."""

    clockwise: int
    """Degrees to apply to make the page upright: 0, 90, 180 or 270."""
    confidence: float
    """0 to 1; 0 where there was nothing to tell by."""


@cache
def _weights() -> tuple[Floats, Floats, Floats, Floats]:
    with resources.files("ocr").joinpath("orient.npz").open("rb") as stream:
        stored = np.load(stream)
        first, second, third, fourth = (
            stored[name].astype(np.float32) for name in ("w1", "b1", "w2", "b2")
        )
    return first, second, third, fourth


def windows(sheet: ink.Sheet, pieces: ink.Blobs) -> Floats:
    """(n, side, side) float32 0 to 1, ink high: a square around each piece, its marks in it."""
    side = limits.ORIENT_SIDE
    reach = (pieces.size * limits.ORIENT_REACH).astype(np.float64)
    left = pieces.x + pieces.width / 2 - reach / 2
    top = pieces.y + pieces.height / 2 - reach / 2
    cut = np.empty((len(pieces), side, side), dtype=np.float32)
    for row, (x, y, size) in enumerate(zip(left, top, reach, strict=True)):
        step = size / side
        shift = (step - 1) / 2
        window = np.array([[step, 0, x + shift], [0, step, y + shift]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        cut[row] = cv2.warpAffine(sheet.flat, window, (side, side), flags=flags, borderValue=255)
    return 1.0 - cut / 255.0


def _scores(cut: Floats) -> Floats:
    """(n, 4) log probabilities of the turn that makes each window upright."""
    first, first_bias, second, second_bias = _weights()
    hidden = np.maximum(cut.reshape(len(cut), -1) @ first + first_bias, 0)
    raw = hidden @ second + second_bias
    raw -= raw.max(axis=1, keepdims=True)
    return np.asarray(raw - np.log(np.exp(raw).sum(axis=1, keepdims=True)), dtype=np.float32)


def _votes(cut: Floats) -> Floats:
    """(4,) the mean log probability of each turn, every window seen in its four positions."""
    total = np.zeros(4, dtype=np.float32)
    for turn in range(4):
        seen = _scores(np.ascontiguousarray(np.rot90(cut, -turn, axes=(1, 2))))
        # A window turned clockwise by `turn` needs that much less.
        total += np.roll(np.maximum(seen, limits.ORIENT_FLOOR).mean(axis=0), turn)
    return np.asarray(total / 4, dtype=np.float32)


def sample(pieces: ink.Blobs, most: int) -> ink.Blobs:
    """At most `most` pieces, spread evenly over the page, always the same ones."""
    if len(pieces) <= most:
        return pieces
    chosen = np.zeros(len(pieces), dtype=bool)
    chosen[np.linspace(0, len(pieces) - 1, most).astype(int)] = True
    return pieces.where(chosen)


def of_sheet(sheet: ink.Sheet, pieces: ink.Blobs) -> Turn:
    """The letters' own vote; `pieces` are `ink.letters` of the sheet."""
    if len(pieces) < limits.ORIENT_FEWEST:
        return Turn(0, 0.0)
    votes = _votes(windows(sheet, sample(pieces, limits.ORIENT_MOST)))
    weight = min(len(pieces), limits.ORIENT_VOTERS) * limits.ORIENT_TRUST
    odds = np.exp((votes - votes.max()) * weight)
    best = int(votes.argmax())
    return Turn(best * 90, float(odds[best] / odds.sum()))


def _asked(grey: Pixels) -> Turn | None:
    """Tesseract's own test; None where it could not tell."""
    try:
        told = pytesseract.image_to_osd(
            grey,
            config="--psm 0 -c min_characters_to_try=10",
            output_type=pytesseract.Output.DICT,
            timeout=limits.ORIENT_SECONDS,
        )
    except (pytesseract.TesseractError, pytesseract.TesseractNotFoundError, RuntimeError):
        return None
    sure = float(told["orientation_conf"])
    if sure < limits.ORIENT_OSD_SURE:
        return None
    return Turn(int(told["rotate"]) % 360, min(0.99, sure / (sure + 2)))


def of_sheet_or_asked(sheet: ink.Sheet, pieces: ink.Blobs) -> Turn:
    """As `of_sheet`, with Tesseract's test where the letters' vote is not clear."""
    turn = of_sheet(sheet, pieces)
    if turn.confidence >= limits.ORIENT_SURE or len(pieces) < limits.ORIENT_FEWEST:
        return turn
    return _asked(sheet.grey) or turn


def quarter_turn(grey: Pixels, dpi: int = 300) -> Turn:
    """The clockwise quarter turn that makes a page upright, and how sure.

    `grey` is (h, w) uint8; RGB will do. A page with nothing on it stays as it is: (0, 0.0).
    """
    sheet = ink.look(grey, dpi)
    return of_sheet_or_asked(sheet, ink.letters(sheet))
