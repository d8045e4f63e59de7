"""`tangthu reindex`: a new index filled beside the one in use, then exchanged."""

from config.cli import Answer, Arguments
from config.progress import Progress
from config.start import start


def run(arguments: Arguments) -> Answer:
    """Begin a rebuild, or go on with one; the workers do it, or this process with `--wait`."""
    start()
    from archive.models import Document
    from archive.services.indexing import begin_pass
    from archive.states import PassKind
    from search import IndexDamagedError
    from workers.house import current
    from workers.reindex import a_while, rebuild_some

    house, total = current(), Document.objects.count()
    try:
        house.index.is_older()
    except IndexDamagedError:
        house.index.clear()
    walk = begin_pass(PassKind.REBUILD)
    house.index.begin_rebuild()
    with Progress("Dựng chỉ mục", unit="giấy tờ") as progress:
        while arguments.wait and walk.finished_at is None:
            rebuild_some(house, walk, is_over=a_while())
            walk.refresh_from_db()
            progress.show(walk.seen, total)
    is_done = walk.finished_at is not None
    text = f"Đã dựng lại chỉ mục: {walk.found} giấy tờ." if is_done else BEGUN
    return Answer({"documents": total, "filled": walk.found, "done": is_done}, text)


BEGUN = "Đã bắt đầu dựng lại chỉ mục; các tiến trình xử lý (tangthu work) sẽ làm tiếp."
