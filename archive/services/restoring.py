"""Verbs of the worst day: the records are an older dump's, and the archive is ahead of them.

The audit trail goes on past the last anchor of before, with an event that names the lines that were
lost: so no anchor is ever contradicted, and whoever checks the trail is told of the hole.
"""

from dataclasses import dataclass

from archive.errors import RecordsBehindError, RecordsNotBehindError, WorkLostError
from archive.models import Account, Batch, Document, Page, Receipt
from archive.permissions import require
from archive.services.anchoring import anchored_beyond
from archive.services.audit import last_event, record_event
from archive.services.intake import close_receiving, stop_file
from archive.services.nodes import forget_marked_bucket
from archive.services.received import ENDED
from archive.states import ReceiptState
from archive.stores import ArchiveStore
from archive.tags import Tag
from archive.writing import writing


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restored house has lost."""

    first: int
    last: int
    """The audit trail's lines; what was sealed in that time has no row."""
    files: int = 0
    """Files that were under way and have to be scanned again."""


def check_not_behind(archive: ArchiveStore) -> None:
    """See that these records know all that the archive's anchors know. Raises `records_behind`."""
    beyond = anchored_beyond(archive)
    if beyond:
        raise RecordsBehindError(detail=f"{last_event()} < {beyond}")


def note_restored(
    archive: ArchiveStore, account: Account, *, reason: str, is_work_lost: bool
) -> Restored:
    """Own up to a restore: the lost lines, and where the work went too, the files under way.

    Their rows stay and say that they have to be scanned again; equal bytes are taken once more.
    Raises NotAllowedError, RecordsNotBehindError.
    """
    require(account, "manage_keys")
    with writing():
        last = anchored_beyond(archive)
        if not last:
            raise RecordsNotBehindError
        first = last_event() + 1
        record_event(
            Tag.RECORDS_RESTORED,
            actor=account.username,
            subject="house",
            detail={"lost": [first, last], "reason": reason[:500], "work_lost": is_work_lost},
            lost=last - first + 1,
        )
        files = _stop_lost_work() if is_work_lost else 0
    return Restored(first, last, files)


def _stop_lost_work() -> int:
    """Stop every file whose bytes lay in the work store alone; how many.

    Held ones stay held: they wait for a decision, whatever became of their bytes.
    """
    forget_marked_bucket()
    going = Receipt.objects.filter(
        state__in=(ReceiptState.RECEIVED, ReceiptState.DONE), received_sealed=False
    )
    stopped = list(going.order_by("pk"))
    for receipt in stopped:
        _forget_pages(receipt)
        stop_file(receipt, code=WorkLostError.code, message=WorkLostError.message)
    for batch in Batch.objects.filter(receipts__in=stopped).distinct():
        close_receiving(batch)
    return len(stopped)


def _forget_pages(receipt: Receipt) -> None:
    """Forget the papers of a file that did not come to an end, with their pages."""
    documents = Document.objects.filter(receipt=receipt)
    unended = documents.exclude(status__in=ENDED)
    Page.objects.filter(document__in=unended).delete()
    unended.delete()
    if not documents.exists():
        Page.objects.filter(receipt=receipt).delete()
