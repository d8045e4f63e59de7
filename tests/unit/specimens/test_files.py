"""The files are what they say: scans without text, born-digital PDFs with it, sound signatures."""

import io
import zipfile
import zlib
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pdfplumber
import pikepdf
import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from PIL import Image
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from specimens import (
    bad_files,
    clean_pages,
    make_paper,
    render,
    sign_pdf,
    write_clean_pages,
    write_digital_pdf,
    write_scan_pdf,
    write_tiff,
)
from specimens.errors import BadRequestError

MOMENT = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)


def test_a_scan_is_one_picture_a_page_and_no_text(tmp_path: Path):
    """A scanner's PDF holds the page's own pixels at its own resolution, and no font."""
    pixels = render(make_paper("VB07", seed=1).pages[0], 100)
    write_scan_pdf(tmp_path / "a.pdf", [pixels, pixels], dpi=100)
    with pikepdf.open(tmp_path / "a.pdf") as pdf:
        assert len(pdf.pages) == 2
        page = pdf.pages[0]
        assert "/Font" not in page.Resources
        picture = pikepdf.PdfImage(page.Resources.XObject.Scan)
        assert (picture.height, picture.width) == pixels.shape[:2]
        assert float(page.MediaBox[2]) == pytest.approx(595.3, abs=0.5)
        assert np.abs(np.asarray(picture.as_pil_image(), int) - pixels).mean() < 3


def test_a_tiff_holds_every_page(tmp_path: Path):
    """Multi-page TIFFs carry their resolution."""
    pixels = render(make_paper("VB07", seed=1).pages[0], 100)
    write_tiff(tmp_path / "a.tif", [pixels, pixels, pixels], dpi=100)
    with Image.open(tmp_path / "a.tif") as picture:
        assert picture.n_frames == 3
        assert picture.info["dpi"] == (100, 100)


def test_born_digital_text_can_be_read_back(tmp_path: Path):
    """Every line of the truth stands in the text layer, letter for letter."""
    paper = make_paper("VB14", seed=3)
    write_digital_pdf(tmp_path / "a.pdf", paper.pages, title="Báo cáo")
    with pdfplumber.open(tmp_path / "a.pdf") as pdf:
        texts = [page.extract_text() for page in pdf.pages]
    for number, text in enumerate(texts, 1):
        words = set(text.split())
        assert set(paper.page_text(number).split()) <= words


def test_born_digital_looks_like_its_raster(tmp_path: Path):
    """The PDF shows what the raster shows: one layout, two ways of drawing."""
    import pypdfium2

    paper = make_paper("VB02", seed=3)
    write_digital_pdf(tmp_path / "a.pdf", paper.pages, title="Quyết định")
    document = pypdfium2.PdfDocument(tmp_path / "a.pdf")
    shown = np.asarray(document[0].render(scale=100 / 72).to_pil().convert("L"), float)
    document.close()
    drawn = render(paper.pages[0], 100).mean(axis=2)
    height, width = (min(a, b) for a, b in zip(shown.shape, drawn.shape, strict=True))
    assert np.corrcoef(shown[:height, :width].ravel(), drawn[:height, :width].ravel())[0, 1] > 0.8


def check(content: bytes, root: x509.Certificate) -> PdfSignatureStatus:
    trusted = asn1_x509.Certificate.load(root.public_bytes(serialization.Encoding.DER))
    signature = PdfFileReader(io.BytesIO(content)).embedded_signatures[0]
    context = ValidationContext(trust_roots=[trusted], allow_fetching=False)
    return validate_pdf_signature(signature, context)


def test_signed_files_are_whole_and_the_same_every_time(tmp_path: Path):
    """The signature covers the whole file; the same arguments give the same bytes."""
    paper = make_paper("VB02", seed=3)
    for name in ("a.pdf", "b.pdf"):
        write_digital_pdf(tmp_path / name, paper.pages, title="Quyết định")
        identity = sign_pdf(
            tmp_path / name, signer="Ủy ban nhân dân xã Mẫu", signed_at=MOMENT, seed=1
        )
    content = (tmp_path / "a.pdf").read_bytes()
    assert content == (tmp_path / "b.pdf").read_bytes()
    status = check(content, identity.issuer)
    assert status.bottom_line
    assert status.coverage.name == "ENTIRE_FILE"
    assert status.signer_reported_dt == MOMENT
    assert "THỬ NGHIỆM" in identity.issuer.subject.rfc4514_string()


def test_a_changed_byte_breaks_the_signature(tmp_path: Path):
    """The signature is a real one."""
    paper = make_paper("VB02", seed=3)
    write_digital_pdf(tmp_path / "a.pdf", paper.pages, title="Quyết định")
    identity = sign_pdf(
        tmp_path / "a.pdf", signer="Ủy ban nhân dân xã Mẫu", signed_at=MOMENT, seed=1
    )
    content = (tmp_path / "a.pdf").read_bytes()
    changed = content.replace(b"595.27", b"595.28", 1)
    assert changed != content
    assert not check(changed, identity.issuer).intact


def test_clean_pages_are_distinct_a4(tmp_path: Path):
    """The throughput bench reads different pages, each A4 at the asked resolution."""
    pages = list(clean_pages(12, dpi=60))
    assert {page.shape for page in pages} == {(702, 496, 3)}
    assert len({page.tobytes() for page in pages}) == 12
    assert len(write_clean_pages(tmp_path, 5, dpi=60, pages_a_file=2)) == 3
    with pytest.raises(BadRequestError):
        next(clean_pages(2_001))


def unpacked(packed: bytes) -> int:
    """Count what a Flate stream expands to, its check sum checked, 16 MiB at a time."""
    unpacker = zlib.decompressobj()
    size, rest = 0, packed
    while not unpacker.eof:
        size += len(unpacker.decompress(rest, 2**24))
        rest = unpacker.unconsumed_tail
    return size


def test_bad_files_are_bad_as_named_and_small(tmp_path: Path):
    """Each fault is real: what it claims to hold is huge, what lies on the disk is not."""
    made = {file.name: file for file in bad_files(tmp_path)}
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 4_000_000
    assert {file.fault for file in made.values()} >= {
        "corrupt", "encrypted", "empty", "too_many_pages", "zip_bomb", "too_many_pixels",
        "misnamed", "unreadable", "illegible", "duplicate", "not_a_document",
    }  # fmt: skip
    with pikepdf.open(tmp_path / "bad_pages.pdf") as pdf:
        assert len(pdf.pages) == 10_000
        assert pdf.pages[9_999].MediaBox[2] == 595
    assert unpacked((tmp_path / "bad_bomb.pdf").read_bytes().split(b"stream\n", 1)[1]) == 2**29
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(tmp_path / "bad_encrypted.pdf")
    with zipfile.ZipFile(tmp_path / "bad_bomb.docx") as archive:
        assert sum(entry.file_size for entry in archive.infolist()) > 100 * 1024**2
    twin = made["twin.jpg"]
    assert (tmp_path / twin.name).read_bytes() == (tmp_path / str(twin.duplicate_of)).read_bytes()
    assert (tmp_path / "misnamed_jpeg.pdf").read_bytes()[:3] == b"\xff\xd8\xff"
    assert (tmp_path / "misnamed_pdf.jpg").read_bytes()[:4] == b"%PDF"
    head = (tmp_path / "bad_pixels.png").read_bytes()[16:24]
    assert head == (40_000).to_bytes(4) * 2
