"""Files that try a receiver: each small on disk and quick to make."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pikepdf

from specimens.degrade import Faults, degrade
from specimens.draw import render
from specimens.files import write_jpeg, write_scan_pdf
from specimens.papers import make_paper

_MANY_PAGES = 10_000
_HUGE_SIDE = 40_000
_BOMB_BYTES = 512 * 1024**2
"""What one Flate stream of the bomb expands to; 0.5 MB on disk."""


@dataclass(frozen=True, slots=True)
class BadFile:
    """One file and what is wrong with it."""

    name: str
    fault: str
    """corrupt, encrypted, empty, too_many_pages, zip_bomb, too_many_pixels, misnamed, unreadable,
    illegible, duplicate, not_a_document."""
    readable: bool
    """Whether a good receiver reads it all the same: a wrong name is no fault of the paper."""
    duplicate_of: str | None = None


def bad_files(folder: Path) -> tuple[BadFile, ...]:
    """Write the bad files into `folder` (made where missing): under 4 MB, a few seconds."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name, fault, readable, write in _FILES:
        write(folder / name)
        made.append(BadFile(name, fault, readable, _TWINS.get(name)))
    return tuple(made)


def _sound_pdf(path: Path) -> None:
    pixels = render(make_paper("VB07", seed=41).pages[0], 150)
    write_scan_pdf(path, [pixels], dpi=150, quality=60)


def _sound_jpeg(path: Path) -> None:
    write_jpeg(path, render(make_paper("VB28", seed=42).pages[0], 150), dpi=150, quality=60)


def _corrupt(path: Path) -> None:
    """A PDF torn off in the middle of its only picture."""
    _sound_pdf(path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 3])


def _corrupt_jpeg(path: Path) -> None:
    """A JPEG whose frame header is noise."""
    _sound_jpeg(path)
    content = path.read_bytes()
    path.write_bytes(content[:20] + bytes(range(256)) * 40)


def _encrypted(path: Path) -> None:
    """A PDF that asks for a password."""
    plain = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(plain)
    with pikepdf.open(plain) as pdf:
        pdf.save(path, encryption=pikepdf.Encryption(user="mat-khau", owner="chu-tep"))


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _many_pages(path: Path) -> None:
    """A PDF of 10,000 pages that share one content."""
    head = [b"%PDF-1.5\n", b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"]
    kids = b" ".join(b"%d 0 R" % (number + 3) for number in range(_MANY_PAGES))
    head.append(
        b"2 0 obj<</Type/Pages/Count %d/MediaBox[0 0 595 842]/Kids[%s]>>endobj\n"
        % (_MANY_PAGES, kids)
    )
    head.extend(
        b"%d 0 obj<</Type/Page/Parent 2 0 R>>endobj\n" % (number + 3)
        for number in range(_MANY_PAGES)
    )
    _write_objects(path, head)


def _write_objects(path: Path, parts: list[bytes]) -> None:
    """Write a PDF's header and objects with their cross-reference table."""
    sink, places = io.BytesIO(), []
    for part in parts:
        places.append(sink.tell())
        sink.write(part)
    start = sink.tell()
    rows = b"".join(b"%010d 00000 n \n" % place for place in places[1:])
    sink.write(b"xref\n0 %d\n0000000000 65535 f \n" % len(places) + rows)
    sink.write(b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(places), start))
    path.write_bytes(sink.getvalue())


def _deflated(block: bytes, count: int) -> bytes:
    """Compress a block `count` times over in the time that it takes to do so twice.

    After a full flush DEFLATE remembers nothing (RFC 1951), so the second block's code may stand
    for all that follow; the stream ends with an empty block and the right check sum (RFC 1950).
    """
    packer = zlib.compressobj(9)
    first = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    check = 1
    for _ in range(count):
        check = zlib.adler32(block, check)
    return first + again * (count - 1) + b"\x03\x00" + check.to_bytes(4)


def _pdf_bomb(path: Path) -> None:
    """A page whose content stream expands a thousandfold."""
    packed = _deflated(bytes(1024**2), _BOMB_BYTES // 1024**2)
    stream = b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed)
    _write_objects(
        path,
        [
            b"%PDF-1.5\n",
            b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
            b"2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n",
            b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>endobj\n",
            b"4 0 obj" + stream + b"endobj\n",
        ],
    )


def _zip_bomb(path: Path) -> None:
    """An office document whose body expands a thousandfold."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr(zipfile.ZipInfo("[Content_Types].xml"), "<Types/>")
        entry = zipfile.ZipInfo("word/document.xml")
        entry.compress_type = zipfile.ZIP_DEFLATED
        with archive.open(entry, "w", force_zip64=True) as part:
            block = bytes(1024**2)
            for _ in range(128):
                part.write(block)


def _huge_png(path: Path) -> None:
    """A white picture of 40,000 by 40,000 pixels, one bit each: 200 MB that pack to 200 kB."""
    header = struct.pack(">IIBBBBB", _HUGE_SIDE, _HUGE_SIDE, 1, 0, 0, 0, 0)
    row = b"\x00" + b"\xff" * (_HUGE_SIDE // 8)
    body = _deflated(row * 400, _HUGE_SIDE // 400)
    chunks = ((b"IHDR", header), (b"IDAT", body), (b"IEND", b""))
    with path.open("wb") as sink:
        sink.write(b"\x89PNG\r\n\x1a\n")
        for kind, content in chunks:
            check = zlib.crc32(kind + content)
            sink.write(struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check))


def _unreadable(path: Path) -> None:
    """A PDF whose page holds a picture that no decoder takes."""
    _write_objects(
        path,
        [
            b"%PDF-1.5\n",
            b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
            b"2 0 obj<</Type/Pages/Count 1/Kids[7 0 R]>>endobj\n",
        ],
    )


def _illegible(path: Path) -> None:
    """A page so blurred and faint that nobody can read it: kept, and sent to a person."""
    faults = Faults(blur=7.0, faint=0.75, noise=14.0)
    pixels = render(make_paper("VB15", seed=43).pages[0], 100)
    write_jpeg(path, degrade(pixels, faults, seed=43), dpi=100, quality=40)


def _song(path: Path) -> None:
    path.write_bytes(b"ID3\x04\x00\x00\x00\x00\x00\x21" + bytes(range(256)) * 30)


_FILES: tuple[tuple[str, str, bool, Callable[[Path], None]], ...] = (
    ("bad_corrupt.pdf", "corrupt", False, _corrupt),
    ("bad_corrupt.jpg", "corrupt", False, _corrupt_jpeg),
    ("bad_encrypted.pdf", "encrypted", False, _encrypted),
    ("bad_empty.pdf", "empty", False, _empty),
    ("bad_pages.pdf", "too_many_pages", False, _many_pages),
    ("bad_bomb.pdf", "zip_bomb", False, _pdf_bomb),
    ("bad_bomb.docx", "zip_bomb", False, _zip_bomb),
    ("bad_pixels.png", "too_many_pixels", False, _huge_png),
    ("bad_unreadable.pdf", "unreadable", False, _unreadable),
    ("bad_illegible.jpg", "illegible", True, _illegible),
    ("bad_song.pdf", "not_a_document", False, _song),
    ("misnamed_pdf.jpg", "misnamed", True, _sound_pdf),
    ("misnamed_jpeg.pdf", "misnamed", True, _sound_jpeg),
    ("twin.jpg", "duplicate", True, _sound_jpeg),
)
_TWINS = {"twin.jpg": "misnamed_jpeg.pdf"}
