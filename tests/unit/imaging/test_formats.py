"""One drawn page, stored in every way that scanners, cameras and offices do, is the same page.

In its size, its resolution, upright, in its colours.
"""

import io
import struct
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageDraw, TiffImagePlugin

from imaging import Depth, PageImage, know_heif, open_source
from imaging.errors import UnsupportedFormatError

WIDTH, HEIGHT, DPI = 496, 702, 60
LOSSLESS, LOSSY, OTHER_INK = 0.6, 4.0, 12.0
"""Mean difference in grey levels; without a profile each viewer mixes the four inks its own way."""


@pytest.fixture(scope="module")
def page() -> Image.Image:
    """A4 at 60 dpi: black bars, a red ring, a blue stroke; no turn or flip of it is itself."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    pen = ImageDraw.Draw(image)
    for row in range(12):
        pen.rectangle((40, 60 + 30 * row, 120 + 22 * row, 72 + 30 * row), fill="black")
    pen.ellipse((270, 430, 380, 540), outline=(200, 20, 20), width=8)
    pen.line((60, 480, 200, 520), fill=(20, 30, 160), width=6)
    return image


def _grey(image: Image.Image) -> Image.Image:
    return image.convert("L")


def _bilevel(image: Image.Image) -> Image.Image:
    return image.convert("L").point(lambda value: 255 * (value > 200)).convert("1")


def _deep(image: Image.Image) -> Image.Image:
    levels = np.asarray(image.convert("L"), dtype=np.uint16) * 257
    return Image.fromarray(levels)


def _clear(image: Image.Image) -> Image.Image:
    """The paper itself transparent, and black under it."""
    levels = np.asarray(image)
    alpha = np.where(levels.min(axis=2) > 250, 0, 255).astype(np.uint8)
    return Image.fromarray(np.dstack([np.where(alpha[..., None] > 0, levels, 0), alpha]))


def _palette(image: Image.Image) -> Image.Image:
    return image.quantize(16)


def _same(image: Image.Image) -> Image.Image:
    return image


_Make = Callable[[Image.Image], Image.Image]

BLACK = {262: 1}
"""PhotometricInterpretation: 0 is black, the other way than faxes have it."""
RASTERS: list[tuple[str, str, _Make, dict[str, object], float]] = [
    ("tiff-raw", "TIFF", _same, {"compression": "raw"}, LOSSLESS),
    ("tiff-lzw", "TIFF", _same, {"compression": "tiff_lzw"}, LOSSLESS),
    ("tiff-deflate", "TIFF", _same, {"compression": "tiff_adobe_deflate"}, LOSSLESS),
    ("tiff-packbits", "TIFF", _grey, {"compression": "packbits"}, LOSSLESS),
    ("tiff-jpeg", "TIFF", _same, {"compression": "jpeg", "quality": 90}, LOSSY),
    ("tiff-jpeg-grey", "TIFF", _grey, {"compression": "jpeg", "quality": 90}, LOSSY),
    ("tiff-group3", "TIFF", _bilevel, {"compression": "group3"}, LOSSLESS),
    ("tiff-group4", "TIFF", _bilevel, {"compression": "group4"}, LOSSLESS),
    ("tiff-group4-other", "TIFF", _bilevel, {"compression": "group4", "tiffinfo": BLACK}, LOSSLESS),
    ("tiff-lzw-bilevel", "TIFF", _bilevel, {"compression": "tiff_lzw"}, LOSSLESS),
    ("tiff-palette", "TIFF", _palette, {}, LOSSLESS),
    ("tiff-16-bit", "TIFF", _deep, {}, LOSSLESS),
    ("tiff-cmyk", "TIFF", lambda image: image.convert("CMYK"), {}, LOSSLESS),
    ("tiff-alpha", "TIFF", _clear, {}, LOSSLESS),
    ("tiff-big", "TIFF", _same, {"big_tiff": True}, LOSSLESS),
    ("png", "PNG", _same, {}, LOSSLESS),
    ("png-1-bit", "PNG", _bilevel, {}, LOSSLESS),
    ("png-grey", "PNG", _grey, {}, LOSSLESS),
    ("png-16-bit", "PNG", _deep, {}, LOSSLESS),
    ("png-palette", "PNG", _palette, {}, LOSSLESS),
    ("png-alpha", "PNG", _clear, {}, LOSSLESS),
    ("png-grey-alpha", "PNG", lambda image: _clear(image).convert("LA"), {}, LOSSLESS),
    ("jpeg", "JPEG", _same, {"quality": 90}, LOSSY),
    ("jpeg-progressive", "JPEG", _same, {"quality": 90, "progressive": True}, LOSSY),
    ("jpeg-grey", "JPEG", _grey, {"quality": 90}, LOSSY),
    ("jpeg-cmyk", "JPEG", lambda image: image.convert("CMYK"), {"quality": 95}, LOSSY),
    ("webp", "WEBP", _same, {"quality": 90}, LOSSY),
    ("webp-lossless", "WEBP", _same, {"lossless": True}, LOSSLESS),
    ("webp-alpha", "WEBP", _clear, {"lossless": True}, LOSSLESS),
    ("jpeg-2000", "JPEG2000", _same, {}, LOSSLESS),
    ("jpeg-2000-lossy", "JPEG2000", _same, {"quality_layers": [20], "irreversible": True}, LOSSY),
    ("jpeg-2000-grey", "JPEG2000", _grey, {}, LOSSLESS),
    ("jpeg-2000-16-bit", "JPEG2000", _deep, {}, LOSSLESS),
    ("jpeg-2000-alpha", "JPEG2000", _clear, {}, LOSSLESS),
    ("jpeg-2000-codestream", "JPEG2000", _same, {"no_jp2": True}, LOSSLESS),
    ("bmp", "BMP", _same, {}, LOSSLESS),
    ("bmp-1-bit", "BMP", _bilevel, {}, LOSSLESS),
]  # fmt: skip
WITHOUT_DPI = {"WEBP", "JPEG2000"}


def _opened(path: Path, number: int = 1) -> PageImage:
    with open_source(path) as source:
        got, sheet = source.page(number), source.sheet(number)
    assert (sheet.width, sheet.height, sheet.dpi) == (got.width, got.height, got.dpi)
    return got


def _difference(got: PageImage, wanted: Image.Image) -> float:
    assert (got.width, got.height) == wanted.size
    levels = np.asarray(wanted.convert("RGB"), dtype=np.float64)
    return float(np.abs(got.pixels - levels).mean())


def _wanted(image: Image.Image, make: _Make) -> Image.Image:
    """What a viewer shows of the page once it has lost its colours or its halftones."""
    if make is _bilevel:
        return _bilevel(image)
    return _grey(image) if make(image).mode in {"L", "LA", "I;16", "I"} else image


@pytest.mark.parametrize(
    ("kind", "make", "options", "tolerance"),
    [pytest.param(*entry[1:], id=entry[0]) for entry in RASTERS],
)
def test_every_picture_format_shows_the_page(
    kind: str,
    make: _Make,
    options: dict[str, object],
    tolerance: float,
    page: Image.Image,
    tmp_path: Path,
) -> None:
    path = tmp_path / "page.any"
    stored = make(page)
    stored.save(path, kind, dpi=(DPI, DPI), **options)
    got = _opened(path)
    assert _difference(got, _wanted(page, make)) < tolerance
    assert got.dpi == DPI
    assert got.is_single_image
    if stored.mode in {"1", "L", "RGB"}:
        assert got.depth == {"1": Depth.BILEVEL, "L": Depth.GREY, "RGB": Depth.COLOUR}[stored.mode]


def test_sixteen_bits_a_channel(page: Image.Image, tmp_path: Path) -> None:
    """48-bit PNG and TIFF, as archives' scanners make them."""
    deep = cv2.cvtColor(np.asarray(page).astype(np.uint16) * 257, cv2.COLOR_RGB2BGR)
    for name in ("deep.png", "deep.tif"):
        path = tmp_path / name
        assert cv2.imwrite(str(path), deep)
        assert _difference(_opened(path), page) < LOSSLESS


def test_pages_of_one_tiff_may_be_of_every_kind(page: Image.Image, tmp_path: Path) -> None:
    """Fax, JPEG and LZW pages in one file, each with its own colours and resolution."""
    path = tmp_path / "many.tif"
    kinds: list[tuple[_Make, str, int]] = [
        (_bilevel, "group4", 200),
        (_same, "jpeg", 150),
        (_grey, "tiff_lzw", 100),
        (_bilevel, "group3", 204),
    ]
    with TiffImagePlugin.AppendingTiffWriter(str(path), new=True) as out:
        for make, compression, dpi in kinds:
            make(page).save(out, "TIFF", compression=compression, dpi=(dpi, dpi))
            out.newFrame()
    with open_source(path) as source:
        assert source.page_count == len(kinds)
    for number, (make, _, dpi) in enumerate(kinds, start=1):
        got = _opened(path, number)
        assert _difference(got, _wanted(page, make)) < LOSSY
        assert got.dpi == dpi


def test_cmyk_without_adobes_mark_is_not_inverted(page: Image.Image, tmp_path: Path) -> None:
    """Adobe writes inverted CMYK and says so in APP14; without the mark the values are ink."""
    buffer = io.BytesIO()
    ink = page.convert("CMYK")
    Image.merge("CMYK", [band.point(lambda value: 255 - value) for band in ink.split()]).save(
        buffer, "JPEG", quality=95
    )
    data = buffer.getvalue()
    at = data.index(b"\xff\xee")
    (length,) = struct.unpack_from(">H", data, at + 2)
    path = tmp_path / "plain.jpg"
    path.write_bytes(data[:at] + data[at + 2 + length :])
    assert _difference(_opened(path), page) < LOSSY


UNDONE = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""What a camera that notes this orientation has done to the upright page."""


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "TIFF", "PNG", "WEBP"])
def test_the_cameras_turn_is_undone(
    kind: str, orientation: int, page: Image.Image, tmp_path: Path
) -> None:
    """All eight of EXIF, in every format that carries them."""
    done = UNDONE[orientation]
    stored = page if done is None else page.transpose(done)
    path = tmp_path / "page.any"
    if kind == "TIFF":
        stored.save(path, kind, tiffinfo={274: orientation})
    else:
        exif = Image.Exif()
        exif[274] = orientation
        stored.save(path, kind, quality=90, exif=exif)
    assert _difference(_opened(path), page) < LOSSY


def test_a_telephones_picture_is_read(page: Image.Image) -> None:
    """HEIC, where the optional pi-heif is there (no free software but GPL makes one)."""
    if not know_heif():
        pytest.skip("pi-heif is missing: pip install pi-heif")
    got = _opened(Path(__file__).with_name("page.heic"))
    assert _difference(got, page) < LOSSY
    assert got.dpi == DPI


def test_without_its_reader_heic_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imaging._sniff.know_heif", lambda: False)
    with pytest.raises(UnsupportedFormatError, match="pi-heif"):
        open_source(Path(__file__).with_name("page.heic"))


# -- pictures in a PDF ----------------------------------------------------------------------


def _jpeg(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


def _jpeg_2000(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG2000")
    return buffer.getvalue()


def _fax(image: Image.Image, compression: str) -> bytes:
    """The strip of a fax-coded TIFF; 0 is black in it."""
    buffer = io.BytesIO()
    inverted = image.convert("L").point(lambda value: 255 - value).convert("1")
    inverted.save(buffer, "TIFF", compression=compression, tiffinfo={262: 1, 278: image.height})
    with Image.open(buffer) as written:
        tags = written.tag_v2  # type: ignore[attr-defined]  # Pillow opened a TIFF
        offset, count = tags[273][0], tags[279][0]
    return buffer.getvalue()[offset : offset + count]


def _jbig2(image: Image.Image) -> bytes:
    """A page of one generic region coded by MMR, as embedded in PDF (ITU-T T.88, 7.4.6)."""
    width, height = image.size
    information = struct.pack(">IIIIBH", width, height, 0, 0, 0, 0)
    region = struct.pack(">IIIIB", width, height, 0, 0, 0) + b"\x01" + _fax(image, "group4")
    return b"".join(
        struct.pack(">IBBBI", number, kind, 0, 1, len(data)) + data
        for number, (kind, data) in enumerate([(48, information), (38, region)])
    )


def _bits(image: Image.Image) -> bytes:
    return np.packbits(np.asarray(image.convert("L")) > 127, axis=1).tobytes()


def _deep_bytes(image: Image.Image) -> bytes:
    return (np.asarray(image).astype(">u2") * 257).tobytes()


_Entry = tuple[bytes, dict[str, object]]
_Store = Callable[[Image.Image], _Entry]


def _ink(image: Image.Image) -> Image.Image:
    """CMYK of black ink alone for black, as offices' printers make it."""
    return image.convert("CMYK")


GREY, RGB, CMYK = Name.DeviceGray, Name.DeviceRGB, Name.DeviceCMYK


def _entry(data: bytes, space: object, bits: int = 8, coding: str = "", **more: object) -> _Entry:
    own = {"ColorSpace": space, "BitsPerComponent": bits, "Filter": coding and Name("/" + coding)}
    return data, {key: value for key, value in (own | more).items() if value}


def _fax_entry(image: Image.Image, compression: str, k: int, **more: object) -> _Entry:
    how = Dictionary(K=k, Columns=WIDTH, Rows=HEIGHT)
    if more:
        how.BlackIs1 = True
    data = _fax(image, compression)
    return _entry(data, GREY, 1, "CCITTFaxDecode", DecodeParms=how, **more)


def _palette_entry(image: Image.Image) -> _Entry:
    few = _palette(image)
    space = Array([Name.Indexed, RGB, 15, bytes(few.getpalette()[:48])])  # type: ignore[index]
    return _entry(few.tobytes(), space)


INVERTED = Array([1, 0] * 4)
PDFS: list[tuple[str, _Make, _Store, float]] = [
    ("dct", _same, lambda i: _entry(_jpeg(i), RGB, 8, "DCTDecode"), LOSSY),
    ("dct-grey", _grey, lambda i: _entry(_jpeg(i), GREY, 8, "DCTDecode"), LOSSY),
    (
        "dct-cmyk-inverted",
        _same,
        lambda i: _entry(_jpeg(_ink(i)), CMYK, 8, "DCTDecode", Decode=INVERTED),
        OTHER_INK,
    ),
    ("jpx", _same, lambda i: _entry(_jpeg_2000(i), None, 0, "JPXDecode"), LOSSLESS),
    ("jpx-grey", _grey, lambda i: _entry(_jpeg_2000(i), GREY, 0, "JPXDecode"), LOSSLESS),
    ("ccitt-4", _bilevel, lambda i: _fax_entry(i, "group4", -1), LOSSLESS),
    (
        "ccitt-4-black-is-1",
        _bilevel,
        lambda i: _fax_entry(i, "group4", -1, Decode=Array([1, 0])),
        LOSSLESS,
    ),
    ("ccitt-3", _bilevel, lambda i: _fax_entry(i, "group3", 0), LOSSLESS),
    ("jbig2", _bilevel, lambda i: _entry(_jbig2(i), GREY, 1, "JBIG2Decode"), LOSSLESS),
    ("flate", _same, lambda i: _entry(i.tobytes(), RGB), LOSSLESS),
    ("flate-1-bit", _bilevel, lambda i: _entry(_bits(i), GREY, 1), LOSSLESS),
    ("flate-16-bit", _same, lambda i: _entry(_deep_bytes(i), RGB, 16), LOSSLESS),
    ("flate-cmyk", _same, lambda i: _entry(_ink(i).tobytes(), CMYK), OTHER_INK),
    ("flate-palette", _same, _palette_entry, LOSSLESS),
]


@pytest.mark.parametrize("rotate", [0, 90])
@pytest.mark.parametrize(
    ("make", "store", "tolerance"), [pytest.param(*entry[1:], id=entry[0]) for entry in PDFS]
)
def test_every_picture_in_a_pdf_shows_the_page(
    make: _Make, store: _Store, tolerance: float, rotate: int, page: Image.Image, tmp_path: Path
) -> None:
    """The page's own pixels, whatever holds them, turned as the page's entry says."""
    path = tmp_path / "page.pdf"
    data, entries = store(make(page))
    with pikepdf.new() as document:
        stream = pikepdf.Stream(document, data)
        stream.Type, stream.Subtype = Name.XObject, Name.Image
        stream.Width, stream.Height = WIDTH, HEIGHT
        for key, value in entries.items():
            stream[f"/{key}"] = value
        sheet = document.add_blank_page(page_size=(WIDTH * 72 / DPI, HEIGHT * 72 / DPI))
        sheet.obj.Resources = Dictionary(XObject=Dictionary(Im0=stream))
        draw = f"q {WIDTH * 72 / DPI} 0 0 {HEIGHT * 72 / DPI} 0 0 cm /Im0 Do Q"
        sheet.obj.Contents = document.make_stream(draw.encode())
        sheet.obj.Rotate = rotate
        document.save(path)
    got = _opened(path)
    assert _difference(got, _wanted(page, make).rotate(-rotate, expand=True)) < tolerance
    assert got.dpi == DPI
    assert got.is_single_image
