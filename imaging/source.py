"""Files as page images, one page at a time, under limits."""

from pathlib import Path
from typing import Protocol, Self

from imaging._pdf import PdfSource
from imaging._raster import RasterSource
from imaging._sniff import PDF, media_type_of
from imaging.types import PageImage, PageSheet


class Source(Protocol):
    """An open file of pages. Use it in a `with`; it keeps no page after handing it over.

    Any thread may use it, one at a time; PDF work in one process happens one call at a time.
    """

    media_type: str
    """By content: application/pdf, image/tiff, image/jpeg, image/jp2, image/heic, image/png,
    image/bmp, image/webp."""
    page_count: int

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...

    def page(self, number: int) -> PageImage:
        """The page of that 1-based number, as a viewer shows it.

        A PDF page that is one picture gives that picture's own pixels, every other is rendered at
        300 dpi (less where the sheet is huge). Where a signature or a stamp is drawn over the one
        picture, the page is rendered at the picture's own size and `is_single_image` is False.
        Raises TooManyPixelsError, CorruptFileError; ValueError for a number out of range.
        """

    def sheet(self, number: int) -> PageSheet:
        """The size of that page's `PageImage`, without decoding it; raises as `page` does."""


def open_source(untrusted_path: Path) -> Source:
    """Open a file of pages, whatever its name says.

    Raises the errors of `imaging.errors` that speak of files: EmptyFileError, TooLargeError,
    UnreadableFileError, NotADocumentError, UnsupportedFormatError, CorruptFileError,
    EncryptedFileError, TooManyPagesError, TooManyPixelsError, ZipBombError.
    """
    media_type = media_type_of(untrusted_path)
    if media_type == PDF:
        return PdfSource(untrusted_path)
    return RasterSource(untrusted_path, media_type)
