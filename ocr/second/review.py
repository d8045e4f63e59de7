"""A page's lines after a second look: all that is needed for it in one value."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from imaging.types import Pixels
from ocr import limits
from ocr.errors import OcrError, SecondReaderMissingError
from ocr.second.language import Language, load_language
from ocr.second.reader import LineReader, LineReading
from ocr.second.repair import (
    Draft,
    State,
    first_states,
    level,
    middle_of,
    repaired,
    weigh_states,
)
from ocr.second.script import ScriptReader, script_reader
from ocr.second.small import SmallReader, small_reader
from ocr.second.weigh import load_weights
from ocr.types import Line

_DOUBTFUL: Final = 0.90
"""A line with a piece less sure than this, or changed, goes to the second of the other readers."""


@dataclass(frozen=True, slots=True)
class Review:
    """The other readers, of which either may be missing, and the language. Safe in threads."""

    language: Language
    small: LineReader | None = None
    """Asked about every line: a hundredth of the first reader's time."""
    script: LineReader | None = None
    """Asked about doubtful lines alone: as slow as the first."""

    @property
    def name(self) -> str:
        """The readers, for the record."""
        return " + ".join(
            [*(reader.name for reader in (self.small, self.script) if reader), "syllables 1"]
        )

    def lines(self, grey: Pixels, lines: Sequence[Line]) -> tuple[Line, ...]:
        """The lines of a clean page with words repaired and confidences made true.

        Each line keeps its place, block and role. Raises what the readers raise (`ocr.errors`).
        """
        weights = load_weights()
        small = _read(self.small, grey, lines)
        drafts = [Draft(line, reading) for line, reading in zip(lines, small, strict=True)]
        states = first_states(drafts, self.language)
        weigh_states(states, self.language, weights)
        doubtful = [place for place, state in enumerate(states) if _is_doubtful(state)]
        if self.script is not None and doubtful and middle_of(states) >= limits.PRINT_MIDDLE:
            readings = _read(self.script, grey, [lines[place] for place in doubtful])
            for place, reading in zip(doubtful, readings, strict=True):
                (states[place],) = first_states(
                    [Draft(lines[place], small[place], reading)], self.language
                )
            weigh_states(states, self.language, weights, doubtful)
        level(states)
        return tuple(line for line in map(repaired, states) if line.words)


def _read(
    reader: LineReader | None, grey: Pixels, lines: Sequence[Line]
) -> Sequence[LineReading | None]:
    if reader is None or not lines:
        return [None] * len(lines)
    return reader.read_lines(grey, [line.box for line in lines])


def _is_doubtful(state: State) -> bool:
    return any(
        verdict.chance < _DOUBTFUL or verdict.reading != choice.piece.first
        for choice, verdict in zip(state.choices, state.verdicts, strict=True)
    )


def load_review(*, fast: bool = False, tessdata: Path | None = None) -> Review:
    """What this machine has: readers that are missing are left out. Loaded once a process.

    `tessdata` is where Tesseract's models lie, if not in a well-known place.

    `fast` leaves the slower reader out: a third of the time, a sixth of the repairs fewer.
    """
    return Review(load_language(), _small(), None if fast else _script(tessdata))


def _small() -> SmallReader | None:
    try:
        return small_reader()
    except SecondReaderMissingError:
        return None


def _script(tessdata: Path | None) -> ScriptReader | None:
    try:
        return script_reader(tessdata)
    except OcrError:
        return None


@dataclass(frozen=True, slots=True)
class Found:
    """One second reader on this machine."""

    name: str
    """Its name and version, or what it is called where it is missing."""
    error: OcrError | None
    """Why it cannot be used; its sentence says what to do."""


def second_readers_found() -> tuple[Found, ...]:
    """The second readers, found or missing. Pages are read without those that are missing."""
    found = []
    for name, load in (("trueocr", small_reader), ("tesseract script/Vietnamese", script_reader)):
        try:
            found.append(Found(load().name, None))
        except OcrError as error:
            found.append(Found(name, error))
    return tuple(found)
