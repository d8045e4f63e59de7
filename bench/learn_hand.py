"""Shows what an office's own crops teach the reader of digits; makes the guard that ships.

    python -m bench.learn_hand --sources FOLDER [--writers 4]
    python -m bench.learn_hand --guard [--to ocr/digits/guard.npz]

An office is one writer whose hand the training did not see (a font that is kept for measuring,
`bench.digit_hands`). From 20, 50 and 200 of its crops `relearn_hand` makes a head or refuses to;
both are then asked about 200 other crops of that writer, and about 300 lines of other hands, none
of which were learnt from either. `--guard` draws lines of the project's own skeletons alone.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from bench.digit_hands import Sources, load_sources
from bench.digit_lines import draw
from classify.hand_learnt import shipped_hand_model
from classify.training.rehand import HandLesson, relearn_hand
from ocr.digits import HandDigits
from ocr.digits.guard import guard
from ocr.digits.tune import Standing, Taught, examine

_SMALLEST = 16.0
_ROOM = 1.5
"""Heights of print kept around a place, as around a crop that people labelled."""
_COUNTS = (20, 50, 200)
_ASKED, _OTHERS = 200, 300
_GUARD_LINES = 240
_QUALITY = (int(cv2.IMWRITE_JPEG_QUALITY), 70)


def main() -> int:
    """Measure, or draw the guard."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=Path)
    parser.add_argument("--writers", type=int, default=4)
    parser.add_argument("--guard", action="store_true")
    parser.add_argument("--to", type=Path, default=Path("ocr/digits/guard.npz"))
    options = parser.parse_args()
    if options.guard:
        return _draw_guard(options.to)
    reader = HandDigits()
    held = load_sources(options.sources, held_out=True)
    others = _lessons(reader, held, _OTHERS, seed=5)
    kept = list(guard(reader))
    print(f"other hands: {_told(examine(others, None))}")
    for font in held.fonts[: options.writers]:
        writer = replace(held, fonts=(font,), shares=(0.0, 0.0, 1.0, 0.0))
        _measure(font.parent.parent.name, reader, writer, others, kept)
    return 0


def _measure(
    name: str, reader: HandDigits, writer: Sources, others: list[Taught], kept: list[Taught]
) -> None:
    crops = _lessons(reader, writer, _COUNTS[-1], seed=1)
    asked = _lessons(reader, writer, _ASKED, seed=2)
    print(f"\n{name}: before {_told(examine(asked, None))}")
    for count in _COUNTS:
        lessons = [HandLesson(f"L{at}", f"D{at // 2}", one) for at, one in enumerate(crops[:count])]
        verdict = relearn_hand(shipped_hand_model(), lessons, kept)
        trial = f"left out {verdict.before.right} -> {verdict.after.right} of {verdict.fresh}"
        head = verdict.model.head if verdict.model else None
        print(
            f"  {count} crops: {verdict.why.value} ({trial}); "
            f"its other papers {_told(examine(asked, head))}; "
            f"other hands {_told(examine(others, head))}",
            flush=True,
        )


def _told(one: Standing) -> str:
    return (
        f"{one.right}/{one.asked} right, {one.sure} sure with {one.sure_wrong} wrong, "
        f"{one.loss:.2f} nats"
    )


def _lessons(reader: HandDigits, sources: Sources, count: int, *, seed: int) -> list[Taught]:
    rng = np.random.default_rng(seed)
    found: list[Taught] = []
    while len(found) < count:
        drawn = draw(rng, sources, _SMALLEST)
        seen = reader.look(drawn.picture, drawn.place) if drawn.digits else None
        if seen is not None:
            found.append(Taught(seen, drawn.digits))
    return found


def _draw_guard(to: Path) -> int:
    """Lines of the project's own hands, JPEG, with places and labels."""
    rng = np.random.default_rng(23)
    own = Sources((), {}, {}, (1.0, 0.0, 0.0, 0.0))
    jpegs, places, labels = [], [], []
    while len(jpegs) < _GUARD_LINES:
        drawn = draw(rng, own, _SMALLEST)
        if not drawn.digits:
            continue
        place, room = drawn.place, round(_ROOM * (drawn.place.y1 - drawn.place.y0))
        x0, y0 = max(0, place.x0 - room), max(0, place.y0 - room)
        part = drawn.picture[y0 : place.y1 + room, x0 : place.x1 + room]
        jpegs.append(cv2.imencode(".jpg", part[..., ::-1], _QUALITY)[1].ravel())
        places.append((place.x0 - x0, place.y0 - y0, place.x1 - x0, place.y1 - y0))
        labels.append(drawn.digits)
    ends = np.cumsum([len(one) for one in jpegs])
    np.savez(to, jpegs=np.concatenate(jpegs), ends=ends, places=np.array(places),
             labels=np.array(labels))  # fmt: skip
    print(f"{len(jpegs)} lines, {to.stat().st_size // 1024} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
