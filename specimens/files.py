"""Writes pages as the files that scanners and offices hand over."""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pikepdf
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
"""(height, width, 3) uint8 RGB."""


def jpeg_bytes(pixels: Pixels, *, dpi: int, quality: int = 80) -> bytes:
    """Return the page as a JPEG that names its resolution."""
    sink = io.BytesIO()
    Image.fromarray(pixels).save(sink, "JPEG", quality=quality, dpi=(dpi, dpi))
    return sink.getvalue()


def write_jpeg(path: Path, pixels: Pixels, *, dpi: int, quality: int = 80) -> None:
    """Write one page as a JPEG."""
    path.write_bytes(jpeg_bytes(pixels, dpi=dpi, quality=quality))


def write_png(path: Path, pixels: Pixels, *, dpi: int) -> None:
    """Write one page as a PNG."""
    Image.fromarray(pixels).save(path, "PNG", dpi=(dpi, dpi), compress_level=1)


def write_tiff(path: Path, pages: Sequence[Pixels], *, dpi: int, quality: int = 80) -> None:
    """Write pages as one TIFF with JPEG strips, as network scanners do."""
    first, *rest = [Image.fromarray(page) for page in pages]
    first.save(
        path,
        "TIFF",
        save_all=True,
        append_images=rest,
        compression="jpeg",
        quality=quality,
        dpi=(dpi, dpi),
    )


def write_scan_pdf(path: Path, pages: Sequence[Pixels], *, dpi: int, quality: int = 80) -> None:
    """Write pages as a scanner's PDF: one JPEG a page and no text. The bytes are reproducible."""
    with pikepdf.new() as pdf:
        for page in pages:
            _add_picture(pdf, page, dpi, quality)
        pdf.save(path, deterministic_id=True)


def _add_picture(pdf: pikepdf.Pdf, pixels: Pixels, dpi: int, quality: int) -> None:
    height, width = pixels.shape[:2]
    box = (round(width * 72 / dpi, 2), round(height * 72 / dpi, 2))
    picture = pdf.make_stream(
        jpeg_bytes(pixels, dpi=dpi, quality=quality),
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=width,
        Height=height,
        ColorSpace=pikepdf.Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=pikepdf.Name.DCTDecode,
    )
    pdf.add_blank_page(page_size=box)
    page = pdf.pages[-1]
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Scan=picture))
    page.Contents = pdf.make_stream(f"q {box[0]} 0 0 {box[1]} 0 0 cm /Scan Do Q".encode())
