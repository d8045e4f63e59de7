"""`tangthu renew`: proof of sealed documents made anew before it weakens."""

import datetime as dt
import time
from typing import TYPE_CHECKING, Any

from config.cli import FAILED, Answer, Arguments, refusal
from config.errors import SettingError
from config.progress import Progress
from config.start import start
from imaging.errors import CodedError

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from archive.models import Document
    from workers.house import House

WAIT_SECONDS = 1.0
AT_ONCE = 1_000


def run(arguments: Arguments) -> Answer:
    """Renew what is due, or the documents named, and tell what became of each."""
    options = start()
    from archive.services.renewing import plan_renewals
    from workers.house import current

    house = current()
    if house.signers().profile.timestamps is None:
        raise SettingError.of("TANGTHU_TSA_URL", "địa chỉ dịch vụ dấu thời gian, để gia hạn được")
    begun = dt.datetime.now(dt.UTC)
    due = _named(arguments.ids) if arguments.ids else _due(house, begun)
    ids = list(due.values_list("pk", flat=True)[:AT_ONCE])
    asked_at = begun.isoformat() if arguments.ids else ""
    plan_renewals(due.filter(pk__in=ids).select_related("receipt"), asked_at=asked_at)
    fault = _work(ids, size=options.workers)
    answer = _report(ids, begun)
    return refusal(fault) if fault and not answer.data["renewed"] else answer


def _named(ids: list[str]) -> "QuerySet[Document]":
    from archive.errors import NotFoundError
    from archive.models import Document
    from archive.states import DocumentStatus

    found = Document.objects.filter(pk__in=ids, status=DocumentStatus.ARCHIVED).order_by("pk")
    missing = sorted(set(ids) - set(found.values_list("pk", flat=True)))
    if missing:
        raise NotFoundError(f"Không có giấy tờ đã lưu kho mã {', '.join(missing)}.")
    return found


def _due(house: "House", now: dt.datetime) -> "QuerySet[Document]":
    from archive.services.renewing import due_for_renewal
    from archive.signing.levels import Level

    signers = house.signers()
    archives = signers.profile.level is Level.LTA
    return due_for_renewal(now, days=signers.renew_days, archives=archives)


def _work(ids: list[str], *, size: int) -> CodedError | None:
    """Work, or wait for the pool that works on this data folder, until the renewals are over."""
    from archive import ledger
    from archive.stages import UPKEEP
    from config.commands.ingest import MachineFaultError
    from config.pools import drain_here
    from workers.pool import resting_fault

    ours = {"stage__in": UPKEEP, "subject_id__in": ids}
    with Progress("Gia hạn", unit="giấy tờ") as progress:

        def show() -> None:
            progress.show(len(ids) - ledger.open_runs(**ours).count(), len(ids))

        while ledger.open_runs(**ours).exists():
            outcome = drain_here(size=size, tick=show)
            fault = outcome.fault or resting_fault(**ours)
            if fault:
                return MachineFaultError(fault.code, fault.message)
            if not outcome.worked:
                time.sleep(WAIT_SECONDS)
    return None


def _report(ids: list[str], begun: dt.datetime) -> Answer:
    from archive.models import Renewal, StageRun
    from archive.stages import UPKEEP

    newest = {
        row.document_id: row
        for row in Renewal.objects.filter(document__in=ids, at__gte=begun).order_by("number")
    }
    renewed = [
        {"id": id_, "proven_until": newest[id_].proven_until.isoformat()}
        for id_ in ids
        if id_ in newest
    ]
    failed: list[dict[str, Any]] = []
    for id_ in ids:
        if id_ not in newest:
            runs = StageRun.objects.filter(stage__in=UPKEEP, subject_id=id_).exclude(error_code="")
            last = runs.order_by("pk").last()
            code, message = (last.error_code, last.error_message) if last else ("", "")
            failed.append({"id": id_, "code": code, "message": message})
    lines = [f"Đến hạn {len(ids)}, đã gia hạn {len(renewed)}."]
    lines += [f"  {one['id']}: đến {one['proven_until'][:10]}" for one in renewed]
    lines += [f"  {one['id']}: chưa được: {one['message']}" for one in failed]
    data = {"due": len(ids), "renewed": renewed, "failed": failed}
    return Answer(data, "\n".join(lines), FAILED if failed else 0)
