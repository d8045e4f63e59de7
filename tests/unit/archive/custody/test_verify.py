"""`verify` and the verbs of custody agree: what was done by right is no problem."""

from collections.abc import Callable
from pathlib import Path

import pytest

from archive.models import Account, ArchivedBlob, Document
from archive.services.custody import Strongroom
from archive.services.protection import hold_document, protect_document, shred_document
from archive.services.rotation import new_version, rewrap_class
from archive.states import Protection
from archive.stores.local_archive import HERE
from archive.verify import Holdings, verify_documents
from tests.unit.archive.custody.conftest import PAST, TODAY, Seal, document_of, path_in, rot
from workers.house import House

Told = Callable[[Document], list[tuple[str, str]]]


@pytest.fixture
def told(room: Strongroom, house: House) -> Told:
    """What verify says of the files of one document."""

    def ask(document: Document) -> list[tuple[str, str]]:
        holdings = Holdings(house.work, room.archive, room.vault, ())
        report = verify_documents([Document.objects.get(pk=document.pk)], holdings)
        # The paper has bytes and no sealed record: only what is said of its bytes matters here.
        return [(str(one.what), one.detail) for one in report.problems if "document:" in one.detail]

    return ask


def test_what_was_done_by_right_is_no_problem(
    room: Strongroom, seal: Seal, account: Account, told: Told
) -> None:
    """Sealed anew with the plain form still locked, rotated, held."""
    document = document_of(seal(b"paper"))
    assert told(document) == []
    protect_document(document, Protection.IDENTITY, account, room)
    assert told(document) == []
    new_version(room, "identity", account)
    rewrap_class(room, "identity")
    hold_document(document, account, room, reason="x")
    assert told(document) == []


def test_what_was_shredded_is_no_loss(
    room: Strongroom, seal: Seal, account: Account, told: Told
) -> None:
    """Destroyed by decision is neither missing nor damaged."""
    document = document_of(seal(b"paper", Protection.IDENTITY, until=PAST))
    shred_document(document, account, room, decision="QĐ 1", today=TODAY)
    assert told(document) == []


def test_damage_in_the_second_copy_alone_is_told(room: Strongroom, seal: Seal, told: Told) -> None:
    """A paper that reads well from the first copy has lost its second all the same."""
    blob = seal(b"paper")
    rot(path_in(room.copies[1].root, blob))  # type: ignore[attr-defined]  # a folder
    [(what, detail)] = told(document_of(blob))
    assert what == "blob_damaged"
    assert "folder:two" in detail
    assert ArchivedBlob.objects.count() == 1


@pytest.mark.parametrize("protection", list(Protection))
def test_what_is_due_in_a_copy_is_not_missing_there(
    room: Strongroom,
    house: House,
    seal: Seal,
    told: Told,
    two: Path,
    protection: Protection,
) -> None:
    """Sealed while the second copy was away: planned, not lost; and away is not damaged."""
    (two / HERE).unlink()
    blob = seal(b"paper", protection)
    assert told(document_of(blob)) == []
    holdings = Holdings(house.work, room.archive, room.vault, ())
    report = verify_documents([document_of(blob)], holdings)
    assert any("folder:two" in note for note in report.unchecked)
    (two / HERE).touch()
    assert told(document_of(blob)) == []
