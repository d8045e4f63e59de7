"""Shows what a paper's surroundings are worth to a number that a pen wrote, on drawn lines.

    python -m bench.hand_context --sources FOLDER [--count 400]

Lines are drawn with hands that the training did not see; each gets four sure neighbours of its
register, two before and two behind, a few numbers away. Rows: the number alone; among its
neighbours; in the wrong place of the pile; named by a later paper's grounds with day and body;
named so together with a wrong number of the same day; both.
"""

import argparse
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

from bench.digit_lines import draw, load_sources
from classify import Around, FieldValue, Mention, Neighbour
from classify.hands import weigh_hands
from classify.policy import Promise
from classify.types import Hand, Slot
from ocr.digits import HandDigits

_SMALLEST = 18.0
_LETTERS, _BODY, _DAY = "QĐ-UBND", "Ủy ban nhân dân xã Mẫu", "2025-03-08"


def main() -> int:
    """Draw, read, weigh; print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=Path, required=True)
    parser.add_argument("--count", type=int, default=400)
    options = parser.parse_args()
    sources = load_sources(options.sources, held_out=True)
    rng, reader = np.random.default_rng(41), HandDigits()
    tally: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    while tally["alone"][0] < options.count:
        drawn = draw(rng, sources, _SMALLEST)
        digits = drawn.digits
        if not digits.isdecimal() or len(digits) < 2 or digits[0] == "0":
            continue
        read = reader.read(drawn.picture, drawn.place)[:12]
        readings = tuple((one.text, one.chance) for one in read)
        if not readings:
            continue
        slot = Slot("number", drawn.place, readings)
        for name, around in _known(rng, int(digits), readings).items():
            value = weigh_hands(_fields(slot), around, Promise.USUAL)["number"]
            right = value.value == f"{digits}/{_LETTERS}"
            row = (1, right, value.sure, value.sure and not right)
            tally[name] = [a + b for a, b in zip(tally[name], row, strict=True)]
    for name, (asked, right, sure, wrong) in tally.items():
        print(f"{name:32} {right}/{asked} right, {sure} sure, {wrong} of them wrong")
    return 0


def _known(
    rng: np.random.Generator, count: int, readings: tuple[tuple[str, float], ...]
) -> dict[str, Around]:
    gaps = rng.integers(1, 13, 4)
    at = (count - gaps[0] - gaps[1], count - gaps[0], count + gaps[2], count + gaps[2] + gaps[3])
    elsewhere = int(rng.integers(1, 900))
    other = next((text for text, _ in readings if text != str(count)), str(count + 1))
    named = _mention(str(count))
    return {
        "alone": Around(),
        "among its neighbours": Around(orders=(_order(at),)),
        "misplaced among others": Around(
            orders=(_order(tuple(value - count + elsewhere for value in at)),)
        ),
        "named by a later paper": Around(mentions=(named,)),
        "named, and a wrong one as well": Around(mentions=(named, _mention(other))),
        "neighbours and a naming": Around(orders=(_order(at),), mentions=(named,)),
    }


def _order(counts: tuple[int, ...]) -> tuple[Neighbour, ...]:
    return tuple(
        Neighbour(place, f"{max(1, count)}/{_LETTERS}", "", _BODY)
        for place, count in zip((-2, -1, 1, 2), counts, strict=True)
    )


def _mention(digits: str) -> Mention:
    return Mention(f"{digits}/{_LETTERS}", _DAY, _BODY, "cites", "90/TB-UBND")


def _fields(slot: Slot) -> dict[str, FieldValue]:
    hand = Hand((slot,), f"{{}}/{_LETTERS}", _LETTERS, "", "", "Viết tay.", certain=True)
    by_hand = FieldValue(None, None, 0, sure=False, page=1, box=slot.box, reason="",
                         handwritten=True, hand=hand)  # fmt: skip
    return {
        "number": by_hand, "issued_on": _printed(_DAY), "notation": _printed(_LETTERS),
        "issuer": _printed(_BODY),
    }  # fmt: skip


def _printed(value: str) -> FieldValue:
    return FieldValue(value, value, 1, sure=True, page=1, box=None, reason="")


if __name__ == "__main__":
    sys.exit(main())
