"""The readers that bench.ocr measures side by side: ours, plain Tesseract, OCRmyPDF."""

import os
import resource
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

import cv2

from imaging import open_source, rotate_quarter
from ocr import Engine, Mode, PageText, Review, best_engine, inspect_page, load_review, read_page
from ocr.types import OUTSIDE_TEXT

_KIB = 1024
_MIB = 1024 * 1024


class SureWord(NamedTuple):
    """A word and how sure the reader is of it, 0 to 1."""

    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reader made of one page."""

    text: str
    cpu_seconds: float
    """Of this process or the program's, threads added up: robust to what else the machine does."""
    peak_bytes: int
    """Resident memory of the largest process so far; 0 where it cannot be told apart."""
    lines: tuple[tuple[SureWord, ...], ...] = ()
    """Line by line; empty where the reader does not say how sure it is."""


class Reader(Protocol):
    """Reads one page file."""

    name: str

    def read(self, path: Path, *, dpi: int) -> Answer:
        """The page's text. `dpi` is told to readers that cannot find it."""


class Ours:
    """The page as `tangthu read` takes it: gate, quarter turn, clean-up, reading."""

    def __init__(self, engine: Engine, mode: Mode) -> None:
        """Read with this engine; it and the second readers are loaded here, before any page."""
        self.name = "ours" if mode is Mode.CAREFUL else f"ours {mode}"
        self._engine = engine
        self._mode = mode
        self._review: Review = load_review(fast=mode is Mode.FAST)

    def read(self, path: Path, *, dpi: int) -> Answer:
        """See `Reader.read`; what stands in the file says its resolution."""
        del dpi
        before = _cpu_seconds()
        page = self._page(path)
        seconds = _cpu_seconds() - before
        lines = tuple(
            tuple(SureWord(word.text, word.confidence) for word in line.words)
            for line in page.lines
            if line.role not in OUTSIDE_TEXT
        )
        return Answer(page.text, seconds, _peak_bytes(), lines)

    def _page(self, path: Path) -> PageText:
        with open_source(path) as source:
            image = source.page(1)
        turn = inspect_page(image).rotation
        upright = rotate_quarter(image.pixels, turn)
        return read_page(
            upright,
            dpi=image.dpi,
            rotation=turn,
            engine=self._engine,
            mode=self._mode,
            review=self._review,
        )


class Plain:
    """Tesseract's program on the page as it comes, Vietnamese, one thread."""

    name = "tesseract"

    def read(self, path: Path, *, dpi: int) -> Answer:
        """See `Reader.read`."""
        command = ["tesseract", str(path), "stdout", "-l", "vie", "--dpi", str(dpi)]
        return _run(command, threads=1)


class OcrMyPdf:
    """OCRmyPDF as its users call it: deskewed, turned, two jobs; text by pdftotext."""

    name = "ocrmypdf"

    def __init__(self, program: str) -> None:
        """Call this program."""
        self._program = program

    def read(self, path: Path, *, dpi: int) -> Answer:
        """See `Reader.read`."""
        with tempfile.TemporaryDirectory(prefix="tangthu-bench-") as folder:
            made = Path(folder) / "page.pdf"
            command = [self._program, "-q", "-l", "vie", "--deskew", "--rotate-pages"]
            command += ["--jobs", "2", "--image-dpi", str(dpi), str(path), str(made)]
            answer = _run(command, threads=None)
            text = subprocess.run(
                ["pdftotext", str(made), "-"],
                capture_output=True,
                check=True,
            ).stdout.decode()
        return Answer(text, answer.cpu_seconds, answer.peak_bytes)


def readers(*, peers: bool, fast: bool, ocrmypdf: str) -> list[Reader]:
    """Ours, and beside it the peers that are installed. Raises what the engine raises."""
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    cv2.setNumThreads(1)
    engine = best_engine()
    found: list[Reader] = [Ours(engine, Mode.CAREFUL)]
    if fast:
        found.append(Ours(engine, Mode.FAST))
    if peers:
        found.append(Plain())
        program = shutil.which(ocrmypdf)
        found += [OcrMyPdf(program)] if program else []
    return found


def _run(command: list[str], *, threads: int | None) -> Answer:
    environment = dict(os.environ)
    environment.pop("OMP_THREAD_LIMIT", None)
    if threads is not None:
        environment["OMP_THREAD_LIMIT"] = str(threads)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as process:
        assert process.stdout is not None
        text = process.stdout.read().decode("utf-8", errors="replace")
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    # A child's peak starts at that of the process it was forked from: it says nothing of its own.
    return Answer(text, usage.ru_utime + usage.ru_stime, 0)


def _cpu_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _peak_bytes() -> int:
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) * _KIB


def in_mebibytes(size: int) -> int:
    """Bytes as whole MiB."""
    return round(size / _MIB)
