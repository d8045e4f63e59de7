"""The doctor says which engine reads, and how to get what is missing or only useful."""

import sys
from pathlib import Path

import pytest

from config.commands.doctor import READER_MENDS, SECOND_MENDS, Check, reading_checks
from config.options import read_options
from ocr import errors


def checks(**environment: str) -> dict[str, Check]:
    return {check.name: check for check in reading_checks(read_options(environment))}


def test_all_is_there() -> None:
    """As `script/setup` leaves a machine: read in process where the wheel is."""
    pytest.importorskip("tesserocr")
    found = checks()
    assert all(check.ok for check in found.values())
    assert "tesserocr" in found["reader"].detail
    assert "careful" in found["reader"].detail
    assert {"tesserocr", "tesseract", "tesseract-vie", "second-reader-1"} <= set(found)


def test_the_operators_choice_is_shown() -> None:
    reader = checks(TANGTHU_ENGINE="pytesseract", TANGTHU_READING="fast")["reader"]
    assert reader.ok
    assert "pytesseract" in reader.detail
    assert "fast" in reader.detail


def test_the_wheel_is_only_useful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it the program reads: nothing is wrong, but there is something to gain."""
    monkeypatch.setitem(sys.modules, "tesserocr", None)
    found = checks()
    assert found["reader"].ok
    assert "pytesseract" in found["reader"].detail
    assert found["tesserocr"].ok
    assert "pip install tesserocr" in found["tesserocr"].mend


def test_a_chosen_engine_that_is_missing_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tesserocr", None)
    reader = checks(TANGTHU_ENGINE="tesserocr")["reader"]
    assert not reader.ok
    assert "pip install tesserocr" in reader.mend


def test_data_that_are_not_where_the_operator_says_are_wrong(tmp_path: Path) -> None:
    found = checks(TANGTHU_TESSDATA=str(tmp_path))
    assert not found["reader"].ok
    assert "tesseract-ocr-vie" in found["reader"].mend
    assert not found["tesseract-vie"].ok


def test_a_machine_without_the_program_reads_in_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program is then only useful."""
    pytest.importorskip("tesserocr")
    monkeypatch.setenv("PATH", str(tmp_path))
    found = checks()
    assert found["reader"].ok
    assert found["tesseract"].ok
    assert "tesseract-ocr" in found["tesseract"].mend


def test_every_fault_of_a_reader_has_its_mend() -> None:
    """An error without a command would break the doctor itself."""
    told = {
        error.code
        for error in vars(errors).values()
        if isinstance(error, type)
        and issubclass(error, errors.OcrError)
        and error.category is errors.Category.ENVIRONMENT
    }
    assert told <= set(READER_MENDS) | set(SECOND_MENDS)
