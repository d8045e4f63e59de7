"""Make classify/hand_chance.json: how often a number or date read from a hand is right.

    python -m bench.calibrate_hand --sources FOLDER [--count 1500] [--real FILE ...] [--write]

Lines are drawn with the fonts and pictures that the training did not see (`bench.train_digits` says
what FOLDER holds), at 150 dpi and more, read by the shipped reader and mixed as on a page, without
the reader of print. `--real` are files of `bench.handwriting --chances`, which are shown
beside but not learnt from. The least sure chance for a promise is that from which the drawn ones,
none of whose hands was learnt from, are wrong no more often than promised, and never below a floor.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np

from bench import logistic
from bench.digit_lines import Sources, draw, load_sources
from classify._hand_context import mix, written_rule
from classify.hands import dates_of
from ocr.digits import HandDigits

_SMALLEST = 18.0
_FLOORS = {"0.01": 0.9, "0.02": 0.85, "0.05": 0.75}
"""Promise -> mixed chance under which nothing is sure, whatever the drawn ones say: hands on real
papers differ from each other more than drawn ones do."""
_EDGES = (0.0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 1.0001)
_FEW = 60
"""A threshold above which fewer drawn values lie is not trusted."""

Pairs = list[tuple[float, bool]]
"""Mixed chance of the best value, and whether it was right."""


def main() -> int:
    """Draw, read, fit; print what comes out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=Path, required=True)
    parser.add_argument("--count", type=int, default=1500)
    parser.add_argument("--real", type=Path, nargs="*", default=())
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--to", type=Path, default=Path("classify/hand_chance.json"))
    options = parser.parse_args()
    pairs = _read(load_sources(options.sources, held_out=True), options.count)
    fields = {name: _fitted(found) for name, found in sorted(pairs.items())}
    for name, found in sorted(pairs.items()):
        _print(f"{name}, drawn", found, fields[name])
    for path in options.real:
        for name, found in _real(path).items():
            _print(f"{name}, {path.name} (chances as given)", found, None)
    if options.write:
        command = f"python -m bench.calibrate_hand --count {options.count} --write"
        text = json.dumps({"made_by": command, "fields": fields}, indent=1)
        options.to.write_text(text + "\n", encoding="utf-8")
    return 0


def _read(sources: Sources, count: int) -> dict[str, Pairs]:
    """Chances of numbers and of dates, the days and months paired as they come."""
    found: dict[str, Pairs] = defaultdict(list)
    days: list[tuple[dict[str, float], str]] = []
    for strings, digits in _strings(sources, count):
        if digits and (len(digits) > 1 or digits == "0") and (digits[0] != "0" or len(digits) == 2):
            mixed = mix(strings, [written_rule()])
            if mixed.values and mixed.values[0][0]:
                best, chance = mixed.values[0]
                found["number"].append((chance, best == digits))
        if not digits.isdecimal() or len(digits) > 2 or not 1 <= int(digits) <= 31:
            continue
        if not days or int(digits) > 12:
            days.append((strings, digits))
            continue
        day, day_digits = days.pop()
        dates = mix(dates_of(day, strings, 2025), [])
        if dates.values:
            best, chance = dates.values[0]
            truth = f"2025-{int(digits):02d}-{int(day_digits):02d}"
            found["issued_on"].append((chance, best == truth))
    return found


def _strings(sources: Sources, count: int) -> Iterator[tuple[dict[str, float], str]]:
    rng = np.random.default_rng(77)
    reader = HandDigits()
    for _ in range(count):
        drawn = draw(rng, sources, _SMALLEST)
        read = reader.read(drawn.picture, drawn.place)
        yield {reading.text: reading.chance for reading in read}, drawn.digits


def _fitted(pairs: Pairs) -> dict[str, object]:
    chance = np.clip([chance for chance, _ in pairs], 1e-4, 1 - 1e-4)
    right = np.array([right for _, right in pairs])
    odds = np.log(chance / (1 - chance))
    weights, bias = logistic.fit(odds[:, None], right, floor=0.0)
    got = 1 / (1 + np.exp(-(bias + weights[0] * odds)))
    sure = {
        promise: max(
            _least(got, right, float(promise)),
            round(1 / (1 + float(np.exp(-(bias + weights[0] * np.log(floor / (1 - floor)))))), 4),
        )
        for promise, floor in _FLOORS.items()
    }
    return {"scale": round(float(weights[0]), 4), "shift": round(float(bias), 4), "sure": sure}


def _least(got: np.ndarray, right: np.ndarray, error: float) -> float:
    """The lowest chance from which so few are wrong; 2 where there is none."""
    order = np.argsort(-got)
    wrong = np.cumsum(~right[order]) / np.arange(1, len(order) + 1)
    fine = np.flatnonzero((wrong <= error) & (np.arange(len(order)) >= _FEW))
    return round(float(got[order][fine[-1]]), 4) if len(fine) else 2.0


def _real(path: Path) -> dict[str, Pairs]:
    found: dict[str, Pairs] = defaultdict(list)
    for row in json.loads(path.read_text(encoding="utf-8")):
        found[row["name"]].append((row["chance"], row["right"]))
    return found


def _print(name: str, pairs: Pairs, model: dict[str, object] | None) -> None:
    print(f"\n{name}: {len(pairs)}, right {sum(right for _, right in pairs)} {model or ''}")
    for low, high in pairwise(_EDGES):
        inside = [right for chance, right in pairs if low <= chance < high]
        if inside:
            print(f"  {low:.2f} to {min(high, 1):.2f}: {len(inside)}, right {np.mean(inside):.3f}")


if __name__ == "__main__":
    sys.exit(main())
