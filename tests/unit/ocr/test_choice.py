"""The engine that reads is the one the operator asked for, or the best that is there."""

import os
import stat
import sys
from pathlib import Path

import pytest

from config.options import ENGINES, READINGS
from ocr import Backend, Mode, best_engine, best_recogniser
from ocr.engines import find_tessdata, tessdata, tesserocr_version
from ocr.errors import OcrEngineMissingError, OcrLanguageMissingError

HOW = {Backend.TESSEROCR: "tesserocr", Backend.PYTESSERACT: "pytesseract"}


@pytest.fixture
def no_tesserocr(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without the wheel."""
    monkeypatch.setitem(sys.modules, "tesserocr", None)


@pytest.mark.parametrize("backend", HOW)
def test_the_operator_chooses(backend: Backend) -> None:
    if backend is Backend.TESSEROCR:
        pytest.importorskip("tesserocr")
    assert HOW[backend] == best_engine(backend=backend).how


def test_in_process_is_the_default() -> None:
    pytest.importorskip("tesserocr")
    assert best_recogniser().how == "tesserocr"


@pytest.mark.usefixtures("no_tesserocr")
def test_without_the_wheel_the_program_reads() -> None:
    assert best_recogniser().how == "pytesseract"


@pytest.mark.usefixtures("no_tesserocr")
def test_what_was_asked_for_and_is_not_there_is_told() -> None:
    """Never quietly another one: the operator chose it for a reason."""
    for ask in (tesserocr_version, lambda: best_recogniser(backend=Backend.TESSEROCR)):
        with pytest.raises(OcrEngineMissingError) as caught:
            ask()
        assert "TANGTHU_ENGINE=auto" in caught.value.message


def test_settings_offer_what_the_library_has() -> None:
    """Settings name the values without loading the library."""
    assert tuple(Backend) == ENGINES
    assert tuple(Mode) == READINGS


def _data(folder: Path, *languages: str) -> Path:
    folder.mkdir(parents=True)
    for language in languages:
        (folder / f"{language}.traineddata").touch()
    return folder


def test_trained_data_are_found_where_systems_put_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest version that has the language; all languages of a pair in one place."""
    old = _data(tmp_path / "tesseract-ocr" / "4.00" / "tessdata", "vie", "eng")
    new = _data(tmp_path / "tesseract-ocr" / "5" / "tessdata", "vie")
    monkeypatch.setattr(tessdata, "PLACES", (f"{tmp_path}/tesseract-ocr/*/tessdata",))
    assert find_tessdata("vie") == new
    assert find_tessdata("vie+eng") == old
    assert find_tessdata("eng", old) == old
    with pytest.raises(OcrLanguageMissingError):
        find_tessdata("eng", new)


def test_the_program_is_asked_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing lies in the usual places, it knows its own."""
    odd = _data(tmp_path / "odd", "vie")
    program = tmp_path / "tesseract"
    program.write_text(f"#!/bin/sh\necho 'List of available languages in \"{odd}/\" (1):'\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(tessdata, "PLACES", ())
    tessdata._told.cache_clear()
    try:
        assert find_tessdata("vie") == odd
    finally:
        tessdata._told.cache_clear()
