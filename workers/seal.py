"""What the seal writes for one document, and in which order: bytes first, rows second."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from archive.models import ArchivedBlob, Document
from archive.pdfa import extract_pages
from archive.record import facts_of
from archive.services.custody import Kept, Strongroom
from archive.services.protection import own_key
from archive.services.sealing import SealedBlob, is_last_of_file
from archive.signing.incoming import examine
from archive.states import FileRole, Protection
from archive.stores import DataKey, Form
from catalogue.types import Catalogue
from ocr import page_text_to_json
from proof.record import record_bytes
from workers.house import House
from workers.views import document_pages, page_text

PDF = "application/pdf"
JSON = "application/json"
WRITERS = 4
"""Files of one document written at the same time."""
_Key = tuple[bytes | None, DataKey | None, tuple[str, ...]]
"""The wrapped key, the key, and the copies that miss it; nothing for what is kept plain."""
FOREVER = "01"
"""The retention code of permanent keeping (TT 05/2025)."""


@dataclass(frozen=True, slots=True)
class FileToSeal:
    """One file on its way into the archive."""

    role: FileRole
    data: bytes
    media_type: str
    protection: Protection


def gather_files(document: Document, *, at: dt.datetime, house: House) -> list[FileToSeal]:
    """Return every file that the seal writes; the same document gives the same bytes.

    `at` is the moment that the seal was planned, not now: a seal that was killed and done again
    must write the same record.
    """
    own = Protection(document.protection)
    data = house.work.read(document.signed_sha256)
    files = [
        FileToSeal(FileRole.DOCUMENT, data, PDF, own),
        FileToSeal(FileRole.TEXT, _texts(document, house), JSON, own),
        FileToSeal(FileRole.EVIDENCE, _evidence(document, data, house, at), JSON, own),
        *_scans(document, house),
    ]
    record = _record(document, files, at)
    return [*files, FileToSeal(FileRole.METADATA, record_bytes(record), JSON, own)]


def _texts(document: Document, house: House) -> bytes:
    pages = {
        str(page.number): page_text_to_json(page_text(page, house))
        for page in document_pages(document)
    }
    return _canonical({"format": "tangthu-text/1", "pages": pages})


def _evidence(document: Document, pdf: bytes, house: House, at: dt.datetime) -> bytes:
    """What was found of the signatures when they were checked, as it was written then."""
    if document.evidence_sha256:
        return house.work.read(document.evidence_sha256)
    # signed by a version that kept none
    return examine(pdf, house.signers().trust, at=at).as_bytes()


def _scans(document: Document, house: House) -> list[FileToSeal]:
    """Return the document's own pages as scanned, and after the last document the whole file."""
    receipt = document.receipt
    path = house.originals.path(receipt.sha256)
    files = []
    if not document.is_born_digital:
        numbers = range(document.first_page, document.last_page + 1)
        scan = extract_pages(path, receipt.media_type, list(numbers))
        own = Protection(document.protection)
        files.append(FileToSeal(FileRole.SCAN, scan, receipt.media_type, own))
    if is_last_of_file(document):
        files.append(file_as_received(document, house))
    return files


def file_as_received(document: Document, house: House) -> FileToSeal:
    """Return the whole file that a document came in, in the strictest class among its papers."""
    receipt = document.receipt
    whole = house.originals.path(receipt.sha256).read_bytes()
    return FileToSeal(FileRole.RECEIVED, whole, receipt.media_type, strictest(document))


def strictest(document: Document) -> Protection:
    """Return the strictest class among the documents of one file."""
    classes = Document.objects.filter(receipt=document.receipt_id).values_list("protection")
    is_strict = (Protection.IDENTITY.value,) in classes
    return Protection.IDENTITY if is_strict else Protection.ORDINARY


def _record(document: Document, files: Sequence[FileToSeal], at: dt.datetime) -> dict[str, Any]:
    return facts_of(document) | {
        "dossiers": sorted(document.dossiers.values_list("code", flat=True)),
        "files": {
            file.role.value: {
                "sha256": sha256_of(file.data),
                "size": len(file.data),
                "media_type": file.media_type,
                "protection": file.protection.value,
            }
            for file in files
        },
        "protection": document.protection,
        "sealed_at": at.isoformat(),
    }


def put_files(document: Document, files: Sequence[FileToSeal], house: House) -> list[SealedBlob]:
    """Write the files to the archive store; doing it again does nothing twice."""
    return put_until(files, retain_until(document, house.catalogue()), house)


def put_until(files: Sequence[FileToSeal], until: dt.date | None, house: House) -> list[SealedBlob]:
    """Write files that are kept until a day; None is for ever.

    Together, because nearly all of the time is waiting for the disk, which syncs several at once.
    The keys are made first, here: records belong to one thread.
    """
    room = Strongroom(house.archive, house.vault)
    names = [sha256_of(file.data) for file in files]
    keys = [
        _key_for(name, file.protection, house, room)
        for name, file in zip(names, files, strict=True)
    ]
    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(partial(_put, until=until, room=room), files, names, keys))


def _put(
    file: FileToSeal, sha256: str, key: _Key, *, until: dt.date | None, room: Strongroom
) -> SealedBlob:
    wrapped, cipher, key_missing_in = key
    stored = room.archive.put(sha256, file.data, retain_until=until, cipher=cipher)
    return SealedBlob(
        role=file.role,
        sha256=sha256,
        size=len(file.data),
        media_type=file.media_type,
        protection=file.protection.value,
        wrapped_key=wrapped,
        retain_until=until,
        kept=Kept(
            Form.PLAIN if cipher is None else Form.ENCRYPTED,
            stored.stored_sha256,
            room.places,
            stored.missing_in,
            key_missing_in,
        ),
    )


def _key_for(sha256: str, protection: Protection, house: House, room: Strongroom) -> _Key:
    """The blob's own key, found again after a kill; nothing for what is kept plain.

    Bytes that are here already, encrypted for another document, are not laid open by a second.
    """
    is_secret = protection != Protection.ORDINARY or house.encrypt_all
    if is_secret or ArchivedBlob.objects.filter(pk=sha256, wrapped_key__isnull=False).exists():
        return own_key(sha256, protection.value, room)
    return None, None, ()


def retain_until(document: Document, catalogue: Catalogue) -> dt.date | None:
    """Return the last day of keeping by the kind's retention; None is for ever.

    A term that nobody has set counts as for ever: nothing is destroyed by default (FACTS e2).
    """
    kind = catalogue.kind(document.kind_code) if document.kind_code else None
    code = kind.retention if kind else FOREVER
    term = next((entry for entry in catalogue.retention if entry.code == code), None)
    if term is None or term.years is None or document.signed_at is None:
        return None
    day = document.signed_at.date()
    return dt.date(day.year + term.years, 12, 31)


def _canonical(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256_of(data: bytes) -> str:
    """SHA-256 in hexadecimal: a blob's name."""
    return hashlib.sha256(data).hexdigest()
