"""How fast `verify --all` and a round of fixity read an archive of scanned, signed papers.

python -m bench.verify [PAPERS]      in a data folder of its own

Each paper is one drawn A4 page, scanned in colour at 200 dpi, signed twice and sealed by the real
stages, with its file as received. Processor time is what the work costs; the clock shows what the
machine's other work left of it.
"""

import argparse
import cProfile
import datetime as dt
import os
import pstats
import shutil
import time
from collections.abc import Callable

from bench.sealing import HOME, Meter, confirm, receive, scans, work_off


def measure(label: str, megabytes: float, work: Callable[[], object]) -> None:
    """MB/s by the processor and by the clock."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    by_cpu, by_clock = megabytes / cpu, megabytes / wall
    print(f"{label}: {by_cpu:.0f} MB/s of processor time, {by_clock:.0f} MB/s by the clock")


def main() -> None:
    """Seal, then read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("papers", type=int, nargs="?", default=20)
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    from config.start import start

    start()
    from archive.models import ArchivedBlob
    from archive.services.custody import take_up
    from archive.services.rolling import check_rows, open_round, rows_of_round
    from archive.stages import Stage
    from archive.verify import Holdings, verify_all
    from workers.custody import room_of
    from workers.house import current

    (HOME / "scans").mkdir()
    ids = receive(scans(HOME / "scans", given.papers))
    work_off(Meter(), Stage.RENDER, Stage.CHECK)
    confirm(ids)
    work_off(Meter(), Stage.SIGN, Stage.SEAL)
    house = current()
    room = room_of(house)
    take_up(room)
    size = sum(ArchivedBlob.objects.values_list("size", flat=True)) / 1e6
    files = ArchivedBlob.objects.count()
    print(f"{given.papers} papers, {files} files, {size:.1f} MB; load {os.getloadavg()[0]:.1f}")
    time.sleep(0.01)
    rows = rows_of_round(room, open_round())
    now = dt.datetime.now(dt.UTC)
    measure("fixity", size, lambda: check_rows(rows, room, now=now))
    holdings = Holdings(house.work, house.archive, house.vault, house.signers().trust_roots)
    profile = cProfile.Profile()
    if given.profile:
        profile.enable()
    measure("verify --all", size, lambda: verify_all(holdings))
    profile.disable()
    if given.profile:
        pstats.Stats(profile).sort_stats("cumulative").print_stats(50)


if __name__ == "__main__":
    try:
        main()
    finally:
        shutil.rmtree(HOME, ignore_errors=True)
