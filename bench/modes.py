"""The same papers embedded and scaled on one machine: pages a minute, and who spends the processor.

    python -m bench.modes [--pages 40] [--rounds 3] [--broker rabbitmq|redis] [--workers 2]
                          [--questions]

Alternates: each round draws papers of its own and takes them through an embedded house and through
a scaled one (its own PostgreSQL, broker, SeaweedFS, Elasticsearch), both with as many workers,
both warmed up by twenty pages before, and Elasticsearch by a thousand and a half papers in an index
of their own: its virtual machine compiles for so long, once a start. Timed is
`tangthu ingest --wait --confirm`, while `tangthu work` works. Processor seconds are told apart for
our processes and for each server. `--questions` lets PostgreSQL count what it is asked as well,
which costs it a little.
"""

import argparse
import contextlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import psutil

from bench.questions import asked, start_counting
from bench.town import ROOT, Engine, Hand, plain_environment, town
from search import ElasticIndex, IndexDocument
from specimens.clean import write_clean_pages

WARM_PAGES = 20
WARM_ENTRIES = 1500
ENTRY = IndexDocument(
    id="",
    status="archived",
    access="ordinary",
    unit="",
    kind="KQ-GPXD",
    kind_name="Giấy phép xây dựng",
    number="15/GPXD",
    abstract="Về việc cấp giấy phép xây dựng",
    issuer="Ủy ban nhân dân xã Xuân Lãnh",
    signer="Trần Thị Bình",
    subject=None,
    issued_on=date(2026, 3, 5),
    pages=("Cho phép ông Nguyễn Văn An xây dựng nhà ở trên thửa đất số 12. " * 25,),
)
DPI = 300
MOST_LOSS = 0.15


@dataclass(frozen=True, slots=True)
class House:
    """One side: how to speak to it, whose processes are ours, whose the servers'."""

    environment: dict[str, str]
    ours: tuple[Hand, ...]
    servers: Mapping[str, int] = field(default_factory=dict)
    """The process of each server by its name."""
    records: Engine | None = None
    """The PostgreSQL that counts what it is asked."""


def main() -> int:
    """Run the rounds and print one JSON document."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--broker", choices=("rabbitmq", "redis"), default="rabbitmq")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--questions", action="store_true", help="count PostgreSQL's statements")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="tangthu-modes-") as folder,
        embedded(Path(folder), given.workers) as one,
        scaled(given.broker, given.workers, count=given.questions) as other,
    ):
        sides = {"embedded": one, "scaled": other}
        found: dict[str, list[dict[str, Any]]] = {name: [] for name in sides}
        for name, side in sides.items():
            feed(side, draw(Path(folder), f"warm-{name}", WARM_PAGES, seed=90))
        for turn in range(given.rounds):
            papers = draw(Path(folder), f"round-{turn}", given.pages, seed=turn + 1)
            for name in list(sides)[:: 1 if turn % 2 == 0 else -1]:
                found[name].append(feed(sides[name], papers) | {"pages": given.pages})
                print(name, found[name][-1], file=sys.stderr, flush=True)
    print(json.dumps(summed(found, given), indent=1))
    return 0


@contextlib.contextmanager
def embedded(folder: Path, workers: int) -> Iterator[House]:
    """A data folder of its own, and the pool on it."""
    environment = plain_environment() | {
        "TANGTHU_HOME": str(folder / "embedded" / "home"),
        "TANGTHU_WORKERS": str(workers),
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    (folder / "embedded").mkdir()
    hand = Hand("work", ("work",), environment)
    try:
        yield House(environment, (hand,))
    finally:
        hand.stop()


@contextlib.contextmanager
def scaled(broker: str, workers: int, *, count: bool) -> Iterator[House]:
    """Servers of its own, workers and beat."""
    with town(broker) as there:
        records = there.engines["postgres"] if count else None
        if records:
            start_counting(records)
        hands = (
            there.hire("work", "work", TANGTHU_WORKERS=str(workers)),
            there.hire("beat", "beat"),
        )
        warm_index(there.engines["elastic"].address)
        servers = {name: one.process.pid for name, one in there.engines.items() if one.process}
        yield House(there.environment, hands, servers, records)


def warm_index(address: str) -> None:
    """Put papers one by one, as the workers do, and take them away."""
    index = ElasticIndex.connect(address, "warm")
    for number in range(WARM_ENTRIES):
        index.put([replace(ENTRY, id=f"{number}")])
    index.forget()


def draw(folder: Path, name: str, pages: int, *, seed: int) -> Path:
    """Clean pages, one a file."""
    write_clean_pages(folder / name, pages, dpi=DPI, seed=seed)
    return folder / name


def feed(side: House, papers: Path) -> dict[str, Any]:
    """Take papers the whole way; how long it took, and who worked."""
    before = spent(side)
    earlier = asked(side.records) if side.records else None
    own = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.monotonic()
    words = [sys.executable, "-m", "config", "ingest", str(papers), "--wait", "--confirm", "--json"]
    child = psutil.Popen(words, env=side.environment, cwd=ROOT, stdout=subprocess.PIPE)
    out, _ = child.communicate()
    seconds = time.monotonic() - begun
    after = spent(side)
    more = resource.getrusage(resource.RUSAGE_CHILDREN)
    ingest = more.ru_utime + more.ru_stime - own.ru_utime - own.ru_stime
    answer = json.loads(out)
    if "documents" not in answer:
        sys.exit(f"{answer}")
    told = asked(side.records) - earlier if side.records and earlier else None
    return {
        "seconds": round(seconds, 1),
        "documents": len(answer["documents"]),
        "failed": len(answer["failed"]),
        "ours_cpu": round(after["ours"] - before["ours"] + ingest, 1),
        "feeding_cpu": round(ingest, 1),
        "servers_cpu": round(sum(after[name] - before[name] for name in side.servers), 1),
        "each_server": {name: round(after[name] - before[name], 1) for name in side.servers},
    } | (asdict(told) if told else {})


def spent(side: House) -> dict[str, float]:
    """Processor seconds so far."""
    return {
        "ours": cpu_of(hand.process.pid for hand in side.ours),
        **{name: cpu_of([pid]) for name, pid in side.servers.items()},
    }


def cpu_of(pids: Iterable[int]) -> float:
    """Of processes, all that they started, and what of those has ended."""
    total = 0.0
    for pid in pids:
        for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                total += sum(process.cpu_times()[:4])
    return total


def summed(found: dict[str, list[dict[str, Any]]], given: argparse.Namespace) -> dict[str, Any]:
    """Pages a minute of each side by the median round, and what the scaled one loses."""
    sides = {
        name: {
            "pages_a_minute": round(
                given.pages / statistics.median(one["seconds"] for one in rounds) * 60, 1
            ),
            "ours_cpu_a_page": round(
                statistics.median(one["ours_cpu"] for one in rounds) / given.pages, 2
            ),
            "servers_cpu_a_page": round(
                statistics.median(one["servers_cpu"] for one in rounds) / given.pages, 2
            ),
            "rounds": rounds,
        }
        for name, rounds in found.items()
    }
    speeds = [sides[name]["pages_a_minute"] for name in ("embedded", "scaled")]
    loss = 1 - speeds[1] / speeds[0]
    return {
        "broker": given.broker,
        "workers": given.workers,
        "load_average": round(os.getloadavg()[2], 1),
        "loss": round(loss, 3),
        "within_aim": loss <= MOST_LOSS,
        **sides,
    }


if __name__ == "__main__":
    sys.exit(main())
