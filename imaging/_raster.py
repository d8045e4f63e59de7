"""Pages of picture files, through Pillow."""

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

import numpy as np
from PIL import Image, ImageChops, ImageOps, UnidentifiedImageError

from imaging import limits
from imaging._heif import HEIC
from imaging.colour import depth_of_mode
from imaging.errors import (
    CorruptFileError,
    TooManyPagesError,
    TooManyPixelsError,
    UnreadableFileError,
)
from imaging.types import PageImage, PageSheet, Pixels

_FORMATS: Final = ("JPEG", "PNG", "TIFF", "BMP", "WEBP", "JPEG2000")
_DECODER_FAULTS: Final = (
    UnidentifiedImageError,
    OSError,  # Pillow's word for most broken files; the disk's own was ruled out at the sniff
    EOFError,
    SyntaxError,  # PNG chunks, TIFF entries
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    OverflowError,
    ZeroDivisionError,
    struct.error,
)
_SWAPPING_ORIENTATIONS: Final = {5, 6, 7, 8}
_EXIF_ORIENTATION: Final = 0x0112


class RasterSource:
    """A JPEG, JPEG 2000, HEIC, PNG, BMP or WebP picture, or a TIFF file of many."""

    def __init__(self, untrusted_path: Path, media_type: str) -> None:
        self.media_type = media_type
        with _decoding():
            formats = ("HEIF",) if media_type == HEIC else _FORMATS
            self._image = Image.open(untrusted_path, formats=formats)
        try:
            self.page_count = self._count() if media_type == "image/tiff" else 1
        except BaseException:
            self._image.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._image.close()

    def page(self, number: int) -> PageImage:
        """Decode one page; see `Source.page`."""
        dpi = self._seek(number)
        with _decoding():
            depth = depth_of_mode(self._image.mode)
            pixels = _rgb(ImageOps.exif_transpose(with_true_ink(self._image)))
        return PageImage(number, pixels, dpi, depth, is_single_image=True)

    def sheet(self, number: int) -> PageSheet:
        """Read one page's header; see `Source.sheet`."""
        dpi = self._seek(number)
        width, height = self._image.size
        if self._orientation() in _SWAPPING_ORIENTATIONS:
            width, height = height, width
        return PageSheet(width, height, dpi, is_scan=True, shows_text=False)

    def _seek(self, number: int) -> int:
        """Go to a page, check its size before it is decoded, and tell its dpi."""
        if not 1 <= number <= self.page_count:
            raise ValueError(f"no page {number} of {self.page_count}")
        with _decoding():
            self._image.seek(number - 1)
            check_size(*self._image.size)
            return self._dpi() or guess_dpi(*self._image.size)

    def _orientation(self) -> int:
        return int(self._image.getexif().get(_EXIF_ORIENTATION, 1))

    def _count(self) -> int:
        """Walk the directories, but not beyond the limit: `n_frames` would read them all."""
        with _decoding():
            for index in range(1, limits.MAX_PAGES + 1):
                try:
                    self._image.seek(index)
                except EOFError:
                    return index
        raise TooManyPagesError(detail=f"TIFF of over {limits.MAX_PAGES} pages")

    def _dpi(self) -> int | None:
        across, down = self._image.info.get("dpi", (0, 0))
        if self._orientation() in _SWAPPING_ORIENTATIONS:
            across, down = down, across
        dpi = round(float(max(across, down)))
        inches = min(self._image.size) / dpi if dpi else 0.0
        # Cameras write 72 whatever they saw: believe only what makes a sheet of paper.
        believable = limits.MIN_DPI <= dpi <= limits.MAX_DPI and 1.0 < inches < 25.0
        return dpi if believable else None


def with_true_ink(image: Image.Image) -> Image.Image:
    """A CMYK JPEG with its ink the right way round.

    Adobe writes the values inverted and says so in APP14; Pillow inverts all, marked or not.
    """
    if image.format != "JPEG" or image.mode != "CMYK" or "adobe" in image.info:
        return image
    return ImageChops.invert(image)


def guess_dpi(width: int, height: int) -> int:
    """The dpi that would make the shorter side as long as A4's."""
    return max(1, round(min(width, height) / limits.A4_WIDTH_INCHES))


def check_size(width: int, height: int) -> None:
    """Raise TooManyPixelsError where a header announces more than we decode."""
    if width * height > limits.MAX_PAGE_PIXELS or max(width, height) > limits.MAX_SIDE_PIXELS:
        raise TooManyPixelsError(detail=f"{width} x {height}")
    if min(width, height) < 1:
        raise CorruptFileError(detail=f"{width} x {height}")


def _rgb(image: Image.Image) -> Pixels:
    if image.mode.startswith(("I", "F")):
        return _rgb_of_deep_grey(image)
    if image.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in image.info:
        clear = image.convert("RGBA")
        paper = Image.new("RGBA", clear.size, "white")
        image = Image.alpha_composite(paper, clear)
    return np.array(image.convert("RGB"), dtype=np.uint8)


def _rgb_of_deep_grey(image: Image.Image) -> Pixels:
    """Sixteen bits of grey to eight; Pillow's own conversion would clip them."""
    deep = np.asarray(image, dtype=np.float32)
    top = 65_535.0 if float(deep.max(initial=0.0)) > 255.0 else 255.0
    grey = np.clip(deep * (255.0 / top), 0, 255).astype(np.uint8)
    return np.repeat(grey[:, :, np.newaxis], 3, axis=2)


@contextmanager
def _decoding() -> Iterator[None]:
    """Turn what Pillow raises into our words, and its warnings into silence."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except Image.DecompressionBombError as error:
        raise TooManyPixelsError(detail=str(error)) from error
    except PermissionError as error:
        raise UnreadableFileError(detail=str(error)) from error
    except _DECODER_FAULTS as error:
        raise CorruptFileError(detail=f"{type(error).__name__}: {error}") from error
