"""The file as received: sealed after its last document, by the last seal or by itself."""

from archive.ledger import Plan, plan_runs
from archive.models import Document, Receipt
from archive.stages import Stage, priority_of
from archive.states import DocumentStatus

ENDED = (DocumentStatus.ARCHIVED, DocumentStatus.REFUSED)


def plan_keeping(receipt_id: int) -> None:
    """Plan to seal the file as received, where its last document ended without doing so.

    The last of a file to be sealed takes the file with it. Where the last to end is refused, its
    sealed brothers are long done; a file of refused papers alone stays in `work/`.
    """
    documents = Document.objects.filter(receipt=receipt_id)
    receipt = Receipt.objects.get(pk=receipt_id)
    if receipt.received_sealed or documents.exclude(status__in=ENDED).exists():
        return
    if not documents.filter(status=DocumentStatus.ARCHIVED).exists():
        return
    plan_runs(
        [
            Plan(
                stage=Stage.KEEP,
                subject_type="receipt",
                subject_id=str(receipt_id),
                receipt_id=receipt_id,
                inputs=(receipt.sha256, str(receipt_id)),
                priority=priority_of(Stage.KEEP),
            )
        ]
    )
