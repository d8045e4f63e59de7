"""Archives of any size: what is read at once stays within what a database takes in one question."""

import datetime as dt

import pytest

from archive.export import Exporter
from archive.models import Account, ArchivedBlob, Document, SealedFile
from archive.services.looking import Reader
from archive.states import DocumentStatus, FileRole
from archive.stores.errors import BlobMissingError
from archive.verify import Holdings, verify_all
from proof.types import What
from tests.making import make_batch, make_receipt
from workers.house import House

COUNT = 260


def many(account: Account, house: House) -> list[str]:
    """Documents with every file that a seal writes, as rows alone."""
    receipt = make_receipt(make_batch(account), house)
    at = dt.datetime.now(dt.UTC)
    ids = [f"D260101{number:08}" for number in range(COUNT)]
    Document.objects.bulk_create(
        Document(
            id=id_,
            receipt=receipt,
            first_page=number + 1,
            last_page=number + 1,
            status=DocumentStatus.ARCHIVED,
        )
        for number, id_ in enumerate(ids)
    )
    names = [
        (id_, role, f"{id_}{role}".encode().hex().ljust(64, "0")[:64])
        for id_ in ids
        for role in FileRole
    ]
    ArchivedBlob.objects.bulk_create(
        ArchivedBlob(sha256=name, size=1, media_type="text/plain", sealed_at=at)
        for _id, _role, name in names
    )
    SealedFile.objects.bulk_create(
        SealedFile(document_id=id_, role=role, blob_id=name) for id_, role, name in names
    )
    return ids


def test_more_documents_than_a_question_takes(account: Account, house: House) -> None:
    """Each is looked at, and each of its files is missed; the export comes as far as the first."""
    ids = many(account, house)
    holdings = Holdings(house.work, house.archive, house.vault, ())
    report = verify_all(holdings)
    missed = {one.id for one in report.problems if one.what is What.BLOB_MISSING}
    assert set(ids) <= missed
    exporter = Exporter(house.archive, house.vault, (), Reader("luu-tru"))
    with pytest.raises(BlobMissingError):
        next(exporter._documents(iter(ids), is_whole=True))
