"""Recognition by Tesseract, through pytesseract."""

import os
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import cv2
import pytesseract

from imaging.types import Box, Pixels
from ocr import limits
from ocr.errors import (
    OcrFailedError,
    OcrLanguageMissingError,
    OcrProgramMissingError,
    OcrTimeoutError,
)
from ocr.layout import in_reading_order, union
from ocr.tables import by_table, find_tables, ribbon_of, without_cells
from ocr.types import CleanPage, Line, Word

_WORD_LEVEL: Final = "5"
_COLUMNS: Final = 12
_WHOLE_PAGE, _ONE_BLOCK = 3, 6
"""Tesseract's page segmentation modes."""


class TesseractEngine:
    """Tesseract's LSTM reader by its command line; one process a page. See `Engine`."""

    def __init__(
        self,
        language: str = "vie",
        *,
        timeout_seconds: float = limits.OCR_TIMEOUT_SECONDS,
    ) -> None:
        """Ask the program for its version and languages.

        Raises OcrProgramMissingError, OcrLanguageMissingError.
        """
        # Tesseract's threads gain nothing and cost fourfold where pages run side by side
        # (docs/ocr.md). pytesseract hands the process's environment on and takes no other.
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")
        self._language = language
        self._timeout_seconds = timeout_seconds
        self.name = f"tesseract {_version()} {language}"
        if not set(language.split("+")) <= set(pytesseract.get_languages()):
            raise OcrLanguageMissingError(detail=language)

    def read(self, page: CleanPage) -> tuple[Line, ...]:
        """See `Engine.read`."""
        tables = find_tables(page.grey)
        ribbon = ribbon_of(page.grey, tables)
        body = without_cells(page.grey, tables) if ribbon is not None else page.grey
        lines = self._lines(body, page.dpi, _WHOLE_PAGE)
        width = page.grey.shape[1]
        if ribbon is None:
            return in_reading_order(lines, width=width)
        cells = ribbon.on_page(self._lines(ribbon.grey, page.dpi, _ONE_BLOCK))
        return in_reading_order(lines, width=width, tables=by_table(cells, tables))

    def _lines(self, grey: Pixels, dpi: int, segmentation: int) -> list[Line]:
        with tempfile.TemporaryDirectory(prefix="tangthu-ocr-") as folder:
            path = Path(folder) / "page.pgm"  # uncompressed: a PNG takes longer than it saves
            cv2.imwrite(str(path), grey)
            output = self._run(str(path), dpi, segmentation)
        # The LSTM can emit halves of characters: keep the row, mark the hole.
        return _lines(list(_words(output.decode("utf-8", errors="replace"))), grey)

    def _run(self, path: str, dpi: int, segmentation: int) -> bytes:
        try:
            output = pytesseract.pytesseract.run_and_get_output(
                path,
                extension="tsv",
                lang=self._language,
                config=f"--psm {segmentation} --dpi {max(70, dpi)} -c tessedit_create_tsv=1",
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


class _Row(NamedTuple):
    """A word of the TSV and the numbers of its block, paragraph and line."""

    place: tuple[int, int, int]
    word: Word


def _words(tsv: str) -> Iterator[_Row]:
    for row in tsv.splitlines():
        cells = row.split("\t", _COLUMNS - 1)
        if len(cells) != _COLUMNS or cells[0] != _WORD_LEVEL:
            continue
        try:
            block, paragraph, line = (int(cell) for cell in cells[2:5])
            left, top, width, height = (int(cell) for cell in cells[6:10])
            confidence = float(cells[10]) / 100
        except ValueError:
            continue
        text = _spelt(cells[11])
        if text:
            box = Box(left, top, left + width, top + height)
            word = Word(text, box, min(1.0, max(0.0, confidence)))
            yield _Row((block, paragraph, line), word)


def _spelt(text: str) -> str:
    """NFC without white space; the Icelandic eth that the model writes for or after đ is undone."""
    text = unicodedata.normalize("NFC", "".join(text.split()))
    for pair in ("ĐÐ", "ÐĐ", "Ð"):
        text = text.replace(pair, "Đ")
    return text.replace("đð", "đ").replace("ð", "đ")


def _lines(rows: list[_Row], grey: Pixels) -> list[Line]:
    """Words gathered by Tesseract's own lines."""
    height, width = grey.shape
    gathered: dict[tuple[int, int, int], list[Word]] = {}
    for place, word in rows:
        x0, y0, x1, y1 = word.box
        box = Box(max(0, x0), max(0, y0), min(width, x1), min(height, y1))
        if box.x0 < box.x1 and box.y0 < box.y1:
            gathered.setdefault(place, []).append(Word(word.text, box, word.confidence))
    return [
        Line(tuple(words), union(word.box for word in words), block=place[0])
        for place, words in gathered.items()
    ]
