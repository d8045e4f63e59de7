"""Pages a minute, processor seconds by step, and memory, of reading alone.

    python -m bench.speed [--shared ../shared] [--processes 2] [--pages 48] [--modes careful fast]
                          [--specimens] [--engine auto]

Each process reads whole pages, from the file to the words, as a worker does: opened, looked at by
the gate, cleaned, recognised, doubted. Models are loaded, and a page read, before the clock starts.
The pages are those of `data/ocr_pages` (real scans, 200 dpi) below the shared folder, with
`--specimens` also `ocr/specimens` (up to 300 dpi), again and again until there are so many. Numbers
of a dated run stand in docs/ocr.md.
"""

import argparse
import multiprocessing
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import config.threads  # noqa: F401  one thread each, as the workers have it

STEPS = ("open", "gate", "clean", "recognise", "review")


@dataclass(frozen=True, slots=True)
class Read:
    """What one page cost: processor seconds by step, and the process's memory after it."""

    seconds: dict[str, float]
    resident_mb: float
    peak_mb: float


def main() -> int:
    """Measure each mode and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--pages", type=int, default=48)
    parser.add_argument("--modes", nargs="+", default=["careful", "fast"])
    parser.add_argument("--specimens", action="store_true")
    parser.add_argument("--engine", default="auto")
    options = parser.parse_args()
    files = sorted((options.shared / "data" / "ocr_pages").glob("*.png"))
    if options.specimens:
        files += sorted((options.shared / "ocr" / "specimens").glob("*__*.*g"))
    if not files:
        print(f"No pages: {options.shared}/data/ocr_pages is not there.")
        return 1
    print(f"{len(files)} files, {options.pages} pages, {options.processes} processes")
    print("| mode | pages a minute | CPU s/page | " + " | ".join(STEPS) + " | peak MB a process |")
    print("|---|" + "---|" * (len(STEPS) + 3))
    for mode in options.modes:
        pages = list(islice(cycle(files), options.pages))
        _print(mode, *measure(pages, mode, options.engine, options.processes))
    return 0


def measure(
    pages: list[Path], mode: str, engine: str, processes: int
) -> tuple[float, list[list[Read]]]:
    """Wall seconds, and what each page cost, by process."""
    context = multiprocessing.get_context("spawn")
    todo, done = context.Queue(), context.Queue()
    workers = [
        context.Process(target=work, args=(pages[0], mode, engine, todo, done), daemon=True)
        for _ in range(processes)
    ]
    for worker in workers:
        worker.start()
    for _ in workers:
        done.get()
    start = time.perf_counter()
    for page in [*pages, *[None] * processes]:
        todo.put(page)
    costs = [done.get() for _ in workers]
    seconds = time.perf_counter() - start
    for worker in workers:
        worker.join()
    return seconds, costs


def work(first: Path, mode: str, engine: str, todo: Any, done: Any) -> None:
    """One process: read pages until there are no more, then tell what they cost."""
    from config.options import read_options
    from config.reading import build_engine, build_review, give_back_pages, one_thread_each
    from ocr import Mode

    one_thread_each()
    give_back_pages()
    reader = build_engine(read_options({**os.environ, "TANGTHU_ENGINE": engine}))
    parts = (reader, build_review(Mode(mode)), Mode(mode))
    read(first, *parts)
    done.put("ready")
    done.put([read(page, *parts) for page in iter(todo.get, None)])


def read(path: Path, engine: Any, review: Any, mode: Any) -> Read:
    """One page, from the file to its words."""
    from imaging import open_source, rotate_quarter
    from ocr import clean_page, inspect_page, recognise_page

    clock = _Clock()
    with open_source(path) as source:
        image = source.page(1)
    clock.lap("open")
    report = inspect_page(image, recogniser=engine.recogniser)
    clock.lap("gate")
    upright = rotate_quarter(image.pixels, report.rotation)
    clean = clean_page(upright, image.dpi, mode=mode)
    clock.lap("clean")
    height, width = upright.shape[:2]
    text = recognise_page(
        clean,
        width=width,
        height=height,
        dpi=image.dpi,
        rotation=report.rotation,
        engine=engine,
        review=review,
    )
    clock.lap("read")
    # The library tells wall seconds of the two parts: the processor's are shared out alike.
    both = clock.seconds.pop("read")
    share = text.seconds.get("review", 0.0) / max(1e-9, sum(text.seconds.values()))
    clock.seconds |= {"recognise": both * (1 - share), "review": both * share}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Read(clock.seconds, _resident_mb(), peak)


class _Clock:
    """Processor seconds of this process and of the programs it called, lap by lap."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = self._now()

    def lap(self, name: str) -> None:
        """Write down what was used since the last lap."""
        now = self._now()
        self.seconds[name] = now - self._last
        self._last = now

    @staticmethod
    def _now() -> float:
        times = os.times()
        return times.user + times.system + times.children_user + times.children_system


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1024**2


def _print(mode: str, seconds: float, processes: list[list[Read]]) -> None:
    reads = [read for reads in processes for read in reads]
    total: Counter[str] = Counter()
    for one in reads:
        total.update(one.seconds)
    by_step = " | ".join(f"{total[step] / len(reads):.2f}" for step in STEPS)
    peak = max(one.peak_mb for one in reads)
    print(
        f"| {mode} | {60 * len(reads) / seconds:.0f} | {total.total() / len(reads):.2f} "
        f"| {by_step} | {peak:.0f} |"
    )
    for number, costs in enumerate(processes, start=1):
        told = ", ".join(f"{one.resident_mb:.0f}" for one in _spread(costs))
        print(f"  process {number}: {len(costs)} pages; resident MB on the way: {told}")
    sys.stdout.flush()


def _spread(reads: list[Read]) -> Iterator[Read]:
    """Some of them, evenly, the last among them."""
    step = max(1, len(reads) // 6)
    yield from reversed(reads[::-1][::step])


if __name__ == "__main__":
    sys.exit(main())
