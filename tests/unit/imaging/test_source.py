"""A page comes as a viewer shows it: its own pixels where it is one picture, else 300 dpi."""

import io
import threading
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image

from imaging import Depth, Pixels, has_signatures, open_source, rotate_quarter
from imaging.compare import correlation

WIDTH, HEIGHT = 620, 877
"""A4 at 75 dpi."""


def _page_pixels() -> Pixels:
    """Blocks in uneven places: every turn and every flip of it is another picture."""
    pixels = np.full((HEIGHT, WIDTH, 3), 240, np.uint8)
    pixels[40:120, 40:300] = (20, 20, 20)
    pixels[200:260, 60:560] = (180, 30, 30)
    pixels[600:800, 400:440] = (20, 20, 120)
    return pixels


def _jpeg(pixels: Pixels) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


def _scan(
    path: Path,
    *,
    matrix: str = "595.2 0 0 841.92 0 0",
    rotate: int = 0,
    after: bytes = b"",
    **entries: object,
) -> Path:
    """A PDF of one page on which one JPEG is drawn."""
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(595.2, 841.92))
        stream = pikepdf.Stream(document, b"")
        stream.write(_jpeg(_page_pixels()), filter=pikepdf.Name.DCTDecode)
        stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        stream.Width, stream.Height = WIDTH, HEIGHT
        stream.ColorSpace, stream.BitsPerComponent = pikepdf.Name.DeviceRGB, 8
        for key, value in entries.items():
            stream[f"/{key}"] = value
        page = document.pages[0]
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        page.Resources = pikepdf.Dictionary(
            XObject=pikepdf.Dictionary(Im0=stream), Font=pikepdf.Dictionary(F1=font)
        )
        page.Contents = document.make_stream(f"q {matrix} cm /Im0 Do Q ".encode() + after)
        page.Rotate = rotate
        document.save(path)
    return path


def test_a_scanned_page_gives_its_own_pixels(tmp_path: Path):
    path = _scan(tmp_path / "scan.pdf")
    with open_source(path) as source:
        page = source.page(1)
        sheet = source.sheet(1)
    expected = np.asarray(Image.open(io.BytesIO(_jpeg(_page_pixels()))))
    np.testing.assert_array_equal(page.pixels, expected)
    assert (page.dpi, page.depth, page.is_single_image) == (75, Depth.COLOUR, True)
    assert (sheet.width, sheet.height, sheet.dpi, sheet.is_scan) == (WIDTH, HEIGHT, 75, True)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_the_rotation_entry_is_applied(tmp_path: Path, degrees: int):
    path = _scan(tmp_path / "scan.pdf", rotate=degrees)
    with open_source(path) as source:
        page = source.page(1)
        sheet = source.sheet(1)
    assert correlation(page.pixels, rotate_quarter(_page_pixels(), degrees)) > 0.99
    assert (sheet.width, sheet.height) == (page.width, page.height)


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        ("595.2 0 0 -841.92 0 841.92", _page_pixels()[::-1]),
        ("-595.2 0 0 841.92 595.2 0", _page_pixels()[:, ::-1]),
        ("-595.2 0 0 -841.92 595.2 841.92", _page_pixels()[::-1, ::-1]),
    ],
)
def test_a_flipped_picture_is_drawn_as_the_viewer_does(
    tmp_path: Path, matrix: str, expected: Pixels
):
    path = _scan(tmp_path / "scan.pdf", matrix=matrix)
    with open_source(path) as source:
        page = source.page(1)
    assert page.pixels.shape == (HEIGHT, WIDTH, 3)
    assert (
        correlation(page.pixels, np.ascontiguousarray(expected)) > 0.95
    )  # may lie half a pixel beside


def test_a_cropping_matrix_is_no_scan(tmp_path: Path):
    path = _scan(tmp_path / "crop.pdf", matrix="800 0 0 1000 -100 -50")
    with open_source(path) as source:
        page = source.page(1)
    assert (page.width, page.height, page.dpi) == (2480, 3508, 300)
    assert not page.is_single_image


def test_invisible_text_over_a_scan_changes_nothing(tmp_path: Path):
    path = _scan(tmp_path / "ocr.pdf", after=b"BT 3 Tr /F1 12 Tf 50 700 Td (hidden words) Tj ET")
    with open_source(path) as source:
        page, sheet = source.page(1), source.sheet(1)
    assert page.is_single_image
    assert sheet.is_scan
    assert not sheet.shows_text


def test_a_stamp_over_a_scan_is_shown_at_the_scans_own_size(tmp_path: Path):
    path = _scan(tmp_path / "stamp.pdf", after=b"1 0 0 rg 400 700 100 60 re f")
    with open_source(path) as source:
        page = source.page(1)
    assert (page.width, page.height, page.dpi) == (WIDTH, HEIGHT, 75)
    assert not page.is_single_image
    red = page.pixels[int((841.92 - 730) * 75 / 72), int(450 * 75 / 72)]
    assert tuple(red) == (255, 0, 0)


def test_a_masked_picture_is_drawn(tmp_path: Path):
    with pikepdf.new() as document:
        mask = pikepdf.Stream(document, bytes(WIDTH * HEIGHT))
        mask.Type, mask.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        mask.Width, mask.Height = WIDTH, HEIGHT
        mask.ColorSpace, mask.BitsPerComponent = pikepdf.Name.DeviceGray, 8
        other = tmp_path / "plain.pdf"
        _scan(other)
        with pikepdf.open(other) as plain:
            picture = plain.pages[0].Resources.XObject.Im0
            picture.SMask = plain.copy_foreign(document.make_indirect(mask))
            plain.save(tmp_path / "mask.pdf")
    with open_source(tmp_path / "mask.pdf") as source:
        page = source.page(1)
    assert page.pixels.min() == 255


def test_a_drawn_page_is_rendered_at_300_dpi(tmp_path: Path):
    path = tmp_path / "drawn.pdf"
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(595.2, 841.92))
        document.pages[0].Contents = document.make_stream(b"0 g 72 72 72 72 re f")
        document.save(path)
    with open_source(path) as source:
        page, sheet = source.page(1), source.sheet(1)
    assert (page.width, page.height, page.dpi) == (2480, 3508, 300)
    assert (sheet.width, sheet.height, sheet.is_scan) == (2480, 3508, False)
    assert page.pixels[3508 - 450, 450].max() == 0


def test_a_stretched_dot_is_a_background_and_no_scan(tmp_path: Path):
    path = _scan(tmp_path / "dot.pdf", Width=8, Height=11)
    with open_source(path) as source:
        assert source.page(1).dpi == 300


@pytest.mark.parametrize(
    ("mode", "depth"), [("1", Depth.BILEVEL), ("L", Depth.GREY), ("RGB", Depth.COLOUR)]
)
def test_every_page_of_a_tiff_is_given(tmp_path: Path, mode: str, depth: Depth):
    path = tmp_path / "many.tif"
    pages = [Image.new("RGB", (300, 400), colour).convert(mode) for colour in ("white", "black")]
    pages[0].save(path, save_all=True, append_images=pages[1:], dpi=(200, 200))
    with open_source(path) as source:
        assert (source.media_type, source.page_count) == ("image/tiff", 2)
        first, second = source.page(1), source.page(2)
    assert first.pixels.min() == 255
    assert second.pixels.max() == 0
    assert (second.number, second.dpi, second.depth) == (2, 200, depth)
    assert second.pixels.shape == (400, 300, 3)


def test_the_cameras_orientation_is_applied(tmp_path: Path):
    path = tmp_path / "photo.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter clockwise to see it upright
    Image.fromarray(_page_pixels()).save(path, quality=95, exif=exif)
    with open_source(path) as source:
        page, sheet = source.page(1), source.sheet(1)
    assert correlation(page.pixels, rotate_quarter(_page_pixels(), 90)) > 0.99
    assert (sheet.width, sheet.height) == (HEIGHT, WIDTH)


def test_a_missing_or_absurd_dpi_is_guessed_from_a4(tmp_path: Path):
    path = tmp_path / "photo.jpg"
    picture = Image.new("RGB", (2480, 3508), "white")
    for dpi, expected in ((None, 300), ((72, 72), 300), ((200, 200), 200)):
        picture.save(path, **({"dpi": dpi} if dpi else {}))
        with open_source(path) as source:
            assert source.page(1).dpi == expected


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "CMYK", "I;16"])
def test_odd_colours_become_rgb_on_white(tmp_path: Path, mode: str):
    suffix = {"CMYK": "jpg", "I;16": "tif"}.get(mode, "png")
    path = tmp_path / f"odd.{suffix}"
    if mode == "I;16":
        Image.fromarray(np.full((300, 200), 65_535, np.uint16)).save(path)
    elif mode in {"RGBA", "LA"}:
        Image.new(mode, (200, 300), 0).save(path)  # black, but wholly transparent
    else:
        Image.new("RGB", (200, 300), "white").convert(mode).save(path)
    with open_source(path) as source:
        pixels = source.page(1).pixels
    assert pixels.shape == (300, 200, 3)
    assert pixels.min() >= 254


def test_page_numbers_count_from_one(tmp_path: Path):
    with open_source(_scan(tmp_path / "scan.pdf")) as source:
        for number in (0, 2):
            with pytest.raises(ValueError, match=f"no page {number} of 1"):
                source.page(number)


def test_threads_may_read_pdfs_side_by_side(tmp_path: Path):
    """PDFium is not thread safe; without the lock this crashes the process."""
    paths = [_scan(tmp_path / f"{index}.pdf") for index in range(4)]
    shapes: list[tuple[int, ...]] = []

    def read(path: Path) -> None:
        for _ in range(5):
            with open_source(path) as source:
                shapes.append(source.page(1).pixels.shape)

    threads = [threading.Thread(target=read, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shapes == [(HEIGHT, WIDTH, 3)] * 20


def test_signed_means_a_field_with_a_signature_in_it(tmp_path: Path):
    path = tmp_path / "form.pdf"
    for signed in (False, True):
        with pikepdf.new() as document:
            document.add_blank_page()
            field = pikepdf.Dictionary(FT=pikepdf.Name.Sig, T=pikepdf.String("ky"))
            if signed:
                field["/V"] = pikepdf.Dictionary(Type=pikepdf.Name.Sig)
            document.Root.AcroForm = pikepdf.Dictionary(
                Fields=pikepdf.Array([document.make_indirect(field)])
            )
            document.save(path)
        assert has_signatures(path) is signed
    picture = tmp_path / "page.jpg"
    picture.write_bytes(_jpeg(_page_pixels()))
    assert not has_signatures(picture)
