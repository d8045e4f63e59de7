"""Writing an exported folder: whole under its name, or not at all."""

import hashlib
import json
import os
import secrets
import shutil
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path

from proof.anchors import parse_anchor, token_name
from proof.canonical import canonical_bytes
from proof.errors import (
    BadAnchorError,
    FolderExistsError,
    FolderUnwritableError,
    NotCanonicalError,
    SourceMismatchError,
)
from proof.layout import (
    ANCHORS,
    DOCUMENTS,
    EVENTS,
    FORMAT,
    HEADS,
    MANIFEST,
    README,
    README_TEXT,
    RECORD,
    SUMS,
    TRUST,
    Entry,
    FolderContent,
    FolderDocument,
    FolderFile,
    WrittenFolder,
    is_id,
    is_path,
    is_role,
    sums_of,
)
from proof.limits import CHUNK_BYTES, JSON_BYTES
from proof.record import file_name


class _Writer:
    """Writes files below one folder and remembers what the manifest must say of them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.entries: list[Entry] = []
        self.documents: list[str] = []
        self.omitted: dict[str, list[str]] = {}

    def file(self, path: str, chunks: Iterable[bytes], *, expected: str | None = None) -> Entry:
        """Write one file durably. Raises `blob_damaged` where its hash is not the expected one."""
        if not is_path(path):
            raise NotCanonicalError(detail="a name that no folder may hold")
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        with target.open("xb") as file:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        if expected is not None and digest.hexdigest() != expected:
            raise SourceMismatchError(detail=path)
        entry = Entry(path, digest.hexdigest(), size)
        self.entries.append(entry)
        return entry

    def sync(self) -> None:
        """Make the names survive a power cut."""
        for folder in [self.root, *(path for path in self.root.rglob("*") if path.is_dir())]:
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def write_folder(target: Path, content: FolderContent) -> WrittenFolder:
    """Write an export that `check_folder` and any archivist can check.

    The folder appears under its name when all is written. Raises `target_exists`,
    `target_unwritable`, `blob_damaged` (a source that is not what its record says), and what the
    sources raise; then nothing is left behind.
    """
    if target.exists():
        raise FolderExistsError(detail=str(target))
    with _made_aside(target) as writer:
        _write_parts(writer, content)
        manifest = _write_manifest(writer, content)
        writer.sync()
    return WrittenFolder(target, manifest.sha256)


@contextmanager
def _made_aside(target: Path) -> Iterator[_Writer]:
    """A writer on a hidden folder beside the target, which takes its name in the end."""
    aside = target.parent / f".{target.name}.{secrets.token_hex(6)}.tmp"
    try:
        aside.mkdir(parents=True)
        yield _Writer(aside)
        aside.rename(target)
    except OSError as error:
        raise FolderUnwritableError(detail=str(error)) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _write_parts(writer: _Writer, content: FolderContent) -> None:
    for document in content.documents:
        _write_document(writer, document)
    _write_trail(writer, content)
    for pem in sorted({_as_pem(root) for root in content.trust_roots}):
        name = hashlib.sha256(pem).hexdigest()[:16]
        writer.file(f"{TRUST}/{name}.pem", [pem])
    readme = README_TEXT.format(
        made_by=content.made_by, made_at=content.made_at, count=len(writer.documents)
    )
    writer.file(README, [readme.encode()])


def _write_trail(writer: _Writer, content: FolderContent) -> None:
    """The trail as far as the heads say, though it may grow meanwhile."""
    heads = [dict(head) for head in content.heads]
    end = max((head["last_seq"] for head in heads), default=0)
    events = takewhile(lambda event: event["seq"] <= end, content.events)
    writer.file(EVENTS, (canonical_bytes(dict(event)) + b"\n" for event in events))
    writer.file(HEADS, [canonical_bytes(heads) + b"\n"])
    beyond: set[str] = set()
    for name, data in content.anchors:  # in the order of names: a token comes after its anchor
        if _stands_beyond(data, end):
            beyond.add(token_name(name))
        elif name not in beyond:
            writer.file(f"{ANCHORS}/{name}", [data])


def _stands_beyond(anchor: bytes, end: int) -> bool:
    try:
        return parse_anchor(anchor).seq > end
    except BadAnchorError:
        return False  # goes along as it is, for the check to show


def _write_document(writer: _Writer, document: FolderDocument) -> None:
    if not is_id(document.id):
        raise NotCanonicalError(detail="an id that no folder may have")
    folder = f"{DOCUMENTS}/{document.id}"
    writer.documents.append(document.id)
    writer.file(f"{folder}/{RECORD}", [document.record])
    for file in document.files:
        if not is_role(file.role):
            raise NotCanonicalError(detail="a role that no file may have")
        path = f"{folder}/{file_name(file.role, file.media_type)}"
        writer.file(path, _chunks(file), expected=file.sha256)
    named = json.loads(document.record).get("files", {})
    missing = sorted(set(named) - {file.role for file in document.files})
    if missing:
        writer.omitted[document.id] = missing


def _chunks(file: FolderFile) -> Iterator[bytes]:
    with file.open() as source:
        while chunk := source.read(CHUNK_BYTES):
            yield chunk


def _as_pem(root: bytes) -> bytes:
    if root.lstrip().startswith(b"-----BEGIN"):
        return root.strip() + b"\n"
    return ssl.DER_cert_to_PEM_cert(root).encode()


def _write_manifest(writer: _Writer, content: FolderContent) -> Entry:
    value = {
        "format": FORMAT,
        "made_at": content.made_at,
        "made_by": content.made_by,
        "documents": sorted(writer.documents),
        "omitted": writer.omitted,
        "files": [
            {"path": entry.path, "sha256": entry.sha256, "size": entry.size}
            for entry in sorted(writer.entries, key=lambda entry: entry.path)
        ],
    }
    data = canonical_bytes(value) + b"\n"
    if len(data) > JSON_BYTES:
        raise FolderUnwritableError(
            "Quá nhiều tệp cho một thư mục. Hãy xuất làm nhiều lần, mỗi lần một phần các mã.",
            detail=f"a manifest of {len(data)} bytes",
        )
    manifest = writer.file(MANIFEST, [data])
    writer.file(SUMS, [sums_of(writer.entries)])
    return manifest
