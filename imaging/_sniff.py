"""What a file is, by its content; its name is never asked."""

import struct
import zipfile
from pathlib import Path
from typing import Final

from imaging import limits
from imaging._heif import BRANDS, HEIC, know_heif
from imaging.errors import (
    EmptyFileError,
    NotADocumentError,
    TooLargeError,
    UnreadableFileError,
    UnsupportedFormatError,
    ZipBombError,
)

PDF: Final = "application/pdf"
_HEAD_BYTES: Final = 1_024
_MAGIC: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),
    (b"MM\x00+", "image/tiff"),
    (b"BM", "image/bmp"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "image/jp2"),
    (b"\xff\x4f\xff\x51", "image/jp2"),
)
_KNOWN_BUT_NOT_PAGES: Final = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Office file"),
    (b"{\\rtf", "RTF"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"GIF8", "GIF"),
    (b"%!PS", "PostScript"),
    (b"<!doctype html", "HTML"),
    (b"<html", "HTML"),
    (b"<?xml", "XML"),
)


def media_type_of(untrusted_path: Path) -> str:
    """The media type of a page format that we read.

    Raises EmptyFileError, TooLargeError, UnreadableFileError, UnsupportedFormatError (known, no
    page images), ZipBombError and NotADocumentError.
    """
    head = _head(untrusted_path)
    # Acrobat accepts junk before the header within the first kilobyte (ISO 32000-1, note 13).
    if b"%PDF-" in head:
        return PDF
    for magic, media_type in _MAGIC:
        if head.startswith(magic):
            return media_type
    if head[4:8] == b"ftyp" and head[8:12] in BRANDS:
        if not know_heif():
            raise UnsupportedFormatError(detail="HEIC: pi-heif is not installed")
        return HEIC
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    _refuse(untrusted_path, head)
    raise NotADocumentError(detail=f"starts with {head[:8]!r}")


def _head(untrusted_path: Path) -> bytes:
    try:
        size = untrusted_path.stat().st_size
        with untrusted_path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise UnreadableFileError(detail=str(error)) from error
    if not head:
        raise EmptyFileError(detail="0 bytes")
    if size > limits.MAX_FILE_BYTES:
        raise TooLargeError(detail=f"{size} bytes")
    return head


def _refuse(untrusted_path: Path, head: bytes) -> None:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        _check_zip(untrusted_path)
        raise UnsupportedFormatError(detail="ZIP container")
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    for magic, name in _KNOWN_BUT_NOT_PAGES:
        if head.startswith(magic) or text[: len(magic)].lower() == magic:
            raise UnsupportedFormatError(detail=name)


def _check_zip(untrusted_path: Path) -> None:
    """Read what the directory claims; nothing is expanded."""
    try:
        with zipfile.ZipFile(untrusted_path) as archive:
            claimed = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, struct.error, NotImplementedError, OSError, ValueError):
        return
    size = max(1, untrusted_path.stat().st_size)
    if claimed > limits.MAX_STREAM_BYTES and claimed / size > limits.MAX_ARCHIVE_RATIO:
        raise ZipBombError(detail=f"ZIP of {size} bytes claims {claimed}")
