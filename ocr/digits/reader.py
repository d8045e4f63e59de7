"""The reader of digits written by hand into printed lines: a network of our own, see MODEL.md."""

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imaging.types import Box, Pixels
from ocr.digits.decode import readings, strings
from ocr.digits.limits import ROWS
from ocr.digits.prepare import Planes, cut, prepare
from ocr.digits.types import DigitReader, DigitReading, Head, Seen
from ocr.errors import SecondReaderMissingError

_LOOKS = ((0.0, 0.0), (-0.09, 0.06), (0.1, -0.05))
"""How far the upper and lower edge of a place are moved for each look, in its heights."""
_PLAIN = 0.98
"""Chance of a string at the first look from which no other look is taken."""


class HandDigits:
    """Looks at a place, several times where the first look leaves doubt. See `DigitReader`."""

    def __init__(self, model: Path | None = None, head: Head | None = None) -> None:
        """Load the network; `head` is what an agency learnt on top of it.

        Raises SecondReaderMissingError where onnxruntime is not installed.
        """
        try:
            import onnxruntime
        except ImportError as error:
            raise SecondReaderMissingError(detail="onnxruntime") from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # it grows with each new shape
        options.log_severity_level = 3
        path = model or Path(__file__).with_name("digits.onnx")
        self._session: onnxruntime.InferenceSession = onnxruntime.InferenceSession(
            path.read_bytes(), options, providers=["CPUExecutionProvider"]
        )
        self._head = head

    def read(self, picture: Pixels, place: Box) -> tuple[DigitReading, ...]:
        """See `DigitReader`."""
        first = self._strings(picture, place, _LOOKS[:1])
        if not first or max(first[0].values(), default=0.0) >= _PLAIN:
            return readings(first[0]) if first else ()
        looks = first + self._strings(picture, place, _LOOKS[1:])
        joined: dict[str, float] = defaultdict(float)
        for found in looks:
            for text, chance in found.items():
                joined[text] += chance / len(looks)
        return readings(joined)

    def look(self, picture: Pixels, place: Box) -> Seen | None:
        """What the network sees at the first look; None where the place cannot be looked at."""
        planes = _planes(picture, place, *_LOOKS[0])
        return self._seen([planes])[0] if planes is not None else None

    def _strings(
        self, picture: Pixels, place: Box, looks: Sequence[tuple[float, float]]
    ) -> list[dict[str, float]]:
        """The strings of each look at which there is something to see."""
        planes = [_planes(picture, place, *shift) for shift in looks]
        seen = self._seen([one for one in planes if one is not None])
        return [strings(np.exp(one.chances)) for one in seen]

    def _seen(self, planes: Sequence[Planes]) -> list[Seen]:
        if not planes:
            return []
        wide = max(one.shape[2] for one in planes)
        batch = np.zeros((len(planes), 2, ROWS, wide + wide % 2), np.float32)
        batch[:, 1] = 128
        for place, one in enumerate(planes):
            batch[place, :, :, : one.shape[2]] = one
        chances, features = self._session.run(["chances", "features"], {"planes": batch})
        if self._head:
            chances = _weighed(chances, features, self._head)
        return [
            Seen(chances[place, : one.shape[2] // 2], features[place, : one.shape[2] // 2])
            for place, one in enumerate(planes)
        ]


def _weighed(
    chances: NDArray[np.float32], features: NDArray[np.float32], head: Head
) -> NDArray[np.float32]:
    """Log chances as an agency's head moves them, adding up to 1 again."""
    moved = chances + features @ head.weights + head.bias
    moved -= moved.max(axis=-1, keepdims=True)
    whole: NDArray[np.float32] = moved - np.log(np.exp(moved).sum(axis=-1, keepdims=True))
    return whole


def _planes(picture: Pixels, place: Box, up: float, down: float) -> Planes | None:
    tall = place.y1 - place.y0
    moved = Box(place.x0, place.y0 + round(up * tall), place.x1, place.y1 + round(down * tall))
    crop = cut(picture, moved)
    return prepare(crop) if crop is not None else None


@cache
def digit_reader() -> DigitReader | None:
    """The shipped reader, loaded once a process; None where onnxruntime is not installed."""
    try:
        return HandDigits()
    except SecondReaderMissingError:
        return None
