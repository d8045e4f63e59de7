"""The reader of digits written by hand into printed lines: a network of our own, see MODEL.md."""

from collections import defaultdict
from functools import cache
from pathlib import Path

import numpy as np

from imaging.types import Box, Pixels
from ocr.digits.decode import readings, strings
from ocr.digits.limits import ROWS
from ocr.digits.prepare import Planes, cut, prepare
from ocr.digits.types import DigitReader, DigitReading
from ocr.errors import SecondReaderMissingError

_LOOKS = ((0.0, 0.0), (-0.09, 0.06), (0.1, -0.05))
"""How far the upper and lower edge of a place are moved for each look, in its heights."""


class HandDigits:
    """Looks at a place several times and joins what it sees. See `DigitReader`."""

    def __init__(self, model: Path | None = None) -> None:
        """Load the network. Raises SecondReaderMissingError where onnxruntime is not installed."""
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

    def read(self, picture: Pixels, place: Box) -> tuple[DigitReading, ...]:
        """See `DigitReader`."""
        looks = [_planes(picture, place, *shift) for shift in _LOOKS]
        seen = [planes for planes in looks if planes is not None]
        if not seen:
            return ()
        joined: dict[str, float] = defaultdict(float)
        for planes, chances in zip(seen, self._chances(seen), strict=True):
            for text, chance in strings(chances[: planes.shape[2] // 2]).items():
                joined[text] += chance / len(seen)
        return readings(joined)

    def _chances(self, seen: list[Planes]) -> np.ndarray:
        wide = max(planes.shape[2] for planes in seen)
        batch = np.zeros((len(seen), 2, ROWS, wide + wide % 2), np.float32)
        batch[:, 1] = 128
        for place, planes in enumerate(seen):
            batch[place, :, :, : planes.shape[2]] = planes
        (logs,) = self._session.run(["chances"], {"planes": batch})
        return np.exp(np.asarray(logs, np.float32))


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
