"""Pages of PDF files, through PDFium."""

import ctypes
import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

import cv2
import numpy as np
import pikepdf
import pypdfium2 as pdfium
from pypdfium2 import raw

from imaging import limits
from imaging._pdf_bomb import refuse_bombs
from imaging._raster import check_size
from imaging._sniff import PDF, media_type_of
from imaging.errors import (
    CorruptFileError,
    EncryptedFileError,
    TooManyPagesError,
    UnreadableFileError,
)
from imaging.scale import rotate_quarter
from imaging.types import Depth, PageImage, PageSheet, Pixels

PDFIUM_LOCK: Final = threading.RLock()
"""PDFium is not thread safe: every call in the process is made under this lock."""

_PASSWORD_NEEDED: Final = 4
_EDGE_TOLERANCE: Final = 0.02
_MAX_OVERLAY_OBJECTS: Final = 60
_MAX_FORM_DEPTH: Final = 5
_INVISIBLE: Final = 3
_HIDDEN_FLAGS: Final = 0x02 | 0x20


class _Matrix(NamedTuple):
    """A PDF matrix: x' = a x + c y + e, y' = b x + d y + f."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def then(self, outer: "_Matrix") -> "_Matrix":
        """This map followed by another."""
        return _Matrix(
            self.a * outer.a + self.b * outer.c,
            self.a * outer.b + self.b * outer.d,
            self.c * outer.a + self.d * outer.c,
            self.c * outer.b + self.d * outer.d,
            self.e * outer.a + self.f * outer.c + outer.e,
            self.e * outer.b + self.f * outer.d + outer.f,
        )

    @property
    def is_plain(self) -> bool:
        """Neither turned nor flipped nor sheared."""
        slack = 1e-3 * (abs(self.a) + abs(self.d))
        return self.a > 0 and self.d > 0 and abs(self.b) <= slack and abs(self.c) <= slack


_IDENTITY: Final = _Matrix(1, 0, 0, 1, 0, 0)


@dataclass(frozen=True, slots=True)
class _Scan:
    """The one picture that covers a page."""

    image: Any
    """The PDFium page object."""
    matrix: _Matrix
    size: tuple[int, int]
    """Width and height in pixels, as stored."""
    has_overlay: bool
    """Whether something visible is drawn over it."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a page becomes pixels."""

    scan: _Scan | None
    width: int
    height: int
    dpi: int
    takes_own_pixels: bool
    is_layered: bool = False
    """Whether it is drawn at our dpi, not at its picture's."""


class PdfSource:
    """A PDF file. See `Source`."""

    media_type = PDF

    def __init__(self, untrusted_path: Path) -> None:
        self._path = untrusted_path
        self._pikepdf: pikepdf.Pdf | None = None
        refuse_bombs(untrusted_path)
        with PDFIUM_LOCK:
            self._document = _open(untrusted_path)
            try:
                self.page_count = len(self._document)
                _check_count(self.page_count)
            except BaseException:
                self._document.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        with PDFIUM_LOCK:
            self._document.close()
        if self._pikepdf is not None:
            self._pikepdf.close()

    def page(self, number: int) -> PageImage:
        """Take or render one page; see `Source.page`."""
        if not 1 <= number <= self.page_count:
            raise ValueError(f"no page {number} of {self.page_count}")
        with PDFIUM_LOCK, _pdfium_faults(), self._page(number) as page:
            plan = self._plan(page, number)
            if plan.scan is not None and plan.takes_own_pixels:
                return _own_pixels(page, number, plan.scan)
            return _rendered(page, number, plan)

    def sheet(self, number: int) -> PageSheet:
        """Measure one page without decoding it; see `Source.sheet`."""
        if not 1 <= number <= self.page_count:
            raise ValueError(f"no page {number} of {self.page_count}")
        with PDFIUM_LOCK, _pdfium_faults(), self._page(number) as page:
            plan = self._plan(page, number)
            return PageSheet(
                width=plan.width,
                height=plan.height,
                dpi=plan.dpi,
                is_scan=plan.scan is not None,
                shows_text=_shows_text(page),
            )

    def _plan(self, page: Any, number: int) -> "_Plan":
        """How the page becomes pixels, and how many. Raises TooManyPixelsError."""
        _check_pictures(page, raw.FPDFPage_CountObjects, _page_object)
        scan = _find_scan(page)
        if scan is None:
            return _plan_of_drawing(page, scan=None)
        masked = self._is_masked(number, scan)
        if masked and _has_layers(page):
            return _plan_of_drawing(page, scan=scan)
        plain = not masked and not scan.has_overlay and scan.matrix.is_plain
        return _plan_of_scan(page, scan, takes_own_pixels=plain)

    @contextmanager
    def _page(self, number: int) -> Iterator[Any]:
        page = self._document[number - 1]
        try:
            yield page
        finally:
            page.close()

    def _is_masked(self, number: int, scan: _Scan) -> bool:
        """Whether the picture shows what lies under it; PDFium does not say, so pikepdf is asked.

        A picture that cannot be found among the page's resources (an inline one) counts as masked.
        """
        if self._pikepdf is None:
            self._pikepdf = _open_with_pikepdf(self._path)
        resources = self._pikepdf.pages[number - 1].obj.get("/Resources")
        found = list(_images(resources, scan.size))
        return not found or any(
            key in image for image in found for key in ("/SMask", "/Mask", "/ImageMask", "/Decode")
        )


def has_signatures(untrusted_path: Path) -> bool:
    """Whether a PDF holds a signed signature field; False for every other format.

    Raises EncryptedFileError, CorruptFileError, UnreadableFileError and what the sniffing of
    `open_source` raises.
    """
    if media_type_of(untrusted_path) != PDF:
        return False
    refuse_bombs(untrusted_path)
    with _open_with_pikepdf(untrusted_path) as document:
        form = document.Root.get("/AcroForm")
        if not isinstance(form, pikepdf.Dictionary):
            return False
        fields = form.get("/Fields")
        return isinstance(fields, pikepdf.Array) and _any_signed(fields, depth=0)


def _any_signed(fields: pikepdf.Array, *, depth: int) -> bool:
    if depth > _MAX_FORM_DEPTH:
        return False
    for field in fields:
        if not isinstance(field, pikepdf.Dictionary):
            continue
        if field.get("/FT") == pikepdf.Name("/Sig") and "/V" in field:
            return True
        kids = field.get("/Kids")
        if isinstance(kids, pikepdf.Array) and _any_signed(kids, depth=depth + 1):
            return True
    return False


def _open(untrusted_path: Path) -> Any:
    try:
        document = pdfium.PdfDocument(untrusted_path)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD_NEEDED:
            raise EncryptedFileError(detail=str(error)) from error
        raise CorruptFileError(detail=str(error)) from error
    except OSError as error:
        raise UnreadableFileError(detail=str(error)) from error
    return document


def _open_with_pikepdf(untrusted_path: Path) -> pikepdf.Pdf:
    try:
        return pikepdf.open(untrusted_path)
    except pikepdf.PasswordError as error:
        raise EncryptedFileError(detail=str(error)) from error
    except pikepdf.PdfError as error:
        raise CorruptFileError(detail=str(error)) from error
    except OSError as error:
        raise UnreadableFileError(detail=str(error)) from error


def _check_count(count: int) -> None:
    if count > limits.MAX_PAGES:
        raise TooManyPagesError(detail=f"{count} pages")
    if count < 1:
        raise CorruptFileError(detail="no pages")


@contextmanager
def _pdfium_faults() -> Iterator[None]:
    try:
        yield
    except (pdfium.PdfiumError, pikepdf.PdfError) as error:
        raise CorruptFileError(detail=str(error)) from error


# -- which picture is the page ---------------------------------------------------------------


def _find_scan(page: Any) -> _Scan | None:
    """The topmost picture that covers the page, unless too much is drawn over it."""
    overlay = _visible_annotations(page)
    for drawn, matrix in _objects_from_top(page.raw, raw.FPDFPage_CountObjects, _page_object):
        if _covers(page, drawn, matrix):
            return _as_scan(page, drawn, matrix, has_overlay=overlay > 0)
        overlay += _is_visible(drawn)
        if overlay > _MAX_OVERLAY_OBJECTS:
            return None
    return None


def _shows_text(page: Any) -> bool:
    """Whether at least half of the page's text is painted; that over a scan usually is not."""
    shown = hidden = 0
    for drawn, _ in _objects_from_top(page.raw, raw.FPDFPage_CountObjects, _page_object):
        if raw.FPDFPageObj_GetType(drawn) == raw.FPDF_PAGEOBJ_TEXT:
            shown += _is_visible(drawn)
            hidden += not _is_visible(drawn)
    return shown > 0 and shown >= hidden


def _has_layers(page: Any) -> bool:
    """Whether several pictures make up the page (text mask over background: MRC)."""
    pictures = 0
    for drawn, _ in _objects_from_top(page.raw, raw.FPDFPage_CountObjects, _page_object):
        pictures += raw.FPDFPageObj_GetType(drawn) == raw.FPDF_PAGEOBJ_IMAGE
        if pictures > 1:
            return True
    return False


def _page_object(holder: Any, index: int) -> Any:
    return raw.FPDFPage_GetObject(holder, index)


def _form_object(holder: Any, index: int) -> Any:
    return raw.FPDFFormObj_GetObject(holder, index)


def _objects_from_top(
    holder: Any, count: Any, get: Any, outer: _Matrix = _IDENTITY, depth: int = 0
) -> Iterator[tuple[Any, _Matrix]]:
    """The painted objects, last first, forms opened."""
    for index in range(count(holder) - 1, -1, -1):
        drawn = get(holder, index)
        matrix = _matrix_of(drawn).then(outer)
        is_form = raw.FPDFPageObj_GetType(drawn) == raw.FPDF_PAGEOBJ_FORM
        if is_form and depth < _MAX_FORM_DEPTH:
            yield from _objects_from_top(
                drawn, raw.FPDFFormObj_CountObjects, _form_object, matrix, depth + 1
            )
        else:
            yield drawn, matrix


def _matrix_of(drawn: Any) -> _Matrix:
    values = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(drawn, values):
        return _IDENTITY
    return _Matrix(values.a, values.b, values.c, values.d, values.e, values.f)


def _is_visible(drawn: Any) -> bool:
    kind = raw.FPDFPageObj_GetType(drawn)
    if kind == raw.FPDF_PAGEOBJ_TEXT:
        return bool(raw.FPDFTextObj_GetTextRenderMode(drawn) != _INVISIBLE)
    return bool(kind != raw.FPDF_PAGEOBJ_UNKNOWN)


def _covers(page: Any, drawn: Any, matrix: _Matrix) -> bool:
    """Whether a picture lies edge to edge on the visible page."""
    if raw.FPDFPageObj_GetType(drawn) != raw.FPDF_PAGEOBJ_IMAGE:
        return False
    left, bottom, right, top = page.get_cropbox()
    xs = (matrix.e, matrix.e + matrix.a, matrix.e + matrix.c, matrix.e + matrix.a + matrix.c)
    ys = (matrix.f, matrix.f + matrix.b, matrix.f + matrix.d, matrix.f + matrix.b + matrix.d)
    across, down = (right - left) * _EDGE_TOLERANCE, (top - bottom) * _EDGE_TOLERANCE
    return bool(
        abs(min(xs) - left) <= across
        and abs(max(xs) - right) <= across
        and abs(min(ys) - bottom) <= down
        and abs(max(ys) - top) <= down
    )


def _as_scan(page: Any, drawn: Any, matrix: _Matrix, *, has_overlay: bool) -> _Scan | None:
    """The picture as a scan, or None: a stretched dot, uneven dpi or layers under it are not."""
    width, height = _picture_size(drawn)
    across = width / (math.hypot(matrix.a, matrix.b) / 72 or 1)
    down = height / (math.hypot(matrix.c, matrix.d) / 72 or 1)
    if min(across, down) < limits.MIN_DPI or max(across, down) > 1.05 * min(across, down):
        return None
    image = pdfium.PdfImage(drawn, page=page, pdf=page.pdf)
    return _Scan(image, matrix, (width, height), has_overlay)


def _picture_size(drawn: Any) -> tuple[int, int]:
    """Width and height as the file announces them; (0, 0) where it does not."""
    width, height = ctypes.c_uint(), ctypes.c_uint()
    if not raw.FPDFImageObj_GetImagePixelSize(drawn, width, height):
        return (0, 0)
    return (width.value, height.value)


def _check_pictures(holder: Any, count: Any, get: Any, depth: int = 0) -> None:
    """Raise TooManyPixelsError before PDFium decodes a picture that is too large to draw."""
    for index in range(count(holder)):
        drawn = get(holder, index)
        kind = raw.FPDFPageObj_GetType(drawn)
        if kind == raw.FPDF_PAGEOBJ_IMAGE:
            width, height = _picture_size(drawn)
            check_size(max(1, width), max(1, height))
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _MAX_FORM_DEPTH:
            _check_pictures(drawn, raw.FPDFFormObj_CountObjects, _form_object, depth + 1)


def _visible_annotations(page: Any) -> int:
    return sum(
        _annotation_is_visible(page, index) for index in range(raw.FPDFPage_GetAnnotCount(page))
    )


def _annotation_is_visible(page: Any, index: int) -> bool:
    annotation = raw.FPDFPage_GetAnnot(page, index)
    if not annotation:
        return False
    try:
        if raw.FPDFAnnot_GetSubtype(annotation) in {raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP}:
            return False
        if raw.FPDFAnnot_GetFlags(annotation) & _HIDDEN_FLAGS:
            return False
        # A string of two bytes is the empty one: no appearance, nothing to see.
        if raw.FPDFAnnot_GetAP(annotation, raw.FPDF_ANNOT_APPEARANCEMODE_NORMAL, None, 0) <= 2:
            return False
        box = raw.FS_RECTF()
        raw.FPDFAnnot_GetRect(annotation, box)
        return bool(abs(box.right - box.left) > 1 and abs(box.top - box.bottom) > 1)
    finally:
        raw.FPDFPage_CloseAnnot(annotation)


def _images(resources: Any, size: tuple[int, int], depth: int = 0) -> Iterator[Any]:
    """The picture streams of that size among a page's resources."""
    if depth > _MAX_FORM_DEPTH or not isinstance(resources, pikepdf.Dictionary):
        return
    drawn = resources.get("/XObject")
    if not isinstance(drawn, pikepdf.Dictionary):
        return
    for entry in drawn.values():
        if not isinstance(entry, pikepdf.Stream):
            continue
        if entry.get("/Subtype") == pikepdf.Name.Form:
            yield from _images(entry.get("/Resources"), size, depth + 1)
        elif (int(entry.get("/Width", 0)), int(entry.get("/Height", 0))) == size:
            yield entry


# -- pixels ----------------------------------------------------------------------------------


def _own_pixels(page: Any, number: int, scan: _Scan) -> PageImage:
    stored = _rgb(scan.image.get_bitmap())
    pixels = rotate_quarter(stored, page.get_rotation())
    return PageImage(number, pixels, _dpi(scan), _depth(scan), is_single_image=True)


def _plan_of_scan(page: Any, scan: _Scan, *, takes_own_pixels: bool) -> _Plan:
    """The size of the one picture, turned as the page is."""
    width, height = scan.size
    turned = abs(scan.matrix.b) > abs(scan.matrix.a)
    if turned != (page.get_rotation() in {90, 270}):
        width, height = height, width
    return _Plan(scan, width, height, _dpi(scan), takes_own_pixels=takes_own_pixels)


def _plan_of_drawing(page: Any, *, scan: _Scan | None) -> _Plan:
    """300 dpi, less where the sheet is huge."""
    across, down = (side / 72 for side in page.get_size())
    if across <= 0 or down <= 0:
        raise CorruptFileError(detail=f"sheet of {across} x {down} inches")
    dpi = min(
        float(limits.RENDER_DPI),
        math.sqrt(limits.MAX_RENDER_PIXELS / (across * down)),
        limits.MAX_SIDE_PIXELS / max(across, down),
    )
    width, height = max(1, round(across * dpi)), max(1, round(down * dpi))
    return _Plan(scan, width, height, max(1, round(dpi)), takes_own_pixels=False, is_layered=True)


def _rendered(page: Any, number: int, plan: _Plan) -> PageImage:
    """The page with all that is drawn on it."""
    pixels = _render(page, plan.width, plan.height)
    if plan.scan is None or plan.is_layered:
        return PageImage(number, pixels, plan.dpi, Depth.COLOUR, is_single_image=False)
    single = not plan.scan.has_overlay
    return PageImage(number, pixels, plan.dpi, _depth(plan.scan), is_single_image=single)


def _dpi(scan: _Scan) -> int:
    return max(1, round(scan.size[0] / (math.hypot(scan.matrix.a, scan.matrix.b) / 72)))


def _depth(scan: _Scan) -> Depth:
    bits = scan.image.get_metadata().bits_per_pixel
    if bits == 1:
        return Depth.BILEVEL
    return Depth.GREY if bits == 8 else Depth.COLOUR


def _render(page: Any, width: int, height: int) -> Pixels:
    """Draw the page with its annotations into exactly width x height pixels."""
    bitmap = pdfium.PdfBitmap.new_native(width, height, raw.FPDFBitmap_BGR)
    try:
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
        raw.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, raw.FPDF_ANNOT)
        return _rgb(bitmap)
    finally:
        bitmap.close()


def _rgb(bitmap: Any) -> Pixels:
    """PDFium's bitmap as RGB of our own; its memory may go."""
    stored = bitmap.to_numpy()
    if stored.ndim == 2 or stored.shape[2] == 1:
        how = cv2.COLOR_GRAY2RGB
    else:
        how = cv2.COLOR_BGR2RGB if stored.shape[2] == 3 else cv2.COLOR_BGRA2RGB
    return np.asarray(cv2.cvtColor(stored, how), dtype=np.uint8)
