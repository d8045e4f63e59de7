"""The invisible text is where the print is and comes out as it was read."""

import re
import subprocess
import unicodedata
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pdfplumber
import pypdfium2
import pytest
from PIL import Image

from archive.pdfa import PdfPage, build_pdfa
from archive.textlayer import (
    PixelBox,
    Rect,
    TextLine,
    TextPage,
    TextWord,
    clean_word,
    upright_matrix,
)

Scan = Callable[..., tuple[Image.Image, TextPage]]
PER_POINT = 100 / 72


def _expected(page: TextPage) -> str:
    return "\n".join(" ".join(word.text for word in line.words) for line in page.lines)


def _made(
    tmp_path: Path, image: Image.Image, page: TextPage, scan_pdf: Callable[..., Path], at: datetime
) -> Path:
    # the stored page lies on its side: turning it clockwise by `rotation` makes it upright
    stored = image.rotate(page.rotation, expand=True)
    source = scan_pdf(stored)
    data = build_pdfa(source, "application/pdf", [PdfPage(1, page)], title="Thử", created=at)
    path = tmp_path / "made.pdf"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_text_comes_out_as_read(
    rotation: int,
    tmp_path: Path,
    scan: Scan,
    scan_pdf: Callable[..., Path],
    created: datetime,
    pdftotext: str,
) -> None:
    """Single spaces, lines in order, NFC, whichever way the paper lay (three extractors)."""
    image, page = scan(rotation=rotation)
    made = _made(tmp_path, image, page, scan_pdf, created)
    out = subprocess.run(
        [pdftotext, "-layout", made, "-"], capture_output=True, check=True
    ).stdout.decode()
    got = [line.strip() for line in out.replace("\f", "").splitlines() if line.strip()]
    assert _expected(page).splitlines() == got
    assert unicodedata.is_normalized("NFC", out)
    with pypdfium2.PdfDocument(made) as document:
        text = document[0].get_textpage().get_text_range()
    assert _expected(page).split("\n") == [one.strip() for one in text.splitlines()]
    with pdfplumber.open(made) as plumber:
        assert _expected(page).split() == [
            word["text"] for word in plumber.pages[0].extract_words()
        ]


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_words_stand_on_their_print(
    rotation: int,
    tmp_path: Path,
    scan: Scan,
    scan_pdf: Callable[..., Path],
    created: datetime,
    pdftotext: str,
) -> None:
    """Each word's box is within a few points of where it was read, on the page as shown."""
    image, page = scan(rotation=rotation)
    made = _made(tmp_path, image, page, scan_pdf, created)
    out = subprocess.run(
        [pdftotext, "-bbox", made, "-"], capture_output=True, check=True
    ).stdout.decode()
    found = re.findall(
        r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>', out
    )
    words = [word for line in page.lines for word in line.words]
    assert [word.text for word in words] == [one[4] for one in found]
    for word, one in zip(words, found, strict=True):
        x0, y0, x1, y1 = (float(side) * PER_POINT for side in one[:4])
        assert (x0, x1) == pytest.approx((word.box.x0, word.box.x1), abs=1)
        # one height for a line: a lone hyphen's own box is lower
        assert (y0 + y1) / 2 == pytest.approx((word.box.y0 + word.box.y1) / 2, abs=5)


def test_skewed_line_stays_a_line(
    tmp_path: Path, scan_pdf: Callable[..., Path], created: datetime, pdftotext: str
) -> None:
    """A line that climbs by two degrees, with boxes of uneven height, is still one line."""
    words = [
        TextWord(
            f"từ{number}",
            PixelBox(
                80 + number * 70,
                400 - number * 70 * 0.035 - (number % 3) * 4,
                140 + number * 70,
                424 - number * 70 * 0.035 + (number % 2) * 5,
            ),
        )
        for number in range(10)
    ]
    below = [
        TextWord(word.text, word.box._replace(y0=word.box.y0 + 40, y1=word.box.y1 + 40))
        for word in words
    ]
    page = TextPage(827, 1169, 0, (TextLine(tuple(words)), TextLine(tuple(below))))
    made = _made(tmp_path, Image.new("RGB", (827, 1169), "white"), page, scan_pdf, created)
    out = subprocess.run([pdftotext, made, "-"], capture_output=True, check=True).stdout.decode()
    assert _expected(page).splitlines() == [one for one in out.strip("\f\n").splitlines() if one]


@pytest.mark.parametrize(
    ("read", "kept"),
    [
        ("Đi\u0323nh", "Định"),
        ("hai từ", "haitừ"),
        ("\x00\x07x\ud800", "x"),
        ("𝄞nhạc", "𝄞nhạc"),
        ("\u200b", "\u200b"),
    ],
)
def test_word_is_cleaned(read: str, kept: str) -> None:
    """NFC, no spaces inside, nothing that no reader may hold."""
    assert kept == clean_word(read)


def test_letters_beyond_the_bmp_come_out(
    tmp_path: Path, scan_pdf: Callable[..., Path], created: datetime, pdftotext: str
) -> None:
    """A letter of Nôm from the supplementary planes is found by its code."""
    word = TextWord("𡨸喃", PixelBox(100, 100, 200, 140))
    page = TextPage(827, 1169, 0, (TextLine((word,)),))
    made = _made(tmp_path, Image.new("RGB", (827, 1169), "white"), page, scan_pdf, created)
    out = subprocess.run([pdftotext, made, "-"], capture_output=True, check=True).stdout.decode()
    assert out.strip() == "𡨸喃"


@pytest.mark.parametrize(
    ("rotation", "expected"),
    [(0, (10, 20)), (90, (110, 20)), (180, (110, 220)), (270, (10, 220))],
)
def test_lower_left_as_shown(rotation: int, expected: tuple[int, int]) -> None:
    """Where the lower left of the page as shown lies in the page's own coordinates."""
    matrix = upright_matrix(Rect(10, 20, 110, 220), rotation)
    assert expected == (matrix.e, matrix.f)
