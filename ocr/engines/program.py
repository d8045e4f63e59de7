"""Tesseract as a program of its own, through pytesseract: there wherever Tesseract is."""

import os
import shutil
import tempfile
from pathlib import Path

import cv2
import pytesseract

from imaging.types import Pixels
from ocr import limits
from ocr.engine import Segmentation
from ocr.engines.tsv import is_plain, lines_of
from ocr.errors import (
    OcrFailedError,
    OcrLanguageMissingError,
    OcrProgramMissingError,
    OcrTimeoutError,
)
from ocr.types import Line


class ProgramTesseract:
    """Tesseract's LSTM reader by its command line; one process an image. See `Recogniser`."""

    how = "pytesseract"

    def __init__(
        self,
        language: str = "vie",
        *,
        tessdata: Path | None = None,
        timeout_seconds: float = limits.OCR_TIMEOUT_SECONDS,
    ) -> None:
        """Ask the program for its version and languages.

        `tessdata` is where its data lie, if not where it looks itself. Raises
        OcrProgramMissingError, OcrLanguageMissingError.
        """
        # Tesseract's threads gain nothing and cost fourfold where pages run side by side
        # (docs/ocr.md). pytesseract hands the process's environment on and takes no other.
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")
        self._language = language
        self._timeout_seconds = timeout_seconds
        self._place = f'--tessdata-dir "{tessdata}"' if tessdata else ""
        self.name = f"tesseract {_version()} {language}"
        if not set(language.split("+")) <= set(pytesseract.get_languages(self._place)):
            raise OcrLanguageMissingError(detail=language)

    def lines(self, grey: Pixels, *, dpi: int, segmentation: Segmentation) -> list[Line]:
        """See `Recogniser.lines`."""
        if is_plain(grey):
            return []
        with tempfile.TemporaryDirectory(prefix="tangthu-ocr-") as folder:
            path = Path(folder) / "page.pgm"  # uncompressed: a PNG takes longer than it saves
            cv2.imwrite(str(path), grey)
            output = self._run(str(path), max(limits.MIN_ENGINE_DPI, dpi), segmentation)
        # The LSTM can emit halves of characters: keep the row, mark the hole.
        return lines_of(output.decode("utf-8", errors="replace"), grey)

    def _run(self, path: str, dpi: int, segmentation: Segmentation) -> bytes:
        try:
            output = pytesseract.pytesseract.run_and_get_output(
                path,
                extension="tsv",
                lang=self._language,
                config=f"{self._place} --psm {segmentation:d} --dpi {dpi} -c tessedit_create_tsv=1",
                timeout=self._timeout_seconds,
                return_bytes=True,
            )
        except pytesseract.TesseractNotFoundError as error:
            raise OcrProgramMissingError(detail=str(error)) from error
        except pytesseract.TesseractError as error:
            if "loading language" in str(error):
                raise OcrLanguageMissingError(detail=str(error)) from error
            raise OcrFailedError(detail=str(error)) from error
        except RuntimeError as error:  # pytesseract's word for a timeout
            raise OcrTimeoutError(detail=f"{self._timeout_seconds} s") from error
        except OSError as error:  # killed before it could write its answer
            raise OcrFailedError(detail=str(error)) from error
        return bytes(output)


def _version() -> str:
    if shutil.which("tesseract") is None:
        raise OcrProgramMissingError(detail="tesseract is not on PATH")
    try:
        return str(pytesseract.get_tesseract_version())
    except (pytesseract.TesseractNotFoundError, SystemExit) as error:
        raise OcrProgramMissingError(detail=str(error)) from error
