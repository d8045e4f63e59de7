"""`tangthu verify`."""

import logging
from typing import TYPE_CHECKING

from config.cli import BAD_USAGE, FAILED, Answer, Arguments, refusal
from config.errors import UsageError
from config.progress import Progress
from config.start import start
from imaging.errors import CodedError

if TYPE_CHECKING:
    from workers.house import House

log = logging.getLogger(__name__)


def run(arguments: Arguments) -> Answer:
    """Check documents by id, or everything."""
    if bool(arguments.ids) == arguments.all:
        need = UsageError("Hãy cho mã giấy tờ, hoặc --all để kiểm tra tất cả.")
        return refusal(need, BAD_USAGE)
    start(is_current=False)
    from archive.errors import NotFoundError
    from archive.models import Document
    from archive.verify import Holdings, verify_all, verify_documents
    from workers.house import current

    house = current()
    holdings = Holdings(house.work, house.archive, house.vault, house.signers().trust_roots)
    with Progress("Kiểm tra", unit="giấy tờ") as progress:
        if arguments.all:
            _anchor(house)
            report = verify_all(holdings, tick=lambda _: progress.step())
        else:
            found = Document.objects.in_bulk(arguments.ids)
            missing = [id_ for id_ in arguments.ids if id_ not in found]
            if missing:
                raise NotFoundError(f"Không có giấy tờ mã {', '.join(missing)}.")
            report = verify_documents(found.values(), holdings, tick=lambda _: progress.step())
    lines = [f"Đã kiểm tra {report.checked}, đúng {report.ok}."]
    lines += [f"  {problem.id}: {problem.what}: {problem.detail}" for problem in report.problems]
    lines += [f"  Lưu ý: {note}" for note in report.unchecked]
    lines += report.promise.sentences() if report.promise else ()
    return Answer(report.as_json(), "\n".join(lines), FAILED if report.problems else 0)


def _anchor(house: "House") -> None:
    """Hold the trail as far as it has come; a store that refuses is the check's to name."""
    from archive.services.anchoring import anchor_audit

    try:
        anchor_audit(house.archive, stamp=house.stamp())
    except CodedError as error:
        log.warning("audit not anchored", extra={"code": error.code, "detail": error.detail})
