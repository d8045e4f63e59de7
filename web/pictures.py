"""Page pictures for the screen, about 110 dpi, JPEG."""

import contextlib
import hashlib
import os
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from django.conf import settings
from PIL import Image

from archive.models import Document, Page
from archive.pdf_render import open_pages, render
from archive.sealed import read_sealed
from archive.states import DocumentStatus, FileRole, Protection
from imaging import Pixels, open_source, rotate_quarter, shrink_to
from workers.house import House

SCREEN_DPI = 110
LONGEST_SIDE = 1_600
"""Pixels: an A4 page is 1,286 high at 110 dpi; a plan is shrunk to this."""
QUALITY = 82


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG, and whether it may be kept."""

    jpeg: bytes
    may_keep: bool


def picture_of(document: Document, page: Page, house: House) -> Picture:
    """Return a page as it stands in the signed PDF, else in the unsigned one, else as scanned.

    Only pages of archived ordinary papers are kept on disk: before the seal a person may still
    say that a paper is an identity paper, and those are drawn each time.
    Raises the errors of the stores and of what reads files.
    """
    may_keep = (
        document.protection == Protection.ORDINARY and document.status == DocumentStatus.ARCHIVED
    )
    kept = _kept_path(document, page)
    if may_keep:
        with contextlib.suppress(FileNotFoundError):
            return Picture(kept.read_bytes(), may_keep=True)
    jpeg = _jpeg(_pixels(document, page, house))
    if may_keep:
        _keep(kept, jpeg)
    return Picture(jpeg, may_keep=may_keep)


def _pixels(document: Document, page: Page, house: House) -> Pixels:
    pdf = pdf_of(document, house)
    if pdf is None:
        return _from_source(page, house)
    # What came digital was kept whole; what we made begins with the document's first page and
    # stands upright already.
    place = page.number if document.is_born_digital else page.number - document.first_page + 1
    turn = page.rotation if document.is_born_digital else 0
    with open_pages(pdf) as opened:
        shown = opened[place - 1]
        width, height = shown.get_size()
        dpi = min(SCREEN_DPI, LONGEST_SIDE * 72 / max(width, height, 1))
        return render(shown, dpi, turn=turn)


def pdf_of(document: Document, house: House) -> bytes | None:
    """Return the document's PDF as far as it has come; None before there is one."""
    if document.status == DocumentStatus.ARCHIVED:
        return read_sealed(document, FileRole.DOCUMENT, archive=house.archive, vault=house.vault)
    name = document.signed_sha256 or document.pdf_sha256
    return house.work.read(name) if name else None


def scan_of(page: Page, house: House) -> Picture:
    """Return a page of no document as it was scanned; never kept."""
    return Picture(_jpeg(_from_source(page, house)), may_keep=False)


def _from_source(page: Page, house: House) -> Pixels:
    with (
        house.work.path(page.receipt.sha256) as path,
        open_source(path) as source,
    ):
        image = source.page(page.number)
    factor = min(1.0, SCREEN_DPI / max(image.dpi, 1))
    longest = min(LONGEST_SIDE, round(max(image.pixels.shape[:2]) * factor))
    return rotate_quarter(shrink_to(image.pixels, longest)[0], page.rotation)


def _jpeg(pixels: Pixels) -> bytes:
    target = BytesIO()
    Image.fromarray(pixels).save(target, "JPEG", quality=QUALITY)
    return target.getvalue()


def _kept_path(document: Document, page: Page) -> Path:
    """Name the kept picture by the bytes that it shows, so that it never goes stale."""
    shows = f"{document.signed_sha256}/{page.number}/{page.rotation}/{SCREEN_DPI}"
    name = hashlib.sha256(shows.encode())
    return Path(settings.TANGTHU_HOME) / "cache" / "pages" / f"{name.hexdigest()}.jpg"


def _keep(path: Path, jpeg: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}-{id(jpeg)}")
    draft.write_bytes(jpeg)
    draft.replace(path)
