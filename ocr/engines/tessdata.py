"""Where Tesseract's trained data lie."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from imaging.errors import ImagingError
from imaging.programs import run
from ocr.errors import OcrLanguageMissingError

PLACES: Final = (
    "/usr/share/tesseract-ocr/*/tessdata",  # Debian, Ubuntu
    "/usr/share/tessdata",  # Fedora, Arch
    "/usr/local/share/tessdata",  # built by hand
)
_TOLD: Final = re.compile(r'in "([^"]+)"')
_ASK_SECONDS: Final = 20.0


def find_tessdata(language: str, given: Path | None = None) -> Path:
    """The folder that holds the trained data of a language, or of all in "vie+eng".

    `given` alone counts where it is there; else the well-known places, newest version first, then
    whatever the program itself says. Raises OcrLanguageMissingError.
    """
    for folder in (given,) if given is not None else _folders():
        if all((folder / f"{name}.traineddata").is_file() for name in language.split("+")):
            return folder
    raise OcrLanguageMissingError(detail=f"{language} in {given or PLACES}")


def _folders() -> Iterator[Path]:
    for place in PLACES:
        yield from sorted(Path("/").glob(place.lstrip("/")), key=_version, reverse=True)
    told = _told()
    if told is not None:
        yield told


def _version(folder: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", str(folder)))


@cache
def _told() -> Path | None:
    """What `tesseract --list-langs` says it uses."""
    try:
        done = run(["tesseract", "--list-langs"], timeout_seconds=_ASK_SECONDS)
    except ImagingError:
        return None
    found = _TOLD.search(done.stdout.decode("utf-8", errors="replace") + done.stderr)
    return Path(found.group(1)) if found else None
