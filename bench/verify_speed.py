"""How fast `tangthu verify --all` reads, and in how much memory.

python bench/verify_speed.py [--documents 40] [--page-kb 1200] [--events 100000]

First documents of one scanned page of that size (the whole file, the page and the signed PDF are
sealed, each with the picture); then a trail of so many events beside them.
"""

import argparse
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.made_archive import MadeArchive

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Make and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=40)
    parser.add_argument("--page-kb", type=int, default=1200)
    parser.add_argument("--events", type=int, default=100_000)
    chosen = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory(prefix="tangthu-verify-") as home:
        os.environ["TANGTHU_HOME"] = home
        from config.start import local_account, start

        options = start()
        from tests.made_archive import make_archive
        from workers.house import current

        made = make_archive(
            current(),
            local_account(options),
            documents=chosen.documents,
            days=4,
            picture_bytes=chosen.page_kb * 1000,
        )
        _measure("documents", made, Path(home))
        _add_events(chosen.events)
        made.anchor()
        _measure(f"the same with {chosen.events} events", made, Path(home))
    return 0


def _measure(what: str, made: "MadeArchive", home: Path) -> None:
    blobs = (home / "archive" / "blobs").rglob("*")
    megabytes = sum(path.stat().st_size for path in blobs if path.is_file()) / 1e6
    start, cpu = time.perf_counter(), time.process_time()
    report = made.verify()
    seconds, used = time.perf_counter() - start, time.process_time() - cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{what}: {len(report.problems)} problems, {megabytes:.0f} MB in {seconds:.1f} s "
        f"({megabytes / seconds:.0f} MB/s; {used:.1f} s of one core, {megabytes / used:.0f} MB/s), "
        f"at most {memory:.0f} MB of memory so far"
    )


def _add_events(count: int) -> None:
    """Add events to the last day, as quickly as rows can be written."""
    from archive.models import AuditEvent, AuditHead
    from archive.services.audit import as_mapping
    from proof.chain import event_hash

    head = AuditHead.objects.latest("day")
    at = AuditEvent.objects.latest("seq").at
    rows = []
    for _ in range(count):
        event = AuditEvent(
            seq=head.last_seq + 1,
            day=head.day,
            at=at,
            tag="page:read",
            actor="machine",
            subject="file:1",
            detail={"page": 1},
            previous=head.hash,
        )
        event.hash = event_hash(event.previous, as_mapping(event, with_hash=False))
        head.last_seq, head.hash = event.seq, event.hash
        rows.append(event)
        if len(rows) == 1000:
            AuditEvent.objects.bulk_create(rows)
            rows.clear()
    AuditEvent.objects.bulk_create(rows)
    head.save()


if __name__ == "__main__":
    sys.exit(main())
