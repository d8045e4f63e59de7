"""Tesseract inside this process, through tesserocr: models loaded once, no file, no pipe."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from imaging.types import Pixels
from ocr import limits
from ocr.engine import Segmentation
from ocr.engines.tessdata import find_tessdata
from ocr.engines.tsv import is_plain, lines_of
from ocr.errors import OcrEngineMissingError, OcrFailedError, OcrTimeoutError
from ocr.types import Line

if TYPE_CHECKING:
    from tesserocr import PyTessBaseAPI

_QUIET: Final = {"debug_file": "/dev/null"}
_PER_SECOND: Final = 1_000


def tesserocr_version() -> str:
    """The version of the Tesseract that tesserocr brings: "5.5.4"; raises OcrEngineMissingError."""
    try:
        import tesserocr
    except ImportError as error:
        raise OcrEngineMissingError(detail=str(error)) from error
    return str(tesserocr.tesseract_version()).split()[1]


class InProcessTesseract:
    """Tesseract's LSTM reader in this process; see `Recogniser`.

    Each thread that reads has a loaded model to itself for as long as it reads; as many are kept
    as ever read at one time. A crash of the library takes the process with it: whoever cannot
    afford that starts workers (workers/pool.py).
    """

    how = "tesserocr"

    def __init__(
        self,
        language: str = "vie",
        *,
        tessdata: Path | None = None,
        timeout_seconds: float = limits.OCR_TIMEOUT_SECONDS,
    ) -> None:
        """Load the model. Raises OcrEngineMissingError, OcrLanguageMissingError, OcrFailedError."""
        self.name = f"tesseract {tesserocr_version()} {language}"
        self._language = language
        self._tessdata = find_tessdata(language, tessdata)
        self._timeout_seconds = timeout_seconds
        self._idle: deque[PyTessBaseAPI] = deque()
        self._making = threading.Lock()
        self._idle.append(self._made())

    def lines(self, grey: Pixels, *, dpi: int, segmentation: Segmentation) -> list[Line]:
        """See `Recogniser.lines`."""
        if is_plain(grey):
            return []
        height, width = grey.shape
        with self._one() as api:
            api.SetPageSegMode(int(segmentation))
            # Tesseract makes its own copy in its own format; this one is its only other.
            api.SetImageBytes(np.ascontiguousarray(grey).tobytes(), width, height, 1, width)
            api.SetSourceResolution(max(limits.MIN_ENGINE_DPI, dpi))
            self._recognise(api)
            return lines_of(api.GetTSVText(0), grey)

    def _recognise(self, api: "PyTessBaseAPI") -> None:
        start = time.monotonic()
        if api.Recognize(round(self._timeout_seconds * _PER_SECOND)):
            return
        if time.monotonic() - start < self._timeout_seconds:
            raise OcrFailedError(detail="Recognize said no")
        raise OcrTimeoutError(detail=f"{self._timeout_seconds} s")

    @contextmanager
    def _one(self) -> Iterator["PyTessBaseAPI"]:
        """A loaded model for this thread alone. One that failed is not used again."""
        try:
            api = self._idle.pop()
        except IndexError:
            api = self._made()
        try:
            yield api
        except (RuntimeError, UnicodeError, ValueError) as error:
            raise OcrFailedError(detail=repr(error)) from error
        api.Clear()
        self._idle.append(api)

    def _made(self) -> "PyTessBaseAPI":
        from tesserocr import OEM, PyTessBaseAPI

        # What an initialisation sets may be shared by the process: one at a time.
        with self._making:
            try:
                return PyTessBaseAPI(
                    path=f"{self._tessdata}/",
                    lang=self._language,
                    oem=OEM.LSTM_ONLY,
                    variables=_QUIET,
                )
            except RuntimeError as error:
                raise OcrFailedError(detail=str(error)) from error
