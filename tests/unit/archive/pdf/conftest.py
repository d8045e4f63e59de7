"""Invented pages to make archival PDFs of."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageDraw, ImageFont

from archive.signing import TestCa, font_path, open_test_ca
from archive.textlayer import PixelBox, TextLine, TextPage, TextWord

FONT = str(font_path())
WIDTH, HEIGHT = 827, 1169
"""A4 at 100 dpi."""
LINES = (
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "Số: 15/QĐ-UBND ngày 03 tháng 02 năm 2026",
    "Ủy ban nhân dân xã Thử Nghiệm quyết định",
)


@pytest.fixture
def created() -> datetime:
    """A time of making."""
    return datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)


@pytest.fixture
def scan() -> Callable[..., tuple[Image.Image, TextPage]]:
    """An upright page with print on it and where its words stand."""

    def make(*, top: int = 120, rotation: int = 0) -> tuple[Image.Image, TextPage]:
        font = ImageFont.truetype(FONT, 22)
        image = Image.new("RGB", (WIDTH, HEIGHT), "white")
        pen = ImageDraw.Draw(image)
        lines = []
        for row, text in enumerate(LINES):
            x, y, words = 90.0, top + row * 60, []
            for word in text.split():
                pen.text((x, y), word, font=font, fill="black")
                words.append(TextWord(word, PixelBox(*pen.textbbox((x, y), word, font=font))))
                x += pen.textlength(word + " ", font=font)
            lines.append(TextLine(tuple(words)))
        return image, TextPage(WIDTH, HEIGHT, rotation, tuple(lines))

    return make


@pytest.fixture
def scan_pdf(tmp_path: Path) -> Callable[..., Path]:
    """A scanner's PDF: each image as one JPEG that covers its page."""

    def make(*images: Image.Image, extra: bytes = b"", rotate: int = 0) -> Path:
        with pikepdf.Pdf.new() as pdf:
            for number, image in enumerate(images):
                jpeg = tmp_path / f"page{number}.jpg"
                image.save(jpeg, quality=90, dpi=(100, 100))
                width, height = image.width * 0.72, image.height * 0.72
                page = pdf.add_blank_page(page_size=(width, height))
                picture = pdf.make_stream(
                    jpeg.read_bytes(),
                    Type=pikepdf.Name.XObject,
                    Subtype=pikepdf.Name.Image,
                    Width=image.width,
                    Height=image.height,
                    ColorSpace=pikepdf.Name.DeviceRGB,
                    BitsPerComponent=8,
                    Filter=pikepdf.Name.DCTDecode,
                )
                font = pikepdf.Dictionary(
                    Type=pikepdf.Name.Font,
                    Subtype=pikepdf.Name.Type1,
                    BaseFont=pikepdf.Name.Helvetica,
                )
                page.obj.Resources = pikepdf.Dictionary(
                    XObject=pikepdf.Dictionary(Im0=picture), Font=pikepdf.Dictionary(F0=font)
                )
                draw = f"q {width} 0 0 {height} 0 0 cm /Im0 Do Q\n".encode()
                page.obj.Contents = pdf.make_stream(extra + draw)
                if rotate:
                    page.obj.Rotate = rotate
            path = tmp_path / "scan.pdf"
            pdf.save(path)
            return path

    return make


@pytest.fixture(scope="session")
def test_ca(tmp_path_factory: pytest.TempPathFactory) -> TestCa:
    """A test authority of this test run."""
    return open_test_ca(tmp_path_factory.mktemp("ca") / "test-ca")


@pytest.fixture
def pdftotext() -> str:
    """The program that extracts text as other people's software does."""
    found = shutil.which("pdftotext")
    if not found:
        pytest.skip("pdftotext is missing: sudo apt-get install poppler-utils")
    return found
