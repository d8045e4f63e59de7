"""What we make is PDF/A-2b by veraPDF's judgement too, before signing and after."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from archive.pdfa import PdfPage, build_pdfa
from archive.signing import TestCa, sign_agency, sign_digitiser
from archive.textlayer import PixelBox, TextLine, TextPage, TextWord
from specimens import TEMPLATES, Paper, make_paper, render, write_scan_pdf
from tests.verapdf import not_pdfa

pytestmark = pytest.mark.slow

DPI = 100
PICTURES = [
    (".jpg", "image/jpeg", "RGB"),
    (".jpg", "image/jpeg", "L"),
    (".jpg", "image/jpeg", "CMYK"),
    (".png", "image/png", "1"),
    (".png", "image/png", "P"),
    (".png", "image/png", "RGBA"),
    (".tif", "image/tiff", "1"),
    (".tif", "image/tiff", "CMYK"),
    (".jp2", "image/jp2", "RGB"),
    (".webp", "image/webp", "RGB"),
]


def _signed(pdf: bytes, ca: TestCa) -> bytes:
    at = datetime.now(UTC).replace(microsecond=0)
    once = sign_digitiser(pdf, ca.digitiser, name="Nguyễn Văn Thử", at=at)
    return sign_agency(once, ca.agency, agency="UBND xã Thử", copy_form="SAO Y", at=at)


def _both(folder: Path, name: str, pdf: bytes, ca: TestCa) -> Iterator[Path]:
    for suffix, data in (("", pdf), ("-signed", _signed(pdf, ca))):
        path = folder / f"{name}{suffix}.pdf"
        path.write_bytes(data)
        yield path


def test_every_picture_becomes_pdfa(
    scan: Callable[..., tuple[Image.Image, TextPage]],
    created: datetime,
    test_ca: TestCa,
    tmp_path: Path,
) -> None:
    """Of each format that a scanner or a telephone writes, turned or not."""
    image, text = scan()
    made: list[Path] = []
    for number, (suffix, media_type, mode) in enumerate(PICTURES):
        source = tmp_path / f"{number}{suffix}"
        image.convert(mode).save(source, dpi=(100, 100))
        pages = [PdfPage(1, text)]
        pdf = build_pdfa(source, media_type, pages, title="Giấy thử", created=created)
        made += _both(tmp_path, f"made-{number}", pdf, test_ca)
    assert not_pdfa(made) == {}


def _layer(paper: Paper, number: int, pixels: np.ndarray) -> TextPage:
    """The page's own words, each with its share of its line."""
    lines = []
    for line in paper.truth(number, DPI):
        left, top, right, bottom = line.box
        share = (right - left) / max(len(line.text), 1)
        words, at = [], 0
        for word in line.text.split():
            at = line.text.index(word, at)
            box = PixelBox(left + at * share, top, left + (at + len(word)) * share, bottom)
            words.append(TextWord(word, box))
            at += len(word)
        if words:
            lines.append(TextLine(tuple(words)))
    height, width = pixels.shape[:2]
    return TextPage(width, height, 0, tuple(lines))


def test_every_kind_of_paper_becomes_pdfa(
    created: datetime, test_ca: TestCa, tmp_path: Path
) -> None:
    """Scans of drawn papers with all their words in the text layer."""
    made: list[Path] = []
    for template in TEMPLATES:
        paper = make_paper(template, seed=7)
        drawn = [render(page, DPI) for page in paper.pages]
        source = tmp_path / f"{template}.pdf"
        write_scan_pdf(source, drawn, dpi=DPI)
        pages = [PdfPage(at, _layer(paper, at, pixels)) for at, pixels in enumerate(drawn, 1)]
        pdf = build_pdfa(source, "application/pdf", pages, title=template, created=created)
        made += _both(tmp_path, f"made-{template}", pdf, test_ca)
    assert len(made) == 2 * len(TEMPLATES)
    assert not_pdfa(made) == {}


def test_the_judge_condemns(scan_pdf: Callable[..., Path], tmp_path: Path) -> None:
    """A scanner's own PDF is none: otherwise the tests above would show nothing."""
    source = scan_pdf(Image.new("RGB", (100, 140), "white"))
    assert list(not_pdfa([source])) == [str(source)]
    assert list(not_pdfa([tmp_path / "missing.pdf"])) == [str(tmp_path / "missing.pdf")]
