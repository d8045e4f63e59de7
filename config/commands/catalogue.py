"""`tangthu catalogue load`."""

import datetime as dt
from dataclasses import asdict

from config.cli import Answer, Arguments
from config.start import start


def run(arguments: Arguments) -> Answer:
    """Bring the catalogue in the records up to date with the packaged one, or a province's."""
    options = start()

    from archive.services.audit import record_event
    from archive.tags import Tag
    from archive.writing import writing
    from catalogue.services import load_catalogue

    today = dt.datetime.now().astimezone().date()
    with writing():
        report = load_catalogue(on=today, folder=arguments.folder)
        record_event(
            Tag.CATALOGUE_LOADED,
            actor=options.confirm_account,
            subject="catalogue",
            detail={"version": report.version},
        )
    tables = {name: asdict(counts) for name, counts in report.tables.items()}
    lines = [
        f"  {name}: thêm {one.added}, đổi {one.changed}, đóng {one.closed}, sửa {one.amended}, "
        f"giữ nguyên {one.unchanged}"
        for name, one in report.tables.items()
    ]
    return Answer(
        {"version": report.version, "tables": tables}, "\n".join(["Đã nạp danh mục.", *lines])
    )
