"""The Tesseract program answers, or its fault comes out as a code; its odd output is survived."""

import os
import stat
from pathlib import Path

import numpy as np
import pytest

from imaging import Pixels
from imaging.errors import Category
from ocr import Line, Recogniser, Segmentation, TextSource, best_engine, clean_page, read_page
from ocr.engines import ProgramTesseract
from ocr.errors import (
    OcrFailedError,
    OcrLanguageMissingError,
    OcrProgramMissingError,
    OcrTimeoutError,
)

PAGE = np.full((200, 300), 255, np.uint8)
PAGE[40:60, 40:200] = 0
HEAD = (
    "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"
)


def _fake(
    folder: Path, monkeypatch: pytest.MonkeyPatch, script: str, languages: str = "eng vie"
) -> None:
    """A program named tesseract that knows its version and languages and then runs `script`."""
    program = folder / "tesseract"
    program.write_text(
        f"""#!/bin/sh
case "$1" in --version) echo "tesseract 5.3.0"; exit 0;; esac
for argument in "$@"; do
    case "$argument" in --list-langs)
        echo "List of available languages:"; printf '%s\\n' {languages}; exit 0;;
    esac
done
output="$2"
{script}
""",
        encoding="utf-8",
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def read(recogniser: Recogniser) -> list[Line]:
    return recogniser.lines(PAGE, dpi=200, segmentation=Segmentation.PAGE)


def test_a_page_is_read_with_its_words_in_place(tilted: Pixels):
    """A leaning, shaded, grainy page with a seal; boxes lie on the ink of the page itself."""
    page = read_page(tilted, dpi=300, rotation=0, engine=best_engine())
    assert page.source is TextSource.OCR
    assert page.skew == pytest.approx(2.6, abs=0.15)
    for expected in (
        "ỦY BAN NHÂN DÂN",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Số: 27/QĐ-UBND",
        "Căn cứ Luật Xây dựng ngày 18 tháng 6 năm 2014;",
        "Nơi nhận:",
    ):
        assert expected in page.text.splitlines()
    ink = tilted.max(axis=2) < 110
    for line in page.lines:
        for word in line.words:
            x0, y0, x1, y1 = word.box
            assert ink[y0:y1, x0:x1].any(), word.text
            assert word.confidence > 0.1
    issuer = next(line for line in page.lines if line.text == "ỦY BAN NHÂN DÂN")
    assert issuer.box.x1 < 1100
    assert {"clean", "recognise"} == set(page.seconds)


@pytest.mark.parametrize(
    "pixels",
    [
        np.full((1754, 1240, 3), 250, np.uint8),
        np.random.default_rng(7).integers(0, 255, (900, 700, 3), dtype=np.uint8),
    ],
    ids=["blank", "noise"],
)
def test_nothing_to_read_gives_no_text(pixels: Pixels):
    page = read_page(pixels, dpi=150, rotation=90, engine=best_engine())
    assert (page.lines, page.source, page.rotation) == ((), TextSource.NONE, 90)


def test_a_crash_is_a_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    _fake(tmp_path, monkeypatch, "kill -SEGV $$")
    with pytest.raises(OcrFailedError) as caught:
        read(ProgramTesseract())
    assert caught.value.category is Category.RETRY


def test_success_without_output_is_a_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    _fake(tmp_path, monkeypatch, "exit 0")
    with pytest.raises(OcrFailedError):
        read(ProgramTesseract())


def test_a_hang_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    _fake(tmp_path, monkeypatch, "exec sleep 60")
    with pytest.raises(OcrTimeoutError):
        read(ProgramTesseract(timeout_seconds=0.5))


def test_missing_trained_data_names_the_command_that_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    _fake(tmp_path, monkeypatch, "exit 0", languages="eng")
    with pytest.raises(OcrLanguageMissingError) as caught:
        ProgramTesseract()
    assert "apt-get install tesseract-ocr-vie" in caught.value.message
    assert caught.value.category is Category.ENVIRONMENT


def test_data_that_went_missing_later_is_told_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    _fake(tmp_path, monkeypatch, "echo \"Failed loading language 'vie'\" >&2; exit 1")
    with pytest.raises(OcrLanguageMissingError):
        read(ProgramTesseract())


def test_a_missing_program_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OcrProgramMissingError) as caught:
        ProgramTesseract()
    assert "apt-get install tesseract-ocr" in caught.value.message


def test_half_characters_and_broken_rows_are_survived(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    rows = [
        HEAD,
        "1\\t1\\t0\\t0\\t0\\t0\\t0\\t0\\t300\\t200\\t-1\\t",
        "5\\t1\\t1\\t1\\t1\\t1\\t10\\t10\\t60\\t20\\t96.5\\tĐ\\303",
        "5\\t1\\t1\\t1\\t1\\t2\\t80\\t10\\t900\\t20\\t150\\ttie\\314\\202\\314\\201ng",
        "5\\t1\\t1\\t1\\tx\\t3\\t80\\t10\\t60\\t20\\t90\\thỏng",
        "5\\t1\\t1\\t1\\t1\\t4\\t150\\t10\\t60\\t20\\t90\\t   ",
        "cut off",
    ]
    body = "\\n".join(row.replace("\t", "\\t") for row in rows)
    _fake(tmp_path, monkeypatch, f"printf '{body}\\n' > \"$output.tsv\"")
    (line,) = read(ProgramTesseract())
    assert [word.text for word in line.words] == ["Đ\ufffd", "tiếng"]
    assert [word.confidence for word in line.words] == [0.965, 1.0]
    assert line.words[1].box == (80, 10, 300, 30)


def test_the_eth_of_the_model_is_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """It writes QĐÐ for QĐ often enough to spoil the numbers of decisions."""
    row = "5\\t1\\t1\\t1\\t1\\t1\\t10\\t10\\t60\\t20\\t90\\t27/QĐÐ-UBND"
    _fake(tmp_path, monkeypatch, f"printf '{row}\\n' > \"$output.tsv\"")
    (line,) = read(ProgramTesseract())
    assert line.text == "27/QĐ-UBND"


def test_one_engine_thread_a_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Tesseract's own threads cost fourfold where pages run side by side."""
    monkeypatch.delenv("OMP_THREAD_LIMIT", raising=False)
    _fake(
        tmp_path,
        monkeypatch,
        'echo "$OMP_THREAD_LIMIT" > "$output.limit"; cat "$output.limit" >&2; exit 3',
    )
    with pytest.raises(OcrFailedError) as caught:
        read(ProgramTesseract())
    assert "1" in caught.value.detail


def test_reading_twice_gives_the_same(letter: Pixels):
    clean = clean_page(letter, 300)
    engine = best_engine()
    assert engine.read(clean) == engine.read(clean)
