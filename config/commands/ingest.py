"""`tangthu ingest`: receive files as one batch; with --wait, until the machine has done all."""

import datetime as dt
import time
from collections.abc import Callable, Iterable
from typing import Any

from config.cli import FAILED, Answer, Arguments, refusal
from config.progress import Progress
from config.start import local_account, start
from imaging.errors import Category, CodedError

WAIT_SECONDS = 1.0


class MachineFaultError(CodedError):
    """The machine stopped before the work was over; what was received is safe."""

    code = "machine_fault"
    category = Category.ENVIRONMENT
    message = "Máy dừng trước khi làm xong; tệp đã nhận vẫn an toàn. Hãy chạy: tangthu doctor"

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def run(arguments: Arguments) -> Answer:
    """Receive, perhaps wait, and tell what became of every file."""
    options = start()
    from archive.lanes import Lane
    from archive.services.intake import Intake
    from ingest.receive import receive_paths
    from workers.house import current

    house = current()
    intake = Intake(
        name=arguments.batch or f"Lô {dt.datetime.now().astimezone():%Y-%m-%d %H:%M}",
        dossier_code=arguments.dossier,
        procedure_code=arguments.procedure,
        subject_identifier=arguments.subject,
        confirm=arguments.confirm,
        lane=Lane.BACKFILE if arguments.backfile else Lane.BATCH,
        sources=(arguments.batch, *(str(path.resolve()) for path in arguments.paths)),
    )
    with Progress("Nhận", unit="tệp") as progress:
        batch = receive_paths(
            arguments.paths,
            intake,
            local_account(options),
            work=house.work,
            tick=lambda _: progress.step(),
        )
    if arguments.wait:
        fault = wait_for(batch, size=options.workers)
        if fault:
            return refusal(fault)
    return report(batch)


def wait_for(batch: Any, *, size: int) -> MachineFaultError | None:
    """Work, or wait for the pool that works on this data folder, until the batch is done."""
    from archive.ledger import awaited_runs
    from archive.services.intake import finish_batch
    from config.pools import drain_here
    from workers.pool import resting_fault

    with Progress("Xử lý", unit="bước") as progress:
        while awaited_runs(receipt__batch=batch).exists():
            outcome = drain_here(size=size, tick=_shower(batch, progress))
            if outcome.fault:
                return MachineFaultError(outcome.fault.code, outcome.fault.message)
            if not outcome.worked:
                time.sleep(WAIT_SECONDS)
                resting = resting_fault(receipt__batch=batch)
                if resting:
                    return MachineFaultError(resting.code, resting.message)
    finish_batch(batch)
    return None


def _shower(batch: Any, progress: Progress) -> Callable[[], None]:
    from archive.ledger import open_runs
    from archive.models import StageRun

    def show() -> None:
        total = StageRun.objects.filter(receipt__batch=batch).count()
        progress.show(total - open_runs(receipt__batch=batch).count(), total)

    return show


def report(batch: Any) -> Answer:
    """Tell of a batch what the command line promises."""
    from archive.models import Document
    from archive.states import ReceiptState

    receipts = list(batch.receipts.order_by("position"))
    stopped = (ReceiptState.STOPPED, ReceiptState.HELD)
    documents = (
        Document.objects.filter(receipt__batch=batch)
        .select_related("receipt")
        .order_by("receipt__position", "first_page")
    )
    data = {
        "batch": batch.name,
        "received": len(receipts),
        "duplicates": [
            {"file": receipt.untrusted_name, "id": first_document(receipt)}
            for receipt in receipts
            if receipt.state == ReceiptState.DUPLICATE
        ],
        "documents": [document_json(document) for document in documents],
        "contents": contents_json(batch),
        "failed": [
            {"file": receipt.untrusted_name, "code": receipt.code, "message": receipt.message}
            for receipt in receipts
            if receipt.state in stopped
        ],
    }
    return Answer(data, "\n".join(_lines(data)), FAILED if data["failed"] else 0)


def document_json(document: Any) -> dict[str, Any]:
    """One document: what was promised, and beside it what a person wants to know at once."""
    fields = document.fields.exclude(value=None).order_by("name")
    return {
        "id": document.pk,
        "kind": document.kind_code,
        "number": document.number or None,
        "status": document.status,
        "kind_name": document.kind_name,
        "confidence": round(document.kind_confidence, 4),
        "file": document.receipt.untrusted_name,
        "first_page": document.first_page,
        "last_page": document.last_page,
        "fields": {
            field.name: {
                "value": field.value,
                "confidence": round(field.confidence, 4),
                "sure": field.sure,
            }
            for field in fields
        },
        "waiting": document.waiting,
    }


def contents_json(batch: Any) -> list[dict[str, Any]]:
    """Every table of contents among the batch's papers, and how its dossier fits it."""
    from archive.models import ContentsList

    lists = ContentsList.objects.filter(document__receipt__batch=batch)
    return [
        {
            "id": contents.document_id,
            "file": contents.document.receipt.untrusted_name,
            "dossiers": sorted(contents.document.dossiers.values_list("code", flat=True)),
            **comparison_json(contents),
        }
        for contents in lists.select_related("document__receipt").order_by(
            "document__receipt__position", "document__first_page"
        )
    ]


def comparison_json(contents: Any) -> dict[str, Any]:
    """One comparison: entries by their printed ordinal, papers by id; null before the first."""
    if contents.result is None:
        return {"entries": len(contents.entries), "found": None, "missing": None, "unlisted": None}
    rows = contents.entries
    return {
        "entries": len(rows),
        "found": [
            {
                "entry": rows[one["entry"]]["ordinal"],
                "id": one["document"],
                "doubtful": one["doubtful"],
                "differs": one["differs"],
            }
            for one in contents.result["found"]
        ],
        "missing": [
            {
                "entry": rows[at]["ordinal"],
                "number": rows[at]["number"] or None,
                "issued_on": rows[at]["issued_on"] or None,
                "abstract": rows[at]["abstract"] or None,
            }
            for at in contents.result["missing"]
        ],
        "unlisted": contents.result["unlisted"],
        "unread": contents.result["unread"],
    }


def first_document(receipt: Any) -> str | None:
    """Return the first document of the file that a duplicate repeats."""
    from archive.models import Document

    found = Document.objects.filter(receipt=receipt.duplicate_of_id).order_by("first_page")
    return found.values_list("pk", flat=True).first()


STATUS = {
    "processing": "đang xử lý",
    "waiting": "chờ người",
    "archived": "đã lưu kho",
    "refused": "bị từ chối",
}


def _lines(data: dict[str, Any]) -> Iterable[str]:
    yield f"Lô “{data['batch']}”: nhận {data['received']} tệp."
    for document in data["documents"]:
        status = STATUS[document["status"]]
        kind = document["kind"] or "không rõ"
        yield f"  {document['id']}  {kind:12} {document['number'] or '-':24} {status}"
    for contents in data["contents"]:
        if contents["found"] is not None:
            counts = f"thấy {len(contents['found'])}/{contents['entries']} mục"
            extra = f"{len(contents['unlisted'])} giấy tờ ngoài mục lục"
            yield f"  Mục lục {contents['id']}: {counts}, {extra}"
    for duplicate in data["duplicates"]:
        yield f"  Trùng: {duplicate['file']} = {duplicate['id']}"
    for failed in data["failed"]:
        yield f"  Không nhận được: {failed['file']} ({failed['code']}): {failed['message']}"
