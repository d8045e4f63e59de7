"""A strongroom of two folders, and papers sealed in it without reading or signing."""

import datetime as dt
import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.models import Account, ArchivedBlob, Document, SealedFile
from archive.services.custody import Kept, Strongroom, note_copies
from archive.services.protection import own_key
from archive.states import DocumentStatus, FileRole, Protection
from archive.stores import CopiedArchiveStore, Form, LocalArchiveStore
from archive.stores.local_archive import HERE
from archive.vault import Vault, key_id_of
from tests.making import make_batch, make_document, make_receipt
from workers.house import House

NOW = dt.datetime.now(dt.UTC)
TODAY = NOW.date()
UNTIL = TODAY + dt.timedelta(days=365)
PAST = TODAY - dt.timedelta(days=1)

Seal = Callable[..., ArchivedBlob]


def sha(data: bytes) -> str:
    """A blob's name."""
    return hashlib.sha256(data).hexdigest()


def path_in(folder: Path, blob: ArchivedBlob, form: Form | None = None) -> Path:
    """Where a blob lies in one folder."""
    form = form or (Form.ENCRYPTED if blob.wrapped_key else Form.PLAIN)
    return folder / "blobs" / blob.pk[:2] / (blob.pk + (".enc" if form is Form.ENCRYPTED else ""))


def rot(path: Path) -> None:
    """Flip the last bit of a file."""
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)


@pytest.fixture
def one(tmp_path: Path) -> Path:
    """The first copy's folder."""
    return tmp_path / "one"


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """The second copy's folder, marked as mounted."""
    folder = tmp_path / "two"
    folder.mkdir()
    (folder / HERE).touch()
    return folder


@pytest.fixture
def room(one: Path, two: Path, tmp_path: Path, db: None) -> Strongroom:
    """Two copies, and a vault of its own."""
    copies = [LocalArchiveStore(one), LocalArchiveStore(two, place="folder:two", is_marked=True)]
    return Strongroom(CopiedArchiveStore(copies, pause_seconds=0), Vault(tmp_path / "keys"))


@pytest.fixture
def seal(room: Strongroom, account: Account, house: House) -> Seal:
    """Seal bytes as one file of a document, as the stage does."""

    def do(
        data: bytes,
        protection: Protection = Protection.ORDINARY,
        *,
        until: dt.date | None = UNTIL,
        document: Document | None = None,
        role: FileRole = FileRole.DOCUMENT,
    ) -> ArchivedBlob:
        wrapped = cipher = None
        key_missed: tuple[str, ...] = ()
        if protection != Protection.ORDINARY:
            wrapped, cipher, key_missed = own_key(sha(data), protection.value, room)
        stored = room.archive.put(sha(data), data, retain_until=until, cipher=cipher)
        blob, _made = ArchivedBlob.objects.get_or_create(
            sha256=sha(data),
            defaults={
                "size": len(data),
                "media_type": "application/pdf",
                "protection": protection,
                "wrapped_key": wrapped,
                "class_key": key_id_of(wrapped) if wrapped else "",
                "retain_until": until,
                "sealed_at": NOW,
            },
        )
        form = Form.ENCRYPTED if wrapped else Form.PLAIN
        kept = Kept(form, stored.stored_sha256, room.places, stored.missing_in, key_missed)
        note_copies([(blob, kept)], at=NOW)
        if document is None:
            document = make_document(
                make_receipt(make_batch(account), house),
                status=DocumentStatus.ARCHIVED,
                protection=protection,
            )
        SealedFile.objects.create(document=document, role=role, blob=blob)
        return blob

    return do


def document_of(blob: ArchivedBlob) -> Document:
    """The only document of a blob."""
    return Document.objects.get(files__blob=blob)
