"""What other people's software gets out of the text layer: the words as read, where they stand.

Three readers: poppler (`pdftotext`), PDFium (Chromium) and pdf.js (Firefox and many web pages).
pdf.js is fetched by npm, so its cases run with `make test-all`.
"""

import ctypes
import json
import math
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable, Iterator
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import NamedTuple

import pypdfium2
import pytest
from PIL import Image
from pypdfium2 import raw

from archive.pdfa import PdfPage, build_pdfa
from archive.textlayer import PixelBox, TextLine, TextPage, TextWord

WIDTH, HEIGHT, DPI = 1654, 2339, 200
"""A4."""
POINT = DPI / 72
"""Pixels in a point."""
READERS = ["poppler", "pdfium", pytest.param("pdfjs", marks=pytest.mark.slow)]
PAPER = (
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "Thực hiện Công văn số 2114/BGDĐT-GDCTHSSV ngày 16/5/2019 và Công điện số 131/CĐ-",
    "TTg ngày 11/12/2024 của Thủ tướng Chính phủ, Ủy ban nhân dân xã Thử Nghiệm đề nghị các",
    "cơ quan, đơn vị phản ánh kịp thời những khó khăn, vướng mắc; mở rộng, nâng cấp đường ở",
    "các thôn; giữ nguyên “Quỹ vì người nghèo” (đợt 2) – 1.250.000 đồng/hộ, đạt 97,5% kế hoạch.",
    "Nơi nhận:",
    "- Như trên;",
    "- Lưu: VT, NC (5b).",
)


class Place(NamedTuple):
    """A word and where a reader finds it, in points of the page as shown, from the top left."""

    text: str
    left: float
    right: float
    middle: float


class Made(NamedTuple):
    """The archival PDF and what was read on its page."""

    path: Path
    page: TextPage

    @property
    def lines(self) -> list[str]:
        """As a reader should give them."""
        return [" ".join(word.text for word in line.words) for line in self.page.lines]


@pytest.fixture
def make(
    tmp_path: Path, scan_pdf: Callable[..., Path], created: datetime
) -> Callable[[TextPage], Made]:
    """An archival PDF of a blank sheet with that text behind it."""

    def build(page: TextPage) -> Made:
        sheet = Image.new("RGB", (page.width // 2, page.height // 2), "white")
        stored = sheet.rotate(page.rotation, expand=True)
        source = scan_pdf(stored)
        data = build_pdfa(
            source, "application/pdf", [PdfPage(1, page)], title="Thử", created=created
        )
        path = tmp_path / "made.pdf"
        path.write_bytes(data)
        return Made(path, page)

    return build


@pytest.fixture(scope="session")
def pdfjs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which pdf.js is installed with our script that runs it."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("node or npm is missing: sudo apt-get install nodejs npm")
    folder = tmp_path_factory.mktemp("pdfjs")
    for file in (Path(__file__).parent / "pdfjs").iterdir():
        shutil.copy(file, folder)
    options = ("--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund")
    subprocess.run([npm, "ci", *options], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture
def extract(request: pytest.FixtureRequest) -> Callable[[str, Path], list[str]]:
    """The lines of the first page as a reader gives them, blank ones left out."""

    def lines(reader: str, path: Path) -> list[str]:
        if reader == "poppler":
            program = request.getfixturevalue("pdftotext")
            done = subprocess.run([program, "-raw", path, "-"], capture_output=True, check=True)
            text = done.stdout.decode().replace("\f", "")
        elif reader == "pdfium":
            with pypdfium2.PdfDocument(path) as document:
                text = document[0].get_textpage().get_text_range()
        else:
            items = _pdfjs_items(request.getfixturevalue("pdfjs"), path)
            text = "".join(item["text"] + "\n" * item["ends_line"] for item in items)
        return [line.strip() for line in text.splitlines() if line.strip()]

    return lines


def _pdfjs_items(folder: Path, path: Path) -> list[dict[str, object]]:
    done = subprocess.run(
        ["node", "extract.mjs", path], cwd=folder, capture_output=True, check=True
    )
    (((*items,),),) = json.loads(done.stdout)
    return items


def _poppler_places(pdftotext: str, path: Path) -> list[Place]:
    done = subprocess.run([pdftotext, "-bbox", path, "-"], capture_output=True, check=True)
    number = r'="([-\d.]+)"'
    pattern = f"<word xMin{number} yMin{number} xMax{number} yMax{number}>(.*?)</word>"
    return [
        Place(unescape(text), float(x0), float(x1), (float(y0) + float(y1)) / 2)
        for x0, y0, x1, y1, text in re.findall(pattern, done.stdout.decode())
    ]


def _pdfium_places(path: Path) -> list[Place]:
    """Letters gathered into words; a viewer shows the page at 100 pixels a point."""
    with pypdfium2.PdfDocument(path) as document:
        page = document[0]
        text = page.get_textpage()
        letters = [
            (text.get_text_range(index, 1), _shown(page, text.get_charbox(index, loose=True)))
            for index in range(text.count_chars())
        ]
    return list(_gathered(letters))


def _shown(page: object, box: tuple[float, ...]) -> tuple[float, ...]:
    width, height = (round(side * 100) for side in page.get_size())  # type: ignore[attr-defined]
    corners = []
    for x, y in ((box[0], box[1]), (box[2], box[3])):
        across, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page, 0, 0, width, height, 0, x, y, across, down)
        corners.append((across.value / 100, down.value / 100))
    (x0, y0), (x1, y1) = corners
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _gathered(letters: list[tuple[str, tuple[float, ...]]]) -> Iterator[Place]:
    word: list[tuple[str, tuple[float, ...]]] = []
    for letter, box in [*letters, (" ", (0.0,) * 4)]:
        if letter.strip():
            word.append((letter, box))
        elif word:
            left, right = word[0][1][0], word[-1][1][2]
            middle = (word[0][1][1] + word[0][1][3]) / 2
            yield Place("".join(sign for sign, _ in word), left, right, middle)
            word = []


def _paper(*, degrees: float = 0.0, rotation: int = 0) -> TextPage:
    """Lines of a decision, set at 13 points, on a sheet that lies crooked by that much.

    Marks and descenders make the boxes uneven, as recognised ones are.
    """
    slope = math.tan(math.radians(degrees))
    lines = []
    for row, text in enumerate(PAPER):
        x, words = 250.0 if row > 1 else 500.0, []
        for word in text.split():
            reach = len(word) * 15.0
            y = 300 + row * 54 + slope * (x + reach / 2 - WIDTH / 2)
            top = 12 if any(letter in "ỂỆỦỘếểềổốỹ" for letter in word) else 0
            tail = 7 if any(letter in "gpqy,;" for letter in word) else 0
            words.append(TextWord(word, PixelBox(x, y - top, x + reach, y + 30 + tail)))
            x += reach + 11
        lines.append(TextLine(tuple(words)))
    width, height = (WIDTH, HEIGHT)
    return TextPage(width, height, rotation, tuple(lines))


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    ("rotation", "degrees"),
    [(0, 0.0), (90, 0.0), (180, 0.0), (270, 0.0), (0, 0.7), (0, -2.0), (0, 3.0), (90, 3.0)],
)
def test_text_comes_out_as_read_however_the_paper_lay(
    reader: str,
    rotation: int,
    degrees: float,
    make: Callable[[TextPage], Made],
    extract: Callable[[str, Path], list[str]],
) -> None:
    """Not a letter, space or line differs: turned, crooked, with a hyphen at a line's end."""
    made = make(_paper(degrees=degrees, rotation=rotation))
    got = extract(reader, made.path)
    assert made.lines == got
    assert all(unicodedata.is_normalized("NFC", line) for line in got)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize(("degrees", "tolerance"), [(0.0, 3.0), (0.5, 3.0), (2.0, 8.0)])
def test_words_stand_where_they_were_read(
    rotation: int,
    degrees: float,
    tolerance: float,
    make: Callable[[TextPage], Made],
    pdftotext: str,
) -> None:
    """Points. Lines are level in the layer, so the ends of crooked ones stand off."""
    made = make(_paper(degrees=degrees, rotation=rotation))
    wanted = [word for line in made.page.lines for word in line.words]
    for found in (_poppler_places(pdftotext, made.path), _pdfium_places(made.path)):
        assert [word.text for word in wanted] == [place.text for place in found]
        for word, place in zip(wanted, found, strict=True):
            sides = (word.box.x0 / POINT, word.box.x1 / POINT)
            assert (place.left, place.right) == pytest.approx(sides, abs=0.5)
            middle = (word.box.y0 + word.box.y1) / 2 / POINT
            assert place.middle == pytest.approx(middle, abs=tolerance)


@pytest.mark.slow
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_lines_stand_where_they_were_read_in_the_browser(
    rotation: int, make: Callable[[TextPage], Made], pdfjs: Path
) -> None:
    """pdf.js gives stretches of lines: each begins and ends with its words."""
    made = make(_paper(rotation=rotation))
    stretches = [item for item in _pdfjs_items(pdfjs, made.path) if str(item["text"]).strip()]
    lines = [line.words for line in made.page.lines]
    assert [str(item["text"]) for item in stretches] == made.lines
    for words, item in zip(lines, stretches, strict=True):
        left, width, base = (float(str(item[key])) for key in ("left", "width", "base"))
        assert left == pytest.approx(words[0].box.x0 / POINT, abs=0.5)
        assert left + width == pytest.approx(words[-1].box.x1 / POINT, abs=0.5)
        bottoms = [word.box.y1 / POINT for word in words]
        assert min(bottoms) - 4 < base < max(bottoms) + 4


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("gap", [6, 2, 0, -3, -9])
def test_words_stay_apart_where_their_boxes_touch(
    reader: str,
    gap: int,
    make: Callable[[TextPage], Made],
    extract: Callable[[str, Path], list[str]],
) -> None:
    """Recognised boxes touch and overlap; the space between the words is there all the same."""
    x, words = 200.0, []
    for word in ["nghỉ", "ở", "2016", "-", "2021", ",", "án", "5", "Ủy", "ban", "I", "V"]:
        reach = 16.0 * len(word)
        words.append(TextWord(word, PixelBox(x, 400, x + reach, 434)))
        x += reach + gap
    made = make(TextPage(WIDTH, HEIGHT, 0, (TextLine(tuple(words)),)))
    assert made.lines == extract(reader, made.path)


@pytest.mark.parametrize("reader", READERS)
def test_two_lines_read_as_one_are_not_mixed(
    reader: str, make: Callable[[TextPage], Made], extract: Callable[[str, Path], list[str]]
) -> None:
    """Where a line goes back to the left it is more than one; its words keep their order."""
    upper, lower = ("Ngân", "hàng", "Phát", "triển"), ("Ủy", "ban", "trung", "ương")
    words = [
        TextWord(word, PixelBox(200 + 130 * index, y, 310 + 130 * index, y + 30))
        for y, row in ((400, upper), (446, lower))
        for index, word in enumerate(row)
    ]
    made = make(TextPage(WIDTH, HEIGHT, 0, (TextLine(tuple(words)),)))
    assert [" ".join(upper), " ".join(lower)] == extract(reader, made.path)


@pytest.mark.parametrize("reader", READERS)
def test_columns_come_in_reading_order(
    reader: str, make: Callable[[TextPage], Made], extract: Callable[[str, Path], list[str]]
) -> None:
    """The left head whole, then the right one, though they stand beside one another."""
    left = ("ỦY BAN NHÂN DÂN", "XÃ THỬ NGHIỆM", "Số: 15/QĐ-UBND")
    right = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
    lines = []
    for x, column in ((150.0, left), (800.0, right)):
        for row, text in enumerate(column):
            at, words = x, []
            for word in text.split():
                reach = 16.0 * len(word)
                words.append(
                    TextWord(word, PixelBox(at, 200 + 50 * row, at + reach, 230 + 50 * row))
                )
                at += reach + 12
            lines.append(TextLine(tuple(words)))
    made = make(TextPage(WIDTH, HEIGHT, 0, tuple(lines)))
    assert " ".join(made.lines) == " ".join(extract(reader, made.path))
