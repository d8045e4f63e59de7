"""Image files as PDF pages, without loss: a JPEG's own stream, anything else by Flate or fax."""

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from pikepdf import Array, Dictionary, Name, Object, Page, Pdf, Stream
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from archive.pdf_errors import SourceTooLargeError, SourceUnreadableError
from archive.pdf_limits import MAX_PAGE_PIXELS
from imaging import know_heif, with_true_ink

_POINTS_PER_INCH = 72
_DPI_RANGE = (60, 1_300)
"""Outside of it a file's own statement is taken for a mistake."""
_A4_INCHES = 297 / 25.4
_EXIF_ORIENTATION = 0x0112
_TURN_OF_ORIENTATION = {1: 0, 3: 180, 6: 90, 8: 270}
"""EXIF orientations that are plain turns, and the clockwise turn that undoes each."""
_TIFF_STRIP_OFFSETS, _TIFF_STRIP_COUNTS, _TIFF_ROWS_PER_STRIP = 273, 279, 278
_TIFF_PHOTOMETRIC = 262
_JPEG_SPACES = {"L": Name.DeviceGray, "RGB": Name.DeviceRGB}


class Picture(NamedTuple):
    """An image as it will lie on a page."""

    stream: Stream
    width: int
    height: int
    dpi: float
    rotate: int
    """The clockwise quarter turn a viewer must apply (a camera's EXIF note)."""


@contextmanager
def open_image(untrusted_source: Path) -> Iterator[Image.Image]:
    """Open an image file under the limits.

    Raises SourceUnreadableError, SourceTooLargeError.
    """
    with warnings.catch_warnings():
        # our own limit is checked right below
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        warnings.simplefilter("ignore", UserWarning)
        know_heif()
        try:
            with Image.open(untrusted_source) as image:
                _check_size(image)
                yield image
        except Image.DecompressionBombError as error:
            raise SourceTooLargeError(detail=str(error)) from error
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError, struct.error) as error:
            raise SourceUnreadableError(detail=str(error)) from error


def frame(image: Image.Image, number: int) -> Image.Image:
    """The picture of page `number` (from 1). Raises SourceUnreadableError."""
    try:
        image.seek(number - 1)
    except EOFError as error:
        raise SourceUnreadableError(detail=f"no page {number}") from error
    _check_size(image)
    return image


def picture_of(pdf: Pdf, image: Image.Image, untrusted_bytes: bytes) -> Picture:
    """The current frame as an image of `pdf`; `untrusted_bytes` is the file it came from."""
    if image.format == "JPEG" and image.mode in _JPEG_SPACES:
        turn = _TURN_OF_ORIENTATION.get(image.getexif().get(_EXIF_ORIENTATION, 1))
        if turn is not None:
            image.load()  # a broken stream must not enter the archive
            stream = _stream(pdf, untrusted_bytes, image, Name.DCTDecode)
            return Picture(stream, image.width, image.height, _dpi(image), turn)
    dpi = _dpi(image)
    plain = _plain(ImageOps.exif_transpose(with_true_ink(image)))
    return Picture(lossless(pdf, plain), plain.width, plain.height, dpi, 0)


def lossless(pdf: Pdf, image: Image.Image) -> Stream:
    """An image of mode 1, L or RGB as a stream: fax group 4 for two colours, else Flate."""
    if image.mode == "1":
        return _fax(pdf, image)
    buffer = BytesIO()
    image.save(buffer, "PNG", compress_level=6)
    stream = _stream(pdf, _png_data(buffer.getvalue()), image, Name.FlateDecode)
    stream[Name.DecodeParms] = Dictionary(
        Predictor=15, Colors=len(image.getbands()), BitsPerComponent=8, Columns=image.width
    )
    return stream


def add_picture_page(pdf: Pdf, picture: Picture, *, turn: int) -> Page:
    """A page that is just this picture; `turn` makes what a viewer shows upright."""
    width = picture.width * _POINTS_PER_INCH / picture.dpi
    height = picture.height * _POINTS_PER_INCH / picture.dpi
    page = pdf.add_blank_page(page_size=(round(width, 3), round(height, 3)))
    page.obj[Name.Resources] = Dictionary(XObject=Dictionary(Im0=picture.stream))
    content = f"q {width:.3f} 0 0 {height:.3f} 0 0 cm /Im0 Do Q\n".encode("ascii")
    page.obj[Name.Contents] = pdf.make_stream(content)
    if rotate := (picture.rotate + turn) % 360:
        page.obj[Name.Rotate] = rotate
    return page


def frames_as_tiff(image: Image.Image, numbers: tuple[int, ...]) -> bytes:
    """Some frames of a many-page image as a TIFF, without loss."""
    frames = [frame(image, number).copy() for number in numbers]
    for copied in frames:
        kind = "group4" if copied.mode == "1" else "tiff_adobe_deflate"
        copied.encoderinfo = {"compression": kind}
    target = BytesIO()
    first, *rest = frames
    first.save(
        target,
        "TIFF",
        save_all=True,
        append_images=rest,
        compression="group4" if first.mode == "1" else "tiff_adobe_deflate",
        dpi=(_dpi(image), _dpi(image)),
    )
    return target.getvalue()


def count_frames(image: Image.Image) -> int:
    """How many pages an image file has."""
    return int(getattr(image, "n_frames", sum(1 for _ in ImageSequence.Iterator(image))))


def _check_size(image: Image.Image) -> None:
    if image.width * image.height > MAX_PAGE_PIXELS:
        raise SourceTooLargeError(detail=f"{image.width} x {image.height} pixels")


def _dpi(image: Image.Image) -> float:
    """What the file says where that is believable; else as if its long side were an A4's."""
    stated = image.info.get("dpi", (0, 0))
    across = float(stated[0]) if isinstance(stated, tuple) and stated else 0.0
    low, high = _DPI_RANGE
    if low <= across <= high:
        return round(across, 2)
    return round(max(max(image.size) / _A4_INCHES, 1.0), 2)


def _plain(image: Image.Image) -> Image.Image:
    """The image in mode 1, L or RGB, on white where it is transparent."""
    if image.mode in {"1", "L", "RGB"} and "transparency" not in image.info:
        return image
    if image.mode in {"RGBA", "LA", "PA", "P"} or "transparency" in image.info:
        opaque = image.convert("RGBA")
        paper = Image.new("RGBA", opaque.size, "white")
        return Image.alpha_composite(paper, opaque).convert("RGB")
    if image.mode.startswith("I;16") or image.mode in {"I", "F"}:
        return image.point(lambda value: value / 256).convert("L")
    return image.convert("RGB")


def _stream(pdf: Pdf, data: bytes, image: Image.Image, stored_as: Object) -> Stream:
    space = _JPEG_SPACES[image.mode if image.mode == "RGB" else "L"]
    return pdf.make_stream(
        data,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=image.width,
        Height=image.height,
        ColorSpace=space,
        BitsPerComponent=1 if image.mode == "1" else 8,
        Filter=stored_as,
    )


def _png_data(png: bytes) -> bytes:
    """The compressed rows of a PNG: its IDAT chunks joined, which PDF reads with predictor 15."""
    position, parts = 8, []
    while position < len(png):
        length, kind = struct.unpack_from(">I4s", png, position)
        if kind == b"IDAT":
            parts.append(png[position + 8 : position + 8 + length])
        position += 12 + length
    return b"".join(parts)


def _fax(pdf: Pdf, image: Image.Image) -> Stream:
    buffer = BytesIO()
    image.save(
        buffer,
        "TIFF",
        compression="group4",
        tiffinfo={_TIFF_ROWS_PER_STRIP: image.height},
    )
    with Image.open(buffer) as written:
        tags = written.tag_v2  # type: ignore[attr-defined]  # Pillow opened a TIFF
        offset, count = tags[_TIFF_STRIP_OFFSETS][0], tags[_TIFF_STRIP_COUNTS][0]
        white_is_zero = tags[_TIFF_PHOTOMETRIC] == 0
    data = buffer.getvalue()[offset : offset + count]
    stream = _stream(pdf, data, image, Name.CCITTFaxDecode)
    stream[Name.DecodeParms] = Dictionary(
        K=-1, Columns=image.width, Rows=image.height, BlackIs1=not white_is_zero
    )
    stream[Name.Decode] = Array([0, 1])
    return stream
