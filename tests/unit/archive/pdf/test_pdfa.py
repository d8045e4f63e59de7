"""The archival PDF keeps the scan, says PDF/A-2b and is the same bytes every time."""

import re
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, pdfa
from PIL import Image

from archive.compare import compare_with_input
from archive.pdf_errors import OutputDiffersError, PdfArchiveError, SourceUnreadableError
from archive.pdfa import PdfPage, build_pdfa, extract_pages
from archive.textlayer import TextPage
from imaging import open_source

Scan = Callable[..., tuple[Image.Image, TextPage]]
PDF = "application/pdf"


def _check(data: bytes) -> None:
    report = pdfa.validate_written(BytesIO(data), "2b")
    assert [str(finding) for finding in report.findings] == []


def _text(data: bytes) -> str:
    import pypdfium2

    with pypdfium2.PdfDocument(data) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_scan_is_kept_byte_for_byte(
    scan: Scan, scan_pdf: Callable[..., Path], created: datetime, tmp_path: Path
) -> None:
    """The scanner's JPEG stream is in the archive as it came, and the pages look alike."""
    image, page = scan()
    source = scan_pdf(image)
    data = build_pdfa(source, PDF, [PdfPage(1, page)], title="Quyết định", created=created)
    _check(data)
    jpeg = (tmp_path / "page0.jpg").read_bytes()
    assert jpeg in data
    made = tmp_path / "made.pdf"
    made.write_bytes(data)
    compare_with_input(made, source, [PdfPage(1, page)])


def test_same_input_same_bytes(
    scan: Scan, scan_pdf: Callable[..., Path], created: datetime
) -> None:
    """Neither the clock nor chance is in the file."""
    image, page = scan()
    source = scan_pdf(image)
    first, second = (
        build_pdfa(source, PDF, [PdfPage(1, page)], title="Thử", created=created) for _ in range(2)
    )
    assert first == second


def test_metadata_says_what_was_handed_in(
    scan: Scan, scan_pdf: Callable[..., Path], created: datetime
) -> None:
    """Title, language, date and producer, in XMP and in the information dictionary."""
    image, page = scan()
    data = build_pdfa(
        scan_pdf(image), PDF, [PdfPage(1, page)], title="Giấy phép số 5", created=created
    )
    with pikepdf.open(BytesIO(data)) as pdf, pdf.open_metadata() as metadata:
        assert metadata["dc:title"] == "Giấy phép số 5"
        assert metadata["pdf:Producer"] == "Tàng Thư"
        assert metadata["xmp:CreateDate"].startswith("2026-02-03T04:05:06")
        assert metadata["pdfaid:part"] == "2"
        assert str(pdf.Root.Lang) == "vi"
        assert str(pdf.docinfo["/Title"]) == "Giấy phép số 5"


def test_pages_are_chosen_and_ordered(
    scan: Scan, scan_pdf: Callable[..., Path], created: datetime, tmp_path: Path
) -> None:
    """One document of a scan of several: its pages, in its order."""
    images = [scan(top=top)[0] for top in (100, 400, 700)]
    source = scan_pdf(*images)
    blank = TextPage(827, 1169, 0, ())
    pages = [PdfPage(3, blank), PdfPage(1, blank)]
    made = tmp_path / "made.pdf"
    made.write_bytes(build_pdfa(source, PDF, pages, title="Thử", created=created))
    compare_with_input(made, source, pages)
    with pytest.raises(OutputDiffersError):
        compare_with_input(made, source, [PdfPage(1, blank), PdfPage(3, blank)])
    with pytest.raises(OutputDiffersError):
        compare_with_input(made, source, pages[:1])


@pytest.mark.parametrize(
    "garbage",
    [
        b"BT /F0 12 Tf 3 Tr 50 700 Td (RAC MODE BA) Tj ET\n",
        b"BT /F0 12 Tf 50 700 Td (RAC DUOI ANH) Tj ET\n",
        b"q 3 Tr BT /F0 12 Tf 50 700 Td (RAC) Tj (RAC2) ' ET Q\n",
    ],
)
def test_text_behind_the_scan_is_replaced(
    garbage: bytes, scan: Scan, scan_pdf: Callable[..., Path], created: datetime
) -> None:
    """What the scanner's software read wrongly is gone, with its font; ours is there."""
    image, page = scan()
    source = scan_pdf(image, extra=garbage)
    assert "RAC" in _text(source.read_bytes())
    data = build_pdfa(source, PDF, [PdfPage(1, page)], title="Thử", created=created)
    _check(data)
    assert "RAC" not in _text(data)
    assert "Thử Nghiệm" in _text(data)
    with pikepdf.open(BytesIO(data)) as pdf:
        assert "/F0" not in pdf.pages[0].obj.Resources.Font


def test_page_with_unembedded_font_is_drawn(
    scan: Scan, scan_pdf: Callable[..., Path], created: datetime, tmp_path: Path
) -> None:
    """PDF/A forbids fonts that are not embedded: the page becomes a picture without loss."""
    image, page = scan()
    source = scan_pdf(image)
    with pikepdf.open(source, allow_overwriting_input=True) as pdf:
        pdf.pages[0].contents_add(pdf.make_stream(b"BT /F0 14 Tf 60 120 Td (Stamped on top) Tj ET"))
        pdf.save(source)
    pages = [PdfPage(1, page)]
    data = build_pdfa(source, PDF, pages, title="Thử", created=created)
    _check(data)
    made = tmp_path / "made.pdf"
    made.write_bytes(data)
    compare_with_input(made, source, pages)
    assert "Stamped" not in _text(data)
    assert b"/DCTDecode" not in data


def _infect(pdf: Pdf) -> None:
    script = Dictionary(S=Name.JavaScript, JS="app.alert(1)")
    pdf.Root.OpenAction = script
    pdf.Root.AA = Dictionary(WC=script)
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([pikepdf.String("x"), script])))
    pdf.attachments["hoa-don.exe"] = b"MZ"
    page = pdf.pages[0].obj
    page.AA = Dictionary(O=script)
    page.Annots = pdf.make_indirect(
        Array(
            [
                pdf.make_indirect(
                    Dictionary(
                        Type=Name.Annot,
                        Subtype=Name.Link,
                        Rect=Array([0, 0, 10, 10]),
                        A=Dictionary(S=Name.Launch, F="cmd.exe"),
                    )
                )
            ]
        )
    )
    page.Metadata = pdf.make_stream(b"<x/>")
    image = page.Resources.XObject.Im0
    image.Interpolate = True
    image.OPI = Dictionary()


def test_active_content_is_removed(
    scan: Scan, scan_pdf: Callable[..., Path], created: datetime
) -> None:
    """No script, no attachment, no action leaves with the page; passwords neither."""
    image, page = scan()
    source = scan_pdf(image)
    with pikepdf.open(source, allow_overwriting_input=True) as pdf:
        _infect(pdf)
        pdf.save(source, encryption=pikepdf.Encryption(owner="chủ", user=""))
    data = build_pdfa(source, PDF, [PdfPage(1, page)], title="Thử", created=created)
    _check(data)
    for word in (b"JavaScript", b"/Launch", b"EmbeddedFile", b"/Annots", b"/Encrypt", b"/AA"):
        assert word not in data


@pytest.mark.parametrize(
    ("suffix", "media_type", "mode"),
    [
        (".jpg", "image/jpeg", "RGB"),
        (".jpg", "image/jpeg", "L"),
        (".jpg", "image/jpeg", "CMYK"),
        (".png", "image/png", "RGB"),
        (".png", "image/png", "RGBA"),
        (".png", "image/png", "P"),
        (".png", "image/png", "1"),
        (".tif", "image/tiff", "RGB"),
        (".tif", "image/tiff", "L"),
        (".tif", "image/tiff", "1"),
        (".tif", "image/tiff", "CMYK"),
        (".jp2", "image/jp2", "RGB"),
        (".webp", "image/webp", "RGB"),
    ],
)
def test_image_files_become_pages(
    suffix: str, media_type: str, mode: str, scan: Scan, created: datetime, tmp_path: Path
) -> None:
    """Every kind of picture a scanner writes, without loss, looking as it did."""
    image, page = scan()
    source = tmp_path / f"page{suffix}"
    image.convert(mode).save(source, dpi=(100, 100))
    pages = [PdfPage(1, page)]
    data = build_pdfa(source, media_type, pages, title="Thử", created=created)
    _check(data)
    made = tmp_path / "made.pdf"
    made.write_bytes(data)
    compare_with_input(made, source, pages)
    if mode in {"RGB", "L"} and suffix == ".jpg":
        assert source.read_bytes() in data
    else:
        assert b"/DCTDecode" not in data
    with pikepdf.open(made) as pdf:
        assert [float(side) for side in pdf.pages[0].mediabox] == pytest.approx(
            [0, 0, 827 * 0.72, 1169 * 0.72], abs=0.5
        )


def test_unmarked_cmyk_is_archived_as_it_is_shown(
    scan: Scan, created: datetime, tmp_path: Path
) -> None:
    """Pillow turns the ink of every CMYK JPEG round, also of one that Adobe did not invert."""
    image, page = scan()
    ink = [band.point(lambda value: 255 - value) for band in image.convert("CMYK").split()]
    source = tmp_path / "page.jpg"
    Image.merge("CMYK", ink).save(source, quality=95, dpi=(100, 100))
    data = source.read_bytes()
    at = data.index(b"\xff\xee")  # APP14, by which Adobe marks what it inverted
    source.write_bytes(data[:at] + data[at + 2 + int.from_bytes(data[at + 2 : at + 4]) :])
    made = tmp_path / "made.pdf"
    pages = [PdfPage(1, page)]
    made.write_bytes(build_pdfa(source, "image/jpeg", pages, title="Thử", created=created))
    compare_with_input(made, source, pages)
    with open_source(made) as opened:
        assert opened.page(1).pixels.mean() > 128


def test_lossless_pixels_are_the_pixels(scan: Scan, created: datetime, tmp_path: Path) -> None:
    """A picture that is not JPEG keeps every pixel, in two colours as in many."""
    image, _ = scan()
    for mode in ("1", "L", "RGB"):
        source = tmp_path / f"{mode}.png"
        plain = image.convert(mode)
        plain.save(source)
        data = build_pdfa(source, "image/png", [PdfPage(1, None)], title="Thử", created=created)
        with pikepdf.open(BytesIO(data)) as pdf:
            stored = pikepdf.PdfImage(pdf.pages[0].obj.Resources.XObject.Im0).as_pil_image()
        assert plain.convert("L").tobytes() == stored.convert("L").tobytes()


def test_sideways_photo_is_upright(scan: Scan, created: datetime, tmp_path: Path) -> None:
    """A camera's EXIF note turns the page, its stream untouched."""
    image, page = scan()
    exif = Image.Exif()
    exif[0x0112] = 6
    source = tmp_path / "photo.jpg"
    image.rotate(90, expand=True).save(source, exif=exif, dpi=(100, 100), quality=90)
    pages = [PdfPage(1, page)]
    data = build_pdfa(source, "image/jpeg", pages, title="Thử", created=created)
    made = tmp_path / "made.pdf"
    made.write_bytes(data)
    compare_with_input(made, source, pages)
    assert source.read_bytes() in data
    assert re.search(rb"/Rotate 90\b", data)


_PNG = b"\x89PNG\r\n\x1a\nxx"


@pytest.mark.parametrize("junk", [b"", b"%PDF-1.7\nno such thing", _PNG, b"x" * 999])
@pytest.mark.parametrize("media_type", [PDF, "image/png", "image/tiff"])
def test_malformed_source_is_told(
    junk: bytes, media_type: str, created: datetime, tmp_path: Path
) -> None:
    """A broken file ends in a coded error, whatever it claims to be."""
    source = tmp_path / "hong"
    source.write_bytes(junk)
    with pytest.raises(PdfArchiveError):
        build_pdfa(source, media_type, [PdfPage(1, None)], title="Thử", created=created)


def test_page_that_is_not_there(
    scan: Scan, scan_pdf: Callable[..., Path], created: datetime
) -> None:
    """Asking for a page beyond the end is told."""
    with pytest.raises(SourceUnreadableError):
        build_pdfa(scan_pdf(scan()[0]), PDF, [PdfPage(2, None)], title="Thử", created=created)


def test_whole_source_is_extracted_unchanged(scan: Scan, scan_pdf: Callable[..., Path]) -> None:
    """All pages in order: the bytes as received."""
    source = scan_pdf(scan()[0], scan(top=400)[0])
    assert source.read_bytes() == extract_pages(source, PDF, [1, 2])


def test_part_of_a_pdf_is_extracted(scan: Scan, scan_pdf: Callable[..., Path]) -> None:
    """One page of two, its JPEG as scanned, the same bytes each time."""
    source = scan_pdf(scan()[0], scan(top=400)[0])
    part = extract_pages(source, PDF, [2])
    assert part == extract_pages(source, PDF, [2])
    assert (source.parent / "page1.jpg").read_bytes() in part
    assert (source.parent / "page0.jpg").read_bytes() not in part


def test_part_of_a_tiff_is_extracted(scan: Scan, tmp_path: Path) -> None:
    """Frames of a TIFF, pixel for pixel, the same bytes each time."""
    frames = [scan(top=top)[0].convert(mode) for top, mode in ((90, "RGB"), (300, "1"), (600, "L"))]
    source = tmp_path / "many.tif"
    frames[0].save(source, save_all=True, append_images=frames[1:])
    part = extract_pages(source, "image/tiff", [2, 3])
    assert part == extract_pages(source, "image/tiff", [2, 3])
    with Image.open(BytesIO(part)) as image:
        assert image.n_frames == 2
        assert frames[1].tobytes() == image.tobytes()
        image.seek(1)
        assert frames[2].tobytes() == image.tobytes()
