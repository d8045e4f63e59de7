"""Looks for PDF streams that would expand beyond all measure, before anything expands them.

PDFium and qpdf expand a stream whole, the cross-reference streams at opening already, so the bytes
of the file are walked without either. Only streams long enough to pass the limit at DEFLATE's
greatest ratio are expanded, piece by piece, and the pieces thrown away.
"""

import mmap
import re
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from imaging import limits
from imaging.errors import UnreadableFileError, ZipBombError

_START: Final = re.compile(rb"stream\r?\n")
_DEFLATE: Final = re.compile(rb"/(?:FlateDecode|Fl)\b")
_IMAGE: Final = re.compile(rb"/Subtype\s*/Image\b")
_DICTIONARY_BYTES: Final = 4_096
_PIECE_BYTES: Final = 1 << 20


class _Stream(NamedTuple):
    start: int
    end: int
    filters: int
    """How many times it was deflated."""
    limit: int


def refuse_bombs(untrusted_path: Path) -> None:
    """Raise ZipBombError where a stream would expand beyond `limits`.

    A file is walked once in a process, as long as its size and time stay the same.
    """
    try:
        state = untrusted_path.stat()
        reason = _reason(untrusted_path, state.st_ino, state.st_size, state.st_mtime_ns)
    except OSError as error:
        raise UnreadableFileError(detail=str(error)) from error
    if reason:
        raise ZipBombError(detail=reason)


@lru_cache(maxsize=256)
def _reason(path: Path, _inode: int, size: int, _mtime_ns: int) -> str:
    if not size:
        return ""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        for stream in _streams(content):
            if _expands_beyond(content, stream):
                return f"stream at byte {stream.start} expands beyond {stream.limit} bytes"
    return ""


def _streams(content: mmap.mmap) -> list[_Stream]:
    """The deflated streams that could pass their limit."""
    found = []
    for match in _START.finditer(content):
        if content[max(0, match.start() - 3) : match.start()] == b"end":
            continue
        dictionary = content[max(0, match.start() - _DICTIONARY_BYTES) : match.start()]
        dictionary = dictionary[dictionary.rfind(b" obj") + 1 :]
        filters = len(_DEFLATE.findall(dictionary))
        is_image = _IMAGE.search(dictionary) is not None
        limit = limits.MAX_IMAGE_STREAM_BYTES if is_image else limits.MAX_STREAM_BYTES
        end = content.find(b"endstream", match.end())
        stream = _Stream(match.end(), len(content) if end < 0 else end, filters, limit)
        if filters and _most(stream) > limit:
            found.append(stream)
    return found


def _most(stream: _Stream) -> int:
    """The most bytes that the stream can hold."""
    return (stream.end - stream.start) * int(limits.MAX_FACTOR_EXPANSION**stream.filters)


def _expands_beyond(content: mmap.mmap, stream: _Stream) -> bool:
    """Inflate in pieces, all layers at once, and stop at the limit."""
    layers = [zlib.decompressobj() for _ in range(stream.filters)]
    counts = [0] * stream.filters
    for start in range(stream.start, stream.end, _PIECE_BYTES):
        piece = content[start : min(start + _PIECE_BYTES, stream.end)]
        if _feed(layers, counts, piece, 0, stream.limit):
            return True
        if layers[0].eof:
            break
    return False


def _feed(
    layers: list["zlib._Decompress"], counts: list[int], piece: bytes, depth: int, limit: int
) -> bool:
    """Push a piece through layer `depth` and those above; True when a layer passes the limit."""
    if depth == len(layers):
        return False
    layer = layers[depth]
    while piece and not layer.eof:
        try:
            out = layer.decompress(piece, _PIECE_BYTES)
        except zlib.error:
            return False
        piece = layer.unconsumed_tail
        counts[depth] += len(out)
        if counts[depth] > limit or _feed(layers, counts, out, depth + 1, limit):
            return True
    return False
