"""The archival PDF of one document: PDF/A-2b, the scan as it came, our text behind it.

Part 2 level B is what the official sample packages of TT 05/2025 hold, and it survives signing.
Same input, same bytes: nothing of the clock or of chance enters the file.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name, Page, Pdf, String
from PIL import Image

from archive.pdf_content import clean_content
from archive.pdf_errors import PdfaInvalidError, SourceTooLargeError, SourceUnreadableError
from archive.pdf_images import (
    Picture,
    add_picture_page,
    count_frames,
    frame,
    frames_as_tiff,
    lossless,
    open_image,
    picture_of,
)
from archive.pdf_limits import MAX_PAGES, MAX_SOURCE_BYTES
from archive.pdf_render import open_pages, render
from archive.pdf_tidy import tidy_objects, tidy_page
from archive.textlayer import Rect, TextLayer, TextPage

log = logging.getLogger(__name__)

PRODUCER = "Tàng Thư"
PDF = "application/pdf"
_FLAVOUR = "2b"
_RENDER_DPI = 300


@dataclass(frozen=True, slots=True)
class PdfPage:
    """One page of the document to be made."""

    source_page_number: int
    """1-based place in the source."""
    text: TextPage | None
    """What was read on it, which replaces any text the scanner put behind the picture; None
    leaves the page's own text alone (a page born digital)."""


def build_pdfa(
    untrusted_source: Path,
    media_type: str,
    pages: Sequence[PdfPage],
    *,
    title: str,
    created: datetime,
    language: str = "vi",
) -> bytes:
    """One document as PDF/A-2b: `pages` of the source in this order, each upright by /Rotate.

    A scanned page keeps its picture's stream as the scanner made it; a page that PDF/A forbids
    (a font that is not embedded, colours without a profile) is drawn anew at 300 dpi, without
    loss. `created` must carry its zone. Raises SourceUnreadableError, SourceTooLargeError,
    PdfaInvalidError, ValueError.
    """
    if created.tzinfo is None:
        raise ValueError("created carries no time zone")
    _check_limits(untrusted_source, len(pages))
    about = _About(title, language, created)
    with _open(untrusted_source, media_type) as source:
        drawn: frozenset[int] = frozenset()
        for _attempt in range(3):
            data, findings = _assemble(source, pages, about, drawn)
            if not findings:
                return data
            log.info("pdfa_findings", extra={"findings": findings[:10], "drawn": len(drawn)})
            wrong = source.wrong_pages(pages) or frozenset(
                page.source_page_number for page in pages
            )
            if wrong <= drawn:
                break
            drawn |= wrong
    raise PdfaInvalidError(detail="; ".join(findings[:10]))


def extract_pages(untrusted_source: Path, media_type: str, numbers: Sequence[int]) -> bytes:
    """The document's own pages as scanned, in a file of the source's type.

    The whole source, where it is asked for whole and in order, is its bytes unchanged; a part of a
    PDF is a PDF of the same page objects, a part of a TIFF a TIFF without loss. The same input
    gives the same bytes. Raises SourceUnreadableError, SourceTooLargeError.
    """
    _check_limits(untrusted_source, len(numbers))
    with _open(untrusted_source, media_type) as source:
        if list(numbers) == list(range(1, source.count + 1)):
            return untrusted_source.read_bytes()
        for number in numbers:
            source.check_number(number)
        return source.extract(tuple(numbers))


@dataclass(frozen=True, slots=True)
class _About:
    title: str
    language: str
    created: datetime


class _PdfSource:
    """Pages of a PDF."""

    def __init__(self, pdf: Pdf, untrusted_source: Path) -> None:
        self._pdf = pdf
        self._path = untrusted_source
        self._layers_shown = Name.OCProperties in pdf.Root
        self.count = len(pdf.pages)
        if any(Name.Annots in page for page in pdf.pages):
            # the stamps of earlier signatures are part of what the page shows
            pdf.flatten_annotations(mode="screen")

    def add(self, out: Pdf, page: PdfPage, *, drawn: bool) -> Page:
        number = page.source_page_number
        self.check_number(number)
        turn = page.text.rotation if page.text else 0
        if drawn or self._layers_shown:
            return add_picture_page(out, self._render(out, number), turn=turn)
        own = self._pdf.pages[number - 1]
        tidy_page(own.obj)
        out.pages.append(own)
        added = out.pages[-1]
        rotate = (_rotation(added) + turn) % 360
        added.obj[Name.Rotate] = rotate
        clean_content(out, added, visible_box(added), strip_text=page.text is not None)
        return added

    def wrong_pages(self, pages: Sequence[PdfPage]) -> frozenset[int]:
        """The source pages that PDF/A does not allow, each judged alone."""
        from pikepdf import pdfa

        wrong = set()
        for number in {page.source_page_number for page in pages}:
            with Pdf.new() as alone:
                text = TextPage(width=1, height=1, rotation=0, lines=())
                has_text = next(p.text for p in pages if p.source_page_number == number)
                self.add(alone, PdfPage(number, text if has_text else None), drawn=False)
                tidy_objects(alone)
                pdfa.prepare(alone, _FLAVOUR)
                if not pdfa.check(alone, _FLAVOUR).passed:
                    wrong.add(number)
        return frozenset(wrong)

    def check_number(self, number: int) -> None:
        """Raise SourceUnreadableError where there is no such page."""
        if not 1 <= number <= self.count:
            raise SourceUnreadableError(detail=f"no page {number} of {self.count}")

    def extract(self, numbers: tuple[int, ...]) -> bytes:
        # opened anew: this one has its annotations flattened
        with pikepdf.open(self._path) as untouched, Pdf.new() as out:
            for number in numbers:
                out.pages.append(untouched.pages[number - 1])
            target = BytesIO()
            out.save(target, deterministic_id=True, min_version="1.7")
            return target.getvalue()

    def _render(self, out: Pdf, number: int) -> Picture:
        with open_pages(self._path) as document:
            image = Image.fromarray(render(document[number - 1], _RENDER_DPI))
        red, green, blue = image.split()
        grey = red.tobytes() == green.tobytes() == blue.tobytes()
        stream = lossless(out, red if grey else image)
        return Picture(stream, image.width, image.height, _RENDER_DPI, 0)


class _ImageSource:
    """Pages of an image file."""

    def __init__(self, image: Any, untrusted_source: Path) -> None:
        self._image = image
        self._path = untrusted_source
        self.count = count_frames(image)

    def add(self, out: Pdf, page: PdfPage, *, drawn: bool) -> Page:  # noqa: ARG002  same shape
        picture = picture_of(
            out, frame(self._image, page.source_page_number), self._path.read_bytes()
        )
        return add_picture_page(out, picture, turn=page.text.rotation if page.text else 0)

    def wrong_pages(self, pages: Sequence[PdfPage]) -> frozenset[int]:
        """None can be drawn better than it was."""
        return frozenset(page.source_page_number for page in pages)

    def check_number(self, number: int) -> None:
        """Raise SourceUnreadableError where there is no such page."""
        frame(self._image, number)

    def extract(self, numbers: tuple[int, ...]) -> bytes:
        return frames_as_tiff(self._image, numbers)


_Source = _PdfSource | _ImageSource


@contextmanager
def _open(untrusted_source: Path, media_type: str) -> Iterator[_Source]:
    if media_type != PDF:
        with open_image(untrusted_source) as image:
            yield _ImageSource(image, untrusted_source)
        return
    try:
        with pikepdf.open(untrusted_source) as pdf:
            yield _PdfSource(pdf, untrusted_source)
    except (pikepdf.PdfError, OSError) as error:
        raise SourceUnreadableError(detail=str(error)) from error


def _check_limits(untrusted_source: Path, count: int) -> None:
    if not 1 <= count <= MAX_PAGES:
        raise SourceTooLargeError(detail=f"{count} pages")
    try:
        size = untrusted_source.stat().st_size
    except OSError as error:
        raise SourceUnreadableError(detail=str(error)) from error
    if size > MAX_SOURCE_BYTES:
        raise SourceTooLargeError(detail=f"{size} bytes")


def _assemble(
    source: _Source, pages: Sequence[PdfPage], about: _About, drawn: frozenset[int]
) -> tuple[bytes, list[str]]:
    """The file and what its check found."""
    from pikepdf import pdfa

    with Pdf.new() as out:
        layer = TextLayer(out)
        written = False
        for page in pages:
            added = source.add(out, page, drawn=page.source_page_number in drawn)
            written |= _write_text(out, layer, added, page.text)
        if written:
            layer.finish()
        tidy_objects(out)
        _describe(out, about)
        options = pdfa.resolve_save_kwargs(
            _FLAVOUR,
            deterministic_id=True,
            min_version="1.7",
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
        target = BytesIO()
        out.save(target, **options)
    report = pdfa.validate_written(BytesIO(target.getvalue()), _FLAVOUR)
    return target.getvalue(), [str(finding) for finding in report.findings]


def _write_text(out: Pdf, layer: TextLayer, page: Page, text: TextPage | None) -> bool:
    if text is None:
        return False
    content = layer.content(text, visible_box(page), _rotation(page))
    if not content:
        return False
    layer.add_to(page.obj)
    page.contents_add(out.make_stream(b"q\n"), prepend=True)
    page.contents_add(out.make_stream(b"\nQ\n" + content))
    return True


def visible_box(page: Page) -> Rect:
    """What a viewer shows of the page: its crop box within its media box, in points."""
    media, crop = _rect(page.mediabox), _rect(page.cropbox)
    shown = Rect(
        max(media.x0, crop.x0),
        max(media.y0, crop.y0),
        min(media.x1, crop.x1),
        min(media.y1, crop.y1),
    )
    return shown if shown.width > 0 and shown.height > 0 else media


def _rect(array: pikepdf.Array) -> Rect:
    x0, y0, x1, y1 = (float(value) for value in array)
    return Rect(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def _rotation(page: Page) -> int:
    value = int(page.obj.get(Name.Rotate, 0))
    return value % 360 if value % 90 == 0 else 0


def _describe(out: Pdf, about: _About) -> None:
    """Title, language, dates and the declaration of PDF/A, all from what was handed in."""
    from pikepdf import pdfa

    stamp = about.created.replace(microsecond=0)
    out.Root.Lang = String(about.language)
    out.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    out.docinfo[Name.Title] = String(about.title)
    out.docinfo[Name.Creator] = String(PRODUCER)
    for key in (Name.CreationDate, Name.ModDate):
        out.docinfo[key] = String(pikepdf.models.metadata.encode_pdf_date(stamp))
    pdfa.prepare(out, _FLAVOUR)
    with out.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        metadata["xmp:MetadataDate"] = stamp.isoformat()
        metadata["pdf:Producer"] = PRODUCER
    out.docinfo[Name.Producer] = String(PRODUCER)
