"""Speed and memory of the whole way: clean A4 pages at 300 dpi from files to the archive.

    python bench/whole_way.py [--pages 30]

Draws the pages, ingests them with --confirm on a fresh data folder, and prints pages a minute and
the peak memory: the sum of PSS over the process tree, sampled ten times a second.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
SAMPLE_SECONDS = 0.1


def main() -> int:
    """Run once and print one JSON document."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=30)
    arguments = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    from specimens.clean import write_clean_pages

    with tempfile.TemporaryDirectory(prefix="tangthu-bench-") as folder:
        papers = Path(folder, "papers")
        papers.mkdir()
        write_clean_pages(papers, arguments.pages, dpi=300)
        start = time.monotonic()
        answer, peak = run_watched(
            [
                sys.executable,
                "-m",
                "config",
                "ingest",
                str(papers),
                "--wait",
                "--confirm",
                "--json",
            ],
            Path(folder, "home"),
        )
        seconds = time.monotonic() - start
    states = [document["status"] for document in answer["documents"]]
    print(
        json.dumps(
            {
                "pages": arguments.pages,
                "seconds": round(seconds, 1),
                "pages_a_minute": round(arguments.pages / seconds * 60, 1),
                "peak_pss_mb": round(peak / 1024**2),
                "documents": {state: states.count(state) for state in sorted(set(states))},
                "cores": os.cpu_count(),
                "load_before": round(os.getloadavg()[2], 1),
            },
            indent=1,
        )
    )
    return 0


def run_watched(words: list[str], home: Path) -> tuple[dict[str, object], int]:
    """Run a command on a data folder; return its JSON and the peak PSS of its tree in bytes."""
    child = subprocess.Popen(
        words,
        env=os.environ | {"TANGTHU_HOME": str(home), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
    )
    over = threading.Event()
    peaks = [0]

    def watch() -> None:
        while not over.wait(SAMPLE_SECONDS):
            peaks[0] = max(peaks[0], tree_pss(child.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    out, _ = child.communicate()
    over.set()
    watcher.join()
    answer: dict[str, object] = json.loads(out)
    return answer, peaks[0]


def tree_pss(pid: int) -> int:
    """Sum the proportional set sizes of a process and all that it started."""
    total = 0
    try:
        processes = [psutil.Process(pid)]
        processes += processes[0].children(recursive=True)
    except psutil.NoSuchProcess:
        return 0
    for process in processes:
        try:
            rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii")
        except OSError:
            continue
        total += sum(
            int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:")
        )
    return total


if __name__ == "__main__":
    sys.exit(main())
