"""`tangthu export`."""

from config.cli import Answer, Arguments
from config.progress import Progress
from config.start import start


def run(arguments: Arguments) -> Answer:
    """Export archived documents, each as a folder named by its id."""
    options = start()
    from archive.errors import NotFoundError
    from archive.export import export_folder
    from archive.models import Document
    from archive.services.anchoring import anchor_audit
    from workers.house import current

    house = current()
    found = Document.objects.in_bulk(arguments.ids)
    missing = [id_ for id_ in arguments.ids if id_ not in found]
    if missing:
        raise NotFoundError(f"Không có giấy tờ mã {', '.join(missing)}.")
    packages = []
    with Progress("Xuất", unit="giấy tờ") as progress:
        for id_ in dict.fromkeys(arguments.ids):
            anchor_audit(house.archive)
            written = export_folder(
                found[id_],
                arguments.to / id_,
                archive=house.archive,
                vault=house.vault,
                trust_roots=house.signers().trust_roots,
                actor=options.confirm_account,
            )
            packages.append({"id": id_, "path": str(written.path), "sha256": written.sha256})
            progress.step()
    text = "\n".join(f"{one['id']}  {one['path']}  {one['sha256']}" for one in packages)
    return Answer({"packages": packages}, text)
