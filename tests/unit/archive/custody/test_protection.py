"""Papers moved between classes, sealed anew, held, shredded."""

import datetime as dt
from pathlib import Path

import pytest
from django.contrib.auth.models import Group

from archive.errors import HoldOpenError, NotAllowedError, NotFoundError, WrongStateError
from archive.models import Account, ArchivedBlob, AuditEvent, BlobCopy, Document, LegalHold
from archive.sealed import cipher_of
from archive.services import protection as verbs
from archive.services.custody import Strongroom
from archive.services.levelling import level_holds, level_keys, remove_leaving
from archive.services.protection import (
    apply_protection,
    hold_document,
    lift_hold,
    misplaced_blobs,
    protect_document,
    shred_document,
)
from archive.states import CopyState, DocumentStatus, FileRole, Protection
from archive.stores import Form
from archive.stores.errors import (
    LegalHoldError,
    RetentionNotOverError,
    ShreddedError,
)
from archive.stores.local_archive import HERE
from archive.tags import Tag
from archive.vault import class_of
from tests.unit.archive.custody.conftest import (
    NOW,
    PAST,
    TODAY,
    UNTIL,
    Seal,
    document_of,
    path_in,
)

SECRET, ORDINARY = Protection.IDENTITY, Protection.ORDINARY


def fresh(blob: ArchivedBlob) -> ArchivedBlob:
    """As the row is now."""
    return ArchivedBlob.objects.get(pk=blob.pk)


def tags(document: Document) -> list[str]:
    """What the audit says of a document."""
    subject = f"document:{document.pk}"
    return list(
        AuditEvent.objects.filter(subject=subject).order_by("seq").values_list("tag", flat=True)
    )


@pytest.fixture
def stranger(db: None) -> Account:
    """A clerk, who searches and nothing else."""
    account = Account.objects.create(username="clerk")
    account.groups.set(Group.objects.filter(name="clerk"))
    return account


def test_only_with_the_right(room: Strongroom, seal: Seal, stranger: Account) -> None:
    """None of it is for everybody."""
    document = document_of(seal(b"paper", until=PAST))
    for act in (
        lambda: protect_document(document, SECRET, stranger, room),
        lambda: hold_document(document, stranger, room, reason="x"),
        lambda: lift_hold(document, stranger, room, reason="x"),
        lambda: shred_document(document, stranger, room, decision="x", today=TODAY),
    ):
        with pytest.raises(NotAllowedError):
            act()
    assert tags(document) == []


def test_a_plain_paper_is_sealed_anew(
    room: Strongroom, seal: Seal, account: Account, one: Path, two: Path
) -> None:
    """Encrypted beside the plain form, which stays while its lock says so, and then goes."""
    blob = seal(b"paper")
    protect_document(document_of(blob), SECRET, account, room)
    row = fresh(blob)
    assert row.protection == SECRET
    assert class_of(bytes(row.wrapped_key or b"")) == "identity"
    assert room.archive.read(blob.pk, cipher=cipher_of(row, room.vault)) == b"paper"
    for folder in (one, two):
        assert path_in(folder, blob, Form.PLAIN).exists()
        assert b"paper" not in path_in(folder, blob, Form.ENCRYPTED).read_bytes()
    leaving = BlobCopy.objects.filter(blob=blob, form=Form.PLAIN.value)
    assert {one.state for one in leaving} == {CopyState.LEAVING}
    assert remove_leaving(room, now=NOW) == 0
    assert remove_leaving(room, now=NOW) == 0
    over = NOW + dt.timedelta(days=366)
    assert remove_leaving(room, now=over) == 2
    for folder in (one, two):
        assert not path_in(folder, blob, Form.PLAIN).exists()
    assert room.archive.read(blob.pk, cipher=cipher_of(row, room.vault)) == b"paper"
    assert AuditEvent.objects.filter(tag=Tag.BLOB_RESEALED).count() == 1
    assert AuditEvent.objects.filter(tag=Tag.COPY_REMOVED).count() == 2
    assert tags(document_of(blob)) == [Tag.DOCUMENT_PROTECTED]


@pytest.mark.parametrize("step", ["own_key", "note_copies", "_let_go", "_protected"])
def test_sealing_anew_that_was_cut_short_is_finished(
    room: Strongroom, seal: Seal, account: Account, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Killed at any step: the paper stays readable, the next upkeep completes it, once."""
    blob = seal(b"paper")

    class Killed(Exception):  # noqa: N818  the end of a process
        pass

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(verbs, step, die)
        with pytest.raises(Killed):
            protect_document(document_of(blob), SECRET, account, room)
    row = fresh(blob)
    assert room.archive.read(blob.pk, cipher=cipher_of(row, room.vault)) == b"paper"
    assert misplaced_blobs().count() == 1
    assert apply_protection(room) == 1
    assert misplaced_blobs().count() == apply_protection(room) == 0
    assert room.archive.read(blob.pk, cipher=cipher_of(fresh(blob), room.vault)) == b"paper"
    assert AuditEvent.objects.filter(tag=Tag.BLOB_RESEALED).count() == 1


def test_between_encrypted_classes_only_the_key_moves(
    room: Strongroom, seal: Seal, account: Account, one: Path
) -> None:
    """Not a byte of the blob is written; what was encrypted is never laid open."""
    blob = seal(b"paper", SECRET)
    path = path_in(one, blob)
    before = (path.stat().st_ino, path.stat().st_mtime_ns)
    for protection in (ORDINARY, SECRET):
        protect_document(document_of(blob), protection, account, room)
        row = fresh(blob)
        assert row.protection == protection
        assert class_of(bytes(row.wrapped_key or b"")) == protection
        for copy in room.copies:
            assert copy.get_key(blob.pk) == bytes(row.wrapped_key or b"")
        assert room.archive.read(blob.pk, cipher=cipher_of(row, room.vault)) == b"paper"
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == before
    assert room.archive.forms(blob.pk) == {Form.ENCRYPTED}


def test_a_shared_file_follows_the_strictest(
    room: Strongroom, seal: Seal, account: Account
) -> None:
    """Bytes of two papers, and the file as received, which shows the pages of all."""
    blob = seal(b"shared")
    first = document_of(blob)
    other = document_of(seal(b"other"))
    other.files.create(role=FileRole.SCAN, blob=blob)
    received = seal(b"whole file", document=first, role=FileRole.RECEIVED)
    protect_document(other, SECRET, account, room)
    assert fresh(blob).protection == SECRET
    assert fresh(received).protection == ORDINARY
    Document.objects.filter(pk=other.pk).update(receipt=first.receipt_id, first_page=2)
    protect_document(other, ORDINARY, account, room)
    protect_document(other, SECRET, account, room)
    apply_protection(room, blobs=ArchivedBlob.objects.filter(pk=received.pk))
    assert fresh(received).wrapped_key


def test_only_a_sealed_paper(room: Strongroom, seal: Seal, account: Account) -> None:
    """Before the seal the kind decides."""
    document = document_of(seal(b"paper"))
    Document.objects.filter(pk=document.pk).update(status=DocumentStatus.WAITING)
    document.refresh_from_db()
    with pytest.raises(WrongStateError):
        protect_document(document, SECRET, account, room)
    with pytest.raises(WrongStateError):
        hold_document(document, account, room, reason="x")


def test_a_hold_stops_every_deletion(room: Strongroom, seal: Seal, account: Account) -> None:
    """Even after the retention, in every copy; lifted, the old rule is back."""
    blob = seal(b"paper", SECRET, until=PAST)
    document = document_of(blob)
    hold_document(document, account, room, reason="Công văn 12/CA")
    with pytest.raises(HoldOpenError):
        hold_document(document, account, room, reason="again")
    for copy in room.copies:
        with pytest.raises(LegalHoldError):
            copy.delete(blob.pk, TODAY)
    with pytest.raises(LegalHoldError):
        shred_document(document, account, room, decision="x", today=TODAY)
    lift_hold(document, account, room, reason="Công văn 13/CA")
    with pytest.raises(NotFoundError):
        lift_hold(document, account, room, reason="again")
    assert tags(document) == [Tag.HOLD_PLACED, Tag.HOLD_LIFTED]
    assert LegalHold.objects.get().lifted_by == account
    room.archive.delete(blob.pk, TODAY)


def test_a_hold_reaches_a_copy_that_was_down(
    room: Strongroom, seal: Seal, account: Account, two: Path
) -> None:
    """By the upkeep; and of two holds on shared bytes the second still holds."""
    blob = seal(b"paper", until=PAST)
    other = document_of(seal(b"other", until=PAST))
    other.files.create(role=FileRole.SCAN, blob=blob)
    first = Document.objects.exclude(pk=other.pk).get(files__blob=blob)
    (two / HERE).unlink()
    hold_document(first, account, room, reason="x")
    hold_document(other, account, room, reason="x")
    (two / HERE).touch()
    assert not room.copies[1].noted(blob.pk, form=Form.PLAIN).legal_hold
    assert level_holds(room) == 2  # both files of the other paper
    lift_hold(first, account, room, reason="x")
    for copy in room.copies:
        assert copy.noted(blob.pk, form=Form.PLAIN).legal_hold
    lift_hold(other, account, room, reason="x")
    for copy in room.copies:
        assert not copy.noted(blob.pk, form=Form.PLAIN).legal_hold


@pytest.mark.parametrize("until", [UNTIL, TODAY, None])
def test_nothing_is_shredded_before_its_day(
    room: Strongroom, seal: Seal, account: Account, until: dt.date | None
) -> None:
    """By the rows, and by the stores where they know of a longer retention."""
    blob = seal(b"paper", SECRET, until=until)
    with pytest.raises(RetentionNotOverError):
        shred_document(document_of(blob), account, room, decision="x", today=TODAY)
    ArchivedBlob.objects.update(retain_until=PAST)
    with pytest.raises(RetentionNotOverError):
        shred_document(document_of(blob), account, room, decision="x", today=TODAY)
    assert room.archive.read(blob.pk, cipher=cipher_of(fresh(blob), room.vault)) == b"paper"


def test_shredded_is_unreadable_in_every_copy(
    room: Strongroom, seal: Seal, account: Account, tmp_path: Path, two: Path
) -> None:
    """The key goes everywhere, from a copy that was down as soon as it is back."""
    blob = seal(b"paper", SECRET, until=PAST)
    wrapped = bytes(blob.wrapped_key or b"")
    shared = seal(b"shared", SECRET, until=PAST)
    document = document_of(blob)
    document.files.create(role=FileRole.SCAN, blob=shared)
    (two / HERE).unlink()
    assert shred_document(document, account, room, decision="QĐ 5/2026", today=TODAY) == 1
    row = fresh(blob)
    assert row.wrapped_key is None
    with pytest.raises(ShreddedError):
        cipher_of(row, room.vault)
    assert room.copies[0].get_key(blob.pk) is None
    (two / HERE).touch()
    assert room.copies[1].get_key(blob.pk) == wrapped
    assert level_keys(room) == 1
    later = NOW + dt.timedelta(days=1)
    remove_leaving(room, now=later)
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path for path in left if blob.pk in path.name] == []
    assert [path for path in left if wrapped in path.read_bytes()] == []
    assert room.archive.read(shared.pk, cipher=cipher_of(fresh(shared), room.vault)) == b"shared"
    (event,) = AuditEvent.objects.filter(tag=Tag.DOCUMENT_SHREDDED)
    assert event.detail == {"decision": "QĐ 5/2026", "blobs": [blob.pk]}
    assert shred_document(document, account, room, decision="again", today=TODAY) == 0
