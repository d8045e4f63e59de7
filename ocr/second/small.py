"""A small network that reads a line at once: the recogniser of the package trueocr (Apache-2.0).

Only its weights are used (`rec.onnx`, 4 MB, and the letters in `meta.json`), through onnxruntime,
as they lie in the installed package: the package's own code squeezes wide lines, starts as many
threads as there are cores, and hides the chances of the letters that are needed here. Those are in
the network under `_CHANCES`; they are made an output by adding three fields to the file in memory.
"""

import json
import math
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from imaging.types import Box, Pixels
from ocr.errors import SecondReaderMissingError
from ocr.second.reader import LineReading
from ocr.second.trace import Floats, Trace

_CHANCES: Final = "/LogSoftmax_output_0"
_HEIGHT: Final = 96
"""Of what the network looks at: the line (a third) with what stands above and below."""
_BESIDE: Final = 0.3
_ABOVE: Final = (3 * 1.4 - 1) / 2
"""Margins in heights of the line's box, as the network was trained."""
_STRIDE: Final = 8
_HALO: Final = 8
"""Columns of paper behind the widest line of a batch."""
_MAX_AREA: Final = 64 * 640
"""Lines times columns of a batch; bounds the memory."""
_MAX_WIDTH: Final = 4096


class SmallReader:
    """Reads lines by the small network, on one thread. See `LineReader`."""

    def __init__(self) -> None:
        """Load the network. Raises SecondReaderMissingError."""
        folder = _models()
        try:
            import onnxruntime
        except ImportError as error:
            raise SecondReaderMissingError(detail="onnxruntime") from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # it grows with each new shape
        options.log_severity_level = 3
        network = _with_output((folder / "rec.onnx").read_bytes(), _CHANCES)
        self._session: onnxruntime.InferenceSession = onnxruntime.InferenceSession(
            network, options, providers=["CPUExecutionProvider"]
        )
        letters = json.loads((folder / "meta.json").read_text(encoding="utf-8"))["charset"]
        self._columns = {
            unicodedata.normalize("NFC", letter): place
            for place, letter in enumerate(letters, start=1)
        }
        self.name = f"trueocr {version('trueocr')}"

    def read_lines(self, grey: Pixels, boxes: Sequence[Box]) -> tuple[LineReading, ...]:
        """See `LineReader`."""
        strips = [_strip(grey, box) for box in boxes]
        readings: list[LineReading] = [LineReading("")] * len(boxes)
        for batch in _batches([strip.shape[1] for strip in strips]):
            for place, chances in zip(
                batch, self._chances([strips[i] for i in batch]), strict=True
            ):
                trace = Trace(chances, self._columns)
                text = " ".join(word.text for word in trace.greedy())
                readings[place] = LineReading(text, trace)
        return tuple(readings)

    def _chances(self, strips: list[Floats]) -> Iterator[Floats]:
        widths = np.array([strip.shape[1] for strip in strips], np.int64)
        width = math.ceil(int(widths.max()) / _STRIDE) * _STRIDE + _HALO
        stack = np.zeros((len(strips), 1, _HEIGHT, width), np.float32)
        for row, strip in zip(stack, strips, strict=True):
            row[0, :, : strip.shape[1]] = strip
        chances, lengths = self._session.run([_CHANCES, "lengths"], {"x": stack, "widths": widths})
        for line, length in zip(chances, lengths, strict=True):
            yield np.asarray(line[: int(length)], np.float32)


def _models() -> Path:
    """The folder of the installed package's models; the package itself is not imported."""
    spec = find_spec("trueocr")
    if spec is None or spec.origin is None:
        raise SecondReaderMissingError(detail="trueocr")
    folder = Path(spec.origin).parent / "models"
    if not (folder / "rec.onnx").is_file() or not (folder / "meta.json").is_file():
        raise SecondReaderMissingError(detail=f"trueocr: {folder}")
    return folder


@cache
def small_reader() -> SmallReader:
    """The reader, loaded once a process. Raises SecondReaderMissingError."""
    try:
        return SmallReader()
    except PackageNotFoundError as error:
        raise SecondReaderMissingError(detail="trueocr") from error


def _strip(grey: Pixels, box: Box) -> Floats:
    """A line with its margins, (96, width): 0 is paper, 1 is ink."""
    height = box.y1 - box.y0
    left, right = math.floor(box.x0 - _BESIDE * height), math.ceil(box.x1 + _BESIDE * height)
    top, bottom = math.floor(box.y0 - _ABOVE * height), math.ceil(box.y1 + _ABOVE * height)
    page_height, page_width = grey.shape
    inside = grey[max(0, top) : bottom, max(0, left) : right]
    strip = cv2.copyMakeBorder(
        inside,
        max(0, -top),
        max(0, bottom - page_height),
        max(0, -left),
        max(0, right - page_width),
        cv2.BORDER_CONSTANT,
        value=255,
    )
    width = round((right - left) * _HEIGHT / (bottom - top))
    size = (min(_MAX_WIDTH, max(_STRIDE, width)), _HEIGHT)
    shrinks = bottom - top > _HEIGHT
    drawn = cv2.resize(strip, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return np.asarray(1 - drawn.astype(np.float32) / 255, np.float32)


def _batches(widths: list[int]) -> Iterator[list[int]]:
    """Lines of like width together, narrowest first."""
    batch: list[int] = []
    for place in sorted(range(len(widths)), key=widths.__getitem__):
        narrow = max(64, widths[batch[0]]) if batch else 0
        if batch and (widths[place] > 1.3 * narrow or (len(batch) + 1) * widths[place] > _MAX_AREA):
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def _with_output(network: bytes, name: str) -> bytes:
    """The network with one more of its values as an output.

    Protocol buffers merge a message that comes twice: a second graph (field 7) that holds nothing
    but an output (field 12: name, type float) adds it to the first.
    """
    kind = _field(0x0A, b"\x08\x01")
    info = _field(0x0A, name.encode()) + _field(0x12, kind)
    return network + _field(0x3A, _field(0x62, info))


def _field(tag: int, body: bytes) -> bytes:
    """A field of bytes; short ones only, whose length is one byte."""
    assert len(body) < 128
    return bytes([tag, len(body)]) + body
