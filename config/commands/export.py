"""`tangthu export`."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from config.cli import BAD_USAGE, Answer, Arguments, refusal
from config.commands.reading import reader_of
from config.errors import UsageError
from config.progress import Progress
from config.start import start

if TYPE_CHECKING:
    from pathlib import Path

    from archive.export import Exporter


def run(arguments: Arguments) -> Answer:
    """Export archived documents: each as a folder named by its id, or all in one with one trail."""
    if bool(arguments.ids) == arguments.all:
        need = UsageError("Hãy cho mã giấy tờ, hoặc --all để xuất cả kho.")
        return refusal(need, BAD_USAGE)
    options = start()
    from archive.export import Exporter
    from archive.services.looking import Purpose
    from workers.house import current

    house = current()
    exporter = Exporter(
        house.archive,
        house.vault,
        house.signers().trust_roots,
        reader_of(arguments, options, Purpose.ARCHIVE),
    )
    if arguments.all or arguments.together:
        packages = [_together(exporter, arguments)]
    else:
        packages = _apart(exporter, arguments)
    text = "\n".join(f"{one['id']}  {one['path']}  {one['sha256']}" for one in packages)
    return Answer({"packages": packages}, text)


def _apart(exporter: "Exporter", arguments: Arguments) -> list[dict[str, Any]]:
    from archive.errors import NotFoundError
    from archive.models import Document

    found = Document.objects.in_bulk(arguments.ids)
    missing = [id_ for id_ in arguments.ids if id_ not in found]
    if missing:
        raise NotFoundError(f"Không có giấy tờ mã {', '.join(missing)}.")
    packages = []
    with Progress("Xuất", unit="giấy tờ") as progress:
        for id_ in dict.fromkeys(arguments.ids):
            written = exporter.one(found[id_], arguments.to / id_)
            packages.append({"id": id_, "path": str(written.path), "sha256": written.sha256})
            progress.step()
    return packages


def _together(exporter: "Exporter", arguments: Arguments) -> dict[str, Any]:
    name = f"kho-{dt.datetime.now().astimezone():%Y%m%d-%H%M%S}"
    target: Path = arguments.to / name
    if arguments.all:
        written, count = exporter.whole(target)
    else:
        ids = list(dict.fromkeys(arguments.ids))
        written, count = exporter.many(ids, target), len(ids)
    return {
        "id": name,
        "path": str(written.path),
        "sha256": written.sha256,
        "documents": count,
    }
