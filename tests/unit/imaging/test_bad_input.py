"""Bad input ends with a code, at once and in little memory; it never passes for a page."""

import io
import os
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image

from imaging import limits, open_source
from imaging.errors import (
    Category,
    CorruptFileError,
    EmptyFileError,
    EncryptedFileError,
    ImagingError,
    NotADocumentError,
    TooLargeError,
    TooManyPagesError,
    TooManyPixelsError,
    UnreadableFileError,
    UnsupportedFormatError,
    ZipBombError,
)


def _blank_pdf(pages: int) -> pikepdf.Pdf:
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(595, 842))
    return document


def _picture(size: tuple[int, int] = (200, 300)) -> bytes:
    buffer = io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(noise).save(buffer, "JPEG")
    return buffer.getvalue()


def _png_header(width: int, height: int) -> bytes:
    """A PNG that announces a size and holds next to nothing."""

    def chunk(name: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + check

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def _open_first_page(path: Path) -> None:
    with open_source(path) as source:
        source.page(1)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", EmptyFileError),
        (b"MZ\x90\x00" + bytes(500), NotADocumentError),
        (os.urandom(16).replace(b"B", b"C") and b"\x07\x01" + bytes(300), NotADocumentError),
        ("Kính gửi: không phải ảnh".encode(), NotADocumentError),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), UnsupportedFormatError),
        (b"<!DOCTYPE html><html></html>", UnsupportedFormatError),
        (b"%PDF-1.7\nnothing that follows", CorruptFileError),
        (b"II*\x00\x08\x00\x00\x00\xff\xff", CorruptFileError),
        (b"\xff\xd8\xff\xe0 not a picture", CorruptFileError),
        (b"BM garbage", CorruptFileError),
        (_picture()[:9_000], CorruptFileError),
        (_png_header(300, 400), CorruptFileError),
        (_png_header(40_000, 40_000), TooManyPixelsError),
        (_png_header(1, 40_000), TooManyPixelsError),
    ],
)
def test_content_decides(tmp_path: Path, content: bytes, expected: type[ImagingError]):
    path = tmp_path / "giay-to.pdf"
    path.write_bytes(content)
    with pytest.raises(expected) as caught:
        _open_first_page(path)
    assert caught.value.code == expected.code
    assert caught.value.category is Category.BAD_INPUT


def test_every_sentence_says_what_to_do():
    for error in (
        NotADocumentError,
        EmptyFileError,
        CorruptFileError,
        EncryptedFileError,
        TooManyPagesError,
        TooLargeError,
        TooManyPixelsError,
        ZipBombError,
        UnreadableFileError,
        UnsupportedFormatError,
    ):
        assert "Hãy" in error.message, error.code


def test_a_wrong_name_does_not_matter(tmp_path: Path):
    path = tmp_path / "quet.docx"
    path.write_bytes(_picture())
    with open_source(path) as source:
        assert source.media_type == "image/jpeg"
        assert source.page(1).pixels.shape == (300, 200, 3)


def test_a_missing_or_forbidden_file_is_unreadable(tmp_path: Path):
    with pytest.raises(UnreadableFileError):
        open_source(tmp_path / "khong-co.pdf")
    with pytest.raises(UnreadableFileError):
        open_source(tmp_path)


def test_a_password_is_told_apart_from_damage(tmp_path: Path):
    path = tmp_path / "khoa.pdf"
    with _blank_pdf(1) as document:
        document.save(path, encryption=pikepdf.Encryption(user="x", owner="y"))
    with pytest.raises(EncryptedFileError):
        open_source(path)


def test_an_owner_password_alone_does_not_stop_reading(tmp_path: Path):
    path = tmp_path / "chi-chu-so-huu.pdf"
    with _blank_pdf(1) as document:
        document.save(path, encryption=pikepdf.Encryption(user="", owner="y"))
    _open_first_page(path)


def test_a_truncated_pdf_is_corrupt(tmp_path: Path):
    whole = tmp_path / "du.pdf"
    with _blank_pdf(3) as document:
        document.save(whole)
    path = tmp_path / "cut.pdf"
    path.write_bytes(whole.read_bytes()[:120])
    with pytest.raises(CorruptFileError):
        open_source(path)


def test_the_page_limit_holds_for_pdf(tmp_path: Path):
    path = tmp_path / "10000.pdf"
    with _blank_pdf(1) as document:
        kids = document.Root.Pages.Kids
        for _ in range(9_999):
            kids.append(kids[0])
        document.Root.Pages.Count = 10_000
        document.save(path)
    with pytest.raises(TooManyPagesError):
        open_source(path)


def test_the_page_limit_holds_for_tiff(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, "MAX_PAGES", 5)
    page = Image.new("1", (20, 20))
    path = tmp_path / "nhieu-trang.tif"
    page.save(path, save_all=True, append_images=[page] * 5)
    with pytest.raises(TooManyPagesError):
        open_source(path)
    page.save(path, save_all=True, append_images=[page] * 4)
    with open_source(path) as source:
        assert source.page_count == 5


def test_the_byte_limit_is_checked_before_the_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(limits, "MAX_FILE_BYTES", 1_000)
    path = tmp_path / "lon.jpg"
    path.write_bytes(_picture())
    with pytest.raises(TooLargeError):
        open_source(path)


def test_a_docx_asks_to_be_printed_to_pdf(tmp_path: Path):
    path = tmp_path / "van-ban.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    with pytest.raises(UnsupportedFormatError) as caught:
        open_source(path)
    assert "in ra PDF" in caught.value.message


def test_a_zip_that_claims_gigabytes_is_a_bomb(tmp_path: Path):
    path = tmp_path / "bom.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0", bytes(100 * 1024**2))
    with pytest.raises(ZipBombError):
        open_source(path)


def _deflated_zeros(size: int) -> bytes:
    squeeze = zlib.compressobj(9)
    piece = bytes(1 << 20)
    parts = [squeeze.compress(piece) for _ in range(size >> 20)]
    return b"".join(parts) + squeeze.flush()


def _bomb_in_content(document: pikepdf.Pdf, bomb: bytes) -> None:
    stream = pikepdf.Stream(document, b"")
    stream.write(bomb, filter=pikepdf.Name.FlateDecode)
    document.pages[0].Contents = stream


def _twice_deflated(document: pikepdf.Pdf, bomb: bytes) -> None:
    stream = pikepdf.Stream(document, b"")
    both = pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode])
    stream.write(zlib.compress(bomb, 9), filter=both)
    document.pages[0].Contents = stream


def _bomb_in_picture(document: pikepdf.Pdf, bomb: bytes) -> None:
    stream = pikepdf.Stream(document, b"")
    stream.write(bomb, filter=pikepdf.Name.FlateDecode)
    stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    stream.Width = stream.Height = 100
    stream.ColorSpace, stream.BitsPerComponent = pikepdf.Name.DeviceRGB, 8
    document.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=stream))
    document.pages[0].Contents = document.make_stream(b"q 595 0 0 842 0 0 cm /Im0 Do Q")


@pytest.mark.parametrize("plant", [_bomb_in_content, _twice_deflated, _bomb_in_picture])
def test_a_stream_that_would_fill_the_memory_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    plant: Callable[[pikepdf.Pdf, bytes], None],
):
    monkeypatch.setattr(limits, "MAX_STREAM_BYTES", 16 * 1024**2)
    monkeypatch.setattr(limits, "MAX_IMAGE_STREAM_BYTES", 32 * 1024**2)
    path = tmp_path / "bom.pdf"
    with _blank_pdf(1) as document:
        plant(document, _deflated_zeros(48 * 1024**2))
        document.save(path)
    tracemalloc.start()
    try:
        with pytest.raises(ZipBombError):
            open_source(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 12 * 1024**2


def test_large_honest_streams_pass(tmp_path: Path):
    path = tmp_path / "that.pdf"
    noise = np.random.default_rng(2).integers(0, 255, 3 * 1000 * 700, dtype=np.uint8).tobytes()
    with _blank_pdf(1) as document:
        _bomb_in_picture(document, zlib.compress(noise))
        picture = document.pages[0].Resources.XObject.Im0
        picture.Width, picture.Height = 700, 1000
        document.save(path)
    with open_source(path) as source:
        assert source.page(1).pixels.shape == (1000, 700, 3)


def test_a_picture_in_a_pdf_is_measured_before_it_is_decoded(tmp_path: Path):
    path = tmp_path / "anh-lon.pdf"
    with _blank_pdf(1) as document:
        _bomb_in_picture(document, zlib.compress(b"1"))
        picture = document.pages[0].Resources.XObject.Im0
        picture.Width = picture.Height = 40_000
        document.save(path)
    with open_source(path) as source, pytest.raises(TooManyPixelsError):
        source.page(1)


def test_a_huge_sheet_is_drawn_at_a_lower_dpi(tmp_path: Path):
    path = tmp_path / "to-lon.pdf"
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(14_400, 14_400))
        document.save(path)
    with open_source(path) as source:
        page = source.page(1)
    assert page.width * page.height <= limits.MAX_RENDER_PIXELS * 1.01
    assert page.dpi == page.width // 200
